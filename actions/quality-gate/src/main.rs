//! quality-gate: one verdict over every gate, and proof that each gate ran.
//!
//! `run` reads the command line, `gate` says which gates there are, `schedule` runs them, `report` tells of them.

mod built_in;
mod cli;
mod code;
mod commands;
mod gate;
mod history;
mod judge;
mod junit;
mod known;
mod outcome;
mod pino;
mod report;
mod run;
mod schedule;
mod secrets;
mod settings;
mod situation;
mod verbs;

/// A look through a history asks for memory so often that with musl's own it takes a fifth longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    ops_core::process::watch::asked(std::env::args_os()).unwrap_or_else(|| ops_core::program::main(run::run))
}
