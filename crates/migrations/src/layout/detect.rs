//! Finding out whose migrations a repository holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::error::{Candidate, LayoutError, LayoutProblem};
use super::files::{Folder, leading_digits};
use super::{Found, Layout, dbmate, drizzle, plain, prisma};
use crate::Dialect;

/// Where tools keep migrations, seen from a project's own folder.
const PLACES: &[&str] = &[
    "prisma/migrations",
    "supabase/migrations",
    "drizzle",
    "drizzle/migrations",
    "src/drizzle",
    "src/db/migrations",
    "db/migrations",
    "migrations",
];

/// Folders whose subfolders are projects of their own.
const MONOREPO: &[&str] = &["apps", "packages"];

/// Drizzle's configuration, whose `out` names the folder.
const DRIZZLE_CONFIGS: &[&str] =
    &["drizzle.config.ts", "drizzle.config.mts", "drizzle.config.js", "drizzle.config.mjs", "drizzle.config.json"];

/// Finds the migrations below `root`.
///
/// `wanted` and `directory` are the policy's words and win over what is found. Without them the well-known places are
/// looked at, in the root and in each project of a monorepo.
///
/// # Errors
/// Nothing found, several found (naming each, with the lines for the policy), or a folder that cannot be read.
pub fn detect(root: &Path, wanted: Option<Layout>, directory: Option<&str>) -> Result<Found, LayoutError> {
    if let Some(directory) = directory {
        return named(root, wanted, directory);
    }
    let mut found: Vec<Found> = Vec::new();
    let mut empty = Vec::new();
    for project in projects(root) {
        for place in places(root, &project) {
            if !root.join(&place).is_dir() || found.iter().any(|found| found.directory == place) {
                continue;
            }
            let folder = Folder::open(root, &place)?;
            match recognise(root, &project, &folder, wanted)? {
                Some(one) => found.push(one),
                None => empty.push(place),
            }
        }
    }
    found.sort_by(|a, b| a.directory.cmp(&b.directory));
    if found.len() > 1 {
        let candidates =
            found.into_iter().map(|found| Candidate { directory: found.directory, layout: found.layout }).collect();
        return Err(LayoutError { path: None, line: None, problem: LayoutProblem::Ambiguous(candidates) });
    }
    found.pop().ok_or_else(|| {
        let looked_for: Vec<String> = PLACES.iter().map(|place| format!("`{place}`")).collect();
        let looked_for = looked_for.join(", ");
        LayoutError { path: None, line: None, problem: LayoutProblem::Unknown { looked_for, empty } }
    })
}

fn named(root: &Path, wanted: Option<Layout>, directory: &str) -> Result<Found, LayoutError> {
    let parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if directory.starts_with('/') || parts.contains(&"..") {
        return Err(LayoutError::at(directory, LayoutProblem::Escapes));
    }
    let directory = parts.join("/");
    let folder = Folder::open(root, &directory)?;
    let project = match parts.as_slice() {
        [group, name, ..] if MONOREPO.contains(group) => format!("{group}/{name}"),
        _ => String::new(),
    };
    match recognise(root, &project, &folder, wanted)? {
        Some(found) => Ok(found),
        None => match wanted {
            // An empty folder of a named layout: reading it says so.
            Some(layout) => Ok(Found { layout, dialect_hint: None, directory, drizzle_folders: false }),
            None => Err(LayoutError::at(directory, LayoutProblem::UnknownFolder)),
        },
    }
}

/// The root and every project of a monorepo, as folders relative to the root.
fn projects(root: &Path) -> Vec<String> {
    let mut projects = BTreeSet::from([String::new()]);
    for group in MONOREPO {
        let Ok(entries) = fs::read_dir(root.join(group)) else { continue };
        for name in entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()) {
            projects.insert(format!("{group}/{name}"));
        }
    }
    projects.into_iter().collect()
}

fn places(root: &Path, project: &str) -> Vec<String> {
    let within = |place: &str| if project.is_empty() { place.to_owned() } else { format!("{project}/{place}") };
    let mut places: Vec<String> = PLACES.iter().map(|place| within(place)).collect();
    places.extend(drizzle_out(root, project).map(|out| within(&out)));
    places
}

/// `out: "./folder"` of Drizzle's configuration, read as text, since it is a program.
fn drizzle_out(root: &Path, project: &str) -> Option<String> {
    let text = DRIZZLE_CONFIGS.iter().find_map(|name| fs::read_to_string(root.join(project).join(name)).ok())?;
    let after = text.split("out").skip(1).find_map(|rest| {
        let rest = rest.trim_start_matches(['"', '\'']).trim_start();
        rest.strip_prefix(':').map(str::trim_start)
    })?;
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let out = after.get(1..)?.split(quote).next()?;
    let parts: Vec<&str> = out.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    (!parts.is_empty() && !parts.contains(&"..")).then(|| parts.join("/"))
}

/// Whose migrations a folder holds. With a `wanted` layout, whether it may be that one.
fn recognise(
    root: &Path,
    project: &str,
    folder: &Folder<'_>,
    wanted: Option<Layout>,
) -> Result<Option<Found>, LayoutError> {
    let entries = folder.entries().map_err(first)?;
    let files: Vec<&str> =
        entries.iter().filter(|e| !e.is_folder && e.name.ends_with(".sql")).map(|e| e.name.as_str()).collect();
    let has_journal = folder.has(drizzle::JOURNAL);
    let scripts = drizzle::script_folders(folder).map_err(first)?;
    let has_snapshots = scripts.iter().any(|entry| folder.has(&format!("{}/snapshot.json", entry.name)));
    let has_lock = folder.has(prisma::LOCK_FILE);
    let drizzle_config = DRIZZLE_CONFIGS.iter().any(|name| root.join(project).join(name).exists());
    let of_prisma = folder.directory == "prisma/migrations" || folder.directory.ends_with("/prisma/migrations");
    let of_supabase = folder.directory == "supabase/migrations" || folder.directory.ends_with("/supabase/migrations");
    let within = folder.directory.strip_prefix(project).unwrap_or(folder.directory).trim_start_matches('/');
    let of_drizzle =
        within.split('/').any(|part| part == "drizzle") || drizzle_out(root, project).is_some_and(|out| out == within);
    let numbered = files.iter().any(|file| plain::parse(file).is_some());

    let layout = if has_journal || (has_snapshots && !has_lock) {
        Some(Layout::Drizzle)
    } else if has_lock || of_prisma {
        Some(Layout::Prisma)
    } else if of_supabase {
        Some(Layout::Supabase)
    } else if !scripts.is_empty() {
        Some(if drizzle_config { Layout::Drizzle } else { Layout::Prisma })
    } else if has_sections(folder, &files) {
        Some(Layout::Dbmate)
    } else if numbered && of_drizzle {
        // Its journal is missing; reading it says so, where running the files as plain SQL would be a guess.
        Some(Layout::Drizzle)
    } else if numbered {
        let pairs = files.iter().any(|file| file.ends_with(".up.sql"));
        let plain_only = files.iter().any(|file| file.starts_with('V'));
        Some(if (pairs || names_sqlx(root, project)) && !plain_only { Layout::Sqlx } else { Layout::Plain })
    } else {
        None
    };
    let layout = match (wanted, layout) {
        (None, layout) => layout,
        // The layouts of numbered files look alike, so the policy's word is enough.
        (Some(wanted), Some(seen)) if wanted == seen => Some(wanted),
        (
            Some(wanted @ (Layout::Supabase | Layout::Sqlx | Layout::Plain)),
            Some(Layout::Sqlx | Layout::Plain | Layout::Supabase),
        ) => Some(wanted),
        (Some(wanted @ (Layout::Prisma | Layout::Drizzle)), Some(Layout::Prisma | Layout::Drizzle))
            if !has_lock && !has_journal =>
        {
            Some(wanted)
        }
        (Some(_), _) => None,
    };
    let Some(layout) = layout else { return Ok(None) };
    let dialect_hint = match layout {
        Layout::Prisma => prisma::dialect(folder)?,
        Layout::Drizzle if has_journal => drizzle::dialect(folder)?,
        Layout::Supabase => Some(Dialect::Postgres),
        _ => None,
    };
    let drizzle_folders = layout == Layout::Drizzle && !has_journal && !scripts.is_empty();
    Ok(Some(Found { layout, dialect_hint, directory: folder.directory.to_owned(), drizzle_folders }))
}

fn first(errors: Vec<LayoutError>) -> LayoutError {
    let unknown = LayoutError { path: None, line: None, problem: LayoutProblem::UnknownFolder };
    errors.into_iter().next().unwrap_or(unknown)
}

/// Whether the first numbered file that can be read has dbmate's sections.
fn has_sections(folder: &Folder<'_>, files: &[&str]) -> bool {
    let numbered = files.iter().filter(|file| !leading_digits(file).0.is_empty());
    numbered.take(3).any(|file| folder.text(&folder.path(file)).is_ok_and(|text| dbmate::has_up(&text)))
}

/// Whether a Cargo.toml in reach depends on sqlx.
fn names_sqlx(root: &Path, project: &str) -> bool {
    [root.join(project).join("Cargo.toml"), root.join("Cargo.toml")]
        .iter()
        .any(|path| fs::read_to_string(path).is_ok_and(|text| text.contains("sqlx")))
}
