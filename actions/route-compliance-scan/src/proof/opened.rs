//! Options that take a guard its power: `withSession(handler, { optional: true })`.

use ops_typescript::module::{Argument, Call, Expression, ExpressionId, Key, Property, Span};
use ops_typescript::program::{At, Meaning, Trail};

use super::{Prover, Step};

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

impl Prover<'_> {
    /// The option by which the call of a guard lets anybody pass.
    pub(super) fn opened_by(&self, at: At<()>, call: &Call) -> Option<Step> {
        let given = call.arguments.iter().filter(|argument| !argument.is_spread);
        given.copied().find_map(|argument: Argument| self.opened_in(at.with(argument.value)))
    }

    fn opened_in(&self, options: At<ExpressionId>) -> Option<Step> {
        let Meaning::Value(options) = self.program.follow(options, &mut Trail::default()) else { return None };
        let Expression::Object(properties) = self.program.module(options.file).expression(options.it) else {
            return None;
        };
        properties.iter().find_map(|property| match &property.key {
            None => self.opened_in(options.with(property.value)),
            Some(Key::Property(name)) => self.opened_at(options.with(property), name),
            Some(Key::Element(_) | Key::Other) => None,
        })
    }

    fn opened_at(&self, property: At<&Property>, name: &str) -> Option<Step> {
        let value = property.with(property.it.value);
        let is_open = (OPENING.contains(&name) && self.may_be(value, true))
            || (CLOSING.contains(&name) && self.may_be(value, false))
            || (WORDED.contains(&name) && self.is_worded_open(value));
        if !is_open {
            return if WORDED.contains(&name) { self.opened_in(value) } else { None };
        }
        let place = property.with(Span { end: self.span(value).end, ..property.it.span });
        let what = format!("the option `{}` lets anybody past the guard", self.program.text(place));
        Some(Step { what, place })
    }

    /// Whether a value is this truth, or one that is worked out.
    fn may_be(&self, value: At<ExpressionId>, truth: bool) -> bool {
        let Meaning::Value(value) = self.program.follow(value, &mut Trail::default()) else { return false };
        let either = |sides: [ExpressionId; 2]| sides.into_iter().any(|side| self.may_be(value.with(side), truth));
        match self.program.module(value.file).expression(value.it) {
            Expression::Boolean(is_true) => *is_true == truth,
            Expression::Not(inner) => match self.program.module(value.file).expression(*inner) {
                Expression::Boolean(_) => self.may_be(value.with(*inner), !truth),
                _ => true,
            },
            Expression::Binary { .. } => true,
            Expression::Conditional { then, otherwise, .. } => either([*then, *otherwise]),
            Expression::Logical { left, right, .. } => either([*left, *right]),
            _ => false,
        }
    }

    fn is_worded_open(&self, value: At<ExpressionId>) -> bool {
        let Meaning::Value(value) = self.program.follow(value, &mut Trail::default()) else { return false };
        matches!(
            self.program.module(value.file).expression(value.it),
            Expression::Text(word) if OPEN.contains(&word.to_ascii_lowercase().as_str())
        )
    }
}
