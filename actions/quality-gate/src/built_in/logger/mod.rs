//! The logger hides what nobody may read, names the request, and its level is decided where it runs.

mod redact;
mod request_id;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use ops_core::words::all_of;
use ops_core::{Finding, Place, Severity};
use ops_typescript::program::{At, Program};
use ops_typescript::tree::Tree;
use ops_typescript::value::{Evaluator, Value};
use ops_typescript::{parse, purpose};

use self::redact::Hidden;
use self::request_id::Bound;
use super::BuiltIn;
use super::rule::{count, judged, unknown};
use crate::outcome::Outcome;
use crate::pino::{self, Given};
use crate::situation::Situation;

pub(super) const GATE: BuiltIn =
    BuiltIn { id: "logger", title: "The logger hides secrets, names the request, and its level is set", check };

rule! {
    /// ## What it does
    /// Finds loggers made with pino, in code that runs in production, whose `redact` does not hide what no log may hold: the fields of
    /// `[routes] never_log` in the policy, the same that [route/logged-field](../route/logged-field.md) looks for. Those that
    /// are missing are named.
    ///
    /// A path hides the field that it ends with, however both are spelled: `*.accessToken` hides `access_token`. A `*` at the end hides
    /// every field where nothing but `*` stands before it; `req.headers` and `req.headers.*` hide `authorization` and `cookie`.
    /// Options, paths and lists may be constants of other modules. Where they cannot be told, the gate is unproven. How
    /// deep a field lies is not asked: pino's `*` stands for one level.
    ///
    /// ## Why is this bad
    /// Whoever logs a request logs its cookies and its `authorization` header with it, and they stay for as long as the logs do.
    ///
    /// ## Instead
    /// ```toml
    /// [routes]
    /// never_log = ["authorization", "cookie", "password"]
    /// ```
    /// ```ts
    /// // before
    /// const logger = pino({ redact: ["*.password"] });
    /// // after
    /// const logger = pino({ redact: ["req.headers.authorization", "req.headers.cookie", "password", "*.password"] });
    /// ```
    REDACT: "repository/logger-redact", "A logger that does not hide what no log may hold"
}

rule! {
    /// ## What it does
    /// Finds loggers made with pino, in code that runs in production, whose level is a text in the code.
    ///
    /// ## Why is this bad
    /// What is needed to look for an error is not there, or everything is written in production: another level needs another release.
    ///
    /// ## Instead
    /// ```ts
    /// // before
    /// const logger = pino({ level: "debug" });
    /// // after
    /// const logger = pino({ level: process.env.LOG_LEVEL ?? "info" });
    /// ```
    LEVEL: "repository/logger-level", "A level that is fixed in the code"
}

rule! {
    /// ## What it does
    /// Finds loggers made with pino, in code that runs in production, where nothing binds the id of a request to what they write. Any of
    /// these does, anywhere in the repository's production code: a child with such a field (`logger.child({ request_id })`,
    /// `setBindings`), pino-http and other middleware for pino (nestjs-pino, hono-pino, express-pino-logger, koa-pino-logger, hapi-pino),
    /// Fastify that logs, or the logger's own `mixin` or `formatters.log`. The field is `request_id`, `req_id`, `correlation_id` or
    /// `trace_id`, however it is spelled.
    ///
    /// Where what is bound comes from elsewhere (`logger.child(fields)`), the gate is unproven. A program that answers no requests
    /// has no use for it: waive the rule there.
    ///
    /// ## Why is this bad
    /// A server answers many requests at once, and their lines are mixed: nobody can tell which of them belong together.
    ///
    /// ## Instead
    /// ```ts
    /// // before
    /// const logger = pino({ redact });
    /// // after
    /// const logger = pino({ redact, mixin: () => ({ request_id: requests.getStore()?.id }) });
    /// ```
    REQUEST_ID: "repository/logger-request-id", "A logger whose lines name no request"
}

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let code = match situation.code() {
        Ok(code) => code,
        Err(reason) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
    };
    let files: Vec<&str> = production(&code.logging).collect();
    if files.is_empty() {
        return None;
    }
    let tree = match Tree::walk(situation.root) {
        Ok(tree) => tree,
        Err(error) => return Some(unknown(error.to_string(), "Let the gate read the repository's folder.")),
    };
    let never_log = &situation.policy.routes.never_log;
    let binding: Vec<&str> = production(&code.binding).collect();
    let seen = parse::with_room(|| look(&Program::new(tree), &files, &binding, never_log));
    Some(judged(format!("{} looked at", count(seen.loggers, "logger")), seen.findings, &seen.unclear))
}

fn production(paths: &BTreeSet<String>) -> impl Iterator<Item = &str> {
    paths.iter().map(String::as_str).filter(|path| purpose::is_production(path))
}

/// What was seen of the loggers.
#[derive(Default)]
struct Seen {
    loggers: usize,
    findings: Vec<Finding>,
    /// What could not be told of them, in sentences.
    unclear: Vec<String>,
}

/// Looks at the loggers that `files` make. Those of `binding` may give fields to any of them.
fn look(program: &Program, files: &[&str], binding: &[&str], never_log: &[String]) -> Seen {
    let mut seen = Seen::default();
    let mut evaluator = Evaluator::new(program);
    let elsewhere = binding
        .iter()
        .filter_map(|path| program.tree().find(path))
        .fold(Bound::No, |bound, file| bound.or(|| request_id::by_file(program, file, &mut evaluator)));
    for path in files {
        let Some(file) = program.tree().find(path) else {
            seen.unclear.push(format!("{path} makes a logger, and cannot be read any more"));
            continue;
        };
        for made in pino::made(program.module(file)) {
            seen.loggers += 1;
            let at = At { file, it: made.span };
            let options = match made.options {
                Given::Nothing => Value::Undefined,
                Given::Value(options) => evaluator.evaluate(at.with(options)),
                Given::Spread => Value::Unknown("its arguments are spread".to_owned()),
            };
            let logger = Logger { place: program.place(at), text: program.text(at) };
            seen.level(&logger, made.level.as_deref());
            seen.hidden(&logger, Hidden::by(&options), never_log);
            seen.bound(&logger, elsewhere.clone().or(|| request_id::by_options(&options, &mut evaluator)));
        }
    }
    seen
}

/// Where a logger is made, and how it is written.
struct Logger<'t> {
    place: Place,
    text: &'t str,
}

impl Seen {
    fn level(&mut self, logger: &Logger<'_>, level: Option<&str>) {
        let Some(level) = level else { return };
        let message = format!("the level of this logger is always `{level}`");
        let help = "Read the level from the environment.";
        self.findings.push(LEVEL.finding(Severity::Warning, logger.place.clone(), &[logger.text], message, help));
    }

    fn hidden(&mut self, logger: &Logger<'_>, hidden: Hidden, never_log: &[String]) {
        let missing = hidden.lacks(never_log);
        let message = match &hidden.open {
            _ if hidden.is_nothing() => "this logger hides nothing of what it is given".to_owned(),
            _ if missing.is_empty() => return,
            Some(why) => return self.unclear(logger, "what this logger hides", why),
            None => {
                let names = missing.iter().map(|field| format!("`{field}`"));
                format!("this logger does not hide {}", all_of(names))
            }
        };
        let help = "Give pino `redact` with the paths of what nobody may read.";
        let content: Vec<&str> = [logger.text].into_iter().chain(missing).collect();
        self.findings.push(REDACT.finding(Severity::Warning, logger.place.clone(), &content, message, help));
    }

    fn bound(&mut self, logger: &Logger<'_>, bound: Bound) {
        match bound {
            Bound::Yes => {}
            Bound::Perhaps(why) => self.unclear(logger, "whether its lines name their request", &why),
            Bound::No => {
                let message = "nothing binds the id of a request to what this logger writes";
                let help = "Log through `logger.child({ request_id })`, or give pino a `mixin` that adds it.";
                let content = [logger.text];
                self.findings.push(REQUEST_ID.finding(
                    Severity::Warning,
                    logger.place.clone(),
                    &content,
                    message,
                    help,
                ));
            }
        }
    }

    fn unclear(&mut self, logger: &Logger<'_>, what: &str, why: &str) {
        let Place { path, start_line, .. } = &logger.place;
        self.unclear.push(format!("{path}:{start_line}: {what} cannot be told: {why}"));
    }
}
