//! No package that is known to be vulnerable, by advisories on disk: no service is asked.

use std::collections::BTreeSet;

use ops_core::policy::{Dependencies, Level};
use ops_core::{Finding, Place, Severity};
use ops_dependencies::advisory::{self, Hit};
use ops_dependencies::lockfile::{Installed, Lockfile};
use ops_dependencies::{Advisories, Kind};

use super::rule::{count, judged, place_of, unknown};
use super::{BuiltIn, lockfile, packages};
use crate::outcome::Outcome;
use crate::situation::{Situation, join};

pub(super) const GATE: BuiltIn = BuiltIn { id: "dependencies", title: "No package is known to be vulnerable", check };

rule! {
    /// ## What it does
    /// Compares every package of the lockfile with the advisories that `[release.dependencies] advisories` names: those of
    /// [OSV](https://osv.dev) for npm, as a folder of JSON files, or one file with a list or with one in each line. It tells which chain
    /// brings the package in, whether production needs it, and which version mends it.
    ///
    /// From `fail_from` on (`high`) it is an error, below a warning. What only development needs is a warning unless
    /// `development = true`. A severity that an advisory does not say counts as high. Without advisories the gate is
    /// unproven, unless there is a gate called `audit` that answers the question in another way: where no gate is listed, the package
    /// manager's own audit of what production needs.
    ///
    /// ## Why is this bad
    /// The hole is public, and so is the way to use it. Programs look for it everywhere, all the time.
    ///
    /// ## Instead
    /// ```json
    /// // before
    /// { "dependencies": { "lodash": "4.17.20" } }
    /// // after
    /// { "dependencies": { "lodash": "4.17.21" } }
    /// ```
    VULNERABLE: "dependency/vulnerable", "A package that is known to be vulnerable"
}

rule! {
    /// ## What it does
    /// Finds packages of the lockfile that an advisory named `MAL-…` is about: they were made, or taken over, to do harm. It is an
    /// error wherever the package is needed.
    ///
    /// ## Why is this bad
    /// Such packages act when they are installed: on laptops and in CI, with all the secrets there. Take those for known to others.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// pnpm add crossenv
    /// # after: replace every secret that the machines held which installed it
    /// pnpm remove crossenv && pnpm add cross-env
    /// ```
    MALICIOUS: "dependency/malicious", "A package that was made to do harm"
}

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let packages = match packages::read(situation) {
        Ok(packages) => packages,
        Err(reason) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
    };
    let (mut read, mut unread) = (Vec::new(), Vec::new());
    for (folder, names) in lockfile::lockfiles(situation) {
        for (name, kind) in names.iter().filter_map(|name| Some((name, Kind::of_file(name)?))) {
            match lockfile::read(situation, &packages, &folder, name, kind) {
                Ok((lockfile, _)) => read.push((join(&folder, name), lockfile)),
                Err(reason) => unread.push(reason),
            }
        }
    }
    if read.iter().all(|(_, lockfile)| lockfile.packages.is_empty()) && unread.is_empty() {
        return None;
    }
    let policy = &situation.policy.release.dependencies;
    let Some(path) = &policy.advisories else {
        let next = "Name advisories of OSV in `[release.dependencies] advisories`, or add a gate called `audit`, as in `[gates.audit] run = \"pnpm audit --json\"`.";
        return Some(unknown("no advisories were given to compare the lockfile with", next));
    };
    let names = read.iter().flat_map(|(_, lockfile)| lockfile.packages.iter().map(|package| package.name.as_str()));
    let next = "Fetch the advisories again, or correct `[release.dependencies] advisories`.";
    let advisories = match Advisories::read(&situation.root.join(path), &names.collect::<BTreeSet<_>>()) {
        Ok(advisories) if advisories.is_empty() => {
            return Some(unknown(format!("{path} holds no advisory of npm"), next));
        }
        Ok(advisories) => advisories,
        Err(error) => {
            let reason = error.to_string().replace(&situation.root.join(path).display().to_string(), path);
            return Some(unknown(reason, next));
        }
    };
    let mut findings = Vec::new();
    let mut all = 0;
    for (path, lockfile) in &read {
        all += lockfile.packages.len();
        let text = situation.read(path).unwrap_or_default();
        look(&Look { policy, path, text: &text, advisories: &advisories }, lockfile, &mut findings, &mut unread);
    }
    let good = format!("{} against {}", count(all, "package"), count(advisories.len(), "advisory"));
    let outcome = judged(good, findings, &unread);
    Some(outcome.with("packages", all as u64).with("advisories", advisories.len() as u64))
}

struct Look<'a> {
    policy: &'a Dependencies,
    path: &'a str,
    text: &'a str,
    advisories: &'a Advisories,
}

fn look(look: &Look<'_>, lockfile: &Lockfile, findings: &mut Vec<Finding>, unread: &mut Vec<String>) {
    let mut told = BTreeSet::new();
    for installed in lockfile.installed() {
        let package = installed.package;
        match look.advisories.of(package) {
            // One package may lie in several places.
            Ok(hits) => {
                let new = hits.iter().filter(|hit| {
                    told.insert((package.name.clone(), package.version.clone(), hit.advisory.id.clone()))
                });
                findings.extend(new.map(|hit| look.finding(&installed, hit)));
            }
            Err(error) => unread.push(error.to_string()),
        }
    }
}

impl Look<'_> {
    fn finding(&self, installed: &Installed<'_>, hit: &Hit<'_>) -> Finding {
        let package = installed.package;
        let (name, version, advisory) = (&package.name, &package.version, hit.advisory);
        let place = self.place(name, version);
        let through =
            if installed.chain.len() > 1 { format!("; it comes by {}", installed.told()) } else { String::new() };
        let content = [name.as_str(), advisory.id.as_str()];
        if advisory.is_malicious() {
            let message = format!("{name} {version} was made to do harm: {}{through}", advisory.id);
            let help = "Remove it, and replace every secret of the machines that installed it.";
            return MALICIOUS.finding(Severity::Error, place, &content, message, help);
        }
        let counts = installed.production || self.policy.development;
        let is_bad = advisory.severity.unwrap_or(advisory::Severity::High) >= threshold(self.policy.fail_from);
        let severity = if is_bad && counts { Severity::Error } else { Severity::Warning };
        let how_bad =
            advisory.severity.map_or_else(|| "of unknown severity".to_owned(), |severity| severity.to_string());
        let what = if advisory.summary.is_empty() { String::new() } else { format!(": {}", advisory.summary) };
        let only = if installed.production { "" } else { ", for development only" };
        let message = format!("{name} {version} is vulnerable ({}, {how_bad}{only}){what}{through}", advisory.id);
        let direct = installed.chain.first().map_or(name, |first| &first.name);
        let help = match &hit.fixed {
            Some(fixed) if installed.chain.len() > 1 => {
                format!("Update {direct} so that it brings {name} {fixed} or later, or override {name}.")
            }
            Some(fixed) => format!("Update {name} to {fixed} or later."),
            None => format!("No version mends it: replace {direct}, or waive it with a reason."),
        };
        VULNERABLE.finding(severity, place, &content, message, help)
    }

    /// Where the lockfile has the package, as each kind writes it.
    fn place(&self, name: &str, version: &str) -> Place {
        let written = [
            format!("{name}@{version}"),
            format!("/{name}/{version}"),
            format!("node_modules/{name}\""),
            format!("{name}@"),
        ];
        let first = written.iter().find(|written| self.text.contains(written.as_str()));
        first.map_or_else(|| Place::file(self.path), |written| place_of(self.path, self.text, written))
    }
}

fn threshold(level: Level) -> advisory::Severity {
    match level {
        Level::Low => advisory::Severity::Low,
        Level::Moderate => advisory::Severity::Moderate,
        Level::High => advisory::Severity::High,
        Level::Critical => advisory::Severity::Critical,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::GATE;
    use crate::built_in::testing::Repository;

    const POLICY: &str = "[release.dependencies]\nadvisories = \"osv\"\n";

    fn advisory(id: &str, name: &str, fixed: &str, severity: &str) -> String {
        json!({ "id": id, "summary": "A hole", "database_specific": { "severity": severity }, "affected": [
            { "package": { "ecosystem": "npm", "name": name },
              "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": fixed }] }] } ] })
        .to_string()
    }

    /// The workspace that a tool wrote, with these advisories.
    fn repository(tool: &str, advisories: &[String]) -> Repository {
        let folder = format!("{}/../../tests/fixtures/lockfiles/{tool}", env!("CARGO_MANIFEST_DIR"));
        let paths = [
            "package.json",
            "packages/web/package.json",
            "pnpm-lock.yaml",
            "pnpm-workspace.yaml",
            "package-lock.json",
            "yarn.lock",
            "bun.lock",
        ];
        let read = |path: &str| Some((path.to_owned(), std::fs::read_to_string(format!("{folder}/{path}")).ok()?));
        let mut files: Vec<(String, String)> = paths.into_iter().filter_map(read).collect();
        files.extend(advisories.iter().enumerate().map(|(index, text)| (format!("osv/{index}.json"), text.clone())));
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        Repository::with(&files)
    }

    #[test]
    fn a_vulnerable_package_is_told_at_its_line_with_its_chain() {
        let advisories = [
            advisory("GHSA-1", "lodash", "4.17.21", "HIGH"),
            advisory("GHSA-2", "ms", "2.1.0", "MODERATE"),
            advisory("GHSA-3", "minimist", "0.2.4", "CRITICAL"),
            advisory("GHSA-4", "other", "1.0.0", "CRITICAL"),
        ];
        let repository = repository("pnpm-9", &advisories).policy(POLICY);
        assert_eq!(
            repository.finds(&GATE),
            [
                "error dependency/vulnerable pnpm-lock.yaml:95: lodash 4.17.20 is vulnerable (GHSA-1, high): A hole",
                "warning dependency/vulnerable pnpm-lock.yaml:102: minimist 0.0.8 is vulnerable (GHSA-3, critical, for development only): A hole; it comes by mkdirp 0.5.1 → minimist 0.0.8",
                "warning dependency/vulnerable pnpm-lock.yaml:109: ms 2.0.0 is vulnerable (GHSA-2, moderate): A hole; it comes by send 0.16.2 → ms 2.0.0",
            ]
        );
        let outcome = repository.asks(&GATE).unwrap();
        assert_eq!(outcome.next.as_deref(), Some("Update lodash to 4.17.21 or later."));
        assert_eq!(outcome.findings[2].help, "Update send so that it brings ms 2.1.0 or later, or override ms.");
        let strict = repository.policy(&format!("{POLICY}fail_from = \"moderate\"\ndevelopment = true\n"));
        assert_eq!(
            strict.asks(&GATE).unwrap().findings.iter().filter(|one| one.severity == ops_core::Severity::Error).count(),
            3
        );
    }

    #[test]
    fn every_lockfile_leads_to_a_line() {
        for tool in ["pnpm-7", "pnpm-8", "npm-8", "npm-11", "yarn-1", "yarn-3", "yarn-4", "bun-1", "bun-2"] {
            let repository = repository(tool, &[advisory("GHSA-1", "lodash", "4.17.21", "HIGH")]).policy(POLICY);
            let found = repository.finds(&GATE);
            assert!(found[0].ends_with(": lodash 4.17.20 is vulnerable (GHSA-1, high): A hole"), "{tool}: {found:?}");
            assert!(!found[0].contains(":1: "), "{tool}: {found:?}");
        }
    }

    #[test]
    fn what_was_made_to_do_harm_is_an_error_in_development_too() {
        let harm = json!({ "id": "MAL-2026-1", "affected": [{ "package": { "ecosystem": "npm", "name": "minimist" }, "versions": ["0.0.8"] }] });
        let repository = repository("pnpm-9", &[harm.to_string()]).policy(POLICY);
        assert_eq!(
            repository.verdict(&GATE),
            "fail: pnpm-lock.yaml: minimist 0.0.8 was made to do harm: MAL-2026-1; it comes by mkdirp 0.5.1 → minimist 0.0.8"
        );
    }

    #[test]
    fn an_unknown_severity_counts_as_high_and_no_fix_is_said() {
        let open = json!({ "id": "GHSA-9", "affected": [{ "package": { "ecosystem": "npm", "name": "lodash" },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }] }] }] });
        let repository = repository("pnpm-9", &[open.to_string()]).policy(POLICY);
        assert_eq!(
            repository.verdict(&GATE),
            "fail: pnpm-lock.yaml: lodash 4.17.20 is vulnerable (GHSA-9, of unknown severity)"
        );
        assert_eq!(
            repository.asks(&GATE).unwrap().next.as_deref(),
            Some("No version mends it: replace lodash, or waive it with a reason.")
        );
    }

    #[test]
    fn a_clean_lockfile_passes_and_nothing_to_compare_is_unproven() {
        let clean = repository("pnpm-9", &[advisory("GHSA-1", "lodash", "4.0.0", "HIGH")]).policy(POLICY);
        assert_eq!(clean.verdict(&GATE), "pass: 24 packages against 1 advisory");
        let without = repository("pnpm-9", &[]);
        assert_eq!(without.verdict(&GATE), "unproven: no advisories were given to compare the lockfile with");
        let gone = without.policy(POLICY);
        assert_eq!(gone.verdict(&GATE), "unproven: osv cannot be read: No such file or directory (os error 2)");
        gone.folder.write("osv/README.md", "");
        assert_eq!(gone.verdict(&GATE), "unproven: osv holds no advisory of npm");
        gone.folder.write("osv/a.json", "{");
        assert_eq!(
            gone.verdict(&GATE),
            "unproven: a.json is no advisory of OSV: EOF while parsing an object at line 1 column 1"
        );
        assert_eq!(Repository::with(&[("package.json", "{}")]).verdict(&GATE), "not asked");
    }
}
