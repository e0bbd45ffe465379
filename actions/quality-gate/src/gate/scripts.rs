//! The scripts of a package that are gates, by the names that people give them.

use serde_json::Value;

use super::Proof;

/// A script of package.json.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Script {
    pub(super) name: String,
    pub(super) text: String,
}

impl Script {
    /// Every script of a package.
    pub(super) fn all(package: &Value) -> Vec<Self> {
        let scripts = package["scripts"].as_object().into_iter().flatten();
        let text = |(name, text): (&String, &Value)| Some(Self { name: name.clone(), text: text.as_str()?.to_owned() });
        scripts.filter_map(text).collect()
    }

    /// Whether it changes files instead of checking them.
    fn writes(&self) -> bool {
        let mut words = self.text.split_whitespace();
        words.any(|word| {
            matches!(word, "--fix" | "--write" | "-w" | "--apply" | "--update-snapshot" | "--updateSnapshot")
        })
    }

    /// What npm writes into a new package.json.
    fn is_placeholder(&self) -> bool {
        self.text.contains("no test specified")
    }
}

/// The script that a package manager is asked for, and what that is handed: `pnpm run bundle --mode development`.
pub(crate) fn script_asked_for<'a, 'w>(words: &'a [&'w str]) -> Option<(&'w str, &'a [&'w str])> {
    let (name, more) = match words {
        ["pnpm" | "npm" | "yarn" | "bun", "run" | "run-script", name, more @ ..] => (*name, more),
        ["npm", "test" | "t", more @ ..] => ("test", more),
        ["pnpm" | "yarn", name, more @ ..] => (*name, more),
        _ => return None,
    };
    Some((name, more.strip_prefix(&["--"]).unwrap_or(more)))
}

/// A kind of gate.
pub(super) struct Kind {
    pub(super) id: &'static str,
    /// The names of its scripts, the best first.
    pub(super) names: &'static [&'static str],
    /// The gates that it needs where they are there.
    pub(super) after: &'static [&'static str],
    /// Whether a script of that name often writes, so that it must say that it only checks.
    must_check: bool,
    pub(super) proof: Proof,
}

/// Every kind, in the order in which they run and are told.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        id: "typecheck",
        names: &["typecheck", "type-check", "check-types", "check:types", "types:check", "tsc", "types"],
        after: &[],
        must_check: false,
        proof: Proof::End,
    },
    Kind {
        id: "lint",
        names: &["lint:check", "lint:ci", "lint", "eslint"],
        after: &[],
        must_check: false,
        proof: Proof::Files,
    },
    Kind {
        id: "format",
        names: &[
            "format:check",
            "check:format",
            "format-check",
            "check-format",
            "prettier:check",
            "fmt:check",
            "format",
            "prettier",
        ],
        after: &[],
        must_check: true,
        proof: Proof::End,
    },
    Kind {
        id: "unit",
        names: &["test:unit", "unit", "test:ci", "test"],
        after: &[],
        must_check: false,
        proof: Proof::Tests,
    },
    Kind {
        id: "integration",
        names: &["test:integration", "integration", "test:int", "test:it"],
        after: &["unit"],
        must_check: false,
        proof: Proof::Tests,
    },
    Kind { id: "build", names: &["build"], after: &[], must_check: false, proof: Proof::End },
    Kind {
        id: "e2e",
        names: &["test:e2e", "e2e", "test:playwright", "playwright"],
        after: &["build"],
        must_check: false,
        proof: Proof::Tests,
    },
];

impl Kind {
    /// The kind of a gate or a script of this name.
    pub(super) fn of(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.id == name || kind.names.contains(&name))
    }

    /// The script of this kind: one that only checks, or else, as an error, one that writes.
    pub(super) fn find<'s>(&self, scripts: &'s [Script]) -> Option<Result<&'s Script, &'s Script>> {
        let named = |name: &&str| scripts.iter().find(|script| script.name == **name && !script.is_placeholder());
        let found: Vec<&Script> = self.names.iter().filter_map(named).collect();
        if let Some(script) = found.iter().find(|script| !self.is_writing(script)) {
            return Some(Ok(script));
        }
        // A script that is there to write is no gate that went wrong.
        found.first().filter(|_| !self.must_check).map(|script| Err(*script))
    }

    fn is_writing(&self, script: &Script) -> bool {
        let is_sure = script.name.contains("check");
        let checks = || {
            script
                .text
                .split_whitespace()
                .any(|word| matches!(word, "--check" | "-c" | "--list-different" | "-l" | "ci" | "check"))
        };
        script.writes() || (self.must_check && !is_sure && !checks())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{KINDS, Script};

    fn found(scripts: &serde_json::Value) -> Vec<String> {
        let scripts = Script::all(&json!({ "scripts": scripts }));
        let line = |(id, found): (&str, Result<&Script, &Script>)| match found {
            Ok(script) => format!("{id}: {}", script.name),
            Err(script) => format!("{id}: {} writes", script.name),
        };
        KINDS.iter().filter_map(|kind| Some(line((kind.id, kind.find(&scripts)?)))).collect()
    }

    #[test]
    fn scripts_are_found_by_their_usual_names_in_the_usual_order() {
        let scripts = json!({
            "build": "next build", "test": "vitest run", "test:e2e": "playwright test", "lint": "eslint .",
            "type-check": "tsc --noEmit", "format:check": "prettier --check .", "test:integration": "vitest run -c it.ts",
            "dev": "next dev", "prepare": "husky",
        });
        assert_eq!(
            found(&scripts),
            [
                "typecheck: type-check",
                "lint: lint",
                "format: format:check",
                "unit: test",
                "integration: test:integration",
                "build: build",
                "e2e: test:e2e"
            ]
        );
    }

    #[test]
    fn a_script_that_writes_is_no_check() {
        assert_eq!(found(&json!({ "lint": "eslint --fix .", "lint:check": "eslint ." })), ["lint: lint:check"]);
        assert_eq!(found(&json!({ "lint": "eslint --fix ." })), ["lint: lint writes"]);
        assert_eq!(found(&json!({ "format": "prettier --write ." })), Vec::<String>::new());
        assert_eq!(found(&json!({ "format": "prettier . --check" })), ["format: format"]);
        assert_eq!(found(&json!({ "format": "prettier ." })), Vec::<String>::new());
    }

    #[test]
    fn a_placeholder_is_no_test() {
        assert_eq!(found(&json!({ "test": "echo \"Error: no test specified\" && exit 1" })), Vec::<String>::new());
    }
}
