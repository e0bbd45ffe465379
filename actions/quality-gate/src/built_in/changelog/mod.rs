//! The changelog tells every release, and the change that is on its way.

pub(super) mod bump;
mod read;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::BTreeSet;

use jiff::civil::Date;
use ops_core::{Finding, Place, Severity, glob};
use semver::Version;

use self::read::{Changelog, Heading, Release};
use super::BuiltIn;
use super::packages;
use super::rule::{RuleInfo, count, judged, unknown};
use crate::outcome::Outcome;
use crate::situation::Situation;

pub(super) const GATE: BuiltIn = BuiltIn { id: "changelog", title: "The changelog tells every release", check };

rule! {
    /// ## What it does
    /// Reads the changelog as [Keep a Changelog](https://keepachangelog.com/en/1.1.0/) describes it, and finds headings that are
    /// none of its own: a section that is neither a version nor `Unreleased`, a version that is no SemVer or stands there twice, an
    /// `Unreleased` that is not on top, a category other than Added, Changed, Deprecated, Removed, Fixed and Security. A file that neither
    /// says that it is kept so nor has an `Unreleased` is told once, as a whole.
    ///
    /// ## Why is this bad
    /// What people cannot find, and programs cannot read, tells nobody anything: release notes are made from these sections.
    ///
    /// ## Instead
    /// ```markdown
    /// <!-- before -->
    /// ## Version 1.2 (January)
    /// ### New stuff
    /// <!-- after -->
    /// ## [1.2.0] - 2026-01-31
    /// ### Added
    /// ```
    SHAPE: "release/changelog-heading", "A heading that no changelog has"
}

rule! {
    /// ## What it does
    /// Finds a newer version below an older one. A fix of an older line, such as `1.9.1` after `2.0.0`, may stand above where its
    /// day is not the earlier one.
    ///
    /// ## Why is this bad
    /// Readers stop at the version that they have. What stands below it is never read.
    ///
    /// ## Instead
    /// ```markdown
    /// <!-- before -->
    /// ## [1.1.0] - 2026-01-10
    /// ## [1.2.0] - 2026-01-31
    /// <!-- after -->
    /// ## [1.2.0] - 2026-01-31
    /// ## [1.1.0] - 2026-01-10
    /// ```
    ORDER: "release/changelog-order", "Releases out of order"
}

rule! {
    /// ## What it does
    /// Finds a release without a day, with one that no calendar has, that is not written as year-month-day, or that is still to come.
    /// Tomorrow counts as today: somewhere it is.
    ///
    /// ## Why is this bad
    /// `03/04/26` is another day for every second reader, and nobody can tell which release was live when something broke.
    ///
    /// ## Instead
    /// ```markdown
    /// <!-- before -->
    /// ## [1.2.0] - 31/01/26
    /// <!-- after -->
    /// ## [1.2.0] - 2026-01-31
    /// ```
    DATE: "release/changelog-date", "A release without a real day"
}

rule! {
    /// ## What it does
    /// Finds a name in brackets, such as `[1.2.0]` or `[Unreleased]`, for which the end of the file has no link. A changelog
    /// without any link at all is left alone.
    ///
    /// ## Why is this bad
    /// The brackets promise the changes behind the release, and show as plain brackets.
    ///
    /// ## Instead
    /// ```markdown
    /// <!-- before -->
    /// ## [1.2.0] - 2026-01-31
    /// <!-- after -->
    /// ## [1.2.0] - 2026-01-31
    ///
    /// [1.2.0]: https://github.com/org/shop/compare/v1.1.0...v1.2.0
    /// ```
    LINK: "release/changelog-link", "A release without its link"
}

rule! {
    /// ## What it does
    /// Finds that the version of the root's `package.json` has no section, and a missing `Unreleased`. A version of `0.0.0`, and a
    /// package without one, need none.
    ///
    /// ## Why is this bad
    /// A release that nobody described is a surprise to everybody who gets it.
    ///
    /// ## Instead
    /// ```markdown
    /// <!-- before: package.json says 1.2.0 -->
    /// ## [1.1.0] - 2026-01-10
    /// <!-- after -->
    /// ## [Unreleased]
    ///
    /// ## [1.2.0] - 2026-01-31
    /// ```
    UNTOLD: "release/changelog-version", "A version that the changelog does not tell"
}

rule! {
    /// ## What it does
    /// Finds a change of files that `[release] changelog_for` lists without a change of the changelog, and one that leaves
    /// `Unreleased` empty while no version is added. Asks nothing where the policy lists no files.
    ///
    /// ## Why is this bad
    /// Whoever makes the release writes from memory what others did.
    ///
    /// ## Instead
    /// ```markdown
    /// <!-- before -->
    /// ## [Unreleased]
    /// <!-- after -->
    /// ## [Unreleased]
    /// ### Fixed
    /// - The cart keeps its items after a login.
    /// ```
    UNTOUCHED: "release/changelog-untouched", "A change that the changelog does not tell"
}

const CATEGORIES: [&str; 6] = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let path = situation.policy.release.changelog.as_str();
    let files = match situation.files() {
        Ok(files) => files,
        Err(reason) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
    };
    if !files.contains(path) {
        return missing(situation, path);
    }
    let text = match situation.read(path) {
        Ok(text) => text,
        Err(reason) => return Some(unknown(reason, "Write it as UTF-8.")),
    };
    let changelog = read::read(&text);
    let look = Look { path, text: &text, today: situation.today };
    let mut findings = look.order(&changelog);
    let keeps = keeps(&text, &changelog);
    let dated = changelog.releases.iter().filter(|release| keeps || release.date.is_some());
    findings.extend(dated.filter_map(|release| look.date(release)));
    if keeps {
        findings.extend(look.shape(&changelog));
        findings.extend(look.links(&changelog));
        findings.extend(bump::bump(&look, &changelog));
    } else {
        let message = format!("{path} is not kept as Keep a Changelog describes it");
        let help = "Begin with `## [Unreleased]`, and give each release its day and its categories: https://keepachangelog.com/en/1.1.0/";
        findings.push(SHAPE.finding(Severity::Warning, Place::file(path), &[], message, help));
    }
    let mut unread = Vec::new();
    findings.extend(look.versions(situation, &changelog, keeps));
    match look.untouched(situation, &changelog) {
        Ok(found) => findings.extend(found),
        Err(reason) => unread.push(reason),
    }
    let releases = changelog.releases.iter().filter(|release| release.version.is_some()).count();
    Some(judged(format!("{} told", count(releases, "release")), findings, &unread).with("releases", releases as u64))
}

/// Without the file: the policy asks for it where it names what must be told.
fn missing(situation: &Situation<'_>, path: &str) -> Option<Outcome> {
    if situation.policy.release.changelog_for.is_empty() {
        return None;
    }
    let help = format!("Write {path} with the sections of Keep a Changelog, or remove `[release] changelog_for`.");
    let message = format!("there is no {path}, and the policy asks to tell changes there");
    let finding = UNTOUCHED.finding(Severity::Error, Place::file(path), &[], message, help);
    Some(judged("", vec![finding], &[]))
}

/// Whether a file says that it is kept in this way, or shows it: other tools write theirs from commits, without days and with
/// headings of their own.
fn keeps(text: &str, changelog: &Changelog) -> bool {
    let small = text.to_lowercase();
    let says = small.contains("keepachangelog.com") || small.contains("keep a changelog");
    says || changelog.releases.iter().any(|release| release.version.is_none())
}

struct Look<'a> {
    path: &'a str,
    text: &'a str,
    today: Date,
}

impl Look<'_> {
    fn tell(&self, rule: &RuleInfo, severity: Severity, at: &Heading, message: String, help: &str) -> Finding {
        let place = Place::in_text(self.path, self.text, at.range.clone());
        rule.finding(severity, place, &[&at.text, &message], message.clone(), help)
    }

    fn shape(&self, changelog: &Changelog) -> Vec<Finding> {
        let mut findings = Vec::new();
        let error = Severity::Error;
        for strange in &changelog.strange {
            let message = format!("`{}` is neither a version nor Unreleased", strange.text);
            let help =
                "Write `## [Unreleased]`, or `## [1.2.0] - 2026-01-31`; other text goes before the first of them.";
            findings.push(self.tell(&SHAPE, Severity::Warning, strange, message, help));
        }
        let mut seen = BTreeSet::new();
        for (index, release) in changelog.releases.iter().enumerate() {
            let name = release.version.as_deref().unwrap_or("Unreleased");
            if !seen.insert(name) {
                let message = format!("{name} stands there twice");
                findings.push(self.tell(&SHAPE, error, &release.heading, message, "Put both sections into one."));
            }
            match &release.version {
                None if index > 0 => {
                    let message = "Unreleased does not stand on top".to_owned();
                    let help = "Move it above the newest version.";
                    findings.push(self.tell(&SHAPE, error, &release.heading, message, help));
                }
                Some(version) if Version::parse(version).is_err() => {
                    let message = format!("{version} is no version of SemVer");
                    let help = "Write three numbers, as in 1.2.0.";
                    findings.push(self.tell(&SHAPE, error, &release.heading, message, help));
                }
                _ => {}
            }
            for category in release.categories.iter().filter(|one| !CATEGORIES.contains(&one.text.as_str())) {
                let message = format!("`{}` is no category of a changelog", category.text);
                let help = "Use one of Added, Changed, Deprecated, Removed, Fixed, Security.";
                findings.push(self.tell(&SHAPE, Severity::Warning, category, message, help));
            }
        }
        findings
    }

    fn order(&self, changelog: &Changelog) -> Vec<Finding> {
        let dated: Vec<(&Release, Version, Option<Date>)> = changelog
            .releases
            .iter()
            .filter_map(|release| {
                let version = Version::parse(release.version.as_deref()?).ok()?;
                Some((release, version, release.date.as_deref().and_then(day)))
            })
            .collect();
        let pairs = dated.windows(2).filter_map(|pair| match pair {
            [above, below] => Some((above, below)),
            _ => None,
        });
        let wrong = pairs.filter(|(above, below)| {
            let by_version = above.1.cmp_precedence(&below.1) != Ordering::Greater;
            let by_date = match (above.2, below.2) {
                (Some(above), Some(below)) => above < below,
                _ => true,
            };
            by_version && by_date
        });
        let wrong = wrong.map(|(above, below)| {
            let message = format!("{} stands above {}, which is newer", above.1, below.1);
            self.tell(&ORDER, Severity::Error, &below.0.heading, message, "Put the newest version first.")
        });
        wrong.collect()
    }

    fn date(&self, release: &Release) -> Option<Finding> {
        let version = release.version.as_deref()?;
        let help = "Write the day of the release as year-month-day, as in 2026-01-31.";
        let message = match &release.date {
            None => format!("{version} has no day"),
            Some(written) => match day(written) {
                None => format!("{version} was released on `{written}`, which is no day as year-month-day"),
                // Somewhere it is tomorrow already.
                Some(day) if day > self.today.tomorrow().unwrap_or(self.today) => {
                    format!("{version} was released on {day}, which is still to come")
                }
                Some(_) => return None,
            },
        };
        Some(self.tell(&DATE, Severity::Error, &release.heading, message, help))
    }

    fn links(&self, changelog: &Changelog) -> Vec<Finding> {
        if changelog.links.is_empty() {
            return Vec::new();
        }
        let linked = changelog.releases.iter().filter(|release| release.is_linked);
        let lost = linked.filter_map(|release| {
            let name = release.heading.text.strip_prefix('[')?.split(']').next()?;
            (!changelog.links.contains(&name.to_lowercase())).then_some((release, name))
        });
        let told = lost.map(|(release, name)| {
            let message = format!("[{name}] has no link at the end of the file");
            let help =
                "Add `[1.2.0]: https://github.com/<owner>/<name>/compare/v1.1.0...v1.2.0`, with its own versions.";
            self.tell(&LINK, Severity::Warning, &release.heading, message, help)
        });
        told.collect()
    }

    fn versions(&self, situation: &Situation<'_>, changelog: &Changelog, keeps: bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        if keeps && !changelog.releases.iter().any(|release| release.version.is_none()) {
            let message = "there is no section Unreleased".to_owned();
            let help = "Begin with `## [Unreleased]`, so that the next change has its place.";
            findings.push(UNTOLD.finding(Severity::Warning, Place::file(self.path), &["unreleased"], message, help));
        }
        let packages = packages::read(situation).ok();
        let root = packages.as_ref().and_then(|packages| packages.files.get(""));
        let Some((package, version)) = root.and_then(|root| Some((root, root.manifest.version.as_deref()?))) else {
            return findings;
        };
        let is_told = changelog.releases.iter().any(|release| release.version.as_deref() == Some(version));
        // A version before its release is told under Unreleased.
        let is_coming = version == "0.0.0" || version.contains('-');
        if !is_told && !is_coming {
            let message = format!("{} says {version}, and {} does not tell it", package.path, self.path);
            let help = format!("Add `## [{version}] - <the day of the release>` with what changed.");
            findings.push(UNTOLD.finding(Severity::Error, package.place("version"), &[version], message, help));
        }
        findings
    }

    fn untouched(&self, situation: &Situation<'_>, changelog: &Changelog) -> Result<Option<Finding>, String> {
        let wanted = &situation.policy.release.changelog_for;
        if wanted.is_empty() {
            return Ok(None);
        }
        let changed = situation.changed()?;
        let is_wanted = |path: &&String| wanted.iter().any(|pattern| glob::matches(pattern, path));
        let Some(first) = changed.keys().find(is_wanted) else { return Ok(None) };
        let before = situation.before([self.path])?;
        let told = |changelog: &Changelog| {
            let of = |release: &Release| release.version.is_some() || release.has_text;
            changelog.releases.iter().filter(|release| of(release)).count()
        };
        let is_touched = changed.contains_key(self.path);
        let then = before.get(self.path).map_or(0, |text| told(&read::read(text)));
        let unreleased = changelog.releases.iter().any(|release| release.version.is_none() && release.has_text);
        if is_touched && (unreleased || told(changelog) > then) {
            return Ok(None);
        }
        let message = format!("{first} changed, and {} tells nothing of it", self.path);
        let help = "Add a line under `## [Unreleased]` that says what changed for whoever uses it.";
        Ok(Some(UNTOUCHED.finding(Severity::Error, Place::file(self.path), &[], message, help)))
    }
}

/// Year-month-day, with all digits.
fn day(text: &str) -> Option<Date> {
    let is_written = text.len() == 10 && text.split('-').map(str::len).eq([4, 2, 2]);
    text.parse().ok().filter(|_| is_written)
}
