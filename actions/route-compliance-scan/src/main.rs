//! route-compliance-scan: every route proves its guard, its headers and its handler form.
//!
//! `run` reads the command line, `scan` looks at the repository, `judge` compares with the policy, `report` tells of it.

mod candidates;
mod cli;
mod comparison;
mod difference;
mod discover;
mod headers;
mod inventory;
mod judge;
mod known;
mod narrow;
mod proof;
mod report;
mod result;
mod routes;
mod rules;
mod run;
mod runtime;
#[cfg(test)]
mod sample;
mod scan;
mod settings;
mod survey;
mod untouched;
mod verbs;

use ops_typescript::parse::with_room;

/// Parsing asks for memory so often that with musl's own a scan takes a fifth longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    // On these threads to the end, so that each piece of work finds the memory that the one before it left.
    ops_core::program::main(|arguments, environment, output| with_room(|| run::run(arguments, environment, output)))
}
