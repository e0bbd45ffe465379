//! What workflows run is what was reviewed: actions pinned to a commit, on runners that the team chose.

mod workflow;

use ops_core::{Finding, Severity, glob};

use self::workflow::Word;
use super::BuiltIn;
use super::packages::is_apart;
use super::rule::{count, judged, unknown};
use crate::outcome::Outcome;
use crate::situation::{Situation, file_name};

pub(super) const GATE: BuiltIn = BuiltIn { id: "actions", title: "Workflows run what was reviewed", check };

rule! {
    /// ## What it does
    /// Finds `uses:` in workflows and composite actions that name no full commit: a tag, a branch, or an image without its digest.
    /// A branch is an error, a tag a warning. Local paths need no pin, and neither do the actions that
    /// `[release.actions] trusted` lists.
    ///
    /// ## Why is this bad
    /// Whoever can move the tag runs code with this workflow's secrets, and nobody here reviews it.
    ///
    /// ## Instead
    /// ```yaml
    /// # before
    /// - uses: actions/checkout@v4
    /// # after
    /// - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
    /// ```
    UNPINNED: "repository/unpinned-action", "An action that is not pinned to a commit"
}

rule! {
    /// ## What it does
    /// Notes an action that is pinned to a commit without a comment that says which version that is.
    ///
    /// ## Why is this bad
    /// Nobody sees how old it is, and tools that update pins go by the comment.
    ///
    /// ## Instead
    /// ```yaml
    /// # before
    /// - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683
    /// # after
    /// - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
    /// ```
    NAMELESS: "repository/action-without-version", "A pinned action that does not say its version"
}

rule! {
    /// ## What it does
    /// Compares the labels of `runs-on` with the patterns of `[release.actions] runners`, where the policy has any. A matrix that
    /// is written out is looked into; another expression cannot be compared, and is told, too.
    ///
    /// ## Why is this bad
    /// A job on a runner that nobody chose hands its secrets to a machine that nobody knows.
    ///
    /// ## Instead
    /// ```yaml
    /// # before
    /// runs-on: [self-hosted, bobs-machine]
    /// # after
    /// runs-on: ubuntu-24.04
    /// ```
    RUNNER: "repository/runner", "A runner that the policy does not list"
}

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let files = match situation.files() {
        Ok(files) => files,
        Err(reason) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
    };
    let paths: Vec<&String> = files.iter().filter(|path| is_workflow(path)).collect();
    if paths.is_empty() {
        return None;
    }
    let (mut findings, mut unread, mut actions) = (Vec::new(), Vec::new(), 0);
    for path in &paths {
        match situation.read(path).and_then(|text| workflow::read(path, &text)) {
            Ok(used) => {
                actions += used.actions.len();
                findings.extend(used.actions.iter().filter_map(|word| action(situation, word)));
                findings.extend(used.runners.iter().filter_map(|word| runner(situation, word)));
            }
            Err(reason) => unread.push(reason),
        }
    }
    let good = format!("{} in {}", count(actions, "action"), count(paths.len(), "file"));
    Some(judged(good, findings, &unread).with("actions", actions as u64))
}

fn is_workflow(path: &str) -> bool {
    let is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    let name = file_name(path);
    let is_flow = path.strip_prefix(".github/workflows/").is_some_and(|name| !name.contains('/'));
    is_yaml && (is_flow || matches!(name, "action.yml" | "action.yaml") && !is_apart(path))
}

fn action(situation: &Situation<'_>, word: &Word) -> Option<Finding> {
    let text = word.text.as_str();
    if text.starts_with("./") {
        return None;
    }
    let (name, version) = match text.strip_prefix("docker://") {
        Some(image) => image.split_once("@sha256:").unwrap_or((image, "")),
        None => text.split_once('@').unwrap_or((text, "")),
    };
    let repository: Vec<&str> = name.splitn(3, '/').take(2).collect();
    let repository = repository.join("/");
    let mut trusted = situation.policy.release.actions.trusted.iter();
    if trusted.any(|pattern| glob::matches(pattern, name) || glob::matches(pattern, &repository)) {
        return None;
    }
    let is_commit = matches!(version.len(), 40 | 64) && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_commit {
        let is_named = word.comment.bytes().any(|byte| byte.is_ascii_digit()) || text.starts_with("docker://");
        let message = format!("{name} is pinned, and no comment says to which version");
        let help = "Write the version behind it, as in `# v4.2.2`.";
        return (!is_named).then(|| NAMELESS.finding(Severity::Note, word.place.clone(), &[text], message, help));
    }
    let is_branch = !text.starts_with("docker://")
        && matches!(version, "" | "main" | "master" | "develop" | "dev" | "trunk" | "HEAD" | "latest");
    let severity = if is_branch { Severity::Error } else { Severity::Warning };
    let help = if text.starts_with("docker://") {
        format!("Write the image's digest: docker://{name}@sha256:…")
    } else {
        format!("Write the commit, and the version behind it: {name}@<40 digits> # {version}")
    };
    Some(UNPINNED.finding(severity, word.place.clone(), &[text], format!("{text} is not pinned to a commit"), help))
}

fn runner(situation: &Situation<'_>, word: &Word) -> Option<Finding> {
    let allowed = &situation.policy.release.actions.runners;
    if allowed.is_empty() || allowed.iter().any(|pattern| glob::matches(pattern, &word.text)) {
        return None;
    }
    let message = if word.text.contains("${{") {
        format!("the runner `{}` is computed, so it cannot be compared with the policy", word.text)
    } else {
        format!("the runner `{}` is not on the policy's list", word.text)
    };
    let help = format!("Use one of {}, or add it to `[release.actions] runners`.", allowed.join(", "));
    Some(RUNNER.finding(Severity::Error, word.place.clone(), &[&word.text], message, help))
}

#[cfg(test)]
mod tests {
    use super::GATE;
    use super::workflow::read;
    use crate::built_in::testing::Repository;
    use proptest::prelude::*;

    const PIN: &str = "11bd71901bbe5b1630ceea73d27597364c9af683";

    fn workflow(steps: &str) -> String {
        format!("name: ci\non: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n{steps}")
    }

    fn finds(steps: &str) -> Vec<String> {
        Repository::with(&[(".github/workflows/ci.yml", &workflow(steps))]).finds(&GATE)
    }

    #[test]
    fn a_commit_with_its_version_is_silent_and_so_is_a_local_path() {
        let steps = format!(
            "      - uses: actions/checkout@{PIN} # v4.2.2\n      - uses: ./.github/actions/setup\n      - run: echo\n"
        );
        assert_eq!(finds(&steps), [""; 0]);
        let digest = "a".repeat(64);
        assert_eq!(finds(&format!("      - uses: docker://alpine@sha256:{digest}\n")), [""; 0]);
    }

    #[test]
    fn tags_branches_and_images_are_told_at_their_lines() {
        let steps =
            "      - uses: actions/checkout@v4\n      - uses: 'someone/thing@main'\n      - uses: docker://alpine:3\n";
        assert_eq!(
            finds(steps),
            [
                "error repository/unpinned-action .github/workflows/ci.yml:8: someone/thing@main is not pinned to a commit",
                "warning repository/unpinned-action .github/workflows/ci.yml:7: actions/checkout@v4 is not pinned to a commit",
                "warning repository/unpinned-action .github/workflows/ci.yml:9: docker://alpine:3 is not pinned to a commit",
            ]
        );
        let repository = Repository::with(&[(".github/workflows/ci.yml", &workflow(steps))]);
        assert_eq!(
            repository.asks(&GATE).unwrap().next.as_deref(),
            Some("Write the commit, and the version behind it: someone/thing@<40 digits> # main")
        );
        let trusting =
            repository.policy("[release.actions]\ntrusted = [\"actions/*\", \"someone/thing\", \"alpine:*\"]\n");
        assert_eq!(trusting.verdict(&GATE), "pass: 3 actions in 1 file");
    }

    #[test]
    fn a_carriage_return_alone_ends_no_line_of_a_file() {
        assert_eq!(
            finds("      # one\r      # two\r\n      - uses: 'someone/thing@main'\n"),
            [
                "error repository/unpinned-action .github/workflows/ci.yml:8: someone/thing@main is not pinned to a commit"
            ]
        );
    }

    #[test]
    fn a_commit_without_its_version_is_a_note() {
        assert_eq!(
            finds(&format!("      - uses: actions/checkout@{PIN}\n")),
            [
                "note repository/action-without-version .github/workflows/ci.yml:7: actions/checkout is pinned, and no comment says to which version"
            ]
        );
    }

    #[test]
    fn called_workflows_and_composite_actions_are_read_too() {
        let called = "jobs:\n  all:\n    uses: org/repo/.github/workflows/ci.yml@v1\n";
        let composite = "runs:\n  using: composite\n  steps:\n    - uses: actions/cache@v4\n";
        let files = [(".github/workflows/a.yaml", called), (".github/actions/setup/action.yml", composite)];
        assert_eq!(
            Repository::with(&files).finds(&GATE),
            [
                "warning repository/unpinned-action .github/actions/setup/action.yml:4: actions/cache@v4 is not pinned to a commit",
                "warning repository/unpinned-action .github/workflows/a.yaml:3: org/repo/.github/workflows/ci.yml@v1 is not pinned to a commit",
            ]
        );
    }

    #[test]
    fn runners_are_compared_with_the_policy() {
        let text = "jobs:\n  a:\n    runs-on: ubuntu-24.04\n  b:\n    runs-on: [self-hosted, x]\n  c:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-22.04, windows-2022]\n        include:\n          - os: macos-14\n  d:\n    runs-on: ${{ inputs.runner }}\n  e:\n    runs-on:\n      group: g\n      labels: ubuntu-9\n";
        let files = [(".github/workflows/ci.yml", text)];
        assert_eq!(Repository::with(&files).finds(&GATE), [""; 0], "without a policy");
        let found = Repository::with(&files).policy("[release.actions]\nrunners = [\"ubuntu-*\"]\n").finds(&GATE);
        let start = "error repository/runner .github/workflows/ci.yml:";
        let list = "is not on the policy's list";
        assert_eq!(
            found,
            [
                format!("{start}5: the runner `self-hosted` {list}"),
                format!("{start}5: the runner `x` {list}"),
                format!("{start}7: the runner `macos-14` {list}"),
                format!("{start}7: the runner `windows-2022` {list}"),
                format!(
                    "{start}14: the runner `${{{{ inputs.runner }}}}` is computed, so it cannot be compared with the policy"
                ),
            ]
        );
    }

    #[test]
    fn what_is_no_workflow_is_unproven_and_no_file_is_nothing() {
        let verdict = |text: &str| Repository::with(&[(".github/workflows/ci.yml", text)]).verdict(&GATE);
        assert_eq!(verdict("on: push\n"), "unproven: .github/workflows/ci.yml has no jobs, so it cannot be read");
        let broken = verdict("jobs: [\n");
        assert!(broken.starts_with("unproven: .github/workflows/ci.yml is not YAML: "), "{broken}");
        assert_eq!(Repository::with(&[("a", "")]).verdict(&GATE), "not asked");
    }

    proptest! {
        #[test]
        fn every_use_is_found_where_it_stands(names in prop::collection::vec("[a-z]{1,6}/[a-z]{1,6}@v[0-9]", 1..8), blank in 0..3_usize) {
            let mut lines = vec!["jobs:".to_owned(), "  a:".to_owned(), "    steps:".to_owned()];
            let mut expected = Vec::new();
            for name in &names {
                lines.extend(std::iter::repeat_n(String::new(), blank));
                lines.push(format!("      - uses: {name} # é"));
                expected.push((name.clone(), lines.len() as u32, 15));
            }
            let used = read("ci.yml", &lines.join("\n")).unwrap();
            let found: Vec<(String, u32, u32)> =
                used.actions.into_iter().map(|word| (word.text, word.place.start_line, word.place.start_column)).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn no_text_makes_it_fall_over(text in "(jobs|runs|steps|uses|[-:\\[\\]{}&*!|>'\" a\n#]){0,40}") {
            let _ = read("ci.yml", &text);
        }
    }
}
