//! Dependencies that no lockfile covers.

use ops_core::{Finding, Place, Severity};
use ops_dependencies::lockfile::Kind;

use crate::built_in::packages::PackageFile;
use crate::situation::{Situation, join};

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

pub(super) fn missing(situation: &Situation<'_>, folder: &str, package: &PackageFile) -> Finding {
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
