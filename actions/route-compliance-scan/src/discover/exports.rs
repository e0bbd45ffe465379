//! The names that a file exports, also those that it takes over from others by `export *`.

use std::collections::BTreeSet;

use ops_typescript::module::{Export, Expression, ExpressionId, Imported, Key, Name, Span};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::resolve::Resolved;
use ops_typescript::tree::FileId;

/// The value that a file exports under a name, of its own or of a file that it takes it from.
pub(super) fn value(program: &Program, file: FileId, name: &str) -> Option<At<ExpressionId>> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![(file, Name::from(name))];
    while let Some((file, name)) = waiting.pop() {
        if !seen.insert((file, name.clone())) {
            continue;
        }
        let module = program.module(file);
        let from = |specifier: &Name, name: &Name| match program.resolve(file, specifier) {
            Resolved::File(file) => Some((file, name.clone())),
            _ => None,
        };
        match module.export(&name) {
            Some(Export::Local { value, .. }) => return Some(At { file, it: *value }),
            Some(Export::From { specifier, imported: Imported::Name(name), .. }) => {
                waiting.extend(from(specifier, name));
            }
            Some(_) => {}
            None => waiting.extend(module.exports.iter().filter_map(|export| match export {
                Export::Star { specifier, .. } => from(specifier, &name),
                _ => None,
            })),
        }
    }
    None
}

/// What a configuration says at a path of the object that it exports.
pub(super) fn setting<'p>(program: &'p Program, file: FileId, path: &[&str]) -> Option<&'p Expression> {
    let config = value(program, file, "default").or_else(|| value(program, file, "module.exports"))?;
    let path: Vec<Key> = path.iter().map(|name| Key::Property((*name).into())).collect();
    match program.meaning_of_part(config, &path) {
        Meaning::Value(at) => Some(program.module(at.file).expression(at.it)),
        _ => None,
    }
}

/// The folder, or the file, that a configuration names there, relative to its own; as it is called otherwise, where it doesn't.
pub(super) fn path_of<'p>(program: &'p Program, file: Option<FileId>, path: &[&str], usual: &'p str) -> &'p str {
    match file.and_then(|file| setting(program, file, path)) {
        Some(Expression::Text(text)) => text.trim_start_matches("./").trim_end_matches('/'),
        _ => usual,
    }
}

/// What a file exports.
#[derive(Debug, Default)]
pub(super) struct Exports {
    /// Each name once, with its place in this file: of names behind a star it is the star's.
    pub(super) names: Vec<(Name, Span)>,
    /// Where the file gives away things that nobody can name: a syntax error, a star of something outside.
    pub(super) unknown: Option<Span>,
}

impl Exports {
    /// All that `file` exports. `default` is a name; `module.exports = { a }` exports `a`.
    pub(super) fn of(program: &Program, file: FileId) -> Self {
        let module = program.module(file);
        let mut all = Self { unknown: module.errors.first().map(|error| error.span), ..Self::default() };
        let mut seen = BTreeSet::from([file]);
        for export in &module.exports {
            match export {
                Export::Local { name, value, span } if name == "module.exports" => {
                    all.add_object(program, At { file, it: *value }, *span);
                }
                Export::Local { name, span, .. } | Export::From { name, span, .. } => all.add(name, *span),
                Export::Star { specifier, span } => all.add_star(program, file, specifier, *span, &mut seen),
            }
        }
        all
    }

    fn add(&mut self, name: &Name, span: Span) {
        if !self.names.iter().any(|(known, _)| known == name) {
            self.names.push((name.clone(), span));
        }
    }

    fn add_star(&mut self, program: &Program, from: FileId, specifier: &Name, span: Span, seen: &mut BTreeSet<FileId>) {
        // Each file is entered once, so a circle of stars ends; the list keeps a long row of them off the stack.
        let mut waiting = vec![(from, specifier.clone())];
        while let Some((from, specifier)) = waiting.pop() {
            let Resolved::File(file) = program.resolve(from, &specifier) else {
                self.unknown = self.unknown.or(Some(span));
                continue;
            };
            if !seen.insert(file) {
                continue;
            }
            let module = program.module(file);
            if !module.errors.is_empty() {
                self.unknown = self.unknown.or(Some(span));
            }
            for export in &module.exports {
                match export {
                    Export::Star { specifier, .. } => waiting.push((file, specifier.clone())),
                    Export::Local { name, value, .. } if name == "module.exports" => {
                        self.add_object(program, At { file, it: *value }, span);
                    }
                    Export::Local { name, .. } | Export::From { name, .. } if name != "default" => self.add(name, span),
                    _ => {}
                }
            }
        }
    }

    fn add_object(&mut self, program: &Program, value: At<ExpressionId>, span: Span) {
        self.add(&Name::const_new("default"), span);
        let Meaning::Value(at) = program.meaning(value) else { return };
        let Expression::Object(properties) = program.module(at.file).expression(at.it) else { return };
        for property in properties {
            match &property.key {
                Some(Key::Property(name)) => {
                    let place = if at.file == value.file { property.span } else { span };
                    self.add(name, place);
                }
                Some(Key::Other) | None => self.unknown = self.unknown.or(Some(span)),
                Some(Key::Element(_)) => {}
            }
        }
    }
}
