//! What can go wrong with a database, told so that the caller knows what state it is in.

use sqlx::postgres::{PgDatabaseError, PgErrorPosition, PgSeverity};

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseError {
    /// There was no session, so nothing happened.
    #[error("cannot connect to {place}: {reason}")]
    Unreachable {
        /// Host, port and database, or the file; never a password.
        place: String,
        /// What the server or the system said, with the way out where it is known.
        reason: String,
    },
    /// The server refused a statement.
    #[error("{message}{}", detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default())]
    Statement {
        /// The five characters of SQLSTATE, or SQLite's result code.
        code: String,
        /// The server's words.
        message: String,
        /// The server's detail or hint.
        detail: Option<String>,
        /// Where in the text that was sent, in characters from 1.
        position: Option<usize>,
        /// How many statements of that text had ended well before; `None` where the text as a whole is refused.
        after: Option<usize>,
    },
    /// The session broke off. What was sent last may have happened or not: read the state back.
    #[error("the connection broke off: {reason}")]
    Lost {
        /// What the system said.
        reason: String,
    },
}

impl DatabaseError {
    /// Whether the same work may succeed a moment later: somebody else held a lock.
    ///
    /// A statement timeout is not among them: what took too long once would hold its locks as long again.
    #[must_use]
    pub fn is_contention(&self) -> bool {
        // lock_not_available, deadlock_detected, serialization_failure; SQLITE_BUSY and SQLITE_LOCKED with their extensions.
        matches!(self, Self::Statement { code, .. } if matches!(code.as_str(), "55P03" | "40P01" | "40001" | "5" | "6" | "261" | "262" | "517" | "773"))
    }

    /// Whether there is no session any more, so that the state must be read back through another one.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Lost { .. } | Self::Unreachable { .. })
    }

    /// SQLSTATE or SQLite's result code, where the server answered.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Statement { code, .. } => Some(code),
            _ => None,
        }
    }

    /// The same, met after so many statements of the text.
    pub(crate) fn after(mut self, ended: usize) -> Self {
        if let Self::Statement { after, .. } = &mut self {
            *after = Some(ended);
        }
        self
    }

    pub(crate) fn from_sqlx(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default().into_owned();
                let shows_rows = code.starts_with("23");
                let postgres = error.try_downcast_ref::<PgDatabaseError>();
                // After these the server closes the session: a shutdown, an administrator, an idle timeout.
                if postgres.is_some_and(|error| matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic)) {
                    return Self::Lost { reason: error.message().to_owned() };
                }
                Self::Statement {
                    code,
                    message: error.message().to_owned(),
                    // Class 23 is about constraints, and its details show the rows that break them.
                    detail: postgres
                        .filter(|_| !shows_rows)
                        .and_then(|error| error.detail().or(error.hint()).map(str::to_owned)),
                    position: postgres.and_then(|error| match error.position() {
                        Some(PgErrorPosition::Original(position)) => Some(position),
                        _ => None,
                    }),
                    after: None,
                }
            }
            other => Self::Lost { reason: other.to_string() },
        }
    }
}
