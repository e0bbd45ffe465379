//! `secrets`: the contract for other programs, and what a user sees.

use serde_json::{Value, json};

use crate::story::Story;

/// Put together when the test runs, so that no scanner stops this file.
fn token() -> String {
    ["re", "_Xk9Q2vTz_", "8sLw4NbYc6RfHj1MdPgAe3Ui"].concat()
}

fn git(story: &Story, words: &[&str]) -> String {
    let name = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    let output =
        std::process::Command::new("git").arg("-C").arg(story.repository.path()).args(name).args(words).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(story: &Story, message: &str) -> String {
    git(story, &["add", "-A"]);
    git(story, &["commit", "-q", "--allow-empty", "-m", message]);
    git(story, &["rev-parse", "HEAD"])
}

/// A repository in whose second commit a token stands that the third took away; with the first and the second commit.
fn leaked() -> (Story, String, String) {
    let story = Story::empty().file("README.md", "shop\n");
    git(&story, &["init", "-q", "-b", "main"]);
    let base = commit(&story, "base");
    let story = story.file("src/mail.ts", format!("\nexport const key = \"{}\";\n", token()));
    let second = commit(&story, "add");
    let story = story.file("src/mail.ts", "");
    commit(&story, "remove");
    (story, base, second)
}

/// The contract's part, and the fingerprints, which must be there.
fn secrets(report: &Value) -> Vec<Value> {
    let mut secrets = report["details"]["secrets"].as_array().unwrap().clone();
    for secret in &mut secrets {
        assert_eq!(secret["fingerprint"].as_str().unwrap().len(), 32);
        secret["fingerprint"] = Value::Null;
    }
    secrets
}

#[test]
fn a_range_and_the_history_tell_commit_and_line_where_the_tree_is_clean() {
    let (story, base, second) = leaked();
    let expected = json!({
        "rule": "secret/resend-key", "path": "src/mail.ts", "commit": second,
        "start_line": 2, "end_line": 2, "validity": "unknown", "fingerprint": null,
    });
    let range = story.report(&["secrets", "--mode", "range", "--base", &base], 1);
    assert_eq!(secrets(&range), std::slice::from_ref(&expected));
    let history = story.report(&["secrets", "--mode", "history"], 1);
    assert_eq!(secrets(&history), [expected]);
    assert_eq!(range["details"]["secrets"][0]["fingerprint"], history["details"]["secrets"][0]["fingerprint"]);
    let tree = story.report(&["secrets", "--mode", "tree"], 0);
    assert_eq!(secrets(&tree), [json!(null); 0]);
    assert_eq!(tree["checks"][0]["summary"], "no secret in 2 files");
}

#[test]
fn the_secret_is_in_nothing_that_is_written() {
    let (story, base, _) = leaked();
    for format in ["text", "json", "sarif", "markdown", "github"] {
        let outcome = story.run(&["secrets", "--base", &base, "--format", format]);
        assert_eq!(outcome.code, Some(1), "{outcome}");
        let all = format!("{outcome}");
        assert!(all.contains("resend-key"), "{all}");
        assert!(!all.contains("Xk9Q2vTz") && !all.contains("8sLw4NbY"), "{all}");
    }
}

#[test]
fn what_is_not_in_the_clone_is_unproven_with_the_way_out() {
    let (story, ..) = leaked();
    let report = story.report(&["secrets", "--mode", "range", "--base", "origin/main"], 3);
    let check = &report["checks"][0];
    assert_eq!(check["verdict"], "unproven");
    assert_eq!(check["summary"], "the commit origin/main, with which HEAD is compared, is not in this clone");
    let report = Story::empty().file("a.ts", "1").report(&["secrets", "--mode", "history"], 3);
    assert_eq!(report["checks"][0]["summary"], "this folder is no git repository");
}

#[test]
fn a_known_secret_passes_until_it_is_another() {
    let (story, base, _) = leaked();
    let report = story.report(&["secrets", "--base", &base], 1);
    let fingerprint = report["findings"][0]["fingerprint"].as_str().unwrap();
    let known = json!({ "schema": 1, "findings": [
        { "rule": "secret/resend-key", "path": "elsewhere.ts", "fingerprint": fingerprint, "owner": "@platform" }
    ] });
    let story = story.file("ops-baseline.json", known.to_string());
    let report = story.report(&["secrets", "--base", &base], 0);
    assert!(report["findings"][0]["waived_by"].as_str().is_some(), "{report}");
    assert_eq!(secrets(&report).len(), 1, "it is told all the same");
}

#[test]
fn the_team_decides_what_is_silent() {
    let (story, base, _) = leaked();
    let story = story.policy("[secrets]\nexclude = [\"src/**\"]\n");
    story.report(&["secrets", "--base", &base], 0);
    let story = story.policy("[secrets]\ndisabled = [\"resend-key\", \"generic-api-key\"]\n");
    let outcome = story.run(&["secrets", "--base", &base]);
    assert!(outcome.code == Some(0) || outcome.code == Some(2), "{outcome}");
    let story = story.policy("").file(".gitleaks.toml", "[allowlist]\npaths = ['^src/']\n");
    story.report(&["secrets", "--base", &base], 0);
}

#[test]
fn a_wrong_rule_is_refused_before_anything_is_looked_at() {
    let story = Story::empty().file("a.ts", "1").file(".gitleaks.toml", "[[rules]]\nid = \"a\"\nregex = \"a(\"\n");
    let outcome = story.run(&["secrets"]);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    let expected = ".gitleaks.toml: the rule `a` has a pattern that cannot be used: `a(` is not a regular expression: unclosed group";
    assert!(format!("{outcome}").contains(expected), "{outcome}");
    let outcome = Story::with("[secrets]\ndisabled = [\"no-such\"]\n").file("a.ts", "1").run(&["secrets"]);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(format!("{outcome}").contains("`no-such` is switched off, and there is no such rule"), "{outcome}");
}

#[test]
fn a_key_that_is_named_and_missing_proves_nothing() {
    let story = Story::with("[secrets]\nkey = \"OPS_SECRETS_KEY\"\n").file("a.ts", "1");
    let report = story.report(&["secrets"], 3);
    let summary = "the variable OPS_SECRETS_KEY, which holds the key of the fingerprints, is not set";
    assert_eq!(report["checks"][0]["summary"], summary);
}

#[test]
fn a_killed_run_leaves_a_cache_that_the_next_one_reads() {
    let (story, ..) = leaked();
    for number in 0..300 {
        story.repository.write(&format!("many/{number}.ts"), format!("{number} {}", "const a = 1;\n".repeat(number)));
    }
    commit(&story, "many");
    let cache = story.repository.outside().join("cache");
    let words = ["secrets", "--mode", "history", "--cache", cache.to_str().unwrap()];
    let whole = story.report(&words, 1);
    let file = std::fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
    let clean = std::fs::read(&file).unwrap();
    // One more commit, so that each run has something to write; each is killed a little later.
    for (number, wait) in [0, 2, 5, 10, 20, 40, 80, 160].into_iter().enumerate() {
        story.repository.write("more.ts", number.to_string());
        commit(&story, "more");
        story.killed_after(&words, wait);
        let left = std::fs::read(&file).unwrap();
        assert!(left.len() >= clean.len() && left.starts_with(&clean[..14]), "the old file, or a whole new one");
    }
    let again = story.report(&words, 1);
    assert_eq!(secrets(&again), secrets(&whole));
    assert!(again["checks"][0]["evidence"]["known"].as_u64().unwrap() >= 300, "{again}");
}

#[test]
fn a_cache_that_cannot_be_written_is_told_of_in_the_log() {
    let (story, ..) = leaked();
    let no_folder = story.repository.outside().join("cache");
    std::fs::write(&no_folder, "a file").unwrap();
    let words = ["secrets", "--mode", "history", "--cache", no_folder.to_str().unwrap()];
    let outcome = story.run(&words);
    assert_eq!(outcome.code, Some(1));
    let told = "what is known of the history cannot be kept, so the next look takes as long as this one";
    assert!(outcome.stderr.contains(told) && outcome.stderr.contains("cache"), "{}", outcome.stderr);
}

#[test]
fn a_run_that_knows_the_history_reports_the_same() {
    let (story, ..) = leaked();
    for number in 0..20 {
        let lines = "const a = 1;\n".repeat(number);
        story.repository.write("src/post.ts", format!("{lines}const key = \"{}\";\n", token()));
        commit(&story, "post");
    }
    let cache = story.repository.outside().join("cache");
    let report = || {
        let mut report = story.report(&["secrets", "--mode", "history", "--cache", cache.to_str().unwrap()], 1);
        // What may differ: when it was, and how much of it was known.
        report["started_at"] = Value::Null;
        report["duration_ms"] = Value::Null;
        let known = report["checks"][0]["evidence"].as_object_mut().unwrap().shift_remove("known");
        (report.to_string(), known)
    };
    let (first, second) = (report(), report());
    assert_eq!(first.0, second.0);
    // One of the contents says what the secret is in the others, and one is empty.
    assert_eq!((first.1, second.1), (None, Some(json!(22))));
    let file = std::fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
    let kept = std::fs::read(file).unwrap();
    assert!(!kept.windows(8).any(|part| part == &token().as_bytes()[3..11]));
}

#[test]
fn a_baseline_knows_secrets_by_a_keyed_fingerprint_until_its_day() {
    let policy = "[gates.types]\nrun = \"true\"\n[secrets]\nkey = \"SECRETS_KEY\"\n";
    let story = Story::with(policy)
        .env("SECRETS_KEY", "of the team")
        .file("src/mail.ts", format!("const key = {:?};\n", token()));
    git(&story, &["init", "-q", "-b", "main"]);
    commit(&story, "Send mail");
    let found = story.report(&["--only", "secrets"], 1);
    let fingerprint = found["details"]["secrets"][0]["fingerprint"].as_str().unwrap().to_owned();
    story.report(&["baseline"], 0);
    let written = story.repository.read("ops-baseline.json");
    assert!(written.contains(&fingerprint) && !written.contains(&token()[3..]), "{written}");
    // It moves to another file, and is known there too.
    git(&story, &["mv", "src/mail.ts", "src/post.ts"]);
    let report = story.report(&["--only", "secrets"], 0);
    assert_eq!(report["findings"][0]["waived_by"], "baseline");
    let dated = |day: &str| {
        let mut baseline: Value = serde_json::from_str(&written).unwrap();
        baseline["findings"][0]["owner"] = "@platform".into();
        baseline["findings"][0]["expires"] = day.into();
        baseline.to_string()
    };
    let story = story.file("ops-baseline.json", dated("2999-01-01"));
    assert_eq!(story.report(&["--only", "secrets"], 0)["findings"][0]["waived_by"], "baseline: @platform");
    // Written anew, it keeps its owner and its day.
    story.report(&["baseline"], 0);
    assert!(story.repository.read("ops-baseline.json").contains("2999-01-01"));
    let story = story.file("ops-baseline.json", dated("2020-01-01"));
    let report = story.report(&["--only", "secrets"], 1);
    let rules: Vec<&str> =
        report["findings"].as_array().unwrap().iter().filter_map(|finding| finding["rule"].as_str()).collect();
    assert!(rules.contains(&"policy/expired-baseline"), "{rules:?}");
    // Another key makes another fingerprint, and nothing is known.
    let story = story.file("ops-baseline.json", dated("2999-01-01")).env("SECRETS_KEY", "of another");
    story.report(&["--only", "secrets"], 1);
}

#[test]
fn a_secret_of_the_code_is_found_again_in_a_log() {
    let story = Story::empty().file("src/mail.ts", format!("export const key = \"{}\";\n", token()));
    let log = format!("2026-11-22T04:15:16.1234567Z \u{1b}[36;1mRESEND_API_KEY={}\u{1b}[0m\r\n", token());
    let story = story.file("logs/0_build.txt", &log).file(".gitignore", "logs\n");
    git(&story, &["init", "-q", "-b", "main"]);
    commit(&story, "Send mail");
    let code = story.report(&["secrets", "--mode", "tree"], 1);
    assert_eq!(secrets(&code).len(), 1, "the log is ignored");
    let logs = story.repository.path().join("logs");
    let words = ["secrets", "--mode", "logs", "--root", logs.to_str().unwrap()];
    let told = story.report(&words, 1);
    let expected = json!({
        "rule": "secret/resend-key", "path": "0_build.txt", "commit": null,
        "start_line": 1, "end_line": 1, "validity": "unknown", "fingerprint": null,
    });
    assert_eq!(secrets(&told), [expected]);
    let fingerprint = |report: &Value| report["details"]["secrets"][0]["fingerprint"].clone();
    assert_eq!(fingerprint(&told), fingerprint(&code));
    // What lies among logs decides nothing of itself.
    let known = json!({ "schema": 1, "findings": [
        { "rule": "secret/resend-key", "path": "a", "fingerprint": fingerprint(&code), "owner": "@platform" }
    ] });
    let story = story.file("logs/.gitleaks.toml", "[allowlist]\npaths = ['.*']\n");
    let story = story.file("logs/ops-baseline.json", known.to_string());
    story.report(&words, 1);
    // A policy does where it is named, and not where it merely lies there.
    let policy = "[[waivers]]\nrule = \"secret/resend-key\"\npath = \"*.txt\"\nowner = \"@shop\"\nreason = \"none\"\nexpires = 2999-01-01\n";
    let story = story.file("logs/ops.toml", policy);
    story.report(&words, 1);
    let named = logs.join("ops.toml");
    story.report(&[&words[..], &["--policy", named.to_str().unwrap()]].concat(), 0);
}

#[test]
fn logs_that_are_packed_or_not_there_prove_nothing() {
    let story = Story::empty().file("logs/logs.zip", b"PK\x03\x04\x14\x00\x00\x00");
    let words = ["secrets", "--mode", "logs", "--root", "logs"];
    let report = story.report(&words, 3);
    assert_eq!(report["checks"][0]["summary"], "logs.zip is packed");
    assert_eq!(report["checks"][0]["next"], "unpack it first, as with `unzip` or `gunzip`");
    let empty = Story::empty();
    std::fs::create_dir(empty.repository.path().join("logs")).unwrap();
    assert_eq!(empty.report(&words, 3)["checks"][0]["summary"], "no log was looked into");
}
