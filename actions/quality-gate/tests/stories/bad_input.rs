//! Whatever is wrong with the input is said at its place, before anything runs.

use crate::story::{Story, gates};

fn refusal(policy: &str) -> String {
    let outcome = Story::with(policy).run(&[]);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    outcome.stderr
}

#[test]
fn without_a_package_or_a_policy_nothing_is_proven() {
    let report = Story::empty().report(&[], 3);
    assert_eq!(gates(&report), ["package unproven: there is no package.json, and the policy lists no gates"]);
    assert_eq!(
        report["next"][0],
        "package: write [gates.<name>] with `run = \"…\"` in ops.toml, or give the package's folder with --root"
    );
}

#[test]
fn an_unknown_package_manager_is_named() {
    let outcome = Story::empty().file("package.json", r#"{ "packageManager": "cargo@1" }"#).run(&[]);
    assert_eq!(outcome.code, Some(2));
    assert_eq!(
        outcome.stderr,
        "error: package.json names the package manager `cargo@1`, and only pnpm, npm, yarn and bun are known; write the gates' commands in ops.toml, [gates.<name>] with `run = \"…\"`\n"
    );
}

#[test]
fn a_gate_that_is_nowhere_is_refused_at_its_place() {
    assert_eq!(
        refusal("[gates.lint]\nrun = \"true\"\n\n[gates.test]\ntimeout = \"1s\"\n"),
        "error: ops.toml:4:8: the gate `test` is neither built in nor found here, so it needs `run = \"…\"`; there are lint and those built in\n4 | [gates.test]\n  |        ^^^^\n"
    );
}

#[test]
fn unknown_needs_and_circles_are_refused_at_their_place() {
    assert_eq!(
        refusal("[gates.a]\nrun = \"true\"\nneeds = [\"b\"]\n"),
        "error: ops.toml:3:10: there is no gate `b` to need; there are a and those built in\n3 | needs = [\"b\"]\n  |          ^^^\n"
    );
    assert_eq!(
        refusal("[gates.a]\nrun = \"true\"\nneeds = [\"a\"]\n"),
        "error: ops.toml:3:10: the gate `a` needs itself\n3 | needs = [\"a\"]\n  |          ^^^\n"
    );
    assert_eq!(
        refusal(
            "[gates.a]\nrun = \"true\"\nneeds = [\"c\"]\n[gates.b]\nrun = \"true\"\nneeds = [\"a\"]\n[gates.c]\nrun = \"true\"\nneeds = [\"b\"]\n"
        ),
        "error: ops.toml:3:10: these gates need each other, so none can begin: a -> c -> b -> a\n3 | needs = [\"c\"]\n  |          ^^^\n"
    );
}

#[test]
fn a_broken_policy_is_shown_at_its_line() {
    assert_eq!(
        refusal("[gates.lint]\nrun = \"pnpm lint | tee log\"\n"),
        "error: ops.toml:2:7: `|` needs a shell, and gates run without one; quote it, or write [\"sh\", \"-c\", \"pnpm lint | tee log\"]\n2 | run = \"pnpm lint | tee log\"\n  |       ^^^^^^^^^^^^^^^^^^^^^\n"
    );
}

#[test]
fn flags_name_gates_that_are_there() {
    let story = Story::with("[gates.lint]\nrun = \"true\"\n");
    for (words, expected) in [
        (["--only", "lnt"], "error: --only lnt: there is no such gate here; there are lint, built-in\n"),
        (["--skip", "lnt"], "error: --skip lnt: there is no such gate here; there are lint, built-in\n"),
        (["--shard", "3/3"], "error: --shard 3/3: no gate is left for this part; ask for fewer parts\n"),
    ] {
        let outcome = story.run(&words);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(2), expected));
    }
}

#[test]
fn a_repository_without_commits_is_judged() {
    let story = Story::with("[gates.lint]\nrun = \"true\"\n");
    story.repository.git_init();
    assert_eq!(gates(&story.report(&[], 0))[0], "lint pass: ended with 0");
}
