//! `docs/rules/secret/README.md` has one line for each rule, made of the rule files; `UPDATE_DOCS=1` writes it anew.

#[cfg(test)]
mod support;

use std::collections::BTreeMap;
use std::path::Path;

use ops_core::Severity;
use ops_secrets::Rule;
use support::scanner;

const HEAD: &str = "# Secrets

Every kind of secret that quality-gate knows. A finding is called `secret/` and the rule's name, says where the secret stands and
whether it tells by itself that it is valid, expired or invalid, and never shows it. [What to do with a found secret](found.md).

- **severity**: an `error` fails the check. A `warning` is for what may be meant for everybody, or is only told by its name.
- **checked offline**: what the secret says of itself, without asking anybody: a checksum, an expiry, its structure.
- *Generic* rules know a secret by what stands around it. They give way where a rule that knows the form finds the same text.
- A link leads to the provider's own page on the secret: its form, or where it is made and revoked.

";

/// The families in the order of the page.
const FAMILIES: &[(&str, &str)] = &[
    ("vercel", "Vercel"),
    ("databases", "Databases, queues and search"),
    ("public", "Variables that the browser sees"),
    ("clouds", "Clouds and hosting"),
    ("git-hosts", "Git hosts"),
    ("ci", "Builds, tests and quality"),
    ("packages", "Package registries"),
    ("identity", "Sign-in, frameworks and vaults"),
    ("payment", "Payment"),
    ("mail", "Mail"),
    ("chat", "Messages and calls"),
    ("ai", "AI"),
    ("observability", "Logs, metrics, errors and feature flags"),
    ("saas", "Other services"),
    ("services", "Services known by their names"),
    ("keys", "Keys and wallets"),
    ("files", "Files that hold credentials"),
    ("hashes", "Hashes of passwords"),
    ("generic", "Generic"),
];

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn page() -> String {
    let scanner = scanner();
    let mut families: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in scanner.rules().iter() {
        families.entry(rule.file.trim_end_matches(".toml")).or_default().push(rule);
    }
    let mut page = HEAD.to_owned();
    for (family, title) in FAMILIES {
        page.push_str(&format!(
            "## {title}\n\n| rule | what it finds | severity | checked offline |\n|---|---|---|---|\n"
        ));
        for rule in families.remove(family).unwrap_or_default() {
            let generic = if rule.generic { " *generic*" } else { "" };
            let checked = if rule.validate.is_some() { "yes" } else { "" };
            let title = rule.title.replace('|', "\\|");
            let title = match &rule.reference {
                Some(page) => format!("[{title}]({page})"),
                None => title,
            };
            page.push_str(&format!(
                "| `secret/{}` | {title}{generic} | {} | {checked} |\n",
                rule.id,
                severity(rule.severity)
            ));
        }
        page.push('\n');
    }
    assert!(families.is_empty(), "families without a title: {:?}", families.keys());
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

#[test]
fn the_page_says_what_the_rules_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules/secret/README.md");
    let wanted = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, wanted, "docs/rules/secret/README.md is stale: run the tests with UPDATE_DOCS=1");
}
