//! What other tools write: lint, test, coverage, audit and scan reports, read without trust.

mod reading;

pub use reading::{Issue, Reading, Region, Unreadable};
