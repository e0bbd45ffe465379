//! When and after how long to try again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(30);

/// The pause before try number `attempt` (from 1): twice as long each time, and a random half of it, so that several runs
/// do not meet again.
pub(crate) fn pause(attempt: u32) -> Duration {
    let whole = FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(LONGEST);
    let half = whole / 2;
    let random = getrandom::u32().unwrap_or_default();
    half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        for attempt in 1..40 {
            let whole =
                Duration::from_millis(200).saturating_mul(1 << (attempt - 1).min(16)).min(Duration::from_secs(30));
            let pause = super::pause(attempt);
            assert!(pause >= whole / 2 && pause <= whole, "{attempt}: {pause:?}");
        }
    }
}
