//! What is wrong with a folder of migrations, and the way out.

use std::fmt;

use super::Layout;

/// Something wrong with a folder of migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutError {
    /// The file or folder, relative to the repository's root, as it is.
    pub path: Option<String>,
    /// The line, counted from 1, where the problem has one.
    pub line: Option<usize>,
    /// What is wrong, and the way out.
    pub problem: LayoutProblem,
}

impl LayoutError {
    pub(super) fn at(path: impl Into<String>, problem: LayoutProblem) -> Self {
        Self { path: Some(path.into()), line: None, problem }
    }

    pub(super) fn on_line(path: impl Into<String>, line: usize, problem: LayoutProblem) -> Self {
        Self { path: Some(path.into()), line: Some(line), problem }
    }
}

impl fmt::Display for LayoutError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(formatter, "{}", printable(path))?;
            if let Some(line) = self.line {
                write!(formatter, ":{line}")?;
            }
            formatter.write_str(": ")?;
        }
        write!(formatter, "{}", self.problem)
    }
}

impl std::error::Error for LayoutError {}

/// Text on one line: control characters are written as escapes, everything else as it is.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

/// A folder that holds migrations, and whose they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The folder, relative to the repository's root.
    pub directory: String,
    /// The layout it is in.
    pub layout: Layout,
}

/// What is wrong with a folder of migrations.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutProblem {
    /// More than one folder of migrations, and no word which.
    #[error("{}", ambiguous(.0))]
    Ambiguous(Vec<Candidate>),
    /// No folder of migrations.
    #[error(
        "no migrations found: looked for {looked_for}, here and in `apps/*` and `packages/*`{}; set `layout` and `directory` \
         under `[migrations]` in ops.toml", but_nothing_in(.empty)
    )]
    Unknown {
        /// The usual places.
        looked_for: String,
        /// Those of them that are there, with nothing in them that a layout knows.
        empty: Vec<String>,
    },
    /// The policy names a folder that does not look like any layout.
    #[error(
        "holds no migrations of a known layout; set `layout` under `[migrations]` in ops.toml to one of prisma, supabase, \
         drizzle, dbmate, sqlx, plain"
    )]
    UnknownFolder,
    /// The folder is not there.
    #[error("the folder does not exist; set `directory` under `[migrations]` in ops.toml to the folder of migrations")]
    NoFolder,
    /// The path is a file.
    #[error("is a file; set `directory` under `[migrations]` in ops.toml to the folder of migrations")]
    NotAFolder,
    /// The folder holds no migration.
    #[error("the folder holds no {0} migration; add one, or set `directory` under `[migrations]` in ops.toml")]
    Empty(Layout),
    /// The operating system refuses.
    #[error("cannot be read: {0}; check that it is there and that this user may read it")]
    Unreadable(String),
    /// A path or symbolic link that leads out of the repository.
    #[error("leads out of the repository; migrations are read only from files inside it")]
    Escapes,
    /// A file over the limit, with its size in bytes.
    #[error(
        "is {}; the limit is 16 MiB: move bulk data out of the migration and load it with a seed script or `COPY`",
        megabytes(*.0)
    )]
    TooLarge(u64),
    /// Bytes that are no text, with the offset of the first.
    #[error("is not UTF-8: the first invalid byte is byte {0}; save the file as UTF-8")]
    NotUtf8(usize),
    /// A NUL byte, with its offset. No engine takes it.
    #[error("holds a NUL byte at byte {0}; remove it, or save the file as UTF-8 (it may be UTF-16)")]
    Nul(usize),
    /// Two files with one version.
    #[error("has the version {version}, as has `{}`; give one of them a version of its own", printable(.other))]
    SameVersion {
        /// The version.
        version: String,
        /// The path of the other file.
        other: String,
    },
    /// A name that the layout cannot read.
    #[error("the name does not follow {0}; rename it, or move it out of the folder")]
    BadName(&'static str),
    /// A name with a line break or another control character.
    #[error("the name holds a control character, which would forge lines in logs; rename it")]
    ControlCharacter,
    /// A name that is not UTF-8.
    #[error("the name is not UTF-8; rename it")]
    NameNotUtf8,
    /// A Prisma folder without its script.
    #[error("the folder has no `migration.sql`; restore the file, or delete the folder if it was never applied")]
    NoScript,
    /// Prisma's lock file, or Drizzle's journal, is for an engine that is not supported.
    #[error("names the engine `{}`; supported are PostgreSQL and SQLite", printable(.0))]
    UnsupportedEngine(String),
    /// Prisma's lock file has no provider.
    #[error("has no line `provider = \"…\"`; restore the file from version control")]
    NoProvider,
    /// The files are for one engine and the database is another.
    #[error("the migrations are for {files}, and the database is {database}; point the URL at a {files} database")]
    WrongEngine {
        /// The engine that the files name.
        files: &'static str,
        /// The engine that answered.
        database: &'static str,
    },
    /// dbmate: no `-- migrate:up`.
    #[error("has no `-- migrate:up` line; dbmate needs one, and a `-- migrate:down` line after it")]
    NoUp,
    /// dbmate: no `-- migrate:down`.
    #[error("has no `-- migrate:down` line; dbmate needs one after `-- migrate:up`, even if nothing follows it")]
    NoDown,
    /// dbmate: down before up.
    #[error("has `-- migrate:down` before `-- migrate:up`; dbmate wants them the other way round")]
    DownBeforeUp,
    /// dbmate: SQL before the first section.
    #[error("has a statement before `-- migrate:up`, which dbmate refuses; move it below that line")]
    BeforeUp,
    /// dbmate: several pairs of sections.
    #[error(
        "has a second `-- migrate:up` or `-- migrate:down`; dbmate records the version once for each pair, so the second fails: \
         split the file"
    )]
    SecondSection,
    /// Drizzle: the folder has both the journal and folders with scripts.
    #[error(
        "holds both a journal (Drizzle 0.x) and migration folders (Drizzle 1.0); run `drizzle-kit up` to finish the change"
    )]
    BothDrizzles,
    /// Drizzle 0.x: no journal.
    #[error("is missing; Drizzle applies only what its journal lists: restore it, or run `drizzle-kit generate`")]
    NoJournal,
    /// Drizzle 0.x: a journal that is not what Drizzle writes.
    #[error("is not a Drizzle journal: {0}; restore it from version control")]
    BrokenJournal(String),
    /// Drizzle 0.x: a file that the journal lists is not there.
    #[error(
        "is listed in the journal and missing; restore it, or run `drizzle-kit drop` for a migration never applied"
    )]
    NoFileForEntry,
    /// Drizzle: SQL on the line of a breakpoint.
    #[error("has text after `--> statement-breakpoint` on its line; move it to the next line")]
    BreakpointText,
    /// sqlx: characters left out of checksums.
    #[error("sets `ignored-chars`, which changes every checksum and is not supported; remove it")]
    IgnoredCharacters,
}

fn ambiguous(candidates: &[Candidate]) -> String {
    let named: Vec<String> =
        candidates.iter().map(|c| format!("{} in `{}`", c.layout, printable(&c.directory))).collect();
    let lines: Vec<String> = candidates
        .iter()
        .map(|c| format!("\n\n[migrations]\nlayout = \"{}\"\ndirectory = {}", c.layout, toml_string(&c.directory)))
        .collect();
    format!(
        "found several folders of migrations: {}; say which in ops.toml, by one of these:{}",
        named.join(", "),
        lines.join("")
    )
}

fn but_nothing_in(folders: &[String]) -> String {
    let named: Vec<String> = folders.iter().map(|folder| format!("`{}`", printable(folder))).collect();
    if named.is_empty() {
        String::new()
    } else {
        format!(", and nothing that looks like one is in {}", named.join(", "))
    }
}

fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Decimal megabytes with one digit, without going through floating point.
fn megabytes(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
