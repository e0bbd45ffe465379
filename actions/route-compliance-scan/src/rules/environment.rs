//! Environment variables that are read wherever somebody happens to need them.

use std::collections::BTreeMap;

use ops_core::policy::Routes;
use ops_core::{Finding, Severity, glob};
use ops_typescript::environment::{Read, reads};
use ops_typescript::module::Span;
use ops_typescript::program::{At, Program};
use ops_typescript::purpose::edge_functions;
use ops_typescript::tree::FileId;
use rayon::prelude::*;

use crate::survey::{Mark, Survey, file_name, is_configuration, is_test};

rule! {
    /// ## What it does
    /// Finds reads of the environment outside of the modules that `[routes] environment_modules` allows
    /// (`shared/config/env.ts`, of the repository or of one of its packages): `process.env.NAME`, `process["env"]`, `process.env[name]`,
    /// `const { NAME } = process.env`, `const { env } = process`, `globalThis.process.env`, `process` imported from `process` or
    /// `node:process`, `import.meta.env`, `Bun.env`, `Deno.env.get("NAME")`, `Deno.env.toObject()` and the same of `Netlify`. Each variable is told once in a
    /// file, where it is read first.
    ///
    /// It is an error where an allowed module exists, and a warning as long as there is none. Configuration files (`*.config.*`,
    /// `next-env.d.ts`, files whose names begin with a dot), folders named `scripts`, and tests may read what they like.
    ///
    /// Supabase deploys `supabase/functions` by itself, and functions there get their secrets by `Deno.env.get`: they may read what
    /// they like as long as `environment_modules` allows no module among them (`supabase/functions/_shared/env.ts`), and must
    /// read it there once it does. A secret under a name for browsers is [one](public-secret.md) there as well, and one that is
    /// written into the code is found by quality-gate.
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
        let inner = || survey.places().nearest(path).and_then(|package| package.inner(path)).unwrap_or(path);
        let is_it = |pattern: &str| glob::matches(pattern, path) || glob::matches(pattern, inner());
        let mut perhaps = policy.environment_modules.iter().filter(|pattern| glob::may_match_an_end(pattern, path));
        perhaps.any(|pattern| is_it(pattern))
    };
    let is_free = |path: &str| {
        let is_script = path.split('/').any(|part| part == "scripts");
        is_script || is_configuration(file_name(path)) || is_test(path) && !survey.places().is_route_file(path)
    };
    let module_of = |part: Option<&str>| {
        let mut paths = program.tree().files().map(|(_, path)| path);
        paths.find(|path| edge_functions(path) == part && is_allowed(path))
    };
    let judged: Vec<(FileId, &str)> =
        reading(program, survey).filter(|(_, path)| !is_free(path) && !is_allowed(path)).collect();
    // By what is deployed together.
    let mut advice: BTreeMap<Option<&str>, Option<Advice>> = BTreeMap::new();
    for (_, path) in &judged {
        let part = edge_functions(path);
        advice.entry(part).or_insert_with(|| Advice::of(part, module_of(part)));
    }
    let files: Vec<(FileId, &Advice)> = judged
        .into_iter()
        .filter_map(|(file, path)| Some((file, advice.get(&edge_functions(path))?.as_ref()?)))
        .collect();
    let in_file = |(file, advice): (FileId, &Advice)| {
        let mut first: BTreeMap<String, Span> = BTreeMap::new();
        for read in reads(program.module(file)) {
            first.entry(told(&read)).and_modify(|span| *span = (*span).min(read.span)).or_insert(read.span);
        }
        let finding = |(told, span): (String, Span)| {
            let mut finding = RULE.finding(program, At { file, it: span }, advice.severity, &[&told]);
            finding.message = format!("reads {told} outside of the module that may");
            finding.help.clone_from(&advice.help);
            finding
        };
        first.into_iter().map(finding).collect::<Vec<_>>()
    };
    files.into_par_iter().flat_map_iter(in_file).collect()
}

/// What is said of reads outside of the module.
struct Advice {
    severity: Severity,
    help: String,
}

impl Advice {
    /// None for functions of Supabase without a module.
    fn of(edge_functions: Option<&str>, module: Option<&str>) -> Option<Self> {
        match (module, edge_functions) {
            (Some(module), _) => {
                let help = format!("Read it in {module}, check it there, and import it from there.");
                Some(Self { severity: Severity::Error, help })
            }
            (None, None) => {
                let help =
                    "Read it in one module, check it there, and name that module in `[routes] environment_modules`.";
                Some(Self { severity: Severity::Warning, help: help.to_owned() })
            }
            (None, Some(_)) => None,
        }
    }
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
            "connect(Deno.env.get('NAME'));",
            "connect(Deno.env.get('NAME')!);",
            "connect(Deno.env.get(`NAME`) ?? '');",
            "connect(Deno?.env?.get('NAME'));",
            "connect(Deno['env']['get']('NAME'));",
            "connect(globalThis.Deno.env.get('NAME'));",
            "connect(Netlify.env.get('NAME'));",
            "const { get } = Netlify.env; connect(get('NAME'));",
            "if (Deno.env.has('NAME')) {}",
            "Deno.env.set('NAME', 'x');",
            "const get = Deno.env.get; connect(get('NAME'));",
            "const { get } = Deno.env; connect(get('NAME'));",
            "const { env: { get: read } } = Deno; connect(read('NAME'));",
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
            "schema.parse(Deno.env.toObject());",
            "const { toObject } = Deno.env; schema.parse(toObject());",
            "connect(Deno.env.get(name));",
            "names.map(Deno.env.get);",
            "const { env } = Deno;",
            "load(Deno.env);",
        ] {
            assert_eq!(messages(text), ["reads the environment"], "{text}");
        }
        for text in [
            "const env = process.env; connect(env.NAME);",
            "const env = Deno.env; connect(env.get('NAME'));",
            "const deno = Deno; const { env } = deno; connect(env.get('NAME'));",
        ] {
            assert_eq!(messages(text), ["reads the environment", "reads `NAME`"], "{text}");
        }
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
            "// Deno.env.get('NAME')",
            "function f(Deno) { return Deno.env.get('NAME'); }",
            "import { env } from './env'; connect(env.get('NAME'));",
            "Deno.serve(answer); const env = new Map(); env.get('NAME');",
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
    fn functions_of_supabase_may_read_until_a_module_among_them_does() {
        let text = "connect(Deno.env.get('NAME'));";
        let function = |path| (path, text);
        silent(RULE.ident, &[function("supabase/functions/pay/index.ts")]);
        silent(RULE.ident, &[MODULE, function("apps/api/supabase/functions/pay/index.ts")]);
        let shared = ("supabase/functions/_shared/env.ts", "export const name = Deno.env.get('NAME');");
        let policy =
            Routes { environment_modules: vec!["supabase/functions/_shared/env.ts".to_owned()], ..Routes::default() };
        let files = [shared, function("supabase/functions/pay/index.ts"), ("lib/db.ts", "connect(process.env.NAME);")];
        let found = told_with(RULE.ident, &files, &policy);
        let told: Vec<_> = found.iter().map(|one| (one.place.path.as_str(), one.severity, one.help.as_str())).collect();
        let elsewhere =
            "Read it in one module, check it there, and name that module in `[routes] environment_modules`.";
        let there = "Read it in supabase/functions/_shared/env.ts, check it there, and import it from there.";
        // What is deployed by itself is no place for the rest to read in.
        let expected =
            [("lib/db.ts", Severity::Warning, elsewhere), ("supabase/functions/pay/index.ts", Severity::Error, there)];
        assert_eq!(told, expected);
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
