use super::Output;
use crate::inputs::Environment;

fn on_github(pairs: &[(&'static str, &str)]) -> Environment {
    Environment::from_pairs(pairs.iter().copied().chain([("GITHUB_ACTIONS", "true")]))
}

#[test]
fn secrets_reach_no_stream_and_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let environment = on_github(&[
        ("DATABASE_URL", "postgres://app:hunter22@db/prod"),
        ("GITHUB_OUTPUT", file("output").to_str().unwrap()),
        ("GITHUB_STEP_SUMMARY", file("summary").to_str().unwrap()),
    ]);
    let (mut output, captured) = Output::captured(&environment);
    output.print("a hunter22");
    output.say("b hunter22");
    output.complain("c hunter22");
    output.untrusted("d hunter22");
    output.set("name", "e hunter22").unwrap();
    output.summarize("f hunter22").unwrap();
    output.write_file(&file("new/folder/report.json"), "g hunter22").unwrap();
    let everything = [captured.stdout(), captured.stderr()]
        .into_iter()
        .chain(["output", "summary", "new/folder/report.json"].map(|name| std::fs::read_to_string(file(name)).unwrap()))
        .collect::<String>();
    assert!(!everything.contains("hunter22"));
    for letter in ["a ***", "b ***", "c ***", "d ***", "e ***", "f ***", "g ***"] {
        assert!(everything.contains(letter), "{letter} is missing in {everything}");
    }
}

#[test]
fn a_secret_is_masked_on_github_and_never_printed_elsewhere() {
    let (mut output, captured) = Output::captured(&on_github(&[]));
    output.add_secret("first line\nsecond line");
    output.say("the second line");
    assert_eq!(
        captured.stdout(),
        "::add-mask::first line%0Asecond line\n::add-mask::first line\n::add-mask::second line\nthe ***\n"
    );
    let (mut output, captured) = Output::captured(&Environment::default());
    output.add_secret("first line");
    output.say("the first line");
    assert_eq!(captured.stdout(), "the ***\n");
}

#[test]
fn what_people_read_gives_the_runner_no_orders() {
    let (mut output, captured) = Output::captured(&on_github(&[]));
    output.say("::error::x");
    output.complain("y ##[error]z");
    assert_eq!((captured.stdout().as_str(), captured.stderr().as_str()), (": :error::x\n", "y ## [error]z\n"));
}

#[test]
fn a_strangers_text_stands_between_tokens_that_change() {
    let lines = || {
        let (mut output, captured) = Output::captured(&on_github(&[]));
        output.untrusted("::error::x\n");
        captured.stdout().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (first, second) = (lines(), lines());
    let token = first[0].strip_prefix("::stop-commands::").unwrap();
    assert_eq!(first[1..], ["::error::x".to_owned(), format!("::{token}::")]);
    assert_ne!(first[0], second[0]);
}

#[test]
fn a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let (mut output, _) = Output::captured(&Environment::default());
    output.write_file(&path, "a long first text").unwrap();
    output.write_file(&path, "second").unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "second");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let (mut output, _) = Output::captured(&Environment::default());
    let path = folder.path().join("file/report.json");
    let error = output.write_file(&path, "text").unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot write {}: ", path.display())), "{error}");
}

#[test]
fn without_the_runners_files_outputs_and_summary_go_nowhere() {
    let (mut output, captured) = Output::captured(&Environment::default());
    output.set("name", "value").unwrap();
    output.summarize("text").unwrap();
    assert_eq!(captured.stdout(), "");
}

#[test]
fn progress_is_shown_to_whoever_looks_and_goes_away() {
    let (mut output, captured) = Output::captured(&Environment::default());
    output.progress("nobody looks");
    assert_eq!(captured.stderr(), "");
    output.is_watched = true;
    output.progress("lint\u{1b}[2J 3 s");
    output.progress("lint 4 s");
    output.complain("done");
    output.complain("more");
    assert_eq!(captured.stderr(), "\r\u{1b}[2Klint[2J 3 s\r\u{1b}[2Klint 4 s\r\u{1b}[2Kdone\nmore\n");
}
