//! Files below `app/routes` that `app/routes.ts` says are no routes: `autoRoutes({ ignoredRouteFiles: ["**/*.server.*"] })`.

use ops_core::glob;
use ops_typescript::module::{Expression, Key};
use ops_typescript::program::Program;

/// The patterns, without braces.
pub(super) fn patterns(program: &Program, app: &str) -> Vec<String> {
    let Some(file) = super::config::file(program, app) else { return Vec::new() };
    let module = program.module(file);
    let mut found = Vec::new();
    for (_, expression) in module.expressions() {
        let Expression::Object(properties) = expression else { continue };
        for property in properties {
            let is_it = matches!(&property.key, Some(Key::Property(name)) if name == "ignoredRouteFiles");
            let Expression::Array(items) = module.expression(property.value) else { continue };
            let texts = items.iter().filter(|_| is_it).filter_map(|item| match module.expression(item.value) {
                Expression::Text(text) => Some(text.as_str()),
                _ => None,
            });
            found.extend(texts.flat_map(without_braces));
        }
    }
    found
}

/// Whether a pattern covers the path below the folder of the routes.
pub(super) fn is(patterns: &[String], path: &str) -> bool {
    patterns.iter().any(|pattern| glob::matches(pattern, path))
}

/// `*.{js,ts}` is `*.js` and `*.ts`.
fn without_braces(pattern: &str) -> Vec<String> {
    let braces = pattern.split_once('{').and_then(|(before, rest)| {
        let (inner, after) = rest.split_once('}')?;
        Some((before, inner, after))
    });
    match braces {
        Some((before, inner, after)) => inner.split(',').map(|one| format!("{before}{one}{after}")).collect(),
        None => vec![pattern.to_owned()],
    }
}
