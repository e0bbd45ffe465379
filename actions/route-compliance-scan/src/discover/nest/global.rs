//! What stands around all controllers of an application: `useGlobalGuards`, `APP_GUARD`, `setGlobalPrefix`, `enableVersioning`.

use std::collections::BTreeMap;

use ops_typescript::module::{Expression, Key, Property, Span};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use super::super::chain::Conditions;
use super::decorator::texts;
use super::version::Versioning;
use crate::routes::{Layer, LayerKind};

/// What an application says of all its controllers.
#[derive(Default)]
pub(super) struct Global {
    /// Its folder, as far as its `src`; with a slash at the end.
    pub(super) folder: String,
    pub(super) layers: Vec<Layer>,
    pub(super) versioning: Option<Versioning>,
    prefix: Option<String>,
    /// Without slashes at their ends.
    without_prefix: Vec<String>,
}

impl Global {
    /// What the applications in these files say, the innermost folder first.
    pub(super) fn of(program: &Program, files: &[FileId]) -> Vec<Self> {
        let mut found: BTreeMap<String, Self> = BTreeMap::new();
        for file in files {
            let folder = application(program.tree().path(*file));
            let global = found.entry(folder.clone()).or_insert_with(|| Self { folder, ..Self::default() });
            global.read(program, *file);
        }
        found.into_values().rev().collect()
    }

    /// The prefix of a path.
    pub(super) fn prefix_of(&self, path: &str) -> &str {
        let path = path.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        let is_left_out = self.without_prefix.iter().any(|left_out| match left_out.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => *left_out == path,
        });
        if is_left_out { "" } else { self.prefix.as_deref().unwrap_or_default() }
    }

    fn read(&mut self, program: &Program, file: FileId) {
        let module = program.module(file);
        let at = |it| At { file, it };
        let mut guards = Vec::new();
        for (id, expression) in module.expressions() {
            match expression {
                Expression::Call(call) => {
                    let Expression::Member { property, .. } = module.expression(call.callee) else { continue };
                    match property.as_str() {
                        "useGlobalGuards" => {
                            guards.extend(call.arguments.iter().map(|one| (module.span(id), at(one.value))));
                        }
                        "enableVersioning" => {
                            let options = call.arguments.first().map(|one| at(one.value));
                            self.versioning = self.versioning.take().or_else(|| Versioning::read(program, options));
                        }
                        "setGlobalPrefix" => {
                            let mut arguments = call.arguments.iter().map(|one| at(one.value));
                            let prefix = arguments.next().map(|first| texts(program, first, 2)).unwrap_or_default();
                            let is_main = program.tree().path(file).ends_with("/main.ts");
                            if self.prefix.is_none() || is_main {
                                self.prefix = prefix.first().cloned();
                                self.without_prefix =
                                    arguments.next().map(|options| excluded(program, options)).unwrap_or_default();
                            }
                        }
                        _ => {}
                    }
                }
                Expression::Object(properties) if is_app_guard(program, file, properties) => {
                    let value = properties.iter().find(|one| {
                        matches!(&one.key, Some(Key::Property(name))
                            if matches!(name.as_str(), "useClass" | "useExisting" | "useValue" | "useFactory"))
                    });
                    guards.extend(value.map(|value| (module.span(id), at(value.value))));
                }
                _ => {}
            }
        }
        if guards.is_empty() {
            return;
        }
        let conditions = Conditions::of(module);
        let is_certain = |span: Span| conditions.around(span).next().is_none();
        let certain = guards.into_iter().filter(|(span, _)| is_certain(*span));
        self.layers.extend(certain.map(|(_, value)| Layer { kind: LayerKind::Router, value }));
    }
}

fn is_app_guard(program: &Program, file: FileId, properties: &[Property]) -> bool {
    properties.iter().any(|property| {
        matches!(&property.key, Some(Key::Property(name)) if name == "provide")
            && matches!(
                program.meaning(At { file, it: property.value }),
                Meaning::Outside { path, .. }
                    if matches!(path.last(), Some(Key::Property(name)) if name == "APP_GUARD")
            )
    })
}

/// `{ exclude: ["health", { path: "share/:id", method }] }`
fn excluded(program: &Program, options: At<ops_typescript::module::ExpressionId>) -> Vec<String> {
    let Meaning::Value(at) = program.meaning(options) else { return Vec::new() };
    let Expression::Object(properties) = program.module(at.file).expression(at.it) else { return Vec::new() };
    let exclude = properties.iter().find(|one| matches!(&one.key, Some(Key::Property(name)) if name == "exclude"));
    let found = exclude.map(|exclude| texts(program, at.with(exclude.value), 3)).unwrap_or_default();
    found.iter().map(|path| path.trim_matches('/').to_owned()).collect()
}

/// The folder of the application that a file belongs to.
fn application(path: &str) -> String {
    match path.rfind("/src/") {
        Some(at) => path.get(..at + 5).unwrap_or_default().to_owned(),
        None if path.starts_with("src/") => "src/".to_owned(),
        None => path.rsplit_once('/').map_or_else(String::new, |(folder, _)| format!("{folder}/")),
    }
}
