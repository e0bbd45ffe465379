//! Guards that set an error where nobody is known: `if (!user) error = …; return { user, error };`.

use ops_typescript::module::{
    BindingId, Expression, ExpressionId, FunctionId, Key, Module, Property, Statement, StatementKind,
};
use ops_typescript::program::At;

use super::Prover;
use super::callable::returns;
use super::throws::any_statement;
use super::walk::is_of_error;

impl Prover<'_> {
    /// Whether all that a function returns has an error in it where somebody else in it is missing.
    pub(super) fn sets_error(&self, function: At<FunctionId>) -> bool {
        let module = self.program.module(function.file);
        let declared = module.function(function.it);
        let mut answers = Vec::new();
        returns(&declared.body, &mut answers);
        !answers.is_empty()
            && answers.into_iter().all(|answer| match module.expression(answer) {
                Expression::Object(properties) => self.sets_error_in(function, &declared.body, properties),
                _ => false,
            })
    }

    fn sets_error_in(&self, function: At<FunctionId>, body: &[Statement], answer: &[Property]) -> bool {
        let module = self.program.module(function.file);
        let held = |property: &Property| match (&property.key, module.expression(property.value)) {
            (Some(Key::Property(name)), Expression::Binding(binding)) => Some((is_of_error(name), *binding)),
            _ => None,
        };
        let (errors, others): (Vec<_>, Vec<_>) = answer.iter().filter_map(held).partition(|(is_error, _)| *is_error);
        let [(_, error)] = *errors else { return false };
        let sets = |one: &Statement| match one.kind {
            StatementKind::Expression(set) => written(module, set, error).is_some(),
            _ => false,
        };
        let is_kept =
            |id: ExpressionId| written(module, id, error).is_none_or(|value| !self.is_empty(function.with(value)));
        any_statement(body, &|one| match &one.kind {
            StatementKind::If { test, then, .. } => {
                others.iter().any(|(_, other)| is_missing(module, *test, *other)) && then.iter().any(sets)
            }
            _ => false,
        }) && module.expressions_in(function.it).all(|(id, _)| is_kept(id))
    }
}

/// What an expression writes to a name.
fn written(module: &Module, set: ExpressionId, name: BindingId) -> Option<ExpressionId> {
    match module.expression(set) {
        Expression::Assign { target, value } => {
            matches!(module.expression(*target), Expression::Binding(one) if *one == name).then_some(*value)
        }
        _ => None,
    }
}

/// Whether a condition holds for all of whom a name holds nothing: `!user`, `!user?.id`, `user == null`.
fn is_missing(module: &Module, test: ExpressionId, name: BindingId) -> bool {
    match module.expression(test) {
        Expression::Not(inner) => {
            let mut inner = *inner;
            while let Expression::Member { object, .. } = module.expression(inner) {
                inner = *object;
            }
            matches!(module.expression(inner), Expression::Binding(one) if *one == name)
        }
        Expression::Binary { operator: "==", left, right } => {
            matches!(module.expression(*left), Expression::Binding(one) if *one == name)
                && matches!(module.expression(*right), Expression::Null)
        }
        _ => false,
    }
}
