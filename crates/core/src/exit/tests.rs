use super::{Failure, fail, finish};
use crate::{
    Policy, Verdict,
    inputs::{Common, Environment, Format},
    output::Output,
    report::sample,
};
use std::{path::Path, process::ExitCode};

fn on_github(folder: &Path) -> Environment {
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    Environment::from_pairs([
        ("GITHUB_ACTIONS", "true".to_owned()),
        ("GITHUB_OUTPUT", file("output")),
        ("GITHUB_STEP_SUMMARY", file("step-summary")),
        ("GITHUB_WORKSPACE", file("")),
        ("RUNNER_TEMP", file("temp")),
        ("DATABASE_URL", "postgres://app:hunter22@db/prod".to_owned()),
    ])
}

#[test]
fn on_github_everything_is_written_and_set() {
    let folder = tempfile::tempdir().unwrap();
    let environment = on_github(folder.path());
    let (mut output, captured) = Output::captured(&environment);
    let common = Common { root: folder.path().to_owned(), ..Common::default() };
    let code = finish(sample::refused(), &[("pending", "2")], &common, &environment, &mut output);
    assert_eq!(code, ExitCode::from(1));

    let temp = folder.path().join("temp/guarded-migrate");
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    assert!(read(&temp.join("report.json")).starts_with("{\n  \"schema\": 1,"));
    assert!(read(&temp.join("results.sarif")).contains("\"2.1.0\""));
    assert_eq!(read(&temp.join("summary.md")), read(&folder.path().join("step-summary")));
    let outputs = read(&folder.path().join("output"));
    let values: Vec<&str> = outputs.lines().collect();
    assert_eq!((values[1], values[4]), ("fail", "2"));
    assert_eq!(values[7], temp.join("report.json").to_str().unwrap());
    let printed = captured.stdout();
    assert!(printed.starts_with("❌ guarded-migrate · production · refused, nothing was changed\n"));
    assert!(printed.contains("\n::error title=marker::"));
}

#[test]
fn elsewhere_only_what_was_asked_for_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let environment = Environment::from_pairs([("RUNNER_TEMP", folder.path().to_str().unwrap())]);
    let (mut output, captured) = Output::captured(&environment);
    let common =
        Common { format: Some(Format::Json), summary: Some(folder.path().join("a/b.md")), ..Common::default() };
    let mut report = sample::refused();
    report.verdict = Verdict::Unproven;
    assert_eq!(finish(report, &[], &common, &environment, &mut output), ExitCode::from(3));
    assert!(serde_json::from_str::<serde_json::Value>(&captured.stdout()).is_ok());
    assert!(folder.path().join("a/b.md").exists());
    assert!(!folder.path().join("guarded-migrate").exists());
}

#[test]
fn a_pass_that_cannot_be_written_down_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let (mut output, captured) = Output::captured(&Environment::default());
    let common = Common { report: Some(folder.path().to_owned()), ..Common::default() };
    let mut report = sample::refused();
    report.verdict = Verdict::Pass;
    assert_eq!(finish(report, &[], &common, &Environment::default(), &mut output), ExitCode::from(1));
    assert!(captured.stderr().starts_with("error: cannot write "), "{}", captured.stderr());
}

#[test]
fn secrets_reach_nothing_that_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let environment = on_github(folder.path());
    let (mut output, captured) = Output::captured(&environment);
    let report =
        sample::with_text_everywhere("password authentication failed: hunter22 (postgres://app:hunter22@db/prod)");
    let common = Common { root: folder.path().to_owned(), ..Common::default() };
    finish(report, &[("own", "hunter22")], &common, &environment, &mut output);
    let mut everything = captured.stdout() + &captured.stderr();
    for path in ["output", "step-summary", "temp/guarded-migrate/report.json", "temp/guarded-migrate/results.sarif"] {
        everything += &std::fs::read_to_string(folder.path().join(path)).unwrap();
    }
    assert!(everything.contains("authentication failed") && !everything.contains("hunter22"));
}

#[test]
fn a_wrong_policy_is_shown_at_its_line_and_is_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let environment = on_github(folder.path());
    let (mut output, captured) = Output::captured(&environment);
    let failure = Failure::from(Policy::parse("ops.toml", "\n[migratoins]\n").unwrap_err());
    let common = Common { root: folder.path().to_owned(), ..Common::default() };
    assert_eq!(fail(&failure, Some(&common), &environment, &mut output), ExitCode::from(2));
    let shown = "ops.toml:2:2: unknown key `migratoins`, did you mean `migrations`?\n2 | [migratoins]\n  |  ^^^^^^^^^^";
    assert_eq!(captured.stderr(), format!("error: {shown}\n"));
    assert_eq!(captured.stdout(), format!("::error file=ops.toml,line=2,col=2::{}\n", shown.replace('\n', "%0A")));
    assert!(std::fs::read_to_string(folder.path().join("output")).unwrap().contains("\nfail\n"));
}

#[test]
fn a_wrong_input_names_no_secret() {
    let environment = Environment::from_pairs([("A", "postgres://app:hunter22@db/prod")]);
    let (mut output, captured) = Output::captured(&environment);
    let code = fail(&Failure::Input("cannot read hunter22".to_owned()), None, &environment, &mut output);
    assert_eq!((code, captured.stderr().as_str()), (ExitCode::from(2), "error: cannot read ***\n"));
}

#[test]
fn exit_codes_are_the_contract() {
    assert_eq!(Failure::Input(String::new()).exit_code(), 2);
    assert_eq!(Failure::Unexpected(String::new()).exit_code(), 1);
}
