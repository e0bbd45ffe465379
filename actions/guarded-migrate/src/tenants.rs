//! Many databases: a few at a time, and what happens to the others when one fails.

use std::cell::Cell;
use std::future::Future;

use futures_util::stream::{self, StreamExt as _};
use ops_core::exit::Failure;
use ops_core::policy::OnFailure;
use ops_core::{Check, Verdict};

use crate::situation::Inputs;
use crate::targets::Target;
use crate::told::Told;

/// Does `work` for every database, whatever becomes of the others. The answers stand in the targets' order.
pub(crate) async fn each<'t, W, F>(inputs: &Inputs, targets: &'t [Target], work: W) -> Result<Vec<Told>, Failure>
where
    W: Fn(&'t Target) -> F,
    F: Future<Output = Result<Told, Failure>>,
{
    let width = usize::from(inputs.policy.migrations.parallel.max(1));
    let work = &work;
    let told = stream::iter(targets).map(|target| async move {
        let told = work(target).await?;
        Ok(Told { target: target.name.clone(), ..told })
    });
    let told: Vec<Result<Told, Failure>> = told.buffered(width).collect().await;
    told.into_iter().collect()
}

/// Does `work` for every database until one fails, if that is the policy. The others are told as not begun.
pub(crate) async fn until_failure<'t, W, F>(
    inputs: &Inputs,
    targets: &'t [Target],
    work: W,
) -> Result<Vec<Told>, Failure>
where
    W: Fn(&'t Target) -> F,
    F: Future<Output = Result<Told, Failure>>,
{
    let stop_early = inputs.policy.migrations.on_failure == OnFailure::Stop;
    let failed = Cell::new(false);
    let (failed, work) = (&failed, &work);
    each(inputs, targets, |target| async move {
        if stop_early && failed.get() {
            return Ok(not_begun());
        }
        let told = work(target).await;
        if told.as_ref().map_or(true, |told| told.verdict != Verdict::Pass) {
            failed.set(true);
        }
        told
    })
    .await
}

fn not_begun() -> Told {
    let check = Check::unproven(
        "apply",
        "not begun, because another database failed before (migrations.on_failure = \"stop\")",
        "put the failed one right and run apply again",
    );
    Told::of_checks(vec![check], "not begun")
}
