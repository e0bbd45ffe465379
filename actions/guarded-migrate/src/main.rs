//! guarded-migrate: the right migrations on the right database, or none.
//!
//! `run` reads the command line, one module for each verb does its work, `report` tells of it.

mod act;
mod advice;
mod apply;
mod approach;
mod bookkeeping;
mod checks;
mod cli;
mod comment;
mod digest;
mod files;
mod guard;
mod lint;
mod marker;
mod observe;
mod pending;
mod plan;
mod report;
mod resolve;
mod run;
mod situation;
mod status;
mod stop;
mod targets;
mod tenants;
mod told;

/// A ledger that cannot be understood stops everything: nobody knows what was applied.
fn unreadable_ledger(error: ops_migrations::ledger::LedgerError) -> ops_core::Failure {
    ops_core::Failure::Input(error.to_string())
}

fn main() -> std::process::ExitCode {
    ops_core::program::main(run::run)
}
