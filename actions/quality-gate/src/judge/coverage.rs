//! How much of the code the tests must run: of all, of some files, and of what the change adds or edits.

use ops_core::glob;
use ops_core::policy::{CoverageGoals, Number, Percent};
use ops_core::words::{all_of, count};
use ops_formats::{FileCoverage, Ratio};

use super::Reason;
use super::changes::Changes;
use super::measured::Measured;

/// How many files or lines are named.
const NAMED: usize = 5;

/// What is wrong with the coverage, by the policy's goals.
pub(super) fn conditions(goals: &CoverageGoals, measured: &Measured, changes: &Changes<'_>, id: &str) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if *goals == CoverageGoals::default() {
        return reasons;
    }
    if !measured.is_coverage() {
        let next = format!("name a report of coverage, such as coverage/lcov.info: `report` of [gates.{id}]");
        reasons.push(Reason::unproven("no report tells its coverage", next));
        return reasons;
    }
    let totals = [
        (goals.lines, Number::Lines),
        (goals.statements, Number::Statements),
        (goals.branches, Number::Branches),
        (goals.functions, Number::Functions),
    ];
    for (goal, number) in totals {
        reasons.extend(goal.and_then(|goal| reached(goal, measured.total(number), number.word())));
    }
    for (pattern, goal) in &goals.paths {
        let files = measured.files().iter().filter(|(path, _)| glob::matches(pattern, path));
        let lines = files.filter_map(|(_, file)| file.totals.lines).reduce(Ratio::and);
        reasons.extend(reached(*goal, lines, &format!("lines of {pattern}")));
    }
    if let Some(goal) = goals.changed {
        reasons.extend(changed(goal, measured, changes));
    }
    reasons
}

fn reached(goal: Percent, ratio: Option<Ratio>, what: &str) -> Option<Reason> {
    let Some(ratio) = ratio else {
        return Some(Reason::unproven(format!("no report tells the coverage of {what}"), "let the report count them"));
    };
    // Where there is nothing to cover, all of it is.
    let percent = ratio.percent().filter(|percent| *percent < goal.value())?;
    let text = format!("{} of {what} covered, and the policy wants {goal}", shown(percent, goal));
    Some(Reason::fail(text, format!("test {} more of the {what}", missing(goal, ratio))))
}

/// With as many places as it takes to tell it from the goal.
fn shown(percent: f64, goal: Percent) -> String {
    let short = format!("{percent:.1}");
    let is_told = short.parse::<f64>().is_ok_and(|number| number < goal.value());
    if is_told { format!("{short} %") } else { format!("{percent:.4} %") }
}

/// How many more must be covered.
fn missing(goal: Percent, ratio: Ratio) -> u64 {
    (ratio.covered..=ratio.total)
        .find(|covered| Ratio { covered: *covered, ..ratio }.percent().is_some_and(|percent| percent >= goal.value()))
        .unwrap_or(ratio.total)
        .saturating_sub(ratio.covered)
}

/// The lines of the change. Files of code that no report knows are told: nobody can say whether they were run.
fn changed(goal: Percent, measured: &Measured, changes: &Changes<'_>) -> Option<Reason> {
    let lines = match changes.lines() {
        Ok(lines) => lines,
        Err(reason) => {
            let next = "let the checkout fetch the base (fetch-depth: 0), or give it with --base";
            return Some(Reason::unproven(format!("the coverage of the change is not known: {reason}"), next));
        }
    };
    let mut ratio = Ratio::default();
    let (mut open, mut unknown): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for (path, ranges) in lines {
        let Some(file) = measured.files().get(path) else {
            if is_code(path) {
                unknown.push(format!("`{path}`"));
            }
            continue;
        };
        if file.lines.is_empty() {
            unknown.push(format!("`{path}`, whose lines the report does not tell apart"));
            continue;
        }
        for line in within(file, ranges) {
            ratio = ratio.and(Ratio { covered: u64::from(line.hits > 0), total: 1 });
            if line.hits == 0 {
                open.push(format!("{path}:{}", line.number));
            }
        }
    }
    if let Some(percent) = ratio.percent().filter(|percent| *percent < goal.value()) {
        let text = format!(
            "{} of the {} of the change covered, and the policy wants {goal}",
            shown(percent, goal),
            count(usize::try_from(ratio.total).unwrap_or(usize::MAX), "line")
        );
        return Some(Reason::fail(text, format!("test {}", named(open, "more line"))));
    }
    if !unknown.is_empty() {
        let text = format!("no coverage is known of {}", named(unknown, "more file"));
        return Some(Reason::unproven(text, "let the tool report files that no test loads, too"));
    }
    None
}

fn named(mut names: Vec<String>, noun: &str) -> String {
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    all_of(names.into_iter().chain((more > 0).then(|| count(more, noun))))
}

fn within<'f>(
    file: &'f FileCoverage,
    ranges: &'f [std::ops::RangeInclusive<u32>],
) -> impl Iterator<Item = &'f ops_formats::Line> {
    file.lines.iter().filter(|line| {
        // Both are in order, so the only range that may hold the line is the last that begins before it.
        let after = ranges.partition_point(|range| *range.start() <= line.number);
        after.checked_sub(1).and_then(|last| ranges.get(last)).is_some_and(|range| range.contains(&line.number))
    })
}

/// Whether tests are expected to run a file: code, but no tests, types, settings or examples.
fn is_code(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let endings = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".astro"];
    let beside = [".test.", ".spec.", ".config.", ".d.ts", ".d.mts", ".d.cts", ".stories.", ".setup."];
    let apart = ["test", "tests", "__tests__", "__mocks__", "e2e", "scripts", "fixtures", "migrations", "generated"];
    endings.iter().any(|ending| name.ends_with(ending))
        && !beside.iter().any(|part| name.contains(part))
        && !name.starts_with('.')
        && !folders.split('/').any(|folder| apart.contains(&folder) || folder.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::is_code;

    #[test]
    fn only_code_is_expected_to_be_tested() {
        for path in ["src/a.ts", "app/page.tsx", "index.mjs"] {
            assert!(is_code(path), "{path}");
        }
        for path in [
            "README.md",
            "src/a.test.ts",
            "vite.config.ts",
            "types.d.ts",
            "e2e/a.ts",
            ".storybook/main.ts",
            ".eslintrc.js",
        ] {
            assert!(!is_code(path), "{path}");
        }
    }
}
