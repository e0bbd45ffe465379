//! `console` in code that runs in production.

use std::collections::BTreeMap;

use ops_core::policy::Routes;
use ops_core::{Finding, Severity};
use ops_typescript::console::uses;
use ops_typescript::program::{At, Program};
use ops_typescript::tree::FileId;
use rayon::prelude::*;

use super::is_production;
use crate::survey::{Mark, Survey};

rule! {
    /// ## What it does
    /// Finds uses of `console` in production code: calls, also of `globalThis.console`, and `console` handed on.
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
    RULE: "console", "Writes to the console in production"
}

pub(super) fn check(program: &Program, survey: &Survey, _policy: &Routes) -> Vec<Finding> {
    let files: Vec<FileId> = survey
        .with(program, Mark::Console)
        .filter(|(_, path)| is_production(survey, path))
        .map(|(file, _)| file)
        .collect();
    files.into_par_iter().flat_map_iter(|file| in_file(program, file)).collect()
}

fn in_file(program: &Program, file: FileId) -> Vec<Finding> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let mut findings = Vec::new();
    for (span, what) in uses(program.module(file)) {
        let text = program.text(At { file, it: span });
        let count = counts.entry(text).or_default();
        *count += 1;
        let mut finding = RULE.finding(program, At { file, it: span }, Severity::Warning, &[text, &count.to_string()]);
        finding.message = format!("`{what}` in production code");
        finding.help = "Call the logger with fields instead, or remove it.".to_owned();
        findings.push(finding);
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{fires, silent, told};

    #[test]
    fn every_use_in_production_is_found() {
        for text in [
            "console.log('a');",
            "export function save() { try { run(); } catch (error) { console.error(error); } }",
            "console['warn']('a');",
            "globalThis.console.info('a');",
            "import console from 'node:console'; console.debug('a');",
            "run().catch(console.error);",
            "const { log } = console;",
            "const out = console;",
            "if (process.env.NODE_ENV === 'production') { console.log('a'); }",
            "if (process.env.NODE_ENV === 'development') { run(); } else { console.log('a'); }",
            "if (process.env.NODE_ENV !== 'development') { console.log('a'); }",
        ] {
            fires(RULE.ident, &[("lib/a.ts", text)]);
        }
    }

    #[test]
    fn development_may_be_loud() {
        for text in [
            "if (process.env.NODE_ENV !== 'production') { console.log('a'); }",
            "if (process.env.NODE_ENV === 'development') console.log('a');",
            "if (process.env.NODE_ENV === 'production') { run(); } else { console.log('a'); }",
            "export function save() { if (isDev && loud) { console.log('a'); } }",
            "import.meta.env.DEV && console.log('a');",
            "__DEV__ ? console.log('a') : run();",
            "if (!isProduction) { for (const one of all) { console.log(one); } }",
        ] {
            silent(RULE.ident, &[("lib/a.ts", text)]);
        }
    }

    #[test]
    fn what_does_not_run_in_production_may_be_loud() {
        for path in [
            "lib/a.test.ts",
            "scripts/a.ts",
            "apps/web/scripts/a.ts",
            "next.config.js",
            "button.stories.tsx",
            "prisma/seed.ts",
            "packages/cli/src/cli.ts",
            "e2e/login.ts",
            "lib/generated/a.ts",
        ] {
            silent(RULE.ident, &[(path, "console.log('a');")]);
        }
        let next = ("package.json", r#"{ "dependencies": { "next": "16" } }"#);
        fires(RULE.ident, &[next, ("app/api/test/route.ts", "export const GET = () => console.log('a');")]);
    }

    #[test]
    fn what_only_looks_like_it_is_none() {
        for text in [
            "// console.log('a')\nconst text = 'console.log';",
            "function f(console) { console.log('a'); }",
            "devtools.console.log('a');",
        ] {
            silent(RULE.ident, &[("lib/a.ts", text)]);
        }
    }

    #[test]
    fn equal_calls_are_findings_of_their_own() {
        let found = told(RULE.ident, &[("lib/a.ts", "console.log('a');\nconsole.log('a');\nconsole.warn('b');")]);
        let told: Vec<(&str, u32)> = found.iter().map(|one| (one.message.as_str(), one.place.start_line)).collect();
        assert_eq!(
            told,
            [
                ("`console.log` in production code", 1),
                ("`console.log` in production code", 2),
                ("`console.warn` in production code", 3)
            ]
        );
        assert_ne!(found[0].fingerprint, found[1].fingerprint);
    }
}
