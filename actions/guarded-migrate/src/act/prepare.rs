//! The first change to the database: the ledger and the bookkeeping, where they are missing, and the begin of the run.

use ops_core::policy::Runner;
use ops_database::DatabaseUrl;
use ops_migrations::ledger::create_schema;

use super::reopen::reopen;
use super::setting::Setting;
use super::transaction::{Broken, Work};
use super::{Halt, Held};
use crate::bookkeeping::Event;
use crate::situation::Facts;
use crate::stop::Stop;

/// Makes what is missing. It may run twice: what is there stays, and the run's begin is recorded once.
pub(crate) async fn prepare(
    setting: &Setting<'_>,
    facts: &Facts,
    url: &DatabaseUrl,
    stop: &Stop,
    mut held: Held,
) -> Result<Held, (Halt, Option<Held>)> {
    let ledger = match setting.policy.runner {
        Runner::Builtin => facts.missing_ledger(),
        // The tool makes its own.
        Runner::Command => String::new(),
    };
    // A role that may use the tables need not be allowed to make them.
    let bookkeeping = match setting.bookkeeping.exists(held.session.connection()).await {
        Ok(true) => String::new(),
        Ok(false) | Err(_) => setting.bookkeeping.create(),
    };
    let began = Event { event: "began", ..Event::default() };
    // Prisma makes the schema that its URL names.
    let schema = setting.schema.filter(|_| !ledger.is_empty()).map(create_schema).unwrap_or_default();
    let script = format!("{schema}{bookkeeping}{ledger}\n{}", setting.bookkeeping.append_once(setting.author, &began));
    let mut breaks = 0;
    loop {
        let error = match setting.transaction(&mut held.session, &Work::default(), || script.clone()).await {
            Ok(()) => return Ok(held),
            Err(Broken::Stopped) => return Err((Halt::stopped_early(), held.unless_silent())),
            Err(Broken::Refused { error, .. }) => return Err((Halt::unprepared(&error), held.unless_silent())),
            Err(Broken::Unclear(error)) => error,
        };
        held.abandon().await;
        let reopened = match reopen(url, setting, facts, stop).await {
            Ok(reopened) => reopened,
            Err(reason) => return Err((Halt::unprepared_and_lost(&error, &reason), None)),
        };
        let moved = reopened.was_moved(facts, &[], None);
        held = reopened.held;
        breaks += 1;
        if moved || breaks > setting.policy.retries {
            return Err((Halt::unprepared(&error), Some(held)));
        }
    }
}
