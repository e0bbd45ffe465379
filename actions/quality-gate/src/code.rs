//! What the code of a repository does that a gate asks for. Each file is parsed at most once, and only if its text may do it.

use std::collections::BTreeSet;

use ops_core::Place;
use ops_core::finding::Lines;
use ops_typescript::module::{Expression, Key, Module, Span};
use ops_typescript::{console, environment, parse, purpose};
use rayon::prelude::*;

use crate::pino;
use crate::situation::{Situation, file_name};

/// What all files do, in the order of their paths.
#[derive(Debug, Default)]
pub(crate) struct Code {
    /// How many files there are.
    pub(crate) files: usize,
    pub(crate) reads: Vec<Read>,
    /// Files that take the whole environment, or a variable whose name is computed.
    pub(crate) taking_all: BTreeSet<String>,
    pub(crate) consoles: Vec<Console>,
    /// Files that make a logger with pino.
    pub(crate) logging: BTreeSet<String>,
    /// Files that may bind fields to a logger.
    pub(crate) binding: BTreeSet<String>,
    /// Files that may do it and cannot be parsed.
    pub(crate) unreadable: Vec<String>,
}

/// A variable that a file reads, where it is named first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) name: String,
    pub(crate) place: Place,
}

/// A use of the console, other than in development.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Console {
    /// `console.log`
    pub(crate) what: String,
    /// As it is written.
    pub(crate) text: String,
    pub(crate) place: Place,
}

impl Code {
    /// Looks at the code among `files`.
    pub(crate) fn of(situation: &Situation<'_>, files: &BTreeSet<String>) -> Self {
        let paths: Vec<&String> = files.iter().filter(|path| is_code(path) && !purpose::is_generated(path)).collect();
        let each: Vec<Self> =
            parse::with_room(|| paths.par_iter().map(|path| Self::of_file(situation, path)).collect());
        let mut all = Self { files: paths.len(), ..Self::default() };
        for one in each {
            all.reads.extend(one.reads);
            all.taking_all.extend(one.taking_all);
            all.consoles.extend(one.consoles);
            all.logging.extend(one.logging);
            all.binding.extend(one.binding);
            all.unreadable.extend(one.unreadable);
        }
        all
    }

    fn of_file(situation: &Situation<'_>, path: &str) -> Self {
        let mut found = Self::default();
        let text = match situation.read(path) {
            Ok(text) => text,
            Err(reason) => {
                found.unreadable.push(reason);
                return found;
            }
        };
        if pino::may_bind(&text) {
            found.binding.insert(path.to_owned());
        }
        let has_environment = text.contains("env");
        let has_console = text.contains("console");
        let has_pino = text.contains("pino");
        if !has_environment && !has_console && !has_pino {
            return found;
        }
        let module = parse::parse(path, &text);
        if let Some(error) = module.errors.first() {
            found.unreadable.push(format!("{path} cannot be parsed: {}", error.message));
            return found;
        }
        let lines = Lines::of(&text);
        let place = |span: Span| lines.place(path, &text, span.into());
        if has_environment {
            let (reads, takes_all) = read(&module);
            found.reads = reads.into_iter().map(|(name, span)| Read { name, place: place(span) }).collect();
            found.taking_all = takes_all.then(|| path.to_owned()).into_iter().collect();
        }
        if has_console {
            let uses = console::uses(&module).into_iter().map(|(span, what)| {
                let range: std::ops::Range<usize> = span.into();
                Console { what, text: text.get(range).unwrap_or_default().to_owned(), place: place(span) }
            });
            found.consoles = uses.collect();
        }
        if has_pino && !pino::made(&module).is_empty() {
            found.logging.insert(path.to_owned());
        }
        found
    }
}

/// Each variable that is read, where it is first, and whether everything is taken. Where it is, a schema checks it: then the
/// names of objects are the variables.
fn read(module: &Module) -> (Vec<(String, Span)>, bool) {
    let reads = environment::reads(module);
    let takes_all = reads.iter().any(|read| read.name.is_none());
    let mut named: Vec<(String, Span)> =
        reads.into_iter().filter_map(|read| Some((read.name?.to_string(), read.span))).collect();
    if takes_all {
        for (_, expression) in module.expressions() {
            let Expression::Object(properties) = expression else { continue };
            let keys = properties.iter().filter_map(|property| match &property.key {
                Some(Key::Property(name)) if is_variable(name) => Some((name.to_string(), property.span)),
                _ => None,
            });
            named.extend(keys);
        }
    }
    named.sort();
    named.dedup_by(|later, first| later.0 == first.0);
    (named, takes_all)
}

/// `DATABASE_URL`: capitals, digits and at least one low line, as no other key is named.
fn is_variable(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.bytes().all(fits) && name.contains('_') && name.starts_with(|first: char| first.is_ascii_uppercase())
}

/// Whether a file holds TypeScript or JavaScript that runs.
pub(crate) fn is_code(path: &str) -> bool {
    const EXTENSIONS: [&str; 8] = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];
    let Some((stem, extension)) = file_name(path).rsplit_once('.') else { return false };
    EXTENSIONS.contains(&extension) && !stem.ends_with(".d") && !stem.ends_with(".min") && !stem.contains(".d.")
}
