//! What a user sees: a repository, a policy, an event, a run of the real program, and every line that it leaves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod audit;
mod bad_input;
mod baseline;
mod bundle;
mod contract;
mod coverage;
mod github;
mod graph;
mod history;
mod processes;
mod reports;
mod secrets;
mod story;
mod updates;
