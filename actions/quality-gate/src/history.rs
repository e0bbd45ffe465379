//! What earlier runs came to: how long each gate took, and where it could not make up its mind.
//!
//! The file is a line of JSON for each run, the oldest first, after a line that says what it is. Only the last
//! [`MOST_RUNS`] are kept. It is written as a whole or not at all.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use ops_core::Verdict;
use ops_core::exit::Failure;
use serde::{Deserialize, Serialize};

use crate::gate::Work;
use crate::schedule::{How, Judged};

/// More runs are not kept.
const MOST_RUNS: usize = 200;
/// A larger file was not written by this program, in bytes.
const LARGEST: u64 = 64 << 20;
/// The first line, without its end.
const FIRST: &str = r#"{"quality-gate":"history","schema":1}"#;

/// Earlier runs, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct History {
    runs: Vec<Run>,
}

/// One run. A gate has a part in it where its program ran and could be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    at: Timestamp,
    commit: Option<String>,
    gates: BTreeMap<String, Kept>,
}

/// A gate of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    verdict: Verdict,
    duration_ms: u64,
    /// How many tests failed first and passed then.
    #[serde(default)]
    flaky: u64,
}

/// What the runs of a gate tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Told {
    /// How many there are.
    pub(crate) runs: usize,
    /// No more than one in twenty took longer.
    pub(crate) p95_ms: u64,
    /// In how many of them it was flaky: a test passed only when it was tried again, or the gate failed and passed in another run
    /// of the same commit.
    pub(crate) flaky: usize,
}

impl History {
    /// Reads the file. One that is not there is the beginning of a history.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let refuse = |reason: String| {
            Failure::Input(format!(
                "{} {reason}; name another file with --history, or remove it to begin anew",
                path.display()
            ))
        };
        let text = match std::fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Ok(file) if file.len() > LARGEST => return Err(refuse(format!("has more than {LARGEST} bytes"))),
            _ => std::fs::read_to_string(path).map_err(|error| refuse(format!("cannot be read: {error}")))?,
        };
        Self::parse(&text)
            .map_err(|line| refuse(format!("is no history of quality-gate: line {line} is none of its lines")))
    }

    /// The number of the line that is wrong, where one is.
    fn parse(text: &str) -> Result<Self, usize> {
        let mut lines = text.lines();
        if lines.next() != Some(FIRST) {
            return Err(1);
        }
        let run = |(index, line): (usize, &str)| serde_json::from_str(line).map_err(|_| index + 2);
        Ok(Self { runs: lines.enumerate().map(run).collect::<Result<_, _>>()? })
    }

    /// Adds a run, and forgets the oldest where there are too many.
    pub(crate) fn add(&mut self, at: Timestamp, commit: Option<&str>, judged: &[Judged]) {
        let is_kept = |one: &&Judged| {
            one.how == How::Ran && one.outcome.verdict != Verdict::Unproven && matches!(one.gate.work, Work::Command(_))
        };
        let gate = |one: &Judged| {
            let duration_ms = u64::try_from(one.duration.as_millis()).unwrap_or(u64::MAX);
            let flaky = one.outcome.counts.get("flaky").copied().unwrap_or_default();
            (one.gate.id.clone(), Kept { verdict: one.outcome.verdict, duration_ms, flaky })
        };
        let gates: BTreeMap<String, Kept> = judged.iter().filter(is_kept).map(gate).collect();
        if !gates.is_empty() {
            self.runs.push(Run { at, commit: commit.map(str::to_owned), gates });
        }
        self.runs.drain(..self.runs.len().saturating_sub(MOST_RUNS));
    }

    /// The file's text.
    pub(crate) fn render(&self) -> Result<String, Failure> {
        let mut text = format!("{FIRST}\n");
        for run in &self.runs {
            let line = serde_json::to_string(run);
            text.push_str(
                &line.map_err(|error| Failure::Unexpected(format!("the history cannot be written: {error}")))?,
            );
            text.push('\n');
        }
        Ok(text)
    }

    /// What the runs of each gate tell.
    pub(crate) fn told(&self) -> BTreeMap<String, Told> {
        let mut durations: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        let mut passed: BTreeMap<(&str, &str), bool> = BTreeMap::new();
        for run in &self.runs {
            for (id, kept) in &run.gates {
                durations.entry(id).or_default().push(kept.duration_ms);
                if let Some(commit) = &run.commit {
                    *passed.entry((id, commit)).or_default() |= kept.verdict == Verdict::Pass;
                }
            }
        }
        let is_flaky = |run: &Run, id: &str| {
            let Some(kept) = run.gates.get(id) else { return false };
            let passes_elsewhere = run.commit.as_deref().is_some_and(|commit| passed.get(&(id, commit)) == Some(&true));
            kept.flaky > 0 || (kept.verdict == Verdict::Fail && passes_elsewhere)
        };
        let told = durations.into_iter().map(|(id, mut durations)| {
            durations.sort_unstable();
            // The nearest rank: the smallest that 95 % are not above.
            let rank = (durations.len() * 95).div_ceil(100).saturating_sub(1);
            let flaky = self.runs.iter().filter(|run| is_flaky(run, id)).count();
            let p95_ms = durations.get(rank).copied().unwrap_or_default();
            (id.to_owned(), Told { runs: durations.len(), p95_ms, flaky })
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use ops_core::Verdict;
    use proptest::prelude::*;

    use super::{FIRST, History, Kept, LARGEST, MOST_RUNS, Run, Told};

    fn run(commit: &str, verdict: Verdict, duration_ms: u64, flaky: u64) -> Run {
        let gates = BTreeMap::from([("unit".to_owned(), Kept { verdict, duration_ms, flaky })]);
        Run { at: Timestamp::UNIX_EPOCH, commit: (!commit.is_empty()).then(|| commit.to_owned()), gates }
    }

    fn told(runs: Vec<Run>) -> Told {
        History { runs }.told()["unit"]
    }

    #[test]
    fn one_run_in_twenty_may_take_longer_than_the_p95() {
        let of = |number: u64| told((1..=number).map(|ms| run("", Verdict::Pass, ms, 0)).collect()).p95_ms;
        assert_eq!([1, 2, 19, 20, 21, 100].map(of), [1, 2, 19, 19, 20, 95]);
    }

    #[test]
    fn a_gate_is_flaky_where_it_was_tried_again_or_is_of_two_minds_about_a_commit() {
        let runs = vec![
            run("a", Verdict::Fail, 1, 0),
            run("a", Verdict::Pass, 1, 0),
            run("b", Verdict::Fail, 1, 0),
            run("b", Verdict::Fail, 1, 0),
            run("c", Verdict::Pass, 1, 2),
            run("", Verdict::Fail, 1, 0),
            run("", Verdict::Pass, 1, 0),
        ];
        assert_eq!(told(runs), Told { runs: 7, p95_ms: 1, flaky: 2 });
    }

    #[test]
    fn the_oldest_runs_are_forgotten() {
        let runs = (0..MOST_RUNS as u64 + 7).map(|ms| run("a", Verdict::Pass, ms, 0)).collect();
        let mut history = History { runs };
        history.add(Timestamp::UNIX_EPOCH, None, &[]);
        assert_eq!((history.runs.len(), history.runs[0].gates["unit"].duration_ms), (MOST_RUNS, 7));
    }

    #[test]
    fn what_is_no_history_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.jsonl");
        assert!(History::read(&path).unwrap().runs.is_empty());
        let said = |text: &str| {
            std::fs::write(&path, text).unwrap();
            History::read(&path).unwrap_err().to_string().replace(&path.display().to_string(), "h")
        };
        let way_out = "name another file with --history, or remove it to begin anew";
        assert_eq!(said(""), format!("h is no history of quality-gate: line 1 is none of its lines; {way_out}"));
        let cut = format!("{FIRST}\n{{\"at\":\"2026-1");
        assert_eq!(said(&cut), format!("h is no history of quality-gate: line 2 is none of its lines; {way_out}"));
        std::fs::File::create(&path).unwrap().set_len(LARGEST + 1).unwrap();
        let large = History::read(&path).unwrap_err().to_string();
        assert!(large.contains("has more than 67108864 bytes"), "{large}");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(runs in proptest::collection::vec(("[a-f0-9]{0,4}", any::<bool>(), any::<u64>(), any::<u64>()), 0..9)) {
            let verdict = |passed| if passed { Verdict::Pass } else { Verdict::Fail };
            let runs: Vec<Run> = runs.into_iter().map(|(commit, passed, ms, flaky)| run(&commit, verdict(passed), ms, flaky)).collect();
            let history = History { runs: runs.clone() };
            prop_assert_eq!(History::parse(&history.render().unwrap()).unwrap().runs, runs);
        }

        #[test]
        fn no_text_breaks_the_reading(text in "(\\{\"quality-gate\":\"history\",\"schema\":1\\}\n)?.{0,40}") {
            let _ = History::parse(&text);
        }
    }
}
