use super::*;
use crate::TestDir;

fn step(script: &str) -> Outcome {
    let workspace = TestDir::new();
    FakeRunner::new(workspace.path()).run("sh", &["-c", script])
}

#[test]
fn a_step_sees_the_runner_and_nothing_of_the_host() {
    let workspace = TestDir::new();
    let runner = FakeRunner::new(workspace.path()).input("plan-digest", "sha256:1").without("RUNNER_NAME");
    let outcome = runner.run("env", &[""; 0]);
    assert!(outcome.stdout.contains("INPUT_PLAN_DIGEST=sha256:1\n"));
    assert!(outcome.stdout.contains("GITHUB_REF=refs/heads/main\n"));
    assert!(!outcome.stdout.contains("RUNNER_NAME") && !outcome.stdout.contains("CARGO"));
}

#[test]
fn outputs_and_the_summary_are_read_as_the_runner_reads_them() {
    let outcome = step(
        r"printf 'a=b<<c\nm<<END\n1=2\n\nEND\n' >>$GITHUB_OUTPUT; echo '# hi' >>$GITHUB_STEP_SUMMARY; echo X=1 >>$GITHUB_ENV; exit 3",
    );
    assert_eq!(outcome.code, Some(3));
    assert_eq!(outcome.outputs["a"], "b<<c");
    assert_eq!(outcome.outputs["m"], "1=2\n");
    assert_eq!((outcome.summary.as_str(), outcome.environment["X"].as_str()), ("# hi\n", "1"));
}

#[test]
#[should_panic(expected = "matching delimiter not found")]
fn an_open_heredoc_is_refused() {
    let _ = step(r"printf 'm<<END\n1\n' >>$GITHUB_OUTPUT");
}

#[test]
fn annotations_are_unescaped_and_placed() {
    let outcome =
        step("echo '  ::ERROR file=a%2Cb.sql,line=3,endLine=3,col=5,endColumn=9,title=x%3Ay::50%25 gone%0Anow'");
    let [annotation] = outcome.annotations.as_slice() else { panic!("{outcome}") };
    assert_eq!(annotation.file.as_deref(), Some("a,b.sql"));
    assert_eq!((annotation.line, annotation.column, annotation.end_column), (Some(3), Some(5), Some(9)));
    assert_eq!((annotation.message.as_str(), annotation.title.as_deref()), ("50% gone\nnow", Some("x:y")));
    let outcome = step("echo '::warning line=3,endLine=4,col=5::spans lines'; echo '::notice col=5::nowhere' >&2");
    assert!(outcome.annotations.iter().all(|annotation| annotation.column.is_none()));
    assert_eq!(outcome.of_level(Level::Notice).len(), 1);
}

#[test]
fn an_old_command_is_found_anywhere_in_a_line_and_unknown_names_are_text() {
    let outcome = step("echo 'drop table x; -- ##[error]gone'; echo '::nothing::x'; echo 'a ::error::b'");
    assert_eq!(outcome.annotations.len(), 1);
    assert!(outcome.commands[0].legacy);
}

#[test]
fn a_carriage_return_ends_a_line_as_well() {
    assert_eq!(workflow_commands("applying\r::error::gone").len(), 1);
}

#[test]
fn stopped_commands_are_text_until_the_token() {
    let outcome = step(
        "echo '::stop-commands::t0ken'; echo '::error::no'; echo '##[error]no'; echo '::t0ken::'; echo '::add-mask::s3'",
    );
    assert_eq!(outcome.annotations, []);
    assert_eq!(outcome.masks, ["s3"]);
}

#[test]
fn events_set_their_variables_and_payload() {
    let workspace = TestDir::new();
    let (head, base) = ("a".repeat(40), "b".repeat(40));
    let show = ["-c", "echo $GITHUB_EVENT_NAME $GITHUB_REF_TYPE $GITHUB_REF $GITHUB_BASE_REF; cat $GITHUB_EVENT_PATH"];
    for (event, expected) in [
        (Event::push("refs/tags/v1", &head), "push tag refs/tags/v1"),
        (Event::pull_request(7, &head, &base), "pull_request branch refs/pull/7/merge main"),
        (Event::fork_pull_request(7, &head, &base), "pull_request branch refs/pull/7/merge main"),
        (Event::schedule(&head), "schedule branch refs/heads/main"),
        (
            Event::workflow_dispatch("refs/heads/main", &head, &serde_json::json!({"x": "1"})),
            "workflow_dispatch branch refs/heads/main",
        ),
    ] {
        let outcome = FakeRunner::new(workspace.path()).event(&event).run("sh", &show);
        let (first, payload) = outcome.stdout.split_once('\n').unwrap();
        assert_eq!(first.trim_end(), expected);
        assert_eq!(serde_json::from_str::<serde_json::Value>(payload).unwrap(), event.payload);
    }
    let laptop = FakeRunner::laptop(workspace.path()).run("env", &[""; 0]);
    assert!(!laptop.stdout.contains("GITHUB"));
}
