//! What every action shares: the verdict, the report and its renderers, the runner protocol, the policy and redaction.
//!
//! This crate knows no domain: nothing here has heard of a migration, a route or a deployment.

pub mod finding;
pub mod fingerprint;
pub mod glob;
pub mod policy;
pub mod report;
pub mod verdict;

pub use finding::{Finding, Place, Severity};
pub use policy::{Policy, PolicyError};
pub use report::{Block, Check, Report};
pub use verdict::Verdict;
