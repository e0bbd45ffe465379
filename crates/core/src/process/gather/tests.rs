use std::future;
use std::path::Path;
use std::time::Duration;

use super::{End, Gathered, gather};
use crate::inputs::Environment;

const LONG: Duration = Duration::from_secs(600);

async fn shell(script: &str, limit: Duration, cancelled: impl Future<Output = ()>) -> Gathered {
    let environment = Environment::from_pairs([("PATH", std::env::var("PATH").unwrap())]);
    let arguments = ["sh", "-c", script].map(str::to_owned);
    gather(&arguments, Path::new("."), &environment, limit, 1 << 20, cancelled).await.unwrap()
}

/// A pipe that stays open as long as somebody of the tree lives.
struct Lifeline {
    folder: tempfile::TempDir,
}

impl Lifeline {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = std::process::Command::new("mkfifo").arg(folder.path().join("alive")).status().unwrap();
        assert!(made.success());
        Self { folder }
    }

    /// Shell words that hold the pipe open.
    fn hold(&self) -> String {
        format!("exec 9>{}", self.folder.path().join("alive").display())
    }

    fn ready(&self) -> std::path::PathBuf {
        self.folder.path().join("ready")
    }

    /// Ends when the last one who holds it is gone.
    fn watch(&self) -> std::thread::JoinHandle<()> {
        let path = self.folder.path().join("alive");
        std::thread::spawn(move || drop(std::fs::read(path).unwrap()))
    }
}

async fn exists(path: std::path::PathBuf) {
    while !path.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn output_and_code_are_kept() {
    let gathered = shell("echo one; echo two >&2; exit 3", LONG, future::pending()).await;
    assert_eq!(gathered.end, End::Code(3));
    let mut lines: Vec<&str> = gathered.shown.lines().collect();
    lines.sort_unstable();
    assert_eq!((lines, gathered.standard_output), (vec!["one", "two"], Some(b"one\n".to_vec())));
    assert_eq!(gathered.left, Vec::<String>::new());
}

#[tokio::test]
async fn a_signal_is_told_from_a_code() {
    assert_eq!(shell("kill -SEGV $$", LONG, future::pending()).await.end, End::Signal(11));
}

#[tokio::test]
async fn what_takes_too_long_is_ended_even_where_it_ignores_it() {
    let line = Lifeline::new();
    let alive = line.watch();
    let script = format!("{}; trap '' TERM; while :; do sleep 1; done", line.hold());
    let gathered = shell(&script, Duration::from_millis(200), future::pending()).await;
    assert_eq!(gathered.end, End::TimedOut);
    alive.join().unwrap();
}

#[tokio::test]
async fn who_forks_twice_and_leaves_the_session_is_ended_too() {
    let line = Lifeline::new();
    let alive = line.watch();
    // The marked variable is gone in the second one, whose parent the first one still is.
    let daemon = format!(
        "setsid sh -c '{}; (env -i sleep 3600 & touch {}; exec sleep 3600) &' >/dev/null 2>&1 </dev/null &",
        line.hold(),
        line.ready().display()
    );
    let script = format!("{daemon} while ! test -e {}; do :; done; echo done", line.ready().display());
    let gathered = shell(&script, LONG, future::pending()).await;
    assert_eq!((gathered.end, gathered.shown.as_str()), (End::Code(0), "done\n"));
    assert!(gathered.left.contains(&"sleep".to_owned()), "{:?}", gathered.left);
    alive.join().unwrap();
}

#[tokio::test]
async fn who_is_cancelled_leaves_nobody_behind() {
    let line = Lifeline::new();
    let alive = line.watch();
    let script = format!(
        "{}; setsid sh -c 'trap \"\" TERM; touch {}; while :; do sleep 1; done' & wait",
        line.hold(),
        line.ready().display()
    );
    let gathered = shell(&script, LONG, exists(line.ready())).await;
    assert_eq!(gathered.end, End::Cancelled);
    alive.join().unwrap();
}

#[tokio::test]
async fn output_without_end_fills_nothing() {
    let gathered = shell("yes | head -c 50000000", LONG, future::pending()).await;
    assert_eq!(gathered.end, End::Code(0));
    assert_eq!(gathered.standard_output, None);
    assert!(gathered.shown.len() < 2 << 20);
}
