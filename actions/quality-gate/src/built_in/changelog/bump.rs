//! The newest version, compared with what it says that it changes.

use ops_core::{Finding, Severity};
use semver::Version;

use super::Look;
use super::read::{Changelog, Release};

rule! {
    /// ## What it does
    /// Compares the newest version of the changelog with the one before it, by what is told of it. A section `Removed`, and a line that
    /// calls itself breaking (`Breaking:`, `**Breaking**`, `BREAKING CHANGE`), need a major version; `Added` and `Deprecated` need a minor
    /// one. Below 1.0.0 what breaks needs a minor version, and nothing else is asked. Versions before a release, such as `2.0.0-rc.1`, are
    /// left alone.
    ///
    /// ## Why is this bad
    /// `^1.2.0` takes 1.2.1 without a look. Who reads versions as [SemVer](https://semver.org) gets a change that the number said was none.
    ///
    /// ## Instead
    /// ```markdown
    /// <!-- before -->
    /// ## [1.2.1] - 2026-01-31
    /// ### Removed
    /// - The export as CSV.
    /// <!-- after -->
    /// ## [2.0.0] - 2026-01-31
    /// ### Removed
    /// - The export as CSV.
    /// ```
    BUMP: "release/version-too-small", "A version that promises less than it changes"
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Patch,
    Minor,
    Major,
}

impl Class {
    fn word(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

pub(super) fn bump(look: &Look<'_>, changelog: &Changelog) -> Option<Finding> {
    let mut versions = changelog.releases.iter().enumerate().filter_map(|(index, release)| {
        let version = Version::parse(release.version.as_deref()?).ok()?;
        Some((index, release, version))
    });
    let (index, newest, version) = versions.next()?;
    let (.., before) = versions.find(|(.., before)| before.pre.is_empty())?;
    if !version.pre.is_empty() || version <= before {
        return None;
    }
    let end = changelog.releases.get(index + 1).map_or(look.text.len(), |next| next.heading.range.start);
    let (needed, reason) = needed(newest, look.text.get(newest.heading.range.end..end)?)?;
    let needed = if before.major > 0 {
        needed
    } else if needed == Class::Major {
        Class::Minor
    } else {
        Class::Patch
    };
    let made = if version.major != before.major {
        Class::Major
    } else if version.minor != before.minor {
        Class::Minor
    } else {
        Class::Patch
    };
    (made < needed).then(|| {
        let message = format!("{version} is a {} version after {before}, and {reason}", made.word());
        let help = format!("Make it a {} version, or tell it under another heading.", needed.word());
        look.tell(&BUMP, Severity::Warning, &newest.heading, message, &help)
    })
}

/// The largest class that a section asks for, and what in it does.
fn needed(release: &Release, text: &str) -> Option<(Class, String)> {
    let has = |name: &str| release.categories.iter().any(|category| category.text == name);
    let is_breaking = |line: &str| {
        let line = line.trim_start_matches(['-', '*', ' ', '_']).to_lowercase();
        line.strip_prefix("breaking")
            .is_some_and(|rest| rest.starts_with([':', '*', '_', '!']) || rest.starts_with(" change"))
    };
    if text.lines().any(is_breaking) {
        return Some((Class::Major, "it says that something breaks".to_owned()));
    }
    let of = [("Removed", Class::Major), ("Added", Class::Minor), ("Deprecated", Class::Minor)];
    let (name, class) = of.into_iter().find(|(name, _)| has(name))?;
    Some((class, format!("it has a section {name}")))
}

#[cfg(test)]
mod tests {
    use super::super::GATE;
    use crate::built_in::testing::Repository;

    /// What is said of `version`, after `before` and with this section.
    fn said(version: &str, before: &str, section: &str) -> Vec<String> {
        let text = format!(
            "# Changelog\n## [Unreleased]\n### Removed\n- It.\n\n## [{version}] - 2026-02-01\n{section}\n\n## [{before}] - 2026-01-01\n### Fixed\n- It.\n"
        );
        let found = Repository::with(&[("CHANGELOG.md", &text)]).finds(&GATE);
        found.into_iter().filter(|line| line.contains("release/version-too-small")).collect()
    }

    fn told(message: &str) -> Vec<String> {
        vec![format!("warning release/version-too-small CHANGELOG.md:6: {message}")]
    }

    #[test]
    fn what_is_removed_or_breaks_needs_a_major_version() {
        let removed = "### Added\n- Two.\n### Removed\n- One.";
        assert_eq!(
            said("1.2.1", "1.2.0", removed),
            told("1.2.1 is a patch version after 1.2.0, and it has a section Removed")
        );
        assert_eq!(
            said("1.3.0", "1.2.0", removed),
            told("1.3.0 is a minor version after 1.2.0, and it has a section Removed")
        );
        for line in ["- **Breaking:** one.", "- BREAKING CHANGE: one.", "* breaking: one", "- **Breaking** one"] {
            let said = said("1.3.0", "1.2.0", &format!("### Changed\n{line}"));
            assert_eq!(said, told("1.3.0 is a minor version after 1.2.0, and it says that something breaks"), "{line}");
        }
    }

    #[test]
    fn what_is_new_needs_a_minor_version() {
        for name in ["Added", "Deprecated"] {
            let said = said("1.2.1", "1.2.0", &format!("### {name}\n- One."));
            assert_eq!(said, told(&format!("1.2.1 is a patch version after 1.2.0, and it has a section {name}")));
        }
    }

    #[test]
    fn a_version_that_is_large_enough_is_silent() {
        let removed = "### Removed\n- One.";
        for (version, before, section) in [
            ("2.0.0", "1.2.0", removed),
            ("1.3.0", "1.2.0", "### Added\n- One."),
            (
                "1.2.1",
                "1.2.0",
                "### Fixed\n- What was breaking the cart.\n### Security\n- One.\n### Changed\n- Breaking news.",
            ),
            ("0.3.0", "0.2.1", removed),
            ("0.2.2", "0.2.1", "### Added\n- One."),
            ("1.0.0", "0.2.1", removed),
            ("1.2.1-rc.1", "1.2.0", removed),
            ("1.2.0", "1.2.1", removed),
        ] {
            assert_eq!(said(version, before, section), [""; 0], "{version}");
        }
        assert_eq!(said("0.2.2", "0.2.1", removed).len(), 1);
        assert_eq!(said("1.2.0", "1.2.0-rc.1", removed), [""; 0], "there is no version before it");
    }
}
