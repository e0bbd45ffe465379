//! A changelog as lines with places. Source of the format: <https://keepachangelog.com/en/1.1.0/>.

use std::ops::Range;

/// What a changelog holds, in its order. Places are in bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Changelog {
    pub(crate) releases: Vec<Release>,
    /// Headings of the second level that name neither a version nor Unreleased.
    pub(crate) strange: Vec<Heading>,
    /// The names of link references at the bottom, in small letters.
    pub(crate) links: Vec<String>,
}

/// A heading, without its signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heading {
    pub(crate) text: String,
    pub(crate) range: Range<usize>,
}

/// One section of the second level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) heading: Heading,
    /// `1.0.0`, or none for Unreleased.
    pub(crate) version: Option<String>,
    /// Whether the name stands in brackets, and leads to the link of that name.
    pub(crate) is_linked: bool,
    /// What stands behind the dash.
    pub(crate) date: Option<String>,
    pub(crate) is_yanked: bool,
    /// Headings of the third level.
    pub(crate) categories: Vec<Heading>,
    /// Whether anything is told.
    pub(crate) has_text: bool,
}

/// Reads any text. What is in code blocks and comments tells nothing.
pub(crate) fn read(text: &str) -> Changelog {
    let mut changelog = Changelog::default();
    let mut fence: Option<&str> = None;
    let mut in_comment = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let range = start..start + line.trim_end().len();
        start += line.len();
        let written = line.trim();
        if let Some(open) = fence {
            if written.starts_with(open) {
                fence = None;
            }
            continue;
        }
        if in_comment || written.starts_with("<!--") {
            in_comment = !written.contains("-->");
            continue;
        }
        fence = ["```", "~~~"].into_iter().find(|sign| written.starts_with(sign));
        if let Some(name) = line.strip_prefix("## ") {
            section(&mut changelog, Heading { text: name.trim().to_owned(), range });
        } else if let (Some(name), Some(release)) = (line.strip_prefix("### "), changelog.releases.last_mut()) {
            release.categories.push(Heading { text: name.trim().to_owned(), range });
        } else if let Some(name) = link(line) {
            changelog.links.push(name.to_lowercase());
        } else if let Some(release) = changelog.releases.last_mut() {
            release.has_text |= !written.is_empty();
        }
    }
    changelog
}

/// `[1.0.0]: https://…`
fn link(line: &str) -> Option<&str> {
    let (name, target) = line.strip_prefix('[')?.split_once("]:")?;
    (!target.trim().is_empty()).then_some(name)
}

/// `[1.0.0] - 2026-01-31 [YANKED]`; `1.0.0 (2026-01-31)` and `v1.0.0` are read as well.
fn section(changelog: &mut Changelog, heading: Heading) {
    let (name, is_linked, rest) = match heading.text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        // `[1.0.0](https://…)`: the link stands there itself.
        Some((name, rest)) => match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
            Some((_, rest)) => (name, false, rest),
            None => (name, true, rest),
        },
        None => {
            let end = heading.text.find(char::is_whitespace).unwrap_or(heading.text.len());
            let (name, rest) = heading.text.split_at(end);
            (name, false, rest)
        }
    };
    let is_unreleased = name.eq_ignore_ascii_case("unreleased");
    let version = name.strip_prefix('v').unwrap_or(name);
    let is_version = version.starts_with(|first: char| first.is_ascii_digit()) && version.contains('.');
    if !is_unreleased && !is_version {
        changelog.strange.push(heading);
        return;
    }
    let is_yanked = rest.contains("[YANKED]");
    let date = rest.replace("[YANKED]", "");
    let date = date.trim().trim_start_matches(['-', '–', '—', '(']).trim_end_matches(')').trim();
    changelog.releases.push(Release {
        version: (!is_unreleased).then(|| version.to_owned()),
        date: (!date.is_empty()).then(|| date.to_owned()),
        heading,
        is_linked,
        is_yanked,
        categories: Vec::new(),
        has_text: false,
    });
}
