//! What is executed: functions, and the statements that they and modules are made of.

use std::ops::Range;

use super::{BindingId, ExpressionId, Name, Span};

/// A function, an arrow function, or a method.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its own name, where it has one.
    pub name: Option<Name>,
    /// From its first word to its end.
    pub span: Span,
    /// Whether it is `async`.
    pub is_async: bool,
    /// Whether it is an arrow function: its `this` is that around it.
    pub is_arrow: bool,
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
            is_arrow: false,
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
