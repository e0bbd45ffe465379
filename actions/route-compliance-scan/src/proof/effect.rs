//! What a call does to the world, as far as its name tells. It decides what may happen before the guard is asked.

use ops_typescript::module::{Expression, ExpressionId, Name};
use ops_typescript::program::{At, Meaning, Trail};

use super::Prover;

/// What a call does. Ordered by how much it matters that somebody was asked before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Effect {
    /// It computes, logs, reads the request or makes an answer.
    None,
    /// It reads something that belongs to somebody.
    Read,
    /// It changes something.
    Write,
}

/// First words of names of what changes something.
const WRITES: [&str; 46] = [
    "add", "archive", "cancel", "charge", "clear", "complete", "confirm", "connect", "copy", "create", "decr",
    "delete", "deploy", "destroy", "disable", "dispatch", "drop", "emit", "enable", "enqueue", "execute", "grant",
    "import", "incr", "insert", "invite", "mark", "move", "patch", "pay", "publish", "purge", "push", "put", "refund",
    "remove", "revoke", "rotate", "save", "send", "set", "sync", "trigger", "update", "upload", "upsert",
];

/// Objects whose methods only compute or tell.
const HARMLESS: [&str; 16] = [
    "console",
    "logger",
    "log",
    "Sentry",
    "tracer",
    "span",
    "z",
    "zod",
    "ratelimit",
    "rateLimit",
    "limiter",
    "schema",
    "metrics",
    "headers",
    "cookies",
    "searchParams",
];

impl Prover<'_> {
    /// The effect of a call that leads out of the repository, or that nobody can follow.
    pub(super) fn outside_effect(&self, call: At<ExpressionId>, is_awaited: bool) -> Effect {
        let module = self.program.module(call.file);
        let Expression::Call(what) = module.expression(call.it) else { return Effect::None };
        let words = self.words(call.with(what.callee));
        let Some(last) = words.last() else { return Effect::None };
        if is_spelled_harmless(&words) || self.is_from_harmless(call.with(what.callee), 8) {
            return Effect::None;
        }
        match self.program.follow(call.with(what.callee), &mut Trail::default()) {
            Meaning::Global { name, .. } if name == "fetch" => {
                return if is_awaited { Effect::Read } else { Effect::None };
            }
            Meaning::Global { name, .. } if is_of_the_language(&name) => return Effect::None,
            // What the request or the answer itself offers: `req.json()`, `res.setHeader()`.
            Meaning::Parameter { path, .. } if path.len() < 2 => return Effect::None,
            Meaning::Part { path, .. } if path.is_empty() => return Effect::None,
            _ => {}
        }
        let writes = starts_with_one_of(last, &WRITES);
        let is_far = words.len() > 2;
        match (writes, is_awaited) {
            (true, true) => Effect::Write,
            (true, false) if is_far && !matches!(last.as_str(), "set" | "add" | "push" | "delete") => Effect::Write,
            (false, true) if !is_about_the_request(last) => Effect::Read,
            _ => Effect::None,
        }
    }

    /// Whether what is called comes from a package that only computes, also as a method of what came out of it:
    /// `createHash("sha256").update(text)`.
    fn is_from_harmless(&self, callee: At<ExpressionId>, depth: u8) -> bool {
        let next = match self.program.follow(callee, &mut Trail::default()) {
            Meaning::Outside { specifier, .. } => return is_harmless(&specifier),
            Meaning::Global { name, .. } => return name == "crypto",
            Meaning::Value(of) | Meaning::Part { of, .. } if depth > 0 => of,
            _ => return false,
        };
        match self.program.module(next.file).expression(next.it) {
            Expression::Call(call) => self.is_from_harmless(next.with(call.callee), depth - 1),
            _ => false,
        }
    }

    /// The names that a callee is spelled with: `prisma`, `user`, `create`.
    fn words(&self, callee: At<ExpressionId>) -> Vec<Name> {
        let module = self.program.module(callee.file);
        let mut words = Vec::new();
        let mut next = callee.it;
        loop {
            match module.expression(next) {
                Expression::Member { object, property } => {
                    words.push(property.clone());
                    next = *object;
                }
                Expression::Call(call) => next = call.callee,
                Expression::Await(inner) => next = *inner,
                Expression::Binding(binding) => {
                    words.push(module.binding(*binding).name.clone());
                    break;
                }
                Expression::Global(name) => {
                    words.push(name.clone());
                    break;
                }
                _ => break,
            }
        }
        words.reverse();
        words
    }
}

/// What every runtime has: it computes, or makes a request or an answer.
fn is_of_the_language(name: &str) -> bool {
    let is_class = name.starts_with(|first: char| first.is_ascii_uppercase());
    let functions = [
        "atob",
        "btoa",
        "clearTimeout",
        "crypto",
        "decodeURI",
        "decodeURIComponent",
        "encodeURI",
        "encodeURIComponent",
        "isNaN",
        "parseFloat",
        "parseInt",
        "performance",
        "process",
        "queueMicrotask",
        "require",
        "setTimeout",
        "super",
        "structuredClone",
        "import",
    ];
    is_class || functions.contains(&name)
}

/// Reading, checking and validating what was asked.
fn is_about_the_request(name: &str) -> bool {
    let words = ["json", "text", "formData", "blob", "arrayBuffer", "headers", "cookies", "draftMode", "limit"];
    words.contains(&name)
        || starts_with_one_of(name, &["parse", "safeParse", "validate", "verify", "rateLimit", "sleep"])
}

/// Whether the object that is called, or the logger before the last word, only computes or tells: `console.log`,
/// `request.log.info`.
fn is_spelled_harmless(words: &[Name]) -> bool {
    let is_harmless = |word: &Name| HARMLESS.contains(&word.as_str());
    match words {
        [first, ..] if is_harmless(first) => true,
        [.., logger, level] => {
            matches!(logger.as_str(), "log" | "logger" | "console")
                && matches!(level.as_str(), "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "log")
        }
        _ => false,
    }
}

fn is_harmless(specifier: &str) -> bool {
    let packages = [
        "assert",
        "bcrypt",
        "bcryptjs",
        "buffer",
        "crypto",
        "date-fns",
        "dayjs",
        "jose",
        "jsonwebtoken",
        "luxon",
        "moment",
        "nanoid",
        "next/cache",
        "next/headers",
        "next/navigation",
        "next/server",
        "path",
        "pino",
        "querystring",
        "superjson",
        "url",
        "util",
        "uuid",
        "zod",
    ];
    let plain = specifier.strip_prefix("node:").unwrap_or(specifier);
    packages.contains(&plain) || plain.starts_with("zod/") || plain.starts_with("@sentry/")
}

/// Whether a name is one of these words, or goes on after it with a capital: `createUser`, `create`, not `creates`.
fn starts_with_one_of(name: &str, words: &[&str]) -> bool {
    let plain = name.trim_start_matches('$');
    words.iter().any(|word| {
        plain.strip_prefix(word).is_some_and(|rest| rest.chars().next().is_none_or(|next| !next.is_lowercase()))
    })
}
