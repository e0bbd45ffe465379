//! The real clients `psql` and `pg_dump`, as independent witnesses of what a test did.

use std::io::Write;
use std::process::{Command, Stdio};

use super::binaries::Binaries;

/// Runs SQL by `psql` as its own script would, each statement for itself, and returns unaligned rows without a header.
///
/// # Panics
/// When a statement fails, with what `psql` said.
pub fn psql(url: &str, sql: &str) -> String {
    try_psql(url, sql).unwrap_or_else(|error| panic!("psql failed on {sql:?}: {error}"))
}

/// Like [`psql`], with what `psql` said where a statement fails; it stops at the first.
///
/// # Errors
/// The whole standard error of `psql`.
pub fn try_psql(url: &str, sql: &str) -> Result<String, String> {
    let mut child = Command::new(Binaries::find().client("psql"))
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("psql");
    let mut input = child.stdin.take().expect("psql's input");
    let sql = sql.to_owned();
    let writer = std::thread::spawn(move || {
        let _ = input.write_all(sql.as_bytes());
    });
    let output = child.wait_with_output().expect("psql");
    writer.join().expect("the writer of psql's input");
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// The schema by `pg_dump --schema-only`, without comments, blank lines, owners and the lines that differ in every run.
///
/// # Panics
/// When `pg_dump` fails, for example since it is older than the server.
pub fn pg_dump_schema(url: &str) -> String {
    let output = Command::new(Binaries::find().client("pg_dump"))
        .args(["--schema-only", "--no-owner", "--no-privileges", "-d", url])
        .output()
        .expect("pg_dump");
    assert!(output.status.success(), "pg_dump failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let random = ["\\restrict ", "\\unrestrict "];
    let kept = text.lines().filter(|line| {
        !line.is_empty() && !line.starts_with("--") && !random.iter().any(|word| line.starts_with(word))
    });
    kept.flat_map(|line| [line, "\n"]).collect()
}
