//! For tests only: a throw-away PostgreSQL, a proxy that cuts connections, a fake GitHub runner and API, sample repositories.
//!
//! Everything here is synchronous and panics with the reason when the machine cannot do what a test needs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of tests reports by panicking"
)]

#[cfg(feature = "contract")]
mod contract;
mod directory;
mod github;
mod postgres;
mod proxy;
mod runner;
mod tools;

#[cfg(feature = "contract")]
pub use contract::{Contract, assert_fits, assert_is_the_command_line_of, keys, repository_file};
pub use directory::{TestDir, sample_repository};
#[cfg(feature = "contract")]
pub use github::violations;
pub use github::{Comment, Commit, GitHubServer, Pull, Request, Review, path_with_gh};
pub use postgres::{Configure, Database, Postgres, pg_dump_schema, psql, try_psql};
pub use proxy::{Proxy, Rule};
pub use runner::{Annotation, Event, FakeRunner, Level, Outcome, WorkflowCommand, workflow_commands};
pub use tools::{node_modules, tool, tool_unless_skipped};
