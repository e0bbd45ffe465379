//! Many databases: a few at a time, and what happens to the others when one fails.

use std::cell::Cell;
use std::future::Future;

use futures_util::stream::{self, StreamExt as _};
use ops_core::exit::Failure;
use ops_core::output::Output;
use ops_core::policy::{OnFailure, Runner};
use ops_core::{Check, Verdict};

use crate::situation::Inputs;
use crate::stop::Stop;
use crate::targets::Target;
use crate::told::Told;

const NOT_BEGUN: &str = "not begun";

/// The log, to which one target writes at a time.
pub(crate) type Shared<'o> = tokio::sync::Mutex<&'o mut Output>;

/// Does `work` for every database, whatever becomes of the others. The answers stand in the targets' order.
pub(crate) async fn each<'t, W, F>(inputs: &Inputs, targets: &'t [Target], work: W) -> Result<Vec<Told>, Failure>
where
    W: Fn(&'t Target) -> F,
    F: Future<Output = Result<Told, Failure>>,
{
    at_once(usize::from(inputs.policy.migrations.parallel.max(1)), targets, work).await
}

/// Does `work` for every database until one fails, if that is the policy, or the run is asked to stop. The others are told
/// as not begun.
pub(crate) async fn until_failure<'t, W, F>(
    inputs: &Inputs,
    targets: &'t [Target],
    stop: &Stop,
    work: W,
) -> Result<Vec<Told>, Failure>
where
    W: Fn(&'t Target) -> F,
    F: Future<Output = Result<Told, Failure>>,
{
    let policy = &inputs.policy.migrations;
    let width = match policy.runner {
        Runner::Builtin => usize::from(policy.parallel.max(1)),
        // What several foreign tools print at once, nobody can read.
        Runner::Command => 1,
    };
    let stop_early = policy.on_failure == OnFailure::Stop;
    let failed = Cell::new(false);
    let (failed, work) = (&failed, &work);
    at_once(width, targets, |target| async move {
        if stop.is_asked() {
            let check = Check::fail("apply", "not begun: this run was asked to stop", "run apply again");
            return Ok(Told::of_checks(vec![check], NOT_BEGUN));
        }
        if stop_early && failed.get() {
            return Ok(after_failure());
        }
        let told = work(target).await;
        if told.as_ref().map_or(true, |told| told.verdict != Verdict::Pass) {
            failed.set(true);
        }
        told
    })
    .await
}

async fn at_once<'t, W, F>(width: usize, targets: &'t [Target], work: W) -> Result<Vec<Told>, Failure>
where
    W: Fn(&'t Target) -> F,
    F: Future<Output = Result<Told, Failure>>,
{
    let work = &work;
    let told = stream::iter(targets).map(|target| async move {
        let told = match work(target).await {
            // What happened in the others must be told all the same.
            Err(failure) if targets.len() > 1 => unanswered(&failure),
            told => told?,
        };
        Ok(Told { target: target.name.clone(), ..told })
    });
    told.buffered(width).collect::<Vec<_>>().await.into_iter().collect()
}

fn unanswered(failure: &Failure) -> Told {
    let check = Check::fail("ledger", failure.to_string(), "put that right and run again");
    Told::of_checks(vec![check], "refused, nothing was changed")
}

fn after_failure() -> Told {
    let check = Check::unproven(
        "apply",
        "not begun: another database failed before (migrations.on_failure = \"stop\")",
        "put the failed one right and run apply again",
    );
    Told::of_checks(vec![check], NOT_BEGUN)
}
