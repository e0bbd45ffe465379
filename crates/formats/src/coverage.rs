//! How much of the code was run by tests, whichever tool measured it.

use std::{cmp::Ordering, collections::BTreeMap};

use crate::Reading;

/// How much of the code was run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// What is known of each file, by path. Empty where a report has only a total.
    pub files: Vec<FileCoverage>,
    /// Folders that the files' paths may be relative to, as Cobertura names them. Empty where a format names none.
    pub sources: Vec<String>,
    /// Of all files together.
    pub totals: Totals,
}

/// How much of one file was run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileCoverage {
    /// As the tool wrote it: absolute, or relative to wherever it ran.
    pub path: String,
    /// The lines that can run, by number. Empty where the format does not tell them apart.
    pub lines: Vec<Line>,
    /// The branches that begin in a line, for the lines that have any.
    pub branches: BTreeMap<u32, Ratio>,
    /// Of the whole file.
    pub totals: Totals,
}

/// A line that can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// From 1.
    pub number: u32,
    /// How often it ran; the largest number there is for whatever is more.
    pub hits: u32,
}

/// What was run of each kind of thing; none for a kind that the report does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Lines.
    pub lines: Option<Ratio>,
    /// Statements.
    pub statements: Option<Ratio>,
    /// Functions.
    pub functions: Option<Ratio>,
    /// Branches.
    pub branches: Option<Ratio>,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ratio {
    /// Those that were run; never more than the total.
    pub covered: u64,
    /// All of them.
    pub total: u64,
}

impl Ratio {
    /// In percent; none where there is nothing to cover, which is neither 0 nor 100.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a percentage needs no more than the 52 bits that a float keeps")]
    pub fn percent(self) -> Option<f64> {
        (self.total > 0).then(|| self.covered as f64 * 100.0 / self.total as f64)
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { covered: self.covered.saturating_add(other.covered), total: self.total.saturating_add(other.total) }
    }

    /// The one of which less was run. A report whose sums contradict its parts is believed where it is worse.
    pub(crate) fn worse(self, other: Self) -> Self {
        let (one, two) =
            (u128::from(self.covered) * u128::from(other.total), u128::from(other.covered) * u128::from(self.total));
        match one.cmp(&two) {
            _ if self.total == 0 => other,
            _ if other.total == 0 => self,
            Ordering::Less => self,
            Ordering::Greater => other,
            Ordering::Equal if self.total >= other.total => self,
            Ordering::Equal => other,
        }
    }
}

impl Totals {
    /// Both together; a kind that one of them does not count is counted by the other.
    pub(crate) fn and(self, other: Self) -> Self {
        self.each(other, Ratio::and)
    }

    /// The worse of both, kind by kind.
    pub(crate) fn worse(self, other: Self) -> Self {
        self.each(other, Ratio::worse)
    }

    fn each(self, other: Self, join: fn(Ratio, Ratio) -> Ratio) -> Self {
        let join =
            |one: Option<Ratio>, two: Option<Ratio>| one.zip(two).map(|(one, two)| join(one, two)).or(one).or(two);
        Self {
            lines: join(self.lines, other.lines),
            statements: join(self.statements, other.statements),
            functions: join(self.functions, other.functions),
            branches: join(self.branches, other.branches),
        }
    }
}

impl FileCoverage {
    /// How many of its lines ran, by the lines themselves; none where they are not told apart.
    pub(crate) fn counted_lines(&self) -> Option<Ratio> {
        let covered = self.lines.iter().filter(|line| line.hits > 0).count() as u64;
        (!self.lines.is_empty()).then_some(Ratio { covered, total: self.lines.len() as u64 })
    }
}

impl Coverage {
    /// A reading that has this coverage and counts its files and lines.
    pub(crate) fn reading(self) -> Reading {
        let mut reading = Reading::default();
        reading.count("files", self.files.len() as u64);
        if let Some(lines) = self.totals.lines {
            reading.count("lines", lines.total);
            reading.count("covered_lines", lines.covered);
        }
        reading.coverage = Some(self);
        reading
    }
}

/// Puts lines in order, and what is said of one line more than once together.
pub(crate) fn in_order(mut lines: Vec<Line>, join: fn(u32, u32) -> u32) -> Vec<Line> {
    lines.sort_by_key(|line| line.number);
    lines.dedup_by(|later, earlier| {
        let same = later.number == earlier.number;
        if same {
            earlier.hits = join(earlier.hits, later.hits);
        }
        same
    });
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Ratio;

    fn ratio(covered: u64, total: u64) -> Ratio {
        Ratio { covered, total }
    }

    #[test]
    fn nothing_to_cover_has_no_percentage() {
        assert_eq!(ratio(0, 0).percent(), None);
        assert_eq!(ratio(1, 4).percent(), Some(25.0));
    }

    #[test]
    fn the_worse_one_has_less_covered() {
        assert_eq!(ratio(1, 2).worse(ratio(9, 10)), ratio(1, 2));
        assert_eq!(ratio(9, 10).worse(ratio(0, 3)), ratio(0, 3));
        assert_eq!(ratio(1, 2).worse(ratio(0, 0)), ratio(1, 2));
        assert_eq!(ratio(1, 2).worse(ratio(2, 4)), ratio(2, 4));
    }

    proptest! {
        #[test]
        fn the_worse_one_does_not_depend_on_the_order(one in (0_u64..9, 0_u64..9), two in (0_u64..9, 0_u64..9)) {
            let (one, two) = (ratio(one.0.min(one.1), one.1), ratio(two.0.min(two.1), two.1));
            prop_assert_eq!(one.worse(two), two.worse(one));
        }
    }
}
