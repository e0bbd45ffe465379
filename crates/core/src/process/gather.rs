//! A program whose output is kept and not shown, and of which nothing is left when it ended.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Child;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use super::transcript::Transcript;
use super::tree::Tree;
use super::{GRACE, ProcessError, start};
use crate::inputs::Environment;

/// How much is read at once, in bytes.
const PIECE: usize = 1 << 16;
/// How long what was left running may go on printing before it is ended.
const LINGER: Duration = Duration::from_millis(300);

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code.
    Code(i32),
    /// By this signal, which nobody here sent.
    Signal(i32),
    /// It took too long.
    TimedOut,
    /// The run was asked to stop.
    Cancelled,
}

/// A program that has ended.
#[derive(Debug)]
pub struct Gathered {
    /// How.
    pub end: End,
    /// What it printed on both streams: the beginning and the end, where it is long. Not redacted.
    pub shown: String,
    /// Whether that is all of it.
    pub is_whole: bool,
    /// All that it printed on standard output; none where that is more than was asked for.
    pub standard_output: Option<Vec<u8>>,
    /// The names of the processes that it left running, which were ended.
    pub left: Vec<String>,
    /// How long it took.
    pub duration: Duration,
}

/// Runs `arguments` (the program first) in `folder` with the variables of `environment`, no input and at most `limit` of time,
/// and keeps up to `most` bytes of standard output. When `cancelled` is ready or the time is over, the program and
/// everything that it started are told to stop (SIGTERM), and killed after [`GRACE`]. Nothing of it is left afterwards: see
/// [`super::tree`].
///
/// # Errors
/// If no program is named, it cannot be started, or it cannot be waited for.
pub async fn gather(
    arguments: &[String],
    folder: &Path,
    environment: &Environment,
    limit: Duration,
    most: usize,
    cancelled: impl Future<Output = ()>,
) -> Result<Gathered, ProcessError> {
    let (program, rest) = arguments.split_first().ok_or(ProcessError::Empty)?;
    let lost = |source| ProcessError::Lost { program: program.clone(), source };
    let began = Instant::now();
    let (mut child, tree) = start(program, rest, folder, environment)?;
    let mut pieces = pieces_of(&mut child);
    let mut kept = Transcript::new(most);

    tokio::pin!(cancelled);
    let mut stopped = None;
    let mut deadline = Box::pin(sleep(limit));
    let waited: io::Result<ExitStatus> = loop {
        tokio::select! {
            biased;
            () = &mut cancelled, if stopped.is_none() => {
                stopped = Some(End::Cancelled);
                tree.signal(Signal::TERM);
                deadline = Box::pin(sleep(GRACE));
            }
            () = &mut deadline => {
                let grace = if stopped.is_none() {
                    stopped = Some(End::TimedOut);
                    tree.signal(Signal::TERM);
                    GRACE
                } else {
                    tree.kill().await;
                    Duration::MAX
                };
                deadline = Box::pin(sleep(grace));
            }
            Some((stream, piece)) = pieces.recv() => kept.add(stream, &piece),
            status = child.wait() => break status,
        }
    };
    let left = last_pieces(&tree, &mut pieces, &mut kept, stopped.is_some()).await;
    let status = waited.map_err(lost)?;
    let by_itself = || match (status.code(), status.signal()) {
        (Some(code), _) => End::Code(code),
        (None, signal) => End::Signal(signal.unwrap_or_default()),
    };
    let is_whole = kept.is_whole();
    let (shown, standard_output) = kept.finish();
    let end = stopped.unwrap_or_else(by_itself);
    Ok(Gathered { end, shown, is_whole, standard_output, left, duration: began.elapsed() })
}

/// Takes what is still printed, and ends what was left running. Returns the names of that, unless it was told to stop before.
async fn last_pieces(
    tree: &Tree,
    pieces: &mut mpsc::Receiver<(Stream, Vec<u8>)>,
    kept: &mut Transcript,
    was_stopped: bool,
) -> Vec<String> {
    let mut drain = async |limit: Duration| {
        let all = async {
            while let Some((stream, piece)) = pieces.recv().await {
                kept.add(stream, &piece);
            }
        };
        // What goes on printing is ended next.
        let _ = timeout(limit, all).await;
    };
    let left = if was_stopped {
        tree.kill().await;
        Vec::new()
    } else if tree.is_empty() {
        Vec::new()
    } else {
        drain(LINGER).await;
        tree.end().await
    };
    // Nobody holds the pipes any more, unless somebody got out of sight.
    drain(LINGER).await;
    left
}

/// Which of a program's two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Output,
    Error,
}

fn pieces_of(child: &mut Child) -> mpsc::Receiver<(Stream, Vec<u8>)> {
    let (sender, receiver) = mpsc::channel(16);
    if let Some(stream) = child.stdout.take() {
        tokio::spawn(forward(stream, Stream::Output, sender.clone()));
    }
    if let Some(stream) = child.stderr.take() {
        tokio::spawn(forward(stream, Stream::Error, sender));
    }
    receiver
}

async fn forward(mut from: impl AsyncRead + Unpin, stream: Stream, sender: mpsc::Sender<(Stream, Vec<u8>)>) {
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        match from.read_buf(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if sender.send((stream, piece)).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
