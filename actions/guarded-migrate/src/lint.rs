//! `lint`: hazards in migration files, without a database. Works on a fork's pull request.

use ops_core::fingerprint::of_content;
use ops_core::git::Git;
use ops_core::words::count;
use ops_core::{Check, Finding, Place, Severity, Verdict};
use ops_database::DatabaseUrl;

use crate::checks;
use crate::files::{Files, NEVER_RUNS};
use crate::observe;
use crate::situation::{Inputs, Situation};
use crate::told::Told;

const CHANGES: &str = "changes";

/// The files that a change touches, relative to the root.
struct Changes {
    added: Vec<String>,
    /// Changed or deleted, though they were merged before.
    altered: Vec<String>,
}

/// Examines the files that changed since `base`; all of them where there is none. `url` tells the engine and nothing else.
pub(crate) fn lint(inputs: &Inputs, files: &Files, url: Option<&DatabaseUrl>, base: Option<&str>) -> Told {
    let changes = base.map(|base| changes(inputs, files, base)).transpose();
    let mut situation = Situation { url, ..Situation::of_files(inputs, files) };
    let told = |situation: &mut Situation<'_>, first: Check| {
        observe::examine(situation);
        let mut checks = vec![first];
        checks.extend(checks::ask(checks::LINT, situation));
        Told::of_situation(situation, checks)
    };
    let mut told = match changes {
        Err(reason) => {
            let next = "run in a checkout with enough history (fetch-depth: 0), or name another commit with --base";
            told(&mut situation, Check::unproven(CHANGES, format!("what changed is not known: {reason}"), next))
        }
        Ok(None) => {
            let check = Check::pass(CHANGES, format!("{}, all there are", count(files.migrations.len(), "file")));
            told(&mut situation, check)
        }
        Ok(Some(changes)) => {
            situation.standings.retain(|standing| {
                standing
                    .path
                    .as_ref()
                    .is_some_and(|path| changes.added.contains(path) || changes.altered.contains(path))
            });
            let mut told = told(&mut situation, merged_files(&changes));
            told.findings.retain(|finding| &*finding.rule != NEVER_RUNS || changes.added.contains(&finding.place.path));
            told.findings.extend(changes.altered.iter().map(|path| altered(path)));
            told
        }
    };
    let count = told.pending.len();
    told.headline = match told.verdict {
        Verdict::Pass => format!("{count} files, nothing in the way"),
        Verdict::Fail => "would be refused".to_owned(),
        Verdict::Unproven => "cannot be proven".to_owned(),
    };
    told
}

fn merged_files(changes: &Changes) -> Check {
    if changes.altered.is_empty() {
        return Check::pass(
            CHANGES,
            format!("{} files added, none that was merged before is altered", changes.added.len()),
        );
    }
    Check::fail(
        CHANGES,
        format!("merged before, and altered here: {}", changes.altered.join(", ")),
        "put the old bytes back, and write a new migration",
    )
}

fn altered(path: &str) -> Finding {
    Finding {
        rule: "migration/edited".into(),
        severity: Severity::Error,
        message: "this migration was merged before, so it may have run somewhere with its old bytes".to_owned(),
        help: "put the old bytes back, and write a new migration".to_owned(),
        place: Place::file(path),
        fingerprint: of_content(&["migration/edited", path]),
        waived_by: None,
    }
}

/// Asks git. Only regular files below the migrations' folder count.
fn changes(inputs: &Inputs, files: &Files, base: &str) -> Result<Changes, String> {
    let git = Git::at(&inputs.root);
    git.commit(base)?;
    let directory = &files.found.directory;
    // With what is not committed yet: a laptop asks before it commits.
    let compare = ["diff", "--merge-base", "--name-status", "--no-renames", "--relative", "-z", base, "--", directory];
    let text = git.text(&compare)?;
    let new = git.text(&["ls-files", "--others", "--exclude-standard", "-z", "--", directory])?;
    let mut parts = text.split('\0');
    let added = new.split('\0').filter(|path| path.ends_with(".sql")).map(str::to_owned).collect();
    let mut changes = Changes { added, altered: Vec::new() };
    while let (Some(status), Some(path)) = (parts.next(), parts.next()) {
        let is_migration = files.migrations.iter().any(|migration| migration.path == path);
        match status {
            "A" if path.ends_with(".sql") => changes.added.push(path.to_owned()),
            "M" | "T" if is_migration => changes.altered.push(path.to_owned()),
            "D" if path.ends_with(".sql") => changes.altered.push(path.to_owned()),
            _ => {}
        }
    }
    Ok(changes)
}
