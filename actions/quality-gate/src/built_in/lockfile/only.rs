//! A change of the lockfile alone.

use ops_core::{Finding, Place, Severity};

use super::Folders;
use crate::situation::{Situation, file_name, join};

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

pub(super) fn only_the_lockfile(situation: &Situation<'_>, folders: &Folders) -> Vec<Finding> {
    const SETTINGS: [&str; 4] = ["package.json", "pnpm-workspace.yaml", ".npmrc", ".yarnrc.yml"];
    // Where the change is not known, there is nothing to note.
    let Ok(changed) = situation.changed() else { return Vec::new() };
    if changed.keys().any(|path| SETTINGS.contains(&file_name(path))) {
        return Vec::new();
    }
    let paths = folders.iter().flat_map(|(folder, names)| names.iter().map(|name| join(folder, name)));
    let paths = paths.filter(|path| changed.contains_key(path));
    paths
        .map(|path| {
            let message = format!("{path} changed, and no package.json did");
            let help = "Say in the pull request which command changed it.";
            ONLY.finding(Severity::Note, Place::file(path), &[], message, help)
        })
        .collect()
}
