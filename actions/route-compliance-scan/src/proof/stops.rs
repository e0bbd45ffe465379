//! Whom a condition in a wrapper stops, and whom an answer turns away.

use ops_typescript::module::{Expression, ExpressionId, Key, Logical, Module, Source, Span};
use ops_typescript::program::{At, Meaning};

use super::Prover;
use super::definition::Judgement;
use super::handed::Given;
use super::methods;

/// How many names a condition is followed over.
const FAR: u8 = 6;

impl Prover<'_> {
    /// What it says that those go no further for whom a condition is `when`. Where a second condition must hold as well, or
    /// the environment alone decides, nobody can tell.
    pub(super) fn stops(&self, test: At<ExpressionId>, when: bool, handlers: &[Given]) -> Judgement {
        self.stops_over(test, when, handlers, FAR)
    }

    fn stops_over(&self, test: At<ExpressionId>, when: bool, handlers: &[Given], far: u8) -> Judgement {
        let Some(far) = far.checked_sub(1) else { return Judgement::Unknown };
        if self.asks_what_is_served(test, handlers) {
            return Judgement::LetsPass;
        }
        if self.is_promise(test) {
            return if when { Judgement::Unknown } else { Judgement::LetsPass };
        }
        if self.is_of_environment(test, FAR) {
            return Judgement::Unknown;
        }
        let module = self.program.module(test.file);
        match module.expression(test.it) {
            Expression::Not(inner) => self.stops_over(test.with(*inner), !when, handlers, far),
            Expression::Logical { operator, left, right } => {
                let sides = [left, right].map(|side| self.stops_over(test.with(*side), when, handlers, far));
                let [one, other] = sides;
                match operator {
                    _ if (*operator == Logical::Or) == when && *operator != Logical::Coalesce => one.min(other),
                    Logical::Coalesce if self.is_empty(test.with(*right)) => one,
                    _ if sides.iter().all(|side| *side == Judgement::LetsPass) => Judgement::LetsPass,
                    _ => Judgement::Unknown,
                }
            }
            Expression::Binding(_) => match self.program.meaning(test) {
                Meaning::Value(at)
                    if matches!(
                        self.program.module(at.file).expression(at.it),
                        Expression::Not(_) | Expression::Logical { .. }
                    ) =>
                {
                    self.stops_over(at, when, handlers, far)
                }
                _ => Judgement::Refuses,
            },
            _ => Judgement::Refuses,
        }
    }

    /// Whether a condition only asks for the method, or whether there is a handler.
    pub(super) fn asks_what_is_served(&self, test: At<ExpressionId>, handlers: &[Given]) -> bool {
        let module = self.program.module(test.file);
        if methods::asks_only_the_method(module, test.it) {
            return true;
        }
        match module.expression(test.it) {
            Expression::Not(inner) => self.asks_what_is_served(test.with(*inner), handlers),
            Expression::Call(_) => false,
            _ => self.handler(test, FAR).is_some_and(|given| handlers.contains(&given)),
        }
    }

    /// Whether a value is what an async function of the repository gives before anybody waits for it: never nothing.
    fn is_promise(&self, value: At<ExpressionId>) -> bool {
        let module = self.program.module(value.file);
        let call = match module.expression(value.it) {
            Expression::Call(call) => call,
            Expression::Binding(binding) => {
                let binding = module.binding(*binding);
                let Source::Value { initial: Some(initial), path } = &binding.source else { return false };
                let Expression::Call(call) = module.expression(*initial) else { return false };
                if !binding.is_constant || !path.is_empty() {
                    return false;
                }
                call
            }
            _ => return false,
        };
        let function = match self.program.meaning(value.with(call.callee)) {
            Meaning::Function(function) => Some(function),
            Meaning::Value(at) => super::throws::module_function(self, at),
            _ => None,
        };
        function.is_some_and(|function| self.program.module(function.file).function(function.it).is_async)
    }

    /// Whether nothing but the environment and what is written decides a value.
    fn is_of_environment(&self, value: At<ExpressionId>, far: u8) -> bool {
        let Some(far) = far.checked_sub(1) else { return false };
        let all =
            |of: At<()>, parts: &[ExpressionId]| parts.iter().all(|one| self.is_of_environment(of.with(*one), far));
        let here = value.with(());
        match self.program.module(value.file).expression(value.it) {
            Expression::Text(_) | Expression::Number(_) | Expression::Boolean(_) | Expression::Null => true,
            Expression::Not(inner) | Expression::Await(inner) => all(here, &[*inner]),
            Expression::Logical { left, right, .. } | Expression::Binary { left, right, .. } => {
                all(here, &[*left, *right])
            }
            Expression::Template { holes, .. } => all(here, holes),
            Expression::Binding(_) | Expression::Member { .. } | Expression::Global(_) => {
                match self.program.meaning(value) {
                    Meaning::Global { name, path } => {
                        name == "undefined"
                            || (name == "process" && matches!(path.first(), Some(Key::Property(env)) if env == "env"))
                    }
                    Meaning::Value(at) if at != value => self.is_of_environment(at, far),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// What an answer or an error says: who sends too much or too often was not asked who it is.
    pub(super) fn says(&self, region: At<Span>) -> Judgement {
        let module = self.program.module(region.file);
        let inside = module.expressions().filter(|(id, _)| region.it.contains(module.span(*id)));
        let mut statuses = Vec::new();
        let mut is_named = false;
        for (_, expression) in inside {
            match expression {
                Expression::Object(properties) => {
                    let of = properties.iter().filter(
                        |one| matches!(&one.key, Some(Key::Property(name)) if name == "status" || name == "statusCode"),
                    );
                    statuses.extend(of.filter_map(|one| status(module, one.value)));
                }
                Expression::Call(call) => {
                    statuses.extend(call.arguments.first().and_then(|first| status(module, first.value)));
                    is_named |= match module.expression(call.callee) {
                        Expression::Binding(binding) => is_about_the_request(&module.binding(*binding).name),
                        Expression::Member { property, .. } => is_about_the_request(property),
                        Expression::Global(name) => is_about_the_request(name),
                        _ => false,
                    };
                }
                Expression::Assign { target, value } => {
                    if matches!(module.expression(*target), Expression::Member { property, .. } if property == "statusCode")
                    {
                        statuses.extend(status(module, *value));
                    }
                }
                _ => {}
            }
        }
        let is_all = !statuses.is_empty() && statuses.iter().all(|status| ASKS_NOBODY.contains(status));
        if is_all || (statuses.is_empty() && is_named) { Judgement::Unknown } else { Judgement::Refuses }
    }
}

/// What a server answers whoever asks: too much, too often, not so, not now.
const ASKS_NOBODY: [u16; 10] = [400, 405, 413, 415, 422, 429, 500, 501, 502, 503];

fn status(module: &Module, value: ExpressionId) -> Option<u16> {
    let Expression::Number(number) = module.expression(value) else { return None };
    (100_u16..600).find(|status| f64::from(*status) == *number)
}

/// Names of errors that say nothing about who asks.
fn is_about_the_request(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = ["badrequest", "methodnotallowed", "ratelimit", "toolarge", "toomany", "unavailable"];
    words.iter().any(|word| name.contains(word))
}
