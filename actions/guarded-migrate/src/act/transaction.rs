//! SQL in one transaction, and again where nothing but a lock was in the way.

use ops_database::{DatabaseError, Engine};
use ops_migrations::Migration;

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
    /// Runs `body` in a transaction that is closed by the SQL that `finish` makes, unless the ledger holds `migration` by then.
    pub(super) async fn transaction(
        &self,
        session: &mut Session,
        migration: Option<&Migration>,
        body: Option<&str>,
        finish: impl Fn() -> String,
    ) -> Result<(), Broken> {
        let mut attempt = 0;
        loop {
            let Err(Met { trouble, by_body }) = self.try_transaction(session, migration, body, &finish).await else {
                return Ok(());
            };
            let error = match trouble {
                Trouble::Database(error) if error.is_lost() => return Err(Broken::Unclear(error)),
                Trouble::Database(error) => Some(error),
                Trouble::Stopped => None,
            };
            let rolled_back = session.roll_back().await;
            let Some(error) = error else { return Err(Broken::Stopped) };
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
        migration: Option<&Migration>,
        body: Option<&str>,
        finish: &impl Fn() -> String,
    ) -> Result<(), Met> {
        let prepared = self.until_commit(session, migration, body).await;
        // A silent session before its COMMIT was sent cannot commit any more.
        prepared.map_err(|met| if session.is_silent() { Met { trouble: Trouble::Stopped, ..met } } else { met })?;
        session.run(&format!("{}{}\ncommit;", self.be_oneself(), finish())).await.map_err(Met::ours)
    }

    async fn until_commit(
        &self,
        session: &mut Session,
        migration: Option<&Migration>,
        body: Option<&str>,
    ) -> Result<(), Met> {
        session.run(&self.begin(migration)).await.map_err(|trouble| Met::ours(trouble.or_not_alone()))?;
        if self.engine == Engine::Sqlite
            && let Some(migration) = migration
        {
            let held = session.rows(&format!("select {}", self.ledger.holds(migration))).await.map_err(Met::ours)?;
            if held.first().and_then(|row| row.first()).is_some_and(|value| value.as_deref() == Some("1")) {
                return Err(Met::ours(not_alone().into()));
            }
        }
        let Some(sql) = body else { return Ok(()) };
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
