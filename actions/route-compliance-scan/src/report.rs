//! From what was found to the one report.

use jiff::Timestamp;
use ops_core::{Check, Report, Verdict};
use serde_json::json;

use crate::result::Scanned;
use crate::settings::Inputs;

/// Puts the report together.
pub(crate) fn compose(inputs: &Inputs, command: &'static str, scanned: Scanned) -> Report {
    let mut checks = scanned.checks;
    if scanned.routes.is_empty() {
        checks.insert(0, Check::unproven("routes", "no routes found", "give the folder of the app with --root"));
    }
    let verdict = Verdict::worst(checks.iter().map(|check| check.verdict));
    Report {
        action: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        command,
        verdict,
        environment: inputs.environment.clone(),
        commit: inputs.event.sha.clone(),
        policy_digest: inputs.policy.digest.clone(),
        started_at: inputs.now,
        duration_ms: u64::try_from(Timestamp::now().duration_since(inputs.now).as_millis()).unwrap_or_default(),
        headline: "cannot be proven".to_owned(),
        explanation: String::new(),
        next: Vec::new(),
        checks,
        findings: scanned.findings,
        details: json!({ "routes": [] }),
        blocks: Vec::new(),
    }
}
