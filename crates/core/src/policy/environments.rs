//! `[environments.<name>]`: where changes go, and what must be true before they do.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};

use super::{day::Moment, window::Window};
use crate::glob;

/// Names of environments that need no word of policy.
pub(super) const USUAL: &[&str] = &["production", "prod", "staging", "preview", "development", "dev", "test"];

/// One environment as it is written: [`EnvironmentSection::resolve`] says what it means.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EnvironmentSection {
    /// What the marker of this environment's database says. `production` is marked `prod` and `development` `dev`
    /// unless this says otherwise; every other environment is marked by its name.
    pub marker: Option<String>,
    /// Whether a change needs every confirmation. True for `production`, `prod` and whatever is marked `prod`.
    pub protected: Option<bool>,
    /// Environments in which the very same bytes must have run first.
    pub requires: Vec<String>,
    /// The NAME of the environment variable that holds the database's URL. `DATABASE_URL` unless this says otherwise.
    pub database_url: Option<String>,
    /// Environment variables that must have these values. A protected environment asks for
    /// `CONFIRM_PROD_MIGRATE = "YES"` and `NODE_ENV = "production"` unless this says otherwise.
    pub confirm: Option<BTreeMap<String, String>>,
    /// Environment variables that must have these values where they are set at all. A protected environment asks for
    /// `VERCEL_ENV = "production"` unless this says otherwise.
    pub confirm_if_set: Option<BTreeMap<String, String>>,
    /// Git references that changes may come from; `*` stands for anything but a slash, `**` for anything.
    /// A protected environment takes `refs/tags/v*` and `refs/heads/main` unless this says otherwise; others take all.
    pub refs: Option<Vec<String>>,
    /// When changes may be made: `"Mon-Thu 08:00-16:00 Europe/Oslo"`. Any time where there is none.
    pub windows: Vec<Window>,
    /// Spans of time in which nothing is changed.
    pub freezes: Vec<Freeze>,
    /// Checks that do not stop a change when they could not be answered: `["staging"]`.
    pub allow_unproven: Vec<String>,
    /// How many reviewers other than the author each pending file needs. 0 asks for none.
    pub approvals: Option<u8>,
}

/// A span of time in which nothing is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Freeze {
    /// Its first day or moment.
    pub from: Moment,
    /// Its last day, which counts as a whole, or its last moment.
    pub to: Moment,
    /// Why; it is shown to whoever is stopped by it.
    pub reason: String,
}

impl<'de> Deserialize<'de> for Freeze {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            from: Moment,
            to: Moment,
            reason: String,
        }
        let Written { from, to, reason } = Written::deserialize(deserializer)?;
        // The other way round it would never hold, and nobody would notice.
        if from.first(&TimeZone::UTC) > to.last(&TimeZone::UTC) {
            return Err(de::Error::custom(format!("the freeze ends ({to}) before it begins ({from})")));
        }
        Ok(Self { from, to, reason })
    }
}

/// One environment with every question answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// What its database's marker says.
    pub marker: String,
    /// Whether a change needs every confirmation.
    pub protected: bool,
    /// Environments in which the same bytes must have run first.
    pub requires: Vec<String>,
    /// The name of the environment variable that holds the database's URL.
    pub database_url: String,
    /// Environment variables that must have these values.
    pub confirm: BTreeMap<String, String>,
    /// Environment variables that must have these values where they are set.
    pub confirm_if_set: BTreeMap<String, String>,
    /// Patterns of the git references that changes may come from.
    pub refs: Vec<String>,
    /// When changes may be made; empty is any time.
    pub windows: Vec<Window>,
    /// When nothing is changed.
    pub freezes: Vec<Freeze>,
    /// Checks whose `unproven` does not stop a change.
    pub allow_unproven: Vec<String>,
    /// Reviewers other than the author that each pending file needs.
    pub approvals: u8,
}

impl EnvironmentSection {
    /// What this section means for the environment called `name`.
    #[must_use]
    pub fn resolve(&self, name: &str) -> Environment {
        let marker = self.marker.clone().unwrap_or_else(|| usual_marker(name).to_owned());
        let protected = self.protected.unwrap_or(matches!(name, "production" | "prod") || marker == "prod");
        let if_protected = |pairs: &[(&str, &str)]| {
            pairs.iter().filter(|_| protected).map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let usual_refs: &[&str] = if protected { &["refs/tags/v*", "refs/heads/main"] } else { &["*"] };
        Environment {
            name: name.to_owned(),
            protected,
            requires: self.requires.clone(),
            database_url: self.database_url.clone().unwrap_or_else(|| "DATABASE_URL".to_owned()),
            confirm: (self.confirm.clone())
                .unwrap_or_else(|| if_protected(&[("CONFIRM_PROD_MIGRATE", "YES"), ("NODE_ENV", "production")])),
            confirm_if_set: self
                .confirm_if_set
                .clone()
                .unwrap_or_else(|| if_protected(&[("VERCEL_ENV", "production")])),
            refs: self.refs.clone().unwrap_or_else(|| usual_refs.iter().map(ToString::to_string).collect()),
            windows: self.windows.clone(),
            freezes: self.freezes.clone(),
            allow_unproven: self.allow_unproven.clone(),
            approvals: self.approvals.unwrap_or(0),
            marker,
        }
    }
}

fn usual_marker(name: &str) -> &str {
    match name {
        "production" => "prod",
        "development" => "dev",
        other => other,
    }
}

impl Environment {
    /// Whether changes may come from `reference`, such as `refs/heads/main`. The lone pattern `*` takes every reference.
    #[must_use]
    pub fn allows_ref(&self, reference: &str) -> bool {
        self.refs.iter().any(|pattern| pattern == "*" || glob::matches(pattern, reference))
    }

    /// Whether `now` is within a window, or no windows are asked for.
    #[must_use]
    pub fn window_open(&self, now: Timestamp) -> bool {
        self.windows.is_empty() || self.windows.iter().any(|window| window.contains(now))
    }

    /// The freeze that `now` falls into. Days count in the time zone of the first window, and in UTC where there is none.
    #[must_use]
    pub fn frozen(&self, now: Timestamp) -> Option<&Freeze> {
        let zone = self.windows.first().map_or(TimeZone::UTC, |window| window.zone().clone());
        self.freezes.iter().find(|freeze| freeze.from.first(&zone) <= now && now <= freeze.to.last(&zone))
    }

    /// Whether the policy lets a change go on although the check `id` could not be answered.
    #[must_use]
    pub fn allows_unproven(&self, id: &str) -> bool {
        self.allow_unproven.iter().any(|allowed| allowed == id)
    }
}

#[cfg(test)]
mod tests {
    use super::EnvironmentSection;

    #[test]
    fn production_is_protected_without_a_word_of_policy() {
        let production = EnvironmentSection::default().resolve("production");
        assert_eq!(production.marker, "prod");
        assert!(production.protected);
        assert_eq!(production.database_url, "DATABASE_URL");
        assert_eq!(production.confirm.get("CONFIRM_PROD_MIGRATE").map(String::as_str), Some("YES"));
        assert_eq!(production.confirm.get("NODE_ENV").map(String::as_str), Some("production"));
        assert_eq!(production.confirm_if_set.get("VERCEL_ENV").map(String::as_str), Some("production"));
        assert!(production.allows_ref("refs/tags/v1.2.3") && production.allows_ref("refs/heads/main"));
        assert!(!production.allows_ref("refs/heads/mainline") && !production.allows_ref("refs/pull/3/merge"));
    }

    #[test]
    fn development_and_staging_are_not() {
        let development = EnvironmentSection::default().resolve("development");
        assert_eq!((development.marker.as_str(), development.protected), ("dev", false));
        assert!(development.confirm.is_empty() && development.confirm_if_set.is_empty());
        assert!(development.allows_ref("refs/heads/feature/slash"));
        assert_eq!(EnvironmentSection::default().resolve("staging").marker, "staging");
    }

    #[test]
    fn whatever_is_marked_prod_is_protected_unless_the_policy_says_no() {
        let marked = EnvironmentSection { marker: Some("prod".into()), ..Default::default() };
        assert!(marked.resolve("europe").protected);
        assert!(!EnvironmentSection { protected: Some(false), ..marked }.resolve("europe").protected);
    }

    #[test]
    fn the_last_day_of_a_freeze_counts_as_a_whole() {
        let section: EnvironmentSection = toml::from_str(
            "windows = [\"Mon-Sun 00:00-24:00 Europe/Oslo\"]\nfreezes = [{ from = 2026-12-20, to = \"2026-12-26\", reason = \"holidays\" }]",
        )
        .unwrap();
        let environment = section.resolve("production");
        let frozen = |time: &str| environment.frozen(time.parse().unwrap()).map(|freeze| freeze.reason.as_str());
        assert_eq!(frozen("2026-12-19T22:59:59Z"), None);
        assert_eq!(frozen("2026-12-19T23:00:00Z"), Some("holidays"));
        assert_eq!(frozen("2026-12-26T22:59:59Z"), Some("holidays"));
        assert_eq!(frozen("2026-12-26T23:00:00Z"), None);
        assert!(environment.window_open("2026-12-26T23:00:00Z".parse().unwrap()));
    }
}
