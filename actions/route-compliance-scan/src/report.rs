//! From what a verb has to tell to the one report.

use std::collections::BTreeMap;

use ops_core::words::{all_of, count};
use ops_core::{Block, Check, Details, Finding, Report, Verdict};
use serde::Serialize;

use crate::comparison::Comparison;
use crate::difference::{Change, Kind};
use crate::inventory;
use crate::judge;
use crate::result::{Proof, ProvedRoute, Scanned};
use crate::settings::Inputs;

/// What a verb found.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) checks: Vec<Check>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) routes: Vec<ProvedRoute>,
    /// How many more there are that nobody asked a proof of.
    pub(crate) passed_over: usize,
    pub(crate) comparison: Comparison,
    /// What happened, in a few words.
    pub(crate) headline: String,
    /// What it means, where the checks do not say it.
    pub(crate) explanation: String,
    /// What to do now, where the checks do not say it.
    pub(crate) next: Vec<String>,
    /// What the verb shows besides.
    pub(crate) blocks: Vec<Block>,
}

impl Told {
    /// Routes and the answers about them.
    pub(crate) fn new(checks: Vec<Check>, routes: Vec<ProvedRoute>) -> Self {
        Self {
            checks,
            findings: Vec::new(),
            routes,
            passed_over: 0,
            comparison: Comparison::None,
            headline: String::new(),
            explanation: String::new(),
            next: Vec::new(),
            blocks: Vec::new(),
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        judge::verdict(&self.checks)
    }

    /// How many open findings of a rule there are.
    pub(crate) fn open(&self, rule: &str) -> usize {
        self.findings.iter().filter(|finding| finding.rule == rule && finding.waived_by.is_none()).count()
    }
}

/// Puts the report together.
pub(crate) fn compose(inputs: &Inputs, command: &'static str, told: Told) -> Report {
    let verdict = told.verdict();
    let explanation = explanation(&told, verdict);
    let mut blocks = difference(&told.comparison);
    blocks.extend(told.blocks);
    Report {
        environment: inputs.environment.clone(),
        commit: inputs.event.sha.clone(),
        policy_digest: inputs.policy.digest.clone(),
        headline: told.headline,
        explanation,
        next: told.next,
        checks: told.checks,
        findings: told.findings,
        details: Details::of(Facts::new(inputs, told.routes, told.passed_over, told.comparison)),
        blocks,
        ..Report::of_run(env!("CARGO_PKG_NAME"), command, inputs.now, verdict)
    }
}

/// The outputs of the step, beside those that every action has.
pub(crate) fn outputs(inputs: &Inputs, told: &Told, list: Option<&std::path::Path>) -> Vec<(&'static str, String)> {
    let accept = &inputs.policy.routes.accept;
    let guarded = told.routes.iter().filter(|route| route.proof.is_accepted(accept)).count();
    let of = |proof: Proof| told.routes.iter().filter(|route| route.proof == proof).count();
    vec![
        ("routes", told.routes.len().to_string()),
        ("guarded", guarded.to_string()),
        ("unguarded", of(Proof::None).to_string()),
        ("unproven", of(Proof::Unproven).to_string()),
        ("inventory", list.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()),
    ]
}

/// The contract's `details`.
#[derive(Serialize)]
struct Facts {
    /// Each with whether its proof could be another than before.
    #[serde(serialize_with = "inventory::list")]
    routes: Vec<(ProvedRoute, Option<bool>)>,
    proofs: BTreeMap<&'static str, usize>,
    passed_over: usize,
    base: Option<String>,
    changes: Vec<Change>,
}

impl Facts {
    fn new(inputs: &Inputs, routes: Vec<ProvedRoute>, passed_over: usize, comparison: Comparison) -> Self {
        let mut proofs = BTreeMap::new();
        for route in &routes {
            *proofs.entry(route.proof.word()).or_default() += 1;
        }
        let with_change = |route| {
            let is_touched = comparison.touches(inputs, &route);
            (route, is_touched)
        };
        let routes = routes.into_iter().map(with_change).collect();
        let (base, changes) = match comparison {
            Comparison::Known { base, changes, .. } => (Some(base), changes),
            _ => (None, Vec::new()),
        };
        Self { routes, proofs, passed_over, base, changes }
    }
}

/// The worst answer, and then what became of the routes.
fn explanation(told: &Told, verdict: Verdict) -> String {
    let mut sentences = Vec::new();
    if !told.explanation.is_empty() {
        sentences.push(told.explanation.clone());
    } else if verdict != Verdict::Pass {
        let worst = told.checks.iter().find(|check| check.verdict == verdict);
        sentences.extend(worst.map(|check| format!("{}.", check.summary)));
    }
    match &told.comparison {
        Comparison::Known { base, changes, .. } => {
            let what = if changes.is_empty() { "No route changed".to_owned() } else { tally(changes) };
            sentences.push(format!("{what} since {base}."));
            if told.passed_over > 0 {
                let passed_over = count(told.passed_over, "route");
                sentences.push(format!("Passed over: {passed_over}, which rest on nothing that changed."));
            }
        }
        Comparison::Unknown { reason, was_asked: false } => {
            sentences.push(format!("What became of the routes is not shown: {reason}."));
        }
        _ => {}
    }
    sentences.join(" ")
}

/// `2 routes added, 1 removed, 1 guard changed and 3 headers lost`.
fn tally(changes: &[Change]) -> String {
    let of = |kind: &Kind| changes.iter().filter(|change| change.kind == *kind).count();
    let words = [
        (Kind::Added, "route", "added"),
        (Kind::Removed, "route", "removed"),
        (Kind::GuardChanged, "guard", "changed"),
        (Kind::HeaderLost, "header", "lost"),
        (Kind::HeaderGained, "header", "gained"),
        (Kind::RuntimeChanged, "runtime", "changed"),
    ];
    let parts = words.into_iter().filter_map(|(kind, noun, verb)| match of(&kind) {
        0 => None,
        number => Some(format!("{} {verb}", count(number, noun))),
    });
    all_of(parts)
}

fn difference(comparison: &Comparison) -> Vec<Block> {
    let Comparison::Known { base, changes, .. } = comparison else { return Vec::new() };
    if changes.is_empty() {
        return Vec::new();
    }
    let row = |change: &Change| {
        vec![
            change.kind.words().to_owned(),
            format!("{} {}", change.method, change.path),
            change.before.clone(),
            change.after.clone(),
            change.file.clone(),
        ]
    };
    vec![
        Block::Heading(format!("Routes since {base}")),
        Block::Table {
            columns: vec!["change", "route", "before", "now", "file"],
            rows: changes.iter().map(row).collect(),
        },
    ]
}

/// What was looked for, where no route was found.
pub(crate) fn looked_for(scanned: &Scanned) -> Option<Block> {
    let has_routes = !scanned.routes.is_empty() || !scanned.passed_over().is_empty();
    let rows = scanned.looked_for.iter().map(|what| vec![(*what).to_owned()]).collect();
    (!has_routes).then_some(Block::Table { columns: vec!["looked for"], rows })
}

/// How many routes have which proof.
pub(crate) fn proofs(routes: &[ProvedRoute]) -> Option<Block> {
    let mut numbers: BTreeMap<Proof, usize> = BTreeMap::new();
    for route in routes {
        *numbers.entry(route.proof).or_default() += 1;
    }
    let rows: Vec<Vec<String>> =
        numbers.into_iter().map(|(proof, number)| vec![proof.word().to_owned(), number.to_string()]).collect();
    (!rows.is_empty()).then_some(Block::Table { columns: vec!["proof", "routes"], rows })
}
