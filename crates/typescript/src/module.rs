//! A module as the rules see it: its bindings, its exports, its functions, and the expressions that they are made of.
//!
//! Types, comments and JSX markup are gone; `as`, `satisfies`, `!` and parentheses are seen through. What evaluates to
//! something, and in which order, is kept. Identifiers are resolved to the binding that they mean.

use std::ops::Range;

use compact_str::CompactString;

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

/// A function, an arrow function, or a method.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its own name, where it has one.
    pub name: Option<Name>,
    /// From its first word to its end.
    pub span: Span,
    /// Whether it is `async`.
    pub is_async: bool,
    /// Whether it is a generator: calling it runs nothing of its body yet.
    pub is_generator: bool,
    /// Directives at the top of its body: `use server`.
    pub directives: Vec<Name>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// What it does. The expression of an arrow function is a return.
    pub body: Vec<Statement>,
    /// The type that it promises, as it is written: `Promise<Response>`.
    pub return_type: Option<Name>,
    /// The expressions in it.
    pub(crate) expressions: Range<u32>,
}

impl Function {
    pub(crate) const fn nothing() -> Self {
        Self {
            name: None,
            span: Span { start: 0, end: 0 },
            is_async: false,
            is_generator: false,
            directives: Vec::new(),
            parameters: Vec::new(),
            body: Vec::new(),
            return_type: None,
            expressions: 0..0,
        }
    }
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parameter {
    /// The name, where it isn't taken apart.
    pub binding: Option<BindingId>,
    /// Its default value.
    pub default: Option<ExpressionId>,
    /// Whether it is `...rest`.
    pub is_rest: bool,
    /// The type as it is written: `NextRequest`.
    pub type_text: Option<Name>,
    /// Decorators: `@Body() body`.
    pub decorators: Box<[ExpressionId]>,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Where it stands.
    pub span: Span,
    /// What it does.
    pub kind: StatementKind,
}

/// What a statement does.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementKind {
    /// Evaluates an expression.
    Expression(ExpressionId),
    /// Declares names and gives them (the parts of) a value.
    Declare {
        /// The names.
        bindings: Box<[BindingId]>,
        /// The value: none in `let a;`, unknown for the variable of a loop.
        value: Option<ExpressionId>,
    },
    /// Leaves the function.
    Return(Option<ExpressionId>),
    /// Leaves it by an error.
    Throw(ExpressionId),
    /// A choice.
    If {
        /// The condition.
        test: ExpressionId,
        /// Where it is true.
        then: Box<[Statement]>,
        /// Where it isn't.
        otherwise: Box<[Statement]>,
    },
    /// Statements in braces, and with a label.
    Block(Box<[Statement]>),
    /// Any loop.
    Loop {
        /// What is evaluated before each time, in order.
        head: Box<[ExpressionId]>,
        /// What is repeated.
        body: Box<[Statement]>,
        /// What is evaluated after each time, in order: the last part of a `for`, the condition of a `do`.
        after: Box<[ExpressionId]>,
        /// Whether the body runs at least once.
        at_least_once: bool,
    },
    /// `switch`.
    Switch {
        /// What is compared.
        subject: ExpressionId,
        /// The cases, in order.
        cases: Box<[Case]>,
    },
    /// `try`.
    Try {
        /// What is tried.
        body: Box<[Statement]>,
        /// What is done about an error; none without a `catch`.
        handler: Option<Box<[Statement]>>,
        /// What is done in any case.
        finalizer: Box<[Statement]>,
    },
    /// `break` and `continue`.
    Jump {
        /// Whether they name a label: then they leave more than the innermost loop, or a block.
        to_label: bool,
    },
}

/// One case of a `switch`.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The value; none for `default`.
    pub test: Option<ExpressionId>,
    /// What is done. Without a jump or an exit at its end, it goes on with the next case.
    pub body: Box<[Statement]>,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A name that this module declares.
    Binding(BindingId),
    /// A name that it doesn't: `process`, `undefined`.
    Global(Name),
    /// `object.property`, `object?.property`, `object["property"]`.
    Member {
        /// Of what.
        object: ExpressionId,
        /// Which.
        property: Name,
    },
    /// `object[index]`.
    Index {
        /// Of what.
        object: ExpressionId,
        /// Which.
        index: ExpressionId,
    },
    /// A call of any kind.
    Call(Box<Call>),
    /// A function.
    Function(FunctionId),
    /// A class.
    Class(Box<Class>),
    /// `{ … }`.
    Object(Box<[Property]>),
    /// `[ … ]`.
    Array(Box<[Argument]>),
    /// A string, and a template without a hole.
    Text(Name),
    /// A template: the texts around the holes (one more than holes), and the holes.
    Template {
        /// The texts around the holes.
        texts: Box<[Name]>,
        /// The holes.
        holes: Box<[ExpressionId]>,
    },
    /// A number.
    Number(f64),
    /// `true` and `false`.
    Boolean(bool),
    /// `null`.
    Null,
    /// `/pattern/flags`.
    Regex {
        /// Between the slashes.
        pattern: Name,
        /// After them.
        flags: Name,
    },
    /// `test ? then : otherwise`.
    Conditional {
        /// The condition.
        test: ExpressionId,
        /// Where it is true.
        then: ExpressionId,
        /// Where it isn't.
        otherwise: ExpressionId,
    },
    /// `left && right` and its like: the right side is not always evaluated.
    Logical {
        /// Which.
        operator: Logical,
        /// Always evaluated.
        left: ExpressionId,
        /// Sometimes evaluated.
        right: ExpressionId,
    },
    /// `!operand`.
    Not(ExpressionId),
    /// `left operator right`: a comparison or arithmetic.
    Binary {
        /// As it is written: `===`, `in`, `instanceof`, `+`.
        operator: &'static str,
        /// The left operand.
        left: ExpressionId,
        /// The right operand.
        right: ExpressionId,
    },
    /// `await operand`.
    Await(ExpressionId),
    /// `target = value`, also with an operator. A target that is taken apart is [`Expression::Other`].
    Assign {
        /// What is written to.
        target: ExpressionId,
        /// What is written.
        value: ExpressionId,
    },
    /// `import.meta`.
    ImportMeta,
    /// Anything else, JSX among it: evaluates these, in order, to something unknown.
    Other(Box<[ExpressionId]>),
}

/// Which operator joins two conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logical {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `??`
    Coalesce,
}

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What is called. Of `import("x")` it is the global `import`, of `super(…)` the global `super`.
    pub callee: ExpressionId,
    /// With what. The holes of a tagged template are its arguments.
    pub arguments: Box<[Argument]>,
    /// Whether it is `new`.
    pub is_new: bool,
}

/// An argument of a call, or an element of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument {
    /// The value.
    pub value: ExpressionId,
    /// Whether it is `...value`.
    pub is_spread: bool,
}

/// A property of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// Its name. `Other` with a computed name; `None` for `...value`.
    pub key: Option<Key>,
    /// Its value. A getter is its function.
    pub value: ExpressionId,
    /// Where the name stands, or the spread.
    pub span: Span,
}

/// A class.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// Its own name, where it has one.
    pub name: Option<Name>,
    /// What it extends.
    pub superclass: Option<ExpressionId>,
    /// Its decorators, in source order.
    pub decorators: Box<[ExpressionId]>,
    /// Methods, accessors and fields, in source order.
    pub members: Box<[ClassMember]>,
}

/// A method, an accessor or a field.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassMember {
    /// Its name, where it isn't computed.
    pub name: Option<Name>,
    /// Where the name stands.
    pub span: Span,
    /// Whether it belongs to the class itself.
    pub is_static: bool,
    /// Whether it is the constructor.
    pub is_constructor: bool,
    /// Its decorators, in source order.
    pub decorators: Box<[ExpressionId]>,
    /// The function, or the initial value of a field.
    pub value: Option<ExpressionId>,
}
