//! From which files a guard can be reached at all: their text has a guard's name, or that of a file has which they import, over
//! however many others. The rest need not be parsed to know that nothing in them asks a guard of its own accord.

use std::iter::successors;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use memchr::memmem::Finder;
use ops_typescript::module::{Expression, ExpressionId, Imported, Name, Source};
use ops_typescript::program::{At, Program};
use ops_typescript::resolve::Resolved;
use ops_typescript::tree::FileId;
use rustc_hash::FxHashSet;

use super::{Guard, Prover};

/// What can be reached from each file, found out when somebody asks.
#[derive(Debug)]
pub(super) struct Outlook {
    /// The last words of the guards' names.
    names: Option<AhoCorasick>,
    /// By the file's index.
    files: Vec<View>,
}

#[derive(Debug, Default)]
struct View {
    near: OnceLock<Near>,
    reaches_guard: OnceLock<bool>,
}

/// What one file tells without being parsed.
#[derive(Debug)]
struct Near {
    names_guard: bool,
    imported: Vec<FileId>,
}

impl Outlook {
    pub(super) fn new(program: &Program, guards: &[Guard]) -> Self {
        let names = AhoCorasick::new(guards.iter().filter_map(|guard| guard.path.last())).ok();
        Self { names, files: program.tree().files().map(|_| View::default()).collect() }
    }

    fn remember(&self, file: FileId, reaches_guard: bool) {
        // Another thread found the same.
        let _ = self.files.get(file.index()).map(|view| view.reaches_guard.set(reaches_guard));
    }
}

/// Whether a letter that could as well stand for itself is written by its number: `\u0061uth`, `\u{61}uth`.
fn escapes_names(text: &str) -> bool {
    static ESCAPE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\\u"));
    ESCAPE.find_iter(text.as_bytes()).any(|at| {
        let after = text.get(at + ESCAPE.needle().len()..).unwrap_or_default();
        let number = match after.strip_prefix('{') {
            Some(inside) => inside.split_once('}').map(|(number, _)| number),
            None => after.get(..4),
        };
        let letter = number.and_then(|number| u8::try_from(u32::from_str_radix(number, 16).ok()?).ok());
        letter.is_some_and(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'$'))
    })
}

impl Prover<'_> {
    /// Whether a function of this file may ask a guard, unless its caller hands that over: the file, or one that it imports over
    /// however many others, has a guard's name. Where the text is not known, it may.
    pub(super) fn may_ask_in(&self, file: FileId) -> bool {
        // Each with the place of the one that imports it.
        let mut way = vec![(file, None)];
        let mut met = FxHashSet::from_iter([file]);
        let mut place = 0;
        while let Some((file, _)) = way.get(place).copied() {
            let Some(view) = self.outlook.files.get(file.index()) else { return true };
            let near = view.near.get_or_init(|| self.near(file));
            // Asked once: another thread may find it out at any time.
            let known = view.reaches_guard.get().copied();
            if near.names_guard || known == Some(true) {
                let importers = successors(way.get(place), |(_, importer)| way.get((*importer)?));
                importers.for_each(|(file, _)| self.outlook.remember(*file, true));
                return true;
            }
            if known.is_none() {
                way.extend(near.imported.iter().filter(|file| met.insert(**file)).map(|file| (*file, Some(place))));
            }
            place += 1;
        }
        way.iter().for_each(|(file, _)| self.outlook.remember(*file, false));
        false
    }

    fn near(&self, file: FileId) -> Near {
        let (Some(names), Ok(text)) = (&self.outlook.names, self.program.text_of(file)) else {
            return Near { names_guard: true, imported: Vec::new() };
        };
        if names.is_match(&*text) || escapes_names(&text) {
            return Near { names_guard: true, imported: Vec::new() };
        }
        let mut imported = self.program.imported(file, &text);
        // What an object calls on itself may be in a class that extends its own.
        if text.contains("class") {
            imported.extend(self.heirs_of_file(file));
        }
        Near { names_guard: false, imported }
    }

    /// Whether what is called may be a guard, or ask one: not where its name comes from a file from which none can be reached.
    pub(super) fn may_ask(&self, callee: At<ExpressionId>) -> bool {
        let module = self.program.module(callee.file);
        let mut named = callee.it;
        while let Expression::Member { object, property } = module.expression(named) {
            if self.ends_a_guard(property) {
                return true;
            }
            named = *object;
        }
        let Expression::Binding(binding) = module.expression(named) else { return true };
        let binding = module.binding(*binding);
        let Source::Import { specifier, imported } = &binding.source else { return true };
        // The file may hand on a dependency's exports without naming them.
        if self.ends_a_guard(&binding.name) || matches!(imported, Imported::Name(name) if self.ends_a_guard(name)) {
            return true;
        }
        match self.program.resolve(callee.file, specifier) {
            Resolved::File(file) => self.may_ask_in(file),
            _ => true,
        }
    }

    pub(super) fn ends_a_guard(&self, name: &Name) -> bool {
        self.guards.iter().any(|guard| guard.path.last() == Some(name))
    }
}
