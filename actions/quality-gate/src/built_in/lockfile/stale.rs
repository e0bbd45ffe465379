//! A lockfile that is for other manifests than those that are there.

use ops_core::{Finding, Place, Severity};
use ops_dependencies::lockfile::{Drift, Kind, Mismatch};

use crate::built_in::packages::Packages;
use crate::situation::join;

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

pub(super) fn stale(packages: &Packages, folder: &str, path: &str, kind: Kind, drift: &Drift) -> Finding {
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
