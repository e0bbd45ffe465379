//! What a user sees: a repository, a database, a run of the real program, and every line that it leaves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test reports by panicking, and says what it skipped"
)]

mod approvals;
mod audit;
mod bad_input;
mod command_runner;
mod contract;
mod github;
mod guard;
mod hazards;
mod ledger;
mod lint;
mod marker;
mod peers;
mod reliability;
mod running;
mod steps;
mod story;
mod targets;
