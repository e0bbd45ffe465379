//! lcov's tracefiles: <https://github.com/linux-test-project/lcov/blob/master/man/geninfo.1>.
//!
//! A tracefile has no end of its own: one that was cut off after a file's record cannot be told from a whole one. Whoever needs
//! a file's coverage must look for that file.

use std::collections::{BTreeMap, HashMap};

use crate::{
    Reading, Unreadable,
    coverage::{self, Coverage, FileCoverage, Line, Ratio, Totals},
    text,
};

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    let mut files: BTreeMap<&str, Section<'_>> = BTreeMap::new();
    let mut open: Option<(&str, Section<'_>)> = None;
    for (index, line) in report.lines().enumerate() {
        let line = line.trim_end();
        let record = Record { number: index + 1, line };
        match (&mut open, line.split_once(':')) {
            (_, None) if line.is_empty() || line.starts_with('#') => {}
            (Some(_), None) if line == "end_of_record" => {
                if let Some((path, section)) = open.take() {
                    section.close(files.entry(path).or_default());
                }
            }
            (None, Some(("SF", path))) if !path.is_empty() => open = Some((path, Section::default())),
            (Some(_), Some(("SF", _))) => return Err(record.wrong("a file begins before the one before it ended")),
            (Some((_, section)), Some((name, value))) => section.record(name, value, &record)?,
            // A test's name stands before its files.
            (None, Some((name, _))) if is_name(name) => {}
            _ => return Err(record.wrong("this is no record of lcov")),
        }
    }
    if let Some((path, _)) = open {
        let place = format!("the record of {}", text::one_line(path));
        return Err(Unreadable::malformed(place, "the report ends in the middle: `end_of_record` is missing"));
    }
    if files.is_empty() {
        return Err(Unreadable::malformed("line 1", "no file has a record (`SF:`)"));
    }
    let files: Vec<FileCoverage> = files.into_iter().map(|(path, section)| section.file(path)).collect();
    let totals = files.iter().fold(Totals::default(), |totals, file| totals.and(file.totals));
    Ok(Coverage { files, sources: Vec::new(), totals }.reading())
}

/// Records have names such as `DA`, `BRDA`, `FNL`.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase())
}

struct Record<'a> {
    number: usize,
    line: &'a str,
}

impl Record<'_> {
    fn wrong(&self, reason: &str) -> Unreadable {
        Unreadable::malformed(format!("line {}", self.number), reason)
    }

    fn number<N: std::str::FromStr>(&self, value: Option<&str>) -> Result<N, Unreadable> {
        value.and_then(|value| value.trim().parse().ok()).ok_or_else(|| {
            let record: String = self.line.chars().take(40).collect();
            self.wrong(&format!("expected numbers, found `{}`", text::one_line(&record)))
        })
    }

    /// How often: some tools write less than nothing where a counter was lost, or a fraction.
    fn hits(&self, value: Option<&str>) -> Result<u32, Unreadable> {
        let hits: f64 = self.number(value)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float becomes the nearest number that there is"
        )]
        let whole = hits.ceil() as u32;
        if hits.is_finite() { Ok(whole) } else { self.number(None) }
    }
}

/// What the records of a file say.
#[derive(Default)]
struct Section<'a> {
    lines: Vec<Line>,
    /// By line, block and branch: whether it was taken.
    branches: HashMap<(u32, &'a str), bool>,
    functions: HashMap<&'a str, bool>,
    /// `LF` and `LH`, and so on; zero where they are not there.
    sums: Sums,
    /// How many records the file has: one for each test.
    records: u32,
}

#[derive(Default, Clone, Copy)]
struct Sums {
    lines: Option<Ratio>,
    functions: Option<Ratio>,
    branches: Option<Ratio>,
}

impl<'a> Section<'a> {
    fn record(&mut self, name: &str, value: &'a str, record: &Record<'_>) -> Result<(), Unreadable> {
        let mut parts = value.split(',');
        match name {
            "DA" => {
                let number = record.number(parts.next())?;
                self.lines.push(Line { number, hits: record.hits(parts.next())? });
            }
            "BRDA" => {
                let (branch, taken) = value.rsplit_once(',').ok_or_else(|| record.wrong("expected four parts"))?;
                let number = record.number(parts.next())?;
                let taken = taken.trim() != "-" && record.hits(Some(taken))? > 0;
                *self.branches.entry((number, branch)).or_default() |= taken;
            }
            "FNDA" => {
                let hit = record.hits(parts.next())? > 0;
                let name = value.split_once(',').map_or(value, |(_, name)| name);
                *self.functions.entry(name).or_default() |= hit;
            }
            // Since lcov 2.2: an index, how often, and a name.
            "FNA" => {
                let _index: u64 = record.number(parts.next())?;
                let hit = record.hits(parts.next())? > 0;
                let name = value.splitn(3, ',').nth(2).unwrap_or(value);
                *self.functions.entry(name).or_default() |= hit;
            }
            "LF" => self.sums.lines.get_or_insert_default().total = record.number(Some(value))?,
            "LH" => self.sums.lines.get_or_insert_default().covered = record.number(Some(value))?,
            "FNF" => self.sums.functions.get_or_insert_default().total = record.number(Some(value))?,
            "FNH" => self.sums.functions.get_or_insert_default().covered = record.number(Some(value))?,
            "BRF" => self.sums.branches.get_or_insert_default().total = record.number(Some(value))?,
            "BRH" => self.sums.branches.get_or_insert_default().covered = record.number(Some(value))?,
            // Newer versions add records, which change nothing of those that are known.
            _ if is_name(name) => {}
            _ => return Err(record.wrong("this is no record of lcov")),
        }
        Ok(())
    }

    /// Adds what this record of a file says to what the ones before said.
    fn close(self, file: &mut Section<'a>) {
        file.lines.extend(self.lines);
        for (branch, taken) in self.branches {
            *file.branches.entry(branch).or_default() |= taken;
        }
        for (function, hit) in self.functions {
            *file.functions.entry(function).or_default() |= hit;
        }
        let worse =
            |one: Option<Ratio>, two: Option<Ratio>| one.zip(two).map(|(one, two)| one.worse(two)).or(one).or(two);
        file.sums = Sums {
            lines: worse(file.sums.lines, self.sums.lines),
            functions: worse(file.sums.functions, self.sums.functions),
            branches: worse(file.sums.branches, self.sums.branches),
        };
        file.records += 1;
    }

    fn file(self, path: &str) -> FileCoverage {
        let lines = coverage::in_order(self.lines, u32::saturating_add);
        let mut branches: BTreeMap<u32, Ratio> = BTreeMap::new();
        for ((number, _), taken) in &self.branches {
            let ratio = branches.entry(*number).or_default();
            *ratio = ratio.and(Ratio { covered: u64::from(*taken), total: 1 });
        }
        let mut file = FileCoverage { path: text::path(path), lines, branches, totals: Totals::default() };
        let counted = Totals {
            lines: file.counted_lines(),
            statements: None,
            functions: ratio(self.functions.values()),
            branches: ratio(self.branches.values()),
        };
        // The sums of several tests cannot be put together; their lines can.
        let declared = |sum: Option<Ratio>, counted: Option<Ratio>| {
            let sum = sum.filter(|_| self.records == 1 || counted.is_none());
            sum.map(|sum| Ratio { covered: sum.covered.min(sum.total), ..sum })
        };
        let sums = Totals {
            lines: declared(self.sums.lines, counted.lines),
            statements: None,
            functions: declared(self.sums.functions, counted.functions),
            branches: declared(self.sums.branches, counted.branches),
        };
        file.totals = counted.worse(sums);
        file
    }
}

fn ratio<'a>(hit: impl ExactSizeIterator<Item = &'a bool>) -> Option<Ratio> {
    let total = hit.len() as u64;
    (total > 0).then(|| Ratio { covered: hit.filter(|hit| **hit).count() as u64, total })
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, coverage::Ratio, testing};

    #[test]
    fn every_tool_tells_its_lines_functions_and_branches() {
        let sum = "src/sum.js 2 3! 5 8! [2: 1/2] lines 2/4 functions 1/2 branches 1/2";
        let sum_and_export = "src/sum.js 2 3! 5 8! 10 [2: 1/2] lines 3/5 functions 1/2 branches 1/2";
        for (name, expected) in [("vitest-4", sum), ("jest-29", sum_and_export), ("jest-30", sum_and_export)] {
            let told = testing::covered(Format::Lcov, &format!("{name}/lcov.info"));
            assert_eq!(told, format!("{expected}\n{}", &expected[expected.find("lines").unwrap()..]), "{name}");
        }
        for version in [17, 18] {
            assert_eq!(
                testing::covered(Format::Lcov, &format!("nyc-{version}/lcov.info")),
                "src/check.js 1 [1: 1/2] lines 1/1 functions 0/0 branches 1/2\n\
                 src/empty.js lines 0/0 functions 0/0 branches 0/0\n\
                 src/sum.js 2 3! 5 8! 10 [2: 1/2] lines 3/5 functions 1/2 branches 1/2\n\
                 lines 4/6 functions 1/2 branches 2/4"
            );
        }
    }

    #[test]
    fn branches_may_have_names() {
        assert_eq!(
            testing::covered(Format::Lcov, "coverage-py-7/lcov.info"),
            "src/__init__.py\nsrc/shop.py 1 2 3! 4 [2: 1/2] lines 3/4 functions 1/1 branches 1/2\n\
             lines 3/4 functions 1/1 branches 1/2"
        );
    }

    #[test]
    fn what_several_tests_say_of_a_file_is_put_together() {
        let one = "TN:one\nSF:a.ts\nDA:1,1\nDA:2,0\nBRDA:1,0,0,-\nBRDA:1,0,1,1\nLF:2\nLH:1\nend_of_record\n";
        let two = "TN:two\nSF:a.ts\nDA:1,0\nDA:2,3\nBRDA:1,0,0,2\nLF:2\nLH:1\nend_of_record\n";
        let file = read(&format!("{one}{two}")).unwrap().coverage.unwrap().files.remove(0);
        assert_eq!(file.totals.lines, Some(Ratio { covered: 2, total: 2 }));
        assert_eq!(file.totals.branches, Some(Ratio { covered: 2, total: 2 }));
    }

    #[test]
    fn sums_that_contradict_the_lines_are_believed_where_they_are_worse() {
        let lines = |report: &str| read(report).unwrap().coverage.unwrap().totals.lines;
        assert_eq!(lines("SF:a\nDA:1,0\nLF:9\nLH:9\nend_of_record"), Some(Ratio { covered: 0, total: 1 }));
        assert_eq!(lines("SF:a\nDA:1,1\nLF:9\nLH:3\nend_of_record"), Some(Ratio { covered: 3, total: 9 }));
        assert_eq!(lines("SF:a\nLF:9\nLH:10\nend_of_record"), Some(Ratio { covered: 9, total: 9 }));
    }

    #[test]
    fn newer_records_are_read_or_skipped() {
        let report =
            "SF:a\nVER:1\nFNL:0,1,5\nFNA:0,2,f\nFNL:1,7,9\nFNA:1,0,g\nMCDC:1,2,t,0,0,a\nDA:1,-1\nend_of_record";
        let totals = read(report).unwrap().coverage.unwrap().totals;
        assert_eq!(totals.functions, Some(Ratio { covered: 1, total: 2 }));
        assert_eq!(totals.lines, Some(Ratio { covered: 0, total: 1 }));
    }

    #[test]
    fn what_is_cut_off_or_no_record_is_unreadable() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        assert_eq!(
            told("SF:a.ts\nDA:1,1\n"),
            "the record of a.ts: the report ends in the middle: `end_of_record` is missing"
        );
        assert_eq!(told("SF:a.ts\nSF:b.ts\n"), "line 2: a file begins before the one before it ended");
        assert_eq!(told("SF:a.ts\nDA:1\n"), "line 2: expected numbers, found `DA:1`");
        assert_eq!(told("SF:a.ts\nDA:1,nan\n"), "line 2: expected numbers, found `DA:1,nan`");
        assert_eq!(told("hello\n"), "line 1: this is no record of lcov");
        assert_eq!(told("TN:\n"), "line 1: no file has a record (`SF:`)");
    }
}
