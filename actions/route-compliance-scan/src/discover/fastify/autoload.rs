//! `@fastify/autoload`: each file of a folder is a plugin, and the folders below it are the prefixes.
//!
//! An `index` file stands for all others of its folder. With `autoHooks`, the hooks of a file of that name stand before the
//! routes of its folder, with `cascadeHooks` also before those of the folders in it.

use std::collections::BTreeMap;

use ops_typescript::module::Expression;
use ops_typescript::program::Meaning;
use ops_typescript::tree::FileId;

use super::super::chain::{Engine, Event, Pattern, Scope, Scoped};
use super::exported;
use crate::survey::{file_name, is_code};

/// Whether something is the plugin that loads others.
pub(super) fn is(meaning: &Meaning) -> bool {
    matches!(meaning, Meaning::Outside { specifier, .. }
        if matches!(specifier.as_str(), "@fastify/autoload" | "fastify-autoload"))
}

/// The plugins of the folder that the options name.
pub(super) fn load(engine: &Engine<'_>, app: &Scoped, options: &Scoped) -> Vec<Event> {
    let Some(folder) = engine.field(options, "dir").and_then(|dir| folder(engine, &dir)) else { return Vec::new() };
    let is_set = |name: &str, otherwise: bool| match engine.field(options, name) {
        Some(value) => match engine.expression(&value) {
            Some((_, Expression::Boolean(value), _)) => *value,
            _ => otherwise,
        },
        None => otherwise,
    };
    let given = engine.field(options, "options");
    let prefix = given.as_ref().and_then(|given| engine.field(given, "prefix"));
    let loader = Loader {
        engine,
        app,
        given,
        names: is_set("dirNameRoutePrefix", true),
        hooks: is_set("autoHooks", false),
        cascades: is_set("cascadeHooks", false),
        overwrites: is_set("overwriteHooks", false),
    };
    let base = prefix.and_then(|prefix| engine.certain_paths(&prefix).pop()).unwrap_or_default();
    let mut events = Vec::new();
    loader.add(&Folder::of(engine, &folder), &base, &[], &mut events);
    events
}

/// What lies in a folder.
#[derive(Default)]
struct Folder<'p> {
    files: Vec<(FileId, &'p str)>,
    folders: BTreeMap<&'p str, Self>,
}

impl<'p> Folder<'p> {
    fn of(engine: &Engine<'p>, path: &str) -> Self {
        let start = format!("{path}/");
        let mut whole = Self::default();
        for (file, path) in engine.program.tree().files().filter(|(_, path)| is_code(path)) {
            let Some(inner) = path.strip_prefix(&start) else { continue };
            let folders = inner.rsplit_once('/').map_or("", |(folders, _)| folders);
            let mut folder = &mut whole;
            for name in folders.split('/').filter(|name| !name.is_empty()) {
                folder = folder.folders.entry(name).or_default();
            }
            folder.files.push((file, file_name(path)));
        }
        whole
    }

    /// The one file whose name without its ending is one of these.
    fn named(&self, names: &[&str]) -> Option<FileId> {
        let is_it = |name: &str| {
            name.rsplit_once('.').is_some_and(|(stem, _)| names.iter().any(|one| stem.eq_ignore_ascii_case(one)))
        };
        self.files.iter().find(|(_, name)| is_it(name)).map(|(file, _)| *file)
    }
}

const HOOKS: [&str; 6] = ["autohooks", "auto_hooks", "_autohooks", "_auto_hooks", ".autohooks", ".auto_hooks"];

struct Loader<'a, 'p> {
    engine: &'a Engine<'p>,
    app: &'a Scoped,
    /// What each plugin is given.
    given: Option<Scoped>,
    names: bool,
    hooks: bool,
    cascades: bool,
    overwrites: bool,
}

impl Loader<'_, '_> {
    fn add(&self, folder: &Folder<'_>, base: &Pattern, from_above: &[FileId], events: &mut Vec<Event>) {
        let own = folder.named(&HOOKS).filter(|_| self.hooks);
        let mut hooks = if own.is_some() && self.overwrites { Vec::new() } else { from_above.to_vec() };
        hooks.extend(own);
        let files: Vec<FileId> = match folder.named(&["index"]) {
            Some(index) => vec![index],
            None => {
                folder.files.iter().map(|(file, _)| *file).filter(|file| folder.named(&HOOKS) != Some(*file)).collect()
            }
        };
        let plugins = files.into_iter().filter_map(|file| self.plugin(file, base));
        if hooks.is_empty() {
            events.extend(plugins);
        } else {
            let before = hooks.iter().filter_map(|file| self.hook(*file));
            events.push(Event::Child(before.chain(plugins).collect()));
        }
        let cascading: &[FileId] = if self.cascades { &hooks } else { &[] };
        for (name, inner) in &folder.folders {
            let below = match self.names {
                true => Pattern::read(name, super::FASTIFY.style).pop().map(|one| one.below(base)),
                false => None,
            };
            self.add(inner, below.as_ref().unwrap_or(base), cascading, events);
        }
    }

    fn plugin(&self, file: FileId, base: &Pattern) -> Option<Event> {
        let (function, is_child) = exported(self.engine, file)?;
        let text = |name: &str| {
            let Meaning::Value(at) = self.engine.program.meaning_of_export(file, name) else {
                return None;
            };
            self.engine.certain_paths(&Scope::default().see(at)).pop()
        };
        // A file may say itself where it stands.
        let path = text("prefixOverride").or_else(|| text("autoPrefix")).unwrap_or_else(|| base.clone());
        Some(Event::Plugin { path, function, arguments: self.arguments(), is_child })
    }

    /// The hooks of a file stand in what takes them in.
    fn hook(&self, file: FileId) -> Option<Event> {
        let (function, _) = exported(self.engine, file)?;
        Some(Event::Plugin { path: Pattern::default(), function, arguments: self.arguments(), is_child: false })
    }

    fn arguments(&self) -> Vec<Scoped> {
        std::iter::once(self.app.clone()).chain(self.given.clone()).collect()
    }
}

/// The folder that `path.join(import.meta.dirname, "routes")` and its like stand for.
fn folder(engine: &Engine<'_>, value: &Scoped) -> Option<String> {
    let (at, expression, scope) = engine.expression(value)?;
    let module = engine.program.module(at.file);
    let text = |it| engine.text(&scope.see(at.with(it))).map(|text| text.to_string());
    let is_here = |it| match module.expression(it) {
        Expression::Global(name) => name == "__dirname",
        Expression::Binding(binding) => module.binding(*binding).name.to_ascii_lowercase().contains("dirname"),
        Expression::Member { object, property } => {
            *module.expression(*object) == Expression::ImportMeta && matches!(property.as_str(), "dirname" | "url")
        }
        _ => false,
    };
    let written = match expression {
        Expression::Call(call) => {
            let arguments: Vec<_> = call.arguments.iter().map(|one| one.value).collect();
            let name = match module.expression(call.callee) {
                Expression::Member { property, .. } => property.as_str(),
                Expression::Binding(binding) => module.binding(*binding).name.as_str(),
                Expression::Global(name) => name.as_str(),
                _ => "",
            };
            match (name, arguments.as_slice()) {
                ("join" | "resolve", [first, others @ ..]) if is_here(*first) => {
                    others.iter().map(|one| text(*one)).collect::<Option<Vec<_>>>()?.join("/")
                }
                ("URL", [path, base]) if is_here(*base) => text(*path)?,
                ("fileURLToPath", [url]) => return folder(engine, &scope.see(at.with(*url))),
                _ => return None,
            }
        }
        Expression::Template { texts, holes } => match (&***texts, &**holes) {
            ([before, after], [hole]) if before.is_empty() && is_here(*hole) => after.to_string(),
            _ => return None,
        },
        Expression::Binary { operator: "+", left, right } if is_here(*left) => text(*right)?,
        _ => return None,
    };
    let here = engine.program.tree().path(at.file).rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = here.split('/').filter(|part| !part.is_empty()).collect();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}
