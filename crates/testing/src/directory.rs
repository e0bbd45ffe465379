//! Temporary folders: an awkward one, and one that is a git repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A temporary folder whose path holds spaces, quotes, a percent sign and a letter beyond ASCII.
#[derive(Debug)]
pub struct TestDir {
    root: TempDir,
    path: PathBuf,
}

impl TestDir {
    /// Makes the folder.
    #[must_use]
    pub fn new() -> Self {
        let root = tempfile::Builder::new().prefix("ops-test-").tempdir().expect("a temporary folder");
        let path = root.path().join("it's a \"folder\" at 100% ø");
        std::fs::create_dir(&path).expect("the awkward folder");
        Self { root, path }
    }

    /// Makes the folder with these files, each told by its path and its text.
    #[must_use]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let directory = Self::new();
        for (path, text) in files {
            directory.write(path, text);
        }
        directory
    }

    /// The awkward path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The plain folder around it, for what must not lie in a repository.
    #[must_use]
    pub fn outside(&self) -> &Path {
        self.root.path()
    }

    /// Writes a file below the folder, with the folders in between, and returns its path.
    pub fn write(&self, relative: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path.join(relative);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("the folders in between");
        std::fs::write(&path, content).expect("the file");
        path
    }

    /// Reads a text file below the folder.
    #[must_use]
    pub fn read(&self, relative: &str) -> String {
        std::fs::read_to_string(self.path.join(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    /// Runs git in the folder and returns what it printed, without the last newline.
    pub fn git(&self, arguments: &[&str]) -> String {
        git(&self.path, arguments)
    }

    /// Makes the folder a git repository with all it holds in one commit on `main`.
    pub fn git_init(&self) -> String {
        self.git(&["init", "--quiet", "--initial-branch=main"]);
        self.commit("Begin")
    }

    /// Commits everything and returns the commit.
    pub fn commit(&self, subject: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", subject]);
        self.git(&["rev-parse", "HEAD"])
    }
}

impl Default for TestDir {
    fn default() -> Self {
        Self::new()
    }
}

/// A copy of `tests/fixtures/sample` in a temporary folder, committed to git.
///
/// # Panics
/// When git is missing or the fixture cannot be copied.
#[must_use]
pub fn sample_repository() -> TestDir {
    let directory = TestDir::new();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/sample"), directory.path());
    directory.git_init();
    directory
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the target folder");
    for entry in std::fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())).flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("the copy");
        }
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")
        .env("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
        .output()
        .expect("git");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_a_repository_with_one_commit_in_an_awkward_folder() {
        let sample = sample_repository();
        assert!(sample.path().display().to_string().contains('"'));
        assert_eq!(sample.git(&["rev-list", "--count", "HEAD"]), "1");
        assert_eq!(sample.git(&["status", "--porcelain"]), "");
        assert!(sample.read("prisma/migrations/migration_lock.toml").contains("sqlite"));
    }
}
