//! A small repository and a small rule for tests.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::rules::Rules;

/// What the rule `token` finds.
pub(crate) const TOKEN: &str = "tok_k3j9x0q8w2e7r5t1";

/// The rule `token`, and more rules.
pub(crate) fn token_and(more: &str) -> Rules {
    const RULE: &str = r#"
[[rules]]
id = "token"
title = "Token"
pattern = '\b(tok_[a-z0-9]{16})\b'
keywords = ["tok_"]
"#;
    Rules::parse("x.toml", &format!("{RULE}{more}")).unwrap()
}

pub(crate) struct Repository(tempfile::TempDir);

impl Repository {
    pub(crate) fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.git(&["init", "-q", "-b", "main"]);
        repository
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, text: &[u8]) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Writes what git keeps read-only.
    pub(crate) fn overwrite(&self, path: &Path, bytes: &[u8]) {
        assert!(path.starts_with(self.path()));
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let name = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
        let mut command = Command::new("git");
        command.arg("-C").arg(self.path()).args(name).args(arguments);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        let output = command.output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Commits everything, and returns the commit.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }
}
