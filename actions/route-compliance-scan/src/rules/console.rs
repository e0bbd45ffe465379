//! `console` in code that runs in production.

use std::collections::BTreeMap;

use ops_core::policy::Routes;
use ops_core::{Finding, Severity};
use ops_typescript::module::{Expression, ExpressionId, Key, Logical, Module, Source, Span, Statement, StatementKind};
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
    let module = program.module(file);
    let mut used: BTreeMap<Span, String> = BTreeMap::new();
    let mut called = Vec::new();
    for (id, expression) in module.expressions() {
        match expression {
            // Children stand before their parents, so the whole call takes the place of its callee.
            Expression::Member { object, property } if is_console(module, *object) => {
                used.remove(&module.span(*object));
                used.insert(module.span(id), format!("console.{property}"));
            }
            Expression::Call(call) => {
                if let Some(what) = used.remove(&module.span(call.callee)) {
                    called.push((module.span(id), what));
                }
            }
            _ if is_console(module, id) => {
                if let Expression::Member { object, .. } = expression {
                    used.remove(&module.span(*object));
                }
                used.insert(module.span(id), "console".to_owned());
            }
            _ => {}
        }
    }
    called.extend(used);
    if called.is_empty() {
        return Vec::new();
    }
    called.sort_by_key(|(span, _)| *span);
    let development = development(module);
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let mut findings = Vec::new();
    for (span, what) in called {
        if development.iter().any(|region| region.start <= span.start && span.end <= region.end) {
            continue;
        }
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

/// The global `console`, whatever it is reached by.
pub(super) fn is_console(module: &Module, id: ExpressionId) -> bool {
    match module.expression(id) {
        Expression::Global(name) => name == "console",
        Expression::Member { object, property } => {
            property == "console"
                && matches!(module.expression(*object), Expression::Global(name) if matches!(name.as_str(), "globalThis" | "global" | "window" | "self"))
        }
        Expression::Binding(binding) => match &module.binding(*binding).source {
            Source::Import { specifier, .. } => matches!(specifier.as_str(), "console" | "node:console"),
            _ => false,
        },
        _ => false,
    }
}

/// The regions that only run in development.
fn development(module: &Module) -> Vec<Span> {
    let mut regions = Vec::new();
    in_statements(module, &module.body, &mut regions);
    for (_, function) in module.functions() {
        in_statements(module, &function.body, &mut regions);
    }
    for (_, expression) in module.expressions() {
        match expression {
            Expression::Logical { operator: Logical::And, left, right } if asks(module, *left) == Some(true) => {
                regions.push(module.span(*right));
            }
            Expression::Logical { operator: Logical::Or, left, right } if asks(module, *left) == Some(false) => {
                regions.push(module.span(*right));
            }
            Expression::Conditional { test, then, otherwise } => match asks(module, *test) {
                Some(true) => regions.push(module.span(*then)),
                Some(false) => regions.push(module.span(*otherwise)),
                None => {}
            },
            _ => {}
        }
    }
    regions
}

fn in_statements(module: &Module, statements: &[Statement], regions: &mut Vec<Span>) {
    for statement in statements {
        match &statement.kind {
            StatementKind::If { test, then, otherwise } => {
                let only = match asks(module, *test) {
                    Some(true) => Some(then),
                    Some(false) => Some(otherwise),
                    None => None,
                };
                regions.extend(only.into_iter().flatten().map(|statement| statement.span));
                in_statements(module, then, regions);
                in_statements(module, otherwise, regions);
            }
            StatementKind::Block(body) | StatementKind::Loop { body, .. } => in_statements(module, body, regions),
            StatementKind::Switch { cases, .. } => {
                cases.iter().for_each(|case| in_statements(module, &case.body, regions));
            }
            StatementKind::Try { body, handler, finalizer } => {
                in_statements(module, body, regions);
                handler.iter().for_each(|handler| in_statements(module, handler, regions));
                in_statements(module, finalizer, regions);
            }
            _ => {}
        }
    }
}

/// Whether a condition asks for development (`true`), for production (`false`), or for something else.
fn asks(module: &Module, test: ExpressionId) -> Option<bool> {
    match module.expression(test) {
        Expression::Not(inner) => asks(module, *inner).map(|asks| !asks),
        Expression::Logical { operator: Logical::And, left, right } => {
            [*left, *right].into_iter().find_map(|side| asks(module, side).filter(|asks| *asks))
        }
        Expression::Binary { operator, left, right } => {
            let is_equal = match *operator {
                "===" | "==" => true,
                "!==" | "!=" => false,
                _ => return None,
            };
            let text = match (module.expression(*left), module.expression(*right)) {
                (Expression::Text(text), _) if is_mode(module, *right) => text,
                (_, Expression::Text(text)) if is_mode(module, *left) => text,
                _ => return None,
            };
            match text.as_str() {
                "development" | "test" => is_equal.then_some(true),
                "production" => Some(!is_equal),
                _ => None,
            }
        }
        Expression::Member { property, .. } if property == "DEV" => Some(true),
        Expression::Member { property, .. } if property == "PROD" => Some(false),
        Expression::Global(name) => by_name(name),
        Expression::Binding(binding) => by_name(&module.binding(*binding).name),
        _ => None,
    }
}

fn by_name(name: &str) -> Option<bool> {
    match name {
        "isDev" | "isDevelopment" | "IS_DEV" | "DEV" | "__DEV__" => Some(true),
        "isProd" | "isProduction" | "IS_PROD" => Some(false),
        _ => None,
    }
}

fn is_mode(module: &Module, id: ExpressionId) -> bool {
    match module.expression(id) {
        Expression::Member { property, .. } => matches!(property.as_str(), "NODE_ENV" | "MODE" | "VERCEL_ENV"),
        Expression::Binding(binding) => match &module.binding(*binding).source {
            Source::Value { path, .. } => matches!(path.last(), Some(Key::Property(name)) if name == "NODE_ENV"),
            _ => false,
        },
        _ => false,
    }
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
