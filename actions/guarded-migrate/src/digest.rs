//! The plan's digest: what `apply` must find again.

use sha2::{Digest as _, Sha256};

use crate::situation::Situation;

/// `sha256:` and 64 digits over everything that decides what would be done: environment, database, ledger, files, rule.
/// `None` without a database: then there is no plan.
pub(crate) fn of(situation: &Situation<'_>) -> Option<String> {
    let facts = situation.facts()?;
    let migrations = &situation.inputs.policy.migrations;
    let mut hasher = Sha256::new();
    let mut line = |parts: &[&str]| {
        for part in parts {
            // The length before each part keeps `ab`, `c` and `a`, `bc` apart.
            hasher.update(format!("{}:", part.len()));
            hasher.update(part);
        }
        hasher.update(b"\n");
    };
    line(&["guarded-migrate plan", "1"]);
    line(&["environment", &situation.inputs.environment.name]);
    line(&["database", facts.identity.as_ref().map_or("", ops_database::Identity::as_str)]);
    line(&["layout", situation.files.found.layout.word(), &situation.files.found.directory]);
    line(&["schema", facts.server.schema.as_deref().unwrap_or_default(), &facts.ledger.name()]);
    line(&["mixed", &format!("{:?}", migrations.mixed)]);
    line(&["runner", &format!("{:?}", migrations.runner), &migrations.command.join("\0")]);
    for standing in &situation.standings {
        line(&[&standing.id, &format!("{:?}", standing.state), &standing.checksum]);
    }
    for interrupted in &facts.interrupted {
        line(&["interrupted", &interrupted.id, &interrupted.done.len().to_string()]);
    }
    Some(ops_core::fingerprint::hexadecimal("sha256:", &hasher.finalize()))
}

/// Whether this is written as a plan's digest is.
pub(crate) fn is_one(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or_default();
    digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
