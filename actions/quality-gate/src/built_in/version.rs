//! The version that is released is the version that the package says.

use std::collections::BTreeMap;

use ops_core::{Finding, Place, Severity};
use semver::Version;

use super::BuiltIn;
use super::packages::{self, PackageFile, Packages};
use super::rule::{judged, unknown};
use crate::outcome::Outcome;
use crate::situation::Situation;

pub(super) const GATE: BuiltIn = BuiltIn { id: "version", title: "The tag, the package and the trunk agree", check };

rule! {
    /// ## What it does
    /// Finds a `version` in a `package.json` that is no [SemVer](https://semver.org).
    ///
    /// ## Why is this bad
    /// Nobody, and no program, can tell whether it is newer than another, or whether it breaks what worked.
    ///
    /// ## Instead
    /// ```json
    /// // before
    /// { "version": "v1.2" }
    /// // after
    /// { "version": "1.2.0" }
    /// ```
    NOT_SEMVER: "release/version-not-semver", "A version that is no SemVer"
}

rule! {
    /// ## What it does
    /// On a build of a tag that names a version (`v1.2.0`, or as `[release] tag` says), finds that the version is not the one of the
    /// package. A tag such as `web@1.2.0`, by `tag = "{name}@{version}"`, is compared with that package of the workspace; `{name}`
    /// fits the name with and without its scope.
    ///
    /// ## Why is this bad
    /// What runs says another version than the tag that it was built from, so an incident is looked for in the wrong commit.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// git tag v1.3.0                         # package.json says 1.2.0
    /// # after
    /// npm version 1.3.0                      # writes package.json, commits, and tags v1.3.0
    /// ```
    MISMATCH: "release/tag-mismatch", "The tag is not the package's version"
}

rule! {
    /// ## What it does
    /// On a build of a tag, finds that its commit is not on the trunk (`main`, or as `[release] trunk` says).
    ///
    /// ## Why is this bad
    /// The release holds what no review brought to the trunk, and the next release from the trunk loses it again.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// git checkout feat/cart && git tag v1.3.0
    /// # after
    /// git checkout main && git merge --ff-only feat/cart && git tag v1.3.0
    /// ```
    OFF_TRUNK: "release/tag-off-trunk", "The tag is not on the trunk"
}

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let packages = match packages::read(situation) {
        Ok(packages) => packages,
        Err(reason) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
    };
    let versions: BTreeMap<&str, (&PackageFile, &str)> = (packages.own())
        .filter_map(|(folder, package)| Some((folder.as_str(), (package, package.manifest.version.as_deref()?))))
        .collect();
    let tag = situation.event.reference.strip_prefix("refs/tags/");
    let named = tag.and_then(|tag| Some((tag, parse(&situation.policy.release.tag, tag)?)));
    if versions.is_empty() && named.is_none() && packages.unreadable.is_empty() {
        return None;
    }
    let mut findings: Vec<Finding> =
        versions.values().filter_map(|(package, version)| semantic(package, version)).collect();
    let mut unread = packages.unreadable.clone();
    if let Some((tag, (name, version))) = &named {
        findings.extend(mismatch(&packages, tag, name.as_deref(), version));
        match on_trunk(situation, tag) {
            Ok(found) => findings.extend(found),
            Err(reason) => unread.push(reason),
        }
    }
    let good = match (&named, versions.get("")) {
        (Some((tag, _)), _) => format!("{tag} is the package's version, and on {}", situation.policy.release.trunk),
        (None, Some((_, version))) => format!("version {version}"),
        (None, None) => "every version is SemVer".to_owned(),
    };
    Some(judged(good, findings, &unread))
}

fn semantic(package: &PackageFile, version: &str) -> Option<Finding> {
    let error = Version::parse(version).err()?;
    let message = format!("the version `{version}` is no SemVer: {error}");
    let help = "Write three numbers, as in 1.2.0, perhaps with a pre-release behind, as in 1.2.0-rc.1.";
    Some(NOT_SEMVER.finding(Severity::Error, package.place("version"), &[version], message, help))
}

/// The name and the version that a tag says, where it is one of versions.
fn parse(pattern: &str, tag: &str) -> Option<(Option<String>, String)> {
    let (before, after) = pattern.split_once("{version}")?;
    let rest = tag.strip_suffix(after)?;
    let (name, version) = match before.split_once("{name}") {
        None => (None, rest.strip_prefix(before)?),
        Some((start, between)) => {
            let (name, version) = rest.strip_prefix(start)?.rsplit_once(between)?;
            (Some(name.to_owned()), version)
        }
    };
    // A tag that names none, such as `nightly`, is no release.
    version.starts_with(|first: char| first.is_ascii_digit()).then(|| (name, version.to_owned()))
}

fn mismatch(packages: &Packages, tag: &str, name: Option<&str>, version: &str) -> Option<Finding> {
    let is_it = |package: &&PackageFile| {
        let own = package.manifest.name.as_deref().unwrap_or_default();
        name.is_none_or(|name| own == name || own.rsplit_once('/').is_some_and(|(_, plain)| plain == name))
    };
    let package = match name {
        None => packages.files.get(""),
        Some(_) => packages.files.values().find(is_it),
    };
    let Some(package) = package else {
        let which = name.map_or_else(|| "package.json".to_owned(), |name| format!("package called {name}"));
        let message = format!("the tag {tag} says {version}, and there is no {which}");
        let help = "Tag what is there, or say in `[release] tag` how tags are named.";
        return Some(MISMATCH.finding(Severity::Error, Place::file("package.json"), &[tag], message, help));
    };
    let said = package.manifest.version.as_deref().unwrap_or("no version");
    if said == version {
        return None;
    }
    let message = format!("the tag {tag} says {version}, and {} says {said}", package.path);
    let help = format!("Set the version in {} to {version} and tag that commit, or remove the tag.", package.path);
    Some(MISMATCH.finding(Severity::Error, package.place("version"), &[tag], message, help))
}

fn on_trunk(situation: &Situation<'_>, tag: &str) -> Result<Option<Finding>, String> {
    let git = situation.git()?;
    let trunk = situation.policy.release.trunk.as_str();
    let here = [format!("refs/remotes/origin/{trunk}"), format!("refs/heads/{trunk}")];
    let Some(trunk_commit) = here.iter().find_map(|name| git.commit(name).ok()) else {
        return Err(format!(
            "this clone does not hold {trunk}, so nobody can tell whether {tag} is on it; fetch it, or check out with `fetch-depth: 0`"
        ));
    };
    let head = git.commit("HEAD")?;
    let both = git.text(&["rev-list", "--max-count=1", &head, "--not", &trunk_commit])?;
    if both.trim().is_empty() {
        return Ok(None);
    }
    if git.is_shallow()? {
        return Err(format!(
            "this clone holds a part of the history only, so nobody can tell whether {tag} is on {trunk}; check out with `fetch-depth: 0`"
        ));
    }
    let message = format!("{tag} is not on {trunk}");
    let help = format!("Bring the commit to {trunk} by a pull request, and tag it there.");
    Ok(Some(OFF_TRUNK.finding(Severity::Error, Place::file("package.json"), &[tag], message, help)))
}

#[cfg(test)]
mod tests {
    use super::{GATE, parse};
    use crate::built_in::testing::Repository;

    fn tagged(version: &str, tag: &str) -> Repository {
        let package = format!("{{\n  \"name\": \"shop\",\n  \"version\": \"{version}\"\n}}\n");
        let mut repository = Repository::with(&[("package.json", &package)]);
        repository.event.reference = tag.to_owned();
        repository
    }

    #[test]
    fn a_version_is_three_numbers() {
        assert_eq!(tagged("1.2.0-rc.1", "").verdict(&GATE), "pass: version 1.2.0-rc.1");
        for wrong in ["1.2", "v1.2.0", "01.2.0"] {
            let found = tagged(wrong, "").finds(&GATE);
            assert!(
                found[0].starts_with(&format!(
                    "error release/version-not-semver package.json:3: the version `{wrong}` is no SemVer: "
                )),
                "{found:?}"
            );
        }
        assert_eq!(Repository::with(&[("package.json", "{}")]).verdict(&GATE), "not asked");
    }

    #[test]
    fn a_tag_is_compared_with_the_package() {
        assert_eq!(
            tagged("1.2.0", "refs/tags/v1.2.0").verdict(&GATE),
            "pass: v1.2.0 is the package's version, and on main"
        );
        let repository = tagged("1.2.0", "refs/tags/v1.3.0");
        assert_eq!(
            repository.finds(&GATE),
            ["error release/tag-mismatch package.json:3: the tag v1.3.0 says 1.3.0, and package.json says 1.2.0"]
        );
        assert_eq!(tagged("1.2.0", "refs/tags/nightly").verdict(&GATE), "pass: version 1.2.0");
        assert_eq!(tagged("1.2.0", "refs/heads/v1.3.0").verdict(&GATE), "pass: version 1.2.0");
    }

    #[test]
    fn a_package_of_a_workspace_is_found_by_its_name() {
        let policy = "[release]\ntag = \"{name}@{version}\"\n";
        let web = ("packages/web/package.json", "{ \"name\": \"@shop/web\", \"version\": \"2.0.0\" }");
        let ask = |tag: &str| {
            let mut repository = Repository::with(&[("package.json", "{ \"name\": \"shop\" }"), web]).policy(policy);
            repository.event.reference = format!("refs/tags/{tag}");
            repository.finds(&GATE)
        };
        assert_eq!(ask("@shop/web@2.0.0"), [""; 0]);
        assert_eq!(ask("web@2.0.0"), [""; 0]);
        assert_eq!(
            ask("web@2.1.0"),
            [
                "error release/tag-mismatch packages/web/package.json:1: the tag web@2.1.0 says 2.1.0, and packages/web/package.json says 2.0.0"
            ]
        );
        assert_eq!(
            ask("api@1.0.0"),
            [
                "error release/tag-mismatch package.json:1: the tag api@1.0.0 says 1.0.0, and there is no package called api"
            ]
        );
    }

    #[test]
    fn a_tag_stands_on_the_trunk() {
        let repository = tagged("1.2.0", "refs/tags/v1.2.0");
        repository.folder.git(&["checkout", "--quiet", "-b", "feat/x"]);
        let repository = repository.change("More", &[("a.ts", "1")]);
        assert_eq!(repository.finds(&GATE), ["error release/tag-off-trunk package.json:1: v1.2.0 is not on main"]);
        repository.folder.git(&["branch", "--quiet", "-D", "main"]);
        assert_eq!(
            repository.verdict(&GATE),
            "unproven: this clone does not hold main, so nobody can tell whether v1.2.0 is on it; fetch it, or check out with `fetch-depth: 0`"
        );
    }

    #[test]
    fn tags_are_read_by_the_pattern() {
        let told = |pattern, tag| parse(pattern, tag).map(|(name, version)| (name.unwrap_or_default(), version));
        let some = |name: &str, version: &str| Some((name.to_owned(), version.to_owned()));
        assert_eq!(told("v{version}", "v1.0.0"), some("", "1.0.0"));
        assert_eq!(told("v{version}", "version"), None);
        assert_eq!(told("{name}-v{version}", "a-b-v1.0.0-rc"), some("a-b", "1.0.0-rc"));
        assert_eq!(told("release", "release"), None);
    }
}
