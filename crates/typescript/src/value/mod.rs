//! What an expression evaluates to, as far as it can be told without running the program.
//!
//! Made for configuration: constants, objects, arrays, templates, conditions, spreads, helper functions of the repository. It is
//! read as in production: `process.env.NODE_ENV` is `production`, every other environment variable is unknown. What cannot be
//! told is [`Value::Unknown`] with the reason, never a guess.

mod builtin;
mod call;
mod evaluator;
mod execute;
mod merge;
mod modules;
mod operator;
mod spread;

#[cfg(test)]
mod tests;

pub use evaluator::Evaluator;

use crate::module::{ExpressionId, FunctionId};
use crate::program::{At, Program};

/// What an expression evaluates to.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A string.
    Text(String),
    /// A string with holes: `None` is a text that nobody knows.
    Template(Vec<Option<String>>),
    /// A number.
    Number(f64),
    /// `true` and `false`.
    Boolean(bool),
    /// `null`.
    Null,
    /// `undefined`.
    Undefined,
    /// An array.
    Array(Array),
    /// An object.
    Object(Object),
    /// A function of the repository.
    Function(At<FunctionId>),
    /// `/pattern/flags`.
    Regex {
        /// Between the slashes.
        pattern: String,
        /// After them.
        flags: String,
    },
    /// One of these: a condition that nobody knows decides.
    OneOf(Vec<Value>),
    /// What a function of a dependency gives back.
    Result {
        /// The function, as it is written.
        callee: String,
        /// With what it was called; of a call of a call, the arguments of both.
        arguments: Vec<Value>,
    },
    /// Nobody knows, for this reason (a sentence's end after "because").
    Unknown(String),
}

/// The elements of an array, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Array {
    /// Those that are known.
    pub items: Vec<Item>,
    /// Why there may be others.
    pub open: Option<String>,
}

/// An element of an array.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What it is.
    pub value: Value,
    /// Why it may not be there.
    pub condition: Option<String>,
    /// Where it is written.
    pub at: Option<At<ExpressionId>>,
}

/// The properties of an object, in order; each name once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object {
    /// Those that are known.
    pub entries: Vec<Entry>,
    /// Why there may be others, and why the entries before may be different.
    pub open: Option<String>,
}

/// A property of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name.
    pub key: String,
    /// What it is.
    pub value: Value,
    /// Why it may not be there.
    pub condition: Option<String>,
}

impl Item {
    pub(crate) fn certain(value: Value, at: Option<At<ExpressionId>>) -> Self {
        Self { value, condition: None, at }
    }
}

impl Array {
    pub(crate) fn of(values: impl IntoIterator<Item = Value>) -> Self {
        Self { items: values.into_iter().map(|value| Item::certain(value, None)).collect(), open: None }
    }
}

impl Object {
    /// The property with this name, where it is known to be or not to be there: `Some(None)` is "not there".
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Option<&Value>> {
        match self.entries.iter().find(|entry| entry.key == key) {
            Some(entry) if entry.condition.is_none() => Some(Some(&entry.value)),
            Some(_) => None,
            None if self.open.is_none() => Some(None),
            None => None,
        }
    }

    /// The property's value; unknown where it may or may not be there.
    #[must_use]
    pub fn value(&self, key: &str) -> Value {
        if let Some(entry) = self.entries.iter().find(|entry| entry.key == key) {
            return match &entry.condition {
                None => entry.value.clone(),
                Some(_) => Value::one_of(vec![entry.value.clone(), Value::Undefined]),
            };
        }
        match &self.open {
            None => Value::Undefined,
            Some(why) => Value::Unknown(why.clone()),
        }
    }

    pub(crate) fn set(&mut self, key: &str, value: Value, condition: Option<&str>) {
        let existing = self.entries.iter().position(|entry| entry.key == key);
        let condition_text = condition.map(str::to_owned);
        match existing.and_then(|index| self.entries.get_mut(index)) {
            Some(entry) if condition.is_none() => {
                entry.value = value;
                entry.condition = None;
            }
            Some(entry) => entry.value = Value::one_of(vec![entry.value.clone(), value]),
            None => self.entries.push(Entry { key: key.to_owned(), value, condition: condition_text }),
        }
    }
}

impl Value {
    /// Whether it counts as true; none where nobody knows.
    #[must_use]
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Text(text) => Some(!text.is_empty()),
            Self::Template(parts) => parts.iter().flatten().any(|part| !part.is_empty()).then_some(true),
            Self::Number(number) => Some(*number != 0.0 && !number.is_nan()),
            Self::Boolean(boolean) => Some(*boolean),
            Self::Null | Self::Undefined => Some(false),
            Self::Array(_) | Self::Object(_) | Self::Function(_) | Self::Regex { .. } => Some(true),
            Self::OneOf(values) => {
                let mut truths = values.iter().map(Self::truth);
                let first = truths.next().flatten()?;
                truths.all(|truth| truth == Some(first)).then_some(first)
            }
            Self::Result { .. } | Self::Unknown(_) => None,
        }
    }

    /// The text, where all of it is known.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The reason why it isn't known; a general one for a value of another kind than was asked for.
    #[must_use]
    pub fn why(&self) -> String {
        match self {
            Self::Unknown(why) => why.clone(),
            Self::Result { callee, .. } => format!("what `{callee}` gives back is not known"),
            Self::OneOf(values) => {
                let reason = values.iter().find(|value| matches!(value, Self::Unknown(_) | Self::Result { .. }));
                reason.map_or_else(|| "it depends on a condition that is not known".to_owned(), Self::why)
            }
            _ => "it is not what is expected there".to_owned(),
        }
    }

    /// One of several values; one alone is itself.
    pub(crate) fn one_of(values: Vec<Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for value in values {
            let parts = if let Self::OneOf(parts) = value { parts } else { vec![value] };
            for part in parts {
                if !flat.contains(&part) {
                    flat.push(part);
                }
            }
        }
        if flat.len() > MOST_CHOICES {
            return Self::Unknown("it depends on too many conditions".to_owned());
        }
        match flat.len() {
            1 => flat.remove(0),
            _ => Self::OneOf(flat),
        }
    }
}

/// More possible values than this are as good as unknown.
const MOST_CHOICES: usize = 16;

/// What the expression evaluates to.
#[must_use]
pub fn evaluate(program: &Program, expression: At<ExpressionId>) -> Value {
    Evaluator::new(program).evaluate(expression)
}
