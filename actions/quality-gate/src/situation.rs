//! What every built-in gate may look at. Nothing here is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use jiff::civil::Date;
use ops_core::{Environment, Event, Policy, git::Git};
use tokio::sync::watch;

use crate::code::Code;

/// What every built-in gate may look at.
pub(crate) struct Situation<'a> {
    /// The repository's folder, or the part of it that is judged.
    pub(crate) root: &'a Path,
    pub(crate) policy: &'a Policy,
    pub(crate) variables: &'a Environment,
    pub(crate) event: &'a Event,
    /// The token to ask GitHub with.
    pub(crate) github_token: Option<&'a str>,
    /// git in the root; none where this is no repository.
    pub(crate) git: Option<&'a Git>,
    /// The commit that the change began from, or why it is not known.
    pub(crate) base: Result<&'a str, &'a str>,
    pub(crate) today: Date,
    /// Says that the run is to stop; none where nobody listens.
    pub(crate) stop: Option<watch::Receiver<bool>>,
    /// What several gates ask for, read when the first does. Begin with the default.
    pub(crate) facts: Facts,
}

/// What several gates ask for.
#[derive(Default)]
pub(crate) struct Facts {
    files: OnceLock<Result<BTreeSet<String>, String>>,
    changed: OnceLock<Result<BTreeMap<String, Option<String>>, String>>,
    commits: OnceLock<Result<Vec<Commit>, String>>,
    code: OnceLock<Result<Code, String>>,
    since: OnceLock<Result<String, String>>,
}

/// A commit of the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Commit {
    /// When it was written, in seconds since 1970.
    pub(crate) written: i64,
    pub(crate) message: String,
}

/// Why a gate that asks git is unproven where there is no repository.
pub(crate) const NO_REPOSITORY: &str = "this folder is no git repository";

/// Why nothing is known to compare with, where neither the event nor the command line says it.
pub(crate) const NO_BASE: &str = "no commit to compare with is known; give one with --base";

impl Situation<'_> {
    /// Waits until the run is to stop.
    pub(crate) async fn stopped(&self) {
        let Some(mut stop) = self.stop.clone() else { return std::future::pending().await };
        if stop.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// git, or why there is none.
    pub(crate) fn git(&self) -> Result<&Git, &str> {
        self.git.ok_or(NO_REPOSITORY)
    }

    /// The regular files that git keeps track of, relative to the root.
    pub(crate) fn files(&self) -> Result<&BTreeSet<String>, &str> {
        let read = || self.git.ok_or_else(|| NO_REPOSITORY.to_owned())?.tracked();
        self.facts.files.get_or_init(read).as_ref().map_err(String::as_str)
    }

    /// The commit that the change began from. Where nobody says it, that is where it left the trunk.
    pub(crate) fn since(&self) -> Result<&str, &str> {
        let read = || match self.base {
            Err(NO_BASE) => {
                let git = self.git.ok_or_else(|| NO_REPOSITORY.to_owned())?;
                let trunk = self.policy.release.trunk.as_str();
                let names = [format!("refs/remotes/origin/{trunk}"), format!("refs/heads/{trunk}")];
                let found = names.iter().find(|name| git.commit(name).is_ok());
                git.merge_base(found.ok_or(NO_BASE)?)
            }
            base => base.map(str::to_owned).map_err(str::to_owned),
        };
        self.facts.since.get_or_init(read).as_deref().map_err(String::as_str)
    }

    /// The files that are another now than where the change began, each with the object that it was then.
    pub(crate) fn changed(&self) -> Result<&BTreeMap<String, Option<String>>, &str> {
        let read = || {
            let git = self.git.ok_or_else(|| NO_REPOSITORY.to_owned())?;
            git.changed_since(self.since()?)
        };
        self.facts.changed.get_or_init(read).as_ref().map_err(String::as_str)
    }

    /// The commits of the change, the newest first.
    pub(crate) fn commits(&self) -> Result<&[Commit], &str> {
        let read = || {
            let git = self.git.ok_or_else(|| NO_REPOSITORY.to_owned())?;
            let range = format!("{}..HEAD", self.since()?);
            let told = git.text(&["log", "-z", "--format=%at%n%B", &range, "--"])?;
            let commit = |one: &str| {
                let (written, message) = one.split_once('\n')?;
                Some(Commit { written: written.parse().ok()?, message: message.to_owned() })
            };
            Ok(told.split('\0').filter_map(commit).collect())
        };
        self.facts.commits.get_or_init(read).as_deref().map_err(String::as_str)
    }

    /// What the repository's code reads of its environment, and where it writes to the console.
    pub(crate) fn code(&self) -> Result<&Code, &str> {
        let read = || Ok(Code::of(self, self.files()?));
        self.facts.code.get_or_init(read).as_ref().map_err(String::as_str)
    }

    /// The text of a file, or why it cannot be read.
    pub(crate) fn read(&self, path: &str) -> Result<String, String> {
        let text = std::fs::read(self.root.join(path)).map_err(|error| format!("{path} cannot be read: {error}"))?;
        String::from_utf8(text).map_err(|_| format!("{path} cannot be read: it is not UTF-8"))
    }

    /// The texts of files as they were where the change began, by path: those of `paths` that changed and were there.
    pub(crate) fn before<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p str>,
    ) -> Result<BTreeMap<&'p str, String>, String> {
        let changed = self.changed()?;
        let then: Vec<(&str, &str)> =
            paths.into_iter().filter_map(|path| Some((path, changed.get(path)?.as_deref()?))).collect();
        let objects: Vec<&str> = then.iter().map(|(_, object)| *object).collect();
        let texts = self.git()?.contents(&objects)?;
        let read = then.into_iter().zip(texts);
        Ok(read.map(|((path, _), text)| (path, String::from_utf8_lossy(&text).into_owned())).collect())
    }
}

/// The folder of a path; empty for the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// A path below a folder that may be the root.
pub(crate) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
