//! A session that can be told to stop in the middle of a statement.

use std::time::Duration;

use ops_database::{Canceller, Connection, DatabaseError, Row};

use crate::stop::Stop;

/// What the server may take to obey a cancellation. Together with the rest of the way out it stays below 5 s.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Why a statement did not end well.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The run was asked to stop.
    Stopped,
    /// The database said no, or said nothing.
    Database(DatabaseError),
}

impl From<DatabaseError> for Trouble {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

/// A session that can be told to stop in the middle of a statement.
pub(crate) struct Session {
    connection: Connection,
    canceller: Canceller,
    stop: Stop,
}

impl Session {
    pub(crate) fn new(connection: Connection, stop: Stop) -> Self {
        let canceller = connection.canceller();
        Self { connection, canceller, stop }
    }

    /// Runs SQL, unless the run was asked to stop; stops it where that is asked meanwhile.
    pub(crate) async fn run(&mut self, sql: &str) -> Result<(), Trouble> {
        if self.stop.is_asked() {
            return Err(Trouble::Stopped);
        }
        let mut work = std::pin::pin!(self.connection.run(sql));
        tokio::select! {
            result = &mut work => return Ok(result?),
            () = self.stop.asked() => {}
        }
        if let Ok(Err(error)) = tokio::time::timeout(PATIENCE, self.canceller.cancel()).await {
            tracing::debug!(%error, "the cancellation was not delivered");
        }
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error @ DatabaseError::Lost { .. })) => Err(Trouble::Database(error)),
            Ok(Err(_)) | Err(_) => Err(Trouble::Stopped),
        }
    }

    /// Reads rows.
    pub(crate) async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, Trouble> {
        Ok(self.connection.rows(sql).await?)
    }

    /// Throws away the open transaction, whatever state the run is in.
    pub(crate) async fn roll_back(&mut self) {
        match tokio::time::timeout(PATIENCE, self.connection.run("rollback")).await {
            Ok(Ok(())) => {}
            // SQLite has already rolled back what it interrupted.
            Ok(Err(error)) => tracing::debug!(%error, "nothing to roll back"),
            Err(_) => tracing::debug!("the server does not answer; it rolls back when it sees the session end"),
        }
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
        if tokio::time::timeout(PATIENCE, self.connection.close()).await.is_err() {
            tracing::debug!("the server did not say goodbye");
        }
    }
}
