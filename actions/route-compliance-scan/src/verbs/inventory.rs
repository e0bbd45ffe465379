//! `inventory`: the list of routes, and what an OpenAPI file says to it. Judges no guard.

use ops_core::exit::Failure;
use ops_core::words::count;
use ops_core::{Check, Verdict};

use crate::comparison::Comparison;
use crate::inventory::{openapi, table};
use crate::judge::{self, UNREADABLE};
use crate::report::{self, Told};
use crate::result::Scanned;
use crate::settings::Inputs;

/// Lists every route. The list is unproven where a file could not be read, since one may be missing.
pub(crate) fn inventory(inputs: &Inputs, mut scanned: Scanned, comparison: Comparison) -> Result<Told, Failure> {
    let mut findings = judge::findings(&mut scanned, &inputs.policy, inputs.today());
    findings.retain(|finding| finding.rule == UNREADABLE);
    let compared =
        inputs.openapi.as_ref().map(|name| openapi::compare(&inputs.root, name, &scanned.routes)).transpose()?;
    scanned.checks.clear();
    if let Some(compared) = compared {
        findings.extend(compared.findings);
        scanned.checks.push(compared.check);
    }
    let about = |check: &Check| ["routes", "files", "openapi"].contains(&&*check.id);
    let checks: Vec<Check> = judge::checks(&scanned, &inputs.policy, &findings).into_iter().filter(about).collect();
    let blocks = report::looked_for(&scanned).into_iter().collect();
    let mut told = Told { findings, comparison, blocks, ..Told::new(checks, scanned.routes) };
    if !told.routes.is_empty() {
        told.blocks.push(table(&told.routes));
    }
    told.headline = match told.verdict() {
        Verdict::Pass => count(told.routes.len(), "route"),
        _ => "cannot be proven".to_owned(),
    };
    Ok(told)
}
