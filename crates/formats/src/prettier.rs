//! What Prettier prints with `--check`, of both of its streams, or with `--list-different`.
//!
//! `--check` writes files to standard error, and the rest to standard output. A run that could not read a file may still end
//! with "All matched files use Prettier code style!": what says `[error]` counts, not the last line.

use ops_core::Severity;

use crate::{Issue, Reading, Region, Unreadable, text};

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    let plain = text::without_escapes(report);
    let mut told = Told::default();
    for (index, line) in plain.lines().enumerate() {
        told.line(index + 1, line.trim_end())?;
    }
    if !plain.ends_with('\n') {
        let place = format!("line {}", plain.lines().count());
        return Err(Unreadable::malformed(place, "the report ends in the middle of a line"));
    }
    told.reading()
}

#[derive(Default)]
struct Told<'a> {
    /// Whether this is `--check`, which says how it ended.
    checking: bool,
    ended: bool,
    /// How many files the last line speaks of.
    sum: Option<u64>,
    /// What `[warn]` says: a path, or a warning about the configuration.
    warned: Vec<&'a str>,
    /// Bare lines: the paths of `--list-different`.
    listed: Vec<&'a str>,
    problems: Vec<Issue>,
    errors: u64,
}

impl<'a> Told<'a> {
    fn line(&mut self, number: usize, line: &'a str) -> Result<(), Unreadable> {
        if let Some(warned) = line.strip_prefix("[warn] ") {
            self.checking = true;
            match warned.strip_prefix("Code style issues ") {
                Some(rest) => {
                    self.ended = true;
                    self.sum = sum(rest);
                }
                None => self.warned.push(warned),
            }
        } else if let Some(problem) = line.strip_prefix("[error] ") {
            if let Some(issue) = issue_of(problem) {
                self.errors += 1;
                // More would not be kept anyway.
                if self.problems.len() < Reading::MOST_ISSUES {
                    self.problems.push(issue);
                }
            }
        } else if line.starts_with("Checking formatting") {
            self.checking = true;
        } else if line.starts_with("All matched files use Prettier") || line.starts_with("Error occurred when checking")
        {
            self.checking = true;
            self.ended = true;
        } else if !line.is_empty() && !line.starts_with("[debug] ") && line != "[error]" {
            if !is_path(line) {
                let found = text::one_line(line.get(..line.floor_char_boundary(60)).unwrap_or_default());
                return Err(Unreadable::malformed(
                    format!("line {number}"),
                    format!("`{found}` is no line of Prettier's"),
                ));
            }
            self.listed.push(line);
        }
        Ok(())
    }

    fn reading(self) -> Result<Reading, Unreadable> {
        if self.checking && !self.ended {
            let reason =
                "the report ends in the middle: its last line is missing, or what the tool wrote to standard error";
            return Err(Unreadable::malformed("the end", reason));
        }
        if self.checking && !self.listed.is_empty() {
            return Err(Unreadable::malformed("the report", "lists files with `[warn]` and without"));
        }
        let files = if self.checking { self.unformatted()? } else { self.listed };
        let mut reading = Reading::default();
        reading.count("errors", self.errors);
        reading.left_out = self.errors - self.problems.len() as u64;
        reading.count("unformatted", files.len() as u64);
        for file in files {
            reading.add(Issue {
                rule: "prettier/unformatted".to_owned(),
                severity: Severity::Error,
                message: "this file is not formatted as Prettier would".to_owned(),
                help: "`prettier --write` formats it".to_owned(),
                region: Some(Region { path: text::path(file), ..Region::default() }),
                identity: String::new(),
            });
        }
        for problem in self.problems {
            reading.add(problem);
        }
        Ok(reading)
    }

    /// The files among what `[warn]` says. The last line says how many there are, so that no path is taken for a warning.
    fn unformatted(&self) -> Result<Vec<&'a str>, Unreadable> {
        let paths: Vec<&str> = self.warned.iter().copied().filter(|warned| is_path(warned)).collect();
        match self.sum {
            Some(sum) if sum == self.warned.len() as u64 => Ok(self.warned.clone()),
            Some(sum) if sum != paths.len() as u64 => Err(Unreadable::sum("the last line", sum, paths.len() as u64)),
            _ => Ok(paths),
        }
    }
}

/// `found in 3 files. …`, `found in the above file. …`; older versions do not say how many.
fn sum(rest: &str) -> Option<u64> {
    let rest = rest.strip_prefix("found in ")?;
    if rest.starts_with("the above file.") {
        return Some(1);
    }
    rest.split_once(' ').and_then(|(number, _)| number.parse().ok())
}

/// `broken.js: SyntaxError: Unexpected token (1:7)`, or a line of the source below it, which is none.
fn issue_of(problem: &str) -> Option<Issue> {
    let source = problem.trim_start_matches(['>', ' ']).trim_start_matches(|digit: char| digit.is_ascii_digit());
    if source.trim_start().starts_with('|') {
        return None;
    }
    let (path, words) = problem.split_once(": ").filter(|(path, _)| is_path(path)).unzip();
    let words = words.unwrap_or(problem);
    let position = words.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')')?.split_once(':'));
    let (line, column) =
        position.and_then(|(line, column)| Some((line.parse().ok()?, column.parse().ok()?))).unwrap_or_default();
    Some(Issue {
        rule: "prettier/error".to_owned(),
        severity: Severity::Error,
        message: text::one_line(words),
        help: String::new(),
        region: path.map(|path| Region {
            path: text::path(path),
            start_line: line,
            start_column: column,
            ..Region::default()
        }),
        identity: String::new(),
    })
}

/// Whether a line can be a file's path: the last part of it has an ending, and nothing of it is a sentence.
fn is_path(line: &str) -> bool {
    let name = line.rsplit(['/', '\\']).next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| !ending.is_empty() && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        && !line.starts_with(' ')
        && !line.contains(": ")
        && !line.contains(['"', '`', '{', '|'])
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    fn told(name: &str) -> String {
        testing::told(Format::Prettier, name)
    }

    const PAGE: &str =
        "error prettier/unformatted src/(shop)/my page.ts:0:0-0:0 this file is not formatted as Prettier would\n";
    const BAD: &str = "error prettier/unformatted src/bad.js:0:0-0:0 this file is not formatted as Prettier would\n";
    const BROKEN_BAD: &str =
        "error prettier/unformatted broken/bad.js:0:0-0:0 this file is not formatted as Prettier would\n";
    const BROKEN: &str = "error prettier/error broken/broken.js:1:7-0:0 SyntaxError: Unexpected token (1:7)\n";

    #[test]
    fn every_version_tells_the_same() {
        for version in [2, 3] {
            let told = |name: &str| told(&format!("prettier-{version}/{name}.txt"));
            assert_eq!(told("check"), format!("{PAGE}{BAD}errors 0, unformatted 2"));
            assert_eq!(told("colour"), told("check"));
            assert_eq!(told("list-different"), told("check"));
            assert_eq!(told("check-one"), format!("{BAD}errors 0, unformatted 1"));
            assert_eq!(told("clean"), "errors 0, unformatted 0");
            assert_eq!(told("broken"), format!("{PAGE}{BAD}{BROKEN_BAD}{BROKEN}errors 1, unformatted 3"));
            assert_eq!(told("list-broken"), told("broken"));
        }
    }

    #[test]
    fn what_package_managers_print_around_it_is_left_out() {
        for manager in ["npm-11", "pnpm-10", "pnpm-11", "yarn-1"] {
            assert_eq!(told(&format!("prettier-3/{manager}.txt")), format!("{PAGE}{BAD}errors 0, unformatted 2"));
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_counts_though_the_last_line_praises_all() {
        for version in [2, 3] {
            assert_eq!(
                told(&format!("prettier-{version}/only-broken.txt")),
                format!("{BROKEN}errors 1, unformatted 0")
            );
            assert_eq!(
                told(&format!("prettier-{version}/nothing.txt")),
                "error prettier/error No files matching the pattern were found: \"nothing\".\nerrors 1, unformatted 0"
            );
        }
    }

    #[test]
    fn a_warning_about_the_configuration_is_no_file() {
        let report = "Checking formatting...\n[warn] Ignored unknown option { a: 1 }.\n[warn] a.ts\n\
                      [warn] Code style issues found in the above file. Run Prettier with --write to fix.\n";
        assert_eq!(read(report).unwrap().issues.len(), 1);
        let report = report.replace("[warn] Ignored unknown option { a: 1 }.\n", "").replace("a.ts", "Jakefile");
        assert_eq!(read(&report).unwrap().issues.len(), 1);
    }

    #[test]
    fn half_a_report_or_none_is_unreadable() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        let end = "the report ends in the middle: its last line is missing, or what the tool wrote to standard error";
        assert_eq!(told("Checking formatting...\n"), format!("the end: {end}"));
        assert_eq!(told("[warn] a.ts\n"), format!("the end: {end}"));
        assert_eq!(told("a.t"), "line 1: the report ends in the middle of a line");
        assert_eq!(told("sh: prettier: not found\n"), "line 1: `sh: prettier: not found` is no line of Prettier's");
        assert_eq!(
            told("[warn] a.ts\n[warn] Code style issues found in 3 files. Run Prettier with --write to fix.\n"),
            "the last line: says 3, but the report lists 1"
        );
    }
}
