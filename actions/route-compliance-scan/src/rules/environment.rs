//! Environment variables that are read wherever somebody happens to need them.

use std::collections::BTreeMap;

use ops_core::policy::Routes;
use ops_core::{Finding, Severity, glob};
use ops_typescript::environment::{Read, reads};
use ops_typescript::module::Span;
use ops_typescript::program::{At, Program};
use ops_typescript::tree::FileId;
use rayon::prelude::*;

use crate::survey::{Mark, Survey, file_name, is_configuration, is_test};

rule! {
    /// ## What it does
    /// Finds reads of the environment outside of the modules that `[routes] environment_modules` allows
    /// (`shared/config/env.ts`, of the repository or of one of its packages): `process.env.NAME`, `process["env"]`, `process.env[name]`,
    /// `const { NAME } = process.env`, `const { env } = process`, `globalThis.process.env`, `process` imported from `process` or
    /// `node:process`, `import.meta.env` and `Bun.env`. Each variable is told once in a file, where it is read first.
    ///
    /// It is an error where an allowed module exists, and a warning as long as there is none. Configuration files (`*.config.*`,
    /// `next-env.d.ts`, files whose names begin with a dot), folders named `scripts`, and tests may read what they like.
    ///
    /// ## Why is this bad
    /// What is read in many places is checked in none: a missing variable shows when the first request needs it, and nobody can
    /// list what a deployment must have.
    ///
    /// ## Instead
    /// ```ts
    /// // before
    /// const client = connect(process.env.DATABASE_URL!);
    /// // after
    /// import { env } from "@/shared/config/env";
    /// const client = connect(env.DATABASE_URL);
    /// ```
    RULE: "environment", "Reads the environment outside of its module"
}

pub(super) fn check(program: &Program, survey: &Survey, policy: &Routes) -> Vec<Finding> {
    let is_allowed = |path: &str| {
        let inner = survey.places().nearest(path).and_then(|package| package.inner(path)).unwrap_or(path);
        policy.environment_modules.iter().any(|pattern| glob::matches(pattern, path) || glob::matches(pattern, inner))
    };
    let module = program.tree().files().map(|(_, path)| path).find(|path| is_allowed(path));
    let severity = if module.is_some() { Severity::Error } else { Severity::Warning };
    let help = match module {
        Some(module) => format!("Read it in {module}, check it there, and import it from there."),
        None => {
            "Read it in one module, check it there, and name that module in `[routes] environment_modules`.".to_owned()
        }
    };
    let is_free = |path: &str| {
        let is_script = path.split('/').any(|part| part == "scripts");
        is_script || is_configuration(file_name(path)) || is_test(path) && !survey.places().is_route_file(path)
    };
    let files: Vec<FileId> = reading(program, survey)
        .filter(|(_, path)| !is_free(path) && !is_allowed(path))
        .map(|(file, _)| file)
        .collect();
    let in_file = |file: FileId| {
        let mut first: BTreeMap<String, Span> = BTreeMap::new();
        for read in reads(program.module(file)) {
            first.entry(told(&read)).and_modify(|span| *span = (*span).min(read.span)).or_insert(read.span);
        }
        first.into_iter().map(move |(told, span)| (file, told, span))
    };
    let found: Vec<_> = files.into_par_iter().flat_map_iter(in_file).collect();
    found
        .into_iter()
        .map(|(file, told, span)| {
            let mut finding = RULE.finding(program, At { file, it: span }, severity, &[&told]);
            finding.message = format!("reads {told} outside of the module that may");
            finding.help.clone_from(&help);
            finding
        })
        .collect()
}

fn told(read: &Read) -> String {
    read.name.as_ref().map_or_else(|| "the environment".to_owned(), |name| format!("`{name}`"))
}

/// The files that may read the environment.
pub(super) fn reading<'p>(program: &'p Program, survey: &'p Survey) -> impl Iterator<Item = (FileId, &'p str)> {
    let may = |file| [Mark::ProcessEnv, Mark::MetaEnv, Mark::BunEnv].into_iter().any(|mark| survey.has(file, mark));
    program.tree().files().filter(move |(file, _)| may(*file))
}

#[cfg(test)]
mod tests {
    use ops_core::Severity;
    use ops_core::policy::Routes;

    use super::RULE;
    use crate::rules::testing::{silent, told, told_with};

    const MODULE: (&str, &str) = ("shared/config/env.ts", "export const env = { url: process.env.DATABASE_URL };");

    fn messages(text: &str) -> Vec<String> {
        let found = told(RULE.ident, &[MODULE, ("lib/db.ts", text)]);
        found.into_iter().map(|finding| finding.message.replace(" outside of the module that may", "")).collect()
    }

    #[test]
    fn every_form_of_reading_is_seen() {
        for text in [
            "connect(process.env.NAME);",
            "connect(process.env.NAME!);",
            "connect(process?.env?.NAME);",
            "connect(process.env['NAME']);",
            "connect(process['env']['NAME']);",
            "const { NAME } = process.env;",
            "const { NAME: renamed = 'x' } = process.env;",
            "const { env: { NAME } } = process;",
            "const { process: { env: { NAME } } } = globalThis;",
            "connect(globalThis.process.env.NAME);",
            "connect(import.meta.env.NAME);",
            "connect(Bun.env.NAME);",
            "import process from 'node:process'; connect(process.env.NAME);",
            "import * as p from 'process'; connect(p.env.NAME);",
            "connect(require('process').env.NAME);",
            "const p = process; connect(p.env.NAME);",
            "async function f() { const p = await import('node:process'); return p.env.NAME; }",
            "process.env.NAME = 'x';",
            "connect(`${process.env.NAME}`); connect(process.env.NAME);",
        ] {
            assert_eq!(messages(text), ["reads `NAME`"], "{text}");
        }
    }

    #[test]
    fn taking_all_or_one_that_nobody_knows_is_a_read_of_the_environment() {
        for text in [
            "schema.parse(process.env);",
            "connect(process.env[name]);",
            "const { ...all } = process.env;",
            "spawn('x', { env: { ...process.env } });",
            "import { env } from 'node:process';",
            "const { env } = process;",
        ] {
            assert_eq!(messages(text), ["reads the environment"], "{text}");
        }
        assert_eq!(messages("const env = process.env; connect(env.NAME);"), ["reads the environment", "reads `NAME`"]);
    }

    #[test]
    fn what_only_looks_like_it_is_none() {
        for text in [
            "// process.env.NAME\nconst help = 'set process.env.NAME';",
            "function f(process) { return process.env.NAME; }",
            "app.get('/', (c) => c.env.NAME);",
            "process.exit(1); const env = 'x';",
            "import { env } from './env'; connect(env.NAME);",
            "import.meta.url; const env = {};",
        ] {
            silent(RULE.ident, &[MODULE, ("lib/db.ts", text), ("lib/env.ts", "export const env = {};")]);
        }
    }

    #[test]
    fn the_module_and_what_configures_tools_may_read() {
        let text = "export default process.env.NAME;";
        for path in [
            "next.config.ts",
            "vitest.config.mts",
            "scripts/seed.ts",
            "apps/web/scripts/a.ts",
            ".eslintrc.js",
            "lib/db.test.ts",
            "packages/web/shared/config/env.ts",
        ] {
            silent(RULE.ident, &[MODULE, ("packages/web/package.json", "{}"), (path, text)]);
        }
    }

    #[test]
    fn without_the_module_it_is_a_warning_that_says_how_to_name_one() {
        let found = told(RULE.ident, &[("lib/db.ts", "connect(process.env.NAME);")]);
        assert_eq!(found[0].severity, Severity::Warning);
        assert!(found[0].help.contains("`[routes] environment_modules`"));
        let files = [MODULE, ("lib/db.ts", "connect(process.env.NAME);")];
        let found = told(RULE.ident, &files);
        assert_eq!(found[0].severity, Severity::Error);
        assert_eq!(found[0].help, "Read it in shared/config/env.ts, check it there, and import it from there.");
        let policy = Routes { environment_modules: vec!["lib/*.ts".to_owned()], ..Routes::default() };
        let found = told_with(RULE.ident, &files, &policy);
        assert_eq!(found.iter().map(|one| one.place.path.as_str()).collect::<Vec<_>>(), ["shared/config/env.ts"]);
    }

    #[test]
    fn a_finding_stays_the_same_when_it_moves_in_its_file() {
        let one = told(RULE.ident, &[("lib/db.ts", "connect(process.env.NAME);")]).remove(0);
        let moved = told(RULE.ident, &[("lib/db.ts", "\n\n\nconst a = 1; connect(process.env.NAME);")]).remove(0);
        assert_eq!(one.fingerprint, moved.fingerprint);
        assert_ne!(one.place, moved.place);
        let other = told(RULE.ident, &[("lib/db.ts", "connect(process.env.OTHER);")]).remove(0);
        assert_ne!(one.fingerprint, other.fingerprint);
    }
}
