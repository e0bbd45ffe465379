//! The programs of other projects that tests compare us with; `scripts/test` installs them into `.tools`.

use std::path::{Path, PathBuf};

/// The folder `.tools` of this repository.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools")
}

/// A tool such as `dbmate`, `drizzle-kit`, `sqlx`, `squawk` or `act`: from `.tools`, else from the path.
///
/// # Panics
/// When it is not installed, with the way out.
#[must_use]
pub fn tool(name: &str) -> PathBuf {
    find(name).unwrap_or_else(|| panic!("{}", missing(name)))
}

/// The same, and `None` with a word on standard error where the machine has no such tool and is no CI (`CI=true`): a test
/// that compares with the tool then ends, instead of stopping whoever has not installed everything.
///
/// # Panics
/// In CI, when it is not installed.
#[must_use]
#[allow(clippy::print_stderr, reason = "a skipped test is seen by whoever reads its output, and by nobody else")]
pub fn tool_unless_skipped(name: &str) -> Option<PathBuf> {
    let found = find(name);
    if found.is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{}", missing(name));
        eprintln!("SKIPPED: {}", missing(name));
    }
    found
}

fn find(name: &str) -> Option<PathBuf> {
    let ours = ["npm/node_modules/.bin", "cargo/bin", "venv/bin"].map(|place| folder().join(place));
    let path = std::env::var_os("PATH").unwrap_or_default();
    ours.into_iter().chain(std::env::split_paths(&path)).map(|place| place.join(name)).find(|file| file.exists())
}

fn missing(name: &str) -> String {
    format!("{name} is not installed; run scripts/test once, which installs it into .tools")
}

/// The folder `node_modules` with `drizzle-orm` and `pg`, for a script that imports them.
///
/// # Panics
/// When it is not installed, with the way out.
#[must_use]
pub fn node_modules() -> PathBuf {
    let place = folder().join("npm/node_modules");
    assert!(place.exists(), "no {}; run scripts/test once, which installs it", place.display());
    place
}
