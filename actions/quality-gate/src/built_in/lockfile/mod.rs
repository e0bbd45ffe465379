//! What is installed is what was reviewed: one lockfile, in step with its manifests.

pub(super) mod manager;
pub(super) mod missing;
pub(super) mod only;
mod read;
pub(super) mod stale;

use std::collections::{BTreeMap, BTreeSet};

use ops_core::{Finding, Place, Severity};
use ops_dependencies::Manifest;
use ops_dependencies::lockfile::{Kind, Lockfile, Source};

pub(super) use read::read;

use super::BuiltIn;
use super::packages::{self, Packages, is_apart};
use super::rule::{count, judged, unknown};
use crate::outcome::Outcome;
use crate::situation::{Situation, file_name, folder, join};

/// The names of lockfiles, by folder.
type Folders = BTreeMap<String, BTreeSet<String>>;

pub(super) const GATE: BuiltIn = BuiltIn { id: "lockfile", title: "What is installed is what was reviewed", check };

rule! {
    /// ## What it does
    /// Finds lockfiles of several package managers in one folder, and a lockfile in a package of a workspace whose root has one.
    ///
    /// ## Why is this bad
    /// Only one of them is read. The other gets stale and still looks like the truth, to people and to scanners.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// ls                                # package-lock.json  pnpm-lock.yaml
    /// # after
    /// git rm package-lock.json          # and pin the one that is left: "packageManager": "pnpm@9.15.9"
    /// ```
    SEVERAL: "repository/lockfile-several", "More than one lockfile"
}

rule! {
    /// ## What it does
    /// Finds packages in the lockfile that come from a server and have no integrity. Packages from git are pinned by their commit.
    ///
    /// ## Why is this bad
    /// Whoever controls the server, or stands between, decides what is installed.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// grep -A2 '"node_modules/left"' package-lock.json    # "version" and "resolved", no "integrity"
    /// # after
    /// npm uninstall left && npm install left              # written anew, with its integrity
    /// ```
    INTEGRITY: "dependency/no-integrity", "A package without an integrity"
}

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let packages = match packages::read(situation) {
        Ok(packages) => packages,
        Err(reason) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
    };
    if packages.own().next().is_none() && packages.unreadable.is_empty() {
        return None;
    }
    let mut looked = Looked { unknown: packages.unreadable.clone(), ..Looked::default() };
    let folders = lockfiles(situation);
    for (folder, names) in &folders {
        looked.folder(situation, &packages, &folders, folder, names);
    }
    for (folder, package) in packages.own() {
        if !package.manifest.wants.is_empty() && !upwards(folder).any(|above| folders.contains_key(above)) {
            looked.findings.push(missing::missing(situation, folder, package));
        }
    }
    looked.findings.extend(only::only_the_lockfile(situation, &folders));
    let good = format!("{} in step, {}", count(looked.files, "lockfile"), count(looked.packages, "package"));
    let outcome = judged(good, looked.findings, &looked.unknown);
    Some(outcome.with("packages", looked.packages as u64))
}

/// The lockfiles that are tracked.
pub(super) fn lockfiles(situation: &Situation<'_>) -> Folders {
    let mut folders = Folders::new();
    for path in situation.files().into_iter().flatten().filter(|path| is_lockfile(path)) {
        folders.entry(folder(path).to_owned()).or_default().insert(file_name(path).to_owned());
    }
    folders
}

/// Whether a path is that of a lockfile by which something is installed.
pub(super) fn is_lockfile(path: &str) -> bool {
    let name = file_name(path);
    !is_apart(path) && (Kind::of_file(name).is_some() || name == BINARY)
}

/// The older, binary lockfile of bun.
const BINARY: &str = "bun.lockb";

fn upwards(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |below| {
        (!below.is_empty()).then(|| below.rsplit_once('/').map_or("", |(above, _)| above))
    })
}

#[derive(Default)]
struct Looked {
    findings: Vec<Finding>,
    unknown: Vec<String>,
    files: usize,
    packages: usize,
}

impl Looked {
    fn folder(
        &mut self,
        situation: &Situation<'_>,
        packages: &Packages,
        folders: &Folders,
        folder: &str,
        names: &BTreeSet<String>,
    ) {
        let Some(name) = names.first() else { return };
        let path = join(folder, name);
        if names.len() > 1 && *names != BTreeSet::from(["bun.lock".to_owned(), BINARY.to_owned()]) {
            let all: Vec<&str> = names.iter().map(String::as_str).collect();
            let place = if folder.is_empty() { "the root".to_owned() } else { folder.to_owned() };
            self.findings.push(SEVERAL.finding(
                Severity::Error,
                Place::file(path),
                &all,
                format!("{} stand together in {place}", all.join(" and ")),
                "Keep the one that your package manager reads, and remove the others.",
            ));
            return;
        }
        let above = upwards(folder).skip(1).find(|above| folders.contains_key(*above));
        if let Some(above) = above.filter(|above| read::is_member(situation, packages, above, folder)) {
            let root = join(above, folders.get(above).and_then(BTreeSet::first).map_or("", String::as_str));
            self.findings.push(SEVERAL.finding(
                Severity::Warning,
                Place::file(path.clone()),
                &[],
                format!("{path} is not read: {root} is the lockfile of the workspace that {folder} belongs to"),
                format!("Remove {path}."),
            ));
            return;
        }
        let Some(kind) = Kind::of_file(name) else {
            self.unknown.push(format!("{path} is binary and is not read here; bun writes bun.lock instead with `bun install --save-text-lockfile --lockfile-only`"));
            return;
        };
        match read(situation, packages, folder, name, kind) {
            Ok((lockfile, manifests)) => self.compare(packages, folder, &path, &lockfile, &manifests),
            Err(reason) => self.unknown.push(reason),
        }
    }

    fn compare(
        &mut self,
        packages: &Packages,
        folder: &str,
        path: &str,
        lockfile: &Lockfile,
        manifests: &BTreeMap<String, Manifest>,
    ) {
        self.files += 1;
        self.packages += lockfile.packages.iter().filter(|one| one.source != Source::Local).count();
        for drift in lockfile.drift(manifests) {
            self.findings.push(stale::stale(packages, folder, path, lockfile.kind, &drift));
        }
        if let Some(package) = packages.files.get(folder) {
            self.findings.extend(manager::manager(package, lockfile.kind, path));
        }
        let bare = lockfile.packages.iter().filter(|one| one.source == Source::Archive && !one.has_integrity);
        self.findings.extend(bare.map(|one| {
            INTEGRITY.finding(
                Severity::Warning,
                Place::file(path),
                &[&one.name, &one.version],
                format!("{} {} has no integrity", one.name, one.version),
                format!("Remove it and add it again, or write {path} anew."),
            )
        }));
    }
}

#[cfg(test)]
mod tests;
