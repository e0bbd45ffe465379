//! A module as the rules see it: its bindings, its exports, its functions, and the expressions that they are made of.
//!
//! Types, comments and JSX markup are gone; `as`, `satisfies`, `!` and parentheses are seen through. What evaluates to
//! something, and in which order, is kept. Identifiers are resolved to the binding that they mean.

mod expression;
mod function;

use std::ops::Range;

use compact_str::CompactString;

pub use expression::{Argument, Call, Class, ClassMember, Expression, Logical, Property};
pub use function::{Case, Function, Parameter, Statement, StatementKind};

/// An identifier or the text of a string.
pub type Name = CompactString;

/// A region of the source, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Whether the whole of the other lies in it.
    #[must_use]
    pub fn contains(self, inner: Self) -> bool {
        self.start <= inner.start && inner.end <= self.end
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start as usize..span.end as usize
    }
}

/// Names an expression of one module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExpressionId(pub(crate) u32);

/// Names a function of one module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub(crate) u32);

/// Names a binding of one module, of whatever scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BindingId(pub(crate) u32);

/// A parsed file.
#[derive(Debug, Clone, Default)]
pub struct Module {
    /// Directives at the top: `use server`.
    pub directives: Vec<Name>,
    /// What is executed when the module loads, in order.
    pub body: Vec<Statement>,
    /// What the module gives away, in source order. Types are left out.
    pub exports: Vec<Export>,
    /// Files and packages that are imported without a name, or named only in types: `import "./instrument"`.
    pub bare_imports: Vec<Name>,
    /// Where the file is not the language that its name says. The rest of the module is empty then.
    pub errors: Vec<SyntaxError>,
    pub(crate) bindings: Vec<Binding>,
    pub(crate) functions: Vec<Function>,
    pub(crate) expressions: Vec<Expression>,
    pub(crate) spans: Vec<Span>,
}

impl Module {
    /// The expression with this name.
    #[must_use]
    pub fn expression(&self, id: ExpressionId) -> &Expression {
        static NOTHING: Expression = Expression::Null;
        self.expressions.get(id.0 as usize).unwrap_or(&NOTHING)
    }

    /// Where the expression stands.
    #[must_use]
    pub fn span(&self, id: ExpressionId) -> Span {
        self.spans.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// The binding with this name.
    #[must_use]
    pub fn binding(&self, id: BindingId) -> &Binding {
        static NOTHING: Binding = Binding {
            name: Name::const_new(""),
            span: Span { start: 0, end: 0 },
            is_constant: false,
            source: Source::Unknown,
        };
        self.bindings.get(id.0 as usize).unwrap_or(&NOTHING)
    }

    /// The function with this name.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> &Function {
        static NOTHING: Function = Function::nothing();
        self.functions.get(id.0 as usize).unwrap_or(&NOTHING)
    }

    /// All bindings, of all scopes.
    pub fn bindings(&self) -> impl Iterator<Item = (BindingId, &Binding)> {
        (0..).map(BindingId).zip(&self.bindings)
    }

    /// All functions.
    pub fn functions(&self) -> impl Iterator<Item = (FunctionId, &Function)> {
        (0..).map(FunctionId).zip(&self.functions)
    }

    /// All expressions, children before their parents.
    pub fn expressions(&self) -> impl Iterator<Item = (ExpressionId, &Expression)> {
        (0..).map(ExpressionId).zip(&self.expressions)
    }

    /// The expressions in a function, children before their parents.
    pub fn expressions_in(&self, function: FunctionId) -> impl Iterator<Item = (ExpressionId, &Expression)> {
        let Range { start, end } = self.function(function).expressions.clone();
        let inside = self.expressions.get(start as usize..end as usize).unwrap_or_default();
        (start..).map(ExpressionId).zip(inside)
    }

    /// Every module that is named in it: imported, given away, or loaded by `import(…)` and `require(…)`, also for its types only.
    pub fn specifiers(&self) -> impl Iterator<Item = &Name> {
        let imported = self.bindings.iter().filter_map(|binding| match &binding.source {
            Source::Import { specifier, .. } => Some(specifier),
            _ => None,
        });
        let exported = self.exports.iter().filter_map(|export| match export {
            Export::From { specifier, .. } | Export::Star { specifier, .. } => Some(specifier),
            Export::Local { .. } => None,
        });
        let loaded = self.expressions.iter().filter_map(|expression| {
            let Expression::Call(call) = expression else { return None };
            let loads = matches!(self.expression(call.callee), Expression::Global(name) if name == "import" || name == "require");
            match self.expression(call.arguments.first().filter(|_| loads)?.value) {
                Expression::Text(specifier) => Some(specifier),
                _ => None,
            }
        });
        imported.chain(exported).chain(&self.bare_imports).chain(loaded)
    }

    /// The exported thing with this name, if the module itself names it (`export *` names nothing).
    #[must_use]
    pub fn export(&self, name: &str) -> Option<&Export> {
        self.exports.iter().find(|export| export.name() == Some(name))
    }
}

/// Where a file is not what its name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What the parser says.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// One thing that a module gives away.
#[derive(Debug, Clone, PartialEq)]
pub enum Export {
    /// `export const name = …`, `export { local as name }`, `export default …` (named `default`), `module.exports = …`
    /// (named `module.exports`), `exports.name = …`.
    Local {
        /// The name outside.
        name: Name,
        /// What it is.
        value: ExpressionId,
        /// Where the name stands.
        span: Span,
    },
    /// `export { imported as name } from "specifier"`, and `export * as name from "specifier"`.
    From {
        /// The name outside.
        name: Name,
        /// The module that it comes from.
        specifier: Name,
        /// Its name there.
        imported: Imported,
        /// Where the name stands.
        span: Span,
    },
    /// `export * from "specifier"`.
    Star {
        /// The module that they come from.
        specifier: Name,
        /// Where the statement stands.
        span: Span,
    },
}

impl Export {
    /// The name outside; none for a star.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Local { name, .. } | Self::From { name, .. } => Some(name),
            Self::Star { .. } => None,
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Local { span, .. } | Self::From { span, .. } | Self::Star { span, .. } => *span,
        }
    }
}

/// What is taken from another module.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Imported {
    /// One export; `default` is the default one.
    Name(Name),
    /// All of them, as an object.
    All,
}

/// A name, and what it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// As it is written.
    pub name: Name,
    /// Where it is declared.
    pub span: Span,
    /// Whether it never changes after its declaration.
    pub is_constant: bool,
    /// What it stands for.
    pub source: Source,
}

/// What a binding stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// `import { imported as name } from "specifier"`.
    Import {
        /// The module that it comes from.
        specifier: Name,
        /// Its name there.
        imported: Imported,
    },
    /// A variable: the part at `path` of its initial value. No value: `let a;`, and the variable of a loop.
    Value {
        /// The initial value.
        initial: Option<ExpressionId>,
        /// How it is taken apart: `const { a: [b] } = initial` has the path `a`, `0` for `b`.
        path: Box<[Key]>,
    },
    /// A function declaration.
    Function(FunctionId),
    /// A class declaration.
    Class(ExpressionId),
    /// The part at `path` of a parameter.
    Parameter {
        /// Whose.
        function: FunctionId,
        /// Which, from 0.
        index: u32,
        /// How it is taken apart.
        path: Box<[Key]>,
    },
    /// A caught error, an enum, a namespace.
    Unknown,
}

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// The property with this name.
    Property(Name),
    /// The element at this place.
    Element(u32),
    /// What is left (`...rest`), or a property whose name is computed.
    Other,
}
