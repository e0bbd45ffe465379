//! What a user sees: a repository, a database, a run of the real program, and every line that it leaves.

mod approvals;
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
mod steps;
mod story;
mod targets;
