//! The baseline: findings that were there when a team began to look, so that only new ones fail.
//!
//! A known finding is addressed by its rule and its fingerprint, which says what it is about and not where: it survives a
//! move, and dies when the content changes. Each entry covers one finding, so a second one of the same content is new.

use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::policy::Day;
use crate::words::count;
use crate::{Check, Finding, Place, PolicyError, Severity, fingerprint};

const EXPIRED: &str = "policy/expired-baseline";
/// The rule of entries whose findings are gone. Only who looked at everything knows.
pub const GONE: &str = "policy/gone-baseline";

/// One known finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The finding's rule.
    pub rule: String,
    /// Where it was when it was recorded, for people.
    pub path: String,
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Why it may stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last day on which it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Day>,
}

/// The known findings, by path, rule and fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    findings: Vec<Known>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: u32,
    findings: Vec<Known>,
}

impl Baseline {
    /// Reads the baseline at `path`; `name` stands in errors. No file there is no baseline.
    ///
    /// # Errors
    /// If it cannot be read or has another shape.
    pub fn read(name: &str, path: &Path) -> Result<Option<Self>, PolicyError> {
        match std::fs::read(path) {
            Ok(bytes) => match std::str::from_utf8(&bytes) {
                Ok(text) => Self::parse(name, text).map(Some),
                Err(error) => Err(PolicyError::not_utf8(name, &bytes, error.valid_up_to())),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(PolicyError::unreadable(name, &error)),
        }
    }

    /// Reads the baseline that `text` is.
    ///
    /// # Errors
    /// If it is not JSON, has unknown or missing keys, or another schema than 1.
    pub fn parse(name: &str, text: &str) -> Result<Self, PolicyError> {
        let document: Document =
            serde_json::from_str(text).map_err(|error| PolicyError::from_json(name, text, &error))?;
        if document.schema != 1 {
            let message = format!("this baseline has schema {}, and only 1 is known; write it anew", document.schema);
            return Err(PolicyError::at_place(&Place::file(name), text, message));
        }
        Ok(Self::sorted(document.findings))
    }

    fn sorted(mut findings: Vec<Known>) -> Self {
        findings.sort_by(|a, b| {
            (&a.path, &a.rule, &a.fingerprint, a.expires).cmp(&(&b.path, &b.rule, &b.fingerprint, b.expires))
        });
        Self { findings }
    }

    /// A baseline of these findings. What `earlier` says of one that it knows (owner, reason, end) is kept.
    #[must_use]
    pub fn of_findings<'f>(findings: impl IntoIterator<Item = &'f Finding>, earlier: &Self) -> Self {
        let mut earlier: Vec<&Known> = earlier.findings.iter().collect();
        let known = findings.into_iter().map(|finding| {
            let position = nearest(&earlier, finding);
            let words = position.map(|position| earlier.remove(position));
            Known {
                rule: finding.rule.to_string(),
                path: finding.place.path.clone(),
                fingerprint: finding.fingerprint.clone(),
                owner: words.and_then(|known| known.owner.clone()),
                reason: words.and_then(|known| known.reason.clone()),
                expires: words.and_then(|known| known.expires),
            }
        });
        Self::sorted(known.collect())
    }

    /// The file's text: the same findings, the same bytes.
    #[must_use]
    pub fn render(&self) -> String {
        let document = Document { schema: 1, findings: self.findings.clone() };
        // Texts and dates always are JSON.
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }

    /// What the verb tells that wrote it into the file `name`, in the place of `earlier`.
    #[must_use]
    pub fn told(&self, name: &str, earlier: &Self) -> Check {
        let mut summary = format!("{name} knows {}, {} before", count(self.len(), "finding"), earlier.len());
        let nobodys = self.findings.iter().filter(|known| known.owner.is_none()).count();
        if nobodys > 0 {
            summary.push_str(&format!("; {nobodys} without an owner: write `owner`, `reason` and `expires` there"));
        }
        Check::pass("baseline", summary).with("findings", self.len()).with("before", earlier.len())
    }

    /// Only the entries whose files `concerns` takes. A run must not call one gone whose file it did not look at.
    #[must_use]
    pub fn concerning(mut self, concerns: impl Fn(&str) -> bool) -> Self {
        self.findings.retain(|known| concerns(&known.path));
        self
    }

    /// How many findings it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Marks each open finding that the baseline knows on the day `today` as waived by it, and returns what is to be said of
    /// the baseline itself, whose file is `name`: notes of the rules `policy/gone-baseline` and
    /// `policy/expired-baseline`.
    pub fn apply(&self, findings: &mut [Finding], name: &str, today: Date) -> Vec<Finding> {
        let (counting, ended): (Vec<&Known>, Vec<&Known>) =
            self.findings.iter().partition(|known| known.expires.is_none_or(|day| day.0 >= today));
        let mut unused = counting;
        // Those at their old place first: what moved takes what is left.
        for exact in [true, false] {
            for finding in findings.iter_mut().filter(|finding| finding.waived_by.is_none()) {
                let is_it = |known: &&Known| is_same(known, finding) && (!exact || known.path == finding.place.path);
                if let Some(position) = unused.iter().position(is_it) {
                    finding.waived_by = Some(unused.remove(position).words());
                }
            }
        }
        let still_there = |known: &&&Known| findings.iter().any(|finding| is_same(known, finding));
        let still: Vec<&Known> = ended.iter().filter(still_there).copied().collect();
        let gone: Vec<&Known> =
            unused.into_iter().chain(ended.iter().filter(|known| !still_there(known)).copied()).collect();
        let mut said = Vec::new();
        said.extend(note(GONE, name, &gone, "gone", "Run the action's verb `baseline`, which writes the file anew."));
        let help = "Mend the findings, or give the entries a new last day.";
        said.extend(note(EXPIRED, name, &still, "past the last day, and the findings are still there", help));
        said
    }
}

impl Known {
    fn words(&self) -> String {
        let words: Vec<&str> =
            std::iter::once("baseline").chain(self.owner.as_deref()).chain(self.reason.as_deref()).collect();
        words.join(": ")
    }
}

fn is_same(known: &Known, finding: &Finding) -> bool {
    known.rule == finding.rule && known.fingerprint == finding.fingerprint
}

/// The entry for a finding: the one of the same file if there is one.
fn nearest(entries: &[&Known], finding: &Finding) -> Option<usize> {
    let here = entries.iter().position(|known| is_same(known, finding) && known.path == finding.place.path);
    here.or_else(|| entries.iter().position(|known| is_same(known, finding)))
}

fn note(rule: &'static str, name: &str, entries: &[&Known], what: &str, help: &str) -> Option<Finding> {
    let first = entries.first()?;
    let message = match entries.len() {
        1 => format!("1 entry of the baseline is {what}: {} in {}", first.rule, first.path),
        many => format!("{many} entries of the baseline are {what}, among them {} in {}", first.rule, first.path),
    };
    let prints: Vec<&str> = entries.iter().map(|known| known.fingerprint.as_str()).collect();
    Some(Finding {
        rule: rule.into(),
        severity: Severity::Note,
        message,
        help: help.to_owned(),
        fingerprint: fingerprint::of_content(&[rule, &prints.join(",")]),
        place: Place::file(name),
        waived_by: None,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::Baseline;
    use crate::{Finding, Place, Severity};

    fn finding(rule: &'static str, path: &str, fingerprint: &str) -> Finding {
        Finding {
            rule: rule.into(),
            severity: Severity::Error,
            message: String::new(),
            help: String::new(),
            place: Place::file(path),
            fingerprint: fingerprint.to_owned(),
            waived_by: None,
        }
    }

    fn today() -> Date {
        "2027-03-31".parse().unwrap()
    }

    fn error(text: &str) -> String {
        Baseline::parse("ops-baseline.json", text).unwrap_err().to_string()
    }

    #[test]
    fn what_is_known_is_waived_and_what_is_new_is_not() {
        let known = [finding("route/unguarded", "a.ts", "1"), finding("route/console", "a.ts", "2")];
        let baseline = Baseline::of_findings(&known, &Baseline::default());
        let mut found = [known[0].clone(), known[1].clone(), finding("route/unguarded", "b.ts", "3")];
        assert_eq!(baseline.apply(&mut found, "ops-baseline.json", today()), []);
        let waived = found.map(|finding| finding.waived_by);
        assert_eq!(waived, [Some("baseline".to_owned()), Some("baseline".to_owned()), None]);
    }

    #[test]
    fn a_finding_survives_a_move_and_its_twin_is_new() {
        let baseline = Baseline::of_findings(&[finding("route/unguarded", "old.ts", "1")], &Baseline::default());
        let mut moved = [finding("route/unguarded", "new.ts", "1"), finding("route/unguarded", "newer.ts", "1")];
        assert_eq!(baseline.apply(&mut moved, "ops-baseline.json", today()), []);
        assert_eq!(moved.each_ref().map(|finding| finding.waived_by.is_some()), [true, false]);
        let mut twin = [finding("route/unguarded", "a.ts", "1"), finding("route/unguarded", "old.ts", "1")];
        baseline.apply(&mut twin, "ops-baseline.json", today());
        assert_eq!(twin.map(|finding| finding.waived_by.is_some()), [false, true], "the old place comes first");
    }

    #[test]
    fn entries_that_are_gone_are_one_note() {
        let known = [finding("route/unguarded", "b.ts", "1"), finding("route/unguarded", "a.ts", "2")];
        let baseline = Baseline::of_findings(&known, &Baseline::default());
        let said = baseline.apply(&mut [], "ops-baseline.json", today());
        let [note] = said.as_slice() else { panic!("{said:?}") };
        assert_eq!((&*note.rule, note.severity), ("policy/gone-baseline", Severity::Note));
        assert_eq!(note.message, "2 entries of the baseline are gone, among them route/unguarded in a.ts");
        assert_eq!(note.place.path, "ops-baseline.json");
    }

    #[test]
    fn an_entry_ends_with_its_last_day_and_is_told_why() {
        let text = r#"{ "schema": 1, "findings": [{ "rule": "route/unguarded", "path": "a.ts", "fingerprint": "1",
            "owner": "@platform", "reason": "goes with v2", "expires": "2027-03-31" }] }"#;
        let baseline = Baseline::parse("ops-baseline.json", text).unwrap();
        let mut found = [finding("route/unguarded", "a.ts", "1")];
        assert_eq!(baseline.apply(&mut found, "ops-baseline.json", today()), []);
        assert_eq!(found[0].waived_by.as_deref(), Some("baseline: @platform: goes with v2"));
        found[0].waived_by = None;
        let said = baseline.apply(&mut found, "ops-baseline.json", "2027-04-01".parse().unwrap());
        assert_eq!(found[0].waived_by, None);
        assert_eq!(
            said[0].message,
            "1 entry of the baseline is past the last day, and the findings are still there: route/unguarded in a.ts"
        );
        // Written anew it keeps the words.
        assert_eq!(Baseline::of_findings(&found, &baseline), baseline);
    }

    #[test]
    fn another_shape_is_refused_at_its_place() {
        assert_eq!(
            error("{\n  \"schema\": 1,\n  \"finding\": []\n}\n"),
            "ops-baseline.json:3:11: unknown key `finding`, did you mean `findings`?\n3 |   \"finding\": []\n  |           ^"
        );
        assert_eq!(
            error("{ \"schema\": 2, \"findings\": [] }"),
            "ops-baseline.json:1:1: this baseline has schema 2, and only 1 is known; write it anew\n1 | { \"schema\": 2, \"findings\": [] }\n  | ^"
        );
        assert!(error("{ \"schema\": 1 }").contains("missing key `findings`"), "{}", error("{ \"schema\": 1 }"));
        assert!(error("").starts_with("ops-baseline.json:1:1: "), "{}", error(""));
    }

    #[test]
    fn no_file_is_no_baseline_and_an_unreadable_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ops-baseline.json");
        assert_eq!(Baseline::read("ops-baseline.json", &path), Ok(None));
        std::fs::write(&path, b"{\xff").unwrap();
        let error = Baseline::read("ops-baseline.json", &path).unwrap_err().to_string();
        assert!(error.starts_with("ops-baseline.json:1:2: this is not UTF-8"), "{error}");
        let error = Baseline::read("ops-baseline.json", folder.path()).unwrap_err().to_string();
        assert!(error.starts_with("ops-baseline.json: cannot be read"), "{error}");
    }

    proptest! {
        #[test]
        fn whatever_the_order_of_findings_the_bytes_are_the_same_and_read_back(
            mut prints in proptest::collection::vec(("[ab]", "[a-c]", "[1-3]"), 0..8),
        ) {
            let of = |prints: &[(String, String, String)]| {
                let rules = |letter: &str| if letter == "a" { "route/a" } else { "route/b" };
                let findings: Vec<Finding> =
                    prints.iter().map(|(rule, path, print)| finding(rules(rule), path, print)).collect();
                Baseline::of_findings(&findings, &Baseline::default())
            };
            let baseline = of(&prints);
            prints.reverse();
            prop_assert_eq!(of(&prints).render(), baseline.render());
            prop_assert_eq!(Baseline::parse("b.json", &baseline.render()).unwrap(), baseline);
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            let _ = Baseline::parse("b.json", &text).map_err(|error| error.to_string());
        }
    }
}
