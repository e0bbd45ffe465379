//! Fields that no log may hold.

use ops_core::policy::Routes;
use ops_core::words::of_name;
use ops_core::{Finding, Severity};
use ops_typescript::console::is_console;
use ops_typescript::module::{Expression, ExpressionId, Key, Module, Span};
use ops_typescript::program::{At, Program};
use ops_typescript::tree::FileId;
use rayon::prelude::*;

use super::shown::parts;
use crate::survey::{Mark, Survey, is_test};

rule! {
    /// ## What it does
    /// Finds calls of `console`, of loggers (`logger.info`, `log.warn`, `request.log.error`, whatever ends with `log` or `logger`) and of
    /// `log(…)` that are given a field which `[routes] never_log` names: as a variable, as a member (`user.password`), as a property
    /// (`{ password }`), in a template, and inside of `JSON.stringify`. A name counts when its last words are the field's, however
    /// they are joined: `access_token` is `accessToken`, and `token` is `resetToken`.
    ///
    /// Silent are texts that only name the field, whether a field is there (`!!token`, `hasToken`), its length, fields that a function
    /// was given first (`redact(token)`), and tests.
    ///
    /// ## Why is this bad
    /// Logs are kept for long, copied to many places, and read by many people.
    ///
    /// ## Instead
    /// ```ts
    /// // before
    /// logger.info({ email: user.email, token }, "signed in");
    /// // after
    /// logger.info({ userId: user.id }, "signed in");
    /// ```
    RULE: "logged-field", "Logs what no log may hold"
}

const LEVELS: [&str; 16] = [
    "log", "info", "warn", "warning", "error", "debug", "trace", "fatal", "verbose", "silly", "notice", "critical",
    "http", "dir", "table", "success",
];
/// First words that ask whether something is there.
const QUESTIONS: [&str; 9] = ["has", "is", "no", "with", "without", "should", "missing", "needs", "invalid"];
/// How deep objects and calls are looked into.
const DEPTH: u8 = 12;

pub(super) fn check(program: &Program, survey: &Survey, policy: &Routes) -> Vec<Finding> {
    let fields: Vec<Field> =
        policy.never_log.iter().map(|name| Field { name: name.clone(), words: of_name(name) }).collect();
    let fields: Vec<Field> = fields.into_iter().filter(|field| !field.words.is_empty()).collect();
    if fields.is_empty() {
        return Vec::new();
    }
    let may = |file: FileId| survey.has(file, Mark::Console) || survey.has(file, Mark::Logger);
    let is_checked = |path: &str| !is_test(path) || survey.places().is_route_file(path);
    let files: Vec<FileId> =
        program.tree().files().filter(|(file, path)| may(*file) && is_checked(path)).map(|(file, _)| file).collect();
    files.into_par_iter().flat_map_iter(|file| in_file(program, file, &fields)).collect()
}

struct Field {
    name: String,
    words: Vec<String>,
}

fn in_file(program: &Program, file: FileId, fields: &[Field]) -> Vec<Finding> {
    let module = program.module(file);
    let mut findings = Vec::new();
    for (id, expression) in module.expressions() {
        let Expression::Call(call) = expression else { continue };
        if !is_log(module, call.callee) {
            continue;
        }
        let mut found = Vec::new();
        for argument in &call.arguments {
            look(module, argument.value, fields, 0, &mut found);
        }
        let text = program.text(At { file, it: module.span(id) });
        for (field, span) in found {
            let mut finding = RULE.finding(program, At { file, it: span }, Severity::Error, &[&field.name, text]);
            finding.message = format!("logs `{}`, which `never_log` names", program.text(At { file, it: span }));
            finding.help =
                "Leave it out, or log what identifies it without giving it away: an id, a length, a hash.".to_owned();
            findings.push(finding);
        }
    }
    findings.dedup_by(|one, other| one.place == other.place && one.fingerprint == other.fingerprint);
    findings
}

/// `console.log`, `logger.info`, `request.log.warn`, `log`.
fn is_log(module: &Module, callee: ExpressionId) -> bool {
    match module.expression(callee) {
        Expression::Member { object, property } => {
            let is_logger = || name_of(module, *object).is_some_and(is_logger_name);
            LEVELS.contains(&property.as_str()) && (is_console(module, *object) || is_logger())
        }
        Expression::Binding(_) | Expression::Global(_) => name_of(module, callee)
            .is_some_and(|name| matches!(name, "log" | "logger" | "logError" | "logInfo" | "logWarning")),
        _ => false,
    }
}

fn is_logger_name(name: &str) -> bool {
    let last = of_name(name).pop().unwrap_or_default();
    matches!(last.as_str(), "log" | "logger" | "logging" | "pino" | "winston")
}

/// The last name of an expression: `log` of `request.log`, and of `logger.child()`.
fn name_of(module: &Module, id: ExpressionId) -> Option<&str> {
    match module.expression(id) {
        Expression::Binding(binding) => Some(module.binding(*binding).name.as_str()),
        Expression::Global(name) | Expression::Member { property: name, .. } => Some(name.as_str()),
        Expression::Call(call) => match module.expression(call.callee) {
            Expression::Member { object, property } if matches!(property.as_str(), "child" | "with") => {
                name_of(module, *object)
            }
            _ => name_of(module, call.callee),
        },
        _ => None,
    }
}

/// The fields that a value holds openly.
fn look<'f>(module: &Module, id: ExpressionId, fields: &'f [Field], depth: u8, found: &mut Vec<(&'f Field, Span)>) {
    if depth > DEPTH {
        return;
    }
    match module.expression(id) {
        Expression::Binding(binding) => {
            found.extend(named(fields, &module.binding(*binding).name).map(|field| (field, module.span(id))));
        }
        Expression::Member { property, .. } => {
            found.extend(named(fields, property).map(|field| (field, module.span(id))));
        }
        Expression::Index { index, .. } => {
            if let Expression::Text(name) = module.expression(*index) {
                found.extend(named(fields, name).map(|field| (field, module.span(id))));
            }
        }
        Expression::Object(properties) => {
            for property in properties {
                let field = match &property.key {
                    Some(Key::Property(name)) => named(fields, name).filter(|_| is_open(module, property.value)),
                    _ => None,
                };
                match field {
                    Some(field) => found.push((field, property.span)),
                    None => look(module, property.value, fields, depth + 1, found),
                }
            }
        }
        _ => parts(module, id).into_iter().for_each(|part| look(module, part, fields, depth + 1, found)),
    }
}

/// Whether a property gives its value away: a text, a condition, and what a function made of it, do not.
fn is_open(module: &Module, value: ExpressionId) -> bool {
    match module.expression(value) {
        Expression::Text(_)
        | Expression::Boolean(_)
        | Expression::Number(_)
        | Expression::Null
        | Expression::Not(_) => false,
        Expression::Binary { operator, left, right } => {
            *operator == "+" && (is_open(module, *left) || is_open(module, *right))
        }
        Expression::Call(_) => false,
        Expression::Member { property, .. } => property != "length" && property != "size",
        Expression::Conditional { then, otherwise, .. } => is_open(module, *then) || is_open(module, *otherwise),
        Expression::Logical { left, right, .. } => is_open(module, *left) || is_open(module, *right),
        Expression::Global(name) => name != "undefined",
        _ => true,
    }
}

fn named<'f>(fields: &'f [Field], name: &str) -> Option<&'f Field> {
    let words = of_name(name);
    if words.first().is_some_and(|first| QUESTIONS.contains(&first.as_str())) {
        return None;
    }
    // Where a list goes on is no secret: `nextPageToken`.
    if words
        .iter()
        .any(|word| matches!(word.as_str(), "page" | "pagination" | "continuation" | "cancellation" | "cancel"))
    {
        return None;
    }
    fields.iter().find(|field| words.ends_with(&field.words))
}

#[cfg(test)]
mod tests {
    use ops_core::policy::Routes;

    use super::RULE;
    use crate::rules::testing::{fires, silent, told, told_with};

    #[test]
    fn a_field_is_found_wherever_it_stands_in_a_call() {
        for text in [
            "console.log(password);",
            "console.log('signing in', user.password);",
            "logger.info({ password });",
            "logger.info({ user: { accessToken: session.value } });",
            "log.warn(`token ${token}`);",
            "log('token: ' + token);",
            "request.log.error({ err, authorization: request.headers.authorization });",
            "this.logger.debug(request.headers['authorization']);",
            "console.log(JSON.stringify({ resetToken }));",
            "logger.child({ a }).info(apiKey);",
            "console.error(error, token ?? 'none');",
            "console.log([token]);",
            "console.log(token.toString());",
            "logger.info(password.trim());",
            "requestLogger.info(String(cookie));",
        ] {
            fires(
                RULE.ident,
                &[(
                    "lib/a.ts",
                    &format!(
                        "export function f(password, user, session, token, request, resetToken, a, apiKey, error, cookie, err) {{ {text} }}"
                    ),
                )],
            );
        }
    }

    #[test]
    fn what_gives_nothing_away_is_right() {
        for text in [
            "console.log('wrong password');",
            "console.log({ message: 'token expired' });",
            "logger.info({ hasToken, token: !!token, password: '[redacted]' });",
            "logger.info({ token: redact(token), password: password.slice(0, 2) + '…' });",
            "logger.info(mask(token));",
            "logger.info(token.length, { token: token.length });",
            "logger.info({ tokenCount, maxTokens, nextPageToken, passwordResetSentAt });",
            "dialog.info(password);",
            "login(password); catalog.log2(password); save({ password });",
            "logger.info(token ? 'with' : 'without');",
        ] {
            silent(
                RULE.ident,
                &[(
                    "lib/a.ts",
                    &format!(
                        "export function f(password, token, hasToken, tokenCount, maxTokens, nextPageToken, passwordResetSentAt) {{ {text} }}"
                    ),
                )],
            );
        }
        silent(RULE.ident, &[("lib/a.test.ts", "console.log(password);")]);
    }

    #[test]
    fn the_policy_names_the_fields() {
        let policy = Routes { never_log: vec!["chat_body".to_owned()], ..Routes::default() };
        let text = "export function f(chatBody, password) { logger.info({ chatBody, password }); }";
        let found = told_with(RULE.ident, &[("lib/a.ts", text)], &policy);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message, "logs `chatBody`, which `never_log` names");
        assert_eq!(told(RULE.ident, &[("lib/a.ts", text)]).len(), 2);
        let none = Routes { never_log: Vec::new(), ..Routes::default() };
        assert!(told_with(RULE.ident, &[("lib/a.ts", text)], &none).is_empty());
    }
}
