//! Gates as a graph: what runs, in which order, and what is told of what did not run.

use crate::story::{Story, gates};

const TWO: &str = "[gates.lint]\nrun = \"true\"\n\n[gates.build]\nrun = \"sh -c 'test -e lint && touch build'\"\nneeds = [\"lint\"]\n";

#[test]
fn a_gate_begins_after_what_it_needs() {
    let policy = TWO.replace("\"true\"", "\"touch lint\"");
    let report = Story::with(&policy).report(&[], 0);
    assert_eq!(report["headline"], "2 passed of 2 gates");
    assert_eq!(gates(&report), ["lint pass: ended with 0", "build pass: ended with 0"]);
}

#[test]
fn what_needs_a_failed_gate_is_not_run_and_never_a_pass() {
    let policy = TWO.replace("\"true\"", "\"sh -c 'exit 3'\"") + "[gates.e2e]\nrun = \"true\"\nneeds = [\"build\"]\n";
    let story = Story::with(&policy);
    let report = story.report(&[], 1);
    assert_eq!(
        gates(&report),
        [
            "lint fail: ended with 3",
            "build unproven: not run, since lint failed",
            "e2e unproven: not run, since build was not run"
        ]
    );
    assert!(!story.repository.path().join("build").exists());
    let printed = story.run(&[]).stdout;
    assert!(printed.contains("Next: lint: see what it printed\n\n"), "{printed}");
}

#[test]
fn a_skipped_gate_is_unproven_and_what_needs_it_runs() {
    let story = Story::with(TWO).file("lint", "");
    let report = story.report(&["--skip", "lint"], 3);
    assert_eq!(gates(&report), ["lint unproven: skipped by --skip", "build pass: ended with 0"]);
}

#[test]
fn only_asks_a_gate_with_what_it_needs() {
    let policy = TWO.replace("\"true\"", "\"touch lint\"") + "[gates.other]\nrun = \"false\"\n";
    let report = Story::with(&policy).report(&["run", "--only", "build"], 0);
    assert_eq!(gates(&report), ["lint pass: ended with 0", "build pass: ended with 0"]);
    assert_eq!(report["explanation"], "Not asked for: other, built-in.");
}

#[test]
fn shards_ask_every_gate_once() {
    let policy: String = (1..=5).map(|number| format!("[gates.g{number}]\nrun = \"true\"\n")).collect();
    let ids = |shard: &str| {
        let report = Story::with(&policy).report(&["--shard", shard], 0);
        gates(&report).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((ids("1/2"), ids("2/2")), (vec!["g1".into(), "g3".into(), "g5".into()], vec!["g2".into(), "g4".into()]));
}

#[test]
fn fail_fast_begins_nothing_after_the_first_failure() {
    let policy = "[gates]\nfail_fast = true\nparallel = 1\n[gates.a]\nrun = \"false\"\n[gates.b]\nrun = \"touch b\"\n";
    let story = Story::with(policy);
    assert_eq!(gates(&story.report(&[], 1)), ["a fail: ended with 1", "b unproven: not run, since a failed"]);
    assert!(!story.repository.path().join("b").exists());
}

#[test]
fn gates_run_side_by_side() {
    // Each waits for what the other writes: one after the other, they would hang.
    let wait = |own: &str, other: &str| {
        format!("[\"sh\", \"-c\", \"touch {own}; while ! test -e {other}; do sleep 0.01; done\"]")
    };
    let policy = format!(
        "[gates]\nparallel = 2\n[gates.a]\nrun = {}\ntimeout = \"60s\"\n[gates.b]\nrun = {}\ntimeout = \"60s\"\n",
        wait("a", "b"),
        wait("b", "a")
    );
    assert_eq!(Story::with(&policy).report(&[], 0)["verdict"], "pass");
}

#[test]
fn the_policy_says_what_unproven_means() {
    let policy = |meaning: &str| format!("[gates.a]\nrun = \"no-such-program-here\"\non_unproven = \"{meaning}\"\n");
    let missing = "cannot start `no-such-program-here`: No such file or directory (os error 2)";
    assert_eq!(gates(&Story::with(&policy("unproven")).report(&[], 3)), [format!("a unproven: {missing}")]);
    assert_eq!(
        gates(&Story::with(&policy("fail")).report(&[], 1)),
        [format!("a fail: could not be judged: {missing}")]
    );
    let report = Story::with(&policy("pass")).report(&[], 0);
    assert_eq!(gates(&report), [format!("a unproven: {missing}")]);
    assert_eq!(report["checks"][0]["summary"], format!("{missing}; the policy lets this pass"));
}

#[test]
fn scripts_are_gates_where_the_policy_lists_none() {
    let package = r#"{ "scripts": { "lint": "true", "test": "true", "dev": "next dev" } }"#;
    let story = Story::empty().file("package.json", package);
    assert_eq!(gates(&story.report(&["list"], 0)), Vec::<String>::new());
    let report = story.report(&["list"], 0);
    assert!(report["headline"].as_str().unwrap().starts_with("2 gates, and "), "{report:#}");
    let report = story.policy("[gates.own]\nrun = \"true\"\n").report(&[], 0);
    assert_eq!(gates(&report), ["own pass: ended with 0"]);
    assert_eq!(report["explanation"], "Found besides, and not in the policy: lint, unit.");
}

#[test]
fn what_tests_or_lints_must_show_its_work_whether_found_or_listed() {
    let package = r#"{ "scripts": { "lint": "echo fine", "test": "echo fine" } }"#;
    let tests = "unit unproven: ended with 0; nothing shows how many tests ran";
    let files = "lint unproven: ended with 0; nothing shows how many files it looked at";
    let story = Story::empty().file("package.json", package);
    let report = story.report(&[], 3);
    assert_eq!(gates(&report), [files, tests]);
    let next = |id: &str| {
        let checks = report["checks"].as_array().unwrap();
        checks.iter().find(|check| check["id"] == id).unwrap()["next"].clone()
    };
    assert_eq!(next("lint"), "lint: let it write a report, such as SARIF, and name it: `report` of [gates.lint]");
    assert_eq!(next("unit"), "unit: let it write a report, such as JUnit's, and name it: `report` of [gates.unit]");
    let story = story.policy("[gates.lint]\nrun = \"npm run lint\"\n[gates.unit]\nrun = \"true\"\n");
    assert_eq!(gates(&story.report(&[], 3)), [files, tests]);
}

#[test]
fn what_biome_prints_shows_what_it_looked_at() {
    let story = |printed: &str, code: u8| {
        let package = format!(r#"{{ "scripts": {{ "lint": "cat printed; exit {code}" }} }}"#);
        Story::empty().file("package.json", &package).file("printed", printed)
    };
    let clean = story("Checked 7 files in 3ms. No fixes applied.\n", 0);
    assert_eq!(gates(&clean.report(&[], 0)), ["lint pass: nothing wrong in 7 files"]);
    let printed = "a.ts:1:2 lint/suspicious/noDebugger ━━━\n\n  × Unexpected.\n\nChecked 1 file in 3ms. No fixes applied.\nFound 1 error.\n";
    let report = story(printed, 1).file("a.ts", "{ debugger }\n").report(&[], 1);
    assert_eq!(gates(&report), ["lint fail: 1 error in 1 file"]);
}

#[test]
fn warnings_that_are_counted_and_not_listed_count_in_the_budget() {
    let printed = "a.ts:1:2 lint/style/useConst ━━━\n\n  ! Use const.\n\nDiagnostics not shown: 2.\n\
                   Checked 1 file in 3ms. No fixes applied.\nFound 3 warnings.\n";
    let policy = |most: u8| format!("[gates.lint]\nrun = \"cat printed\"\nwarnings = {most}\n");
    let told = |most, code| gates(&Story::with(&policy(most)).file("printed", printed).report(&[], code));
    assert_eq!(told(3, 0), ["lint pass: 3 warnings in 1 file"]);
    assert_eq!(told(2, 1), ["lint fail: 3 warnings in 1 file; 3 warnings, and the policy allows 2"]);
}

#[test]
fn a_gate_of_the_policy_takes_the_place_of_one_that_is_built_in() {
    let report = Story::with("[gates.secrets]\nrun = \"true\"\n").report(&["--only", "secrets"], 0);
    assert_eq!(gates(&report), ["secrets pass: ended with 0"]);
    let explanation = report["explanation"].as_str().unwrap();
    assert!(explanation.ends_with("Built in, and replaced by the policy's gates: secrets."), "{explanation}");
}

#[test]
fn what_asks_for_a_change_is_asked_where_there_is_one() {
    let story = Story::with("[gates.a]\nrun = \"true\"\n");
    story.repository.git_init();
    let base = story.repository.commit("Begin");
    story.repository.git(&["branch", "-m", "work"]);
    let story = story.file("notes.md", "more\n");
    story.repository.commit("More");
    let asked = |words: &[&str]| {
        let path = story.repository.outside().join("report.json");
        let text = path.display().to_string();
        let outcome = story.run(&[words, &["--report", &text]].concat());
        let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        (outcome.code, gates(&report).iter().any(|line| line.starts_with("size ")))
    };
    assert_eq!(asked(&[]), (Some(0), false));
    assert!(asked(&["--base", &base]).1);
    assert_eq!(asked(&["--base", "no-such"]).0, Some(3), "a base that was given and is not there is missed");
}
