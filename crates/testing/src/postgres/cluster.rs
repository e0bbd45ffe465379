//! The data folder: made by `initdb` once per version, then copied.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::PASSWORD;
use super::binaries::{Account, Binaries};

/// Lays a fresh data folder at `data`, which must not exist; its parent belongs to `account`.
pub(super) fn lay(binaries: &Binaries, account: Account, data: &Path, fresh_identity: bool) {
    if fresh_identity {
        initialise(binaries, account, data);
        return;
    }
    let template = template(binaries, account);
    let copied = Command::new("cp").arg("-a").arg(&template).arg(data).status().expect("cp");
    assert!(copied.success(), "failed to copy {}", template.display());
}

fn template(binaries: &Binaries, account: Account) -> PathBuf {
    let place = std::env::temp_dir().join(format!("ops-testing-postgres-{}-{}", binaries.version(), account.tag()));
    if place.join("PG_VERSION").exists() {
        return place;
    }
    let workshop = tempfile::Builder::new().prefix("ops-initdb-").tempdir().expect("a temporary folder");
    account.give(workshop.path());
    let data = workshop.path().join("data");
    initialise(binaries, account, &data);
    // Another process may have been faster: then its folder stays, and is as good.
    let renamed = std::fs::rename(&data, &place);
    assert!(renamed.is_ok() || place.join("PG_VERSION").exists(), "failed to keep {}: {renamed:?}", place.display());
    place
}

fn initialise(binaries: &Binaries, account: Account, data: &Path) {
    let password = data.with_extension("password");
    std::fs::write(&password, PASSWORD).expect("the password file");
    account.give(&password);
    let output = account
        .command(&binaries.path("initdb"))
        .args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"])
        .arg(format!("--pwfile={}", password.display()))
        .arg(format!("--pgdata={}", data.display()))
        .env("TZ", "UTC")
        .current_dir("/")
        .output()
        .expect("initdb");
    assert!(output.status.success(), "initdb failed: {}", String::from_utf8_lossy(&output.stderr));
}
