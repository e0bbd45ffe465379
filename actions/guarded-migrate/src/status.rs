//! `status`: files and ledger side by side.

use ops_core::exit::Failure;
use ops_core::{Block, Verdict};

use crate::checks;
use crate::files::Files;
use crate::observe;
use crate::situation::Inputs;
use crate::targets::Target;
use crate::told::{self, Told};

/// Reads files and ledger, changes nothing. Pending migrations are no failure.
pub(crate) async fn status(inputs: &Inputs, files: &Files, target: &Target) -> Result<Told, Failure> {
    let situation = observe::look(inputs, files, target).await.map_err(crate::unreadable_ledger)?;
    let mut told = Told::of_situation(&situation, checks::ask(checks::STATUS, &situation));
    told.findings.clear();
    let known = situation.facts().is_some();
    let rows = (situation.standings.iter())
        .map(|standing| {
            let state = if known { told::state_words(standing.state) } else { "unknown" };
            vec![standing.id.clone(), state.to_owned(), standing.applied_at.clone().unwrap_or_default()]
        })
        .collect();
    told.blocks = vec![Block::Table { columns: vec!["migration", "state", "applied at"], rows }];
    let headline = match told.verdict {
        Verdict::Pass if told.pending.is_empty() => "up to date".to_owned(),
        Verdict::Pass => format!("{} pending", told.pending.len()),
        Verdict::Fail => "needs attention".to_owned(),
        Verdict::Unproven => "cannot be proven".to_owned(),
    };
    Ok(told.headed(headline))
}
