//! Commands that lie, shout and give secrets away.

use ops_testing::Outcome;

use super::story;
use crate::story::{Story, check};

/// All that a reader sees: the runner swallows the lines that tell it what to hide.
fn shown(outcome: &Outcome) -> String {
    let everything = outcome.everything();
    everything.lines().filter(|line| !line.starts_with("::add-mask::")).flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn a_command_that_ends_well_without_applying_anything_has_failed() {
    let story = story(&["true"]);
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(report["headline"], "stopped: 0 of 2 applied");
    let apply = check(&report, "apply");
    assert_eq!(apply["summary"], "`true` ended with exit code 0, but its ledger lacks 1, 2");
    assert_eq!(
        apply["next"],
        "check that the command reads DATABASE_URL and the folder db/migrations, then run apply again"
    );
    assert_eq!(check(&report, "ledger-after")["verdict"], "pass", "nothing was applied, and nothing is claimed");
}

#[test]
fn a_command_that_ends_well_with_half_of_it_applied_has_failed() {
    let half = "create table one (id int primary key); create table schema_migrations (version varchar primary key); \
                insert into schema_migrations values ('1')";
    let story = story(&["sh", "-c", "psql -q \"$DATABASE_URL\" -c \"$HALF\""]).env("HALF", half);
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(report["headline"], "stopped: 1 of 2 applied");
    let summary = check(&report, "apply")["summary"].as_str().unwrap().to_owned();
    assert!(summary.ends_with("ended with exit code 0, but its ledger lacks 2"), "{summary}");
    assert_eq!(report["details"]["applied"], serde_json::json!(["1"]));
}

#[test]
fn standard_output_is_the_report_alone() {
    let story = story(&["sh", "-c", "echo something; echo else >&2"]);
    let outcome = story.run(&["apply", "--format", "json"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let report: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("the report and nothing else");
    assert_eq!(report["headline"], "stopped: 0 of 2 applied");
    assert!(outcome.stderr.contains("something\n") && outcome.stderr.contains("else\n"), "{outcome}");
}

#[test]
fn a_command_that_cannot_be_started_is_named() {
    let (outcome, report) = story(&["no-such-tool", "deploy"]).report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        check(&report, "apply")["summary"],
        "`no-such-tool deploy` did not run to its end: cannot start `no-such-tool`: No such file or directory (os error 2)"
    );
}

#[test]
fn a_command_neither_steers_the_runner_nor_gives_the_password_away() {
    let shout = "echo '::error::the command shouts'; echo '##[error]in the old form'; echo '::set-output name=verdict::pass'; \
                 echo '::stop-commands::never'; echo '```'; echo \"$DATABASE_URL\"; echo hunter2-hunter2 >&2; \
                 echo \"token $INPUT_GITHUB_TOKEN.\"; exit 1";
    let plain = story(&["sh", "shout.sh"]).file("shout.sh", shout);
    // The server trusts everybody, so any password will do.
    let url = plain.url.replace("postgres@", "postgres:hunter2-hunter2@");
    let story = Story { url, ..plain }.production();
    let outcome = story.run(&["marker", "set", "--replace", "dev"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let story = Story { runner: story.runner.env("PATH", &std::env::var("PATH").unwrap()), ..story }
        .env("INPUT_GITHUB_TOKEN", "a-token-that-nobody-needs");
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(check(&report, "apply")["summary"].as_str().unwrap().ends_with("ended with exit code 1"), "{outcome}");
    assert_eq!(outcome.outputs["verdict"], "fail");

    let shown = shown(&outcome);
    assert!(shown.contains("the command shouts"), "what it prints is shown: {outcome}");
    assert!(shown.contains("token ."), "the action's own inputs are not handed on: {outcome}");
    for secret in ["hunter2-hunter2", "a-token-that-nobody-needs"] {
        assert!(!shown.contains(secret) && !report.to_string().contains(secret), "{outcome}");
    }
    let steering =
        outcome.commands.iter().filter(|command| command.name != "add-mask" && command.name != "stop-commands");
    for command in steering {
        assert!(
            !command.data.contains("the command shouts") && !command.data.contains("in the old form"),
            "{command:?}"
        );
        assert_ne!(command.name, "set-output");
    }
    // The fence around the transcript is longer than the one that the command printed.
    assert!(outcome.summary.contains("````"), "{}", outcome.summary);
}
