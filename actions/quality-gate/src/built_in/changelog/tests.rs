use super::GATE;
use super::read::read;
use crate::built_in::testing::Repository;
use proptest::prelude::*;

const GOOD: &str = "\
# Changelog

All that changed, by [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).

## [Unreleased]
### Added
- Something new.

## [1.2.0] - 2026-01-31
### Fixed
- A mistake.

## [1.1.0] - 2026-01-10 [YANKED]
### Security
- It.

[Unreleased]: https://github.com/org/shop/compare/v1.2.0...HEAD
[1.2.0]: https://github.com/org/shop/compare/v1.1.0...v1.2.0
[1.1.0]: https://github.com/org/shop/releases/tag/v1.1.0
";

fn repository(text: &str) -> Repository {
    Repository::with(&[("CHANGELOG.md", text), ("package.json", r#"{ "version": "1.2.0" }"#), ("src/a.ts", "1")])
}

fn finds(text: &str) -> Vec<String> {
    repository(text).finds(&GATE).iter().map(|line| line.replace("release/changelog-", "")).collect()
}

#[test]
fn a_good_one_is_silent() {
    assert_eq!(finds(GOOD), [""; 0]);
    assert_eq!(repository(GOOD).verdict(&GATE), "pass: 2 releases told");
    assert_eq!(finds(&GOOD.replace('\n', "\r\n")), [""; 0]);
    let read = read(GOOD);
    assert_eq!(read.releases.iter().map(|one| one.is_yanked).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn one_without_links_or_with_links_in_its_headings_is_good_too() {
    let bare = "# Changelog\n## Unreleased\n## 1.2.0 - 2026-01-31\n## v1.1.0 (2026-01-10)\n";
    assert_eq!(finds(bare), [""; 0]);
    assert_eq!(
        finds("## Unreleased\n## [1.2.0](https://github.com/org/shop) - 2026-01-31\n[x]: https://x.dev\n"),
        [""; 0]
    );
}

#[test]
fn the_newest_stands_first() {
    let text = GOOD
        .replace("[1.2.0] - 2026-01-31\n", "[X] - 2026-01-10\n")
        .replace("[1.1.0] - 2026-01-10 [YANKED]", "[1.2.0] - 2026-01-31");
    let text = text.replace("[X] - 2026-01-10", "[1.1.0] - 2026-01-10");
    assert_eq!(finds(&text), ["error order CHANGELOG.md:13: 1.1.0 stands above 1.2.0, which is newer"]);
    let older_line = "## Unreleased\n## 1.9.1 - 2026-03-01\n## 2.0.0 - 2026-02-01\n## 1.2.0 - 2026-01-01\n";
    assert_eq!(finds(older_line), [""; 0], "an older line gets a fix");
}

#[test]
fn days_are_real_and_not_to_come() {
    let with = |day: &str| finds(&GOOD.replace("- 2026-01-31", day));
    let start = "error date CHANGELOG.md:9: 1.2.0";
    assert_eq!(with(""), [format!("{start} has no day")]);
    for wrong in ["2026-02-30", "31/01/26", "2026-1-31", "soon"] {
        let expected = format!("{start} was released on `{wrong}`, which is no day as year-month-day");
        assert_eq!(with(&format!("- {wrong}")), [expected]);
    }
    assert_eq!(with("- 2026-11-22"), [""; 0], "somewhere it is tomorrow");
    assert_eq!(with("- 2026-11-23"), [format!("{start} was released on 2026-11-23, which is still to come")]);
}

#[test]
fn only_known_headings_are_there_and_each_once() {
    assert_eq!(
        finds(&GOOD.replace("### Fixed", "### New stuff")),
        ["warning heading CHANGELOG.md:10: `New stuff` is no category of a changelog"]
    );
    assert_eq!(
        finds(&GOOD.replace("## [1.1.0] - 2026-01-10 [YANKED]", "## Thanks")),
        ["warning heading CHANGELOG.md:13: `Thanks` is neither a version nor Unreleased"]
    );
    assert_eq!(
        finds(&GOOD.replace("## [1.1.0]", "## [1.1]")),
        [
            "error heading CHANGELOG.md:13: 1.1 is no version of SemVer",
            "warning link CHANGELOG.md:13: [1.1] has no link at the end of the file"
        ]
    );
    assert_eq!(
        finds(&GOOD.replace("## [1.1.0] - 2026-01-10 [YANKED]", "## [Unreleased]")),
        [
            "error heading CHANGELOG.md:13: Unreleased does not stand on top",
            "error heading CHANGELOG.md:13: Unreleased stands there twice"
        ]
    );
    assert_eq!(finds(&GOOD.replace("- A mistake.", "```md\n## Thanks\n```\n<!--\n## Old\n-->")), [""; 0]);
}

#[test]
fn brackets_have_their_link_and_unreleased_is_there() {
    assert_eq!(
        finds(&GOOD.replace("[1.1.0]: ", "[1.0.9]: ")),
        ["warning link CHANGELOG.md:13: [1.1.0] has no link at the end of the file"]
    );
    let without = GOOD.replace("## [Unreleased]\n### Added\n- Something new.\n", "");
    assert_eq!(finds(&without), ["warning version CHANGELOG.md:1: there is no section Unreleased"]);
}

#[test]
fn one_that_another_tool_writes_is_told_once() {
    let other = "# @shop/web\n\n## 1.2.0\n\n### Minor Changes\n\n- 0123abc: Something new\n\n## 1.1.0\n";
    assert_eq!(
        finds(other),
        ["warning heading CHANGELOG.md:1: CHANGELOG.md is not kept as Keep a Changelog describes it"]
    );
    let wrong = other.replace("## 1.2.0", "## 1.2.0 (2026-02-30)").replace("## 1.1.0", "## 1.3.0");
    assert_eq!(
        finds(&wrong)[..2],
        [
            "error date CHANGELOG.md:3: 1.2.0 was released on `2026-02-30`, which is no day as year-month-day",
            "error order CHANGELOG.md:9: 1.2.0 stands above 1.3.0, which is newer",
        ]
    );
}

#[test]
fn the_version_of_the_package_is_told() {
    let told = |version: &str| {
        let package = format!("{{ \"version\": \"{version}\" }}");
        Repository::with(&[("CHANGELOG.md", GOOD), ("package.json", &package)]).verdict(&GATE)
    };
    assert_eq!(told("1.3.0"), "fail: package.json: package.json says 1.3.0, and CHANGELOG.md does not tell it");
    for version in ["1.2.0", "0.0.0", "1.3.0-rc.1"] {
        assert_eq!(told(version), "pass: 2 releases told");
    }
}

#[test]
fn a_change_that_the_policy_lists_is_told() {
    const POLICY: &str = "[release]\nchangelog_for = [\"src/**\"]\n";
    let expected = ["error untouched CHANGELOG.md:1: src/a.ts changed, and CHANGELOG.md tells nothing of it"];
    let finds = |repository: Repository| -> Vec<String> {
        repository.policy(POLICY).finds(&GATE).iter().map(|line| line.replace("release/changelog-", "")).collect()
    };
    let changed = || repository(GOOD).change("Change", &[("src/a.ts", "2")]);
    assert_eq!(finds(changed()), expected);
    let told = GOOD.replace("- Something new.", "- Something new.\n- More.");
    assert_eq!(finds(changed().change("Tell", &[("CHANGELOG.md", &told)])), [""; 0]);
    let emptied = GOOD.replace("- Something new.", "");
    assert_eq!(finds(changed().change("Empty", &[("CHANGELOG.md", &emptied)])), expected);
    assert_eq!(finds(repository(GOOD).change("Docs", &[("docs/a.md", "2")])), [""; 0]);
    assert_eq!(changed().finds(&GATE), [""; 0], "without a policy");
    let none = Repository::with(&[("a", "")]);
    assert_eq!(none.verdict(&GATE), "not asked");
    assert_eq!(
        none.policy(POLICY).verdict(&GATE),
        "fail: CHANGELOG.md: there is no CHANGELOG.md, and the policy asks to tell changes there"
    );
}

#[test]
fn a_base_that_is_not_known_proves_nothing_told() {
    let mut repository = repository(GOOD).policy("[release]\nchangelog_for = [\"src/**\"]\n");
    repository.base = Err("this clone does not reach back to main".to_owned());
    assert_eq!(repository.verdict(&GATE), "unproven: this clone does not reach back to main");
}

proptest! {
    #[test]
    fn any_text_is_read_with_places_inside_it(text in "(#|##|###|\\[|\\]|:|-| |\n|```|<!--|-->|1\\.0\\.0|2026-01-31|é|a){0,40}") {
        let changelog = read(&text);
        for release in &changelog.releases {
            for heading in std::iter::once(&release.heading).chain(&release.categories) {
                prop_assert!(text.get(heading.range.clone()).unwrap().contains(&heading.text));
            }
        }
    }

    #[test]
    fn versions_that_are_written_are_read_in_their_order(versions in prop::collection::vec((0..99_u8, 0..99_u8, 0..99_u8), 0..8)) {
        let names: Vec<String> = versions.iter().map(|(a, b, c)| format!("{a}.{b}.{c}")).collect();
        let text: String = names.iter().map(|name| format!("## [{name}] - 2026-01-31\n### Added\n- a\n\n")).collect();
        let read: Vec<String> = read(&text).releases.into_iter().filter_map(|release| release.version).collect();
        prop_assert_eq!(read, names);
    }
}
