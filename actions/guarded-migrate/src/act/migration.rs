//! One migration: in one transaction together with its row in the ledger, or step by step with its progress recorded.

use ops_core::Place;
use ops_database::catalog::{self, Index};
use ops_database::quote::{identifier, literal};
use ops_database::server::reset_settings;
use ops_database::{DatabaseError, Engine};
use ops_migrations::ledger::{Ledger, Stamp};
use ops_migrations::statement;
use ops_migrations::steps::Step;

use super::retry;
use super::session::{Session, Trouble};
use crate::bookkeeping::{Author, Bookkeeping, Event, Interrupted};
use crate::pending::{Pending, sha256};

/// What every migration of a run shares.
pub(crate) struct Setting<'a> {
    pub(crate) engine: Engine,
    pub(crate) ledger: &'a Ledger,
    pub(crate) bookkeeping: &'a Bookkeeping,
    pub(crate) author: &'a Author,
    pub(crate) policy: &'a ops_core::policy::Migrations,
    /// The schema that unqualified names go to, where the URL names one.
    pub(crate) schema: Option<&'a str>,
    pub(crate) database_name: String,
}

/// Why a migration was not applied, and what is left of it.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The database refused a statement. Nothing of the transaction is left; steps that ended before it are.
    Refused {
        place: Place,
        error: DatabaseError,
        /// Steps that stay committed.
        kept: usize,
    },
    /// The session broke off: whether the last write happened must be read back.
    Unclear(DatabaseError),
    /// The run was asked to stop. Nothing of the transaction is left.
    Stopped,
}

impl Setting<'_> {
    /// Applies one migration. `resume` is what a killed run left of it.
    pub(crate) async fn apply(
        &self,
        session: &mut Session,
        pending: &Pending<'_>,
        resume: Option<&Interrupted>,
    ) -> Result<(), Failure> {
        if pending.is_atomic() && resume.is_none() {
            self.apply_atomically(session, pending).await
        } else {
            self.apply_in_steps(session, pending, resume).await
        }
    }

    async fn apply_atomically(&self, session: &mut Session, pending: &Pending<'_>) -> Result<(), Failure> {
        let migration = pending.migration;
        let step = pending.steps.first();
        let started = std::time::Instant::now();
        let finish = || {
            let texts: Vec<&str> =
                pending.statements.iter().filter_map(|one| migration.source.get(one.range.clone())).collect();
            let stamp = Stamp::now(started.elapsed());
            format!("{}\n{}", self.ledger.succeed(migration, &stamp, &texts), self.applied(pending))
        };
        self.transaction(session, pending, step, 0, finish).await
    }

    /// Runs one step in a transaction, closed by the SQL that `finish` makes, and again where only a lock was in the way.
    async fn transaction(
        &self,
        session: &mut Session,
        pending: &Pending<'_>,
        step: Option<&Step>,
        kept: usize,
        finish: impl Fn() -> String,
    ) -> Result<(), Failure> {
        let body = step.map(|step| step.sql.clone());
        let mut attempt = 0;
        loop {
            let trouble = match self.try_transaction(session, pending, body.clone(), &finish).await {
                Ok(()) => return Ok(()),
                Err(trouble) => trouble,
            };
            match trouble {
                (Trouble::Stopped, _) => {
                    session.roll_back().await;
                    return Err(Failure::Stopped);
                }
                (Trouble::Database(error @ (DatabaseError::Lost { .. } | DatabaseError::Unreachable { .. })), _) => {
                    return Err(Failure::Unclear(error));
                }
                (Trouble::Database(error), offset) => {
                    session.roll_back().await;
                    if error.is_contention() && attempt < self.policy.retries {
                        attempt += 1;
                        tracing::info!(migration = pending.migration.id, attempt, %error, "a lock was in the way; trying again");
                        if session.pause(retry::pause(attempt)).await.is_err() {
                            return Err(Failure::Stopped);
                        }
                        continue;
                    }
                    return Err(Failure::Refused { place: locate(pending, offset, &error), error, kept });
                }
            }
        }
    }

    /// One try. With the trouble comes where the text that was sent begins in the file, if it is the file's.
    async fn try_transaction(
        &self,
        session: &mut Session,
        pending: &Pending<'_>,
        body: Option<std::ops::Range<usize>>,
        finish: &impl Fn() -> String,
    ) -> Result<(), (Trouble, Option<usize>)> {
        let ours = |trouble| (trouble, None);
        session.run(&self.begin()).await.map_err(ours)?;
        if let Some(range) = body {
            let before = self.foreign_key_violations(session).await.map_err(ours)?;
            let sql = pending.migration.source.get(range.clone()).unwrap_or_default();
            session.run(sql).await.map_err(|trouble| (trouble, Some(range.start)))?;
            if self.foreign_key_violations(session).await.map_err(ours)? > before {
                let error = DatabaseError::Statement {
                    code: "787".to_owned(),
                    message: "the migration leaves rows whose foreign keys lead nowhere".to_owned(),
                    detail: Some("pragma foreign_key_check lists them".to_owned()),
                    position: None,
                };
                return Err((Trouble::Database(error), Some(range.start)));
            }
        }
        session.run(&format!("{}\ncommit;", finish())).await.map_err(ours)
    }

    async fn apply_in_steps(
        &self,
        session: &mut Session,
        pending: &Pending<'_>,
        resume: Option<&Interrupted>,
    ) -> Result<(), Failure> {
        let migration = pending.migration;
        let started = std::time::Instant::now();
        let done = resume.map_or(0, |interrupted| interrupted.done.len());
        let begin = || {
            let again = if resume.is_some() {
                self.ledger.mark_rolled_back(migration).unwrap_or_default()
            } else {
                String::new()
            };
            let start = self.ledger.start(migration, &Stamp::now(started.elapsed())).unwrap_or_default();
            format!(
                "{}{again}\n{start}",
                self.bookkeeping.record(&migration.id, 0, &sha256(&migration.source), "begun")
            )
        };
        self.transaction(session, pending, None, done, begin).await?;

        for (index, step) in pending.steps.iter().enumerate().skip(done) {
            let digest = sha256(pending.step_sql(step));
            let record = || self.bookkeeping.record(&migration.id, index + 1, &digest, "done");
            let result = if step.transactional {
                self.transaction(session, pending, Some(step), index, record).await
            } else {
                let begun = resume.is_some_and(|interrupted| interrupted.begun.as_ref() == Some(&digest));
                self.outside(session, pending, step, index, &digest, begun).await
            };
            if let Err(Failure::Refused { error, .. }) = &result
                && let Some(fail) = self.ledger.fail(migration, &error.to_string())
                && let Err(trouble) = session.run(&fail).await
            {
                tracing::warn!(?trouble, "the failure could not be recorded in the ledger");
            }
            result?;
        }

        let finish = || {
            let texts: Vec<&str> =
                pending.statements.iter().filter_map(|one| migration.source.get(one.range.clone())).collect();
            let stamp = Stamp::now(started.elapsed());
            format!(
                "{}\n{}{}",
                self.ledger.finish(migration, &stamp, &texts),
                self.applied(pending),
                self.bookkeeping.forget(&migration.id)
            )
        };
        self.transaction(session, pending, None, pending.steps.len(), finish).await
    }

    /// Runs a statement that the server refuses inside a transaction.
    async fn outside(
        &self,
        session: &mut Session,
        pending: &Pending<'_>,
        step: &Step,
        index: usize,
        digest: &str,
        begun: bool,
    ) -> Result<(), Failure> {
        let sql = pending.step_sql(step);
        let id = &pending.migration.id;
        let refused = |error: DatabaseError| Failure::Refused {
            place: locate(pending, Some(step.sql.start), &error),
            error,
            kept: index,
        };
        let target = statement::transactionless_target(sql);
        let mut judge = begun;
        let mut attempt = 0;
        loop {
            let result = async {
                session.run(&self.settings()).await?;
                let finished = judge && self.is_done(session, target.as_ref()).await?;
                if !finished {
                    session.run(&self.bookkeeping.record(id, index + 1, digest, "begun")).await?;
                    session.run(sql).await?;
                }
                session.run(&self.bookkeeping.record(id, index + 1, digest, "done")).await
            }
            .await;
            judge = true;
            match result {
                Ok(()) => return Ok(()),
                Err(Trouble::Stopped) => return Err(Failure::Stopped),
                Err(Trouble::Database(error @ (DatabaseError::Lost { .. } | DatabaseError::Unreachable { .. }))) => {
                    return Err(Failure::Unclear(error));
                }
                Err(Trouble::Database(error)) if error.is_contention() && attempt < self.policy.retries => {
                    attempt += 1;
                    if session.pause(retry::pause(attempt)).await.is_err() {
                        return Err(Failure::Stopped);
                    }
                }
                Err(Trouble::Database(error)) => return Err(refused(error)),
            }
        }
    }

    /// Asks the catalog whether a statement that began was finished, and clears away what a broken build left.
    async fn is_done(&self, session: &mut Session, target: Option<&statement::Target>) -> Result<bool, Trouble> {
        let Some(target) = target else { return Ok(false) };
        let found = catalog::index(session.connection(), target.schema.as_deref(), &target.name).await?;
        Ok(match (target.effect, found) {
            (statement::Effect::Creates, Index::Valid) | (statement::Effect::Drops, Index::Absent) => true,
            (statement::Effect::Creates, Index::Invalid) => {
                let schema =
                    target.schema.as_ref().map(|schema| format!("{}.", identifier(schema))).unwrap_or_default();
                session.run(&format!("drop index concurrently if exists {schema}{}", identifier(&target.name))).await?;
                false
            }
            _ => false,
        })
    }

    /// Rows whose foreign keys lead nowhere. PostgreSQL checks by itself.
    async fn foreign_key_violations(&self, session: &mut Session) -> Result<usize, Trouble> {
        match self.engine {
            Engine::Postgres => Ok(0),
            Engine::Sqlite => Ok(session.rows("pragma foreign_key_check").await?.len()),
        }
    }

    /// The line of the audit trail that belongs to the row in the ledger.
    pub(crate) fn applied(&self, pending: &Pending<'_>) -> String {
        let digest = sha256(&pending.migration.source);
        let event =
            Event { event: "applied", migration: Some(&pending.migration.id), digest: Some(&digest), note: None };
        self.bookkeeping.append(self.author, &event)
    }

    fn begin(&self) -> String {
        match self.engine {
            Engine::Postgres => format!("{} begin;", self.settings()),
            Engine::Sqlite => format!("{} begin immediate;", self.settings()),
        }
    }

    /// What each migration starts with, whatever the one before it left set.
    fn settings(&self) -> String {
        let (lock, statement) = (self.policy.lock_timeout.as_millis(), self.policy.statement_timeout.as_millis());
        match self.engine {
            Engine::Postgres => format!(
                "{} set lock_timeout = {}; set statement_timeout = {};",
                reset_settings(self.schema),
                literal(&format!("{lock}ms")),
                literal(&format!("{statement}ms"))
            ),
            Engine::Sqlite => format!("pragma busy_timeout = {lock};"),
        }
    }
}

/// The place of an error in the file: the server counts characters from 1 in the text that was sent.
fn locate(pending: &Pending<'_>, sent_from: Option<usize>, error: &DatabaseError) -> Place {
    let Some(start) = sent_from else { return Place::file(&*pending.migration.path) };
    let position = match error {
        DatabaseError::Statement { position: Some(position), .. } => position.saturating_sub(1),
        _ => return pending.place(&(start..start)),
    };
    let sent = pending.migration.source.get(start..).unwrap_or_default();
    let offset = sent.char_indices().nth(position).map_or(sent.len(), |(offset, _)| offset);
    pending.place(&(start + offset..start + offset))
}
