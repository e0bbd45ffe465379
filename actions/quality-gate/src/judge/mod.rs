//! From how a program ended and what its reports say to what the gate came to.
//!
//! A gate passes where its program ended with 0, its reports are of this run and could be read, they show that work was done and
//! name no error that is not known, and every condition of the policy holds.

mod bundle;
mod changes;
mod coverage;
mod findings;
mod measured;
mod ratchet;

use ops_core::process::{End, Gathered};
use ops_core::words::{all_of, count};
use ops_core::{Finding, Severity, Verdict};

pub(crate) use changes::Changes;
pub(crate) use ratchet::Ratchet;

use crate::commands::{AUDIT_AGAIN, Problem, Said};
use crate::gate::{Command, Gate, Proof};
use crate::known::Known;
use crate::outcome::Outcome;
use crate::settings::Inputs;
use findings::Findings;
use measured::Measured;

/// What a gate is judged by, besides its own reports.
pub(crate) struct Bench<'a> {
    pub(crate) inputs: &'a Inputs,
    pub(crate) known: &'a Known<'a>,
    pub(crate) changes: &'a Changes<'a>,
    /// None where the numbers are written down and not compared.
    pub(crate) ratchet: Option<&'a Ratchet>,
}

/// What is wrong besides the findings, or what is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reason {
    /// Fail or unproven.
    verdict: Verdict,
    text: String,
    next: String,
}

impl Reason {
    fn fail(text: impl Into<String>, next: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, text: text.into(), next: next.into() }
    }

    fn unproven(text: impl Into<String>, next: impl Into<String>) -> Self {
        Self { verdict: Verdict::Unproven, text: text.into(), next: next.into() }
    }
}

/// Judges a gate whose program has ended.
pub(crate) fn judge(gate: &Gate, command: &Command, gathered: &Gathered, said: Said, bench: &Bench<'_>) -> Outcome {
    let mut outcome = match stopped(gate, gathered.end) {
        Some(outcome) => outcome,
        None => ended(gate, command, gathered.end, said, bench),
    };
    if !gathered.left.is_empty() {
        let left = all_of(gathered.left.iter().map(|name| format!("`{name}`")));
        outcome.summary = format!("{}; it left {left} running, which was ended too", outcome.summary);
    }
    outcome
}

/// A program that did not end by itself: whatever its report says was not said to the end.
fn stopped(gate: &Gate, end: End) -> Option<Outcome> {
    match end {
        End::Code(_) => None,
        End::Signal(signal) => Some(Outcome::fail(
            format!("was ended by signal {signal}{}", named(signal)),
            "see what it printed, and how much memory it needs",
        )),
        End::TimedOut => {
            let limit = u64::try_from(gate.timeout.as_millis()).unwrap_or(u64::MAX);
            let limit = ops_core::policy::Duration::from_millis(limit);
            Some(Outcome::fail(
                format!("did not end within {limit}, and was ended"),
                format!("see where it hangs, or give it more time: `timeout` of [gates.{}]", gate.id),
            ))
        }
        End::Cancelled => Some(Outcome::unproven("ended, since the run was cancelled", "run it again")),
    }
}

fn named(signal: i32) -> &'static str {
    match signal {
        6 => " (SIGABRT)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        15 => " (SIGTERM)",
        _ => "",
    }
}

fn ended(gate: &Gate, command: &Command, end: End, said: Said, bench: &Bench<'_>) -> Outcome {
    let code = if let End::Code(code) = end { code } else { -1 };
    let measured = Measured::of(&said.readings, &bench.inputs.root, &command.folder);
    let has_reports = !said.readings.is_empty();
    let left_out: u64 = said.readings.iter().map(|reading| reading.left_out).sum();
    let mut turn = Findings::new(&bench.inputs.root, &command.folder);
    let issues = said.readings.into_iter().flat_map(|reading| reading.issues);
    let mut findings: Vec<Finding> = issues.map(|issue| turn.of(issue)).collect();
    bench.known.excuse(&mut findings);
    let of = |severity: Severity, is_waived: bool| {
        findings.iter().filter(|one| one.severity == severity && one.waived_by.is_some() == is_waived).count()
    };
    let (errors, waived) = (of(Severity::Error, false), of(Severity::Error, true));

    let mut reasons = Vec::new();
    let is_audit = command.format.is_some_and(ops_formats::Format::is_audit);
    if is_audit && code != 0 && findings.is_empty() && !said.no_result {
        reasons.push(Reason::unproven(format!("ended with {code}, and names no package"), AUDIT_AGAIN));
    } else if code != 0 && errors + waived == 0 && !said.no_result && !is_audit {
        let though = if has_reports { ", though its report names no error" } else { "" };
        reasons.push(Reason::fail(format!("ended with {code}{though}"), "see what it printed"));
    }
    if left_out > 0 {
        reasons.push(Reason::fail(
            format!("{left_out} more findings are too many to be listed"),
            "mend those that are listed",
        ));
    }
    reasons.extend(said.problems.into_iter().map(|Problem { reason, next }| Reason::unproven(reason, next)));
    reasons.extend(proof(command, &measured, &reasons, has_reports, &gate.id));
    // A tool may count more warnings than it lists.
    let listed = of(Severity::Warning, false) + of(Severity::Warning, true);
    let counted =
        measured.counts().get("warnings").map_or(0, |counted| usize::try_from(*counted).unwrap_or(usize::MAX));
    let warnings = of(Severity::Warning, false) + counted.saturating_sub(listed);
    reasons.extend(conditions(gate, command, &measured, warnings, bench));
    reasons.extend(bundle::conditions(&said.bundles));

    let mut parts: Vec<String> = measured.words().into_iter().collect();
    if parts.is_empty() && reasons.iter().all(|reason| reason.verdict == Verdict::Unproven) {
        parts.push(format!("ended with {code}"));
    } else if code == 0 && errors > 0 {
        parts.push("though it ended with 0".to_owned());
    }
    parts.extend(said.bundles.iter().filter_map(bundle::words));
    if waived > 0 {
        parts.push(format!("{} waived or known", count(waived, "error")));
    }
    parts.extend(reasons.iter().map(|reason| reason.text.clone()));
    let failed = errors > 0 || reasons.iter().any(|reason| reason.verdict == Verdict::Fail);
    let verdict = match (failed, reasons.is_empty()) {
        (true, _) => Verdict::Fail,
        (false, false) => Verdict::Unproven,
        (false, true) => Verdict::Pass,
    };
    let mut steps: Vec<String> = Vec::new();
    if errors > 0 {
        steps.push(format!("mend {}", count(errors, "error")));
    }
    let worst_first = reasons.iter().filter(|reason| reason.verdict == verdict);
    steps.extend(worst_first.map(|reason| reason.next.clone()));
    steps.dedup();
    Outcome {
        verdict,
        next: (!steps.is_empty()).then(|| steps.join("; ")),
        counts: measured.counts().clone(),
        numbers: measured.numbers().clone(),
        findings,
        ..Outcome::pass(parts.join("; "))
    }
}

/// Whether something was done at all.
fn proof(command: &Command, measured: &Measured, reasons: &[Reason], has_reports: bool, id: &str) -> Option<Reason> {
    let counted = |name: &str| measured.counts().get(name).copied();
    match (counted("tests"), counted("skipped").unwrap_or(0)) {
        (Some(0), _) => {
            return Some(Reason::unproven("no test ran", "see where its tests are: a run without any proves nothing"));
        }
        (Some(tests), skipped) if skipped >= tests => {
            let text =
                format!("{} skipped, and no other ran", count(usize::try_from(tests).unwrap_or(usize::MAX), "test"));
            return Some(Reason::unproven(text, "let some of them run"));
        }
        (Some(_), _) => return None,
        (None, _) => {}
    }
    if counted("files") == Some(0) && !measured.is_coverage() {
        return Some(Reason::unproven("it looked at no file", "see which files it is told to look at"));
    }
    // What is wrong with the report is said already.
    let is_said = reasons.iter().any(|reason| reason.verdict == Verdict::Unproven)
        || reasons.iter().any(|reason| reason.verdict == Verdict::Fail);
    if has_reports || is_said {
        return None;
    }
    let (text, report) = match command.proof {
        Proof::End => return None,
        Proof::Tests => ("nothing shows how many tests ran", "JUnit's"),
        Proof::Files => ("nothing shows how many files it looked at", "SARIF"),
    };
    let next = command
        .advice
        .clone()
        .unwrap_or_else(|| format!("let it write a report, such as {report}, and name it: `report` of [gates.{id}]"));
    Some(Reason::unproven(text, next))
}

fn conditions(gate: &Gate, command: &Command, measured: &Measured, warnings: usize, bench: &Bench<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(most) = command.conditions.warnings {
        if !measured.has_findings() {
            let next = format!("name a report that tells them: `report` of [gates.{}]", gate.id);
            reasons.push(Reason::unproven("no report tells its warnings", next));
        } else if u64::try_from(warnings).unwrap_or(u64::MAX) > most {
            let text = format!("{}, and the policy allows {most}", count(warnings, "warning"));
            reasons.push(Reason::fail(
                text,
                format!("mend {}", count(warnings.saturating_sub(usize::try_from(most).unwrap_or(0)), "warning")),
            ));
        }
    }
    reasons.extend(coverage::conditions(&command.conditions.coverage, measured, bench.changes, &gate.id));
    if let Some(ratchet) = bench.ratchet {
        reasons.extend(ratchet.conditions(&gate.id, &command.conditions.ratchet, measured.numbers()));
    }
    reasons
}
