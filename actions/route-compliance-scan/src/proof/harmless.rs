//! Names of what changes nothing: it computes, tells, or belongs to the request and its answer.

use ops_typescript::module::Name;

use super::verbs::{WRITES, starts_with_one_of};

/// Names of collections that belong to a request or to an answer.
pub(super) const OF_REQUESTS: [&str; 5] = ["cookies", "formData", "headers", "params", "searchParams"];

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

/// Whether a name says that it makes what others are asked by, and nothing that anybody sees: `createServerClient`.
pub(super) fn makes_a_tool(name: &str) -> bool {
    const TOOLS: [&str; 17] = [
        "Adapter",
        "Agent",
        "Caller",
        "Client",
        "Config",
        "Context",
        "Env",
        "Factory",
        "Handler",
        "Instance",
        "Pool",
        "Provider",
        "Router",
        "Schema",
        "Server",
        "Storage",
        "Transport",
    ];
    starts_with_one_of(name, &["build", "create", "init", "make"]) && TOOLS.iter().any(|tool| name.ends_with(tool))
}

/// Methods of texts, numbers, dates and arrays, which nothing else is called by.
pub(super) fn only_computes(name: &str) -> bool {
    const NAMES: [&str; 35] = [
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

/// First words of names of what somebody may wait for and have no use for its answer, though it changes nothing: it reads,
/// checks, waits or tells.
const CHANGES_NOTHING: [&str; 55] = [
    "assert",
    "auth",
    "authenticate",
    "authorize",
    "can",
    "check",
    "compare",
    "configure",
    "count",
    "current",
    "delay",
    "describe",
    "enforce",
    "ensure",
    "exists",
    "fetch",
    "find",
    "flush",
    "get",
    "guard",
    "has",
    "head",
    "hydrate",
    "identify",
    "init",
    "initialize",
    "is",
    "list",
    "load",
    "log",
    "look",
    "lookup",
    "may",
    "must",
    "parse",
    "ping",
    "prefetch",
    "preload",
    "protect",
    "query",
    "read",
    "refresh",
    "reportError",
    "require",
    "retrieve",
    "scan",
    "search",
    "select",
    "session",
    "setup",
    "shutdown",
    "timeout",
    "track",
    "wait",
    "warm",
];

/// Names of what waits, tells, or opens and closes what it belongs to.
const WAITS_OR_CLOSES: [&str; 15] = [
    "acquire",
    "captureMessage",
    "close",
    "disconnect",
    "dispose",
    "drain",
    "end",
    "error",
    "nextTick",
    "once",
    "open",
    "ready",
    "release",
    "setImmediate",
    "setTimeout",
];

/// Parts of names of what looks at every request, and of what counts who comes.
const LOOKS_ON: [&str; 10] =
    ["analytics", "cors", "csrf", "helmet", "limiter", "middleware", "posthog", "sentry", "telemetry", "throttle"];

/// Whether a call that somebody waits for without a use for its answer says that it changes nothing.
pub(super) fn changes_nothing(words: &[Name]) -> bool {
    let looks_on = |word: &Name| {
        let word = word.to_ascii_lowercase();
        LOOKS_ON.iter().any(|part| word.contains(part))
    };
    let says_so = |last: &Name| {
        starts_with_one_of(last, &CHANGES_NOTHING) || WAITS_OR_CLOSES.contains(&last.trim_start_matches('$'))
    };
    words.iter().any(looks_on) || words.last().is_some_and(says_so)
}

/// Whether a name says that a connection is opened: `mongoose.connect`, `connectToDatabase`, `dbConnect`.
pub(super) fn opens_connection(words: &[Name]) -> bool {
    let Some(last) = words.last() else { return false };
    let last = last.trim_start_matches('$').to_ascii_lowercase();
    let stores = ["db", "database", "mongo", "redis", "prisma"];
    (last == "connect" && words.len() < 3)
        || (last.contains("connect") && stores.iter().any(|store| last.contains(store)))
}

/// Reading, checking and validating what was asked.
pub(super) fn is_about_the_request(name: &str) -> bool {
    let words = ["json", "text", "formData", "blob", "arrayBuffer", "headers", "cookies", "draftMode", "limit"];
    words.contains(&name)
        || starts_with_one_of(name, &["parse", "safeParse", "validate", "verify", "rateLimit", "sleep"])
}

/// Whether the object that is called, or the logger before the last word, only computes or tells: `console.log`,
/// `request.log.info`; whether a logger is made, or an error or an event is reported; or whether it is asked how often somebody asked:
/// `checkRateLimit`.
pub(super) fn is_spelled_harmless(words: &[Name]) -> bool {
    let is_harmless = |word: &Name| HARMLESS.contains(&word.as_str());
    match words {
        [first, ..] if is_harmless(first) || first.ends_with("Logger") => true,
        [.., last] if last.ends_with("Logger") || reports(last) || counts_who_comes(last) => true,
        [.., logger, level] => {
            matches!(logger.as_str(), "log" | "logger" | "console")
                && matches!(level.as_str(), "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "log")
        }
        _ => false,
    }
}

/// `captureException`, `recordApiError`, `captureEvent`
fn reports(name: &str) -> bool {
    let holds = |words: &[&str]| words.iter().any(|word| name.contains(word));
    starts_with_one_of(name, &["capture", "log", "record", "report", "track"]) && holds(&["Error", "Exception"])
        || starts_with_one_of(name, &["capture", "track"]) && holds(&["Event"])
}

/// `checkRateLimit`, and not `deleteRateLimit`.
fn counts_who_comes(name: &str) -> bool {
    name.to_ascii_lowercase().contains("ratelimit")
        && (!starts_with_one_of(name, &WRITES) || starts_with_one_of(name, &["consume", "incr", "increment"]))
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
