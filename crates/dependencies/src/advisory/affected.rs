//! Which versions an advisory is about. Source of the rules: <https://ossf.github.io/osv-schema/#evaluation>.

use std::cmp::Ordering;

use semver::Version;

use super::format::{WrittenAffected, WrittenEvent};

/// The versions of one package.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Affected {
    pub(super) name: String,
    versions: Vec<String>,
    ranges: Vec<Range>,
}

/// Events in the order of their versions; `None` where one of them cannot be read.
#[derive(Debug, Clone, PartialEq)]
struct Range(Option<Vec<Event>>);

#[derive(Debug, Clone, PartialEq)]
struct Event {
    kind: Kind,
    /// `None` is before every version.
    version: Option<Version>,
}

/// Ordered as they count where several have one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Fixed,
    Limit,
    Introduced,
    LastAffected,
}

/// What an advisory says of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Judged {
    Safe,
    Affected { fixed: Option<String> },
    Unknown,
}

impl Affected {
    /// The part of an advisory that is about a package of npm.
    pub(super) fn of(written: WrittenAffected) -> Option<Self> {
        let package = written.package.filter(|package| package.ecosystem == "npm")?;
        // Ranges of git are over commits, which no lockfile names.
        let ranges = written.ranges.into_iter().filter(|range| range.kind != "GIT");
        let ranges = ranges.map(|range| Range(events(range.events))).collect();
        Some(Self { name: package.name, versions: written.versions, ranges })
    }
}

fn events(written: Vec<WrittenEvent>) -> Option<Vec<Event>> {
    let mut events = Vec::new();
    for event in written {
        let each = [
            (Kind::Introduced, event.introduced),
            (Kind::Fixed, event.fixed),
            (Kind::LastAffected, event.last_affected),
            (Kind::Limit, event.limit),
        ];
        for (kind, version) in each {
            match version.as_deref() {
                None => {}
                // No limit at all.
                Some("*") if kind == Kind::Limit => {}
                Some("0") if kind == Kind::Introduced => events.push(Event { kind, version: None }),
                Some(version) => events.push(Event { kind, version: Some(Version::parse(version).ok()?) }),
            }
        }
    }
    events.sort_by(|one, other| order(one.version.as_ref(), other.version.as_ref()).then(one.kind.cmp(&other.kind)));
    Some(events)
}

/// By precedence: what stands behind a `+` does not count.
fn order(one: Option<&Version>, other: Option<&Version>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => one.cmp_precedence(other),
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}

/// What the parts of an advisory say of a package's version. One that names it outweighs all.
pub(super) fn judge(affected: &[Affected], name: &str, version: &str) -> Judged {
    let own = || affected.iter().filter(|one| one.name == name);
    let installed = Version::parse(version).ok();
    let mut is_affected = own().any(|one| one.versions.iter().any(|listed| listed == version));
    let mut is_unknown = false;
    let mut fixes = Vec::new();
    for one in own() {
        for Range(events) in &one.ranges {
            match (events, &installed) {
                (Some(events), Some(installed)) => {
                    if holds(events, installed) {
                        is_affected = true;
                        let mut later = events.iter().filter(|event| event.kind == Kind::Fixed);
                        fixes.extend(later.find_map(|event| event.version.clone().filter(|fix| fix > installed)));
                    }
                }
                // A list of versions that is there answers for a range that cannot be read.
                _ => is_unknown |= one.versions.is_empty(),
            }
        }
        // Neither versions nor ranges: every version.
        is_affected |= one.ranges.is_empty() && one.versions.is_empty();
    }
    if is_affected {
        return Judged::Affected { fixed: fixes.iter().min().map(ToString::to_string) };
    }
    if is_unknown { Judged::Unknown } else { Judged::Safe }
}

fn holds(events: &[Event], installed: &Version) -> bool {
    let mut inside = false;
    for event in events {
        match (event.kind, order(event.version.as_ref(), Some(installed))) {
            (Kind::Introduced, Ordering::Less | Ordering::Equal) => inside = true,
            (Kind::Fixed | Kind::Limit, Ordering::Less | Ordering::Equal) | (Kind::LastAffected, Ordering::Less) => {
                inside = false;
            }
            _ => {}
        }
    }
    inside
}
