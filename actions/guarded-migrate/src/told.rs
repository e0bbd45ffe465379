//! What one run found and did in one database, before it becomes part of the report.

use std::collections::{HashMap, HashSet};

use ops_core::fingerprint::of_content;
use ops_core::words::count;
use ops_core::{Block, Check, Finding, Severity, Verdict};
use ops_migrations::hazards::Family;
use ops_migrations::history::{Standing, State};
use serde_json::{Value, json};

use crate::digest;
use crate::guard;
use crate::pending::Pending;
use crate::situation::Situation;

/// What one run found and did in one database.
#[derive(Debug)]
pub(crate) struct Told {
    /// The database's name among many; empty where there is only one.
    pub(crate) target: String,
    pub(crate) verdict: Verdict,
    pub(crate) headline: String,
    pub(crate) checks: Vec<Check>,
    pub(crate) findings: Vec<Finding>,
    /// The files that were looked at for hazards.
    pub(crate) examined: Vec<String>,
    pub(crate) migrations: Vec<Value>,
    pub(crate) pending: Vec<String>,
    pub(crate) applied: Vec<String>,
    pub(crate) plan_digest: Option<String>,
    pub(crate) destructive: bool,
    pub(crate) blocks: Vec<Block>,
}

impl Told {
    /// Tells of a database for which only checks speak.
    pub(crate) fn of_checks(checks: Vec<Check>, headline: impl Into<String>) -> Self {
        Self {
            target: String::new(),
            verdict: Verdict::worst(checks.iter().map(|check| check.verdict)),
            headline: headline.into(),
            checks,
            findings: Vec::new(),
            examined: Vec::new(),
            migrations: Vec::new(),
            pending: Vec::new(),
            applied: Vec::new(),
            plan_digest: None,
            destructive: false,
            blocks: Vec::new(),
        }
    }

    /// Tells of a situation and of the answers to the questions about it.
    pub(crate) fn of_situation(situation: &Situation<'_>, checks: Vec<Check>) -> Self {
        let pending = &situation.pending;
        Self {
            verdict: guard::verdict(&checks, &situation.inputs.environment),
            findings: (pending.iter().flat_map(|pending| findings(pending, situation)))
                .chain(situation.files.never_run())
                .collect(),
            examined: pending.iter().map(|pending| pending.migration.path.clone()).collect(),
            migrations: migrations(situation),
            pending: pending.iter().map(|pending| pending.migration.id.clone()).collect(),
            plan_digest: digest::of(situation),
            destructive: pending
                .iter()
                .any(|pending| pending.hazards.iter().any(|hazard| hazard.family == Family::DestroysData)),
            blocks: blocks(situation),
            ..Self::of_checks(checks, "")
        }
    }

    /// Adds a later answer.
    pub(crate) fn add(&mut self, check: Check) {
        self.verdict = self.verdict.max(check.verdict);
        self.checks.push(check);
    }

    /// Takes what was applied from what is pending.
    pub(crate) fn mark_applied(&mut self, applied: &[String]) {
        let applied: HashSet<&str> = applied.iter().map(String::as_str).collect();
        for migration in &mut self.migrations {
            if migration["id"].as_str().is_some_and(|id| applied.contains(id)) {
                migration["state"] = "applied".into();
            }
        }
        self.pending.retain(|id| !applied.contains(id.as_str()));
    }

    /// Heads the table of pending migrations anew, once they are pending no more.
    pub(crate) fn rename_pending(&mut self, title: &str) {
        for block in &mut self.blocks {
            if let Block::Heading(heading) = block
                && heading.ends_with(" pending")
            {
                title.clone_into(heading);
            }
        }
    }

    /// Says what became of it in a few words.
    pub(crate) fn headed(mut self, headline: impl Into<String>) -> Self {
        self.headline = headline.into();
        self
    }
}

/// The findings of one file.
pub(crate) fn findings(pending: &Pending<'_>, situation: &Situation<'_>) -> Vec<Finding> {
    let allowed = |statement: usize| {
        let digest = pending.statements.get(statement).map(|statement| statement.digest.as_str()).unwrap_or_default();
        situation.inputs.allow_destructive.iter().any(|allowed| allowed.matches(digest))
    };
    let mut findings: Vec<Finding> = (pending.hazards.iter())
        .map(|hazard| {
            let statement =
                pending.statements.get(hazard.statement).map(|statement| statement.digest.as_str()).unwrap_or_default();
            let by_policy = (hazard.family == Family::DestroysData && allowed(hazard.statement))
                .then(|| "migrations.allow_destructive".to_owned());
            Finding {
                rule: hazard.rule.clone(),
                severity: hazard.severity,
                message: hazard.message.clone(),
                help: hazard.help.clone(),
                place: pending.place(&hazard.range),
                fingerprint: of_content(&[&hazard.rule, statement]),
                // No comment lets data be destroyed: only the policy does.
                waived_by: hazard.ignored.clone().filter(|_| hazard.family != Family::DestroysData).or(by_policy),
            }
        })
        .collect();
    if let Some(problem) = &pending.problem {
        findings.push(Finding {
            rule: "migration/cannot-run".into(),
            severity: Severity::Error,
            message: problem.message.clone(),
            help: problem.help.clone(),
            place: problem.place.clone(),
            fingerprint: of_content(&["migration/cannot-run", &problem.message]),
            waived_by: None,
        });
    }
    findings
}

fn migrations(situation: &Situation<'_>) -> Vec<Value> {
    let pending: HashMap<&str, &Pending<'_>> =
        situation.pending.iter().map(|pending| (pending.migration.id.as_str(), pending)).collect();
    situation.standings.iter().map(|standing| migration(standing, pending.get(standing.id.as_str()).copied())).collect()
}

fn migration(standing: &Standing, pending: Option<&Pending<'_>>) -> Value {
    let statements: Vec<Value> = pending.map_or_else(Vec::new, |pending| {
        let hazards_of =
            |index: usize| -> Vec<&str> { pending.hazards_of(index).iter().map(|hazard| &*hazard.rule).collect() };
        let statement = |(index, statement): (usize, &ops_migrations::Statement)| {
            json!({
                "sql_digest": statement.digest,
                "kind": statement.kind,
                "transactional": statement.transaction == ops_migrations::statement::TransactionNeed::Allowed,
                "hazards": hazards_of(index),
            })
        };
        pending.statements.iter().enumerate().map(statement).collect()
    });
    json!({
        "id": standing.id,
        "checksum": standing.checksum,
        "state": standing.state,
        "path": standing.path,
        "applied_at": standing.applied_at,
        "statements": statements,
    })
}

fn blocks(situation: &Situation<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let unsettled: Vec<_> = (situation.standings.iter())
        .filter(|standing| matches!(standing.state, State::Edited | State::Missing | State::Failed | State::OutOfOrder))
        .map(|standing| vec![standing.id.clone(), state_words(standing.state).to_owned()])
        .collect();
    if !unsettled.is_empty() {
        blocks.push(Block::Heading("Not as the ledger has it".to_owned()));
        blocks.push(Block::Table { columns: vec!["migration", "state"], rows: unsettled });
    }
    if !situation.pending.is_empty() {
        let number = situation.pending.len();
        // Without a database nobody knows what is pending: these are simply the files.
        let heading = if situation.facts().is_some() { format!("{number} pending") } else { count(number, "file") };
        blocks.push(Block::Heading(heading));
        let rows = situation.pending.iter().map(row).collect();
        blocks.push(Block::Table { columns: vec!["migration", "statements", "runs", "hazards"], rows });
    }
    blocks
}

fn row(pending: &Pending<'_>) -> Vec<String> {
    let runs = if pending.problem.is_some() {
        "cannot run".to_owned()
    } else if pending.is_atomic() {
        "in one transaction".to_owned()
    } else {
        format!("in {} steps", pending.steps.len())
    };
    let number = |severity: Severity| pending.open_hazards().filter(|hazard| hazard.severity == severity).count();
    let parts: Vec<_> = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
        .into_iter()
        .map(|(severity, word)| (number(severity), word))
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| count(number, word))
        .collect();
    let hazards = if parts.is_empty() { "none".to_owned() } else { parts.join(", ") };
    vec![pending.migration.id.clone(), pending.statements.len().to_string(), runs, hazards]
}

/// A state in words.
pub(crate) fn state_words(state: State) -> &'static str {
    match state {
        State::Applied => "applied",
        State::Pending => "pending",
        State::Edited => "edited after it was applied",
        State::Missing => "applied, but its file is gone",
        State::Failed => "failed",
        State::OutOfOrder => "older than an applied one, but not applied",
    }
}
