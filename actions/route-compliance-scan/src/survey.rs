//! One look at the bytes of every code file, so that nobody parses a file that cannot hold what he looks for.

mod ahead;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use aho_corasick::{Span, packed};
use memchr::memmem::{self, Finder};
use ops_typescript::program::{Imports, Program};
pub(crate) use ops_typescript::purpose::{file_name, is_configuration, is_generated, is_test};
use ops_typescript::tree::{FileId, ReadError};
use rayon::prelude::*;

pub(crate) use self::ahead::Ahead;
use crate::discover::places::{NEXT_CONFIGS, Places};

const EXTENSIONS: [&str; 8] = ["ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts"];

/// Up to which length, in bytes, a text is kept for whoever asks for it next. Longer ones are few, and mostly data.
const KEPT: usize = 128 << 10;

/// What a file's text may hold. A mark says "perhaps": it stands in comments and strings, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// `"use server"`
    UseServer,
    /// `process`, `Deno` or `Netlify`, together with `env`
    ProcessEnv,
    /// `import.meta`, together with `env`
    MetaEnv,
    /// `Bun.env`
    BunEnv,
    /// `console`
    Console,
    /// `logger`, `log.`, `log(` and other words that loggers are called by
    Logger,
    /// `.stack`
    Stack,
    /// `hono`
    Hono,
    /// `express`, but for a word of a sentence: "a Stripe express account", "expressed"
    Express,
    /// `fastify`
    Fastify,
    /// `elysia`
    Elysia,
    /// `trpc` in any case; and `.query(`, `.mutation(`, `.subscription(` where any file has that
    Trpc,
    /// `@nestjs/`; and `Controller(`, `APP_GUARD`, `applyDecorators` where any file has that
    Nest,
    /// `class … extends`, but for what only extends `Error`
    Subclass,
}

/// The marks of one file, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Marks(u32);

/// What is looked for, with what must stand before it, and the bits that both stand for. The searcher looks closer wherever four
/// letters are like the first four of some needle, so each begins where code has few like them.
const NEEDLES: [(&str, &str, u32); 32] = [
    ("\"use s", "erver\"", bit(Mark::UseServer)),
    ("'use s", "erver'", bit(Mark::UseServer)),
    ("pr", "ocess", PROCESS),
    ("", "Deno", PROCESS),
    ("impor", "t.meta", META),
    ("", "Bun.env", bit(Mark::BunEnv)),
    ("co", "nsole", bit(Mark::Console)),
    ("", "logger", bit(Mark::Logger)),
    ("", "Logger", bit(Mark::Logger)),
    ("", "log.", bit(Mark::Logger)),
    ("", "Log.", bit(Mark::Logger)),
    ("", "log(", bit(Mark::Logger)),
    (".s", "tack", bit(Mark::Stack)),
    ("", "hono", bit(Mark::Hono)),
    ("", "Hono", bit(Mark::Hono)),
    ("", "express", bit(Mark::Express)),
    ("", "fastify", bit(Mark::Fastify)),
    ("", "Fastify", bit(Mark::Fastify)),
    ("", "elysia", bit(Mark::Elysia)),
    ("", "Elysia", bit(Mark::Elysia)),
    ("", "trpc", TRPC | bit(Mark::Trpc)),
    ("", "tRPC", TRPC | bit(Mark::Trpc)),
    ("", "TRPC", TRPC | bit(Mark::Trpc)),
    (".qu", "ery(", bit(Mark::Trpc)),
    ("", ".mutation(", bit(Mark::Trpc)),
    (".su", "bscription(", bit(Mark::Trpc)),
    ("ou", "ter(", bit(Mark::Trpc)),
    ("", "@nestjs/", NEST | bit(Mark::Nest)),
    ("Con", "troller(", bit(Mark::Nest)),
    ("", "APP_GUARD", bit(Mark::Nest)),
    ("app", "lyDecorators", bit(Mark::Nest)),
    ("Ne", "tlify", PROCESS),
];
const NEST: u32 = 1 << 27;
const TRPC: u32 = 1 << 28;
const PROCESS: u32 = 1 << 29;
const META: u32 = 1 << 30;

const fn bit(mark: Mark) -> u32 {
    1 << mark as u32
}

static SEARCHER: LazyLock<Option<packed::Searcher>> =
    LazyLock::new(|| packed::Searcher::new(NEEDLES.iter().map(|(_, needle, _)| needle)));

impl Marks {
    fn of(text: &str) -> Self {
        // On a machine without what the searcher needs, every file may hold everything.
        let Some(searcher) = &*SEARCHER else { return Self(u32::MAX) };
        let mut found = 0;
        let mut span = Span::from(0..text.len());
        while let Some(one) = searcher.find_in(text, span) {
            // The next one may begin within this one.
            span.start = one.start() + 1;
            let Some((head, needle, bits)) = NEEDLES.get(one.pattern().as_usize()) else { continue };
            let before = text.as_bytes().get(..one.start()).unwrap_or_default();
            if !before.ends_with(head.as_bytes()) {
                continue;
            }
            let before = before.last();
            let is_word = match *needle {
                // Not `dialog.`
                "log." => !before.is_some_and(u8::is_ascii_alphanumeric),
                // Not `catalog(` and not `Math.log(`
                "log(" => !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'.'),
                "express" => !is_prose(text.get(one.end()..).unwrap_or_default()),
                _ => true,
            };
            if is_word {
                found |= *bits;
            }
        }
        if found & (PROCESS | META) != 0 && memmem::find(text.as_bytes(), b"env").is_some() {
            found |= if found & PROCESS != 0 { bit(Mark::ProcessEnv) } else { 0 };
            found |= if found & META != 0 { bit(Mark::MetaEnv) } else { 0 };
        }
        if extends_class(text) {
            found |= bit(Mark::Subclass);
        }
        Self(found & !(PROCESS | META))
    }

    fn has(self, mark: Mark) -> bool {
        self.0 & bit(mark) != 0
    }

    /// Whether a rule looks at the file, unless it is a test.
    fn are_judged(self) -> bool {
        use Mark::{BunEnv, Console, Logger, MetaEnv, ProcessEnv, Stack};
        [BunEnv, Console, Logger, MetaEnv, ProcessEnv, Stack].into_iter().any(|mark| self.has(mark))
    }

    /// Whether the file is parsed whatever else there is.
    fn are_parsed(self, path: &str) -> bool {
        self.are_judged() && !is_test(path) || self.has(Mark::UseServer)
    }

    /// As a file may that is no route by its path. What is put together in a test is no route.
    fn may_hold_routes(self, path: &str) -> bool {
        use Mark::{Elysia, Express, Fastify, Hono, Nest, Trpc, UseServer};
        let routers = [Hono, Express, Fastify, Elysia, Trpc, Nest];
        self.has(UseServer) || !is_test(path) && routers.into_iter().any(|mark| self.has(mark))
    }
}

/// The marks of a file that is no proper text, by its first 64 MiB; nothing where the system does not give them.
fn bytes(program: &Program, file: FileId) -> Option<Marks> {
    let bytes = program.tree().beginning(file, 64 << 20).ok()?;
    Some(Marks::of(&String::from_utf8_lossy(&bytes)))
}

/// Whether what follows `express` says that it is a word of a sentence, or begins another word.
fn is_prose(after: &str) -> bool {
    if let Some(next) = after.strip_prefix(' ') {
        let word = next.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
        return !word.is_empty() && !matches!(word, "from" | "as");
    }
    let is_end =
        after.strip_prefix('.').is_some_and(|next| !next.starts_with(|letter: char| letter.is_ascii_alphanumeric()));
    is_end || ["ed", "es", "ing", "ion", "ive", "ly"].iter().any(|end| after.starts_with(end))
}

/// Whether a class in a text extends another than `Error`. The word begins as many others do, so it is looked for by itself.
fn extends_class(text: &str) -> bool {
    static EXTENDS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("extends"));
    EXTENDS.find_iter(text.as_bytes()).any(|at| {
        let after = text.get(at..).and_then(|rest| rest.strip_prefix("extends"));
        // `class Own<T extends One> extends`
        let start = text.floor_char_boundary(at.saturating_sub(256));
        text.get(start..at).is_some_and(|near| near.contains("class"))
            && !after.is_some_and(|after| after.starts_with(" Error"))
    })
}

/// What a survey is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// For whoever looks at everything. What certainly is going to be parsed, is parsed at once.
    Everything,
    /// For whoever looks only at what a change may touch: tells which files import which, and parses nothing that only rules look at.
    Change,
}

/// What every code file may hold, and the packages that they lie in.
pub(crate) struct Survey {
    /// By the file's index; empty for files that are no code.
    marks: Vec<Marks>,
    /// Marks that mean nothing in this repository.
    unless: u32,
    places: Places,
    /// Which files import which, where that was asked for.
    imports: Option<Imports>,
    /// Code files whose text cannot be read and which may hold routes, as far as their paths and bytes tell; and why not.
    pub(crate) unreadable: Vec<(FileId, ReadError)>,
}

impl Survey {
    /// Reads every code file once, for whoever looks at everything.
    pub(crate) fn of(program: &Program) -> Self {
        Self::within(program, Places::of(program.tree()), Ahead::default(), Purpose::Everything)
    }

    /// The same where the packages are known already, and some files are read.
    pub(crate) fn within(program: &Program, places: Places, ahead: Ahead, purpose: Purpose) -> Self {
        let ahead = ahead.give(program);
        let known = |places: &Places, file, path: &str| {
            let marks = *ahead.get(&file)?;
            if marks.are_parsed(path) || places.is_route_file(path) {
                program.module(file);
            }
            Some(marks)
        };
        Self::knowing(program, places, known, purpose)
    }

    /// The same for another time of the folder: reads only what was another then.
    pub(crate) fn at_another_time(&self, now: &Program, then: &Program) -> Self {
        if let Some(survey) = self.with_others(now, then) {
            return survey;
        }
        let known = |_: &Places, file, path: &str| {
            let here = now.tree().find(path).filter(|_| !then.tree().is_apart(file))?;
            let is_known = self.unreadable.iter().all(|(unreadable, _)| *unreadable != here);
            self.marks.get(here.index()).copied().filter(|_| is_known)
        };
        Self::knowing(then, Places::of(then.tree()), known, Purpose::Everything)
    }

    /// The same where only code holds something else, and that can be read at both times.
    fn with_others(&self, now: &Program, then: &Program) -> Option<Self> {
        let is_harmless = |path| is_code(path) && !NEXT_CONFIGS.contains(&file_name(path));
        let has_the_same_names = then.tree().has_the_names_of(now.tree());
        if !has_the_same_names || !self.unreadable.is_empty() || !then.tree().apart().all(|(_, path)| is_harmless(path))
        {
            return None;
        }
        let mut marks = self.marks.clone();
        for (file, _) in then.tree().apart() {
            *marks.get_mut(file.index())? = Marks::of(&then.tree().read(file).ok()?);
        }
        Some(Self::of_marks(marks, self.places.clone()))
    }

    fn of_marks(marks: Vec<Marks>, places: Places) -> Self {
        let unless = |sign, mark| if marks.iter().all(|marks| marks.0 & sign == 0) { bit(mark) } else { 0 };
        let unless = unless(TRPC, Mark::Trpc) | unless(NEST, Mark::Nest);
        Self { marks, unless, places, imports: None, unreadable: Vec::new() }
    }

    fn knowing(
        program: &Program,
        places: Places,
        known: impl Fn(&Places, FileId, &str) -> Option<Marks> + Sync,
        purpose: Purpose,
    ) -> Self {
        let has_imports = purpose == Purpose::Change;
        let is_asked = |path: &str| is_code(path) || has_imports && is_parsed(path);
        let read = |(file, path): (FileId, &str)| {
            if let Some(marks) = known(&places, file, path) {
                return (file, Ok(marks), Vec::new());
            }
            match program.tree().read(file) {
                Ok(text) => {
                    let imported = if has_imports { program.imported(file, &text) } else { Vec::new() };
                    let marks = if is_code(path) { Marks::of(&text) } else { Marks::default() };
                    let is_parsed = if has_imports { marks.has(Mark::UseServer) } else { marks.are_parsed(path) };
                    if text.len() <= KEPT {
                        program.keep(file, text, None);
                    }
                    if is_parsed || places.is_route_file(path) {
                        program.module(file);
                    }
                    (file, Ok(marks), imported)
                }
                Err(error) => {
                    let is_harmless = !places.is_route_file(path)
                        && bytes(program, file).is_some_and(|marks| !marks.may_hold_routes(path));
                    let is_harmless = is_harmless || !is_code(path);
                    (file, if is_harmless { Ok(Marks::default()) } else { Err(error) }, Vec::new())
                }
            }
        };
        let files: Vec<(FileId, &str)> = program.tree().files().collect();
        let files = files.into_par_iter().with_max_len(16);
        let seen: Vec<_> = files.filter(|(_, path)| is_asked(path)).map(read).collect();
        let mut marks = vec![Marks::default(); program.tree().files().len()];
        let mut unreadable = Vec::new();
        let mut imports = Vec::new();
        for (file, seen, imported) in seen {
            imports.extend(has_imports.then_some((file, imported)));
            match (seen, marks.get_mut(file.index())) {
                (Ok(seen), Some(marks)) => *marks = seen,
                (Err(error), _) => unreadable.push((file, error)),
                (Ok(_), None) => {}
            }
        }
        let imports = has_imports.then(|| imports.into_iter().collect());
        Self { imports, unreadable, ..Self::of_marks(marks, places) }
    }

    /// The same without what other files hold.
    pub(crate) fn only(&self, files: &BTreeSet<FileId>) -> Self {
        let mut marks = vec![Marks::default(); self.marks.len()];
        for file in files {
            if let (Some(here), Some(there)) = (marks.get_mut(file.index()), self.marks.get(file.index())) {
                *here = *there;
            }
        }
        Self { marks, unless: self.unless, places: self.places.clone(), imports: None, unreadable: Vec::new() }
    }

    /// Whether some rule looks at a file.
    pub(crate) fn is_judged(&self, file: FileId, path: &str) -> bool {
        self.marks.get(file.index()).is_some_and(|marks| marks.are_judged()) && !is_test(path)
    }

    /// Which files import which, where that was asked for.
    pub(crate) fn imports(&self) -> Option<&Imports> {
        self.imports.as_ref()
    }

    /// The packages of the repository and what they depend on.
    pub(crate) fn places(&self) -> &Places {
        &self.places
    }

    /// Whether a file's text may hold something.
    pub(crate) fn has(&self, file: FileId, mark: Mark) -> bool {
        self.marks_of(file).has(mark)
    }

    /// Whether a file that is no route by its path may hold routes all the same.
    pub(crate) fn may_hold_routes(&self, file: FileId, path: &str) -> bool {
        self.marks_of(file).may_hold_routes(path)
    }

    fn marks_of(&self, file: FileId) -> Marks {
        self.marks.get(file.index()).map_or(Marks::default(), |marks| Marks(marks.0 & !self.unless))
    }

    /// The files whose text may hold something, sorted by path.
    pub(crate) fn with<'s>(&'s self, program: &'s Program, mark: Mark) -> impl Iterator<Item = (FileId, &'s str)> {
        program.tree().files().filter(move |(file, _)| self.has(*file, mark))
    }
}

/// Whether a file is TypeScript or JavaScript that somebody wrote and that is executed: declarations of types are not, nor is what
/// a minifier left (`name.min.js`).
pub(crate) fn is_code(path: &str) -> bool {
    let name = file_name(path);
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    EXTENSIONS.contains(&extension) && !is_declaration(stem, extension) && !stem.ends_with(".min")
}

/// Whether the parser takes a file, whatever it is there for.
fn is_parsed(path: &str) -> bool {
    file_name(path).rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}

/// `name.d.ts`, `name.d.mts` and `name.d.css.ts`.
fn is_declaration(stem: &str, extension: &str) -> bool {
    let is_typed = matches!(extension, "ts" | "mts" | "cts");
    is_typed && (stem.ends_with(".d") || stem.rsplit_once('.').is_some_and(|(before, _)| before.ends_with(".d")))
}

#[cfg(test)]
mod tests;
