//! SIGKILL at random moments. No time is asserted: where a kill comes late, it counts for less, that is all.

use std::time::{Duration, Instant};

use super::random::Random;
use super::work::{applied, assert_ledger_is_true, story};
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
        loop {
            let left = (count - applied(&place)) as u32;
            // At most a fifth of the work at a time: many moments on one database.
            let moment =
                look + random.within(whole.mul_f64(f64::from(left.min(40)) / count as f64) + Duration::from_millis(20));
            let run = Running::start(&place, &["apply"]);
            std::thread::sleep(moment);
            let was_running = run.kill();
            until_alone(&place);
            killed += usize::from(was_running);
            assert_ledger_is_true(&place);
            let (outcome, report) = place.report(&["status"]);
            assert_eq!(outcome.code, Some(0), "{outcome}");
            assert_eq!(check(&report, "ledger")["evidence"]["applied"], applied(&place), "{outcome}");
            if killed == kills || applied(&place) == count {
                break;
            }
        }
        let (outcome, _) = place.report(&["apply"]);
        assert_eq!(outcome.code, Some(0), "{outcome}");
        assert_ledger_is_true(&place);
        assert_eq!(applied(&place), count);
        complete += 1;
    }
    complete
}
