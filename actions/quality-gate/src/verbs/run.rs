//! `run`: every gate, judged.

use std::time::Duration;

use ops_core::exit::Failure;
use ops_core::output::Output;
use ops_core::{Finding, Verdict, process};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::commands;
use crate::gate::{Asked, Gate, Work};
use crate::judge::{Bench, Changes, Ratchet};
use crate::known::Known;
use crate::outcome::Outcome;
use crate::report::{Besides, Told};
use crate::schedule::{self, Done, How, Judged, Rules, Step};
use crate::settings::Inputs;
use crate::situation::Situation;

/// Runs the gates, tells of each as it ends, and judges them.
pub(crate) fn run(inputs: &Inputs, asked: Asked, output: &mut Output) -> Result<Told, Failure> {
    let known = Known::read(inputs)?;
    let besides = Besides {
        left_out: asked.left_out.clone(),
        not_taken: asked.not_taken.clone(),
        replaced: asked.replaced.clone(),
    };
    let ratchet = Ratchet::read(inputs.ratchet(), &inputs.root.join(inputs.ratchet()))?;
    let judged = run_all(inputs, asked, &known, Some(&ratchet), output)?;
    let mut findings: Vec<Finding> = judged.iter().flat_map(|judged| judged.outcome.findings.clone()).collect();
    findings.iter_mut().for_each(|finding| finding.waived_by = None);
    let everything_ran = besides.left_out.is_empty() && judged.iter().all(|judged| judged.how == How::Ran);
    let said = known.excuse_all(&mut findings, everything_ran);
    findings.extend(said);
    // A type error is found by the build too, and told once.
    findings.sort_by(|a, b| (&a.place, &a.rule, &a.message).cmp(&(&b.place, &b.rule, &b.message)));
    findings.dedup();
    Ok(Told::judged(judged, findings, &besides))
}

/// Runs the gates, whose findings are marked where they are known.
pub(crate) fn run_all(
    inputs: &Inputs,
    asked: Asked,
    known: &Known<'_>,
    ratchet: Option<&Ratchet>,
    output: &mut Output,
) -> Result<Vec<Judged>, Failure> {
    process::tree::adopt();
    let watch = asked.gates.iter().any(|gate| matches!(gate.work, Work::Command(_))).then(process::watch::Watch::begin);
    let (asker, stop) = watch::channel(false);
    let listener = listen(asker)?;
    let situation = Situation { stop: Some(stop.clone()), ..inputs.situation() };
    let changes = Changes::of(&situation);
    let bench = Bench { inputs, known, changes: &changes, ratchet };
    let scratch = scratch(inputs)?;
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let rules = Rules {
        parallel: inputs.policy.gates.parallel.map_or(cores, usize::from),
        fail_fast: inputs.policy.gates.fail_fast,
    };
    let work = |gate: &Gate| {
        let silent = |outcome| Done { outcome, printed: String::new() };
        let mut done = match &gate.work {
            Work::Command(command) => {
                return commands::run(gate, command, &bench, scratch.path(), situation.stopped());
            }
            Work::BuiltIn(built_in) => {
                silent((built_in.check)(&situation).filter(|outcome| !inputs.is_beside_the_point(outcome)))
            }
            Work::Impossible { reason, next } => silent(Some(Outcome::unproven(reason, next))),
            Work::Skipped => silent(Some(Outcome::unproven("skipped", "run it"))),
        };
        done.outcome = done.outcome.map(|mut outcome| {
            known.excuse(&mut outcome.findings);
            outcome.excused()
        });
        done
    };
    let judged = schedule::run(asked.gates, &rules, work, || *stop.borrow(), |step| tell(&step, output));
    drop(watch);
    let left = listener.block_on(process::tree::end_descendants());
    if !left.is_empty() {
        tracing::warn!("ended what gates had left running: {}", left.join(", "));
    }
    listener.shutdown_timeout(Duration::ZERO);
    Ok(judged)
}

/// A folder for reports, outside of the repository.
fn scratch(inputs: &Inputs) -> Result<tempfile::TempDir, Failure> {
    let place = inputs.variables.get("RUNNER_TEMP").map_or_else(std::env::temp_dir, std::path::PathBuf::from);
    let folder = tempfile::Builder::new().prefix("quality-gate-").tempdir_in(&place);
    folder.map_err(|error| Failure::Unexpected(format!("no folder can be made in {}: {error}", place.display())))
}

/// Hears SIGINT and SIGTERM from now on, on a thread of its own.
fn listen(asker: watch::Sender<bool>) -> Result<tokio::runtime::Runtime, Failure> {
    let failed = |error: std::io::Error| Failure::Unexpected(format!("the runtime cannot start: {error}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(failed)?;
    let _guard = runtime.enter();
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    runtime.spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        asker.send_replace(true);
        // Dropping the sender would end the wait of whoever has not looked yet.
        std::future::pending::<()>().await;
    });
    drop(_guard);
    Ok(runtime)
}

fn tell(step: &Step<'_>, output: &mut Output) {
    match step {
        Step::Begins(gate) => output.section(&format!("… {} begins", gate.id), "", false),
        Step::Waits(running) => {
            let running = running.iter().map(|(id, since)| format!("{id} {} s", since.elapsed().as_secs()));
            output.progress(&format!("… {}", running.collect::<Vec<_>>().join(", ")));
        }
        Step::Ended(judged, printed) => {
            let Judged { gate, outcome, duration, how } = judged;
            let time = if *how == How::Ran { format!(" ({:.1} s)", duration.as_secs_f64()) } else { String::new() };
            let title = format!("{} {}{time}: {}", outcome.verdict.sign(), gate.id, outcome.summary);
            output.section(&title, printed, outcome.verdict != Verdict::Pass);
        }
    }
}
