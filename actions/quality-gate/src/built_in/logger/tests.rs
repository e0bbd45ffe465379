use super::GATE;
use crate::built_in::testing::Repository;

/// Two fields that no log may hold.
const POLICY: &str = "[routes]\nnever_log = [\"password\", \"access_token\"]\n";

/// What binds the id of a request.
const REQUEST: (&str, &str) = ("src/request.ts", "export const of = (log, id) => log.child({ request_id: id });");

fn repository(text: &str) -> Repository {
    Repository::with(&[("src/logger.ts", text), REQUEST]).policy(POLICY)
}

fn finds(text: &str) -> Vec<String> {
    repository(text).finds(&GATE)
}

#[test]
fn a_logger_that_hides_nothing_is_told() {
    let told = "warning repository/logger-redact src/logger.ts:2: this logger hides nothing of what it is given";
    for text in [
        "import pino from 'pino';\nexport const logger = pino();",
        "import { pino } from 'pino';\nexport const logger = pino({ name: 'shop' });",
        "import * as pino from 'pino';\nexport const logger = pino.pino({});",
        "const pino = require('pino'); const options = { name: 'shop' };\nmodule.exports = pino(options);",
        "const { pino } = require('pino');\nmodule.exports = pino({ name: 'shop' });",
        "import pino from 'pino';\nexport const logger = pino({ redact: [] });",
        "import pino from 'pino';\nexport const logger = pino({ redact: { paths: [], remove: true } });",
        "import pino from 'pino';\nexport const logger = pino(pino.destination(1));",
    ] {
        assert_eq!(finds(text), [told], "{text}");
    }
}

#[test]
fn what_a_logger_does_not_hide_is_named() {
    let told =
        |fields: &str| format!("warning repository/logger-redact src/logger.ts:2: this logger does not hide {fields}");
    for (redact, fields) in [
        ("['req.headers.authorization']", "`password` and `access_token`"),
        ("['*.password']", "`access_token`"),
        ("{ paths: ['*.password', 'body.token'], censor: '…' }", "`access_token`"),
    ] {
        let text = format!("import pino from 'pino';\nexport const logger = pino({{ redact: {redact} }});");
        assert_eq!(finds(&text), [told(fields)], "{text}");
    }
}

#[test]
fn the_fields_that_are_hidden_by_default_are_those_of_the_rule_for_routes() {
    let text = "import pino from 'pino';\nexport const logger = pino({ redact: ['*.password'] });";
    let found = Repository::with(&[("src/logger.ts", text), REQUEST]).finds(&GATE);
    assert!(found.len() == 1 && found[0].contains("does not hide `passphrase`, `secret`, `token`"), "{found:?}");
    assert!(!found[0].contains("`password`"), "{found:?}");
}

#[test]
fn a_level_in_the_code_is_told() {
    let text = "import pino from 'pino';\nexport const logger = pino({ level: 'debug', redact: ['*'] });";
    let told = "warning repository/logger-level src/logger.ts:2: the level of this logger is always `debug`";
    assert_eq!(finds(text), [told]);
    assert_eq!(repository(text).verdict(&GATE), "pass: 1 logger looked at; 1 warning");
}

#[test]
fn what_is_right_is_silent() {
    for text in [
        "import pino from 'pino';\nexport const logger = pino({ level: process.env.LOG_LEVEL ?? 'info', redact: ['*'] });",
        "import pino from 'pino';\nconst hidden = ['*.password'];\nexport const logger = pino({ redact: [...hidden, 'a.accessToken'] });",
        "import pino from 'pino';\nexport const logger = pino({ redact: ['password', '*.accessToken'], ...{ name: 'shop' } });",
    ] {
        assert_eq!(repository(text).verdict(&GATE), "pass: 1 logger looked at", "{text}");
    }
    let other = "import pino from './pino';\nexport const logger = pino();";
    assert_eq!(repository(other).verdict(&GATE), "not asked");
    let test = "import pino from 'pino';\nexport const logger = pino();";
    assert_eq!(Repository::with(&[("src/logger.test.ts", test)]).verdict(&GATE), "not asked");
}

#[test]
fn what_another_module_says_is_read_there() {
    let logger =
        "import pino from 'pino';\nimport { hidden } from './hidden';\nexport const logger = pino({ redact: hidden });";
    let of = |hidden: &str| {
        let files = [("src/logger.ts", logger), ("src/hidden.ts", hidden), REQUEST];
        Repository::with(&files).policy(POLICY).verdict(&GATE)
    };
    assert_eq!(of("export const hidden = ['*.password', '*.accessToken'];"), "pass: 1 logger looked at");
    assert_eq!(of("export const hidden = ['*.password'];"), "pass: 1 logger looked at; 1 warning");
    assert_eq!(
        of("import { all } from 'a-package';\nexport const hidden = all();"),
        "unproven: src/logger.ts:3: what this logger hides cannot be told: what `all` gives back is not known"
    );
}

#[test]
fn what_cannot_be_told_is_unproven() {
    for text in [
        "import pino from 'pino';\nimport { options } from 'a-package';\nexport const logger = pino(options);",
        "import pino from 'pino';\nimport { usual } from 'a-package';\nexport const logger = pino({ redact: ['*'], ...usual() });",
        "import pino from 'pino';\nexport const make = (hidden) => pino({ redact: ['*.password', hidden] });",
        "import pino from 'pino';\nexport const make = (...all) => pino(...all);",
    ] {
        let told = repository(text).verdict(&GATE);
        assert!(told.starts_with("unproven: src/logger.ts:") && told.contains("cannot be told"), "{text}: {told}");
    }
    // A path that nobody knows takes nothing away from those that are known.
    let text = "import pino from 'pino';\nexport const make = (a) => pino({ redact: ['*', a] });";
    assert_eq!(repository(text).verdict(&GATE), "pass: 1 logger looked at");
}

/// What the gate says of a logger beside another file of the repository.
fn names_the_request(options: &str, other: &str) -> String {
    let logger = format!("import pino from 'pino';\nexport const logger = pino({{ redact: ['*'], {options} }});");
    let repository = Repository::with(&[("src/logger.ts", &logger), ("src/server.ts", other)]).policy(POLICY);
    match repository.finds(&GATE).as_slice() {
        [] => repository.verdict(&GATE),
        found => found.join("\n"),
    }
}

#[test]
fn a_logger_whose_lines_name_no_request_is_told() {
    let told = "warning repository/logger-request-id src/logger.ts:2: nothing binds the id of a request to what this logger writes";
    for (options, other) in [
        ("", ""),
        ("mixin: () => ({ version: 3 })", ""),
        ("formatters: { log: (object) => object }", ""),
        ("", "import { logger } from './logger';\nexport const child = logger.child({ module: 'cart' });"),
        ("", "import { spawn } from './spawn';\nexport const child = (id) => spawn.child(id);"),
        ("", "import fastify from 'fastify';\nexport const server = fastify({ logger: false });"),
        ("", "import pinoHttp from './pino-http';\nexport const middleware = pinoHttp();"),
        ("", "import type { HttpLogger } from 'pino-http';\nexport const middleware: HttpLogger | null = null;"),
    ] {
        assert_eq!(names_the_request(options, other), told, "{options} {other}");
    }
}

#[test]
fn whatever_binds_the_id_of_a_request_is_right() {
    for (options, other) in [
        ("mixin: () => ({ request_id: requests.getStore()?.id })", ""),
        ("mixin() { const store = requests.getStore(); return store ? { requestId: store.id } : {}; }", ""),
        ("formatters: { log: (object) => ({ ...object, 'x-request-id': current() }) }", ""),
        ("", "import { logger } from './logger';\nexport const of = (req) => logger.child({ requestId: req.id });"),
        (
            "",
            "import { logger } from './logger';\nexport const of = (id) => { const fields = { traceId: id }; return logger.child(fields); };",
        ),
        ("", "import { log } from './logger';\nexport const bind = (id) => log.setBindings({ reqId: id });"),
        ("", "import pinoHttp from 'pino-http';\nexport const middleware = pinoHttp();"),
        ("", "const http = require('pino-http');\nmodule.exports = http({ genReqId });"),
        ("", "import { LoggerModule } from 'nestjs-pino';\nexport const modules = [LoggerModule.forRoot()];"),
        ("", "import Fastify from 'fastify';\nexport const server = Fastify({ logger: true });"),
    ] {
        assert_eq!(names_the_request(options, other), "pass: 1 logger looked at", "{options} {other}");
    }
}

#[test]
fn what_is_bound_elsewhere_is_unproven() {
    for (options, other) in [
        ("mixin", ""),
        ("mixin: () => requests.getStore()", ""),
        ("", "import { logger } from './logger';\nexport const of = (fields) => logger.child(fields);"),
        (
            "",
            "import { logger } from './logger';\nexport const of = (fields) => logger.child({ module: 'cart', ...fields });",
        ),
        (
            "",
            "import fastify from 'fastify';\nimport { options } from 'a-package';\nexport const server = fastify(options);",
        ),
    ] {
        let told = names_the_request(options, other);
        let expected = "unproven: src/logger.ts:2: whether its lines name their request cannot be told: ";
        assert!(told.starts_with(expected), "{options} {other}: {told}");
    }
    // What is bound for tests alone binds nothing in production.
    let logger = "import pino from 'pino';\nexport const logger = pino({ redact: ['*'] });";
    let test = ("src/a.test.ts", "import { logger } from './logger';\nlogger.child({ requestId: 1 });");
    let found = Repository::with(&[("src/logger.ts", logger), test]).policy(POLICY).finds(&GATE);
    assert_eq!(found.len(), 1, "{found:?}");
}
