//! Runs a command while a throw-away PostgreSQL serves all its tests: `with-postgres cargo nextest run`.
//!
//! The command finds the server's URL in `OPS_TEST_POSTGRES_URL`; its exit code is ours.

use std::process::{Command, ExitCode};

use ops_testing::Postgres;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let [program, arguments @ ..] = words.as_slice() else { return ExitCode::from(2) };
    let server = Postgres::configure().setting("max_connections", "300").start();
    let status = Command::new(program).args(arguments).env("OPS_TEST_POSTGRES_URL", server.url("postgres")).status();
    let code = status.ok().and_then(|status| status.code()).and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(1))
}
