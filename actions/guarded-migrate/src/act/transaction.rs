//! SQL in one transaction, and again where nothing but a lock was in the way.

use ops_database::{DatabaseError, Engine};
use ops_migrations::Migration;

use super::repeated::UNKNOWN_STATEMENT;
use super::retry;
use super::session::not_alone;
use super::session::{Session, Trouble};
use super::setting::Setting;

/// Why a piece of work did not happen, or may not have.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The database said no, and nothing of the piece is left.
    Refused {
        error: DatabaseError,
        /// Whether it was the migration's own SQL that was refused.
        by_body: bool,
    },
    /// The session broke off: whether the last write happened must be read back.
    Unclear(DatabaseError),
    /// The run was asked to stop. Nothing of the piece is left.
    Stopped,
}

/// What is done in one transaction.
#[derive(Debug, Default)]
pub(super) struct Work<'w> {
    /// What it belongs to: if the ledger holds this by then, nothing is done.
    pub(super) migration: Option<&'w Migration>,
    /// The migration's own SQL.
    pub(super) body: Option<&'w str>,
    /// What that SQL says of its transaction before anything else.
    pub(super) modes: String,
    /// Whether it is all of the migration, so that the audit trail tells whether it was committed.
    pub(super) is_whole: bool,
    /// The migration whose transaction is opened by the message that ends this one; none that has modes of its own.
    pub(super) following: Option<&'w Migration>,
}

impl<'w> Work<'w> {
    /// A part of this migration.
    pub(super) fn of(migration: &'w Migration) -> Self {
        Self { migration: Some(migration), ..Self::default() }
    }
}

/// What one try met, and whether in the migration's own SQL.
struct Met {
    trouble: Trouble,
    by_body: bool,
}

impl Met {
    fn ours(trouble: Trouble) -> Self {
        Self { trouble, by_body: false }
    }

    fn by_body(trouble: Trouble) -> Self {
        Self { trouble, by_body: true }
    }
}

impl Setting<'_> {
    /// Runs a body in a transaction that is closed by the SQL that `finish` makes.
    pub(super) async fn transaction(
        &self,
        session: &mut Session,
        work: &Work<'_>,
        finish: impl Fn() -> String,
    ) -> Result<(), Broken> {
        let mut attempt = 0;
        loop {
            let Err(Met { trouble, by_body }) = self.try_transaction(session, work, &finish).await else {
                return Ok(());
            };
            let error = match trouble {
                Trouble::Database(error) if error.is_lost() => return Err(Broken::Unclear(error)),
                Trouble::Database(error) => Some(error),
                Trouble::Stopped => None,
            };
            let rolled_back = session.roll_back().await;
            let Some(error) = error else { return Err(Broken::Stopped) };
            if !by_body && error.code() == Some(UNKNOWN_STATEMENT) && session.repeated.give_up() {
                tracing::debug!("a migration threw away what this run had prepared; going on without it");
                rolled_back.map_err(Broken::Unclear)?;
                continue;
            }
            if !error.is_contention() || attempt == self.policy.retries {
                return Err(Broken::Refused { error, by_body });
            }
            rolled_back.map_err(Broken::Unclear)?;
            attempt += 1;
            tracing::info!(attempt, %error, "a lock was in the way; trying again");
            if session.pause(retry::pause(attempt)).await.is_err() {
                return Err(Broken::Stopped);
            }
        }
    }

    async fn try_transaction(
        &self,
        session: &mut Session,
        work: &Work<'_>,
        finish: &impl Fn() -> String,
    ) -> Result<(), Met> {
        let prepared = self.until_commit(session, work).await;
        // A silent session before its COMMIT was sent cannot commit any more.
        prepared.map_err(|met| if session.is_silent() { Met { trouble: Trouble::Stopped, ..met } } else { met })?;
        let end = format!("{}{}\ncommit;", self.be_oneself(), self.shorten(session, work, finish()));
        let opening = work.following.filter(|_| self.engine == Engine::Postgres);
        match opening.map(|following| (following, self.begin(Some(following), ""))) {
            // The migration may have changed the encoding in which this very message is read.
            Some((following, sql)) if sql.is_ascii() => {
                let script = format!("{end}\n{}", self.shorten(session, work, sql));
                self.end_and_open(session, work, following, &script).await
            }
            _ => session.run(&end).await,
        }
        .map_err(Met::ours)
    }

    /// Commits, and opens the transaction of the following migration with the same message.
    async fn end_and_open(
        &self,
        session: &mut Session,
        work: &Work<'_>,
        following: &Migration,
        script: &str,
    ) -> Result<(), Trouble> {
        let trouble = match session.run(script).await {
            Ok(()) => {
                session.opened_for(&following.id);
                return Ok(());
            }
            Err(Trouble::Database(error)) if error.is_lost() => return Err(error.into()),
            Err(trouble) => trouble,
        };
        // Was it the end that failed, or the opening after it?
        session.roll_back().await?;
        let Some(migration) = work.migration else { return Err(trouble) };
        let answer = session.ask(&self.bookkeeping.has_applied(self.author, &migration.id)).await;
        match answer {
            // The opening is tried again by itself, and what is wrong with it belongs to the following migration.
            Ok(Some(yes)) if yes == "true" => Ok(()),
            Ok(_) => Err(trouble),
            // Another session may get an answer.
            Err(error) => Err(DatabaseError::Lost { reason: error.to_string() }.into()),
        }
    }

    /// What only one transaction of a run says is sent in full.
    fn shorten(&self, session: &mut Session, work: &Work<'_>, sql: String) -> String {
        if work.is_whole && self.engine == Engine::Postgres { session.repeated.shorten(&sql) } else { sql }
    }

    async fn until_commit(&self, session: &mut Session, work: &Work<'_>) -> Result<(), Met> {
        if !work.migration.is_some_and(|migration| session.take_opened(&migration.id)) {
            let opening = self.shorten(session, work, self.begin(work.migration, &work.modes));
            session.run(&opening).await.map_err(|trouble| Met::ours(trouble.or_not_alone()))?;
        }
        if self.engine == Engine::Sqlite
            && let Some(migration) = work.migration
        {
            let held = session.rows(&format!("select {}", self.ledger.holds(migration))).await.map_err(Met::ours)?;
            if held.first().and_then(|row| row.first()).is_some_and(|value| value.as_deref() == Some("1")) {
                return Err(Met::ours(not_alone().into()));
            }
        }
        let Some(sql) = work.body else { return Ok(()) };
        let before = self.foreign_key_violations(session).await.map_err(Met::ours)?;
        session.run(sql).await.map_err(Met::by_body)?;
        if self.foreign_key_violations(session).await.map_err(Met::ours)? > before {
            let error = DatabaseError::Statement {
                code: "787".to_owned(),
                message: "the migration leaves rows whose foreign keys lead nowhere".to_owned(),
                detail: Some("pragma foreign_key_check lists them".to_owned()),
                position: None,
                after: None,
            };
            return Err(Met::by_body(error.into()));
        }
        Ok(())
    }

    /// Rows whose foreign keys lead nowhere. PostgreSQL checks by itself.
    async fn foreign_key_violations(&self, session: &mut Session) -> Result<usize, Trouble> {
        match self.engine {
            Engine::Postgres => Ok(0),
            Engine::Sqlite => Ok(session.rows("pragma foreign_key_check").await?.len()),
        }
    }
}
