use std::collections::BTreeSet;

use proptest::prelude::*;
use semver::Version;
use serde_json::{Value, json};

use super::cvss::score;
use super::{Advisories, Severity};
use crate::lockfile::{Package, Source};

fn package(version: &str) -> Package {
    let text =
        json!({ "lockfileVersion": 3, "packages": { "node_modules/shop": { "version": version, "integrity": "x" } } });
    let lockfile = crate::Lockfile::read(crate::Kind::Npm, &text.to_string(), &std::collections::BTreeMap::new());
    lockfile.unwrap().packages.remove(0)
}

fn with(events: &Value) -> Value {
    json!({ "id": "GHSA-1", "summary": "A hole", "database_specific": { "severity": "HIGH" }, "affected": [
        { "package": { "ecosystem": "npm", "name": "shop" }, "ranges": [{ "type": "SEMVER", "events": events }] } ] })
}

fn parse(advisories: &Value) -> Advisories {
    Advisories::parse(advisories.to_string().as_bytes(), &BTreeSet::from(["shop"])).unwrap()
}

/// What each version comes to: the fix, `none` where there is none, or a dash where it is safe.
fn told(advisories: &Value, versions: &[&str]) -> Vec<String> {
    let all = parse(advisories);
    let one = |version: &&str| match all.of(&package(version)) {
        Ok(hits) => hits.first().map_or("-".to_owned(), |hit| hit.fixed.clone().unwrap_or_else(|| "none".to_owned())),
        Err(error) => error.to_string(),
    };
    versions.iter().map(one).collect()
}

#[test]
fn a_range_begins_where_it_was_introduced_and_ends_before_the_fix() {
    let events =
        json!([{ "introduced": "1.0.0" }, { "fixed": "1.2.0" }, { "introduced": "2.0.0" }, { "fixed": "2.0.3" }]);
    let versions = ["0.9.0", "1.0.0-rc.1", "1.0.0", "1.1.9", "1.2.0-rc.1", "1.2.0", "1.9.0", "2.0.0", "2.0.3", "3.0.0"];
    let expected = ["-", "-", "1.2.0", "1.2.0", "1.2.0", "-", "-", "2.0.3", "-", "-"];
    assert_eq!(told(&with(&events), &versions), expected);
    let shuffled =
        json!([{ "fixed": "2.0.3" }, { "introduced": "2.0.0" }, { "fixed": "1.2.0" }, { "introduced": "1.0.0" }]);
    assert_eq!(told(&with(&shuffled), &versions), expected);
}

#[test]
fn a_range_may_end_with_its_last_version_or_never() {
    let last = json!([{ "introduced": "0" }, { "last_affected": "1.4.0" }]);
    assert_eq!(told(&with(&last), &["0.0.1", "1.4.0", "1.4.1"]), ["none", "none", "-"]);
    assert_eq!(told(&with(&json!([{ "introduced": "0" }])), &["0.0.1", "99.0.0"]), ["none", "none"]);
    let limit = json!([{ "introduced": "0" }, { "limit": "2.0.0" }]);
    assert_eq!(told(&with(&limit), &["1.9.9", "2.0.0"]), ["none", "-"]);
}

#[test]
fn versions_that_are_listed_are_affected() {
    let listed = json!({ "id": "MAL-2026-1", "affected": [
        { "package": { "ecosystem": "npm", "name": "shop" }, "versions": ["1.0.1", "1.0.2"] } ] });
    assert_eq!(told(&listed, &["1.0.0", "1.0.1", "1.0.2"]), ["-", "none", "none"]);
    let all = parse(&listed);
    let hits = all.of(&package("1.0.1")).unwrap();
    assert!(hits[0].advisory.is_malicious());
    assert_eq!(hits[0].advisory.severity, Some(Severity::Critical));
}

#[test]
fn withdrawn_ones_other_ecosystems_and_what_is_ours_do_not_count() {
    let events = json!([{ "introduced": "0" }]);
    let mut withdrawn = with(&events);
    withdrawn["withdrawn"] = json!("2026-01-01T00:00:00Z");
    assert!(parse(&withdrawn).is_empty());
    let mut other = with(&events);
    other["affected"][0]["package"]["ecosystem"] = json!("PyPI");
    assert!(parse(&other).is_empty());
    let all = parse(&with(&events));
    assert_eq!(all.len(), 1);
    let mut own = package("1.0.0");
    own.source = Source::Local;
    assert_eq!(all.of(&own), Ok(Vec::new()));
}

#[test]
fn what_cannot_be_compared_is_an_error_and_never_safe() {
    let events = json!([{ "introduced": "0" }, { "fixed": "1.0.0" }]);
    let said = "shop 1.0 cannot be compared with GHSA-1: one of their versions is no SemVer";
    assert_eq!(told(&with(&events), &["1.0"]), [said]);
    let broken = json!([{ "introduced": "0" }, { "fixed": "soon" }]);
    assert_eq!(told(&with(&broken), &["1.0.0"]), [said.replace("1.0 ", "1.0.0 ")]);
}

#[test]
fn every_way_to_hold_advisories_is_read() {
    let one = with(&json!([{ "introduced": "0" }])).to_string();
    let folder = tempfile::tempdir().unwrap();
    let names = BTreeSet::from(["shop"]);
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    for (name, text, number) in [
        ("one.json", one.clone(), 1),
        ("list.json", format!("[{one}, {one}]"), 2),
        ("lines.jsonl", format!("{one}\n{one}\n"), 2),
        ("none.json", String::new(), 0),
    ] {
        assert_eq!(Advisories::read(&write(name, &text), &names).unwrap().len(), number, "{name}");
    }
    std::fs::write(folder.path().join("README.md"), "").unwrap();
    assert_eq!(Advisories::read(folder.path(), &names).unwrap().len(), 3);
    write("broken.json", "{ \"affected\": [] }");
    let error = Advisories::read(folder.path(), &names).unwrap_err().to_string();
    assert_eq!(error, "broken.json is no advisory of OSV: missing field `id` at line 1 column 18");
    let gone = Advisories::read(std::path::Path::new("no-such"), &names).unwrap_err().to_string();
    assert_eq!(gone, "no-such cannot be read: No such file or directory (os error 2)");
}

/// Vectors and scores of advisories as FIRST's calculator gives them.
#[test]
fn cvss_has_the_scores_of_its_specification() {
    for (vector, expected) in [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0),
        ("CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H", 7.2),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:L", 5.6),
        ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", 1.6),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
    ] {
        assert_eq!(score(vector), Some(expected), "{vector}");
    }
    for strange in ["", "CVSS:4.0/AV:N", "CVSS:3.1/AV:N/AC:L", "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"] {
        assert_eq!(score(strange), None, "{strange}");
    }
}

#[test]
fn severity_is_the_databases_word_or_comes_from_the_vector() {
    let severity = |change: fn(&mut Value)| {
        let mut advisory = with(&json!([{ "introduced": "0" }]));
        change(&mut advisory);
        let all = parse(&advisory);
        all.of(&package("1.0.0")).unwrap()[0].advisory.severity
    };
    assert_eq!(severity(|_| ()), Some(Severity::High));
    assert_eq!(severity(|one| one["database_specific"] = json!({})), None);
    let by_vector = severity(|one| {
        one["database_specific"] = json!(null);
        one["severity"] = json!([{ "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }]);
    });
    assert_eq!(by_vector, Some(Severity::Critical));
    let of_package = severity(|one| {
        one["database_specific"] = json!({});
        one["affected"][0]["database_specific"] = json!({ "severity": "moderate" });
    });
    assert_eq!(of_package, Some(Severity::Moderate));
}

proptest! {
    /// Without pre-releases, a range of OSV is what npm writes as `>=a <b || >=c <d`.
    #[test]
    fn ranges_agree_with_npms_own(bounds in prop::collection::btree_set((0..4_u64, 0..4_u64, 0..4_u64), 1..6), version in (0..5_u64, 0..5_u64, 0..5_u64)) {
        let text = |(major, minor, patch): (u64, u64, u64)| format!("{major}.{minor}.{patch}");
        let (mut events, mut ranges) = (Vec::new(), Vec::new());
        let bounds: Vec<String> = bounds.into_iter().map(text).collect();
        for pair in bounds.chunks(2) {
            events.push(json!({ "introduced": pair[0] }));
            match pair.get(1) {
                Some(end) => {
                    events.push(json!({ "fixed": end }));
                    ranges.push(format!(">={} <{end}", pair[0]));
                }
                None => ranges.push(format!(">={}", pair[0])),
            }
        }
        let version = text(version);
        let range = node_semver::Range::parse(ranges.join(" || ")).unwrap();
        let expected = node_semver::Version::parse(&version).unwrap().satisfies(&range);
        let found = told(&with(&json!(events)), &[version.as_str()]).remove(0);
        prop_assert_eq!(found != "-", expected, "{} in {:?}", version, ranges);
        if let Ok(fix) = Version::parse(&found) {
            prop_assert!(fix > Version::parse(&version).unwrap());
        }
    }

    #[test]
    fn no_text_makes_it_fall_over(text in "[\\[\\]{}\":,a-z0-9. ]{0,80}", version in "[ -~]{0,12}") {
        let _ = Advisories::parse(text.as_bytes(), &BTreeSet::from(["shop"]));
        let _ = told(&with(&json!([{ "introduced": version }, { "fixed": version }])), &[version.as_str()]);
        let _ = score(&text);
    }
}
