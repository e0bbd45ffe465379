//! What stopped a run, in words: what is left in the database, and what to do next.

use ops_core::{Check, Place};
use ops_database::DatabaseError;

const ID: &str = "apply";

/// What stopped a run.
#[derive(Debug)]
pub(crate) struct Halt {
    pub(crate) check: Check,
    /// The place in the file, where it is a statement's fault.
    pub(crate) finding: Option<(Place, String)>,
}

impl Halt {
    fn because(check: Check) -> Self {
        Self { check, finding: None }
    }

    /// The run was asked to stop.
    pub(super) fn stopped(id: &str) -> Self {
        Self::because(Check::fail(
            ID,
            format!("asked to stop while applying {id}; what was not committed is rolled back"),
            "run apply again: it goes on where this run ended",
        ))
    }

    /// The database said no.
    pub(super) fn refused(
        id: &str,
        place: Place,
        error: &DatabaseError,
        kept: usize,
        broken_index: Option<String>,
    ) -> Self {
        let mut left = match kept {
            0 => "nothing of it is left in the database".to_owned(),
            1 => "its first step is committed, and the next run goes on after it".to_owned(),
            kept => format!("its first {kept} steps are committed, and the next run goes on after them"),
        };
        if let Some(index) = broken_index {
            let others =
                if kept == 0 { "nothing of it is left in the database but".to_owned() } else { left + "; left is" };
            left = format!("{others} the broken index {index}, which the next run drops before it builds it again");
        }
        let code = error.code().map(|code| format!(" [{code}]")).unwrap_or_default();
        let message = format!("{error}{code}");
        let Place { path, start_line, start_column, .. } = &place;
        let check = Check::fail(
            ID,
            format!("{id} was refused at {path}:{start_line}:{start_column}: {message}; {left}"),
            advice(error),
        );
        Self { check, finding: Some((place, message)) }
    }

    /// The database could not be asked what happened.
    pub(super) fn unknown(id: &str, error: &DatabaseError, reason: &DatabaseError) -> Self {
        Self::because(Check::unproven(
            ID,
            format!("while {id} was applied, {error}; whether it was committed could not be read back: {reason}"),
            "when the database answers again, run guarded-migrate status: it tells whether the migration is in the ledger; then run apply again",
        ))
    }

    /// The session broke off again and again.
    pub(super) fn broken_off(id: &str, error: &DatabaseError, times: u32) -> Self {
        Self::because(Check::fail(
            ID,
            format!("{id} is not applied: the session broke off {times} times while it ran, at last because {error}"),
            "look into the server's log for why it ends these sessions, put that right and run apply again",
        ))
    }

    /// Another run came between.
    pub(super) fn overtaken(id: &str, error: &DatabaseError) -> Self {
        Self::because(Check::fail(
            ID,
            format!("while {id} was applied, {error}; before the lock was taken again, another run changed the ledger"),
            "run apply again: it plans anew from what the ledger says now",
        ))
    }

    /// Nothing of the plan was begun.
    pub(super) fn unprepared(error: &DatabaseError) -> Self {
        let summary = format!("the ledger could not be prepared: {error}; no migration was begun");
        Self::because(Check::fail(ID, summary, advice_for_ledger(error)))
    }

    /// Nothing of the plan was begun, and the database does not answer any more.
    pub(super) fn unprepared_and_lost(error: &DatabaseError, reason: &DatabaseError) -> Self {
        Self::because(Check::unproven(
            ID,
            format!(
                "while the ledger was prepared, {error}; the database could not be reached again: {reason}; no migration was begun"
            ),
            "when the database answers again, run apply again",
        ))
    }

    /// The run was asked to stop before the first migration.
    pub(super) fn stopped_early() -> Self {
        Self::because(Check::fail(ID, "asked to stop before the first migration was begun", "run apply again"))
    }
}

fn advice(error: &DatabaseError) -> &'static str {
    match error.code() {
        Some("55P03") => {
            "wait until the session that holds the lock has ended (pg_locks names it), or raise migrations.lock_timeout, and run apply again"
        }
        Some("5" | "6" | "261" | "262" | "517" | "773") => {
            "wait until the program that holds the database file has ended, or raise migrations.lock_timeout, and run apply again"
        }
        Some("57014") => {
            "if it took too long, make the statement cheaper or raise migrations.statement_timeout; if somebody cancelled it, ask why; then run apply again"
        }
        Some("53100" | "13") => "free disk space on the database's server, and run apply again",
        Some("42701" | "42P06" | "42P07" | "42710") => {
            "if the database already holds all that the file does, run guarded-migrate resolve --as applied for it; otherwise put the file right and run apply again"
        }
        Some("lock") => "see guarded-migrate status for what is applied, and run apply again: it plans anew",
        Some("55000") => "do what the message says, and run apply again",
        _ => "put the file right and run apply again",
    }
}

fn advice_for_ledger(error: &DatabaseError) -> &'static str {
    match error.code() {
        Some("42501") => {
            "grant the role what the message asks for, or use the owner of the schema, and run apply again"
        }
        Some("55P03" | "57014" | "5" | "6" | "261" | "262" | "517" | "773" | "53100" | "13") => advice(error),
        _ => "put that right and run apply again",
    }
}
