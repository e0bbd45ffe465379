//! A change is small enough to be read.

use std::collections::BTreeSet;

use ops_core::{Place, Severity, glob};
use ops_dependencies::Kind;
use ops_typescript::purpose;

use super::{NEXT, changed, unanswered};
use crate::built_in::BuiltIn;
use crate::built_in::rule::{count, judged, unknown};
use crate::outcome::Outcome;
use crate::situation::{Situation, file_name};

pub(in crate::built_in) const GATE: BuiltIn =
    BuiltIn { id: "size", title: "The change is small enough to be read", check };

rule! {
    /// ## What it does
    /// Counts the lines that a change adds and removes. From `[release.size] warning` on (400) it warns, from `error` on, where the
    /// policy has one, it fails. Left out are lockfiles, snapshots, binary and generated files (by their names, or by
    /// `linguist-generated` in `.gitattributes`), and what `exclude` lists.
    ///
    /// ## Why is this bad
    /// A reviewer finds mistakes in two hundred lines, and approves two thousand.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// git diff --shortstat main             # 38 files changed, 2140 insertions(+)
    /// # after: the new table, then the code that fills it, then the page that shows it
    /// git checkout -b feat/cart-table main
    /// ```
    LARGE: "release/too-large", "A change that is too large to be read"
}

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let changed = match changed(situation) {
        Ok(changed) => changed,
        Err(reason) => return unanswered(reason),
    };
    let lines = match lines(situation, changed.keys().map(String::as_str)) {
        Ok(lines) => lines,
        Err(reason) => return Some(unknown(reason, NEXT)),
    };
    let all: u64 = lines.iter().map(|(number, _)| number).sum();
    let policy = &situation.policy.release.size;
    let good =
        format!("{} in {}", count(usize::try_from(all).unwrap_or(usize::MAX), "line"), count(lines.len(), "file"));
    let (severity, limit) = match policy.error {
        Some(limit) if all >= limit => (Severity::Error, limit),
        _ => (Severity::Warning, policy.warning),
    };
    let largest = lines.iter().max_by_key(|(number, path)| (*number, std::cmp::Reverse(path)));
    let finding = largest.filter(|_| all >= limit).map(|(number, path)| {
        let message = format!("the change has {all} lines, {number} of them here; {limit} is the limit");
        let help = "Cut it into parts that can be merged one after the other.";
        LARGE.finding(severity, Place::file(path.as_str()), &[], message, help)
    });
    Some(judged(good, finding.into_iter().collect(), &[]).with("lines", all))
}

/// How many lines of each file changed, of those that somebody wrote.
fn lines<'p>(situation: &Situation<'_>, paths: impl Iterator<Item = &'p str>) -> Result<Vec<(u64, String)>, String> {
    let git = situation.git()?;
    let generated = generated(situation, &paths.collect::<Vec<_>>())?;
    let told = git.text(&["diff", "--numstat", "--no-renames", "--relative", "-z", situation.since()?, "--"])?;
    let exclude = &situation.policy.release.size.exclude;
    let counted = told.split('\0').filter_map(|line| {
        let mut words = line.splitn(3, '\t');
        // A binary file has no lines: a dash stands for its number.
        let number = words.next()?.parse::<u64>().ok()? + words.next()?.parse::<u64>().ok()?;
        Some((number, words.next()?.to_owned()))
    });
    let is_written = |path: &str| {
        !is_made(path) && !generated.contains(path) && !exclude.iter().any(|pattern| glob::matches(pattern, path))
    };
    Ok(counted.filter(|(_, path)| is_written(path)).collect())
}

/// Whether a program wrote a file, by its name.
fn is_made(path: &str) -> bool {
    let name = file_name(path);
    let is_lock = Kind::of_file(name).is_some() || name == "Cargo.lock" || name == "composer.lock" || name == "go.sum";
    let is_snapshot = name.ends_with(".snap") || path.split('/').any(|part| part == "__snapshots__");
    is_lock || is_snapshot || name.contains(".min.") || name.ends_with(".map") || purpose::is_generated(path)
}

/// Those that `.gitattributes` calls generated.
fn generated(situation: &Situation<'_>, paths: &[&str]) -> Result<BTreeSet<String>, String> {
    if !situation.root.join(".gitattributes").is_file() {
        return Ok(BTreeSet::new());
    }
    let mut found = BTreeSet::new();
    // As many as a command line surely takes.
    for some in paths.chunks(200) {
        let told = situation.git()?.text(&[&["check-attr", "-z", "linguist-generated", "--"], some].concat())?;
        // Path, name and value, each with a zero behind.
        let words: Vec<&str> = told.split('\0').collect();
        found.extend(words.chunks(3).filter_map(|chunk| match chunk {
            [path, _, "set" | "true"] => Some((*path).to_owned()),
            _ => None,
        }));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::GATE;
    use crate::built_in::testing::Repository;

    fn changed(files: &[(&str, &str)]) -> Repository {
        Repository::with(&[("src/a.ts", "1\n")]).change("Change", files)
    }

    #[test]
    fn a_small_change_passes_and_none_is_not_asked() {
        let repository = changed(&[("src/a.ts", "2\n"), ("src/b.ts", "1\n")]);
        assert_eq!(repository.verdict(&GATE), "pass: 3 lines in 2 files");
        assert_eq!(Repository::with(&[("a", "")]).verdict(&GATE), "not asked");
    }

    #[test]
    fn a_large_one_is_a_warning_and_an_error_where_the_policy_says_so() {
        let (long, short) = ("x\n".repeat(390), "x\n".repeat(10));
        let repository = changed(&[("src/b.ts", &long), ("src/c.ts", &short)]);
        assert_eq!(
            repository.finds(&GATE),
            ["warning release/too-large src/b.ts:1: the change has 400 lines, 390 of them here; 400 is the limit"]
        );
        let strict = repository.policy("[release.size]\nerror = 300\n");
        assert_eq!(
            strict.verdict(&GATE),
            "fail: src/b.ts: the change has 400 lines, 390 of them here; 300 is the limit"
        );
        let patient = strict.policy("[release.size]\nexclude = [\"src/b*\"]\n");
        assert_eq!(patient.verdict(&GATE), "pass: 10 lines in 1 file");
    }

    #[test]
    fn what_nobody_wrote_does_not_count() {
        let long = "x\n".repeat(1000);
        let repository = changed(&[
            ("pnpm-lock.yaml", &long),
            ("a/__snapshots__/b.txt", &long),
            ("c.test.ts.snap", &long),
            ("routeTree.gen.ts", &long),
            ("client/sdk.ts", &long),
            ("picture.png", "\0\n"),
            (".gitattributes", "client/** linguist-generated\n"),
        ]);
        assert_eq!(repository.verdict(&GATE), "pass: 1 line in 1 file");
    }

    #[test]
    fn without_a_base_nothing_is_proven() {
        let mut repository = changed(&[("src/b.ts", "1\n")]);
        repository.base = Err("the commit 0123 is not in this clone".to_owned());
        assert_eq!(repository.verdict(&GATE), "unproven: the commit 0123 is not in this clone");
    }

    #[test]
    fn where_nobody_names_a_base_it_is_where_the_trunk_was_left() {
        let mut repository = Repository::with(&[("a", "1\n")]);
        repository.folder.git(&["checkout", "--quiet", "-b", "feat/x"]);
        repository = repository.change("Change", &[("a", "2\n")]);
        repository.base = Err(crate::situation::NO_BASE.to_owned());
        assert_eq!(repository.verdict(&GATE), "pass: 2 lines in 1 file");
        repository.folder.git(&["branch", "--quiet", "-D", "main"]);
        assert_eq!(repository.verdict(&GATE), "unproven: no commit to compare with is known; give one with --base");
    }
}
