//! Wrappers that only tell the handler who asks: `auth((request) => …)` of next-auth.

use ops_typescript::module::{Call, Expression, ExpressionId, FunctionId, Key, Source};
use ops_typescript::program::{At, Meaning};

use super::{Prover, Step};

impl Prover<'_> {
    /// Why a wrapper guards nothing: it hands over who asks, and the handler does not look.
    pub(super) fn only_told(&self, at: At<()>, call: &Call) -> Option<Step> {
        if !self.only_tells(at.with(call.callee)) {
            return None;
        }
        let handler = at.with(call.arguments.first()?.value);
        let function = self.function_of(handler)?;
        let what = "`auth` of next-auth lets anybody past: the handler must look at `request.auth`".to_owned();
        (!self.looks_at_auth(function)).then(|| Step { what, place: handler.with(self.span(handler)) })
    }

    /// `const { auth } = NextAuth({ … })`
    fn only_tells(&self, callee: At<ExpressionId>) -> bool {
        let Meaning::Part { of, path } = self.program.meaning(callee) else { return false };
        let Expression::Call(made) = self.program.module(of.file).expression(of.it) else { return false };
        let is_auth = matches!(path.as_slice(), [Key::Property(name)] if name == "auth");
        let maker = self.program.meaning(of.with(made.callee));
        is_auth && matches!(maker, Meaning::Outside { specifier, .. } if specifier == "next-auth")
    }

    /// Whether `auth` is taken of the function's first parameter.
    fn looks_at_auth(&self, function: At<FunctionId>) -> bool {
        let module = self.program.module(function.file);
        let taken = |source: &Source| match source {
            Source::Parameter { function: of, index: 0, path } if *of == function.it => Some(path.first().cloned()),
            _ => None,
        };
        let is_auth = |key: &Key| matches!(key, Key::Property(name) if name == "auth");
        module.bindings().any(|(_, binding)| taken(&binding.source).flatten().is_some_and(|key| is_auth(&key)))
            || module.expressions_in(function.it).any(|(_, expression)| {
                let Expression::Member { object, property } = expression else { return false };
                let Expression::Binding(binding) = module.expression(*object) else { return false };
                property == "auth" && taken(&module.binding(*binding).source) == Some(None)
            })
    }
}
