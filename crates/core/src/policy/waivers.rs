//! `[[waivers]]`: exceptions, each with an owner, a reason and an end.

use std::borrow::Cow;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::day::Day;
use crate::{Finding, Place, Severity, glob};

/// One exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The rule it silences: `route/unguarded`.
    pub rule: Words,
    /// The file it silences it in, relative to the root; `*` stands for anything but a slash, `**` for anything.
    pub path: Words,
    /// Who answers for it.
    pub owner: Words,
    /// Why it is right.
    pub reason: Words,
    /// The last day on which it counts.
    pub expires: Day,
}

impl Waiver {
    /// Whether a file, by its path relative to the root, is among those that it is for.
    #[must_use]
    pub fn covers_file(&self, path: &str) -> bool {
        glob::matches(&self.path, path)
    }
}

/// Text that is not empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Words(String);

impl std::ops::Deref for Words {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.trim().is_empty() {
            return Err(de::Error::custom("the rule, path, owner and reason of an exception may not be empty"));
        }
        Ok(Self(text))
    }
}

impl JsonSchema for Words {
    fn schema_name() -> Cow<'static, str> {
        "Words".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "\\S" })
    }
}

/// Every exception of a policy, with the place of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waivers {
    entries: Vec<(Waiver, Place)>,
}

impl Waivers {
    /// Each exception with its place in the policy file.
    #[must_use]
    pub fn new(entries: Vec<(Waiver, Place)>) -> Self {
        Self { entries }
    }

    /// Every exception, in the file's order.
    pub fn iter(&self) -> impl Iterator<Item = &Waiver> {
        self.entries.iter().map(|(waiver, _)| waiver)
    }

    /// Only the exceptions that `concerns` takes. A run must not call one unused whose rule is another action's, or whose
    /// files it did not look at.
    #[must_use]
    pub fn concerning(&self, concerns: impl Fn(&Waiver) -> bool) -> Self {
        Self { entries: self.entries.iter().filter(|(waiver, _)| concerns(waiver)).cloned().collect() }
    }

    /// `owner: reason` of an exception that covers `rule` at `path` on the day `today`.
    #[must_use]
    pub fn covering(&self, rule: &str, path: &str, today: Date) -> Option<String> {
        let covers = |waiver: &&Waiver| *waiver.rule == *rule && waiver.covers_file(path) && waiver.expires.0 >= today;
        self.iter().find(covers).map(|waiver| format!("{}: {}", &*waiver.owner, &*waiver.reason))
    }

    /// Writes `owner: reason` into each finding that an exception covers on the day `today`, and returns the findings
    /// about the exceptions themselves: `policy/expired-waiver` (an error) where one would have been needed after its
    /// last day, `policy/unused-waiver` (a warning) where one covers nothing.
    pub fn apply(&self, findings: &mut [Finding], today: Date) -> Vec<Finding> {
        let mut about_waivers = Vec::new();
        for (waiver, place) in &self.entries {
            let expired = waiver.expires.0 < today;
            let mut used = false;
            for finding in findings.iter_mut() {
                if *finding.rule == *waiver.rule && waiver.covers_file(&finding.place.path) {
                    used = true;
                    if !expired && finding.waived_by.is_none() {
                        finding.waived_by = Some(format!("{}: {}", &*waiver.owner, &*waiver.reason));
                    }
                }
            }
            match (used, expired) {
                (true, false) => {}
                (true, true) => about_waivers.push(expired_waiver(waiver, place)),
                (false, _) => about_waivers.push(unused_waiver(waiver, place)),
            }
        }
        about_waivers
    }
}

fn expired_waiver(waiver: &Waiver, place: &Place) -> Finding {
    Finding {
        rule: Cow::Borrowed("policy/expired-waiver"),
        severity: Severity::Error,
        message: format!(
            "the waiver of {} for {} ended on {}, and the finding is still there",
            &*waiver.rule, &*waiver.path, waiver.expires
        ),
        help: format!("Mend the finding and remove the waiver, or let {} set a new last day.", &*waiver.owner),
        fingerprint: fingerprint(waiver),
        place: place.clone(),
        waived_by: None,
    }
}

fn unused_waiver(waiver: &Waiver, place: &Place) -> Finding {
    Finding {
        rule: Cow::Borrowed("policy/unused-waiver"),
        severity: Severity::Warning,
        message: format!("the waiver of {} for {} covers no finding", &*waiver.rule, &*waiver.path),
        help: "Remove it, or correct its rule or its path.".to_owned(),
        fingerprint: fingerprint(waiver),
        place: place.clone(),
        waived_by: None,
    }
}

fn fingerprint(waiver: &Waiver) -> String {
    crate::fingerprint::of_content(&[&waiver.rule, &waiver.path])
}

#[cfg(test)]
mod tests {
    use super::Waivers;
    use crate::{Finding, Place, Policy, Severity};

    const POLICY: &str = "\
[[waivers]]
rule = \"route/unguarded\"
path = \"app/api/*/route.ts\"
owner = \"@platform\"
reason = \"public liveness probe\"
expires = 2027-03-31
";

    fn waivers() -> Waivers {
        Policy::parse("ops.toml", POLICY).unwrap().waivers
    }

    fn finding(rule: &'static str, path: &str) -> Finding {
        Finding {
            rule: rule.into(),
            severity: Severity::Error,
            message: String::new(),
            help: String::new(),
            place: Place::file(path),
            fingerprint: String::new(),
            waived_by: None,
        }
    }

    #[test]
    fn a_waiver_covers_its_rule_and_path_until_its_last_day() {
        let mut findings = [
            finding("route/unguarded", "app/api/health/route.ts"),
            finding("route/unguarded", "app/api/health/deep/route.ts"),
            finding("route/other", "app/api/health/route.ts"),
        ];
        assert_eq!(waivers().apply(&mut findings, "2027-03-31".parse().unwrap()), []);
        let waived = findings.map(|finding| finding.waived_by);
        assert_eq!(waived, [Some("@platform: public liveness probe".to_owned()), None, None]);
    }

    #[test]
    fn whoever_asks_before_there_is_a_finding_gets_the_same_answer() {
        let on = |day: &str| waivers().covering("route/unguarded", "app/api/health/route.ts", day.parse().unwrap());
        assert_eq!(on("2027-03-31").as_deref(), Some("@platform: public liveness probe"));
        assert_eq!(on("2027-04-01"), None);
        assert_eq!(waivers().covering("route/other", "app/api/health/route.ts", "2027-01-01".parse().unwrap()), None);
    }

    #[test]
    fn an_expired_waiver_covers_nothing_and_is_an_error_at_its_line() {
        let mut findings = [finding("route/unguarded", "app/api/health/route.ts")];
        let about = waivers().apply(&mut findings, "2027-04-01".parse().unwrap());
        assert_eq!(findings[0].waived_by, None);
        assert_eq!((about.len(), about[0].severity, &*about[0].rule), (1, Severity::Error, "policy/expired-waiver"));
        assert_eq!((about[0].place.path.as_str(), about[0].place.start_line), ("ops.toml", 1));
        assert_eq!(
            about[0].message,
            "the waiver of route/unguarded for app/api/*/route.ts ended on 2027-03-31, and the finding is still there"
        );
    }

    #[test]
    fn a_waiver_that_covers_nothing_is_a_warning_unless_another_action_owns_its_rule() {
        let today = "2027-01-01".parse().unwrap();
        let about = waivers().concerning(|waiver| waiver.rule.starts_with("route/")).apply(&mut [], today);
        assert_eq!((&*about[0].rule, about[0].severity), ("policy/unused-waiver", Severity::Warning));
        assert_eq!(about[0].message, "the waiver of route/unguarded for app/api/*/route.ts covers no finding");
        assert_eq!(waivers().concerning(|waiver| waiver.rule.starts_with("migration/")).apply(&mut [], today), []);
    }
}
