//! How long to wait, and how often to ask.

use std::time::Duration;

/// Waiting times of a [`Client`](crate::Client). The default suits a job on a runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// For a connection, the proxy's included; 10 seconds by default.
    pub connect: Duration,
    /// For a whole answer; 30 seconds by default.
    pub answer: Duration,
    /// Before the second attempt of a read, four times as long before each later one, and before a lost write is read back; half a second by
    /// default.
    pub retry: Duration,
    /// How often a read is asked at most; 3 by default. A write is never asked again without reading back.
    pub attempts: u32,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            retry: Duration::from_millis(500),
            attempts: 3,
        }
    }
}

impl Timing {
    /// The pause after `attempts` failed ones, `None` where that was the last.
    pub(super) fn delay_after(&self, attempts: u32) -> Option<Duration> {
        (attempts < self.attempts).then(|| self.retry.saturating_mul(4_u32.saturating_pow(attempts.saturating_sub(1))))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Timing;

    #[test]
    fn pauses_grow_and_end_with_the_last_attempt() {
        let timing = Timing::default();
        assert_eq!(timing.delay_after(1), Some(Duration::from_millis(500)));
        assert_eq!(timing.delay_after(2), Some(Duration::from_secs(2)));
        assert_eq!(timing.delay_after(3), None);
    }
}
