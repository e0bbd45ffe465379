//! `secrets`: looks for secrets alone, for people and for other programs.

use ops_core::exit::Failure;
use ops_core::{Check, Finding, Verdict};

use crate::cli::Secrets;
use crate::known::Known;
use crate::report::Told;
use crate::secrets::{Mode, Question, look, outcome};
use crate::settings::Inputs;
use crate::situation::NO_BASE;

/// Looks where the flags say: in the change where one is known, else in the files.
pub(crate) fn secrets(inputs: &Inputs, flags: &Secrets) -> Result<Told, Failure> {
    // What lies among logs decides nothing of itself, and what is known in the code was not meant to get out.
    let known = if flags.mode == Some(Mode::Logs) { Known::waivers_only(inputs) } else { Known::read(inputs)? };
    let situation = inputs.situation();
    let asked = flags.base.as_deref().or(inputs.event.base.as_deref());
    let (mode, looked) = look(&Question {
        root: &inputs.root,
        policy: &inputs.policy.secrets,
        variables: &inputs.variables,
        now: inputs.now,
        mode: flags.mode,
        base: match (asked, flags.mode) {
            (Some(base), _) => Ok(base),
            (None, Some(Mode::Range)) => situation.since(),
            (None, _) => Err(NO_BASE),
        },
        cache: flags.cache.as_deref(),
    })
    .map_err(Failure::Input)?;
    let mut outcome = outcome(&looked, mode);
    known.excuse(&mut outcome.findings);
    let mut outcome = outcome.excused();
    let mut findings: Vec<Finding> = std::mem::take(&mut outcome.findings);
    findings.iter_mut().for_each(|finding| finding.waived_by = None);
    let said = known.excuse_all(&mut findings, false);
    findings.extend(said);
    let mut checks = vec![check(&outcome)];
    // A failed look may have left something out as well; each gap is told once.
    let is_told = |what: &str| outcome.verdict == Verdict::Unproven && outcome.summary == what;
    checks.extend(
        looked.gaps.iter().filter(|gap| !is_told(&gap.what)).map(|gap| Check::unproven("looked", &gap.what, &gap.next)),
    );
    Ok(Told { secrets: outcome.secrets, ..Told::checked(outcome.summary.clone(), checks, findings) })
}

fn check(outcome: &crate::outcome::Outcome) -> Check {
    let mut check = Check::pass("secrets", outcome.summary.clone());
    check.verdict = outcome.verdict;
    check.next = outcome.next.clone();
    outcome.counts.iter().fold(check, |check, (name, number)| check.with(name, *number))
}
