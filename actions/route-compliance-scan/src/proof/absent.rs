//! What a value is where it is absent: `null` is not `undefined`, and neither is `false`.

use ops_typescript::module::{BindingId, Expression, ExpressionId, FunctionId, Logical, Source, StatementKind};
use ops_typescript::program::At;

use super::Prover;
use super::callable::returns;
use super::throws::any_statement;

/// How many names and functions an absent value is followed over.
const FAR: u8 = 4;

/// What a value may be where it is absent, as far as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Absent {
    pub(super) is_null: bool,
    pub(super) is_undefined: bool,
    /// `false`, `0` or an empty text.
    pub(super) is_other: bool,
}

impl Absent {
    const NULL: Self = Self { is_null: true, is_undefined: false, is_other: false };
    const UNDEFINED: Self = Self { is_null: false, is_undefined: true, is_other: false };
    const OTHER: Self = Self { is_null: false, is_undefined: false, is_other: true };

    fn or(self, other: Self) -> Self {
        Self {
            is_null: self.is_null || other.is_null,
            is_undefined: self.is_undefined || other.is_undefined,
            is_other: self.is_other || other.is_other,
        }
    }
}

impl Prover<'_> {
    /// What a value may be where it is absent.
    pub(super) fn absent(&self, value: At<ExpressionId>) -> Absent {
        self.absent_over(value, FAR)
    }

    fn absent_over(&self, value: At<ExpressionId>, far: u8) -> Absent {
        let module = self.program.module(value.file);
        let of = |part: ExpressionId| self.absent_over(value.with(part), far);
        match module.expression(value.it) {
            Expression::Null => Absent::NULL,
            Expression::Global(name) if name == "undefined" => Absent::UNDEFINED,
            _ if self.is_empty(value) => Absent::OTHER,
            Expression::Await(inner) | Expression::Assign { value: inner, .. } => of(*inner),
            Expression::Conditional { then, otherwise, .. } => of(*then).or(of(*otherwise)),
            Expression::Logical { operator: Logical::And, left, right } => of(*left).or(of(*right)),
            Expression::Logical { right, .. } => of(*right),
            Expression::Member { .. } | Expression::Index { .. } if self.is_chained(value) => Absent::UNDEFINED,
            Expression::Binding(name) => self.absent_in(value.with(*name), far),
            Expression::Call(call) => match self.function_of(value.with(call.callee)) {
                Some(function) => self.absent_from(function, far),
                None if self.is_chained(value.with(call.callee)) => Absent::UNDEFINED,
                None => Absent::default(),
            },
            _ => Absent::default(),
        }
    }

    /// Whether it is written with `?.`: then it may be undefined, and never null because of it.
    pub(super) fn is_chained(&self, value: At<ExpressionId>) -> bool {
        self.program.text(value.with(self.span(value))).contains("?.")
    }

    fn absent_in(&self, name: At<BindingId>, far: u8) -> Absent {
        let Some(far) = far.checked_sub(1) else { return Absent::default() };
        let module = self.program.module(name.file);
        let binding = module.binding(name.it);
        let Source::Value { initial, path } = &binding.source else { return Absent::default() };
        if !path.is_empty() {
            return Absent::default();
        }
        let of = |value: ExpressionId| self.absent_over(name.with(value), far);
        let first = initial.map_or(Absent::UNDEFINED, of);
        if binding.is_constant {
            return first;
        }
        let written = module.expressions().filter_map(|(_, one)| match one {
            Expression::Assign { target, value } => {
                matches!(module.expression(*target), Expression::Binding(one) if *one == name.it).then(|| of(*value))
            }
            _ => None,
        });
        written.fold(first, Absent::or)
    }

    fn absent_from(&self, function: At<FunctionId>, far: u8) -> Absent {
        let Some(far) = far.checked_sub(1) else { return Absent::default() };
        let body = &self.program.module(function.file).function(function.it).body;
        let mut answers = Vec::new();
        returns(body, &mut answers);
        let is_bare = any_statement(body, &|one| matches!(one.kind, StatementKind::Return(None)));
        let ends = !is_bare && self.leaves(function.file, body);
        let first = if ends { Absent::default() } else { Absent::UNDEFINED };
        answers.into_iter().map(|answer| self.absent_over(function.with(answer), far)).fold(first, Absent::or)
    }
}
