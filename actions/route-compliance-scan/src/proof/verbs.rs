//! Words of names, and what they say that a call does.

use ops_typescript::module::Name;

/// First words of names of what changes something.
pub(super) const WRITES: [&str; 90] = [
    "activate",
    "add",
    "append",
    "approve",
    "archive",
    "assign",
    "attach",
    "ban",
    "block",
    "cancel",
    "charge",
    "clear",
    "complete",
    "confirm",
    "connect",
    "copy",
    "create",
    "deactivate",
    "decr",
    "decrement",
    "del",
    "delete",
    "deploy",
    "destroy",
    "detach",
    "disable",
    "dispatch",
    "drop",
    "emit",
    "enable",
    "enqueue",
    "exec",
    "execSync",
    "execute",
    "expire",
    "flushall",
    "grant",
    "hdel",
    "hset",
    "import",
    "incr",
    "increment",
    "insert",
    "invite",
    "link",
    "lpush",
    "mark",
    "merge",
    "migrate",
    "mkdir",
    "move",
    "notify",
    "patch",
    "pay",
    "publish",
    "purge",
    "push",
    "put",
    "refund",
    "register",
    "remove",
    "rename",
    "replace",
    "reset",
    "restore",
    "revoke",
    "rm",
    "rotate",
    "rpush",
    "sadd",
    "save",
    "schedule",
    "send",
    "set",
    "setex",
    "spawn",
    "srem",
    "store",
    "submit",
    "subscribe",
    "suspend",
    "sync",
    "transfer",
    "trigger",
    "truncate",
    "unlink",
    "update",
    "upload",
    "upsert",
    "write",
];

/// Words of names that change something wherever they stand: `findByIdAndDelete`.
pub(super) const WRITES_WITHIN: [&str; 6] = ["Delete", "Insert", "Remove", "Replace", "Update", "Upsert"];

/// First words of names that also make things which nobody sees: `createHash`, `addDays`.
pub(super) const MAKES: [&str; 8] = ["add", "assign", "connect", "copy", "create", "import", "link", "set"];

/// Methods that fill and empty collections as well as stores.
pub(super) const OF_COLLECTIONS: [&str; 5] = ["add", "append", "delete", "push", "set"];

/// First words of statements that change something.
pub(super) const STATEMENTS: [&str; 8] = ["alter", "create", "delete", "drop", "insert", "merge", "truncate", "update"];

/// Names of a handler's own parameters: what they offer is the request, or makes the answer.
pub(super) const OWN: [&str; 18] = [
    "c",
    "context",
    "cookies",
    "ctx",
    "event",
    "formData",
    "headers",
    "h",
    "params",
    "reply",
    "req",
    "request",
    "res",
    "resp",
    "response",
    "searchParams",
    "url",
    "body",
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

/// What every runtime has: it computes, or makes a request or an answer.
pub(super) fn is_of_the_language(name: &str) -> bool {
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

/// Methods of texts, numbers, dates and arrays, which nothing else is called by.
pub(super) fn only_computes(name: &str) -> bool {
    const NAMES: [&str; 36] = [
        "charAt",
        "charCodeAt",
        "concat",
        "endsWith",
        "every",
        "filter",
        "flat",
        "flatMap",
        "forEach",
        "getTime",
        "includes",
        "indexOf",
        "join",
        "lastIndexOf",
        "localeCompare",
        "map",
        "normalize",
        "padEnd",
        "padStart",
        "reduce",
        "repeat",
        "replaceAll",
        "reverse",
        "slice",
        "some",
        "sort",
        "split",
        "startsWith",
        "substring",
        "toFixed",
        "toISOString",
        "toLowerCase",
        "toString",
        "toUpperCase",
        "trim",
        "valueOf",
    ];
    NAMES.contains(&name)
}

/// Reading, checking and validating what was asked.
pub(super) fn is_about_the_request(name: &str) -> bool {
    let words = ["json", "text", "formData", "blob", "arrayBuffer", "headers", "cookies", "draftMode", "limit"];
    words.contains(&name)
        || starts_with_one_of(name, &["parse", "safeParse", "validate", "verify", "rateLimit", "sleep"])
}

/// Whether the object that is called, or the logger before the last word, only computes or tells: `console.log`,
/// `request.log.info`; whether a logger is made, or an error is reported.
pub(super) fn is_spelled_harmless(words: &[Name]) -> bool {
    let is_harmless = |word: &Name| HARMLESS.contains(&word.as_str());
    match words {
        [first, ..] if is_harmless(first) || first.ends_with("Logger") => true,
        [.., last] if last.ends_with("Logger") || tells_of_errors(last) => true,
        [.., logger, level] => {
            matches!(logger.as_str(), "log" | "logger" | "console")
                && matches!(level.as_str(), "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "log")
        }
        _ => false,
    }
}

/// `captureException`, `recordApiError`
fn tells_of_errors(name: &str) -> bool {
    starts_with_one_of(name, &["capture", "log", "record", "report", "track"])
        && ["Error", "Exception"].iter().any(|word| name.contains(word))
}

pub(super) fn is_harmless(specifier: &str) -> bool {
    let packages = [
        "@opentelemetry/api",
        "assert",
        "async_hooks",
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
pub(super) fn starts_with_one_of(name: &str, words: &[&str]) -> bool {
    let plain = name.trim_start_matches('$');
    words.iter().any(|word| {
        plain.strip_prefix(word).is_some_and(|rest| rest.chars().next().is_none_or(|next| !next.is_lowercase()))
    })
}
