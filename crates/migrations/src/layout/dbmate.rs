//! dbmate: `db/migrations/<digits><anything>.sql` with sections.
//!
//! Formats: amacneil/dbmate, `pkg/dbmate/migration.go` and `db.go`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::error::{LayoutError, LayoutProblem};
use super::files::{Folder, Gathered, leading_digits, whole};
use crate::Migration;
use crate::migration::{TransactionMode, line_of};

type Pattern = LazyLock<Option<Regex>>;

/// A section begins at the start of a line. `--migrate:up` counts, `-- migrate:upgrade` does not.
static UP: Pattern = LazyLock::new(|| Regex::new(r"(?m)^--\s*migrate:up(\s*$|\s+\S+)").ok());
static DOWN: Pattern = LazyLock::new(|| Regex::new(r"(?m)^--\s*migrate:down(\s*$|\s+\S+)").ok());

pub(super) fn read(folder: &Folder<'_>) -> Result<Vec<Migration>, Vec<LayoutError>> {
    let mut gathered = Gathered::default();
    for entry in folder.entries()?.iter().filter(|entry| !entry.is_folder) {
        if let Some(version) = version(&entry.name) {
            gathered.add(folder.text(&entry.path).and_then(|source| {
                let name = entry.name.trim_start_matches(version).trim_start_matches('_').trim_end_matches(".sql");
                let sections = parse(&source).map_err(|(offset, problem)| {
                    LayoutError::on_line(&entry.path, line_of(&source, offset), problem)
                })?;
                let mut migration = whole(version, name, &entry.path, source);
                migration.transaction = sections.transaction;
                migration.down = migration.source.get(sections.down).map(str::to_owned);
                migration.up = sections.up;
                Ok(migration)
            }));
        }
    }
    gathered.refuse_doubles();
    gathered.finish()
}

/// `^(\d+).*\.sql$`.
fn version(file: &str) -> Option<&str> {
    let (digits, rest) = leading_digits(file);
    (!digits.is_empty() && rest.ends_with(".sql")).then_some(digits)
}

/// Whether a text has an up section, which is how the layout is told from others.
pub(super) fn has_up(source: &str) -> bool {
    starts(&UP, source).next().is_some()
}

/// The sections of a file.
#[derive(Debug, PartialEq, Eq)]
struct Sections {
    up: Range<usize>,
    down: Range<usize>,
    transaction: TransactionMode,
}

fn parse(source: &str) -> Result<Sections, (usize, LayoutProblem)> {
    let mut ups = starts(&UP, source);
    let mut downs = starts(&DOWN, source);
    let up = ups.next().ok_or((0, LayoutProblem::NoUp))?;
    let down = downs.next().ok_or((up, LayoutProblem::NoDown))?;
    let before = source.get(..up).unwrap_or_default();
    if let Some(line) = before.split('\n').find(|line| !line.trim().is_empty() && !line.trim_start().starts_with("--"))
    {
        let offset = before.find(line).unwrap_or_default();
        let problem = if offset > down { LayoutProblem::DownBeforeUp } else { LayoutProblem::BeforeUp };
        return Err((offset, problem));
    }
    if down < up {
        return Err((down, LayoutProblem::DownBeforeUp));
    }
    if let Some(second) = ups.next().or_else(|| downs.next()) {
        return Err((second, LayoutProblem::SecondSection));
    }
    let head = source.get(up..down).unwrap_or_default().lines().next().unwrap_or_default();
    let outside = head.split_whitespace().any(|option| option == "transaction:false");
    let transaction = if outside { TransactionMode::Outside } else { TransactionMode::Inside };
    Ok(Sections { up: up..down, down: down..source.len(), transaction })
}

fn starts<'a>(pattern: &'static Pattern, source: &'a str) -> impl Iterator<Item = usize> + use<'a> {
    pattern.as_ref().into_iter().flat_map(move |pattern| pattern.find_iter(source).map(|found| found.start()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sections(source: &str) -> (&str, &str, TransactionMode) {
        let sections = parse(source).unwrap();
        (&source[sections.up], &source[sections.down], sections.transaction)
    }

    #[test]
    fn the_words_stand_at_the_start_of_a_line() {
        let source =
            "-- a note\n\n--migrate:up\nselect 1; -- migrate:down\n-- migrate:upgrade\n-- migrate:down\nselect 2;";
        let (up, down, transaction) = sections(source);
        assert_eq!(up, "--migrate:up\nselect 1; -- migrate:down\n-- migrate:upgrade\n");
        assert_eq!(down, "-- migrate:down\nselect 2;");
        assert_eq!(transaction, TransactionMode::Inside);
    }

    #[test]
    fn transaction_false_is_read_from_the_up_line_alone() {
        let up = "-- migrate:up transaction:false\nselect 1;\n-- migrate:down\n";
        assert_eq!(sections(up).2, TransactionMode::Outside);
        let down = "-- migrate:up\r\nselect 1;\r\n-- migrate:down transaction:false\r\n";
        assert_eq!(sections(down).2, TransactionMode::Inside);
    }

    #[test]
    fn what_dbmate_refuses_is_refused() {
        for (source, offset, problem) in [
            ("select 1;", 0, LayoutProblem::NoUp),
            ("-- migrate:up\nselect 1;", 0, LayoutProblem::NoDown),
            ("-- migrate:down\n-- migrate:up\n", 0, LayoutProblem::DownBeforeUp),
            ("-- migrate:down\nselect 1;\n-- migrate:up\n", 16, LayoutProblem::DownBeforeUp),
            ("-- x\nselect 1;\n-- migrate:up\n-- migrate:down", 5, LayoutProblem::BeforeUp),
            ("-- migrate:up\n-- migrate:down\n-- migrate:up\n-- migrate:down", 30, LayoutProblem::SecondSection),
        ] {
            assert_eq!(parse(source), Err((offset, problem)), "{source}");
        }
    }

    proptest! {
        #[test]
        fn sections_never_overlap(source in "(-- migrate:(up|down)|select 1;|é|\r?\n| |\u{feff}){0,12}") {
            if let Ok(sections) = parse(&source) {
                prop_assert!(sections.up.end <= sections.down.start);
                prop_assert!(source.get(sections.up).is_some() && source.get(sections.down).is_some());
            }
        }
    }
}
