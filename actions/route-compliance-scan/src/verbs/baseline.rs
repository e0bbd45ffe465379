//! `baseline`: writes down the findings of today, so that only new ones fail.

use ops_core::baseline::Baseline;
use ops_core::exit::Failure;
use ops_core::output::Output;
use ops_core::{Check, Finding, Severity, Verdict};

use crate::judge;
use crate::report::Told;
use crate::result::Scanned;
use crate::settings::Inputs;

/// Writes the file as a whole, or leaves the old one. Without routes or guards there is nothing to be known, and nothing is written.
pub(crate) fn baseline(inputs: &Inputs, mut scanned: Scanned, output: &mut Output) -> Result<Told, Failure> {
    let mut findings = judge::findings(&mut scanned, &inputs.policy, inputs.today());
    inputs.policy.waivers.concerning(judge::is_ours).apply(&mut findings, inputs.today());
    judge::mark_waived(&mut scanned.routes, &findings);
    let checks = judge::checks(&scanned, &inputs.policy, &[]);
    let needed = |check: &&Check| check.verdict != Verdict::Pass && ["routes", "guards"].contains(&&*check.id);
    if let Some(check) = checks.iter().find(needed) {
        let mut told = Told::new(vec![check.clone()], scanned.routes);
        told.headline = "nothing was written".to_owned();
        return Ok(told);
    }
    let check = write(inputs, &findings, output)?;
    let mut told = Told::new(vec![check], scanned.routes);
    told.headline = "written".to_owned();
    Ok(told)
}

/// Writes every open finding of some weight into the baseline.
pub(crate) fn write(inputs: &Inputs, findings: &[Finding], output: &mut Output) -> Result<Check, Failure> {
    let name = inputs.baseline();
    let path = inputs.root.join(name);
    let earlier = Baseline::read(name, &path)?.unwrap_or_default();
    let open = findings.iter().filter(|finding| {
        finding.waived_by.is_none() && finding.severity != Severity::Note && !is_of_the_policy(finding)
    });
    let baseline = Baseline::of_findings(open, &earlier);
    output.write_file(&path, &baseline.render())?;
    Ok(baseline.told(name, &earlier))
}

/// What is wrong with the policy is mended there.
fn is_of_the_policy(finding: &Finding) -> bool {
    finding.rule.starts_with("policy/") || finding.rule.ends_with("-public")
}
