//! The pages in `docs/rules/migration/`, made from the rules' doc comments so that there is one source.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::rules;
use super::rules::{ALL, Engines, Rule};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules/migration")
}

fn page(rule: &Rule) -> String {
    let info = &rule.info;
    let text: String = info.doc.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect();
    let engines = if rule.engines == Engines::Both { "PostgreSQL, SQLite" } else { "PostgreSQL" };
    let mut page =
        format!("# {}: {}\n\nFamily: {} · Engines: {engines}\n\n{text}", info.ident, info.title, family(rule));
    let _ = write!(
        page,
        "\n## How to ignore it\nOn the line before the statement, or at its end, with a reason:\n```sql\n-- ops-ignore {}: why it is safe here\n```\n`-- ops-ignore-file {}: why` covers the whole file.",
        info.ident, info.ident
    );
    if !rule.covers.is_empty() {
        let names: Vec<_> = rule.covers.iter().map(|name| format!("`{name}`")).collect();
        let _ = write!(
            page,
            " It takes the place of squawk's {}; `-- squawk-ignore` with that name counts too.",
            names.join(" and ")
        );
    }
    if info.family == super::Family::DestroysData {
        page.push_str(" What destroys data must be allowed by name in `ops.toml` as well, with `allow_destructive`.");
    }
    page.push('\n');
    page
}

fn family(rule: &Rule) -> &'static str {
    use super::Family as F;
    match rule.info.family {
        F::DestroysData => "destroys data",
        F::BreaksRelease => "breaks the running release",
        F::HeavyLock => "heavy lock",
        F::ScanOrRewrite => "scan or rewrite",
        F::TransactionTrap => "transaction trap",
        F::MissingTimeout => "missing timeout",
        F::Hidden => "hidden SQL",
        F::Style => "style",
    }
}

fn index() -> String {
    let mut text = "# Hazards of migrations\n\n| rule | what it finds | family |\n|---|---|---|\n".to_owned();
    for info in rules::infos() {
        let Some(rule) = ALL.iter().find(|rule| rule.info.ident == info.ident) else { continue };
        let file = info.ident.trim_start_matches("migration/");
        let _ = writeln!(text, "| [{}]({file}.md) | {} | {} |", info.ident, info.title, family(rule));
    }
    text.push_str("\nRules of squawk that none of ours covers appear as `squawk/` and squawk's own name; see squawk's documentation.\n");
    text
}

#[test]
fn the_pages_say_what_the_rules_say() {
    let mut pages: Vec<(String, String)> = ALL
        .iter()
        .map(|rule| (format!("{}.md", rule.info.ident.trim_start_matches("migration/")), page(rule)))
        .collect();
    pages.push(("README.md".to_owned(), index()));
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    for (name, wanted) in &pages {
        let path = folder().join(name);
        if update {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, wanted).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(&found, wanted, "docs/rules/migration/{name} is stale: run the tests with UPDATE_DOCS=1");
    }
    // About files and ledgers rather than statements: guarded-migrate's own, written by hand.
    let others = ["cannot-run.md", "edited.md", "never-runs.md", "refused-by-database.md"];
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_known = others.contains(&name.as_str()) || pages.iter().any(|(page, _)| *page == name);
        assert!(is_known, "docs/rules/migration/{name} belongs to no rule");
    }
}

#[test]
fn each_page_has_all_parts_and_before_and_after() {
    for rule in ALL {
        for part in ["## What it does", "## Why is this bad", "## Instead", "-- before", "-- after"] {
            assert!(rule.info.doc.contains(part), "{} lacks {part}", rule.info.ident);
        }
    }
}
