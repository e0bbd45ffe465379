//! How long a proof may take: code can be written so that following it would never end.

use std::cell::Cell;

use super::memory;

/// How many steps one route may take: far more than routes take that people wrote.
const STEPS: u32 = 100_000;

thread_local! {
    static LEFT: Cell<u32> = const { Cell::new(STEPS) };
}

/// Begins another proof on this thread.
pub(super) fn refill() {
    LEFT.set(STEPS);
}

/// What is found out once for many proofs takes nothing from the one that asks first.
pub(super) fn apart<T>(work: impl FnOnce() -> T) -> T {
    let left = LEFT.replace(STEPS);
    let found = work();
    LEFT.set(left);
    found
}

/// Takes a step; false where there are none left. What is found out then is kept for nobody else.
pub(super) fn step() -> bool {
    match LEFT.get().checked_sub(1) {
        Some(left) => {
            LEFT.set(left);
            true
        }
        None => {
            memory::forget();
            false
        }
    }
}

/// Whether a step was missing.
pub(super) fn is_spent() -> bool {
    LEFT.get() == 0
}
