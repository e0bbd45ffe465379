//! Which package manager is meant, and of which version.

use ops_core::{Finding, Place, Severity};
use ops_dependencies::lockfile::Kind;

use crate::built_in::packages::PackageFile;

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

/// `packageManager` as corepack takes it: `pnpm@9.15.9`, perhaps with a hash behind `+`.
pub(super) fn manager(package: &PackageFile, kind: Kind, path: &str) -> Option<Finding> {
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
