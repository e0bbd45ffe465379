//! What is installed is what was reviewed: one lockfile, in step with its manifests.

use std::collections::{BTreeMap, BTreeSet};

use ops_core::{Finding, Place, Severity};
use ops_dependencies::lockfile::{Drift, Kind, Lockfile, Mismatch, Source};
use ops_dependencies::{Manifest, workspace};

use super::BuiltIn;
use super::packages::{self, PackageFile, Packages, is_apart};
use super::rule::{count, judged, unknown};
use crate::outcome::Outcome;
use crate::situation::{Situation, file_name, folder, join};

pub(super) const GATE: BuiltIn = BuiltIn { id: "lockfile", title: "What is installed is what was reviewed", check };

rule! {
    /// ## What it does
    /// Finds a `package.json` with dependencies that no lockfile in its folder or above covers, or whose lockfile is not tracked by
    /// git.
    ///
    /// ## Why is this bad
    /// Each installation takes whatever is newest. What was tested is not what is deployed, and nobody reviewed it.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// echo pnpm-lock.yaml >> .gitignore
    /// # after
    /// pnpm install && git add pnpm-lock.yaml
    /// ```
    MISSING: "repository/lockfile-missing", "Dependencies without a lockfile"
}

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
    /// Compares what each `package.json` of the workspace wants with what the lockfile says that it wants: names, ranges, groups and
    /// projects. Reads `pnpm-lock.yaml` (5 to 9), `package-lock.json` (1 to 3), `yarn.lock` (1 and later) and `bun.lock`. Names
    /// in `overrides` or `resolutions` are passed over.
    ///
    /// ## Why is this bad
    /// An installation with the frozen lockfile fails, and one without it installs what nobody reviewed.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// sed -i 's/"zod": "3.22.0"/"zod": "3.23.0"/' package.json
    /// # after
    /// pnpm add zod@3.23.0               # changes package.json and pnpm-lock.yaml together
    /// ```
    STALE: "repository/lockfile-stale", "The lockfile is not in step"
}

rule! {
    /// ## What it does
    /// Finds a root `package.json` whose `packageManager` names another program than the lockfile's, or no exact version, and one
    /// of pnpm or yarn without the field.
    ///
    /// ## Why is this bad
    /// Another version of the package manager resolves, or even reads, the same lockfile in another way.
    ///
    /// ## Instead
    /// ```json
    /// // before
    /// { "packageManager": "pnpm@9" }
    /// // after
    /// { "packageManager": "pnpm@9.15.9" }
    /// ```
    MANAGER: "repository/package-manager", "The package manager is not pinned"
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

rule! {
    /// ## What it does
    /// Notes a change of the lockfile without a change of any `package.json`.
    ///
    /// ## Why is this bad
    /// It is right after an update of what dependencies depend on. It is also how a foreign address gets into a lockfile, in lines
    /// that nobody reads: such a change deserves a look.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// git commit -m "Fix typo" pnpm-lock.yaml
    /// # after
    /// git commit -m "Update what express depends on" pnpm-lock.yaml    # on a branch of its own
    /// ```
    ONLY: "dependency/lockfile-only", "Only the lockfile changed"
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
            looked.findings.push(missing(situation, folder, package));
        }
    }
    looked.only_the_lockfile(situation, &folders);
    let good = format!("{} in step, {}", count(looked.files, "lockfile"), count(looked.packages, "package"));
    let outcome = judged(good, looked.findings, &looked.unknown);
    Some(outcome.with("packages", looked.packages as u64))
}

/// The tracked lockfiles, by folder.
pub(super) fn lockfiles(situation: &Situation<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let mut folders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in situation.files().into_iter().flatten().filter(|path| !is_apart(path)) {
        let name = file_name(path);
        if Kind::of_file(name).is_some() || name == BINARY {
            folders.entry(folder(path).to_owned()).or_default().insert(name.to_owned());
        }
    }
    folders
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
        folders: &BTreeMap<String, BTreeSet<String>>,
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
        if let Some(above) = above.filter(|above| is_member(situation, packages, above, folder)) {
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
            self.findings.push(stale(packages, folder, path, lockfile.kind, &drift));
        }
        if let Some(package) = packages.files.get(folder) {
            self.findings.extend(manager(package, lockfile.kind, path));
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

    fn only_the_lockfile(&mut self, situation: &Situation<'_>, folders: &BTreeMap<String, BTreeSet<String>>) {
        const SETTINGS: [&str; 4] = ["package.json", "pnpm-workspace.yaml", ".npmrc", ".yarnrc.yml"];
        // Where the change is not known, there is nothing to note.
        let Ok(changed) = situation.changed() else { return };
        if changed.keys().any(|path| SETTINGS.contains(&file_name(path))) {
            return;
        }
        let paths = folders.iter().flat_map(|(folder, names)| names.iter().map(|name| join(folder, name)));
        self.findings.extend(paths.filter(|path| changed.contains_key(path)).map(|path| {
            let message = format!("{path} changed, and no package.json did");
            let help = "Say in the pull request which command changed it.";
            ONLY.finding(Severity::Note, Place::file(path), &[], message, help)
        }));
    }
}

/// Reads the lockfile of a folder with the manifests of its workspace.
pub(super) fn read(
    situation: &Situation<'_>,
    packages: &Packages,
    folder: &str,
    name: &str,
    kind: Kind,
) -> Result<(Lockfile, BTreeMap<String, Manifest>), String> {
    let path = join(folder, name);
    let (patterns, overridden) = patterns(situation, packages, folder)?;
    let below = |other: &str| {
        let rest = other.strip_prefix(folder)?;
        if folder.is_empty() || rest.is_empty() {
            Some(rest.to_owned())
        } else {
            Some(rest.strip_prefix('/')?.to_owned())
        }
    };
    let members = packages.files.iter().filter_map(|(other, package)| Some((below(other)?, package)));
    let members = members.filter(|(place, _)| workspace::is_member(&patterns, place));
    let mut manifests: BTreeMap<String, Manifest> =
        members.map(|(place, package)| (place, package.manifest.clone())).collect();
    if let Some(root) = manifests.get_mut("") {
        root.overridden.extend(overridden);
    }
    let text = situation.read(&path)?;
    let lockfile = Lockfile::read(kind, &text, &manifests).map_err(|error| format!("{path} {error}"))?;
    Ok((lockfile, manifests))
}

/// The patterns of the workspace whose root is `folder`, and the names that it overrides.
fn patterns(
    situation: &Situation<'_>,
    packages: &Packages,
    folder: &str,
) -> Result<(Vec<String>, Vec<String>), String> {
    let path = join(folder, "pnpm-workspace.yaml");
    let is_there = situation.files()?.contains(&path);
    let text = if is_there { Some(situation.read(&path)?) } else { None };
    let told = |error| format!("{path} {error}");
    let none = Manifest::default();
    let root = packages.files.get(folder).map_or(&none, |package| &package.manifest);
    let patterns = workspace::patterns(root, text.as_deref()).map_err(told)?;
    let overridden = text.as_deref().map(workspace::pnpm_overrides).transpose().map_err(told)?;
    Ok((patterns, overridden.unwrap_or_default()))
}

fn is_member(situation: &Situation<'_>, packages: &Packages, above: &str, folder: &str) -> bool {
    let place = folder.strip_prefix(above).unwrap_or(folder).trim_start_matches('/');
    patterns(situation, packages, above).is_ok_and(|(patterns, _)| workspace::is_member(&patterns, place))
}

fn missing(situation: &Situation<'_>, folder: &str, package: &PackageFile) -> Finding {
    let mut names = Kind::FILES.into_iter().map(|(name, _)| join(folder, name));
    let (message, help) = match names.find(|path| situation.root.join(path).is_file()) {
        Some(path) => {
            (format!("{path} is not tracked by git"), format!("Take it out of .gitignore, and `git add {path}`."))
        }
        None => {
            let message = format!("{} has dependencies, and there is no lockfile", package.path);
            (message, "Install once, and commit the lockfile that your package manager writes.".to_owned())
        }
    };
    MISSING.finding(Severity::Error, Place::file(package.path.as_str()), &[], message, help)
}

fn stale(packages: &Packages, folder: &str, path: &str, kind: Kind, drift: &Drift) -> Finding {
    let project = if drift.folder.is_empty() { folder.to_owned() } else { join(folder, &drift.folder) };
    let manifest = join(&project, "package.json");
    let place =
        |name: &str| packages.files.get(&project).map_or_else(|| Place::file(path), |package| package.place(name));
    let (name, message) = match &drift.mismatch {
        Mismatch::NewProject => ("", format!("{path} does not know {manifest}")),
        Mismatch::GoneProject => ("", format!("{path} knows {manifest}, which is not there or not of the workspace")),
        Mismatch::Missing { name, specifier } => (name.as_str(), format!("{path} does not know {name} {specifier}")),
        Mismatch::Leftover { name } => (name.as_str(), format!("{path} has {name}, which {manifest} does not want")),
        Mismatch::Changed { name, manifest: wanted, lockfile } => {
            (name.as_str(), format!("{manifest} wants {name} {wanted}, and {path} is for {lockfile}"))
        }
        Mismatch::Moved { name, manifest: now, lockfile: then } => {
            (name.as_str(), format!("{name} is in {}, and {path} has it in {}", now.key(), then.key()))
        }
    };
    let place = if name.is_empty() { Place::file(path) } else { place(name) };
    STALE.finding(Severity::Error, place, &[name], message, format!("Run `{}`, and commit {path}.", kind.renew()))
}

/// `packageManager` as corepack takes it: `pnpm@9.15.9`, perhaps with a hash behind `+`.
fn manager(package: &PackageFile, kind: Kind, path: &str) -> Option<Finding> {
    let wanted = kind.word();
    let help = format!("Write \"packageManager\": \"{wanted}@<version>\" with the exact version that you use.");
    let Some(said) = &package.manifest.package_manager else {
        let message = format!("{} does not say which version of {wanted} it is for", package.path);
        // npm comes with node, and bun is not started by corepack.
        let needs = matches!(kind, Kind::Pnpm | Kind::Yarn);
        return needs
            .then(|| MANAGER.finding(Severity::Warning, Place::file(package.path.as_str()), &[], message, help));
    };
    let (name, version) = said.split_once('@').unwrap_or((said, ""));
    let message = if name != wanted {
        format!("{} says {said}, and {path} is {wanted}'s", package.path)
    } else if semver::Version::parse(version).is_err() {
        format!("{} says {said}, which is no exact version", package.path)
    } else {
        return None;
    };
    Some(MANAGER.finding(Severity::Error, package.place("packageManager"), &[said], message, help))
}

#[cfg(test)]
mod tests {
    use super::GATE;
    use crate::built_in::testing::Repository;

    fn fixture(path: &str) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/lockfiles/");
        std::fs::read_to_string(format!("{folder}{path}")).unwrap()
    }

    /// The workspace that pnpm 9 wrote, with a manifest that is pinned.
    fn workspace(root: &str) -> Repository {
        let read = |path: &str| fixture(&format!("pnpm-9/{path}"));
        Repository::with(&[
            ("package.json", root),
            ("packages/web/package.json", &read("packages/web/package.json")),
            ("pnpm-lock.yaml", &read("pnpm-lock.yaml")),
            ("pnpm-workspace.yaml", &read("pnpm-workspace.yaml")),
        ])
    }

    fn root() -> String {
        fixture("pnpm-9/package.json").replacen('{', "{\n  \"packageManager\": \"pnpm@9.15.9\",", 1)
    }

    #[test]
    fn a_workspace_in_step_passes() {
        let repository = workspace(&root());
        assert_eq!(repository.finds(&GATE), [""; 0]);
        assert_eq!(repository.verdict(&GATE), "pass: 1 lockfile in step, 24 packages");
    }

    #[test]
    fn without_a_manifest_nothing_is_asked() {
        assert_eq!(Repository::with(&[("a.txt", "")]).verdict(&GATE), "not asked");
    }

    #[test]
    fn every_difference_is_told_at_its_line() {
        let changed = root().replace("\"debug\": \"^4.3.0\"", "\"debug\": \"^5.0.0\", \"zod\": \"^3.0.0\"");
        let repository = workspace(&changed.replace("\"mkdirp\": \"0.5.1\"", ""));
        assert_eq!(
            repository.finds(&GATE),
            [
                "error repository/lockfile-stale package.json:1: pnpm-lock.yaml has mkdirp, which package.json does not want",
                "error repository/lockfile-stale package.json:6: package.json wants debug ^5.0.0, and pnpm-lock.yaml is for ^4.3.0",
                "error repository/lockfile-stale package.json:6: pnpm-lock.yaml does not know zod ^3.0.0",
            ]
        );
        let outcome = repository.asks(&GATE).unwrap();
        assert_eq!(outcome.next.as_deref(), Some("Run `pnpm install --lockfile-only`, and commit pnpm-lock.yaml."));
    }

    #[test]
    fn an_example_may_belong_to_the_workspace_and_is_left_alone_otherwise() {
        let lockfile = r#"{ "lockfileVersion": 3, "packages": { "": {}, "examples/a": { "dependencies": { "a": "1.0.0" } },
            "node_modules/a": { "version": "1.0.0", "integrity": "sha512-x" } } }"#;
        let example = ("examples/a/package.json", r#"{ "dependencies": { "a": "1.0.0" } }"#);
        let root = r#"{ "workspaces": ["examples/*"] }"#;
        let member = Repository::with(&[("package.json", root), example, ("package-lock.json", lockfile)]);
        assert_eq!(member.verdict(&GATE), "pass: 1 lockfile in step, 1 package");
        let apart = Repository::with(&[("package.json", "{}"), example, ("examples/b/package.json", "{")]);
        assert_eq!(apart.verdict(&GATE), "pass: 0 lockfiles in step, 0 packages");
    }

    #[test]
    fn no_lockfile_and_one_that_is_ignored_are_told() {
        let package = r#"{ "dependencies": { "zod": "3.0.0" } }"#;
        let repository = Repository::with(&[("package.json", package)]);
        assert_eq!(
            repository.verdict(&GATE),
            "fail: package.json: package.json has dependencies, and there is no lockfile"
        );
        let repository = Repository::with(&[("package.json", package), (".gitignore", "*lock*\n"), ("bun.lock", "{}")]);
        assert_eq!(
            repository.finds(&GATE),
            ["error repository/lockfile-missing package.json:1: bun.lock is not tracked by git"]
        );
    }

    #[test]
    fn two_lockfiles_are_one_too_many() {
        let repository = workspace(&root()).change("Use npm", &[("package-lock.json", "{}")]);
        let expected = [
            "error repository/lockfile-several package-lock.json:1: package-lock.json and pnpm-lock.yaml stand together in the root",
        ];
        let found = repository.finds(&GATE);
        assert_eq!(found[..1], expected);
        let nested = workspace(&root()).change("Install there", &[("packages/web/package-lock.json", "{}")]);
        assert_eq!(
            nested.finds(&GATE)[0],
            "warning repository/lockfile-several packages/web/package-lock.json:1: packages/web/package-lock.json is not read: pnpm-lock.yaml is the lockfile of the workspace that packages/web belongs to"
        );
    }

    #[test]
    fn what_cannot_be_read_is_unproven() {
        let package = r#"{ "packageManager": "bun@1.3.1", "dependencies": { "zod": "3.0.0" } }"#;
        let verdict = |files: &[(&str, &str)]| Repository::with(files).verdict(&GATE);
        assert_eq!(
            verdict(&[("package.json", package), ("bun.lockb", "\0")]),
            "unproven: bun.lockb is binary and is not read here; bun writes bun.lock instead with `bun install --save-text-lockfile --lockfile-only`"
        );
        assert_eq!(
            verdict(&[("package.json", package), ("bun.lock", r#"{ "lockfileVersion": 7 }"#)]),
            "unproven: bun.lock is of version 7, which is not known here"
        );
        assert_eq!(
            verdict(&[("package.json", "{"), ("bun.lock", r#"{ "lockfileVersion": 1, "workspaces": {} }"#)]),
            "unproven: package.json is not JSON: EOF while parsing an object at line 1 column 1"
        );
    }

    #[test]
    fn the_package_manager_is_pinned_to_a_version() {
        let said = |line: &str| workspace(&root().replace("\"packageManager\": \"pnpm@9.15.9\",", line)).finds(&GATE);
        assert_eq!(
            said(""),
            [
                "warning repository/package-manager package.json:1: package.json does not say which version of pnpm it is for"
            ]
        );
        assert_eq!(
            said("\"packageManager\": \"pnpm@9\","),
            ["error repository/package-manager package.json:2: package.json says pnpm@9, which is no exact version"]
        );
        assert_eq!(
            said("\"packageManager\": \"yarn@4.10.3\","),
            [
                "error repository/package-manager package.json:2: package.json says yarn@4.10.3, and pnpm-lock.yaml is pnpm's"
            ]
        );
        assert_eq!(said("\"packageManager\": \"pnpm@9.15.9+sha512.0123abcd\","), [""; 0]);
    }

    #[test]
    fn a_package_without_integrity_is_a_warning() {
        let package = r#"{ "dependencies": { "a": "1.0.0" } }"#;
        let lockfile = r#"{ "lockfileVersion": 3, "packages": { "": { "dependencies": { "a": "1.0.0" } },
            "node_modules/a": { "version": "1.0.0", "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz" } } }"#;
        let repository = Repository::with(&[("package.json", package), ("package-lock.json", lockfile)]);
        assert_eq!(
            repository.finds(&GATE),
            ["warning dependency/no-integrity package-lock.json:1: a 1.0.0 has no integrity"]
        );
        assert_eq!(repository.verdict(&GATE), "pass: 1 lockfile in step, 1 package; 1 warning");
    }

    #[test]
    fn a_change_of_the_lockfile_alone_is_noted() {
        let text = fixture("pnpm-9/pnpm-lock.yaml") + "\n";
        let repository = workspace(&root()).change("Update", &[("pnpm-lock.yaml", &text)]);
        let expected =
            ["note dependency/lockfile-only pnpm-lock.yaml:1: pnpm-lock.yaml changed, and no package.json did"];
        assert_eq!(repository.finds(&GATE), expected);
        let both = repository.change("Update", &[("package.json", &(root() + "\n"))]);
        assert_eq!(both.finds(&GATE), [""; 0]);
    }
}
