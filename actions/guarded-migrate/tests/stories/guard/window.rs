//! Windows and freezes: when production is changed.

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

use super::ready;
use crate::story::said;

/// The day of the week, so many days from now.
fn day(from_now: i64) -> String {
    let then = Timestamp::now().to_zoned(TimeZone::UTC).checked_add(from_now.days()).expect("a day");
    then.strftime("%a").to_string()
}

fn policy(text: &str) -> String {
    format!("[environments.production]\n{text}\n")
}

#[test]
fn without_a_policy_any_time_is_good() {
    assert_eq!(said(&ready().passed(&["apply"]), "window"), "pass: production may be changed at any time");
}

#[test]
fn within_a_window_it_passes() {
    let story = ready().policy(&policy("windows = [\"Mon-Sun 00:00-24:00 UTC\"]"));
    let answer = said(&story.passed(&["apply"]), "window");
    assert!(answer.starts_with("pass: 20") && answer.ends_with("Z is within Mon-Sun 00:00-24:00 UTC"), "{answer}");
}

#[test]
fn outside_of_every_window_it_is_refused() {
    let far = format!("{} 10:00-11:00 UTC", day(3));
    let story = ready().policy(&policy(&format!("windows = [\"{far}\"]")));
    let answer = said(&story.refused(&["apply"], 1), "window");
    let expected =
        format!("Z is outside {far}\nnext: run it again within the window, or change environments.production.windows");
    assert!(answer.starts_with("fail: 20") && answer.ends_with(&expected), "{answer}");
}

#[test]
fn a_freeze_closes_every_window_and_says_why() {
    let freeze = "freezes = [{ from = 2020-12-20, to = 2999-01-03, reason = \"holidays\" }]";
    let story = ready().policy(&policy(&format!("windows = [\"Mon-Sun 00:00-24:00 UTC\"]\n{freeze}")));
    assert_eq!(
        said(&story.refused(&["apply"], 1), "window"),
        "fail: production is frozen from 2020-12-20 to 2999-01-03: holidays\n\
         next: wait until after 2999-01-03, or change environments.production.freezes"
    );
}

#[test]
fn a_freeze_that_is_over_stops_nothing() {
    let over = "freezes = [{ from = 2020-12-20, to = 2021-01-03, reason = \"holidays\" }]";
    ready().policy(&policy(over)).passed(&["apply"]);
}

#[test]
fn a_plan_may_be_made_in_a_freeze() {
    let freeze = "freezes = [{ from = 2020-12-20, to = 2999-01-03, reason = \"holidays\" }]";
    ready().policy(&policy(freeze)).passed(&["plan"]);
}
