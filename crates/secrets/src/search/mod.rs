//! The scanner with all that a team decided: what is looked for, where not, and how a finding is named.

mod candidate;
mod comment;

use std::sync::Arc;

use hmac::Hmac;
use jiff::Timestamp;
use ops_core::{Severity, glob};
use sha2::{Digest as _, Sha256};

pub use candidate::{Candidate, Unread};
pub(crate) use candidate::{Place, What};

use crate::gitleaks::{Config, Ignored};
use crate::rules::{Allowlist, Pattern, Rule, RuleError, Rules, Target};
use crate::{Key, Scanner, Validity};

/// What a team decided. The default is right for a new user.
#[derive(Debug)]
pub struct Settings {
    /// Patterns of paths in which nothing is looked for, in the words of [`ops_core::glob`].
    pub exclude: Vec<String>,
    /// Identifiers of rules that are switched off.
    pub disabled: Vec<String>,
    /// Regular expressions of secrets that are silent.
    pub allow: Vec<String>,
    /// What the team wrote for gitleaks.
    pub gitleaks: Config,
    /// The team's `.gitleaksignore`.
    pub ignored: Ignored,
    /// Larger files are not looked into. In bytes.
    pub largest: u64,
    /// What keys the fingerprints.
    pub key: Key,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            exclude: Vec::new(),
            disabled: Vec::new(),
            allow: Vec::new(),
            gitleaks: Config::default(),
            ignored: Ignored::default(),
            largest: 16 << 20,
            key: Key::default(),
        }
    }
}

/// A secret, with its place in a file and perhaps in history.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// The file, relative to the folder that was looked at.
    pub path: String,
    /// First line, from 1.
    pub start_line: u32,
    /// First column, from 1, in characters.
    pub start_column: u32,
    /// Last line.
    pub end_line: u32,
    /// One past the last column.
    pub end_column: u32,
    /// The rule's identifier.
    pub rule: String,
    /// What the secret is.
    pub title: String,
    /// The provider's own page on it, where the rule names one.
    pub reference: Option<String>,
    /// How much it weighs.
    pub severity: Severity,
    /// What it tells of itself.
    pub validity: Validity,
    /// Its name, which does not give it away.
    pub fingerprint: String,
    /// The commit that brought it, in full; none if it stands in the work tree.
    pub commit: Option<String>,
    /// Whether it is encoded in the file.
    pub is_decoded: bool,
}

/// The scanner with all that a team decided.
#[derive(Debug)]
pub struct Search {
    scanner: Scanner,
    exclude: Vec<String>,
    ignored: Ignored,
    largest: u64,
    key: Key,
    digest: [u8; 32],
}

impl Search {
    /// Puts our rules and a team's settings together.
    ///
    /// # Errors
    /// If a rule or an expression cannot be used, or a rule is named that is not there.
    pub fn new(settings: Settings, now: Timestamp) -> Result<Self, RuleError> {
        Self::with_rules(Rules::built_in()?.into_inner(), settings, now)
    }

    /// The same with other rules in place of ours.
    ///
    /// # Errors
    /// As [`Search::new`].
    pub fn with_rules(mut rules: Vec<Rule>, settings: Settings, now: Timestamp) -> Result<Self, RuleError> {
        for rule in settings.gitleaks.rules {
            match rules.iter_mut().find(|known| known.id == rule.id) {
                // A rule without a pattern says only more of the one that is there.
                Some(known) if rule.pattern.text().is_empty() => known.allowlists.extend(rule.allowlists),
                Some(known) => *known = rule,
                None => rules.push(rule),
            }
        }
        for disabled in &settings.disabled {
            if !rules.iter().any(|rule| rule.id == *disabled) {
                let message = format!("`{disabled}` is switched off, and there is no such rule");
                return Err(RuleError::Shape { file: "[secrets] disabled".to_owned(), message });
            }
        }
        rules.retain(|rule| !settings.disabled.contains(&rule.id) && !settings.gitleaks.disabled.contains(&rule.id));
        // A rule that needs one which is switched off can no longer be told.
        let ids: std::collections::BTreeSet<String> = rules.iter().map(|rule| rule.id.clone()).collect();
        rules.retain(|rule| rule.near.iter().all(|near| ids.contains(&near.rule)));
        let mut allowlists = settings.gitleaks.allowlists;
        allowlists.extend(of_policy(settings.allow)?);
        for list in &allowlists {
            for rule in rules.iter_mut().filter(|rule| list.rules.is_empty() || list.rules.contains(&rule.id)) {
                rule.allowlists.push(Arc::clone(list));
            }
        }
        let digest = digest(&rules, settings.largest);
        let scanner = Scanner::new(Rules::new(rules)?, now)?;
        let Settings { exclude, ignored, largest, key, .. } = settings;
        Ok(Self { scanner, exclude, ignored, largest, key, digest })
    }

    /// Names all that decides whether there is a candidate in a text. Two searches with one digest agree on every text.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// What keys a cache of what this search makes of the texts of a repository that nobody else knows the `secret` of.
    pub(crate) fn cache_key(&self, secret: &[u8]) -> Option<Hmac<Sha256>> {
        self.key.derived("ops-actions/secrets/cache/1", &[&self.digest, secret])
    }

    /// How many rules there are.
    #[must_use]
    pub fn rules(&self) -> usize {
        self.scanner.rules().len()
    }

    /// Files above this are not looked into. In bytes.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.largest
    }

    /// Whether nothing is looked for at this path.
    #[must_use]
    pub fn is_excluded(&self, path: &str) -> bool {
        self.exclude.iter().any(|pattern| glob::matches(pattern, path))
    }

    /// What the candidates of a text are at this path and in this commit, in their order, without those that are silent there.
    #[must_use]
    pub fn found<'c>(
        &self,
        candidates: impl IntoIterator<Item = &'c Candidate>,
        path: &str,
        commit: Option<&str>,
    ) -> Vec<Found> {
        let found: Vec<(&Candidate, Found)> = candidates
            .into_iter()
            .filter_map(|candidate| Some((candidate, self.one(candidate, path, commit)?)))
            .collect();
        let rule = |candidate: &Candidate| self.scanner.rules().get(candidate.rule);
        // Where the path fits, its rule knows more than one that knows only what stands around the secret.
        let knowing: Vec<&Candidate> = found
            .iter()
            .map(|(candidate, _)| *candidate)
            .filter(|candidate| rule(candidate).is_some_and(|rule| rule.path.is_some() && !rule.generic))
            .collect();
        let gives_way = |candidate: &Candidate| {
            let next = knowing.partition_point(|other| other.is_before(candidate));
            rule(candidate).is_some_and(|rule| rule.generic)
                && knowing.get(next).is_some_and(|other| !candidate.is_before(other))
        };
        let gives_way: Vec<bool> = found.iter().map(|(candidate, _)| gives_way(candidate)).collect();
        found.into_iter().zip(gives_way).filter(|(_, gives_way)| !gives_way).map(|((_, found), _)| found).collect()
    }

    /// What a candidate is at this path and in this commit; none if it is silent there.
    fn one(&self, candidate: &Candidate, path: &str, commit: Option<&str>) -> Option<Found> {
        let rule = self.scanner.rules().get(candidate.rule)?;
        let lists = candidate.open.iter().filter_map(|position| rule.allowlists.get(*position));
        if rule.path.as_ref().is_some_and(|pattern| !pattern.fits(path.as_bytes()))
            || (rule.generic && is_lock_file(path))
            || lists.into_iter().any(|list| list.place(path.as_bytes(), commit))
            || self.ignored.names(commit, path, &rule.id, rule.generic, candidate.start_line)
        {
            return None;
        }
        let severity = match candidate.validity {
            // Nobody ever gave it out.
            Validity::Invalid => Severity::Note,
            Validity::Expired => rule.severity.max(Severity::Warning),
            Validity::Valid | Validity::Unknown => rule.severity,
        };
        Some(Found {
            path: path.to_owned(),
            start_line: candidate.start_line,
            start_column: candidate.start_column,
            end_line: candidate.end_line,
            end_column: candidate.end_column,
            rule: rule.id.clone(),
            title: rule.title.clone(),
            reference: rule.reference.clone(),
            severity,
            validity: candidate.validity,
            fingerprint: candidate.fingerprint.clone(),
            commit: commit.map(str::to_owned),
            is_decoded: candidate.is_decoded,
        })
    }
}

/// Files that tools write, full of digests.
fn is_lock_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    const NAMES: &[&str] = &[
        "package-lock.json",
        "npm-shrinkwrap.json",
        "pnpm-lock.yaml",
        "yarn.lock",
        "bun.lock",
        "Cargo.lock",
        "composer.lock",
        "Gemfile.lock",
        "poetry.lock",
        "uv.lock",
        "go.sum",
        "deno.lock",
        "Pipfile.lock",
        "flake.lock",
    ];
    NAMES.contains(&name)
}

fn of_policy(allow: Vec<String>) -> Result<Option<Arc<Allowlist>>, RuleError> {
    let regexes: Vec<Pattern> = allow.into_iter().map(Pattern::new).collect();
    for regex in &regexes {
        regex
            .compile()
            .map_err(|error| RuleError::Shape { file: "[secrets] allow".to_owned(), message: error.to_string() })?;
    }
    Ok((!regexes.is_empty()).then(|| {
        Arc::new(Allowlist {
            all: false,
            commits: Vec::new(),
            paths: Vec::new(),
            target: Target::Secret,
            regexes,
            stopwords: Vec::new(),
            rules: Vec::new(),
        })
    }))
}

/// The patterns have their text in the debugged form, so that every key of every rule counts.
fn digest(rules: &[Rule], largest: u64) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(concat!(env!("CARGO_PKG_VERSION"), " 1\n"));
    hash.update(largest.to_be_bytes());
    for rule in rules {
        hash.update(format!("{rule:?}\n"));
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests;
