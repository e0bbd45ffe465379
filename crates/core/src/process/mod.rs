//! Other programs, run without a shell, with what they print kept from steering the runner and from giving secrets away.

mod gather;
mod transcript;
pub mod tree;
pub mod watch;

use std::{collections::VecDeque, io, path::Path, process::Stdio, time::Duration};

use rustix::process::Signal;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    process::{Child, Command},
    sync::mpsc,
    time::{Instant, sleep, timeout},
};

use crate::{inputs::Environment, output::Output};
use tree::Tree;

pub use gather::{End, Gathered, gather};

/// How many of the last lines are kept for the report.
const KEPT_LINES: usize = 200;
/// Longer lines are cut into pieces, so that a program without line breaks cannot fill the memory. In bytes.
const LINE_LIMIT: u64 = 1 << 20;
/// How long a program that was told to stop, with all that it started, may take before it is killed. Whoever runs it has
/// to end too, and GitHub's runner loses its patience after 7.5 seconds.
pub const GRACE: Duration = Duration::from_secs(3);
/// How long what the program left running may keep its output open.
const LINGER: Duration = Duration::from_secs(2);
/// The least that is waited for the last lines.
const LAST_LINES: Duration = Duration::from_millis(200);

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// Whether it was told to stop before it ended by itself.
    pub cancelled: bool,
    /// The last lines that it printed on both streams, redacted.
    pub last_lines: Vec<String>,
}

impl Ended {
    /// Whether it ended by itself and well.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.code == Some(0) && !self.cancelled
    }
}

/// A program that could not be run.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// No program was named.
    #[error("no program to run was named")]
    Empty,
    /// The program could not be started.
    #[error("cannot start `{program}`: {source}")]
    Start {
        /// Its name.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// The program was started, but what became of it is not known.
    #[error("lost sight of `{program}` while it ran: {source}")]
    Lost {
        /// Its name.
        program: String,
        /// Why.
        source: io::Error,
    },
}

/// Runs `arguments` (the program first) in `folder` with exactly the variables of `environment` and no input, and prints
/// its lines as a stranger's. When `cancelled` is ready first, the program and everything that it started are told to
/// stop (SIGTERM), and killed after [`GRACE`]: see [`tree`].
///
/// # Errors
/// If no program is named, it cannot be started, or it cannot be waited for.
pub async fn run(
    arguments: &[String],
    folder: &Path,
    environment: &Environment,
    cancelled: impl Future<Output = ()>,
    output: &mut Output,
) -> Result<Ended, ProcessError> {
    let (program, rest) = arguments.split_first().ok_or(ProcessError::Empty)?;
    let lost = |source| ProcessError::Lost { program: program.clone(), source };
    let (mut child, tree) = start(program, rest, folder, environment)?;
    let mut lines = lines_of(&mut child);
    let mut stranger = output.stranger();
    let mut kept = Kept::default();

    tokio::pin!(cancelled);
    let mut cancelled_at = None;
    let mut deadline = Box::pin(sleep(Duration::MAX));
    let status = loop {
        tokio::select! {
            biased;
            () = &mut cancelled, if cancelled_at.is_none() => {
                cancelled_at = Some(Instant::now());
                tree.signal(Signal::TERM);
                deadline = Box::pin(sleep(GRACE));
            }
            () = &mut deadline, if cancelled_at.is_some() => {
                tree.kill().await;
                deadline = Box::pin(sleep(Duration::MAX));
            }
            Some(line) = lines.recv() => kept.add(stranger.say(&line)),
            status = child.wait() => break status.map_err(lost)?,
        }
    };
    let drain = async {
        while let Some(line) = lines.recv().await {
            kept.add(stranger.say(&line));
        }
    };
    let left = cancelled_at.map_or(LINGER, |at| GRACE.saturating_sub(at.elapsed()).clamp(LAST_LINES, LINGER));
    let lingers = timeout(left, drain).await.is_err();
    let was_cancelled = cancelled_at.is_some();
    if lingers || was_cancelled {
        // Where something still holds the output open, the group still has a member and its number is not another's;
        // where the run is to end, no child may outlive it, not even a silent one, or one that left the group.
        tree.kill().await;
    }
    drop(stranger);
    Ok(Ended { code: status.code(), cancelled: was_cancelled, last_lines: kept.lines.into() })
}

/// Starts a program with exactly the variables of `environment` and no input, in a group of its own, so that it can be ended with
/// everything that it starts.
fn start(
    program: &str,
    arguments: &[String],
    folder: &Path,
    environment: &Environment,
) -> Result<(Child, Tree), ProcessError> {
    let failed = |source| ProcessError::Start { program: program.to_owned(), source };
    let mark = tree::mark().map_err(failed)?;
    let child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(&environment.variables)
        .env(tree::MARK, &mark)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let tree = Tree::new(child.id().and_then(|id| i32::try_from(id).ok()), mark);
    Ok((child, tree))
}

/// What a child prints on both streams, line by line.
fn lines_of(child: &mut Child) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(64);
    if let Some(stream) = child.stdout.take() {
        tokio::spawn(forward(stream, sender.clone()));
    }
    if let Some(stream) = child.stderr.take() {
        tokio::spawn(forward(stream, sender));
    }
    receiver
}

async fn forward(stream: impl AsyncRead + Unpin, sender: mpsc::Sender<String>) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut reader).take(LINE_LIMIT).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line);
        if sender.send(text.trim_end_matches(['\n', '\r']).to_owned()).await.is_err() {
            return;
        }
    }
}

#[derive(Default)]
struct Kept {
    lines: VecDeque<String>,
}

impl Kept {
    fn add(&mut self, line: String) {
        if self.lines.len() == KEPT_LINES {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }
}

#[cfg(test)]
mod tests {
    use super::{Ended, run};
    use crate::{inputs::Environment, output::Output};
    use std::{future, path::Path};

    fn environment(is_github: bool) -> Environment {
        let path = std::env::var("PATH").unwrap();
        let github = if is_github { "true" } else { "" };
        Environment::from_pairs([
            ("PATH", path.as_str()),
            ("DATABASE_URL", "postgres://app:hunter22@db/prod"),
            ("GITHUB_ACTIONS", github),
        ])
    }

    async fn shell(script: &str, is_github: bool, cancelled: impl Future<Output = ()>) -> (Ended, String) {
        let environment = environment(is_github);
        let (mut output, captured) = Output::captured(&environment);
        let arguments = ["sh", "-c", script].map(str::to_owned);
        let ended = run(&arguments, Path::new("."), &environment, cancelled, &mut output).await.unwrap();
        (ended, if is_github { captured.stdout() } else { captured.stderr() })
    }

    #[tokio::test]
    async fn both_streams_are_shown_and_the_exit_code_is_kept() {
        let (ended, printed) =
            shell("echo one; echo two >&2; echo $DATABASE_URL; exit 3", false, future::pending()).await;
        assert_eq!((ended.code, ended.is_success()), (Some(3), false));
        let mut lines: Vec<&str> = printed.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["***", "one", "two"]);
        assert_eq!(ended.last_lines.len(), 3);
    }

    #[tokio::test]
    async fn on_github_a_child_gives_the_runner_no_orders() {
        let (ended, printed) = shell("echo '::error::x'; echo '##[group]'", true, future::pending()).await;
        assert!(ended.is_success());
        let lines: Vec<&str> = printed.lines().collect();
        let token = lines[0].strip_prefix("::stop-commands::").unwrap();
        assert_eq!(lines[1..], ["::error::x", "## [group]", &format!("::{token}::")]);
    }

    #[tokio::test]
    async fn a_silent_child_leaves_no_trace() {
        assert_eq!(shell("true", true, future::pending()).await.1, "");
    }

    #[tokio::test]
    async fn a_cancelled_child_is_told_to_stop_and_so_are_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().join("ready");
        // The script's own child would hold the output open for an hour.
        let script = format!("trap 'echo stopping; exit 9' TERM; sleep 3600 & touch {}; wait", ready.display());
        let is_ready = async {
            while !ready.exists() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        let (ended, printed) = shell(&script, false, is_ready).await;
        assert_eq!((ended.code, ended.cancelled), (Some(9), true));
        // A shell may say before it that its own child was terminated.
        assert!(printed.ends_with("stopping\n"), "{printed}");
    }

    #[tokio::test]
    async fn a_cancelled_child_leaves_no_silent_child_behind() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let (alive, ready, outlived) = (place("alive"), place("ready"), place("outlived"));
        assert!(std::process::Command::new("mkfifo").arg(&alive).status().unwrap().success());
        // The grandchild ignores SIGTERM, holds no output open and has a session of its own: only SIGKILL reaches it, and no
        // signal to the group. While it lives, it holds the pipe open, and in the end it would leave a file.
        let script = format!(
            "setsid sh -c \"trap '' TERM; exec 3>{}; touch {}; sleep 60; touch {}\" >/dev/null 2>&1 & wait",
            alive.display(),
            ready.display(),
            outlived.display()
        );
        let end_of_grandchild = std::thread::spawn(move || std::fs::read(alive).unwrap());
        let is_ready = async {
            while !ready.exists() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        let (ended, _) = shell(&script, false, is_ready).await;
        assert!(ended.cancelled);
        end_of_grandchild.join().unwrap();
        assert!(!outlived.exists());
    }

    #[tokio::test]
    async fn a_program_that_is_missing_or_unnamed_is_an_error() {
        let environment = environment(false);
        let (mut output, _) = Output::captured(&environment);
        for (arguments, expected) in [
            (
                vec!["no-such-program".to_owned()],
                "cannot start `no-such-program`: No such file or directory (os error 2)",
            ),
            (vec![], "no program to run was named"),
        ] {
            let error =
                run(&arguments, Path::new("."), &environment, future::pending(), &mut output).await.unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}
