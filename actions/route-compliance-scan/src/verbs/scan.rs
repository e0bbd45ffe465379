//! `scan`: every route with its proof, judged by the policy.

use ops_core::Verdict;
use ops_core::baseline::Baseline;
use ops_core::exit::Failure;
use ops_core::words::count;

use crate::comparison::Comparison;
use crate::inventory::openapi;
use crate::judge::{self, UNGUARDED};
use crate::report::{self, Told};
use crate::result::Scanned;
use crate::settings::Inputs;

/// Judges every route, or only those that a change could have touched.
pub(crate) fn scan(inputs: &Inputs, mut scanned: Scanned, comparison: Comparison) -> Result<Told, Failure> {
    let mut findings = judge::findings(&mut scanned, &inputs.policy, inputs.today());
    let openapi =
        inputs.openapi.as_ref().map(|name| openapi::compare(&inputs.root, name, &scanned.routes)).transpose()?;
    if let Some(compared) = openapi {
        findings.extend(compared.findings);
        scanned.checks.push(compared.check);
    }
    let said = waive(inputs, &mut scanned, &mut findings)?;
    findings.extend(said);
    comparison.limit(inputs, &scanned.routes, &mut findings);
    let mut checks = judge::checks(&scanned, &inputs.policy, &findings);
    let passed_over = scanned.passed_over().len();
    checks.extend(comparison.check(inputs, &scanned.routes, passed_over));
    let blocks = report::looked_for(&scanned).into_iter().collect();
    let mut told = Told { findings, comparison, passed_over, blocks, ..Told::new(checks, scanned.routes) };
    told.blocks.extend(report::proofs(&told.routes));
    told.headline = match (told.verdict(), told.open(UNGUARDED)) {
        (Verdict::Pass, _) => format!("{}, nothing in the way", count(told.routes.len() + passed_over, "route")),
        (Verdict::Unproven, _) => "cannot be proven".to_owned(),
        (Verdict::Fail, 0) => "refused".to_owned(),
        (Verdict::Fail, 1) => "1 route is unguarded".to_owned(),
        (Verdict::Fail, number) => format!("{number} routes are unguarded"),
    };
    Ok(told)
}

/// Applies the policy's exceptions and the baseline. Returns what is to be said of them.
fn waive(
    inputs: &Inputs,
    scanned: &mut Scanned,
    findings: &mut [ops_core::Finding],
) -> Result<Vec<ops_core::Finding>, Failure> {
    let today = inputs.today();
    let mut said = inputs.policy.waivers.concerning(judge::is_ours).apply(findings, today);
    if scanned.part.is_some() {
        // What covers nothing here may cover something elsewhere.
        said.retain(|finding| finding.rule != "policy/unused-waiver");
    }
    judge::mark_waived(&mut scanned.routes, findings);
    if let Some(baseline) = Baseline::read(inputs.baseline(), &inputs.root.join(inputs.baseline()))? {
        let is_seen = |path: &str| match &scanned.part {
            Some(part) => part.looked_at.contains(path) || !inputs.root.join(path).exists(),
            None => true,
        };
        let baseline = baseline.concerning(is_seen);
        said.extend(baseline.apply(findings, inputs.baseline(), today));
    }
    Ok(said)
}
