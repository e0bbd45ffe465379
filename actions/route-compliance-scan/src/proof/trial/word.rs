//! Values, as far as conditions tell them apart.

use ops_typescript::module::{Expression, ExpressionId, FunctionId};
use ops_typescript::program::At;

use crate::proof::Prover;

/// A value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::proof) enum Word {
    /// `null`, `undefined`, what was left out, what no request brought.
    Nothing,
    /// `true` or `false`.
    Truth(bool),
    /// The string that is written here.
    Text(At<ExpressionId>),
    /// A function.
    Function(At<FunctionId>),
    /// Something else that is there.
    Something,
    /// Nobody knows, and it is taken for nothing.
    Unknown,
}

impl Word {
    /// What turns a condition on it around.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Truth(truth) => Self::Truth(!truth),
            Self::Nothing | Self::Unknown => Self::Something,
            Self::Text(_) | Self::Function(_) | Self::Something => Self::Nothing,
        }
    }
}

impl Prover<'_> {
    /// What is written down here.
    pub(super) fn literal(&self, value: At<ExpressionId>) -> Word {
        let module = self.program.module(value.file);
        match module.expression(value.it) {
            Expression::Null => Word::Nothing,
            Expression::Global(name) if name == "undefined" => Word::Nothing,
            Expression::Boolean(truth) => Word::Truth(*truth),
            Expression::Text(_) => Word::Text(value),
            Expression::Not(inner) => match module.expression(*inner) {
                Expression::Number(number) => Word::Truth(*number == 0.0),
                _ => Word::Unknown,
            },
            _ => Word::Unknown,
        }
    }

    /// Whether a condition takes it for true.
    pub(super) fn is_truthy(&self, word: Word) -> bool {
        match word {
            Word::Nothing | Word::Unknown => false,
            Word::Truth(truth) => truth,
            Word::Text(at) => !self.is_empty(at),
            Word::Function(_) | Word::Something => true,
        }
    }

    /// Whether `===` takes them for the same.
    pub(super) fn is_same(&self, one: Word, other: Word) -> bool {
        let text = |at: At<ExpressionId>| self.program.module(at.file).expression(at.it);
        match (one, other) {
            (Word::Nothing | Word::Unknown, Word::Nothing | Word::Unknown) => true,
            (Word::Truth(one), Word::Truth(other)) => one == other,
            (Word::Text(one), Word::Text(other)) => text(one) == text(other),
            _ => false,
        }
    }
}
