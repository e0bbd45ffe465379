//! What is asked of git itself: where things are, which commits a range has, what each of them changed.
//!
//! No answer is fetched from elsewhere: what is missing here is told as missing.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A repository, and the folder of it that is looked at.
#[derive(Debug, Clone)]
pub struct Repository {
    root: PathBuf,
    /// What stands before a path of the root in a path of the repository: empty, or ending with `/`.
    pub prefix: Vec<u8>,
    /// The folder of its objects.
    pub objects: PathBuf,
    /// The commits whose parents are not in this clone.
    pub shallow: Vec<String>,
}

/// Why git cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// The folder lies in no repository.
    #[error("this folder is no git repository")]
    NoRepository,
    /// The repository names its objects in another way.
    #[error("this repository names its objects by {0}, and only sha1 can be read")]
    Format(String),
    /// What git complained of.
    #[error("git failed: {0}")]
    Failed(String),
}

/// What one commit made of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Relative to the repository.
    pub path: Vec<u8>,
    /// Its content before, unless it is new.
    pub before: Option<String>,
    /// Its content after, unless it was deleted or is no regular file.
    pub after: Option<String>,
}

/// A commit of a range, with what it changed as seen from each of its parents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Commit {
    /// Its name, in full.
    pub id: String,
    /// How many parents it has.
    pub parents: usize,
    /// For each parent the files that differ; for a first commit all files. A parent from which nothing differs may be left out.
    pub sides: Vec<Vec<Change>>,
}

impl Repository {
    /// The repository around `root`.
    ///
    /// # Errors
    /// If there is none, its objects are not named by SHA-1, or git fails.
    pub fn at(root: &Path) -> Result<Self, GitError> {
        let asked =
            ["rev-parse", "--show-object-format", "--git-path", "objects", "--git-path", "shallow", "--show-prefix"];
        let told = ask(root, &asked).map_err(|error| match error {
            GitError::Failed(text) if text.contains("not a git repository") => GitError::NoRepository,
            other => other,
        })?;
        let mut lines = told.split(|byte| *byte == b'\n');
        let mut line = || lines.next().unwrap_or_default();
        let format = line();
        if format != b"sha1" {
            return Err(GitError::Format(String::from_utf8_lossy(format).into_owned()));
        }
        let (objects, shallow, prefix) = (root.join(path_of(line())), root.join(path_of(line())), line().to_vec());
        let shallow = std::fs::read_to_string(shallow).unwrap_or_default().lines().map(str::to_owned).collect();
        // The names of alternates count from here.
        let objects = std::fs::canonicalize(&objects).unwrap_or(objects);
        Ok(Self { root: root.to_owned(), prefix, objects, shallow })
    }

    /// A commit's full name.
    ///
    /// # Errors
    /// If this clone has no such commit.
    pub fn commit(&self, revision: &str) -> Result<String, GitError> {
        if revision.starts_with('-') {
            return Err(GitError::Failed(format!("{revision} is not a revision")));
        }
        let told = ask(&self.root, &["rev-parse", "--quiet", "--verify", &format!("{revision}^{{commit}}")]);
        told.map(|told| text(&told))
            .map_err(|_| GitError::Failed(format!("the commit {revision} is not in this clone")))
    }

    /// Where the work since `base` began; none if the two have nothing in common here.
    #[must_use]
    pub fn merge_base(&self, base: &str, head: &str) -> Option<String> {
        ask(&self.root, &["merge-base", base, head]).ok().map(|told| text(&told)).filter(|told| !told.is_empty())
    }

    /// Every commit that `head` reaches and `base` does not, parents before their children.
    ///
    /// # Errors
    /// What git complains of.
    pub fn range(&self, base: &str, head: &str) -> Result<Vec<Commit>, GitError> {
        let range = format!("{base}..{head}");
        let told = ask(
            &self.root,
            &[
                "log",
                "--reverse",
                "--topo-order",
                "--raw",
                "--no-abbrev",
                "-z",
                "-m",
                "--no-renames",
                "--root",
                "--no-textconv",
                "--no-ext-diff",
                "--no-show-signature",
                "--no-notes",
                "--no-color",
                "--no-relative",
                "--ignore-submodules=all",
                "--format=commit %H %P",
                &range,
                "--",
            ],
        )?;
        commits(&told).ok_or_else(|| GitError::Failed("its list of commits has another shape".to_owned()))
    }

    /// The files of the work tree under the root that are tracked, or new and not ignored. Relative to the root.
    ///
    /// # Errors
    /// What git complains of.
    pub fn files(&self) -> Result<Vec<Vec<u8>>, GitError> {
        Self::files_of(&self.root)
    }

    /// The same, of a repository whose objects cannot be read here.
    ///
    /// # Errors
    /// What git complains of.
    pub fn files_of(root: &Path) -> Result<Vec<Vec<u8>>, GitError> {
        let told = ask(root, &["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--"])?;
        let mut files: Vec<Vec<u8>> =
            told.split(|byte| *byte == 0).filter(|path| !path.is_empty()).map(<[u8]>::to_vec).collect();
        files.sort_unstable();
        files.dedup();
        Ok(files)
    }

    /// What every reference names, and `HEAD`: objects with their kind, tags followed to what they name.
    ///
    /// # Errors
    /// What git complains of.
    pub fn references(&self) -> Result<Vec<String>, GitError> {
        let told = ask(&self.root, &["for-each-ref", "--format=%(objectname) %(*objectname)"])?;
        let told = String::from_utf8_lossy(&told).into_owned();
        let mut names: Vec<String> = told.split_whitespace().map(str::to_owned).collect();
        // A branch without a commit yet has no name for it.
        if let Ok(head) = ask(&self.root, &["rev-parse", "--quiet", "--verify", "HEAD"]) {
            names.push(text(&head));
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }
}

fn ask(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(["-c", "core.quotePath=false", "-c", "log.showRoot=true"]).args(arguments);
    command
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C");
    // An order of commits or replaced objects that one clone alone knows would give every clone another answer.
    command.env("GIT_NO_REPLACE_OBJECTS", "1");
    let output = command.output().map_err(|error| GitError::Failed(format!("it cannot be run: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let told = String::from_utf8_lossy(&output.stderr);
    let line = told.lines().find(|line| !line.trim().is_empty()).unwrap_or("it does not say why");
    Err(GitError::Failed(line.trim_start_matches("fatal: ").to_owned()))
}

fn text(told: &[u8]) -> String {
    String::from_utf8_lossy(told).trim().to_owned()
}

fn path_of(bytes: &[u8]) -> &Path {
    use std::os::unix::ffi::OsStrExt as _;
    Path::new(OsStr::from_bytes(bytes))
}

/// The commits that `git log --raw -z` tells: `commit NAME PARENTS`, NUL, a line break, then for each file `:mode mode object object
/// status`, NUL, the path, NUL. A commit with several parents stands there once for each.
fn commits(told: &[u8]) -> Option<Vec<Commit>> {
    let mut commits: Vec<Commit> = Vec::new();
    let mut words = told.split(|byte| *byte == 0);
    while let Some(word) = words.next() {
        let word = word.trim_ascii_start();
        if word.is_empty() {
            continue;
        }
        if let Some(about) = word.strip_prefix(b":") {
            let about = std::str::from_utf8(about).ok()?;
            let path = words.next()?.to_vec();
            let mut about = about.split(' ');
            let (mode_before, mode_after) = (about.next()?, about.next()?);
            let object = |mode: &str, name: &str| (mode.starts_with("100") && !is_zero(name)).then(|| name.to_owned());
            let before = object(mode_before, about.next()?);
            let after = object(mode_after, about.next()?);
            commits.last_mut()?.sides.last_mut()?.push(Change { path, before, after });
            continue;
        }
        let name = std::str::from_utf8(word.strip_prefix(b"commit ")?).ok()?;
        let mut names = name.split_ascii_whitespace();
        let (name, parents) = (names.next()?, names.count());
        match commits.last_mut().filter(|commit| commit.id == name) {
            Some(commit) => commit.sides.push(Vec::new()),
            None => commits.push(Commit { id: name.to_owned(), parents, sides: vec![Vec::new()] }),
        }
    }
    Some(commits)
}

fn is_zero(name: &str) -> bool {
    name.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::{GitError, Repository as Asked};
    use crate::testing::Repository;

    #[test]
    fn a_range_tells_every_commit_and_what_it_changed() {
        let repository = Repository::new();
        repository.write("a.txt", b"1");
        let base = repository.commit("base");
        repository.write("sub/new\nname.txt", b"2");
        let first = repository.commit("first");
        let empty = repository.commit("nothing");
        repository.write("a.txt", b"3");
        std::os::unix::fs::symlink("a.txt", repository.path().join("link")).unwrap();
        let last = repository.commit("last");
        let range = Asked::at(repository.path()).unwrap().range(&base, "HEAD").unwrap();
        let told: Vec<String> = range
            .iter()
            .flat_map(|commit| {
                let changes = commit.sides.iter().flatten();
                let file = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
                let words = changes.map(move |change| {
                    format!("{}: {} {}", file(&change.path), change.before.is_some(), change.after.is_some())
                });
                [commit.id.clone()].into_iter().chain(words)
            })
            .collect();
        let (new, changed, link) = ("sub/new\nname.txt: false true", "a.txt: true true", "link: false false");
        assert_eq!(told, [first.as_str(), new, &empty, &last, changed, link]);
    }

    #[test]
    fn a_merge_is_told_from_each_parent() {
        let repository = Repository::new();
        repository.write("a.txt", b"1");
        let base = repository.commit("base");
        repository.git(&["checkout", "-q", "-b", "side"]);
        repository.write("b.txt", b"2");
        repository.commit("side");
        repository.git(&["checkout", "-q", "main"]);
        repository.write("c.txt", b"3");
        repository.commit("main");
        repository.git(&["merge", "-q", "--no-commit", "side"]);
        repository.write("evil.txt", b"4");
        repository.commit("merge");
        let range = Asked::at(repository.path()).unwrap().range(&base, "HEAD").unwrap();
        let merge = range.last().unwrap();
        let paths: Vec<Vec<&[u8]>> =
            merge.sides.iter().map(|side| side.iter().map(|change| change.path.as_slice()).collect()).collect();
        assert_eq!(paths, [vec![&b"b.txt"[..], b"evil.txt"], vec![b"c.txt", b"evil.txt"]]);
    }

    #[test]
    fn the_files_of_a_folder_are_those_that_are_tracked_or_new() {
        let repository = Repository::new();
        repository.write(".gitignore", b"*.log\n");
        repository.write("app/a.ts", b"");
        repository.commit("x");
        repository.write("app/b.ts", b"");
        repository.write("app/c.log", b"");
        let asked = Asked::at(&repository.path().join("app")).unwrap();
        assert_eq!(asked.prefix, b"app/");
        assert_eq!(asked.files().unwrap(), [b"a.ts", b"b.ts"]);
    }

    #[test]
    fn what_git_cannot_answer_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Asked::at(folder.path()).unwrap_err(), GitError::NoRepository);
        let repository = Repository::new();
        let asked = Asked::at(repository.path()).unwrap();
        assert_eq!(asked.commit("main").unwrap_err().to_string(), "git failed: the commit main is not in this clone");
        assert_eq!(asked.commit("--output=x").unwrap_err().to_string(), "git failed: --output=x is not a revision");
        assert_eq!(asked.references().unwrap(), [""; 0]);
        repository.git(&["init", "-q", "--object-format=sha256", "other"]);
        let error = Asked::at(&repository.path().join("other")).unwrap_err();
        assert_eq!(error.to_string(), "this repository names its objects by sha256, and only sha1 can be read");
    }
}
