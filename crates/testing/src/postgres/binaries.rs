//! Where the server's and the client's programs are, and as whom the server runs.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of one PostgreSQL version's programs.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    pub(super) fn of(folder: PathBuf) -> Self {
        assert!(folder.join("initdb").exists(), "no initdb in {}", folder.display());
        Self { folder }
    }

    /// `$OPS_PG_BIN`, else Debian's newest version, else the folder of the `initdb` on the path.
    pub(super) fn find() -> Self {
        if let Some(folder) = std::env::var_os("OPS_PG_BIN") {
            return Self::of(folder.into());
        }
        let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
            .filter(|(_, folder)| folder.join("initdb").exists())
            .collect();
        versions.sort();
        if let Some((_, folder)) = versions.pop() {
            return Self::of(folder);
        }
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
            .find(|folder| folder.join("initdb").exists())
            .map(Self::of)
            .expect("no PostgreSQL server found: install the package `postgresql` or set OPS_PG_BIN to its bin folder")
    }

    /// These programs, or a copy of them where the server's account cannot enter their folder.
    pub(super) fn reachable_by(self, account: Account) -> Self {
        let probe = account.command(Path::new("test")).arg("-x").arg(self.path("initdb")).current_dir("/").status();
        if probe.is_ok_and(|status| status.success()) {
            return self;
        }
        let copy = std::env::temp_dir().join(format!("ops-testing-binaries-{}", self.version()));
        if !copy.exists() {
            let workshop = tempfile::Builder::new().prefix("ops-binaries-").tempdir().expect("a temporary folder");
            let whole = self.folder.parent().expect("the folder above the programs");
            let copied =
                Command::new("cp").arg("-a").arg(whole).arg(workshop.path().join("copy")).status().expect("cp");
            assert!(copied.success(), "failed to copy {}", whole.display());
            // Another process may have been faster: then its copy stays, and is as good.
            let _ = std::fs::rename(workshop.path().join("copy"), &copy);
        }
        Self::of(copy.join("bin"))
    }

    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }

    /// This version's program where it ships one, else the one on the path.
    pub(super) fn client(&self, program: &str) -> PathBuf {
        let own = self.folder.join(program);
        if own.exists() { own } else { program.into() }
    }

    /// What `postgres --version` says, as one word that can be part of a file name.
    pub(super) fn version(&self) -> String {
        let output = Command::new(self.path("postgres")).arg("--version").output().expect("postgres --version");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.split_whitespace().nth(2).expect("a version from postgres --version").to_owned()
    }
}

/// As whom the server runs: PostgreSQL refuses to run as root.
#[derive(Clone, Copy, Debug)]
pub(super) enum Account {
    Ourselves,
    Postgres,
    Nobody,
}

impl Account {
    pub(super) fn find() -> Self {
        if number("-u", None) != Some(0) {
            Self::Ourselves
        } else if number("-u", Some("postgres")).is_some() {
            Self::Postgres
        } else {
            Self::Nobody
        }
    }

    /// A word that tells this account from all others on the machine.
    pub(super) fn tag(self) -> String {
        number("-u", self.name()).expect("the number of the server's user").to_string()
    }

    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Ourselves => None,
            Self::Postgres => Some("postgres"),
            Self::Nobody => Some("nobody"),
        }
    }

    /// The words to put before a command so that it runs as this account, in place of the process that ran them.
    pub(super) fn prefix(self) -> Vec<String> {
        let Some(name) = self.name() else {
            return Vec::new();
        };
        let user = number("-u", Some(name)).expect("the number of the server's user");
        let group = number("-g", Some(name)).expect("the number of the server's group");
        vec!["setpriv".into(), format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".into()]
    }

    pub(super) fn command(self, program: &Path) -> Command {
        let mut words = self.prefix();
        words.push(program.display().to_string());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command
    }

    pub(super) fn give(self, folder: &Path) {
        if let Some(name) = self.name() {
            let done = Command::new("chown").arg("-R").arg(name).arg(folder).status().expect("chown");
            assert!(done.success(), "failed to give {} to {name}", folder.display());
        }
    }
}

fn number(which: &str, name: Option<&str>) -> Option<u32> {
    let output = Command::new("id").arg(which).args(name).output().expect("id");
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}
