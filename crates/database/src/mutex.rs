//! One run at a time.
//!
//! PostgreSQL: session-level advisory locks, always polled with `pg_try_advisory_lock`. A session that waits in the blocking
//! form holds a snapshot, and `CREATE INDEX CONCURRENTLY` of the run that holds the lock waits for that snapshot: a deadlock.
//! SQLite: a lock on a file beside the database, which the system releases when its holder dies.

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::url::Kind;
use crate::{Connection, DatabaseError};

/// This project's own key: the first eight bytes of SHA-256 of `ops-actions`, as a signed number.
pub const OWN_KEY: i64 = i64::from_be_bytes([0xc8, 0xbd, 0xd9, 0xb9, 0x26, 0xc8, 0xc5, 0x2c]);

const FIRST_PAUSE: Duration = Duration::from_millis(25);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MutexError {
    /// Somebody else holds it.
    #[error("another run holds the migration lock ({holder}), and did not finish within {waited_seconds} s")]
    Held {
        /// Who: process id and application, or the file.
        holder: String,
        /// How long this run waited.
        waited_seconds: u64,
    },
    /// The database did not answer.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The lock file cannot be made.
    #[error("cannot lock {path}: {reason}")]
    File {
        /// The lock file.
        path: String,
        /// What the system said.
        reason: String,
    },
}

/// Held until it is released or the session ends.
#[derive(Debug)]
pub struct Mutex {
    keys: Vec<i64>,
    file: Option<File>,
}

impl Mutex {
    /// Takes the own key and `foreign_keys` (those of the tool whose ledger it is), waiting at most `patience`.
    pub async fn acquire(
        connection: &mut Connection,
        foreign_keys: &[i64],
        patience: Duration,
    ) -> Result<Self, MutexError> {
        match &connection.url().kind {
            Kind::Sqlite { path } => {
                // One file may be reached by several paths.
                let mut name = path.canonicalize().unwrap_or_else(|_| path.clone()).into_os_string();
                name.push(".ops-actions.lock");
                Self::acquire_file(PathBuf::from(name), patience).await
            }
            Kind::Postgres { .. } => {
                let mut mutex = Self { keys: Vec::new(), file: None };
                let started = Instant::now();
                for key in std::iter::once(OWN_KEY).chain(foreign_keys.iter().copied()) {
                    if let Err(error) = mutex.acquire_key(connection, key, started, patience).await {
                        mutex.release(connection).await;
                        return Err(error);
                    }
                }
                Ok(mutex)
            }
        }
    }

    async fn acquire_key(
        &mut self,
        connection: &mut Connection,
        key: i64,
        started: Instant,
        patience: Duration,
    ) -> Result<(), MutexError> {
        let mut pause = FIRST_PAUSE;
        loop {
            if connection.value(&format!("select pg_try_advisory_lock({key})::text")).await?.as_deref() == Some("true")
            {
                self.keys.push(key);
                return Ok(());
            }
            if started.elapsed() >= patience {
                let holder = connection.value(&holder_query(key)).await?;
                return Err(MutexError::Held {
                    holder: holder.unwrap_or_else(|| "its holder is not visible".to_owned()),
                    waited_seconds: patience.as_secs(),
                });
            }
            tokio::time::sleep(pause.min(patience.saturating_sub(started.elapsed()))).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn acquire_file(path: PathBuf, patience: Duration) -> Result<Self, MutexError> {
        let wrong =
            |reason: std::io::Error| MutexError::File { path: path.display().to_string(), reason: reason.to_string() };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(wrong)?;
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { keys: Vec::new(), file: Some(file) }),
                Err(TryLockError::Error(reason)) => return Err(wrong(reason)),
                Err(TryLockError::WouldBlock) if started.elapsed() >= patience => {
                    return Err(MutexError::Held {
                        holder: path.display().to_string(),
                        waited_seconds: patience.as_secs(),
                    });
                }
                Err(TryLockError::WouldBlock) => tokio::time::sleep(pause).await,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Gives the lock back. The end of the session does so too, so a failure here is only logged.
    pub async fn release(self, connection: &mut Connection) {
        for key in self.keys.iter().rev() {
            if let Err(error) = connection.run(&format!("select pg_advisory_unlock({key})")).await {
                tracing::debug!(%error, "the lock goes with the session");
            }
        }
        drop(self.file);
    }
}

/// Who holds an advisory lock with a 64-bit key: pg_locks shows its halves in classid and objid, and objsubid 1.
fn holder_query(key: i64) -> String {
    let bits = key.cast_unsigned();
    let (high, low) = (bits >> 32, bits & 0xffff_ffff);
    format!(
        "select 'process ' || l.pid || coalesce(', ' || nullif(a.application_name, ''), '') || coalesce(', since ' || \
         to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS \"UTC\"'), '') from pg_locks l left join pg_stat_activity a \
         on a.pid = l.pid where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.classid = {high} and l.objid = {low} \
         and l.database = (select oid from pg_database where datname = current_database()) limit 1"
    )
}
