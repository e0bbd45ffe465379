//! The repository as it was before a change: which files are another now, and what its routes were.

use std::collections::{BTreeMap, BTreeSet};

use ops_core::exit::Failure;
use ops_core::git::Git;
use ops_core::inputs::Environment;
use ops_core::words::count;
use ops_core::{Check, Finding};
use ops_typescript::tree::{FileId, Tree};

use crate::difference::{self, Change};
use crate::judge::{self, UNGUARDED, UNPROVEN};
use crate::result::{ProvedRoute, Scanned};
use crate::scan::{self, Seen};
use crate::settings::Inputs;
use crate::untouched::Untouched;

const ID: &str = "changes";

/// Files whose names end so are all that a scan reads.
const READ: [&str; 12] =
    [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".yaml", ".yml", ".gitignore"];

/// What was asked for, and what came of it.
#[derive(Debug)]
pub(crate) enum Comparison {
    /// Nobody asked.
    None,
    /// There is no such commit here.
    Unknown {
        /// Why, as git says it.
        reason: String,
        /// Whether `--changed` asked, and not only the event.
        was_asked: bool,
    },
    /// What changed since the work began.
    Known {
        /// What it was compared with, as it was given.
        base: String,
        /// The files that are another now.
        files: BTreeSet<String>,
        /// What became of the routes.
        changes: Vec<Change>,
        /// Whether only changed routes are judged.
        limits: bool,
    },
}

impl Comparison {
    /// Compares with the commit that `--changed` or else the event names.
    pub(crate) fn of(inputs: &Inputs, seen: &Seen, now: &Scanned) -> Result<Self, Failure> {
        let was_asked = inputs.changed.is_some();
        let from_event = || inputs.event.pull_request.and(inputs.event.base.as_ref());
        let Some(base) = inputs.changed.as_ref().or_else(from_event) else { return Ok(Self::None) };
        let git = Git::at(&inputs.root);
        let then = match Told::by(&git, base, &inputs.variables) {
            Ok(told) => Then::of(told, seen.program().tree()),
            Err(reason) => return Ok(Self::Unknown { reason, was_asked }),
        };
        let files = then.changed;
        let changes = if let Some(tree) = then.tree {
            let untouched = Untouched::of(seen.program(), &tree, &files, &now.routes);
            let mut before = scan::routes(inputs, &seen.at_another_time(tree), untouched.as_ref())?;
            judge::open_on_purpose(&mut before, &inputs.policy, inputs.today());
            let mut after = now.routes.clone();
            judge::open_on_purpose(&mut after, &inputs.policy, inputs.today());
            difference::between(&before, &after)
        } else {
            Vec::new()
        };
        Ok(Self::Known { base: base.clone(), files, changes, limits: was_asked })
    }

    /// Whether the route's proof could be another than before; `None` where nobody knows.
    pub(crate) fn touches(&self, inputs: &Inputs, route: &ProvedRoute) -> Option<bool> {
        let Self::Known { files, changes, .. } = self else { return None };
        let is_its_change =
            |change: &Change| (&change.path, &change.method, &change.file) == (&route.path, &route.method, &route.file);
        Some(
            files.iter().any(|file| decides_everything(file, inputs))
                || files.contains(&route.file)
                || route.files.iter().any(|file| files.contains(file))
                || changes.iter().any(is_its_change),
        )
    }

    /// Leaves only the findings of routes and files that could be another than before, where that was asked for.
    pub(crate) fn limit(&self, inputs: &Inputs, routes: &[ProvedRoute], findings: &mut Vec<Finding>) {
        let Self::Known { files, limits: true, .. } = self else { return };
        let touched: Vec<&ProvedRoute> =
            routes.iter().filter(|route| self.touches(inputs, route) == Some(true)).collect();
        let names: BTreeSet<String> = touched
            .iter()
            .flat_map(|route| [UNGUARDED, UNPROVEN].map(|rule| judge::fingerprint(rule, route)))
            .collect();
        let touched_files: BTreeSet<&str> = touched.iter().map(|route| route.file.as_str()).collect();
        findings.retain(|finding| {
            let path = finding.place.path.as_str();
            if [UNGUARDED, UNPROVEN].contains(&&*finding.rule) {
                return names.contains(&finding.fingerprint);
            }
            files.contains(path)
                || touched_files.contains(path)
                || [inputs.policy_path.as_str(), inputs.baseline()].contains(&path)
        });
    }

    /// What the comparison itself proves: nothing, where it was asked for and could not be made.
    pub(crate) fn check(&self, inputs: &Inputs, routes: &[ProvedRoute], passed_over: usize) -> Option<Check> {
        match self {
            Self::Unknown { reason, was_asked: true } => Some(Check::unproven(
                ID,
                format!("what changed is not known: {reason}"),
                "run in a checkout with enough history (fetch-depth: 0), or name another commit with --changed",
            )),
            Self::Known { base, limits: true, files, .. } => {
                let touched = routes.iter().filter(|route| self.touches(inputs, route) == Some(true)).count();
                let summary = format!(
                    "{} changed since {base}; {touched} of {} could be another, and only those are judged",
                    count(files.len(), "file"),
                    count(routes.len() + passed_over, "route")
                );
                Some(Check::pass(ID, summary).with("routes", touched).with("files", files.len()))
            }
            _ => None,
        }
    }
}

/// Whether a scan reads files with this name.
pub(crate) fn is_read(file: &str) -> bool {
    READ.iter().any(|ending| file.ends_with(ending))
}

/// Whether a file says how every import is resolved or every route is judged.
fn decides_everything(file: &str, inputs: &Inputs) -> bool {
    let name = file.rsplit('/').next().unwrap_or_default();
    let is_configuration = (name.starts_with("tsconfig") && name.ends_with(".json"))
        || ["jsconfig.json", "package.json", "pnpm-workspace.yaml"].contains(&name);
    is_configuration || file == inputs.policy_path
}

/// What git says of the commit where the work began.
pub(crate) struct Told {
    /// The tracked files that are another now, each with what it was, as far as a scan reads it.
    pub(crate) older: BTreeMap<String, Option<Vec<u8>>>,
    /// The files that git keeps track of; none where the folder's own index says so.
    pub(crate) tracked: Option<BTreeSet<String>>,
}

impl Told {
    /// Asks git. The folder itself need not be known yet.
    pub(crate) fn by(git: &Git, base: &str, variables: &Environment) -> Result<Self, String> {
        let is_elsewhere =
            ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"].into_iter().any(|name| variables.get(name).is_some());
        let older = git.changed_since_work_began(base)?;
        let tracked = if is_elsewhere { Some(git.tracked()?) } else { None };
        Ok(Self { older: contents(git, older)?, tracked })
    }
}

fn contents(git: &Git, older: BTreeMap<String, Option<String>>) -> Result<BTreeMap<String, Option<Vec<u8>>>, String> {
    let (read, others): (Vec<_>, Vec<_>) =
        older.into_iter().partition(|(path, object)| object.is_some() && is_read(path));
    let (paths, objects): (Vec<String>, Vec<String>) =
        read.into_iter().filter_map(|(path, object)| Some((path, object?))).unzip();
    let contents = git.contents(&objects.iter().map(String::as_str).collect::<Vec<_>>())?;
    // Of the others only the names are looked at.
    let others = others.into_iter().map(|(path, object)| (path, object.map(|_| Vec::new())));
    Ok(paths.into_iter().zip(contents.into_iter().map(Some)).chain(others).collect())
}

/// The repository at the commit where the work began.
pub(crate) struct Then {
    /// The files that are another now.
    pub(crate) changed: BTreeSet<String>,
    /// All files as they were; none where all that a scan reads is as it was.
    pub(crate) tree: Option<Tree>,
}

impl Then {
    /// A file that nobody says is tracked counts as new.
    pub(crate) fn of(told: Told, now: &Tree) -> Self {
        let Told { older, tracked } = told;
        let is_tracked = |file: FileId, path: &str| match &tracked {
            Some(tracked) => tracked.contains(path),
            None => now.tracked().and_then(|tracked| tracked.get(file.index())).is_some_and(|is_tracked| *is_tracked),
        };
        let new = now.files().filter(|(file, path)| !is_tracked(*file, path)).map(|(_, path)| path);
        let changed: BTreeSet<String> = older.keys().map(String::as_str).chain(new).map(str::to_owned).collect();
        if !changed.iter().any(|file| is_read(file)) {
            return Self { changed, tree: None };
        }
        let is_same = |file, path: &str| !older.contains_key(path) && is_tracked(file, path);
        let held = older.iter().filter_map(|(path, content)| Some((path.clone(), content.clone()?))).collect();
        Self { tree: Some(now.at_another_time(is_same, held)), changed }
    }
}
