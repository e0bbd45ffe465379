//! What git knows of the repository: what changed since a commit, and the files as they were then.
//!
//! `git` itself is asked, with arguments that no name of a branch or a file can turn into options.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::ops::RangeInclusive;
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
        let commit = self.text(&["rev-parse", "--quiet", "--verify", &format!("{revision}^{{commit}}")]);
        commit.map(|commit| commit.trim().to_owned()).map_err(|_| match self.text(&["rev-parse", "--git-dir"]) {
            Ok(_) => format!("the commit {revision} is not in this clone"),
            Err(error) => error,
        })
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

    /// As [`Git::changed_since`] the commit of [`Git::merge_base`]. What both say is asked for at once where git can.
    ///
    /// # Errors
    /// As both.
    pub fn changed_since_work_began(&self, revision: &str) -> Result<BTreeMap<String, Option<String>>, String> {
        // Git takes other signs for more than one commit, or for none. It refuses where several commits are equally near.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_/.-~".contains(&byte);
        let begins_plainly = revision.starts_with(|letter: char| letter.is_ascii_alphanumeric());
        if begins_plainly && revision.bytes().all(is_plain) && !revision.contains("..") {
            let commit = format!("{revision}^{{commit}}");
            let arguments: Vec<&str> = DIFFERENCE.into_iter().chain(["--merge-base", &commit, "--"]).collect();
            if let Ok(told) = self.text(&arguments) {
                return Ok(changed(&told));
            }
        }
        self.changed_since(&self.merge_base(revision)?)
    }

    /// The tracked files that are another now than at `commit`: changed, added or deleted, committed or not. Each with the object
    /// that it was then; none where it was no regular file, or not there.
    ///
    /// # Errors
    /// What git complains of.
    pub fn changed_since(&self, commit: &str) -> Result<BTreeMap<String, Option<String>>, String> {
        let arguments: Vec<&str> = DIFFERENCE.into_iter().chain([commit, "--"]).collect();
        Ok(changed(&self.text(&arguments)?))
    }

    /// The lines that stand now in tracked files and were not there at `commit`: added or edited, committed or not. By path, in
    /// order, from 1. A file without such lines is left out, and so is one that is no text.
    ///
    /// # Errors
    /// What git complains of.
    pub fn changed_lines(&self, commit: &str) -> Result<BTreeMap<String, Vec<RangeInclusive<u32>>>, String> {
        let changed = self.changed_since(commit)?;
        let mut lines = BTreeMap::new();
        // Asked with the names that are known, git need not be asked how it would quote them.
        let arguments = [
            "-c",
            "diff.orderFile=/dev/null",
            "diff",
            "-U0",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-renames",
            "--relative",
            commit,
            "--",
        ];
        let told = self.text(&arguments)?;
        let mut files = changed.keys();
        let mut open: Option<&String> = None;
        for line in told.lines() {
            if line.starts_with("diff --git ") {
                open = files.next();
                if open.is_none() {
                    return Err("git tells of more files the second time".to_owned());
                }
            } else if let (Some(hunk), Some(path)) = (line.strip_prefix("@@ "), open)
                && let Some(range) = added(hunk)
            {
                lines.entry(path.clone()).or_insert_with(Vec::new).push(range);
            }
        }
        match files.next() {
            Some(_) => Err("git tells of fewer files the second time".to_owned()),
            None => Ok(lines),
        }
    }

    /// The regular files that git keeps track of. Links and submodules are left out.
    ///
    /// # Errors
    /// What git complains of.
    pub fn tracked(&self) -> Result<BTreeSet<String>, String> {
        let listed = self.text(&["ls-files", "--stage", "-z", "--"])?;
        let files = listed.split('\0').filter_map(|line| line.split_once('\t'));
        let files = files.filter(|(about, path)| is_regular(about, path));
        Ok(files.map(|(_, path)| path.to_owned()).collect())
    }

    /// Which of these paths the repository's own rules ignore, whether they are there or not, tracked or not. Names
    /// with signs that git quotes count as not ignored.
    ///
    /// # Errors
    /// What git complains of.
    pub fn ignored<'path>(&self, paths: &[&'path str]) -> Result<Vec<&'path str>, String> {
        // What somebody ignores on their own machine is not ignored on another.
        let own =
            ["-c", "core.excludesFile=/dev/null", "-c", "core.quotePath=false", "check-ignore", "--no-index", "--"];
        let output = self.command(&own).args(paths).output();
        let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
        // 1 says that none is.
        if !matches!(output.status.code(), Some(0 | 1)) {
            return Err(String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("git failed").to_owned());
        }
        let told = String::from_utf8_lossy(&output.stdout);
        let ignored: BTreeSet<&str> = told.lines().collect();
        Ok(paths.iter().filter(|path| ignored.contains(**path)).copied().collect())
    }

    /// Whether the history is cut off: older commits are not here.
    ///
    /// # Errors
    /// What git complains of.
    pub fn is_shallow(&self) -> Result<bool, String> {
        Ok(self.text(&["rev-parse", "--is-shallow-repository"])?.trim() == "true")
    }

    /// The contents of these objects, in their order.
    ///
    /// # Errors
    /// What git or the system complains of.
    pub fn contents(&self, objects: &[&str]) -> Result<Vec<Vec<u8>>, String> {
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        let failed = |error: std::io::Error| format!("older files cannot be read from git: {error}");
        let mut child = (self.command(&["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()))
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let (Some(mut questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("git gives no answers".to_owned());
        };
        let asked: String = objects.iter().map(|object| format!("{object}\n")).collect();
        let read: std::io::Result<Vec<Vec<u8>>> = std::thread::scope(|scope| {
            // From a thread of its own: git stops reading while nobody takes its answers.
            scope.spawn(move || questions.write_all(asked.as_bytes()));
            let mut answers = BufReader::new(answers);
            objects.iter().map(|object| answer(&mut answers, object)).collect()
        });
        let ended = child.wait();
        let contents = read.map_err(failed)?;
        match ended.map_err(failed)? {
            status if status.success() => Ok(contents),
            status => Err(failed(std::io::Error::other(format!("it ended with {status}")))),
        }
    }
}

/// What [`changed`] reads. Threads that only look at files would be in the way of whoever waits for git.
const DIFFERENCE: [&str; 8] =
    ["-c", "core.preloadIndex=false", "diff", "--raw", "--no-abbrev", "--no-renames", "--relative", "-z"];

fn changed(told: &str) -> BTreeMap<String, Option<String>> {
    let mut words = told.split('\0');
    let mut changed = BTreeMap::new();
    while let (Some(about), Some(path)) = (words.next(), words.next()) {
        // The mode before and after, the object before and after, and what happened.
        let mut about = about.trim_start_matches(':').split(' ');
        let (mode, object) = (about.next().unwrap_or_default(), about.nth(1).unwrap_or_default());
        changed.insert(path.to_owned(), is_regular(mode, path).then(|| object.to_owned()));
    }
    changed
}

/// The new lines of a hunk, of which the part after `@@ ` is given: `-3 +3,2 @@ …`. None where lines only went.
fn added(hunk: &str) -> Option<RangeInclusive<u32>> {
    let new = hunk.split(' ').nth(1)?.strip_prefix('+')?;
    let (start, length) = new.split_once(',').unwrap_or((new, "1"));
    let (start, length): (u32, u32) = (start.parse().ok()?, length.parse().ok()?);
    (length > 0).then(|| start..=start.saturating_add(length - 1))
}

/// Whether a line of git that begins with a file's mode tells of a regular file in this folder.
fn is_regular(about: &str, path: &str) -> bool {
    about.starts_with("100") && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// A line with object, type and size, the bytes, and a line break.
fn answer(answers: &mut impl BufRead, object: &str) -> std::io::Result<Vec<u8>> {
    let mut head = String::new();
    answers.read_line(&mut head)?;
    let size = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok());
    let Some(size) = size else { return Err(std::io::Error::other(format!("no content of {object}"))) };
    let mut content = Vec::new();
    if answers.take(size).read_to_end(&mut content)? as u64 != size {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    answers.read_exact(&mut [0])?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
        repository.git(&["add", "a new\nname.ts"]);
        std::fs::remove_file(repository.0.path().join("deleted.ts")).unwrap();
        let changed = repository.at("").changed_since(&base).unwrap();
        let was: Vec<(&str, bool)> = changed.iter().map(|(path, object)| (path.as_str(), object.is_some())).collect();
        assert_eq!(
            was,
            [
                ("a new\nname.ts", false),
                ("committed.ts", false),
                ("deleted.ts", true),
                ("edited.ts", true),
                ("staged.ts", true)
            ]
        );
        assert_eq!(
            repository.at("").tracked(),
            Ok(set(["a new\nname.ts", "committed.ts", "deleted.ts", "edited.ts", "same.ts", "staged.ts"]))
        );
    }

    #[test]
    fn what_changed_since_work_began_is_what_changed_since_the_commit_where_it_did() {
        let repository = Repository::new();
        for name in ["same.ts", "edited.ts"] {
            repository.write(name, b"1\n");
        }
        repository.commit();
        repository.git(&["checkout", "-q", "-b", "work"]);
        repository.write("work.ts", b"1\n");
        repository.commit();
        repository.git(&["checkout", "-q", "main"]);
        repository.write("same.ts", b"2\n");
        repository.commit();
        repository.git(&["checkout", "-q", "work"]);
        repository.write("edited.ts", b"2\n");
        let git = repository.at("");
        let since = |revision: &str| git.changed_since_work_began(revision);
        let told = since("main").unwrap();
        assert_eq!(told.keys().collect::<Vec<_>>(), ["edited.ts", "work.ts"]);
        for revision in ["main", "main^{commit}", "HEAD~1", "@~1"] {
            assert_eq!(since(revision).unwrap(), told, "{revision}");
        }
        assert_eq!(since("HEAD").unwrap().into_keys().collect::<Vec<_>>(), ["edited.ts"]);
        for none in ["no-such", "HEAD~1..HEAD", "HEAD~1...", "HEAD^@", "--output=x", ""] {
            assert_eq!(since(none), Err(git.commit(none).unwrap_err()), "{none}");
        }
    }

    #[test]
    fn of_several_commits_that_are_equally_near_one_is_taken() {
        let repository = Repository::new();
        repository.write("a.ts", b"1\n");
        repository.commit();
        repository.git(&["branch", "other"]);
        for (branch, name) in [("main", "b.ts"), ("other", "c.ts")] {
            repository.git(&["checkout", "-q", branch]);
            repository.write(name, b"1\n");
            repository.commit();
        }
        repository.git(&["branch", "before"]);
        repository.git(&["merge", "-q", "-m", "x", "main"]);
        repository.git(&["checkout", "-q", "main"]);
        repository.git(&["merge", "-q", "-m", "x", "before"]);
        let git = repository.at("");
        let base = git.merge_base("other").unwrap();
        assert_eq!(git.changed_since_work_began("other"), git.changed_since(&base));
        assert!(!git.changed_since(&base).unwrap().is_empty());
    }

    #[test]
    fn lines_that_are_new_are_told() {
        let repository = Repository::new();
        repository.write("a.ts", b"1\n2\n3\n4\n5\n");
        repository.write("b \"q\".ts", b"1\n");
        repository.write("gone.ts", b"1\n");
        let base = repository.commit();
        repository.write("a.ts", b"1\ntwo\n3\n5\nsix\nseven\n");
        repository.write("b \"q\".ts", b"@@ -1 +7,9 @@\n");
        repository.write("new.ts", b"1\n2\n");
        repository.write("image.png", b"\x00\x01");
        std::fs::remove_file(repository.0.path().join("gone.ts")).unwrap();
        repository.git(&["add", "-A"]);
        let lines = repository.at("").changed_lines(&base).unwrap();
        let told: Vec<String> = lines.iter().map(|(path, ranges)| format!("{path} {ranges:?}")).collect();
        assert_eq!(told, ["a.ts [2..=2, 5..=6]", "b \"q\".ts [1..=1]", "new.ts [1..=2]"]);
    }

    #[test]
    fn a_file_is_read_as_it_was() {
        let repository = Repository::new();
        repository.write("app/a.ts", b"one\n\xff\x00no line break");
        repository.write("app/empty.ts", b"");
        repository.write("top.ts", b"top");
        std::os::unix::fs::symlink("a.ts", repository.0.path().join("app/link.ts")).unwrap();
        let base = repository.commit();
        for path in ["app/a.ts", "app/empty.ts", "top.ts"] {
            repository.write(path, b"two\n");
        }
        std::fs::remove_file(repository.0.path().join("app/link.ts")).unwrap();
        let git = repository.at("app");
        let changed = git.changed_since(&base).unwrap();
        assert_eq!(changed.keys().collect::<Vec<_>>(), ["a.ts", "empty.ts", "link.ts"], "relative to the folder");
        assert_eq!(changed["link.ts"], None, "a link has no text of its own");
        let objects: Vec<&str> = changed.values().flatten().map(String::as_str).collect();
        assert_eq!(git.contents(&objects), Ok(vec![b"one\n\xff\x00no line break".to_vec(), Vec::new()]));
        assert_eq!(git.tracked(), Ok(set(["a.ts", "empty.ts"])));
    }

    #[test]
    fn what_is_ignored_is_told_also_of_files_that_are_not_there() {
        let repository = Repository::new();
        repository.write(".gitignore", b".env*\n!.env.example\n");
        repository.write(".env", b"tracked");
        repository.git(&["add", "--force", ".env"]);
        let git = repository.at("");
        assert_eq!(git.ignored(&[".env.example", ".env.local", ".env", "a"]), Ok(vec![".env.local", ".env"]));
        assert_eq!(git.ignored(&["a"]), Ok(Vec::new()));
        assert_eq!(git.is_shallow(), Ok(false));
        let outside = tempfile::tempdir().unwrap();
        assert!(Git::at(outside.path()).ignored(&["a"]).is_err());
    }

    #[test]
    fn many_and_large_files_do_not_block() {
        let repository = Repository::new();
        for number in 0..300 {
            repository.write(&format!("{number}.ts"), format!("{number}{}", "x".repeat(4_000)).as_bytes());
        }
        let base = repository.commit();
        for number in 0..300 {
            repository.write(&format!("{number}.ts"), b"");
        }
        let changed = repository.at("").changed_since(&base).unwrap();
        let objects: Vec<&str> = changed.values().flatten().map(String::as_str).collect();
        assert_eq!(repository.at("").contents(&objects).unwrap().len(), 300);
        assert!(repository.at("").contents(&["0123456789012345678901234567890123456789"]).is_err());
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
