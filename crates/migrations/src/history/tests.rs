use proptest::prelude::*;

use super::*;
use crate::ledger::LedgerOptions;
use crate::migration::TransactionMode;
use crate::{Dialect, Found, Layout};

fn migration(id: &str, when: i64) -> Migration {
    Migration {
        id: id.to_owned(),
        name: String::new(),
        path: format!("m/{id}.sql"),
        source: String::new(),
        up: 0..0,
        down: None,
        checksum: format!("checksum of {id}"),
        transaction: TransactionMode::Inside,
        created_at_millis: Some(when),
    }
}

fn files(ids: &[&str]) -> Vec<Migration> {
    ids.iter().zip(1..).map(|(id, when)| migration(id, when)).collect()
}

fn entry(id: &str, outcome: Outcome) -> Entry {
    Entry {
        id: id.to_owned(),
        checksum: Some(format!("checksum of {id}")),
        outcome,
        applied_at: None,
        content: None,
        created_at_millis: None,
    }
}

fn ledger(layout: Layout, migrations: &[Migration]) -> Ledger {
    let found = Found { layout, dialect_hint: None, directory: "m".to_owned(), drizzle_folders: false };
    Ledger::new(&found, migrations, Dialect::Postgres, &LedgerOptions::default())
}

fn states(migrations: &[Migration], entries: &[Entry]) -> Vec<(String, State)> {
    let standings = compare(migrations, entries, &ledger(Layout::Plain, migrations));
    standings.into_iter().map(|standing| (standing.id, standing.state)).collect()
}

fn told(ids: &[(&str, State)]) -> Vec<(String, State)> {
    ids.iter().map(|(id, state)| ((*id).to_owned(), *state)).collect()
}

#[test]
fn every_state_is_told() {
    let mut edited = entry("2", Outcome::Applied);
    edited.checksum = Some("other".to_owned());
    let entries = [
        entry("0", Outcome::Applied),
        entry("1", Outcome::Applied),
        edited,
        entry("4", Outcome::Failed),
        entry("5", Outcome::Applied),
        entry("6", Outcome::RolledBack),
        entry("x", Outcome::RolledBack),
        entry("y", Outcome::Failed),
    ];
    assert_eq!(
        states(&files(&["1", "2", "3", "4", "5", "6", "7"]), &entries),
        told(&[
            ("1", State::Applied),
            ("2", State::Edited),
            ("3", State::OutOfOrder),
            ("4", State::Failed),
            ("5", State::Applied),
            ("6", State::Pending),
            ("7", State::Pending),
            ("0", State::Missing),
            ("y", State::Failed),
        ])
    );
}

#[test]
fn a_ledger_without_checksums_calls_nothing_edited() {
    let mut known = entry("1", Outcome::Applied);
    known.checksum = None;
    let migrations = files(&["1"]);
    let standings = compare(&migrations, &[known], &ledger(Layout::Dbmate, &migrations));
    assert_eq!(standings[0].state, State::Applied);
}

#[test]
fn what_drizzle_would_pass_over_is_out_of_order() {
    // The last file is older than a row whose file is gone, so Drizzle 0.x would never apply it.
    let migrations = [migration("0000_a", 10), migration("0001_b", 20)];
    let ledger = ledger(Layout::Drizzle, &migrations);
    let row = |created_at: i64, hash: &str| {
        vec![Some(format!("{{\"id\":1,\"hash\":\"{hash}\",\"created_at\":{created_at}}}"))]
    };
    let entries = ledger.parse(vec![row(10, "checksum of 0000_a"), row(30, "gone")]).unwrap();
    let states: Vec<_> = compare(&migrations, &entries, &ledger).into_iter().map(|s| (s.id, s.state)).collect();
    assert_eq!(states, told(&[("0000_a", State::Applied), ("0001_b", State::OutOfOrder), ("30", State::Missing)]));
}

fn outcomes() -> impl Strategy<Value = Vec<Option<Outcome>>> {
    let one =
        prop::sample::select(vec![None, Some(Outcome::Applied), Some(Outcome::Failed), Some(Outcome::RolledBack)]);
    prop::collection::vec(one, 0..12)
}

proptest! {
    #[test]
    fn applying_whatever_waits_ends_with_everything_applied(outcomes in outcomes()) {
        let ids: Vec<String> = (0..outcomes.len()).map(|number| format!("{number:02}")).collect();
        let migrations = files(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        let mut entries: Vec<Entry> =
            ids.iter().zip(&outcomes).filter_map(|(id, outcome)| Some(entry(id, (*outcome)?))).collect();
        for standing in compare(&migrations, &entries, &ledger(Layout::Plain, &migrations)) {
            if standing.state != State::Applied {
                entries.retain(|entry| entry.id != standing.id);
                entries.push(entry(&standing.id, Outcome::Applied));
            }
        }
        let after = compare(&migrations, &entries, &ledger(Layout::Plain, &migrations));
        prop_assert_eq!(after.len(), migrations.len());
        prop_assert!(after.iter().all(|standing| standing.state == State::Applied));
    }

    #[test]
    fn nothing_pending_comes_before_something_applied(outcomes in outcomes()) {
        let ids: Vec<String> = (0..outcomes.len()).map(|number| format!("{number:02}")).collect();
        let migrations = files(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        let entries: Vec<Entry> =
            ids.iter().zip(&outcomes).filter_map(|(id, outcome)| Some(entry(id, (*outcome)?))).collect();
        let states: Vec<State> = states(&migrations, &entries).into_iter().map(|(_, state)| state).collect();
        let first_pending = states.iter().position(|state| *state == State::Pending).unwrap_or(states.len());
        prop_assert!(states[first_pending..].iter().all(|state| *state != State::Applied));
    }
}
