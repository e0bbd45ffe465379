//! Did the last run record its end?

use ops_core::Check;

use crate::situation::Situation;

const ID: &str = "audit";

/// A run without an end is no failure: the ledger tells what it did, and the next run goes on from there.
pub(super) fn check(situation: &Situation<'_>) -> Check {
    let Some(facts) = situation.facts() else { return super::no_database(ID) };
    let Some(run) = &facts.unfinished else { return Check::pass(ID, "no run is without its end") };
    let who = [run.actor.as_str(), run.run_url.as_str()].into_iter().filter(|text| !text.is_empty());
    let who = who.collect::<Vec<_>>().join(", ");
    let by = if who.is_empty() { String::new() } else { format!(" ({who})") };
    Check::pass(
        ID,
        format!(
            "the run of {}{by} began and did not record its end: it is at work, or it was killed, and the next apply goes on \
             from what the ledger says",
            run.at
        ),
    )
    .with("unfinished", true)
}
