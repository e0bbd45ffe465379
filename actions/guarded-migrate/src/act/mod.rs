//! The only place where the database is changed: after the guard, under the lock.

pub(crate) mod command;
mod halt;
pub(crate) mod migration;
mod outside;
mod prepare;
mod reopen;
mod repeated;
pub(crate) mod retry;
pub(crate) mod session;
pub(crate) mod setting;
mod transaction;
pub(crate) mod verify;

use ops_database::DatabaseUrl;
use ops_database::mutex::Mutex;

pub(crate) use self::halt::Halt;
use self::migration::Failure;
pub(crate) use self::prepare::prepare;
use self::session::Session;
use self::setting::Setting;
use crate::guard::Guarded;
use crate::stop::Stop;

/// What became of the plan.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The migrations that are in the database now and were not before.
    pub(crate) applied: Vec<String>,
    /// What a foreign tool printed.
    pub(crate) transcript: Option<String>,
    /// What stopped the run.
    pub(crate) halt: Option<Halt>,
}

impl Outcome {
    fn halted(self, halt: Halt) -> Self {
        Self { halt: Some(halt), ..self }
    }
}

/// The session and the lock that a run holds.
pub(crate) struct Held {
    pub(crate) session: Session,
    pub(crate) mutex: Mutex,
}

impl Held {
    /// Gives both back.
    pub(crate) async fn release(mut self) {
        self.mutex.release(self.session.connection()).await;
        self.session.close().await;
    }

    /// Lets go of a session that broke off.
    async fn abandon(self) {
        self.session.close().await;
        drop(self.mutex);
    }

    /// Itself, unless its session would keep everybody waiting.
    fn unless_silent(self) -> Option<Self> {
        (!self.session.is_silent()).then_some(self)
    }
}

/// Applies the plan, migration by migration.
pub(crate) async fn apply(
    guarded: &Guarded<'_, '_>,
    setting: &Setting<'_>,
    url: &DatabaseUrl,
    stop: &Stop,
    mut held: Held,
) -> (Outcome, Option<Held>) {
    let mut outcome = Outcome::default();
    let facts = guarded.facts();
    let mut interrupted = facts.interrupted.clone();
    let mut breaks = 0;
    let mut queue = guarded.pending().iter();
    let mut next = queue.next();
    while let Some(pending) = next {
        let id = &pending.migration.id;
        let resume = interrupted.iter().find(|one| one.id == *id);
        let following = queue.clone().next().filter(|next| !interrupted.iter().any(|one| one.id == next.migration.id));
        match setting.apply(&mut held.session, pending, resume, following).await {
            Ok(()) => {
                tracing::info!(migration = id, "applied");
                outcome.applied.push(id.clone());
                next = queue.next();
            }
            Err(Failure::Stopped) => return (outcome.halted(Halt::stopped(id)), held.unless_silent()),
            Err(Failure::Refused { place, error, kept, broken_index }) => {
                let halt = Halt::refused(id, place, &error, kept, broken_index);
                return (outcome.halted(halt), held.unless_silent());
            }
            Err(Failure::Unclear(error)) => {
                tracing::warn!(migration = id, %error, "the session broke off; reading back what happened");
                held.abandon().await;
                breaks += 1;
                let reopened = match reopen::reopen(url, setting, facts, stop).await {
                    Ok(reopened) => reopened,
                    Err(reason) => return (outcome.halted(Halt::unknown(id, &error, &reason)), None),
                };
                let moved = reopened.was_moved(facts, &outcome.applied, Some(pending));
                if reopened.holds(id) {
                    outcome.applied.push(id.clone());
                    next = queue.next();
                }
                let is_applied = reopened.holds(id);
                held = reopened.held;
                interrupted = reopened.interrupted;
                if moved {
                    return (outcome.halted(Halt::overtaken(id, &error)), Some(held));
                }
                if !is_applied && breaks > setting.policy.retries {
                    return (outcome.halted(Halt::broken_off(id, &error, breaks)), Some(held));
                }
            }
        }
    }
    (outcome, Some(held))
}
