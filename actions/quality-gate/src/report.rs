//! From what a verb has to tell to the one report.

use std::collections::BTreeMap;

use ops_core::report::Part;
use ops_core::words::{all_of, count};
use ops_core::{Block, Check, Details, Finding, Report, Severity, Verdict};
use serde_json::{Map, Value, json};

use crate::gate::{Asked, Gate, Work, units};
use crate::history;
use crate::schedule::{How, Judged};
use crate::settings::Inputs;

/// What a verb found.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) verdict: Verdict,
    pub(crate) checks: Vec<Check>,
    pub(crate) findings: Vec<Finding>,
    /// The gates that were asked.
    pub(crate) gates: Vec<Gate>,
    /// What they came to; empty where none was run.
    pub(crate) judged: Vec<Judged>,
    /// What happened, in a few words.
    pub(crate) headline: String,
    /// What it means, where the checks do not say it.
    pub(crate) explanation: String,
    pub(crate) blocks: Vec<Block>,
    /// The secrets among the findings.
    pub(crate) secrets: Vec<Value>,
    /// What earlier runs tell of a gate, by its name.
    pub(crate) history: BTreeMap<String, history::Told>,
    /// Which findings are which gate's.
    pub(crate) parts: Vec<Part>,
}

/// Gates that were not asked, by name.
#[derive(Debug, Default)]
pub(crate) struct Besides {
    /// The command line leaves them out.
    pub(crate) left_out: Vec<String>,
    /// They were found, and the policy does not take them.
    pub(crate) not_taken: Vec<String>,
    /// They are built in, and a gate of the policy takes their place.
    pub(crate) replaced: Vec<String>,
}

impl Told {
    /// Gates that nobody ran.
    pub(crate) fn listed(asked: Asked) -> Self {
        Self {
            verdict: Verdict::Pass,
            checks: Vec::new(),
            findings: Vec::new(),
            gates: asked.gates,
            judged: Vec::new(),
            headline: String::new(),
            explanation: String::new(),
            blocks: Vec::new(),
            secrets: Vec::new(),
            history: BTreeMap::new(),
            parts: Vec::new(),
        }
    }

    /// What was asked without a gate.
    pub(crate) fn checked(headline: String, checks: Vec<Check>, findings: Vec<Finding>) -> Self {
        Self {
            verdict: Verdict::worst(checks.iter().map(|check| check.verdict)),
            checks,
            findings,
            gates: Vec::new(),
            judged: Vec::new(),
            headline,
            explanation: String::new(),
            blocks: Vec::new(),
            secrets: Vec::new(),
            history: BTreeMap::new(),
            parts: Vec::new(),
        }
    }

    /// Gates that were run.
    pub(crate) fn judged(judged: Vec<Judged>, findings: Vec<Finding>, besides: &Besides) -> Self {
        let of = |verdict: Verdict| judged.iter().filter(|judged| judged.outcome.verdict == verdict).count();
        let parts = [(Verdict::Fail, "failed"), (Verdict::Unproven, "unproven"), (Verdict::Pass, "passed")];
        let parts = parts.into_iter().filter(|(verdict, _)| of(*verdict) > 0);
        let mut headline = all_of(parts.map(|(verdict, word)| format!("{} {word}", of(verdict))));
        headline.push_str(&format!(" of {}", count(judged.len(), "gate")));
        let mut sentences = Vec::new();
        let mut say = |words: &str, gates: &[String]| {
            if !gates.is_empty() {
                sentences.push(format!("{words}: {}.", gates.join(", ")));
            }
        };
        say("Not asked for", &besides.left_out);
        say("Found besides, and not in the policy", &besides.not_taken);
        say("Built in, and replaced by the policy's gates", &besides.replaced);
        Self {
            verdict: Verdict::worst(judged.iter().map(Judged::weight)),
            checks: judged.iter().map(check).collect(),
            findings,
            gates: judged.iter().map(|judged| judged.gate.clone()).collect(),
            secrets: judged.iter().flat_map(|judged| judged.outcome.secrets.clone()).collect(),
            history: BTreeMap::new(),
            parts: judged.iter().filter(|judged| judged.how == How::Ran).map(part).collect(),
            blocks: vec![times(&judged, None)],
            judged,
            headline,
            explanation: sentences.join(" "),
        }
    }

    /// Adds what this run and earlier ones tell of the gates.
    pub(crate) fn remember(&mut self, history: &BTreeMap<String, history::Told>) {
        self.blocks = vec![times(&self.judged, Some(history))];
        self.history.clone_from(history);
    }
}

fn part(judged: &Judged) -> Part {
    let findings = judged.outcome.findings.iter();
    Part { id: judged.gate.id.clone(), fingerprints: findings.map(|finding| finding.fingerprint.clone()).collect() }
}

/// How long each gate took, and what it counted; and, where earlier runs are known, how long it usually takes and how often it was
/// flaky.
fn times(judged: &[Judged], history: Option<&BTreeMap<String, history::Told>>) -> Block {
    let row = |judged: &Judged| {
        let counts = judged.outcome.counts.iter().filter(|(_, number)| **number > 0);
        let counts: Vec<String> = counts.map(|(name, number)| format!("{} {number}", name.replace('_', " "))).collect();
        let time = match judged.how {
            How::Ran => format!("{:.1} s", judged.duration.as_secs_f64()),
            How::NotRun | How::NotAsked => String::new(),
        };
        let mut cells = vec![judged.gate.id.clone(), time, counts.join(", ")];
        if let Some(history) = history {
            let told = history.get(&judged.gate.id);
            cells.push(told.map(|told| format!("{:.1} s", told.p95_ms as f64 / 1e3)).unwrap_or_default());
            cells.push(told.map(|told| format!("{} of {}", told.flaky, count(told.runs, "run"))).unwrap_or_default());
        }
        cells
    };
    let mut columns = vec!["gate", "time", "counted"];
    columns.extend(history.map(|_| ["p95", "flaky"]).into_iter().flatten());
    Block::Table { columns, rows: judged.iter().map(row).collect() }
}

fn check(judged: &Judged) -> Check {
    let Judged { gate, outcome, duration, .. } = judged;
    let tolerated = outcome.verdict == Verdict::Unproven && judged.weight() == Verdict::Pass;
    let words = if tolerated { "; the policy lets this pass" } else { "" };
    let mut check = Check::pass(gate.id.clone(), format!("{}{words}", outcome.summary));
    check.verdict = outcome.verdict;
    check.is_let_pass = tolerated;
    check.is_told_by_findings = outcome.verdict == Verdict::Fail
        && outcome.findings.iter().any(|finding| finding.severity == Severity::Error && finding.waived_by.is_none());
    // What a gate waits for is told by the gate that it needs.
    let waits = judged.how == How::NotRun && !gate.needs.is_empty() && !matches!(gate.work, Work::Skipped);
    check.next = outcome.next.clone().filter(|_| !tolerated && !waits).map(|next| format!("{}: {next}", gate.id));
    check = check.with("duration_ms", milliseconds(*duration));
    outcome.counts.iter().fold(check, |check, (name, number)| check.with(name, *number))
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Puts the report together.
pub(crate) fn compose(inputs: &Inputs, command: &'static str, told: Told) -> Report {
    let details = Details::of(details(&told));
    Report {
        environment: inputs.environment.clone(),
        commit: inputs.event.sha.clone(),
        policy_digest: inputs.policy.digest.clone(),
        headline: told.headline,
        explanation: told.explanation,
        checks: told.checks,
        findings: told.findings,
        details,
        blocks: told.blocks,
        parts: told.parts,
        ..Report::of_run(env!("CARGO_PKG_NAME"), command, inputs.now, told.verdict)
    }
}

/// The outputs of the step, beside those that every action has.
pub(crate) fn outputs(told: &Told) -> Vec<(&'static str, String)> {
    let verdicts: Map<String, Value> =
        told.judged.iter().map(|judged| (judged.gate.id.clone(), judged.outcome.verdict.word().into())).collect();
    let include: Vec<Value> = units(&told.gates).into_iter().map(|unit| json!({ "gate": unit })).collect();
    vec![("gates", Value::Object(verdicts).to_string()), ("matrix", json!({ "include": include }).to_string())]
}

fn details(told: &Told) -> Value {
    let gates: Vec<Value> = (told.judged.iter())
        .map(|judged| {
            let mut gate = json!({
                "id": judged.gate.id,
                "verdict": judged.outcome.verdict,
                "duration_ms": milliseconds(judged.duration),
                "counts": judged.outcome.counts,
                "summary": judged.outcome.summary,
                "needs": judged.gate.needs,
            });
            if let (Some(history), Some(gate)) = (told.history.get(&judged.gate.id), gate.as_object_mut()) {
                gate.insert("history".to_owned(), json!(history));
            }
            gate
        })
        .collect();
    json!({ "gates": gates, "secrets": told.secrets })
}
