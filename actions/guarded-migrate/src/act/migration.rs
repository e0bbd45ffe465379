//! One migration: in one transaction together with its row in the ledger, or step by step with its progress recorded.

use std::time::Instant;

use ops_core::Place;
use ops_database::DatabaseError;
use ops_migrations::ledger::Stamp;
use ops_migrations::steps::Step;

use super::outside::{Alone, Earlier};
use super::session::Session;
use super::setting::Setting;
use super::transaction::{Broken, Work};
use crate::bookkeeping::Interrupted;
use crate::pending::{Pending, sha256};

/// Why a migration was not applied, and what is left of it.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The database refused a statement. Nothing of the transaction is left; steps that ended before it are.
    Refused {
        place: Place,
        error: DatabaseError,
        /// Steps that stay committed.
        kept: usize,
        /// An index whose build broke off.
        broken_index: Option<String>,
    },
    /// The session broke off: whether the last write happened must be read back.
    Unclear(DatabaseError),
    /// The run was asked to stop. Nothing of the transaction is left.
    Stopped,
}

impl Failure {
    /// `kept` counts the steps that stay committed; `step` is the one that ran.
    fn of(broken: Broken, pending: &Pending<'_>, step: Option<&Step>, kept: usize) -> Self {
        match broken {
            Broken::Stopped => Self::Stopped,
            Broken::Unclear(error) => Self::Unclear(error),
            Broken::Refused { error, by_body } => {
                let sent_from = step.filter(|_| by_body).map(|step| step.sql.start);
                Self::Refused { place: locate(pending, sent_from, &error), error, kept, broken_index: None }
            }
        }
    }
}

impl Setting<'_> {
    /// Applies one migration. `resume` is what a killed run left of it; `following` is the next one, if nothing is left of that.
    pub(crate) async fn apply(
        &self,
        session: &mut Session,
        pending: &Pending<'_>,
        resume: Option<&Interrupted>,
        following: Option<&Pending<'_>>,
    ) -> Result<(), Failure> {
        if pending.is_atomic() && resume.is_none() {
            let following = following.filter(|following| following.is_atomic());
            self.apply_atomically(session, pending, following).await
        } else {
            self.apply_in_steps(session, pending, resume).await
        }
    }

    async fn apply_atomically(
        &self,
        session: &mut Session,
        pending: &Pending<'_>,
        following: Option<&Pending<'_>>,
    ) -> Result<(), Failure> {
        let migration = pending.migration;
        let step = pending.steps.first();
        let started = Instant::now();
        let finish = || {
            let stamp = Stamp::now(started.elapsed());
            format!("{}\n{}", self.ledger.succeed(migration, &stamp, &texts(pending)), self.applied(pending))
        };
        let work = Work {
            migration: Some(migration),
            body: step.map(|step| pending.step_sql(step)),
            modes: step.map(|step| pending.transaction_modes(step)).unwrap_or_default(),
            is_whole: true,
            following: following
                .filter(|following| !following.has_transaction_modes())
                .map(|following| following.migration),
        };
        self.transaction(session, &work, finish).await.map_err(|broken| Failure::of(broken, pending, step, 0))
    }

    async fn apply_in_steps(
        &self,
        session: &mut Session,
        pending: &Pending<'_>,
        resume: Option<&Interrupted>,
    ) -> Result<(), Failure> {
        let started = Instant::now();
        let done = resume.map_or(0, |interrupted| interrupted.done.len());
        let begin = || self.beginning(pending, resume, started);
        self.transaction(session, &Work::of(pending.migration), begin)
            .await
            .map_err(|broken| Failure::of(broken, pending, None, done))?;

        for (index, step) in pending.steps.iter().enumerate().skip(done) {
            let result = self.apply_step(session, pending, index, step, resume.filter(|_| index == done)).await;
            if let Err(Failure::Refused { error, .. }) = &result {
                self.record_failure(session, pending, error).await;
            }
            result?;
        }

        let id = &pending.migration.id;
        let finish = || {
            let stamp = Stamp::now(started.elapsed());
            format!(
                "{}\n{}{}",
                self.ledger.finish(pending.migration, &stamp, &texts(pending)),
                self.applied(pending),
                self.bookkeeping.forget(id)
            )
        };
        let ended = self.transaction(session, &Work::of(pending.migration), finish).await;
        ended.map_err(|broken| Failure::of(broken, pending, None, pending.steps.len()))
    }

    /// What is written before the first step of a run. Progress of a time that the ledger no longer knows is forgotten.
    fn beginning(&self, pending: &Pending<'_>, resume: Option<&Interrupted>, started: Instant) -> String {
        let migration = pending.migration;
        let before = match resume {
            Some(_) => self.ledger.mark_rolled_back(migration).unwrap_or_default(),
            None => self.bookkeeping.forget(&migration.id),
        };
        let start = self.ledger.start(migration, &Stamp::now(started.elapsed())).unwrap_or_default();
        let row = self.ledger.open_row(&migration.id);
        let record = self.bookkeeping.record_beginning(&migration.id, &sha256(&migration.source), row.as_deref());
        format!("{before}{start}{record}")
    }

    /// `resume` tells of this very step.
    async fn apply_step(
        &self,
        session: &mut Session,
        pending: &Pending<'_>,
        index: usize,
        step: &Step,
        resume: Option<&Interrupted>,
    ) -> Result<(), Failure> {
        let (id, sql) = (&pending.migration.id, pending.step_sql(step));
        let digest = sha256(sql);
        if step.transactional {
            let record = || {
                let progress = self.ledger.progress(pending.migration, index + 1).unwrap_or_default();
                format!("{}{progress}", self.bookkeeping.record(id, index + 1, &digest, "done"))
            };
            let modes = pending.transaction_modes(step);
            let work = Work { body: Some(sql), modes, ..Work::of(pending.migration) };
            let ended = self.transaction(session, &work, record).await;
            return ended.map_err(|broken| Failure::of(broken, pending, Some(step), index));
        }
        let earlier = match resume.and_then(|interrupted| interrupted.begun.as_ref()) {
            None => Earlier::Nothing,
            Some(begun) if *begun == digest => Earlier::Began,
            Some(_) => Earlier::OtherWords,
        };
        let alone = Alone { migration: id, step: index + 1, sql, digest: &digest, earlier };
        let Err(broken) = self.outside(session, &alone).await else { return Ok(()) };
        let mut failure = Failure::of(broken, pending, Some(step), index);
        if let Failure::Refused { broken_index, .. } = &mut failure {
            *broken_index = self.broken_index(session, sql).await;
        }
        Err(failure)
    }

    /// Tells the ledger why, where its tool keeps such a thing. The refusal itself is told anyway.
    async fn record_failure(&self, session: &mut Session, pending: &Pending<'_>, error: &DatabaseError) {
        if let Some(fail) = self.ledger.fail(pending.migration, &error.to_string())
            && let Err(trouble) = session.run(&format!("{} {fail}", self.settings())).await
        {
            tracing::warn!(?trouble, "the failure could not be recorded in the ledger");
        }
    }
}

/// The statements as the file has them.
fn texts<'a>(pending: &Pending<'a>) -> Vec<&'a str> {
    pending.statements.iter().filter_map(|one| pending.migration.source.get(one.range.clone())).collect()
}

/// The place of an error in the file: the server counts characters from 1 in the text that was sent. Where it names no
/// place, as for an error of the data, it is the statement after those that ended well.
fn locate(pending: &Pending<'_>, sent_from: Option<usize>, error: &DatabaseError) -> Place {
    let Some(start) = sent_from else { return Place::file(&*pending.migration.path) };
    let sent = pending.migration.source.get(start..).unwrap_or_default();
    let range = match error {
        DatabaseError::Statement { position: Some(position), .. } => {
            let offset = sent.char_indices().nth(position.saturating_sub(1)).map_or(sent.len(), |(offset, _)| offset);
            start + offset..start + offset
        }
        DatabaseError::Statement { after: Some(after), .. } => {
            let mut statements = pending.statements.iter().filter(|statement| statement.range.start >= start);
            statements.nth(*after).map_or(start..start, |statement| statement.range.clone())
        }
        _ => start..start,
    };
    pending.place(&range)
}
