//! The only place where the database is changed: after the guard, under the lock.

pub(crate) mod command;
pub(crate) mod migration;
pub(crate) mod retry;
pub(crate) mod session;
pub(crate) mod verify;

use std::time::Duration;

use ops_core::{Check, Place};
use ops_database::mutex::Mutex;
use ops_database::{Connection, DatabaseError, DatabaseUrl, Open};

use self::migration::{Failure, Setting};
use self::session::Session;
use crate::bookkeeping::Interrupted;
use crate::guard::Guarded;
use crate::stop::Stop;

/// How often and how long a broken session is opened anew before the run gives up.
const REOPENINGS: u32 = 6;

/// What became of the plan.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The migrations that are in the database now and were not before.
    pub(crate) applied: Vec<String>,
    /// What a foreign tool printed.
    pub(crate) transcript: Option<String>,
    /// What stopped the run.
    pub(crate) halt: Option<Halt>,
}

/// What stopped a run.
#[derive(Debug)]
pub(crate) struct Halt {
    pub(crate) check: Check,
    /// The place in the file, where it is a statement's fault.
    pub(crate) finding: Option<(Place, String)>,
}

/// The session and the lock that a run holds.
pub(crate) struct Held {
    pub(crate) session: Session,
    pub(crate) mutex: Mutex,
}

impl Held {
    /// Gives both back.
    pub(crate) async fn release(mut self) {
        self.mutex.release(self.session.connection()).await;
        self.session.close().await;
    }
}

/// Applies the plan, migration by migration.
pub(crate) async fn apply(
    guarded: &Guarded<'_, '_>,
    setting: &Setting<'_>,
    url: &DatabaseUrl,
    stop: &Stop,
    mut held: Held,
) -> (Outcome, Option<Held>) {
    let mut outcome = Outcome::default();
    let facts = guarded.facts();
    let mut interrupted = facts.interrupted.clone();
    let mut reopened = 0;
    let mut queue = guarded.pending().iter();
    let mut next = queue.next();
    while let Some(pending) = next {
        let migration = pending.migration;
        let resume = interrupted.iter().find(|one| one.id == migration.id);
        match setting.apply(&mut held.session, pending, resume).await {
            Ok(()) => {
                tracing::info!(migration = migration.id, "applied");
                outcome.applied.push(migration.id.clone());
                next = queue.next();
            }
            Err(Failure::Stopped) => {
                outcome.halt = Some(Halt {
                    check: Check::fail(
                        "apply",
                        format!("asked to stop while applying {}; what was not committed is rolled back", migration.id),
                        "run apply again: it goes on where this run ended",
                    ),
                    finding: None,
                });
                return (outcome, Some(held));
            }
            Err(Failure::Refused { place, error, kept }) => {
                outcome.halt = Some(refused(&migration.id, place, &error, kept));
                return (outcome, Some(held));
            }
            Err(Failure::Unclear(error)) => {
                tracing::warn!(migration = migration.id, %error, "the session broke off; reading back what happened");
                held.session.close().await;
                drop(held.mutex);
                reopened += 1;
                let read = if reopened > setting.policy.retries.max(1) {
                    Err(error.clone())
                } else {
                    read_back(url, setting, stop, &migration.id).await
                };
                match read {
                    Ok((again, applied, left)) => {
                        held = again;
                        interrupted = left;
                        if applied {
                            outcome.applied.push(migration.id.clone());
                            next = queue.next();
                        }
                    }
                    Err(reason) => {
                        outcome.halt = Some(unknown(&migration.id, &error, &reason));
                        return (outcome, None);
                    }
                }
            }
        }
    }
    (outcome, Some(held))
}

/// Opens a new session and asks whether the migration is in the ledger.
///
/// The lock comes first: the old session's end releases it, and a session ends only after its last commit did or did not happen.
async fn read_back(
    url: &DatabaseUrl,
    setting: &Setting<'_>,
    stop: &Stop,
    id: &str,
) -> Result<(Held, bool, Vec<Interrupted>), DatabaseError> {
    let mut attempt = 1;
    let mut connection = loop {
        match Connection::open(url, Open::Existing).await {
            Ok(connection) => break connection,
            Err(error) if attempt >= REOPENINGS || stop.is_asked() => return Err(error),
            Err(_) => tokio::time::sleep(retry::pause(attempt).max(Duration::from_millis(250))).await,
        }
        attempt += 1;
    };
    let keys = setting.ledger.advisory_keys(&setting.database_name);
    let mutex = match Mutex::acquire(&mut connection, &keys, setting.policy.lock_wait.as_std()).await {
        Ok(mutex) => mutex,
        Err(error) => return Err(DatabaseError::Lost { reason: error.to_string() }),
    };
    let entries = crate::observe::entries(&mut connection, setting.ledger)
        .await
        .map_err(|error| DatabaseError::Lost { reason: error.to_string() })?;
    let applied =
        entries.iter().any(|entry| entry.id == id && entry.outcome == ops_migrations::ledger::Outcome::Applied);
    let left = setting.bookkeeping.interrupted(&mut connection).await?;
    Ok((Held { session: Session::new(connection, stop.clone()), mutex }, applied, left))
}

fn refused(id: &str, place: Place, error: &DatabaseError, kept: usize) -> Halt {
    let left = match kept {
        0 => "nothing of it is left in the database".to_owned(),
        kept => format!("its first {kept} step(s) are committed, and the next run goes on after them"),
    };
    let code = error.code().map(|code| format!(" [{code}]")).unwrap_or_default();
    let message = format!("{error}{code}");
    Halt {
        check: Check::fail(
            "apply",
            format!(
                "{id} was refused at {}:{}:{}: {message}; {left}",
                place.path, place.start_line, place.start_column
            ),
            advice(error),
        ),
        finding: Some((place, message)),
    }
}

fn advice(error: &DatabaseError) -> &'static str {
    match error.code() {
        Some("55P03") => {
            "wait until the session that holds the lock has ended (pg_locks names it), or raise migrations.lock_timeout, and run apply again"
        }
        Some("57014") => "make the statement cheaper or raise migrations.statement_timeout, and run apply again",
        Some("53100" | "13") => "free disk space on the database's server, and run apply again",
        _ => "put the file right and run apply again",
    }
}

fn unknown(id: &str, error: &DatabaseError, reason: &DatabaseError) -> Halt {
    Halt {
        check: Check::unproven(
            "apply",
            format!("while {id} was applied, {error}; whether it was committed could not be read back: {reason}"),
            "when the database answers again, run guarded-migrate status: it tells whether the migration is in the ledger; then run apply again",
        ),
        finding: None,
    }
}
