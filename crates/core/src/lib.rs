//! What every action shares: the verdict, the report and its renderers, the runner protocol, the policy and redaction.
//!
//! This crate knows no domain: nothing here has heard of a migration, a route or a deployment.

pub mod baseline;
pub mod exit;
pub mod finding;
pub mod fingerprint;
pub mod git;
pub mod glob;
pub mod inputs;
mod logs;
pub mod output;
pub mod policy;
pub mod process;
pub mod program;
pub mod redact;
pub mod report;
pub mod runner;
pub mod schema;
pub mod verdict;
pub mod words;

pub use baseline::Baseline;
pub use exit::Failure;
pub use finding::{Finding, Place, Severity};
pub use inputs::{Common, Environment};
pub use output::Output;
pub use policy::{Policy, PolicyError};
pub use redact::Redactor;
pub use report::{Block, Check, Details, Report};
pub use runner::{Event, Runner};
pub use verdict::Verdict;
