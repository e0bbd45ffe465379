//! SIGKILL at random moments. No time is asserted: where a kill comes late, it counts for less, that is all.

use std::time::Instant;

use super::random::Random;
use super::work::{assert_ledger_is_true, story};
use crate::running::{Running, until_alone};
use crate::story::{Story, check};

#[test]
fn killed_at_100_random_moments_on_postgres_every_next_run_tells_the_truth_and_completes() {
    let complete = kill_again_and_again(Story::postgres, 200, 100);
    assert!(complete > 0);
}

#[test]
fn killed_at_20_random_moments_on_sqlite_every_next_run_tells_the_truth_and_completes() {
    let complete = kill_again_and_again(Story::sqlite, 200, 20);
    assert!(complete > 0);
}

/// Kills runs on one database until all is applied, then on the next; returns how many databases were completed.
fn kill_again_and_again(begin: fn() -> Story, count: usize, kills: usize) -> usize {
    let mut random = Random::seeded();
    let mut killed = 0;
    let mut complete = 0;
    // How long a whole run takes here, and how long the look before the first migration.
    let measured = story(begin(), count);
    let began = Instant::now();
    measured.passed(&["plan"]);
    let look = began.elapsed();
    let began = Instant::now();
    measured.passed(&["apply"]);
    let whole = began.elapsed().saturating_sub(look);
    drop(measured);

    while killed < kills {
        let place = story(begin(), count);
        let mut done = 0;
        while killed < kills && done < count {
            // At most a fifth of the work at a time: many moments on one database.
            let left = u32::try_from((count - done).min(count / 5)).expect("a small number");
            let moment = look + random.within(whole.mul_f64(f64::from(left) / count as f64) + look / 4);
            let run = Running::start(&place, &["apply"]);
            std::thread::sleep(moment);
            killed += usize::from(run.kill());
            until_alone(&place);
            done = assert_ledger_is_true(&place);
            let (outcome, report) = place.report(&["status"]);
            assert_eq!(outcome.code, Some(0), "{outcome}");
            assert_eq!(check(&report, "ledger")["evidence"]["applied"], done, "{outcome}");
        }
        let (outcome, _) = place.report(&["apply"]);
        assert_eq!(outcome.code, Some(0), "{outcome}");
        assert_eq!(assert_ledger_is_true(&place), count);
        complete += 1;
    }
    complete
}
