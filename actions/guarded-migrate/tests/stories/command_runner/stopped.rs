//! A run that is told to stop while the command works.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ops_testing::Outcome;

use super::story;
use crate::story::{PROGRAM, Story};

/// What the issue asks for; GitHub's runner kills after 7.5 s.
const BOUND: Duration = Duration::from_secs(5);

fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn is_alive(process: &str) -> bool {
    let status = std::fs::read_to_string(Path::new("/proc").join(process).join("stat"));
    status.is_ok_and(|text| !text.contains(") Z "))
}

fn stops_in_time(script: &str) {
    let story = story(&["sh", "-c", script]);
    let outcome = stopped(&story);
    assert!(outcome.stdout.contains("was stopped with this run"), "{outcome}");
    let locks = "select count(*) from pg_locks join pg_database d on d.oid = database \
                 where locktype = 'advisory' and datname = current_database()";
    assert_eq!(story.sql(locks), "0");
    assert_eq!(story.sql("select event from ops_actions.audit order by id"), "began\nfinished");
}

/// Tells an apply to stop while its command works, and waits for the end of both.
fn stopped(story: &Story) -> Outcome {
    let mut step = story.runner.command(PROGRAM);
    let step = step.args(["apply", "--environment", "development"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = step.spawn().unwrap();
    let ready = story.root().join("ready");
    wait_for("the command", || ready.exists());
    let processes = std::fs::read_to_string(story.root().join("processes")).unwrap();
    let processes: Vec<&str> = processes.split_whitespace().collect();
    assert_eq!(processes.len(), 2, "{processes:?}");
    assert!(processes.iter().all(|process| is_alive(process)));

    let told = Instant::now();
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    let taken = told.elapsed();
    let outcome = story.runner.outcome(&output);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(taken < BOUND, "it took {taken:?}: {outcome}");
    wait_for("the end of the command and of its child", || processes.iter().all(|process| !is_alive(process)));
    outcome
}

#[test]
fn the_command_and_its_children_end_with_the_run() {
    stops_in_time("sleep 3600 & echo $$ $! > processes; touch ready; wait");
}

#[test]
fn a_command_that_does_not_listen_is_killed_with_its_children() {
    stops_in_time("trap '' TERM; sleep 3600 & echo $$ $! > processes; touch ready; wait");
}

#[test]
fn no_other_database_is_begun_after_the_word_to_stop() {
    let policy = "[migrations]\nrunner = \"command\"\n\
                  command = [\"sh\", \"-c\", \"sleep 3600 & echo $$ $! > processes; touch ready; wait\"]\n\
                  on_failure = \"continue\"\ntargets = [\"DATABASE_URL\", \"SECOND\"]\n";
    // Nobody listens at the second: to begin with it would be seen.
    let story = story(&["true"]).policy(policy).env("SECOND", "postgres://app@127.0.0.1:1/shop");
    let outcome = stopped(&story);
    assert!(outcome.stdout.contains("not begun: this run was asked to stop"), "{outcome}");
}
