//! What is evaluated: expressions, and what they are made of.

use super::{BindingId, ExpressionId, FunctionId, Key, Name, Span};

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
        /// The texts around the holes, behind a pointer of one word: templates are few.
        texts: Box<Box<[Name]>>,
        /// The holes.
        holes: Box<[ExpressionId]>,
    },
    /// A number.
    Number(f64),
    /// `true` and `false`.
    Boolean(bool),
    /// `null`.
    Null,
    /// `/pattern/flags`, as it is written.
    Regex(Name),
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

// There are hundreds of thousands.
const _: () = assert!(size_of::<Expression>() <= 32);

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
