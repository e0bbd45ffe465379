//! Chance that can be had again: each test prints its seed, and `OPS_TEST_SEED` sets it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// xorshift64*, by Vigna.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn seeded() -> Self {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_nanos() as u64;
        let seed = std::env::var("OPS_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(now);
        eprintln!("OPS_TEST_SEED={seed}");
        Self(seed.max(1))
    }

    /// A moment within this time.
    pub(super) fn within(&mut self, time: Duration) -> Duration {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d);
        time.mul_f64((number >> 11) as f64 / (1_u64 << 53) as f64)
    }
}
