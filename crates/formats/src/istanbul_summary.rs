//! Istanbul's `coverage-summary.json`, as Jest, Vitest, nyc and c8 write it: sums of each file, and of all.

use serde::{Deserialize, de::IgnoredAny};

use crate::{
    Reading, Unreadable,
    coverage::{Coverage, FileCoverage, Ratio, Totals},
    json::{self, Pairs},
    text,
};

#[derive(Deserialize)]
struct Entry {
    lines: Sum,
    statements: Sum,
    functions: Sum,
    branches: Sum,
}

#[derive(Deserialize)]
struct Sum {
    total: u64,
    covered: u64,
    /// A number, or "Unknown" where there is nothing to cover. What it says follows from the other two.
    #[serde(rename = "pct")]
    _percent: IgnoredAny,
}

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    let Pairs(entries) = json::read::<Pairs<Entry>>(report)?;
    let mut total = None;
    let mut files = Vec::new();
    for (path, entry) in entries {
        let totals = entry.totals(&path)?;
        if path == "total" {
            total = Some(totals);
        } else {
            files.push(FileCoverage { path: text::path(&path), totals, ..FileCoverage::default() });
        }
    }
    let Some(totals) = total else {
        return Err(Unreadable::malformed("total", "this entry is missing"));
    };
    files.sort_by(|one, other| one.path.cmp(&other.path));
    if !files.is_empty() {
        let counted = files.iter().fold(Totals::default(), |totals, file| totals.and(file.totals));
        agree(&totals, &counted)?;
    }
    Ok(Coverage { files, sources: Vec::new(), totals }.reading())
}

fn agree(declared: &Totals, counted: &Totals) -> Result<(), Unreadable> {
    let kinds = [
        ("lines", declared.lines, counted.lines),
        ("statements", declared.statements, counted.statements),
        ("functions", declared.functions, counted.functions),
        ("branches", declared.branches, counted.branches),
    ];
    for (kind, declared, counted) in kinds {
        let (declared, counted) = (declared.unwrap_or_default(), counted.unwrap_or_default());
        for (what, says, has) in
            [("total", declared.total, counted.total), ("covered", declared.covered, counted.covered)]
        {
            if says != has {
                return Err(Unreadable::sum(&format!("total.{kind}.{what}"), says, has));
            }
        }
    }
    Ok(())
}

impl Entry {
    fn totals(&self, path: &str) -> Result<Totals, Unreadable> {
        let ratio = |kind: &str, sum: &Sum| {
            let Sum { covered, total, .. } = *sum;
            if covered > total {
                let place = format!("{}.{kind}", text::one_line(path));
                return Err(Unreadable::malformed(place, format!("{covered} of {total} cannot be covered")));
            }
            Ok(Some(Ratio { covered, total }))
        };
        Ok(Totals {
            lines: ratio("lines", &self.lines)?,
            statements: ratio("statements", &self.statements)?,
            functions: ratio("functions", &self.functions)?,
            branches: ratio("branches", &self.branches)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    #[test]
    fn every_tool_tells_its_sums() {
        assert_eq!(
            testing::covered(Format::IstanbulSummary, "nyc-18/coverage-summary.json"),
            "/repo/src/check.js lines 1/1 statements 2/3 functions 0/0 branches 1/2\n\
             /repo/src/empty.js lines 0/0 statements 0/0 functions 0/0 branches 0/0\n\
             /repo/src/sum.js lines 3/5 statements 3/5 functions 1/2 branches 1/2\n\
             lines 4/6 statements 5/8 functions 1/2 branches 2/4"
        );
        for name in ["jest-29", "jest-30", "vitest-1", "vitest-2", "vitest-3", "vitest-4", "nyc-17", "c8-10", "c8-12"] {
            let told = testing::covered(Format::IstanbulSummary, &format!("{name}/coverage-summary.json"));
            assert!(told.contains("/repo/src/sum.js lines "), "{name}: {told}");
        }
    }

    fn report(total: &str, file: &str) -> String {
        let entry = |lines: &str| {
            let none = r#"{"total": 0, "covered": 0, "skipped": 0, "pct": "Unknown"}"#;
            format!(r#"{{"lines": {lines}, "statements": {none}, "functions": {none}, "branches": {none}}}"#)
        };
        format!(r#"{{"total": {}, "/a.ts": {}}}"#, entry(total), entry(file))
    }

    #[test]
    fn sums_that_the_files_do_not_come_to_are_refused() {
        let told = |total: &str, file: &str| read(&report(total, file)).map(|_| ()).map_err(|error| error.to_string());
        let half = r#"{"total": 2, "covered": 1, "skipped": 0, "pct": 50}"#;
        let whole = r#"{"total": 2, "covered": 2, "skipped": 0, "pct": 100}"#;
        let more = r#"{"total": 2, "covered": 3, "skipped": 0, "pct": 150}"#;
        assert_eq!(told(half, half), Ok(()));
        assert_eq!(told(whole, half), Err("total.lines.covered: says 2, but the report lists 1".to_owned()));
        assert_eq!(told(more, more), Err("total.lines: 3 of 2 cannot be covered".to_owned()));
    }

    #[test]
    fn other_documents_are_unreadable() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        assert_eq!(told("{}"), "total: this entry is missing");
        assert_eq!(told(r#"{"total": {}}"#), "line 1, column 12: missing field `lines`");
    }
}
