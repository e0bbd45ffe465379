//! Gates as a graph: each begins when what it needs has passed, as many at once as there are cores.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use ops_core::Verdict;
use ops_core::policy::OnUnproven;
use ops_core::words::all_of;

use crate::gate::{Gate, Work};
use crate::outcome::Outcome;

/// How often is told what runs.
const MOMENT: Duration = Duration::from_secs(1);

/// A gate and what it came to.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) gate: Gate,
    pub(crate) outcome: Outcome,
    pub(crate) duration: Duration,
    pub(crate) how: How,
}

/// What became of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Ran,
    /// It was left out, or something stood in its way.
    NotRun,
    /// There was nothing for it to look at, so it has no part in the verdict.
    NotAsked,
}

impl Judged {
    /// The gate's part in the verdict of the run.
    pub(crate) fn weight(&self) -> Verdict {
        match (self.outcome.verdict, self.gate.on_unproven) {
            (Verdict::Unproven, OnUnproven::Pass) => Verdict::Pass,
            (verdict, _) => verdict,
        }
    }
}

/// How gates are run.
pub(crate) struct Rules {
    /// How many at once.
    pub(crate) parallel: usize,
    /// Whether none begins after one failed.
    pub(crate) fail_fast: bool,
}

/// What happens while gates run.
pub(crate) enum Step<'a> {
    /// Its program begins.
    Begins(&'a Gate),
    /// Nothing happens: these run, each with the time that it takes so far.
    Waits(&'a [(String, Instant)]),
    /// It has ended, and this is what it printed.
    Ended(&'a Judged, &'a str),
}

/// What a gate gives back: what it came to, none where there was nothing to look at, and what it printed.
pub(crate) struct Done {
    pub(crate) outcome: Option<Outcome>,
    pub(crate) printed: String,
}

/// Runs the gates with `work` and tells `tell` of each step, in the order in which they happen. Returns them in their own order.
///
/// `is_over` says whether the run was asked to stop: then no further gate begins.
pub(crate) fn run(
    gates: Vec<Gate>,
    rules: &Rules,
    work: impl Fn(&Gate) -> Done + Sync,
    is_over: impl Fn() -> bool,
    mut tell: impl FnMut(Step<'_>),
) -> Vec<Judged> {
    let mut waiting: Vec<(usize, Gate)> = gates.into_iter().enumerate().collect();
    let mut ended: BTreeMap<usize, Judged> = BTreeMap::new();
    let work = &work;
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let mut running: Vec<(String, Instant)> = Vec::new();
        loop {
            // What cannot run any more is settled first, since others may wait for it.
            while let Some((place, judged)) = settle(&mut waiting, &ended, rules, is_over()) {
                tell(Step::Ended(&judged, ""));
                ended.insert(place, judged);
            }
            while running.len() < rules.parallel
                && let Some(position) = waiting.iter().position(|(_, gate)| is_ready(gate, &ended))
            {
                let (place, gate) = waiting.remove(position);
                if matches!(gate.work, Work::Command(_)) {
                    tell(Step::Begins(&gate));
                }
                let sender = sender.clone();
                running.push((gate.id.clone(), Instant::now()));
                scope.spawn(move || {
                    let began = Instant::now();
                    let done = work(&gate);
                    // The receiver lives as long as the scope.
                    let _ = sender.send((place, gate, done, began.elapsed()));
                });
            }
            if running.is_empty() {
                break;
            }
            let (place, gate, done, duration) = match receiver.recv_timeout(MOMENT) {
                Ok(ended) => ended,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    tell(Step::Waits(&running));
                    continue;
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            };
            running.retain(|(id, _)| *id != gate.id);
            let how = if done.outcome.is_some() { How::Ran } else { How::NotAsked };
            let outcome = done.outcome.unwrap_or_else(|| Outcome::pass("nothing to look at"));
            let judged = Judged { outcome: strict(outcome, gate.on_unproven), gate, duration, how };
            if how == How::Ran {
                tell(Step::Ended(&judged, &done.printed));
            }
            ended.insert(place, judged);
        }
    });
    ended.into_values().filter(|judged| judged.how != How::NotAsked).collect()
}

fn strict(outcome: Outcome, on_unproven: OnUnproven) -> Outcome {
    if outcome.verdict == Verdict::Unproven && on_unproven == OnUnproven::Fail {
        return Outcome {
            verdict: Verdict::Fail,
            summary: format!("could not be judged: {}", outcome.summary),
            ..outcome
        };
    }
    outcome
}

fn of<'e>(id: &str, ended: &'e BTreeMap<usize, Judged>) -> Option<&'e Judged> {
    ended.values().find(|judged| judged.gate.id == id)
}

fn is_ready(gate: &Gate, ended: &BTreeMap<usize, Judged>) -> bool {
    gate.needs.iter().all(|need| of(need, ended).is_some())
}

/// A gate that will not run, with the reason.
fn settle(
    waiting: &mut Vec<(usize, Gate)>,
    ended: &BTreeMap<usize, Judged>,
    rules: &Rules,
    is_over: bool,
) -> Option<(usize, Judged)> {
    let failed = ended.values().find(|judged| judged.weight() == Verdict::Fail);
    let stop = failed.filter(|_| rules.fail_fast);
    let reason = |gate: &Gate| {
        if let Work::Skipped = gate.work {
            return Some(Outcome::unproven("skipped by --skip", format!("run the gate `{}` too", gate.id)));
        }
        if is_over {
            return Some(Outcome::unproven("not run, since the run was cancelled", "run it again"));
        }
        let bad: Vec<String> = (gate.needs.iter())
            .filter_map(|need| of(need, ended).filter(|judged| judged.stands_in_the_way()))
            .map(|judged| format!("{} {}", judged.gate.id, verb(judged)))
            .collect();
        if !bad.is_empty() {
            let next = format!("mend what it needs: {}", all_of(&gate.needs));
            return Some(Outcome::unproven(format!("not run, since {}", all_of(bad)), next));
        }
        // What is built in takes no time worth saving.
        let failed = stop.filter(|_| !gate.is_built_in())?;
        let next = format!("mend `{}`; the policy's fail_fast ends the run after the first failure", failed.gate.id);
        Some(Outcome::unproven(format!("not run, since {} failed", failed.gate.id), next))
    };
    let (position, outcome) =
        waiting.iter().enumerate().find_map(|(position, (_, gate))| Some((position, reason(gate)?)))?;
    let (place, gate) = waiting.remove(position);
    let outcome = strict(outcome, gate.on_unproven);
    Some((place, Judged { gate, outcome, duration: Duration::ZERO, how: How::NotRun }))
}

fn verb(judged: &Judged) -> &'static str {
    match judged.outcome.verdict {
        Verdict::Fail => "failed",
        _ if judged.how == How::Ran => "is unproven",
        _ => "was not run",
    }
}

impl Judged {
    /// Whether what needs it may not run. A skipped gate was done elsewhere: whoever skips it says so.
    fn stands_in_the_way(&self) -> bool {
        !matches!(self.gate.work, Work::Skipped) && self.weight() != Verdict::Pass
    }
}
