//! Who says which packages are vulnerable: the package manager's service, or advisories on disk.

use std::os::unix::fs::PermissionsExt as _;

use crate::story::{Story, gates};

const PACKAGE: &str = r#"{ "name": "shop", "version": "1.0.0", "packageManager": "pnpm@10.34.8",
    "scripts": { "lint": "eslint ." }, "dependencies": { "ms": "2.1.3" } }"#;
const LOCKFILE: &str = "lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      ms:
        specifier: 2.1.3
        version: 2.1.3
packages:
  ms@2.1.3:
    resolution: {integrity: sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==}
snapshots:
  ms@2.1.3: {}
";

/// What pnpm 10 answers, from the readers' fixtures.
fn answer(name: &str) -> String {
    let path = format!("{}/../../crates/formats/fixtures/pnpm-10/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// A package whose pnpm answers an audit with this.
fn shop(answer: &str, code: u8) -> Story {
    let script = format!("#!/bin/sh\ntest \"$1\" = audit || exit 0\ncat answer\nexit {code}\n");
    let story = Story::empty().file("package.json", PACKAGE).file("pnpm-lock.yaml", LOCKFILE).file("bin/pnpm", script);
    let story = story.file("answer", answer);
    let folder = story.repository.path().join("bin");
    std::fs::set_permissions(folder.join("pnpm"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    story.env("PATH", &path)
}

fn answers(story: &Story, code: i32) -> Vec<String> {
    story.repository.git_init();
    let asked = |line: &String| line.starts_with("audit ") || line.starts_with("dependencies ");
    let report = story.report(&["--skip", "lint"], code);
    gates(&report).into_iter().filter(asked).collect()
}

#[test]
fn the_package_manager_is_asked_where_nothing_else_is_given() {
    let report = shop(&answer("found"), 1).report(&["--only", "audit"], 1);
    let rules: Vec<&str> =
        report["findings"].as_array().unwrap().iter().filter_map(|one| one["rule"].as_str()).collect();
    assert!(rules.iter().any(|rule| rule.starts_with("audit/GHSA-")), "{rules:?}");
    assert_eq!(answers(&shop(&answer("clean"), 0), 3), ["audit pass: nothing wrong"]);
}

#[test]
fn a_service_that_does_not_answer_proves_nothing() {
    let story = shop(&answer("unavailable"), 1);
    let said = answers(&story, 3);
    assert!(
        said.len() == 1 && said[0].starts_with("audit unproven: ended with 1; what it printed has no result: "),
        "{said:?}"
    );
    let printed = story.run(&["--only", "audit"]).stdout;
    assert!(printed.contains("name advisories of OSV in `[release.dependencies] advisories`"), "{printed}");
}

#[test]
fn the_report_says_more_than_the_exit_code() {
    let moderate = answer("found").replace(": \"critical\"", ": \"moderate\"").replace(": \"high\"", ": \"moderate\"");
    let moderate = moderate.replace("\"moderate\": 2", "\"moderate\": 3").replace("\"high\": 1", "\"high\": 0");
    let moderate = moderate.replace("\"critical\": 2", "\"critical\": 0");
    let said = answers(&shop(&moderate, 1), 3);
    assert_eq!(said, ["audit pass: 3 known vulnerabilities"]);
    assert_eq!(answers(&shop("", 1), 3), ["audit unproven: ended with 1; it has no result: it printed no report"]);
    assert_eq!(
        answers(&shop(&answer("found")[..200], 1), 3),
        [
            "audit unproven: ended with 1; what it printed cannot be read as pnpm-audit: line 11, column 17: the report ends in the middle"
        ]
    );
}

/// A package of this manager, whose audit prints `output` and `error`, and ends with 1.
fn fails(manager: &str, lockfile: [&str; 2], output: &str, error: &str) -> Vec<String> {
    let script = "#!/bin/sh\ncat output\ncat error >&2\nexit 1\n".to_owned();
    let (program, package) = (format!("bin/{manager}"), PACKAGE.replace("pnpm@10.34.8", &format!("{manager}@1.0.0")));
    let story = Story::empty().file("package.json", package).file(lockfile[0], lockfile[1]).file(&program, script);
    let story = story.file("output", output).file("error", error);
    let program = story.repository.path().join(program);
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let folder = story.repository.path().join("bin");
    let story = story.env("PATH", &format!("{}:{}", folder.display(), std::env::var("PATH").unwrap()));
    gates(&story.report(&["--only", "audit"], 3))
}

#[test]
fn the_reason_is_told_though_it_stands_on_standard_error() {
    let yarn = ["yarn.lock", "# yarn lockfile v1\n"];
    let error = "{\"type\":\"error\",\"data\":\"Error: the registry returned a 405\"}\n";
    let info = "{\"type\":\"info\",\"data\":\"Visit the documentation.\"}\n";
    assert_eq!(
        fails("yarn", yarn, info, error),
        ["audit unproven: ended with 1; it has no result: Error: the registry returned a 405"]
    );
    let bun = ["bun.lock", "{}"];
    assert_eq!(
        fails("bun", bun, "", "bun audit v1.3.0\nerror: audit request failed (status 503)\n"),
        ["audit unproven: ended with 1; it has no result: error: audit request failed (status 503)"]
    );
    let source = format!("/yarn.js:148\nclass E extends Error{{}}{}\n", "x".repeat(600));
    assert_eq!(
        fails("yarn", ["yarn.lock", "__metadata:\n"], "", &format!("{source}\nLs [RequestError]: no route\n")),
        ["audit unproven: ended with 1; it has no result: Ls [RequestError]: no route"]
    );
}

#[test]
fn advisories_on_disk_need_no_service() {
    let advisory = r#"{ "id": "GHSA-1", "affected": [{ "package": { "ecosystem": "npm", "name": "ms" },
        "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": "2.0.0" }] }] }] }"#;
    let story = shop(&answer("unavailable"), 1)
        .file("osv/GHSA-1.json", advisory)
        .policy("[release.dependencies]\nadvisories = \"osv\"\n");
    assert_eq!(answers(&story, 3), ["dependencies pass: 1 package against 1 advisory"]);
}

#[test]
fn a_policy_that_lists_its_gates_and_no_audit_is_told_so() {
    let listed = shop(&answer("clean"), 0).policy("[gates.lint]\nrun = \"true\"\n");
    assert_eq!(answers(&listed, 3), ["dependencies unproven: no advisories were given to compare the lockfile with"]);
}
