//! What says no: an answer with a status from 400, an error, a redirect, nothing.

use ops_typescript::module::{
    Binding, Call, Expression, ExpressionId, FunctionId, Key, Module, Property, Source, Statement, StatementKind,
};
use ops_typescript::program::{At, Meaning};

use super::Prover;
use super::callable::returns;
use super::throws::any_statement;

/// Names of properties by which an answer says of which kind it is.
pub(super) const KINDS: [&str; 8] = ["_tag", "kind", "outcome", "result", "state", "status", "tag", "type"];

/// How a value says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// By being nothing.
    Nothing,
    /// By being an object or an answer that says so.
    Parts,
    /// By an array that holds an error at this place, and nothing else.
    Tuple(u8),
}

impl Prover<'_> {
    /// How a value says no, if it does.
    pub(super) fn refusal(&self, value: At<ExpressionId>) -> Option<Refusal> {
        if !self.is_refusal(value) {
            return None;
        }
        if self.is_empty(value) {
            return Some(Refusal::Nothing);
        }
        Some(self.error_in_tuple(value).map_or(Refusal::Parts, Refusal::Tuple))
    }

    /// Where an array holds an error, and nothing beside it: `[null, new Error()]`.
    fn error_in_tuple(&self, value: At<ExpressionId>) -> Option<u8> {
        let module = self.program.module(value.file);
        let Expression::Array(items) = module.expression(value.it) else { return None };
        if items.len() < 2 || items.iter().any(|item| item.is_spread) {
            return None;
        }
        let mut told = (0..3).zip(items).filter(|(_, item)| !self.is_empty(value.with(item.value)));
        let (place, error) = told.next()?;
        let is_only = told.next().is_none() && items.len() < 4;
        (is_only && self.is_error(value.with(error.value))).then_some(place)
    }

    fn is_error(&self, value: At<ExpressionId>) -> bool {
        let module = self.program.module(value.file);
        match module.expression(value.it) {
            Expression::Text(_) | Expression::Template { .. } => true,
            Expression::Object(properties) => {
                let tells =
                    |one: &Property| ["code", "message", "reason", "status"].iter().any(|name| is_kind(one, name));
                self.is_refusal(value) || properties.iter().any(tells)
            }
            Expression::Call(call) => {
                let is_new_error =
                    || call.is_new && self.program.text(value.with(module.span(call.callee))).ends_with("Error");
                is_new_error() || self.is_refusal(value)
            }
            _ => false,
        }
    }

    /// Whether a returned value says no.
    pub(super) fn is_refusal(&self, value: At<ExpressionId>) -> bool {
        let module = self.program.module(value.file);
        match module.expression(value.it) {
            Expression::Null | Expression::Boolean(false) => true,
            Expression::Global(name) => name == "undefined",
            Expression::Await(inner) => self.is_refusal(value.with(*inner)),
            Expression::Binding(binding) => match &module.binding(*binding) {
                Binding { is_constant: true, source: Source::Value { initial: Some(initial), path }, .. } => {
                    path.is_empty()
                        && matches!(module.expression(*initial), Expression::Call(_) | Expression::Object(_))
                        && self.is_refusal(value.with(*initial))
                }
                _ => false,
            },
            Expression::Conditional { then, otherwise, .. } => {
                self.is_refusal(value.with(*then)) && self.is_refusal(value.with(*otherwise))
            }
            Expression::Object(properties) if says_yes(module, properties) => false,
            Expression::Object(properties) => properties.iter().any(|property| {
                let Some(Key::Property(name)) = &property.key else { return false };
                let says_no =
                    matches!(module.expression(property.value), Expression::Boolean(false) | Expression::Null);
                if let Expression::Text(word) = module.expression(property.value)
                    && KINDS.contains(&name.as_str())
                {
                    return says_no_in_a_word(word);
                }
                match name.as_str() {
                    "error" | "errors" | "serverError" => is_told(module.expression(property.value)),
                    "success" | "ok" | "authorized" | "session" | "user" => says_no,
                    "redirect" | "notFound" => true,
                    "status" | "statusCode" => is_refusing_status(module.expression(property.value)),
                    _ => false,
                }
            }),
            Expression::Array(_) => self.error_in_tuple(value).is_some(),
            Expression::Call(call) => self.is_refusing_call(value, call),
            _ => false,
        }
    }

    fn is_refusing_call(&self, at: At<ExpressionId>, call: &Call) -> bool {
        let module = self.program.module(at.file);
        let status_given = call.arguments.iter().any(|argument| match module.expression(argument.value) {
            Expression::Object(properties) => properties.iter().any(|property| {
                matches!(&property.key, Some(Key::Property(name)) if name == "status" || name == "statusCode")
                    && is_refusing_status(module.expression(property.value))
            }),
            other => is_refusing_status(other),
        });
        if is_redirect(module, call.callee) {
            return call.arguments.iter().any(|argument| is_plain_address(module, argument.value));
        }
        if status_given || self.is_refusal_in_json(at, call) {
            return true;
        }
        let is_named = match module.expression(call.callee) {
            Expression::Member { object, property } => {
                says_no(property)
                    || matches!(module.expression(*object), Expression::Call(inner) if self.is_refusing_call(at, inner))
            }
            Expression::Binding(binding) => says_no(&module.binding(*binding).name),
            _ => false,
        };
        is_named || self.function_of(at.with(call.callee)).is_some_and(|function| self.always_refuses(function))
    }

    /// Whether a function of the repository makes refusals and nothing else: `const deny = () => new Response("", { status: 403 })`.
    fn always_refuses(&self, function: At<FunctionId>) -> bool {
        let work = || {
            let declared = self.program.module(function.file).function(function.it);
            let mut answers = Vec::new();
            returns(&declared.body, &mut answers);
            let says_no = |answer: &ExpressionId| {
                self.is_refusal(function.with(*answer)) && !self.is_empty(function.with(*answer))
            };
            !declared.is_generator
                && !answers.is_empty()
                && answers.iter().all(says_no)
                && self.leaves(function.file, &declared.body)
                && !any_statement(&declared.body, &|one| matches!(one.kind, StatementKind::Return(None)))
        };
        self.reach.refusing.ask(function, || false, work)
    }

    /// `Response.json({ error: error.message }, { status: error.code })`, `data(failed(cause), { status })`
    fn is_refusal_in_json(&self, at: At<ExpressionId>, call: &Call) -> bool {
        let module = self.program.module(at.file);
        let is_json = match module.expression(call.callee) {
            Expression::Member { property, .. } => property == "json",
            Expression::Binding(_) => match self.program.meaning(at.with(call.callee)) {
                Meaning::Outside { path, .. } => {
                    matches!(path.last(), Some(Key::Property(name)) if matches!(name.as_str(), "data" | "json"))
                }
                _ => false,
            },
            _ => false,
        };
        let first = call.arguments.first().filter(|_| is_json);
        first.is_some_and(|body| {
            let is_made = matches!(module.expression(body.value), Expression::Object(_) | Expression::Call(_));
            is_made && self.is_refusal(at.with(body.value))
        })
    }

    /// Whether a call never comes back: `redirect()`, `notFound()`, `process.exit()`, or a function that always throws.
    pub(super) fn never_returns(&self, callee: At<ExpressionId>) -> bool {
        match self.program.meaning(callee) {
            Meaning::Outside { specifier, path } => {
                let Some(Key::Property(name)) = path.last() else { return false };
                let names: &[&str] = match specifier.as_str() {
                    "next/navigation" => &["redirect", "permanentRedirect", "notFound", "unauthorized", "forbidden"],
                    "@sveltejs/kit" => &["error", "redirect"],
                    _ => &[],
                };
                names.contains(&name.as_str())
            }
            Meaning::Global { name, path } => {
                name == "process" && matches!(path.as_slice(), [Key::Property(exit)] if exit == "exit")
            }
            Meaning::Function(function) => self.always_throws(function),
            Meaning::Value(at) => match self.program.module(at.file).expression(at.it) {
                Expression::Function(function) => self.always_throws(at.with(*function)),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a value is nothing, or counts as nothing in a condition.
    pub(super) fn is_empty(&self, value: At<ExpressionId>) -> bool {
        match self.program.module(value.file).expression(value.it) {
            Expression::Null | Expression::Boolean(false) => true,
            Expression::Text(text) => text.is_empty(),
            Expression::Number(number) => *number == 0.0,
            Expression::Global(name) => name == "undefined",
            Expression::Await(inner) => self.is_empty(value.with(*inner)),
            _ => false,
        }
    }

    /// Whether a value is an object that holds nothing: `{}`, `{ user: null }`.
    pub(super) fn is_hollow(&self, value: At<ExpressionId>) -> bool {
        match self.program.module(value.file).expression(value.it) {
            Expression::Object(properties) => {
                properties.iter().all(|one| one.key.is_some() && self.is_empty(value.with(one.value)))
            }
            _ => false,
        }
    }

    /// The ways in which a function says no by what it returns.
    pub(super) fn refusals(&self, function: At<FunctionId>) -> Vec<Refusal> {
        let mut answers = Vec::new();
        returns(&self.program.module(function.file).function(function.it).body, &mut answers);
        answers.into_iter().filter_map(|answer| self.refusal(function.with(answer))).collect()
    }

    /// Whether nothing comes out of a function.
    pub(super) fn returns_nothing(&self, function: At<FunctionId>) -> bool {
        let mut answers = Vec::new();
        returns(&self.program.module(function.file).function(function.it).body, &mut answers);
        answers.into_iter().all(|answer| self.is_empty(function.with(answer)))
    }

    pub(super) fn always_throws(&self, function: At<FunctionId>) -> bool {
        let module = self.program.module(function.file);
        let body = &module.function(function.it).body;
        let simple = |statement: &Statement| {
            matches!(statement.kind, StatementKind::Expression(_) | StatementKind::Declare { .. })
        };
        body.split_last()
            .is_some_and(|(last, before)| matches!(last.kind, StatementKind::Throw(_)) && before.iter().all(simple))
    }
}

pub(super) fn is_refusing_status(expression: &Expression) -> bool {
    match expression {
        Expression::Number(status) => (400.0..600.0).contains(status),
        _ => false,
    }
}

/// Whether an object says that it went well.
fn says_yes(module: &Module, properties: &[Property]) -> bool {
    properties.iter().any(|property| {
        matches!(&property.key, Some(Key::Property(name)) if matches!(name.as_str(), "ok" | "success" | "authorized"))
            && matches!(module.expression(property.value), Expression::Boolean(true))
    })
}

/// Whether a value says what went wrong, and is not perhaps nothing.
fn is_told(value: &Expression) -> bool {
    match value {
        Expression::Text(text) => !text.is_empty(),
        Expression::Boolean(is_true) => *is_true,
        Expression::Array(items) => !items.is_empty(),
        Expression::Null | Expression::Binding(_) | Expression::Number(_) => false,
        Expression::Global(name) => name != "undefined",
        _ => true,
    }
}

fn is_redirect(module: &Module, callee: ExpressionId) -> bool {
    match module.expression(callee) {
        Expression::Member { property, .. } => property.to_ascii_lowercase().contains("redirect"),
        _ => false,
    }
}

/// Whether an address holds nothing that was read: a text, or `new URL("/login", request.url)`.
fn is_plain_address(module: &Module, value: ExpressionId) -> bool {
    match module.expression(value) {
        Expression::Text(_) => true,
        Expression::Template { texts, .. } => texts.first().is_some_and(|text| !text.is_empty()),
        Expression::Call(call) => {
            call.is_new && call.arguments.first().is_some_and(|first| is_plain_address(module, first.value))
        }
        _ => false,
    }
}

/// Names of functions and methods that make a refusal. What reads errors makes none.
fn says_no(name: &str) -> bool {
    let reads =
        ["list", "get", "find", "fetch", "load", "count", "search", "query", "select", "read", "all", "invalidate"];
    let name = name.to_ascii_lowercase().replace('_', "");
    if reads.iter().any(|word| name.starts_with(word)) {
        return false;
    }
    let words = [
        "unauthor",
        "forbid",
        "notfound",
        "denied",
        "error",
        "reject",
        "badrequest",
        "invalid",
        "notallowed",
        "fail",
        "redirect",
        "unauthenticated",
        "notauthenticated",
        "toomany",
        "conflict",
    ];
    words.iter().any(|word| name.contains(word))
}

/// Whether a property has this name.
pub(super) fn is_kind(property: &Property, name: &str) -> bool {
    matches!(&property.key, Some(Key::Property(one)) if one == name)
}

/// Whether the kind of an answer is one that says no: `unauthorized`.
fn says_no_in_a_word(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    matches!(kind.as_str(), "anonymous" | "expired" | "missing" | "no" | "none") || says_no(&kind)
}
