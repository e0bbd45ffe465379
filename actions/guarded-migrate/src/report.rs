//! From what was told about each database to the one report.

use ops_core::policy::Waiver;
use ops_core::{Block, Check, Details, Report, Verdict};
use ops_migrations::hazards::{self, Family, RuleInfo};
use serde_json::{Value, json};

use crate::situation::Inputs;
use crate::told::Told;

/// Puts together what was told about one database or many.
pub(crate) fn compose(inputs: &Inputs, command: &'static str, mut told: Vec<Told>) -> Report {
    let verdict = Verdict::worst(told.iter().map(|told| told.verdict));
    let checks = merge(&told);
    let explanation = explanation(&checks, verdict);
    let mut next: Vec<String> = Vec::new();
    for way_out in checks.iter().filter(|check| check.verdict == verdict).filter_map(|check| check.next.clone()) {
        if verdict != Verdict::Pass && !next.contains(&way_out) {
            next.push(way_out);
        }
    }
    let headline = headline(&told);
    let many = told.len() > 1;
    let mut findings = Vec::new();
    let mut blocks = Vec::new();
    if many {
        blocks.push(table(&told));
    }
    for one in &mut told {
        findings.append(&mut one.findings);
        if !many {
            blocks.append(&mut one.blocks);
        }
    }
    let waivers = inputs.policy.waivers.concerning(|waiver| is_ours(waiver, &told));
    let about_waivers = waivers.apply(&mut findings, inputs.today());
    findings.extend(about_waivers);
    findings.sort_by(|left, right| (&left.place, &left.rule).cmp(&(&right.place, &right.rule)));
    findings.dedup();
    let details = Details::of(details(told));
    Report {
        environment: Some(inputs.environment.name.clone()),
        commit: inputs.event.sha.clone(),
        policy_digest: inputs.policy.digest.clone(),
        headline,
        explanation,
        next,
        checks,
        findings,
        details,
        blocks,
        ..Report::of_run(env!("CARGO_PKG_NAME"), command, inputs.now, verdict)
    }
}

/// Whether an exception is about rules of this action and files that this run looked at. Of others it knows nothing; and
/// what destroys data has exceptions of its own, by statement.
fn is_ours(waiver: &Waiver, told: &[Told]) -> bool {
    let is_ours = ["migration/", "squawk/"].iter().any(|family| waiver.rule.starts_with(family));
    let destroys = |rule: &&RuleInfo| *rule.ident == *waiver.rule && rule.family == Family::DestroysData;
    let looked_at = || told.iter().flat_map(|told| &told.examined).any(|path| waiver.covers_file(path));
    is_ours && !hazards::rules().iter().any(|rule| destroys(&rule)) && looked_at()
}

/// The outputs of the step, beside those that every action has.
pub(crate) fn outputs(told: &[Told]) -> Vec<(&'static str, String)> {
    let sum = |count: fn(&Told) -> usize| told.iter().map(count).sum::<usize>().to_string();
    let digests: Vec<_> = told.iter().filter_map(|told| told.plan_digest.clone()).collect();
    let include: Vec<Value> = (told.iter().filter(|told| !told.pending.is_empty()))
        .map(|told| json!({ "target": told.target, "pending": told.pending.len(), "plan-digest": told.plan_digest }))
        .collect();
    vec![
        ("pending", sum(|told| told.pending.len())),
        ("applied", sum(|told| told.applied.len())),
        ("plan-digest", digests.join(",")),
        ("destructive", told.iter().any(|told| told.destructive).to_string()),
        ("matrix", json!({ "include": include }).to_string()),
    ]
}

/// One row for each question. With many databases the worst answer stands, and says where it was given.
fn merge(told: &[Told]) -> Vec<Check> {
    let mut merged: Vec<Check> = Vec::new();
    for one in told {
        for check in &one.checks {
            let named = match one.target.as_str() {
                "" => check.clone(),
                target => Check { summary: format!("{target}: {}", check.summary), ..check.clone() },
            };
            match merged.iter_mut().find(|known| known.id == check.id) {
                None => merged.push(named),
                Some(known) if known.verdict < check.verdict => *known = named,
                Some(_) => {}
            }
        }
    }
    merged
}

fn explanation(checks: &[Check], verdict: Verdict) -> String {
    if verdict == Verdict::Pass {
        return String::new();
    }
    // A wrong database is the worst of all: it is told first, whatever else is wrong.
    let worst = || checks.iter().filter(|check| check.verdict == verdict);
    let first = worst().find(|check| check.id == "marker").or_else(|| worst().next());
    first.map(|check| check.summary.clone()).unwrap_or_default()
}

fn headline(told: &[Told]) -> String {
    match told {
        [one] => one.headline.clone(),
        many => {
            let passed = many.iter().filter(|told| told.verdict == Verdict::Pass).count();
            format!("{passed} of {} databases passed", many.len())
        }
    }
}

fn table(told: &[Told]) -> Block {
    let row = |told: &Told| {
        let pending = match told.plan_digest {
            Some(_) => told.pending.len().to_string(),
            None => "unknown".to_owned(),
        };
        vec![
            told.target.clone(),
            format!("{} {}", told.verdict.sign(), told.verdict.word()),
            pending,
            told.applied.len().to_string(),
            outcome(told),
        ]
    };
    Block::Table {
        columns: vec!["database", "verdict", "pending", "applied", ""],
        rows: told.iter().map(row).collect(),
    }
}

/// What became of one database among many, with the reason where it is a bad one.
fn outcome(told: &Told) -> String {
    match explanation(&told.checks, told.verdict) {
        reason if reason.is_empty() => told.headline.clone(),
        reason if reason.starts_with(&told.headline) => reason,
        reason => format!("{}: {reason}", told.headline),
    }
}

fn details(mut told: Vec<Told>) -> Value {
    if let [single] = told.as_mut_slice() {
        let migrations = Value::Array(std::mem::take(&mut single.migrations));
        return object([
            ("target", json!(single.target)),
            ("plan_digest", json!(single.plan_digest)),
            ("pending", json!(single.pending)),
            ("applied", json!(single.applied)),
            ("migrations", migrations),
        ]);
    }
    let migrations = Value::Array(told.first().map(|told| told.migrations.clone()).unwrap_or_default());
    let one = |mut told: Told| {
        object([
            ("target", json!(told.target)),
            ("verdict", json!(told.verdict)),
            ("outcome", json!(outcome(&told))),
            ("plan_digest", json!(told.plan_digest)),
            ("pending", json!(told.pending)),
            ("applied", json!(told.applied)),
            ("migrations", Value::Array(std::mem::take(&mut told.migrations))),
        ])
    };
    object([("migrations", migrations), ("targets", told.into_iter().map(one).collect())])
}

/// An object of values that may be long, and are moved into it.
fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
