//! The way to the lock: two looks, and nothing changed. The first look needs no lock; only the second one counts.

use ops_core::Check;
use ops_core::exit::Failure;
use ops_core::policy::Runner;
use ops_database::mutex::{Mutex, MutexError};
use ops_database::{Connection, DatabaseUrl, Open};
use ops_migrations::ledger::Ledger;

use crate::act::Held;
use crate::act::session::Session;
use crate::files::Files;
use crate::guard;
use crate::observe;
use crate::situation::{Inputs, Situation};
use crate::stop::Stop;
use crate::told::Told;

/// What a refused run says.
pub(crate) const REFUSED: &str = "refused, nothing was changed";

/// How far a run came before it changes anything.
pub(crate) enum Approach<'a> {
    /// There is nothing to do, or it may not be done.
    Over(Box<Told>),
    /// The lock is held.
    Locked(Box<Locked<'a>>),
}

/// What was seen under the lock, and the lock.
pub(crate) struct Locked<'a> {
    pub(crate) situation: Situation<'a>,
    pub(crate) checks: Vec<Check>,
    pub(crate) held: Held,
}

impl Approach<'_> {
    fn over(told: Told) -> Self {
        Self::Over(Box::new(told))
    }
}

/// Looks, takes the lock, and looks again.
pub(crate) async fn approach<'a>(
    inputs: &'a Inputs,
    files: &'a Files,
    url: &'a DatabaseUrl,
    stop: &Stop,
) -> Result<Approach<'a>, Failure> {
    let mut connection = match Connection::open(url, Open::Existing).await {
        Ok(connection) => connection,
        Err(error) => {
            let situation = observe::situation(inputs, files, Some(url), Some(Err(error)))
                .await
                .map_err(crate::unreadable_ledger)?;
            return Ok(Approach::over(refusal(&situation)));
        }
    };
    match first_look(inputs, files, url, &mut connection).await? {
        Err(told) => {
            connection.close().await;
            Ok(Approach::Over(told))
        }
        Ok(earlier) => locked(*earlier, url, connection, stop).await,
    }
}

/// The first look, before the lock: most refusals end here, and cost nobody a wait.
async fn first_look<'a>(
    inputs: &'a Inputs,
    files: &'a Files,
    url: &'a DatabaseUrl,
    connection: &mut Connection,
) -> Result<Result<Box<Situation<'a>>, Box<Told>>, Failure> {
    let situation =
        observe::situation(inputs, files, Some(url), Some(Ok(connection))).await.map_err(crate::unreadable_ledger)?;
    let checks = guard::questions(&situation);
    let Some(guarded) = guard::admit(&situation, &checks) else { return Ok(Err(Box::new(refusal(&situation)))) };
    if guarded.pending().is_empty() {
        return Ok(Err(Box::new(Told::of_situation(&situation, checks).headed("nothing to apply"))));
    }
    Ok(Ok(Box::new(situation)))
}

/// The second look, under the lock: the world may have moved while this run waited.
async fn locked<'a>(
    earlier: Situation<'a>,
    url: &'a DatabaseUrl,
    mut connection: Connection,
    stop: &Stop,
) -> Result<Approach<'a>, Failure> {
    let (inputs, files) = (earlier.inputs, earlier.files);
    let ledger =
        observe::ledger(&mut connection, inputs, files).await.map_err(|error| Failure::Input(error.to_string()))?;
    let keys = foreign_keys(inputs, &ledger, url);
    let patience = inputs.policy.migrations.lock_wait.as_std();
    let acquired = Mutex::acquire(&mut connection, &keys, patience).await;
    let situation = observe::situation_after(Some(earlier), inputs, files, Some(url), Some(Ok(&mut connection)))
        .await
        .map_err(crate::unreadable_ledger)?;
    let mut checks = guard::questions(&situation);
    match acquired {
        Ok(mutex) => {
            checks.push(Check::pass("lock", "this run alone holds the migration lock"));
            let held = Held { session: Session::new(connection, stop.clone()), mutex };
            Ok(Approach::Locked(Box::new(Locked { situation, checks, held })))
        }
        Err(error) => {
            checks.push(no_lock(&error));
            connection.close().await;
            Ok(Approach::over(Told::of_situation(&situation, checks).headed(REFUSED)))
        }
    }
}

/// The keys of the tool's own lock.
pub(crate) fn foreign_keys(inputs: &Inputs, ledger: &Ledger, url: &DatabaseUrl) -> Vec<i64> {
    match inputs.policy.migrations.runner {
        Runner::Builtin => ledger.advisory_keys(&url.database()),
        // The tool takes its own lock; holding it here would stop the very tool that this run starts.
        Runner::Command => Vec::new(),
    }
}

fn no_lock(error: &MutexError) -> Check {
    Check::fail(
        "lock",
        error.to_string(),
        "wait for the other run to end, or raise migrations.lock_wait, and run apply again",
    )
}

pub(crate) fn refusal(situation: &Situation<'_>) -> Told {
    Told::of_situation(situation, guard::questions(situation)).headed(REFUSED)
}
