//! After the act: is the database what the plan said it would be?

use std::collections::HashSet;

use ops_core::Check;
use ops_core::words::count;
use ops_database::catalog;
use ops_database::marker::Marker;
use ops_migrations::history::{self, State};

use super::Held;
use crate::observe;
use crate::situation::{Facts, Situation};

/// Reads the database again and compares.
pub(crate) async fn verify(situation: &Situation<'_>, held: &mut Held, expected: &[String]) -> Vec<Check> {
    let Some(facts) = situation.facts() else { return Vec::new() };
    vec![
        ledger(situation, facts, held, expected).await,
        indexes(facts, held).await,
        marker(situation, facts, held).await,
    ]
}

async fn ledger(situation: &Situation<'_>, facts: &Facts, held: &mut Held, expected: &[String]) -> Check {
    const ID: &str = "ledger-after";
    let entries = match observe::entries(held.session.connection(), &facts.ledger).await {
        Ok(entries) => entries,
        Err(error) => return unreadable(ID, &error.to_string()),
    };
    let standings = history::compare(&situation.files.migrations, &entries, &facts.ledger);
    let applied = standings.iter().filter(|standing| standing.state == State::Applied);
    let applied: HashSet<&str> = applied.map(|standing| standing.id.as_str()).collect();
    let lacking: Vec<_> = expected.iter().map(String::as_str).filter(|id| !applied.contains(id)).collect();
    if lacking.is_empty() {
        return Check::pass(
            ID,
            format!("the ledger holds {} of this run, with the bytes of the file", count(expected.len(), "migration")),
        );
    }
    Check::fail(ID, format!("the ledger does not hold {} as planned", lacking.join(", ")), "run guarded-migrate status")
}

async fn indexes(facts: &Facts, held: &mut Held) -> Check {
    const ID: &str = "indexes-after";
    match catalog::invalid_indexes(held.session.connection()).await {
        Err(error) => unreadable(ID, &error.to_string()),
        Ok(found) => {
            let (old, new): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|index| facts.invalid_indexes.contains(index));
            match (new.first(), old.is_empty()) {
                (None, true) => Check::pass(ID, "no invalid index was left"),
                (None, false) => Check::pass(
                    ID,
                    format!("no invalid index was left by this run, but {} was there before", old.join(", ")),
                ),
                (Some(first), _) => Check::fail(
                    ID,
                    format!("an index build did not finish: {} is invalid", new.join(", ")),
                    format!(
                        "run apply again where it stopped at that build: it drops the index and builds it again; \
                         otherwise drop index concurrently {first}, and build it again"
                    ),
                ),
            }
        }
    }
}

async fn marker(situation: &Situation<'_>, facts: &Facts, held: &mut Held) -> Check {
    const ID: &str = "marker-after";
    match Marker::read(held.session.connection(), &situation.inputs.policy.database.marker_table).await {
        Err(error) => unreadable(ID, &error.to_string()),
        Ok(marker) if marker == facts.marker => Check::pass(ID, "the marker is unchanged"),
        Ok(_) => Check::fail(
            ID,
            "a migration changed the marker",
            "find the migration that writes to the marker table, and set the marker again",
        ),
    }
}

fn unreadable(id: &'static str, reason: &str) -> Check {
    Check::unproven(id, format!("the database could not be read again: {reason}"), "run guarded-migrate status")
}
