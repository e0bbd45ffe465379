//! The client against a stand-in for GitHub. Every request is held against GitHub's published OpenAPI description.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "this whole program is a test, its helpers included"
)]

mod approvals;
mod comment;
mod cut;
mod lines;
mod openapi;
mod proxy;
mod refusals;
mod stand_in;
mod world;
