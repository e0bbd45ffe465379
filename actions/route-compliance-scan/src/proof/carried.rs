//! What was read, in what is given away: `new Response(null, { headers: { "x-name": user.name } })`.

use ops_typescript::module::{BindingId, Call, Expression, ExpressionId, FunctionId, Key, Property, Source};
use ops_typescript::program::At;

use super::callable::returns;
use super::effect::Effect;
use super::frame::Frame;
use super::walk::is_of_promise;
use super::{Prover, fuel};

/// How many names are followed back to where something was read.
const FAR: u8 = 6;

/// A value that may hold what was read.
#[derive(Debug, Clone, Copy)]
struct Held {
    /// Whether somebody waits for it: what was read is no promise.
    is_awaited: bool,
    /// Whether what nobody waits for counts as read, too, where its name says so.
    at_once: bool,
    /// Where it is given away.
    before: At<u32>,
    far: u8,
}

impl Prover<'_> {
    /// Whether a value holds something that was read and that no guard answered. What tells of an error, and a condition on what
    /// was read, hold nothing of it.
    pub(super) fn carries(&self, value: At<ExpressionId>) -> bool {
        self.carries_over(value, self.held(value, false))
    }

    /// Whether a value holds something that was read, also from what is at hand: `store.get(key)`.
    pub(super) fn carries_at_once(&self, value: At<ExpressionId>) -> bool {
        self.carries_over(value, self.held(value, true))
    }

    fn held(&self, value: At<ExpressionId>, at_once: bool) -> Held {
        Held { is_awaited: false, at_once, before: value.with(self.span(value).start), far: FAR }
    }

    fn carries_over(&self, value: At<ExpressionId>, held: Held) -> bool {
        let any = |parts: &[ExpressionId]| parts.iter().any(|part| self.carries_over(value.with(*part), held));
        let module = self.program.module(value.file);
        match module.expression(value.it) {
            Expression::Binding(binding) => self.holds_read(value.with(*binding), held),
            Expression::Member { property, .. } if tells_of_errors(property) => false,
            Expression::Member { object, .. } | Expression::Index { object, .. } => any(&[*object]),
            Expression::Await(inner) => self.carries_over(value.with(*inner), Held { is_awaited: true, ..held }),
            Expression::Call(call) => self.call_carries(value, call, held),
            Expression::Object(properties) => {
                properties.iter().any(|one| !self.gives_cookie(value.with(one)) && any(&[one.value]))
            }
            Expression::Array(items) => items.iter().any(|one| any(&[one.value])),
            Expression::Template { holes: parts, .. } | Expression::Other(parts) => any(parts),
            Expression::Conditional { then, otherwise, .. } => any(&[*then, *otherwise]),
            Expression::Logical { left, right, .. } | Expression::Binary { operator: "+", left, right } => {
                any(&[*left, *right])
            }
            Expression::Assign { value: inner, .. } => any(&[*inner]),
            Expression::Function(function) => module
                .expressions_in(*function)
                .any(|(id, one)| matches!(one, Expression::Binding(_) | Expression::Await(_)) && any(&[id])),
            _ => false,
        }
    }

    /// Whether a call reads, or makes something of what was read.
    fn call_carries(&self, at: At<ExpressionId>, call: &Call, held: Held) -> bool {
        let callee = at.with(call.callee);
        let module = self.program.module(at.file);
        if self.asks_a_guard(callee) {
            return false;
        }
        let is_waited_for = held.is_awaited || (held.at_once && self.reads_by_name(callee));
        if is_waited_for && !self.is_told_harmless(callee) && self.effect_of_call(at, callee) == Effect::Read {
            return true;
        }
        let (of, waits_for) = match module.expression(call.callee) {
            Expression::Member { object, property } => (Some(*object), property.as_str()),
            _ => (None, ""),
        };
        let is_of_all =
            of.is_some_and(|of| matches!(module.expression(of), Expression::Global(name) if name == "Promise"));
        let carries = |part: ExpressionId, is_awaited: bool| {
            self.carries_over(at.with(part), Held { is_awaited: held.is_awaited && is_awaited, ..held })
        };
        self.function_of(callee).is_some_and(|function| self.returns_read(function, held))
            || of.is_some_and(|of| carries(of, is_of_promise(waits_for)))
            || call.arguments.iter().any(|argument| carries(argument.value, is_of_all))
    }

    /// Whether a function gives back what was read.
    fn returns_read(&self, function: At<FunctionId>, held: Held) -> bool {
        let Some(far) = held.far.checked_sub(1) else { return false };
        let mut answers = Vec::new();
        returns(&self.program.module(function.file).function(function.it).body, &mut answers);
        answers.into_iter().any(|answer| self.carries_over(function.with(answer), Held { far, ..held }))
    }

    /// Whether a header gives the caller a cookie of the caller's own session: `"Set-Cookie": await commitSession(session)`.
    fn gives_cookie(&self, property: At<&Property>) -> bool {
        let module = self.program.module(property.file);
        let is_header =
            matches!(&property.it.key, Some(Key::Property(name)) if name.eq_ignore_ascii_case("set-cookie"));
        let mut value = property.it.value;
        if let Expression::Await(inner) = module.expression(value) {
            value = *inner;
        }
        let Expression::Call(call) = module.expression(value) else { return false };
        let name = match module.expression(call.callee) {
            Expression::Member { property, .. } => property.as_str(),
            Expression::Binding(binding) => module.binding(*binding).name.as_str(),
            _ => "",
        };
        let name = name.to_ascii_lowercase();
        is_header && ["session", "cookie", "serialize"].iter().any(|word| name.contains(word))
    }

    fn asks_a_guard(&self, callee: At<ExpressionId>) -> bool {
        self.as_guard(callee, &Frame::default()).is_some()
            || self.function_of(callee).is_some_and(|function| self.reaches(function, self.hops))
    }

    fn effect_of_call(&self, call: At<ExpressionId>, callee: At<ExpressionId>) -> Effect {
        match self.function_of(callee) {
            Some(function) => self.effect(function, self.hops),
            None => self.outside_effect(call),
        }
    }

    /// Whether a name holds what was read, from its beginning or since something was written to it.
    fn holds_read(&self, name: At<BindingId>, held: Held) -> bool {
        let Some(far) = held.far.checked_sub(1).filter(|_| fuel::step()) else { return false };
        let held = Held { far, ..held };
        let module = self.program.module(name.file);
        let binding = module.binding(name.it);
        let Source::Value { initial, path } = &binding.source else { return false };
        if path.iter().any(|key| matches!(key, Key::Property(part) if tells_of_errors(part))) {
            return false;
        }
        let carries = |value: ExpressionId| self.carries_over(name.with(value), held);
        let from_start = initial.is_some_and(|initial| match (self.all_at_once(name.with(initial)), &**path) {
            (Some(items), [Key::Element(index), ..]) => items
                .get(*index as usize)
                .is_some_and(|item| self.carries_over(name.with(*item), Held { is_awaited: true, ..held })),
            _ => carries(initial),
        });
        from_start || self.filled_with(name, held.before).into_iter().any(carries)
    }
}

/// Whether a part with this name says what went wrong.
fn tells_of_errors(name: &str) -> bool {
    let words =
        ["error", "errors", "issues", "message", "ok", "reason", "status", "statusCode", "statusText", "success"];
    words.contains(&name)
}
