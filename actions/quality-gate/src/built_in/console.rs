//! What runs in production tells of itself by a logger.

use std::collections::BTreeMap;

use ops_core::Severity;
use ops_typescript::purpose;

use super::BuiltIn;
use super::rule::{count, judged, unknown};
use crate::outcome::Outcome;
use crate::situation::Situation;

pub(super) const GATE: BuiltIn = BuiltIn { id: "console", title: "Production writes to a logger", check };

rule! {
    /// ## What it does
    /// Finds uses of `console` in code that runs in production: calls, also of `globalThis.console`, and `console` handed on. It is
    /// the same question as `route/console` of route-compliance-scan, for repositories that do not run it.
    ///
    /// Silent are tests, stories, generated files, configuration files, folders named `scripts`, `seed`, `cli`, `bin` or `examples`, and
    /// what only runs in development: after `process.env.NODE_ENV !== "production"`, `import.meta.env.DEV` and their like.
    ///
    /// ## Why is this bad
    /// A line of text has no level, no request and no field that anybody could search for or redact.
    ///
    /// ## Instead
    /// ```ts
    /// // before
    /// console.log("saved link", link.id);
    /// // after
    /// logger.info({ linkId: link.id }, "saved link");
    /// ```
    CONSOLE: "repository/console", "Writes to the console in production"
}

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let code = match situation.code() {
        Ok(code) => code,
        Err(reason) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
    };
    if code.files == 0 {
        return None;
    }
    let mut counts: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut findings = Vec::new();
    for used in code.consoles.iter().filter(|used| purpose::is_production(&used.place.path)) {
        // The same text twice in a file is two findings.
        let number = counts.entry((used.place.path.as_str(), used.text.as_str())).or_default();
        *number += 1;
        let content = [used.text.as_str(), &number.to_string()];
        let message = format!("`{}` in production code", used.what);
        let help = "Call the logger with fields instead, or remove it.";
        findings.push(CONSOLE.finding(Severity::Warning, used.place.clone(), &content, message, help));
    }
    Some(judged(format!("{} looked through", count(code.files, "file")), findings, &code.unreadable))
}

#[cfg(test)]
mod tests {
    use super::GATE;
    use crate::built_in::testing::Repository;

    #[test]
    fn production_code_is_told_and_the_rest_is_silent() {
        let text = "console.log('a');\nif (process.env.NODE_ENV !== 'production') console.log('b');\n";
        let files = [("src/a.ts", text), ("scripts/a.ts", text), ("src/a.test.ts", text), ("next.config.ts", text)];
        let repository = Repository::with(&files);
        assert_eq!(
            repository.finds(&GATE),
            ["warning repository/console src/a.ts:1: `console.log` in production code"]
        );
        assert_eq!(repository.verdict(&GATE), "pass: 4 files looked through; 1 warning");
        assert_eq!(Repository::with(&[("a.md", "console.log(1)")]).verdict(&GATE), "not asked");
    }

    #[test]
    fn the_same_line_twice_is_two_findings() {
        let repository = Repository::with(&[("src/a.ts", "console.log('a');\nconsole.log('a');\n")]);
        let prints: std::collections::BTreeSet<String> =
            repository.asks(&GATE).unwrap().findings.into_iter().map(|one| one.fingerprint).collect();
        assert_eq!(prints.len(), 2);
    }
}
