//! What ends the programs of a run whose own process is killed, which can do nothing any more (SIGKILL, or no memory).
//!
//! A run starts its own program once more, which waits for the end of a pipe that only the run holds. Linux only.

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, ExitCode};
use std::sync::OnceLock;

use super::tree;

/// The first argument of a program that watches; the second is the mark of the run.
const WATCH: &str = "__watch";
/// What a run says that ends by itself.
const DONE: &[u8] = b"done";

/// What begins the marks of everything that this process starts: see [`tree::MARK`].
pub(super) fn run_mark() -> &'static str {
    static MARK: OnceLock<String> = OnceLock::new();
    // Without random numbers nothing is started either: see [`tree::mark`].
    MARK.get_or_init(|| crate::runner::commands::token().unwrap_or_default())
}

/// Somebody who watches over this run as long as it lives.
#[derive(Debug)]
pub struct Watch {
    watcher: Option<(Child, ChildStdin)>,
}

impl Watch {
    /// Has somebody watch from now on. Where that cannot be, nobody does.
    #[must_use]
    pub fn begin() -> Self {
        #[cfg(target_os = "linux")]
        match start() {
            Ok(watcher) => return Self { watcher },
            Err(error) => tracing::debug!("nobody watches over this run: {error}"),
        }
        Self { watcher: None }
    }
}

#[cfg(target_os = "linux")]
fn start() -> std::io::Result<Option<(Child, ChildStdin)>> {
    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, Stdio};

    // Also where another file has been laid in its place meanwhile.
    let mut command = Command::new("/proc/self/exe");
    command.args([WATCH, run_mark()]).env_clear().current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // A group of its own is not reached by who ends the run's.
    let mut child = command.process_group(0).spawn()?;
    Ok(child.stdin.take().map(|pipe| (child, pipe)))
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some((mut child, mut pipe)) = self.watcher.take() {
            // Whoever cannot be told ends with the pipe.
            let _ = pipe.write_all(DONE);
            drop(pipe);
            let _ = child.wait();
        }
    }
}

/// Watches, where this program was started to do so, until the run ends or is gone; then nothing of it is left. None where it
/// was started for anything else.
#[must_use]
pub fn asked(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    if arguments.nth(1)? != WATCH {
        return None;
    }
    let mark = arguments.next()?.into_string().ok()?;
    let mut said = Vec::new();
    // An error is an end too.
    let _ = std::io::stdin().read_to_end(&mut said);
    if said != DONE && !mark.is_empty() {
        tree::kill_run(&mark);
    }
    Some(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::asked;

    #[test]
    fn only_who_is_asked_to_watches() {
        for arguments in [vec!["quality-gate"], vec!["quality-gate", "run"], vec!["quality-gate", "__watch"], vec![]] {
            assert!(asked(arguments.into_iter().map(OsString::from)).is_none());
        }
    }
}
