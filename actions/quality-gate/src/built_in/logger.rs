//! The logger hides what nobody may read, and its level is decided where it runs.

use ops_core::Severity;
use ops_typescript::purpose;

use super::BuiltIn;
use super::rule::{count, judged, unknown};
use crate::outcome::Outcome;
use crate::situation::Situation;

pub(super) const GATE: BuiltIn =
    BuiltIn { id: "logger", title: "The logger hides secrets, and its level is set", check };

rule! {
    /// ## What it does
    /// Finds loggers made with pino, in code that runs in production, whose options have no `redact`. Silent is one whose options
    /// do not stand there: they come from another module, or something is spread into them. Which fields are hidden is not
    /// asked.
    ///
    /// ## Why is this bad
    /// Whoever logs a request logs its cookies and its `authorization` header with it, and they stay for as long as the logs do.
    ///
    /// ## Instead
    /// ```ts
    /// // before
    /// const logger = pino();
    /// // after
    /// const logger = pino({ redact: ["req.headers.authorization", "req.headers.cookie", "*.password"] });
    /// ```
    REDACT: "repository/logger-redact", "A logger that hides nothing"
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

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let code = match situation.code() {
        Ok(code) => code,
        Err(reason) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
    };
    let loggers: Vec<_> = code.loggers.iter().filter(|made| purpose::is_production(&made.place.path)).collect();
    if loggers.is_empty() {
        return None;
    }
    let mut findings = Vec::new();
    for made in &loggers {
        if made.hides == Some(false) {
            let message = "this logger hides nothing of what it is given";
            let help = "Give pino `redact` with the paths of what nobody may read.";
            findings.push(REDACT.finding(Severity::Warning, made.place.clone(), &[&made.text], message, help));
        }
        if let Some(level) = &made.level {
            let message = format!("the level of this logger is always `{level}`");
            let help = "Read the level from the environment.";
            findings.push(LEVEL.finding(Severity::Warning, made.place.clone(), &[&made.text], message, help));
        }
    }
    Some(judged(format!("{} looked at", count(loggers.len(), "logger")), findings, &[]))
}

#[cfg(test)]
mod tests {
    use super::GATE;
    use crate::built_in::testing::Repository;

    fn finds(text: &str) -> Vec<String> {
        Repository::with(&[("src/logger.ts", text)]).finds(&GATE)
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
        ] {
            assert_eq!(finds(text), [told], "{text}");
        }
    }

    #[test]
    fn a_level_in_the_code_is_told() {
        let text = "import pino from 'pino';\nexport const logger = pino({ level: 'debug', redact: ['a'] });";
        let told = "warning repository/logger-level src/logger.ts:2: the level of this logger is always `debug`";
        assert_eq!(finds(text), [told]);
        let repository = Repository::with(&[("src/logger.ts", text)]);
        assert_eq!(repository.verdict(&GATE), "pass: 1 logger looked at; 1 warning");
    }

    #[test]
    fn what_is_right_or_cannot_be_seen_is_silent() {
        for text in [
            "import pino from 'pino';\nexport const logger = pino({ level: process.env.LOG_LEVEL ?? 'info', redact: ['a'] });",
            "import pino from 'pino';\nimport { options } from './options';\nexport const logger = pino(options);",
            "import pino from 'pino';\nexport const logger = pino({ ...usual(), level: 'info' });",
        ] {
            let repository = Repository::with(&[("src/logger.ts", text)]);
            assert_eq!(repository.verdict(&GATE), "pass: 1 logger looked at", "{text}");
        }
        let other = "import pino from './pino';\nexport const logger = pino();";
        assert_eq!(Repository::with(&[("src/logger.ts", other)]).verdict(&GATE), "not asked");
        let test = "import pino from 'pino';\nexport const logger = pino();";
        assert_eq!(Repository::with(&[("src/logger.test.ts", test)]).verdict(&GATE), "not asked");
    }
}
