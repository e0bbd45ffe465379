//! What is known to be vulnerable: advisories in the format of OSV, read from disk.
//!
//! Source of the format: <https://ossf.github.io/osv-schema/>. A whole set for npm is published at <https://osv.dev>, as an archive
//! with one JSON file for each advisory.

mod affected;
mod cvss;
mod format;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

pub use read::ReadError;

use crate::lockfile::{Package, Source};
use affected::{Affected, Judged};

/// How bad it is. Ordered from least to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// CVSS below 4.
    Low,
    /// CVSS from 4.
    Moderate,
    /// CVSS from 7.
    High,
    /// CVSS from 9, and whatever was made to do harm.
    Critical,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

/// One advisory, as far as it concerns npm.
#[derive(Debug, Clone, PartialEq)]
pub struct Advisory {
    /// `GHSA-…`, `MAL-…`, `CVE-…`
    pub id: String,
    /// In one line; empty where there is none.
    pub summary: String,
    /// `None` where the advisory does not say it, or not in a way that is read here.
    pub severity: Option<Severity>,
    affected: Vec<Affected>,
}

impl Advisory {
    /// Whether the package was made to do harm.
    #[must_use]
    pub fn is_malicious(&self) -> bool {
        self.id.starts_with("MAL-")
    }
}

/// Advisories, by the package that they are about.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Advisories {
    by_package: BTreeMap<String, Vec<Advisory>>,
    read: usize,
}

/// An advisory that a package falls under.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit<'a> {
    /// It.
    pub advisory: &'a Advisory,
    /// The version that mends it, where there is one above this one.
    pub fixed: Option<String>,
}

/// A package whose version cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {version} cannot be compared with {advisory}: one of their versions is no SemVer")]
pub struct Incomparable {
    /// The package.
    pub name: String,
    /// As the lockfile says it.
    pub version: String,
    /// Its identifier.
    pub advisory: String,
}

impl Advisories {
    /// How many were read, whichever package they are about. Withdrawn ones and those of other ecosystems do not count.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read
    }

    /// Whether there are none: then nothing is proven by them.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.read == 0
    }

    /// Every advisory that a package falls under, in the order of their identifiers. One of a registry and one of an archive are
    /// compared; what lies in the repository itself is not.
    ///
    /// # Errors
    /// A version is none.
    pub fn of(&self, package: &Package) -> Result<Vec<Hit<'_>>, Incomparable> {
        let mut hits = Vec::new();
        if package.source == Source::Local {
            return Ok(hits);
        }
        for advisory in self.by_package.get(&package.name).into_iter().flatten() {
            match affected::judge(&advisory.affected, &package.name, &package.version) {
                Judged::Safe => {}
                Judged::Affected { fixed } => hits.push(Hit { advisory, fixed }),
                Judged::Unknown => {
                    let (name, version) = (package.name.clone(), package.version.clone());
                    return Err(Incomparable { name, version, advisory: advisory.id.clone() });
                }
            }
        }
        Ok(hits)
    }
}
