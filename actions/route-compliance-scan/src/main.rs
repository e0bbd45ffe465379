//! route-compliance-scan: every route proves its guard, its headers and its handler form.
//!
//! `run` reads the command line, `scan` looks at the repository, `judge` compares with the policy, `report` tells of it.

mod cli;
mod report;
mod result;
mod run;
mod scan;
mod settings;

fn main() -> std::process::ExitCode {
    run::main()
}
