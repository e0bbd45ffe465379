//! Values that are no function and have none in them, as schemas are: nobody has to look further into them.

use ops_typescript::module::{Expression, ExpressionId, Imported, Source};
use ops_typescript::program::At;
use ops_typescript::resolve::Resolved;

use super::Prover;

impl Prover<'_> {
    /// Whether a value is made of what is written there and of dependencies alone, and nothing in it may be a guard.
    pub(super) fn is_inert(&self, value: At<ExpressionId>) -> bool {
        let module = self.program.module(value.file);
        let inert = |part: ExpressionId| self.is_inert(value.with(part));
        match module.expression(value.it) {
            Expression::Text(_) | Expression::Number(_) | Expression::Boolean(_) | Expression::Null => true,
            Expression::Regex(_) => true,
            Expression::Template { holes, .. } => holes.iter().copied().all(inert),
            Expression::Member { object, property } => !self.ends_a_guard(property) && inert(*object),
            Expression::Call(call) => inert(call.callee) && call.arguments.iter().all(|argument| inert(argument.value)),
            Expression::Object(rows) => rows.iter().all(|row| inert(row.value)),
            Expression::Array(items) => items.iter().all(|item| inert(item.value)),
            Expression::Not(inner) => inert(*inner),
            Expression::Binary { left, right, .. } | Expression::Logical { left, right, .. } => {
                inert(*left) && inert(*right)
            }
            Expression::Binding(binding) => {
                let binding = module.binding(*binding);
                let Source::Import { specifier, imported } = &binding.source else { return false };
                let is_guard = self.ends_a_guard(&binding.name)
                    || matches!(imported, Imported::Name(name) if self.ends_a_guard(name));
                !is_guard && matches!(self.program.resolve(value.file, specifier), Resolved::Outside { .. })
            }
            _ => false,
        }
    }
}
