//! The pages in `docs/rules/`, made from the rules' doc comments so that there is one source.

use std::path::PathBuf;

use super::change::{branch, documented, migrations, size, tested};
use super::changelog::bump;
use super::environment::{committed, contract, history};
use super::lockfile::{self, manager, missing, only, stale};
use super::rule::RuleInfo;
use super::{actions, build, changelog, console, dependencies, flags, logger, scripts, strict, updates, version};

#[rustfmt::skip]
const ALL: &[RuleInfo] = &[
    actions::NAMELESS, actions::RUNNER, actions::UNPINNED,
    build::DEVELOPMENT,
    branch::AGE, branch::NAME, documented::UNDOCUMENTED, size::LARGE, tested::UNTESTED,
    bump::BUMP, changelog::DATE, changelog::LINK, changelog::ORDER, changelog::SHAPE, changelog::UNTOLD, changelog::UNTOUCHED,
    committed::NOT_IGNORED, committed::TRACKED,
    contract::PUBLIC, contract::REAL, contract::UNDOCUMENTED, contract::UNREAD, contract::VARIANT,
    console::CONSOLE, dependencies::MALICIOUS, dependencies::VULNERABLE, updates::UNREVIEWED, scripts::NAMES, scripts::UNGUARDED,
    flags::EXPIRED, flags::OLD, flags::ON, flags::browser::BROWSER,
    history::IN_HISTORY, logger::LEVEL, logger::REDACT, logger::REQUEST_ID,
    lockfile::INTEGRITY, lockfile::SEVERAL, manager::MANAGER, missing::MISSING, only::ONLY, stale::STALE,
    migrations::PROVIDER, migrations::UNDOCUMENTED, migrations::WITHOUT,
    strict::LAX, strict::PARTLY, strict::UNUSED,
    version::MISMATCH, version::NOT_SEMVER, version::OFF_TRUNK,
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules")
}

fn page(rule: &RuleInfo) -> String {
    let text: String = rule.doc.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect();
    format!(
        "# {ident}: {title}\n\n{text}\n## How to waive it\nIn `ops.toml`, with an owner, a reason and an end:\n```toml\n[[waivers]]\nrule = \"{ident}\"\npath = \"**\"\nowner = \"@platform\"\nreason = \"why it is right here\"\nexpires = 2027-03-31\n```\n",
        ident = rule.ident,
        title = rule.title,
    )
}

#[test]
fn the_pages_say_what_the_rules_say() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    for rule in ALL {
        let path = folder().join(format!("{}.md", rule.ident));
        let wanted = page(rule);
        if update {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &wanted).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, wanted, "docs/rules/{}.md is stale: run the tests with UPDATE_DOCS=1", rule.ident);
    }
}

#[test]
fn each_page_has_all_parts_and_before_and_after() {
    for rule in ALL {
        for part in ["## What it does", "## Why is this bad", "## Instead", "before", "after"] {
            assert!(rule.doc.contains(part), "{} lacks {part}", rule.ident);
        }
    }
}

#[test]
fn every_rule_stands_in_the_list_of_rules() {
    let list = std::fs::read_to_string(folder().join("README.md")).unwrap();
    for rule in ALL {
        let link = format!("| [{0}]({0}.md) |", rule.ident);
        assert!(list.contains(&link), "docs/rules/README.md lacks {}", rule.ident);
    }
}
