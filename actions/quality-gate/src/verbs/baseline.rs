//! `baseline`: writes down the findings of today, so that only new ones fail.

use std::collections::BTreeMap;

use ops_core::baseline::Baseline;
use ops_core::exit::Failure;
use ops_core::output::Output;
use ops_core::policy::Number;
use ops_core::words::count;
use ops_core::{Check, Finding, Severity, Verdict};

use crate::gate::{Asked, Work};
use crate::judge::Ratchet;
use crate::known::Known;
use crate::report::{Besides, Told};
use crate::schedule::Judged;
use crate::settings::Inputs;
use crate::verbs::run::run_all;

/// Runs the gates and writes every open finding of some weight. Nothing is written where not every gate was asked: what the others
/// would have found would be forgotten.
pub(crate) fn baseline(inputs: &Inputs, asked: Asked, output: &mut Output) -> Result<Told, Failure> {
    if !asked.left_out.is_empty() {
        let message = "the baseline is of all gates; leave --only and --shard away";
        return Err(Failure::Input(message.to_owned()));
    }
    let name = inputs.baseline();
    let path = inputs.root.join(name);
    let earlier = Baseline::read(name, &path)?.unwrap_or_default();
    let judged = run_all(inputs, asked, &Known::waivers_only(inputs), None, output)?;
    let findings: Vec<Finding> = judged.iter().flat_map(|judged| judged.outcome.findings.clone()).collect();
    let unproven = judged.iter().filter(|judged| judged.outcome.verdict == Verdict::Unproven);
    let unclear: Vec<String> = unproven.map(|judged| judged.gate.id.clone()).collect();
    let check = if unclear.is_empty() {
        let open = findings.iter().filter(|finding| finding.waived_by.is_none() && finding.severity != Severity::Note);
        let baseline = Baseline::of_findings(open, &earlier);
        output.write_file(&path, &baseline.render())?;
        let mut check = baseline.told(name, &earlier);
        let numbers = Ratchet::of(judged.iter().map(|judged| (judged.gate.id.clone(), kept(judged))));
        if numbers.len() > 0 {
            output.write_file(&inputs.root.join(inputs.ratchet()), &numbers.render())?;
            check.summary.push_str(&format!("; {} holds {}", inputs.ratchet(), count(numbers.len(), "number")));
        }
        check
    } else {
        let summary = format!("nothing was written, since not every gate could be judged: {}", unclear.join(", "));
        Check::unproven("baseline", summary, "mend these gates, or set `enabled = false` for those that are not wanted")
    };
    let mut told = Told::judged(judged, Vec::new(), &Besides::default());
    told.headline = if unclear.is_empty() { "written" } else { "nothing was written" }.to_owned();
    // The findings are in the file, and not in this report.
    told.parts.clear();
    told.verdict = check.verdict;
    told.checks = vec![check];
    Ok(told)
}

/// The numbers of a gate that the policy names.
fn kept(judged: &Judged) -> BTreeMap<Number, f64> {
    let Work::Command(command) = &judged.gate.work else { return BTreeMap::new() };
    let named = |number: &Number| command.conditions.ratchet.contains(number);
    judged.outcome.numbers.iter().filter(|(number, _)| named(number)).map(|(number, value)| (*number, *value)).collect()
}
