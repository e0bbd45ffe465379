//! The gate as a whole, on repositories with lockfiles of each kind.

use super::GATE;
use crate::built_in::testing::Repository;

fn fixture(path: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/lockfiles/");
    std::fs::read_to_string(format!("{folder}{path}")).unwrap()
}

/// The workspace that pnpm 9 wrote, with a manifest that is pinned.
fn workspace(root: &str) -> Repository {
    let read = |path: &str| fixture(&format!("pnpm-9/{path}"));
    Repository::with(&[
        ("package.json", root),
        ("packages/web/package.json", &read("packages/web/package.json")),
        ("pnpm-lock.yaml", &read("pnpm-lock.yaml")),
        ("pnpm-workspace.yaml", &read("pnpm-workspace.yaml")),
    ])
}

fn root() -> String {
    fixture("pnpm-9/package.json").replacen('{', "{\n  \"packageManager\": \"pnpm@9.15.9\",", 1)
}

#[test]
fn a_workspace_in_step_passes() {
    let repository = workspace(&root());
    assert_eq!(repository.finds(&GATE), [""; 0]);
    assert_eq!(repository.verdict(&GATE), "pass: 1 lockfile in step, 24 packages");
}

#[test]
fn without_a_manifest_nothing_is_asked() {
    assert_eq!(Repository::with(&[("a.txt", "")]).verdict(&GATE), "not asked");
}

#[test]
fn every_difference_is_told_at_its_line() {
    let changed = root().replace("\"debug\": \"^4.3.0\"", "\"debug\": \"^5.0.0\", \"zod\": \"^3.0.0\"");
    let repository = workspace(&changed.replace("\"mkdirp\": \"0.5.1\"", ""));
    assert_eq!(
        repository.finds(&GATE),
        [
            "error repository/lockfile-stale package.json:1: pnpm-lock.yaml has mkdirp, which package.json does not want",
            "error repository/lockfile-stale package.json:6: package.json wants debug ^5.0.0, and pnpm-lock.yaml is for ^4.3.0",
            "error repository/lockfile-stale package.json:6: pnpm-lock.yaml does not know zod ^3.0.0",
        ]
    );
    let outcome = repository.asks(&GATE).unwrap();
    assert_eq!(outcome.next.as_deref(), Some("Run `pnpm install --lockfile-only`, and commit pnpm-lock.yaml."));
}

#[test]
fn an_example_may_belong_to_the_workspace_and_is_left_alone_otherwise() {
    let lockfile = r#"{ "lockfileVersion": 3, "packages": { "": {}, "examples/a": { "dependencies": { "a": "1.0.0" } },
        "node_modules/a": { "version": "1.0.0", "integrity": "sha512-x" } } }"#;
    let example = ("examples/a/package.json", r#"{ "dependencies": { "a": "1.0.0" } }"#);
    let root = r#"{ "workspaces": ["examples/*"] }"#;
    let member = Repository::with(&[("package.json", root), example, ("package-lock.json", lockfile)]);
    assert_eq!(member.verdict(&GATE), "pass: 1 lockfile in step, 1 package");
    let apart = Repository::with(&[("package.json", "{}"), example, ("examples/b/package.json", "{")]);
    assert_eq!(apart.verdict(&GATE), "pass: 0 lockfiles in step, 0 packages");
}

#[test]
fn no_lockfile_and_one_that_is_ignored_are_told() {
    let package = r#"{ "dependencies": { "zod": "3.0.0" } }"#;
    let repository = Repository::with(&[("package.json", package)]);
    assert_eq!(
        repository.verdict(&GATE),
        "fail: package.json: package.json has dependencies, and there is no lockfile"
    );
    let repository = Repository::with(&[("package.json", package), (".gitignore", "*lock*\n"), ("bun.lock", "{}")]);
    assert_eq!(
        repository.finds(&GATE),
        ["error repository/lockfile-missing package.json:1: bun.lock is not tracked by git"]
    );
}

#[test]
fn two_lockfiles_are_one_too_many() {
    let repository = workspace(&root()).change("Use npm", &[("package-lock.json", "{}")]);
    let expected = [
        "error repository/lockfile-several package-lock.json:1: package-lock.json and pnpm-lock.yaml stand together in the root",
    ];
    let found = repository.finds(&GATE);
    assert_eq!(found[..1], expected);
    let nested = workspace(&root()).change("Install there", &[("packages/web/package-lock.json", "{}")]);
    assert_eq!(
        nested.finds(&GATE)[0],
        "warning repository/lockfile-several packages/web/package-lock.json:1: packages/web/package-lock.json is not read: pnpm-lock.yaml is the lockfile of the workspace that packages/web belongs to"
    );
}

#[test]
fn what_cannot_be_read_is_unproven() {
    let package = r#"{ "packageManager": "bun@1.3.1", "dependencies": { "zod": "3.0.0" } }"#;
    let verdict = |files: &[(&str, &str)]| Repository::with(files).verdict(&GATE);
    assert_eq!(
        verdict(&[("package.json", package), ("bun.lockb", "\0")]),
        "unproven: bun.lockb is binary and is not read here; bun writes bun.lock instead with `bun install --save-text-lockfile --lockfile-only`"
    );
    assert_eq!(
        verdict(&[("package.json", package), ("bun.lock", r#"{ "lockfileVersion": 7 }"#)]),
        "unproven: bun.lock is of version 7, which is not known here"
    );
    assert_eq!(
        verdict(&[("package.json", "{"), ("bun.lock", r#"{ "lockfileVersion": 1, "workspaces": {} }"#)]),
        "unproven: package.json is not JSON: EOF while parsing an object at line 1 column 1"
    );
}

#[test]
fn the_package_manager_is_pinned_to_a_version() {
    let said = |line: &str| workspace(&root().replace("\"packageManager\": \"pnpm@9.15.9\",", line)).finds(&GATE);
    assert_eq!(
        said(""),
        [
            "warning repository/package-manager package.json:1: package.json does not say which version of pnpm it is for"
        ]
    );
    assert_eq!(
        said("\"packageManager\": \"pnpm@9\","),
        ["error repository/package-manager package.json:2: package.json says pnpm@9, which is no exact version"]
    );
    assert_eq!(
        said("\"packageManager\": \"yarn@4.10.3\","),
        [
            "error repository/package-manager package.json:2: package.json says yarn@4.10.3, and pnpm-lock.yaml is pnpm's"
        ]
    );
    assert_eq!(said("\"packageManager\": \"pnpm@9.15.9+sha512.0123abcd\","), [""; 0]);
}

#[test]
fn a_package_without_integrity_is_a_warning() {
    let package = r#"{ "dependencies": { "a": "1.0.0" } }"#;
    let lockfile = r#"{ "lockfileVersion": 3, "packages": { "": { "dependencies": { "a": "1.0.0" } },
        "node_modules/a": { "version": "1.0.0", "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz" } } }"#;
    let repository = Repository::with(&[("package.json", package), ("package-lock.json", lockfile)]);
    assert_eq!(
        repository.finds(&GATE),
        ["warning dependency/no-integrity package-lock.json:1: a 1.0.0 has no integrity"]
    );
    assert_eq!(repository.verdict(&GATE), "pass: 1 lockfile in step, 1 package; 1 warning");
}

#[test]
fn a_change_of_the_lockfile_alone_is_noted() {
    let text = fixture("pnpm-9/pnpm-lock.yaml") + "\n";
    let repository = workspace(&root()).change("Update", &[("pnpm-lock.yaml", &text)]);
    let expected = ["note dependency/lockfile-only pnpm-lock.yaml:1: pnpm-lock.yaml changed, and no package.json did"];
    assert_eq!(repository.finds(&GATE), expected);
    let both = repository.change("Update", &[("package.json", &(root() + "\n"))]);
    assert_eq!(both.finds(&GATE), [""; 0]);
}
