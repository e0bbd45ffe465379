//! The server must not outlive its test run, however that ends.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ops_testing::try_psql;

const PROGRAM: &str = env!("CARGO_BIN_EXE_with-postgres");

#[test]
fn the_exit_code_of_the_command_is_handed_on() {
    let status = Command::new(PROGRAM).args(["sh", "-c", "test -n \"$OPS_TEST_POSTGRES_URL\" && exit 7"]).status();
    assert_eq!(status.unwrap().code(), Some(7));
}

#[test]
fn a_killed_run_takes_its_server_along() {
    let mut run = Command::new(PROGRAM)
        .args(["sh", "-c", "echo $OPS_TEST_POSTGRES_URL; exec cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(run.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let url = url.trim();
    assert_eq!(try_psql(url, "select 1").unwrap(), "1");
    run.kill().unwrap();
    run.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while try_psql(url, "select 1").is_ok() {
        assert!(Instant::now() < deadline, "the server at {url} still runs");
    }
}
