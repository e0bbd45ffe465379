//! After a session broke off: a new one, and what the database says happened.
//!
//! The lock comes first: the old session's end releases it, and a session ends only after its last commit did or did not
//! happen. What is read under the lock is therefore the truth, and it is compared with what this run left: another run may
//! have been at work while nobody held the lock.

use std::collections::BTreeMap;
use std::time::Duration;

use ops_database::mutex::Mutex;
use ops_database::{Connection, DatabaseError, DatabaseUrl, Identity, Open};
use ops_migrations::ledger::{Entry, Outcome};

use super::Held;
use super::retry;
use super::session::Session;
use super::setting::Setting;
use crate::bookkeeping::Interrupted;
use crate::pending::{Pending, sha256};
use crate::situation::Facts;
use crate::stop::Stop;

/// How often a new session is tried before the run gives up.
const ATTEMPTS: u32 = 6;

/// How long a run that was asked to stop still tries to learn what it did.
const LAST_LOOK: Duration = Duration::from_secs(1);

/// A new session under the lock, and what it found.
pub(super) struct Reopened {
    pub(super) held: Held,
    entries: Vec<Entry>,
    pub(super) interrupted: Vec<Interrupted>,
}

impl Reopened {
    /// Whether the ledger says that this migration is applied.
    pub(super) fn holds(&self, id: &str) -> bool {
        self.entries.iter().any(|entry| entry.id == id && entry.outcome == Outcome::Applied)
    }

    /// Whether somebody else changed the ledger: it differs from what the run found (`facts`), together with what it `applied`,
    /// in more than the migration that was `current` when the session broke off.
    pub(super) fn was_moved(&self, facts: &Facts, applied: &[String], current: Option<&Pending<'_>>) -> bool {
        let current_id = current.map(|pending| pending.migration.id.as_str());
        let others = |entries: &[Entry]| -> BTreeMap<String, Outcome> {
            let others = entries.iter().filter(|entry| Some(entry.id.as_str()) != current_id);
            others.map(|entry| (entry.id.clone(), entry.outcome)).collect()
        };
        let mut expected = others(&facts.entries);
        expected.extend(applied.iter().map(|id| (id.clone(), Outcome::Applied)));
        // What is half done must be this run's doing, or what it found.
        let known = |left: &Interrupted| {
            let ours = current.is_some_and(|pending| {
                pending.migration.id == left.id && sha256(&pending.migration.source) == left.digest
            });
            ours || facts.interrupted.contains(left)
        };
        others(&self.entries) != expected || !self.interrupted.iter().all(known)
    }
}

/// Opens a new session on the same database and looks. An error means that nobody knows.
pub(super) async fn reopen(
    url: &DatabaseUrl,
    setting: &Setting<'_>,
    facts: &Facts,
    stop: &Stop,
) -> Result<Reopened, DatabaseError> {
    let mut stopping = stop.clone();
    let too_late = async {
        stopping.asked().await;
        tokio::time::sleep(LAST_LOOK).await;
    };
    tokio::select! {
        reopened = look(url, setting, facts, stop) => reopened,
        () = too_late => Err(lost("the run was asked to stop")),
    }
}

async fn look(url: &DatabaseUrl, setting: &Setting<'_>, facts: &Facts, stop: &Stop) -> Result<Reopened, DatabaseError> {
    let mut connection = connect(url).await?;
    let identity = Identity::read(&mut connection).await?;
    // Two databases that show no identity are not the same for it.
    if identity.is_none() || identity != facts.identity {
        let now = identity.map_or_else(|| "another database".to_owned(), |identity| identity.description);
        return Err(lost(&format!("the same URL now leads to {now}")));
    }
    let mutex = Mutex::acquire(&mut connection, &setting.foreign_keys, setting.policy.lock_wait.as_std()).await;
    let mutex = mutex.map_err(|error| lost(&error.to_string()))?;
    let entries =
        crate::observe::entries(&mut connection, setting.ledger).await.map_err(|error| lost(&error.to_string()))?;
    let interrupted =
        crate::observe::interrupted(&mut connection, setting.bookkeeping, setting.ledger, &entries).await?;
    let held = Held { session: Session::new(connection, stop.clone()), mutex };
    Ok(Reopened { held, entries, interrupted })
}

async fn connect(url: &DatabaseUrl) -> Result<Connection, DatabaseError> {
    let mut attempt = 1;
    loop {
        match Connection::open(url, Open::Existing).await {
            Err(_) if attempt < ATTEMPTS => {
                tokio::time::sleep(retry::pause(attempt).max(Duration::from_millis(250))).await;
                attempt += 1;
            }
            ended => return ended,
        }
    }
}

fn lost(reason: &str) -> DatabaseError {
    DatabaseError::Lost { reason: reason.to_owned() }
}
