//! A statement that the server refuses inside a transaction: `CREATE INDEX CONCURRENTLY`, `VACUUM`.
//!
//! It is recorded when it begins and when it ends. What became of one that began and was not seen to end, the catalog tells.

use ops_database::catalog::{self, Index};
use ops_database::quote::identifier;
use ops_database::{DatabaseError, Engine};
use ops_migrations::statement::{self, Effect, Target};

use super::retry;
use super::session::{Session, Trouble};
use super::setting::Setting;
use super::transaction::Broken;

/// The object is not in the state that the statement promised.
const NOT_IN_PREREQUISITE_STATE: &str = "55000";

/// One such statement.
pub(super) struct Alone<'s> {
    pub(super) migration: &'s str,
    /// The number of the step, from 1.
    pub(super) step: usize,
    pub(super) sql: &'s str,
    pub(super) digest: &'s str,
    /// What an earlier run left of this step.
    pub(super) earlier: Earlier,
}

/// What is known of earlier tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Earlier {
    /// This step never began.
    Nothing,
    /// It began with other words.
    OtherWords,
    /// It began with these very words.
    Began,
}

impl Setting<'_> {
    /// Runs it, and again where only a lock was in the way.
    pub(super) async fn outside(&self, session: &mut Session, alone: &Alone<'_>) -> Result<(), Broken> {
        let target = statement::transactionless_target(alone.sql);
        let mut earlier = alone.earlier;
        let mut attempt = 0;
        loop {
            match self.try_outside(session, alone, target.as_ref(), &mut earlier).await {
                Ok(()) => return Ok(()),
                Err(Trouble::Stopped) => return Err(Broken::Stopped),
                Err(Trouble::Database(error)) if error.is_lost() => return Err(Broken::Unclear(error)),
                Err(Trouble::Database(error)) if error.is_contention() && attempt < self.policy.retries => {
                    attempt += 1;
                    tracing::info!(migration = alone.migration, attempt, %error, "a lock was in the way; trying again");
                    if session.pause(retry::pause(attempt)).await.is_err() {
                        return Err(Broken::Stopped);
                    }
                }
                Err(Trouble::Database(error)) => return Err(Broken::Refused { error, by_body: true }),
            }
        }
    }

    async fn try_outside(
        &self,
        session: &mut Session,
        alone: &Alone<'_>,
        target: Option<&Target>,
        earlier: &mut Earlier,
    ) -> Result<(), Trouble> {
        let record = |state: &str| self.bookkeeping.record(alone.migration, alone.step, alone.digest, state);
        session.run(&format!("{} {}", self.settings(), self.lock_again())).await.map_err(Trouble::or_not_alone)?;
        let found = match target {
            Some(target) => Some((target, look(session, target).await?)),
            None => None,
        };
        // Only what began here may be counted as this step's work: somebody else's index of that name is not it.
        let is_there = found.is_some_and(|(target, found)| has_effect(target.effect, found));
        if !(is_there && *earlier == Earlier::Began) {
            if let Some((target, Index::Invalid)) = found
                && target.effect == Effect::Creates
                && *earlier != Earlier::Nothing
            {
                session.run(&format!("drop index concurrently if exists {}", name(target))).await?;
            }
            session.run(&record(if is_there { "repeated" } else { "begun" })).await?;
            *earlier = if is_there { Earlier::OtherWords } else { Earlier::Began };
            session.run(alone.sql).await?;
            if let Some(target) = target.filter(|target| target.effect == Effect::Creates)
                && look(session, target).await? == Index::Invalid
            {
                return Err(left_invalid(target).into());
            }
        }
        session.run(&format!("{}{}", self.be_oneself(), record("done"))).await
    }

    /// The broken index that this statement left, if it did.
    pub(super) async fn broken_index(&self, session: &mut Session, sql: &str) -> Option<String> {
        if self.engine == Engine::Sqlite {
            return None;
        }
        let target = statement::transactionless_target(sql).filter(|target| target.effect == Effect::Creates)?;
        matches!(look(session, &target).await, Ok(Index::Invalid)).then(|| name(&target))
    }
}

async fn look(session: &mut Session, target: &Target) -> Result<Index, DatabaseError> {
    catalog::index(session.connection(), target.schema.as_deref(), &target.name).await
}

fn has_effect(effect: Effect, found: Index) -> bool {
    matches!((effect, found), (Effect::Creates, Index::Valid) | (Effect::Drops, Index::Absent))
}

fn name(target: &Target) -> String {
    let schema = target.schema.as_ref().map(|schema| format!("{}.", identifier(schema))).unwrap_or_default();
    format!("{schema}{}", identifier(&target.name))
}

/// `IF NOT EXISTS` passes over an index that an earlier build left broken, and calls that success.
fn left_invalid(target: &Target) -> DatabaseError {
    DatabaseError::Statement {
        code: NOT_IN_PREREQUISITE_STATE.to_owned(),
        message: format!("the index {} is there, but invalid: a build of it did not finish", name(target)),
        detail: Some(format!("drop index concurrently {}, so that it can be built", name(target))),
        position: None,
        after: None,
    }
}
