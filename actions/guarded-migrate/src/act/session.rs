//! A session that can be told to stop in the middle of a statement.

use std::time::Duration;

use ops_database::{Canceller, Connection, DatabaseError, Row};

use super::repeated::Repeated;
use super::setting::NOT_ALONE;
use crate::stop::Stop;

/// What the delivery of a cancellation may take: it needs a second connection. All ways out together stay below 5 s.
const DELIVERY: Duration = Duration::from_millis(1_500);

/// What the server may take to obey.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why a statement did not end well.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The run was asked to stop, and the statement did not happen.
    Stopped,
    /// The database said no, or said nothing.
    Database(DatabaseError),
}

impl From<DatabaseError> for Trouble {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

impl Trouble {
    /// Puts words in the place of a condition that did not hold.
    pub(super) fn or_not_alone(self) -> Self {
        match self {
            Self::Database(error) if error.code() == Some(NOT_ALONE) => not_alone().into(),
            other => other,
        }
    }
}

/// Somebody else is at work on the same ledger.
pub(super) fn not_alone() -> DatabaseError {
    DatabaseError::Statement {
        code: "lock".to_owned(),
        message: "another run or another tool is at work on this ledger, or recorded this migration meanwhile"
            .to_owned(),
        detail: None,
        position: None,
        after: None,
    }
}

/// A session that can be told to stop in the middle of a statement.
pub(crate) struct Session {
    connection: Connection,
    canceller: Canceller,
    stop: Stop,
    /// It did not answer in time: whoever uses it again waits with it.
    silent: bool,
    /// What is prepared in it.
    pub(super) repeated: Repeated,
    /// The migration for which a transaction is open, and the guard's questions have been answered.
    opened: Option<String>,
}

impl Session {
    pub(crate) fn new(connection: Connection, stop: Stop) -> Self {
        let canceller = connection.canceller();
        Self { connection, canceller, stop, silent: false, repeated: Repeated::new(), opened: None }
    }

    /// Runs SQL, unless the run was asked to stop; stops it where that is asked meanwhile.
    ///
    /// A server that does not answer the cancellation is lost: nobody knows what it did.
    pub(crate) async fn run(&mut self, sql: &str) -> Result<(), Trouble> {
        if self.stop.is_asked() {
            return Err(Trouble::Stopped);
        }
        let ended = {
            let mut work = std::pin::pin!(self.connection.run(sql));
            tokio::select! {
                result = &mut work => return Ok(result?),
                () = self.stop.asked() => {}
            }
            if let Ok(Err(error)) = tokio::time::timeout(DELIVERY, self.canceller.cancel()).await {
                tracing::debug!(%error, "the cancellation was not delivered");
            }
            tokio::time::timeout(PATIENCE, work).await
        };
        self.canceller.rest();
        match ended {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) if error.is_lost() => Err(Trouble::Database(error)),
            Ok(Err(_)) => Err(Trouble::Stopped),
            Err(_) => Err(Trouble::Database(self.gone_silent("the run was asked to stop, and it did not answer that"))),
        }
    }

    /// Notes that what was run last has opened the transaction of this migration.
    pub(super) fn opened_for(&mut self, id: &str) {
        self.opened = Some(id.to_owned());
    }

    /// Whether the transaction of this migration is open; its work begins now.
    pub(super) fn take_opened(&mut self, id: &str) -> bool {
        self.opened.take().is_some_and(|opened| opened == id)
    }

    /// Reads rows.
    pub(crate) async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, Trouble> {
        Ok(self.connection.rows(sql).await?)
    }

    /// Throws away the open transaction, whatever state the run is in. An error means that the session is gone, and the
    /// transaction with it.
    pub(crate) async fn roll_back(&mut self) -> Result<(), DatabaseError> {
        self.opened = None;
        if self.silent {
            return Ok(());
        }
        let too_late = too_late(self.stop.clone());
        tokio::select! {
            ended = self.connection.run("rollback") => match ended {
                Err(error) if error.is_lost() => Err(error),
                // SQLite has already rolled back what it interrupted, and says so.
                _ => Ok(()),
            },
            () = too_late => Err(self.gone_silent("it did not answer a rollback")),
        }
    }

    /// Asks for one value outside a transaction, whatever state the run is in.
    pub(super) async fn ask(&mut self, sql: &str) -> Result<Option<String>, DatabaseError> {
        let too_late = too_late(self.stop.clone());
        tokio::select! {
            answer = self.connection.value(sql) => answer,
            () = too_late => Err(self.gone_silent("it did not answer what became of the transaction")),
        }
    }

    fn gone_silent(&mut self, reason: &str) -> DatabaseError {
        self.silent = true;
        DatabaseError::Lost { reason: reason.to_owned() }
    }

    /// Whether it stopped answering. Its end, which is this process's end at the latest, rolls back what is open in it.
    pub(crate) fn is_silent(&self) -> bool {
        self.silent
    }

    /// The connection, for reading.
    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Waits, unless the run is asked to stop.
    pub(crate) async fn pause(&mut self, length: Duration) -> Result<(), Trouble> {
        tokio::select! {
            () = tokio::time::sleep(length) => Ok(()),
            () = self.stop.asked() => Err(Trouble::Stopped),
        }
    }

    /// Ends it.
    pub(crate) async fn close(self) {
        if self.silent || tokio::time::timeout(PATIENCE, self.connection.close()).await.is_err() {
            tracing::debug!("the server did not say goodbye");
        }
    }
}

/// The end of the time that a run which was asked to stop still waits for an answer.
async fn too_late(mut stop: Stop) {
    stop.asked().await;
    tokio::time::sleep(PATIENCE).await;
}
