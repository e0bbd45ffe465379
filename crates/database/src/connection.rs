//! One session with a database.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Either, Executor as _, PgConnection, SqliteConnection,
};

use crate::url::Kind;
use crate::{DatabaseError, DatabaseUrl, Engine};

/// One row as text; `None` is SQL's NULL.
pub type Row = Vec<Option<String>>;

/// How long to wait for a session, from the first packet to the end of the handshake.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// SQLite asks this often (in virtual machine instructions) whether it was cancelled.
const SQLITE_CANCEL_INTERVAL: i32 = 1_000;

/// Whether a missing SQLite file may be made. A PostgreSQL database is never made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// It must exist.
    Existing,
    /// A missing file is created.
    OrCreate,
}

/// One session with a database.
pub struct Connection {
    session: Session,
    url: DatabaseUrl,
    cancelled: Arc<AtomicBool>,
    backend: Option<String>,
}

enum Session {
    Postgres(Box<PgConnection>),
    Sqlite(Box<SqliteConnection>),
}

impl Connection {
    /// Opens a session. Nothing is changed on the server.
    pub async fn open(url: &DatabaseUrl, open: Open) -> Result<Self, DatabaseError> {
        let unreachable = |reason: String| DatabaseError::Unreachable { place: url.place(), reason };
        let cancelled = Arc::new(AtomicBool::new(false));
        match &url.kind {
            Kind::Postgres { options, .. } => {
                // The library would log the text of slow statements, and with it the data in them.
                let options = options.as_ref().clone().disable_statement_logging();
                let connecting = async {
                    let session = PgConnection::connect_with(&options).await;
                    let session = session.map_err(|error| unreachable(explain(&options, &error)))?;
                    let session = Session::Postgres(Box::new(session));
                    let mut connection = Self { session, url: url.clone(), cancelled, backend: None };
                    connection.backend = connection.value("select pg_backend_pid()").await?;
                    Ok(connection)
                };
                let connected = tokio::time::timeout(CONNECT_TIMEOUT, connecting).await;
                connected.map_err(|_| unreachable(format!("no answer within {} s", CONNECT_TIMEOUT.as_secs())))?
            }
            Kind::Sqlite { path } => {
                if open == Open::Existing && !path.exists() {
                    return Err(unreachable("the file does not exist".to_owned()));
                }
                // Foreign keys stay off as every migration tool has them: dropping a table that is being redefined would
                // otherwise delete the rows that refer to it. The runner checks them before each commit instead.
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .create_if_missing(open == Open::OrCreate)
                    .foreign_keys(false)
                    .busy_timeout(Duration::from_secs(5))
                    .disable_statement_logging();
                let mut session =
                    SqliteConnection::connect_with(&options).await.map_err(|error| unreachable(error.to_string()))?;
                let flag = Arc::clone(&cancelled);
                session
                    .lock_handle()
                    .await
                    .map_err(|error| unreachable(error.to_string()))?
                    .set_progress_handler(SQLITE_CANCEL_INTERVAL, move || !flag.load(Ordering::Relaxed));
                Ok(Self { session: Session::Sqlite(Box::new(session)), url: url.clone(), cancelled, backend: None })
            }
        }
    }

    /// The engine behind it.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.url.engine()
    }

    /// Where it leads.
    #[must_use]
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Runs SQL text, one statement or many, in one message. PostgreSQL makes many statements one transaction unless
    /// the text says otherwise.
    pub async fn run(&mut self, sql: &str) -> Result<(), DatabaseError> {
        let statement = sqlx::raw_sql(AssertSqlSafe(sql));
        match &mut self.session {
            Session::Postgres(session) => to_the_end(session.fetch_many(statement)).await,
            Session::Sqlite(session) => to_the_end(session.fetch_many(statement)).await,
        }
    }

    /// Runs SQL text and returns its rows.
    pub async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DatabaseError> {
        let statement = sqlx::raw_sql(AssertSqlSafe(sql));
        match &mut self.session {
            Session::Postgres(session) => {
                let rows = session.fetch_all(statement).await.map_err(DatabaseError::from_sqlx)?;
                rows.iter().map(cells).collect::<Result<Vec<_>, _>>()
            }
            Session::Sqlite(session) => {
                let rows = session.fetch_all(statement).await.map_err(DatabaseError::from_sqlx)?;
                rows.iter().map(cells).collect::<Result<Vec<_>, _>>()
            }
        }
        .map_err(DatabaseError::from_sqlx)
    }

    /// The first column of the first row.
    pub async fn value(&mut self, sql: &str) -> Result<Option<String>, DatabaseError> {
        Ok(self.rows(sql).await?.into_iter().next().and_then(|row| row.into_iter().next()).flatten())
    }

    /// The handle that stops what this session is doing.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller { url: self.url.clone(), backend: self.backend.clone(), cancelled: Arc::clone(&self.cancelled) }
    }

    /// Says goodbye, so that the server releases what the session held.
    pub async fn close(self) {
        let closed = match self.session {
            Session::Postgres(session) => session.close().await,
            Session::Sqlite(session) => session.close().await,
        };
        if let Err(error) = closed {
            tracing::debug!(%error, "the session did not close cleanly");
        }
    }
}

/// Stops the statement that a session is running, from outside it.
#[derive(Clone)]
pub struct Canceller {
    url: DatabaseUrl,
    backend: Option<String>,
    cancelled: Arc<AtomicBool>,
}

impl Canceller {
    /// Lets the session work again after a cancellation. SQLite would otherwise interrupt every statement that follows.
    pub fn rest(&self) {
        self.cancelled.store(false, Ordering::Relaxed);
    }

    /// Asks the server to cancel the running statement. The session itself gets the answer.
    pub async fn cancel(&self) -> Result<(), DatabaseError> {
        self.cancelled.store(true, Ordering::Relaxed);
        let Some(backend) = &self.backend else { return Ok(()) };
        let mut second = Connection::open(&self.url, Open::Existing).await?;
        second.run(&format!("select pg_cancel_backend({backend})")).await?;
        second.close().await;
        Ok(())
    }
}

/// Runs every statement, and counts those that ended well: the next one is the one that failed.
async fn to_the_end<D, R>(
    mut answers: impl Stream<Item = Result<Either<D, R>, sqlx::Error>> + Unpin,
) -> Result<(), DatabaseError> {
    let mut ended = 0;
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(Either::Left(_)) => ended += 1,
            Ok(Either::Right(_)) => {}
            Err(error) => return Err(DatabaseError::from_sqlx(error).after(ended)),
        }
    }
    Ok(())
}

/// Puts the way out beside the commonest reasons.
fn explain(options: &PgConnectOptions, error: &sqlx::Error) -> String {
    let text = match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    };
    let code = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
    let advice = match code.as_deref() {
        Some("28P01") => "the password is wrong: set the right one in the secret that holds the URL",
        Some("3D000") => "it is not created for you: check the name at the end of the URL",
        Some("28000") if text.contains("no encryption") || text.contains("SSL off") => {
            "the server requires TLS: add ?sslmode=require to the URL"
        }
        Some(_) => return text,
        // Not the server's words but a library's: ours say it better.
        None if text.contains("server does not support TLS") => {
            return "the server offers no TLS: check the host, or write sslmode=prefer where that is acceptable"
                .to_owned();
        }
        None if text.contains("UnknownIssuer") => {
            return "the certificate is signed by an unknown authority: add sslrootcert=FILE to the URL".to_owned();
        }
        None if text.contains("lookup") || text.contains("Name or service") => {
            return format!("the host {} is not known from here", options.get_host());
        }
        None if text.contains("Connection refused") => {
            return "nobody listens there: check host and port, and that the server runs".to_owned();
        }
        None => return text,
    };
    format!("{text}; {advice}")
}

/// All cells of a row as text. PostgreSQL answers raw SQL in text anyway, and SQLite converts on request.
fn cells<R: sqlx::Row>(row: &R) -> Result<Row, sqlx::Error>
where
    usize: sqlx::ColumnIndex<R>,
    for<'row> Option<String>: sqlx::Decode<'row, R::Database>,
{
    (0..row.len()).map(|index| row.try_get_unchecked(index)).collect()
}
