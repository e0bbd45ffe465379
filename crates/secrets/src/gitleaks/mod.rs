//! What teams wrote for gitleaks: its configuration, its ignore file.
//!
//! The configuration's keys are those that gitleaks 8 documents. Keys that it does not know are left, as gitleaks leaves them: none
//! of them can make this scanner silent.

mod config;
mod expression;
mod ignored;

pub use config::Config;
pub use ignored::Ignored;
