//! Options and arguments that take a guard its power: `withSession(handler, { optional: true })`, `authenticate("jwt", false)`.

use ops_typescript::module::{Argument, Call, Expression, ExpressionId, Key, Property, Span};
use ops_typescript::program::{At, Meaning};

use super::callable::returns;
use super::frame::Frame;
use super::{Prover, Step};

/// How many names, functions and objects lie between a call and its options.
const FAR: u8 = 6;

/// Names of options that let anybody pass where they are true.
const OPENING: [&str; 25] = [
    "allowAnonymous",
    "allowGuest",
    "allowGuests",
    "allowPublic",
    "allowUnauthenticated",
    "anonymous",
    "authOptional",
    "bypassAuth",
    "credentialsOptional",
    "disableAuth",
    "disabled",
    "isOptional",
    "isPublic",
    "noAuth",
    "optional",
    "optionalAuth",
    "passthrough",
    "public",
    "publicAccess",
    "skipAuth",
    "skipAuthCheck",
    "skipAuthentication",
    "skipSession",
    "skipSessionCheck",
    "unauthenticated",
];

/// Names of options that let anybody pass where they are false.
const CLOSING: [&str; 23] = [
    "auth",
    "authRequired",
    "authenticate",
    "authenticated",
    "authentication",
    "credentialsRequired",
    "enabled",
    "enforce",
    "enforceAuth",
    "isProtected",
    "loginRequired",
    "mustBeLoggedIn",
    "needsAuth",
    "protected",
    "requireAuth",
    "requireAuthentication",
    "requireLogin",
    "requireSession",
    "requireUser",
    "required",
    "requiresAuth",
    "sessionRequired",
    "throw",
];

/// Names of options that say in a word how a guard asks.
const WORDED: [&str; 5] = ["access", "auth", "authentication", "mode", "session"];

/// Words that say that it asks nobody.
const OPEN: [&str; 7] = ["anonymous", "guest", "none", "off", "optional", "public", "try"];

/// A value, and where to ask what its parts mean.
pub(super) struct Value {
    pub(super) at: At<ExpressionId>,
    frame: Frame,
}

impl Prover<'_> {
    /// The option, or the argument, by which the call of a guard lets anybody pass.
    pub(super) fn opened_by(&self, at: At<()>, call: &Call, frame: &Frame) -> Option<Step> {
        let given = call.arguments.iter().filter(|argument| !argument.is_spread);
        given
            .copied()
            .find_map(|argument: Argument| self.opened_in(&self.given_value(at.with(argument.value), frame)?, FAR))
            .or_else(|| self.opened_by_argument(at, call, frame))
    }

    /// What a value is in the end, also where a function was given it.
    pub(super) fn given_value(&self, value: At<ExpressionId>, frame: &Frame) -> Option<Value> {
        let (mut meaning, mut frame) = (self.program.meaning(value), frame.clone());
        for _ in 0..FAR {
            match meaning {
                Meaning::Value(at) => return Some(Value { at, frame }),
                Meaning::Parameter { binding, path } => {
                    let (argument, caller) = frame.argument(self.program, binding)?;
                    (meaning, frame) = (self.program.meaning_of_part(argument, &path), caller);
                }
                _ => return None,
            }
        }
        None
    }

    fn opened_in(&self, options: &Value, far: u8) -> Option<Step> {
        let far = far.checked_sub(1)?;
        let at = options.at;
        let part = |value: ExpressionId| self.given_value(at.with(value), &options.frame);
        match self.program.module(at.file).expression(at.it) {
            Expression::Object(properties) => properties.iter().find_map(|property| match &property.key {
                None => self.opened_in(&part(property.value)?, far),
                Some(Key::Property(name)) => self.opened_at(at.with(property), name, &part(property.value)?, far),
                Some(Key::Element(_) | Key::Other) => None,
            }),
            Expression::Call(call) => {
                let function = self.function_of(at.with(call.callee))?;
                let frame = options.frame.call(function, at.with(()), &call.arguments);
                let mut answers = Vec::new();
                returns(&self.program.module(function.file).function(function.it).body, &mut answers);
                let mut values = answers.into_iter().filter_map(|one| self.given_value(function.with(one), &frame));
                values.find_map(|value| self.opened_in(&value, far))
            }
            _ => None,
        }
    }

    fn opened_at(&self, property: At<&Property>, name: &str, value: &Value, far: u8) -> Option<Step> {
        let is_open = (OPENING.contains(&name) && self.may_be(value, true, far))
            || (CLOSING.contains(&name) && self.may_be(value, false, far))
            || (WORDED.contains(&name) && self.is_worded_open(value));
        if !is_open {
            return if WORDED.contains(&name) { self.opened_in(value, far) } else { None };
        }
        let written = self.span(property.with(property.it.value));
        let place = property.with(Span { end: written.end, ..property.it.span });
        let what = format!("the option `{}` lets anybody past the guard", self.program.text(place));
        Some(Step { what, place })
    }

    /// Whether a value is this truth, or one that is worked out.
    fn may_be(&self, value: &Value, truth: bool, far: u8) -> bool {
        let Some(far) = far.checked_sub(1) else { return false };
        let at = value.at;
        let side_may_be = |side: ExpressionId, truth: bool| {
            self.given_value(at.with(side), &value.frame).is_some_and(|side| self.may_be(&side, truth, far))
        };
        match self.program.module(at.file).expression(at.it) {
            Expression::Boolean(is_true) => *is_true == truth,
            Expression::Not(inner) => match self.program.module(at.file).expression(*inner) {
                Expression::Number(number) => (*number == 0.0) == truth,
                Expression::Boolean(_) => side_may_be(*inner, !truth),
                _ => true,
            },
            Expression::Binary { .. } => true,
            Expression::Conditional { then: one, otherwise: other, .. }
            | Expression::Logical { left: one, right: other, .. } => {
                side_may_be(*one, truth) || side_may_be(*other, truth)
            }
            _ => false,
        }
    }

    fn is_worded_open(&self, value: &Value) -> bool {
        matches!(
            self.program.module(value.at.file).expression(value.at.it),
            Expression::Text(word) if OPEN.contains(&word.to_ascii_lowercase().as_str())
        )
    }
}
