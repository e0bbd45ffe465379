//! What git knows of the repository: what changed since a commit, and the files as they were then.
//!
//! `git` itself is asked, with arguments that no name of a branch or a file can turn into options.

use std::collections::BTreeSet;
use std::io::{BufReader, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

/// The repository that a folder lies in.
#[derive(Debug, Clone)]
pub struct Git {
    root: PathBuf,
}

impl Git {
    /// The repository around `root`. All paths are relative to this folder, and only what lies in it is seen.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// What git prints.
    ///
    /// # Errors
    /// The first thing that it complains of.
    pub fn text(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.command(arguments).output();
        let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("git failed").to_owned());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.root).args(arguments);
        command
    }

    /// That `revision` names a commit which is here, in full.
    ///
    /// # Errors
    /// There is no repository, or no such commit in this clone.
    pub fn commit(&self, revision: &str) -> Result<String, String> {
        if revision.starts_with('-') {
            return Err(format!("{revision} is not a revision"));
        }
        self.text(&["rev-parse", "--git-dir"])?;
        let commit = self.text(&["rev-parse", "--quiet", "--verify", &format!("{revision}^{{commit}}")]);
        commit.map(|commit| commit.trim().to_owned()).map_err(|_| format!("the commit {revision} is not in this clone"))
    }

    /// The commit at which the work since `revision` began, in full.
    ///
    /// # Errors
    /// As [`Git::commit`], or the two have no history in common here.
    pub fn merge_base(&self, revision: &str) -> Result<String, String> {
        let commit = self.commit(revision)?;
        let base = self.text(&["merge-base", &commit, "HEAD"]);
        base.map(|base| base.trim().to_owned())
            .map_err(|_| format!("this clone does not reach back to where the work since {revision} began"))
    }

    /// The files that are another now than at `commit`: changed, added or deleted, committed or not.
    ///
    /// # Errors
    /// What git complains of.
    pub fn changed_since(&self, commit: &str) -> Result<BTreeSet<String>, String> {
        let tracked = self.text(&["diff", "--name-only", "--no-renames", "--relative", "-z", commit, "--"])?;
        let new = self.text(&["ls-files", "--others", "--exclude-standard", "-z", "--"])?;
        let names = tracked.split('\0').chain(new.split('\0')).filter(|name| !name.is_empty());
        Ok(names.map(str::to_owned).collect())
    }

    /// Writes the regular files of `commit` that `wanted` takes into the folder `target`, which must be empty. Links and
    /// submodules are left out.
    ///
    /// # Errors
    /// What git or the system complains of.
    pub fn export(&self, commit: &str, target: &Path, wanted: impl Fn(&str) -> bool) -> Result<(), String> {
        let listed = self.text(&["ls-tree", "-r", "-z", commit, "--"])?;
        let files: Vec<(&str, &str)> =
            listed.split('\0').filter_map(regular_file).filter(|(_, path)| wanted(path)).collect();
        let failed = |error: std::io::Error| format!("the files of {commit} cannot be read from git: {error}");
        let mut child = (self.command(&["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()))
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let (Some(mut questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("git gives no answers".to_owned());
        };
        let asked: String = files.iter().map(|(object, _)| format!("{object}\n")).collect();
        let written = std::thread::scope(|scope| {
            // From a thread of its own: git stops reading while nobody takes its answers.
            scope.spawn(move || questions.write_all(asked.as_bytes()));
            write_answers(BufReader::new(answers), &files, target)
        });
        let ended = child.wait();
        written.map_err(failed)?;
        match ended.map_err(failed)? {
            status if status.success() => Ok(()),
            status => Err(failed(std::io::Error::other(format!("it ended with {status}")))),
        }
    }
}

/// The object and the path in a line of `ls-tree`: mode, type, object, a tab and the path.
fn regular_file(line: &str) -> Option<(&str, &str)> {
    let (about, path) = line.split_once('\t')?;
    let mut words = about.split(' ');
    let (mode, kind, object) = (words.next()?, words.next()?, words.next()?);
    let is_inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    (mode.starts_with("100") && kind == "blob" && is_inside).then_some((object, path))
}

/// Each answer is a line with object, type and size, the bytes, and a line break.
fn write_answers(mut answers: impl std::io::BufRead, files: &[(&str, &str)], target: &Path) -> std::io::Result<()> {
    let mut folders = BTreeSet::new();
    for (_, path) in files {
        let mut head = String::new();
        answers.read_line(&mut head)?;
        let size = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok());
        let Some(size) = size else { return Err(std::io::Error::other(format!("no content of {path}"))) };
        let path = target.join(path);
        if let Some(folder) = path.parent()
            && folders.insert(folder.to_owned())
        {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = std::fs::File::create_new(&path)?;
        if std::io::copy(&mut (&mut answers).take(size), &mut file)? != size {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        answers.read_exact(&mut [0])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::Git;

    struct Repository(tempfile::TempDir);

    impl Repository {
        fn new() -> Self {
            let repository = Self(tempfile::tempdir().unwrap());
            repository.git(&["init", "-q", "-b", "main"]);
            repository
        }

        fn write(&self, path: &str, text: &[u8]) {
            let path = self.0.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }

        fn git(&self, words: &[&str]) -> String {
            let name = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
            self.at("").text(&[&name[..], words].concat()).unwrap()
        }

        fn commit(&self) -> String {
            self.git(&["add", "-A"]);
            self.git(&["commit", "-q", "-m", "x"]);
            self.at("").commit("HEAD").unwrap()
        }

        fn at(&self, folder: &str) -> Git {
            Git::at(&self.0.path().join(folder))
        }
    }

    fn files(folder: &Path) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(inner) = folders.pop() {
            for entry in std::fs::read_dir(inner).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.insert(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        found
    }

    fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
        names.map(str::to_owned).into()
    }

    #[test]
    fn what_changed_is_told_committed_or_not() {
        let repository = Repository::new();
        for name in ["same.ts", "edited.ts", "deleted.ts", "staged.ts"] {
            repository.write(name, b"1\n");
        }
        let base = repository.commit();
        repository.write("committed.ts", b"1\n");
        repository.commit();
        repository.write("edited.ts", b"2\n");
        repository.write("staged.ts", b"2\n");
        repository.git(&["add", "staged.ts"]);
        repository.write("a new\nname.ts", b"1\n");
        std::fs::remove_file(repository.0.path().join("deleted.ts")).unwrap();
        let expected = set(["a new\nname.ts", "committed.ts", "deleted.ts", "edited.ts", "staged.ts"]);
        assert_eq!(repository.at("").changed_since(&base), Ok(expected));
    }

    #[test]
    fn a_commit_is_written_as_it_was() {
        let repository = Repository::new();
        repository.write("app/a.ts", b"one\n\xff\x00no line break");
        repository.write("app/empty.ts", b"");
        repository.write("app/b.png", b"picture");
        std::os::unix::fs::symlink("a.ts", repository.0.path().join("app/link.ts")).unwrap();
        let base = repository.commit();
        repository.write("app/a.ts", b"two\n");
        repository.write("app/later.ts", b"");
        repository.commit();
        for (folder, prefix) in [("", "app/"), ("app", "")] {
            let target = tempfile::tempdir().unwrap();
            repository.at(folder).export(&base, target.path(), |path| path.ends_with(".ts")).unwrap();
            assert_eq!(files(target.path()), set([&format!("{prefix}a.ts"), &format!("{prefix}empty.ts")]));
            let text = std::fs::read(target.path().join(format!("{prefix}a.ts"))).unwrap();
            assert_eq!(text, b"one\n\xff\x00no line break");
        }
    }

    #[test]
    fn many_and_large_files_do_not_block() {
        let repository = Repository::new();
        for number in 0..300 {
            repository.write(&format!("{number}.ts"), &vec![b'x'; 4_000]);
        }
        let base = repository.commit();
        let target = tempfile::tempdir().unwrap();
        repository.at("").export(&base, target.path(), |_| true).unwrap();
        assert_eq!(files(target.path()).len(), 300);
    }

    #[test]
    fn what_git_does_not_have_is_said() {
        let outside = tempfile::tempdir().unwrap();
        let error = Git::at(outside.path()).commit("main").unwrap_err();
        assert!(error.starts_with("fatal: not a git repository"), "{error}");
        let repository = Repository::new();
        repository.write("a.ts", b"");
        repository.commit();
        let git = repository.at("");
        assert_eq!(git.commit("no-such").unwrap_err(), "the commit no-such is not in this clone");
        assert_eq!(git.commit("--output=x").unwrap_err(), "--output=x is not a revision");
        repository.git(&["checkout", "-q", "--orphan", "other"]);
        repository.write("a.ts", b"another history");
        repository.commit();
        assert_eq!(
            git.merge_base("main").unwrap_err(),
            "this clone does not reach back to where the work since main began"
        );
    }
}
