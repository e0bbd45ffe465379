//! Versions in paths: `enableVersioning({ type: URI })`, `@Version("2")`, `@Controller({ version: "1" })`.

use ops_typescript::module::{Expression, ExpressionId};
use ops_typescript::program::{At, Meaning, Program};

use super::decorator::{Decorator, named, property};

/// What an application puts into its paths.
pub(super) struct Versioning {
    /// Before each version, `v` unless it says otherwise.
    prefix: String,
    /// Of routes that name none.
    default: Vec<String>,
}

impl Versioning {
    /// What the options of `enableVersioning` say; nothing where the version is no part of the path.
    pub(super) fn read(program: &Program, options: Option<At<ExpressionId>>) -> Option<Self> {
        let option = |name: &str| options.and_then(|options| property(program, options, name));
        if option("type").is_some_and(|kind| named(program, kind).as_deref() != Some("URI")) {
            return None;
        }
        let prefix = option("prefix").map(|prefix| match program.meaning(prefix) {
            Meaning::Value(at) => match program.module(at.file).expression(at.it) {
                Expression::Text(text) => text.to_string(),
                // `false`
                _ => String::new(),
            },
            _ => String::new(),
        });
        let prefix = prefix.unwrap_or_else(|| "v".to_owned());
        let default = option("defaultVersion").map(|value| versions(program, value)).unwrap_or_default();
        Some(Self { prefix, default })
    }

    /// What stands before a path, once for each version; nothing for a route of no version.
    pub(super) fn parts(&self, program: &Program, controller: &Decorator, own: &[Decorator]) -> Vec<String> {
        let of_method = own.iter().find(|one| one.is_nest("Version")).and_then(|one| one.argument(program));
        let written = of_method.or_else(|| property(program, controller.argument(program)?, "version"));
        let found = written.map_or_else(|| self.default.clone(), |value| versions(program, value));
        let part = |version: &String| match version.as_str() {
            "" => String::new(),
            version => format!("{}{version}", self.prefix),
        };
        if found.is_empty() { vec![String::new()] } else { found.iter().map(part).collect() }
    }
}

/// `"1"`, `["1", "2"]`; an empty one for `VERSION_NEUTRAL`, a hole for what nobody knows.
fn versions(program: &Program, value: At<ExpressionId>) -> Vec<String> {
    let Meaning::Value(at) = program.meaning(value) else {
        let is_neutral = named(program, value).as_deref() == Some("VERSION_NEUTRAL");
        return vec![if is_neutral { String::new() } else { ":version".to_owned() }];
    };
    match program.module(at.file).expression(at.it) {
        Expression::Text(text) => vec![text.to_string()],
        Expression::Array(items) => items
            .iter()
            .map(|item| at.with(item.value))
            .filter(|item| *item != value)
            .flat_map(|item| versions(program, item))
            .collect(),
        _ => vec![":version".to_owned()],
    }
}
