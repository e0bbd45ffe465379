//! How large what a gate builds may be.

use crate::story::{Story, gates};

/// A policy whose gate runs `script` and has these limits.
fn builds(script: &str, limits: &str) -> Story {
    Story::with(&format!("[gates.build]\nrun = [\"sh\", \"-c\", \"{script}\"]\n[gates.build.bundle]\n{limits}"))
        .file("large.js", "export const answer = 42;\n".repeat(20_000))
        .file("small.js", "1;")
}

const COPY: &str = "mkdir -p dist/js && cp large.js small.js dist/js";

#[test]
fn what_is_small_enough_passes_and_its_size_is_told() {
    let story = builds(
        COPY,
        "\"dist/**/*.js\" = { raw = \"600kB\", gzip = \"2kB\" }\n\"dist/js/small.js\" = { raw = \"2B\" }\n",
    );
    let told = gates(&story.report(&["--only", "build"], 0));
    assert!(
        told[0].starts_with(
            "build pass: ended with 0; `dist/**/*.js` has 520.0 kB, 1.3 kB packed; `dist/js/small.js` has 2 B"
        ),
        "{told:?}"
    );
}

#[test]
fn what_is_too_large_fails_and_the_largest_file_is_named() {
    let story = builds(COPY, "\"dist/**/*.js\" = { raw = \"520kB\", gzip = \"1kB\" }\n");
    let report = story.report(&["--only", "build"], 1);
    let told = gates(&report);
    assert!(told[0].starts_with("build fail: `dist/**/*.js` has 520002 B, and the policy allows 520000 B; `dist/**/*.js` has 1.3 kB packed, and the policy allows 1.0 kB"), "{told:?}");
    let next = &report["checks"][0]["next"];
    assert_eq!(next, "build: see what made it grow; the largest file is `dist/js/large.js`");
}

#[test]
fn what_was_not_built_in_this_run_is_unproven() {
    let limits = "\"dist/**/*.js\" = { raw = \"1MB\" }\n";
    let told = gates(&builds("true", limits).report(&["--only", "build"], 3));
    assert!(
        told[0].contains("unproven: ended with 0; it built nothing that fits `dist/**/*.js`; the root holds "),
        "{told:?}"
    );
    let linked = builds(&format!("{COPY} && ln -s js dist/more"), limits);
    let told = gates(&linked.report(&["--only", "build"], 3));
    assert_eq!(told, ["build unproven: ended with 0; not everything could be looked at for `dist/**/*.js`"]);
    let story = builds(COPY, limits).file("dist/old.js", "1;");
    let told = gates(&story.report(&["--only", "build"], 3));
    assert_eq!(told, ["build unproven: ended with 0; `dist/old.js` is older than this run"]);
}

#[test]
fn a_gate_that_is_built_in_builds_nothing() {
    let outcome = Story::with("[gates.console.bundle]\n\"dist/*.js\" = { raw = \"1kB\" }\n").run(&[]);
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.contains("`console` is built in and has no report"), "{outcome}");
}
