//! The pages in `docs/rules/route/`, made from the rules' doc comments so that there is one source.

use std::path::PathBuf;

use super::RuleInfo;
use super::{console, decoy_guard, environment, exposed_stack, handler_form, header, logged_field, public_secret};

const ALL: [RuleInfo; 8] = [
    console::RULE,
    decoy_guard::RULE,
    environment::RULE,
    exposed_stack::RULE,
    handler_form::RULE,
    header::RULE,
    logged_field::RULE,
    public_secret::RULE,
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules/route")
}

fn page(rule: &RuleInfo) -> String {
    let text: String = rule.doc.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect();
    format!(
        "# {ident}: {title}\n\n{text}\n## How to waive it\nIn `ops.toml`, with an owner, a reason and an end:\n```toml\n[[waivers]]\nrule = \"{ident}\"\npath = \"src/example.ts\"\nowner = \"@platform\"\nreason = \"why it is right here\"\nexpires = 2027-03-31\n```\n",
        ident = rule.ident,
        title = rule.title,
    )
}

#[test]
fn the_pages_say_what_the_rules_say() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    for rule in &ALL {
        let name = format!("{}.md", rule.ident.trim_start_matches("route/"));
        let path = folder().join(&name);
        let wanted = page(rule);
        if update {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, &wanted).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, wanted, "docs/rules/route/{name} is stale: run the tests with UPDATE_DOCS=1");
    }
}

#[test]
fn each_page_has_all_parts_and_before_and_after() {
    for rule in &ALL {
        for part in ["## What it does", "## Why is this bad", "## Instead", "// before", "// after"] {
            assert!(rule.doc.contains(part), "{} lacks {part}", rule.ident);
        }
    }
}
