//! `runner = "command"`: a foreign tool applies the migrations, between the same guard and the same verification.

use std::process::Stdio;
use std::time::Duration;

use ops_core::Check;
use ops_core::redact::Redactor;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};

use super::{Halt, Held, Outcome};
use crate::guard::Guarded;
use crate::observe;
use crate::situation::Situation;
use crate::stop::Stop;

/// How much of the tool's output is kept for the report.
const KEPT_LINES: usize = 200;

/// How long the tool may take to obey SIGTERM.
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs the tool. The plan is what its ledger must say afterwards.
pub(crate) async fn run(
    guarded: &Guarded<'_, '_>,
    situation: &Situation<'_>,
    stop: &Stop,
    redactor: &Redactor,
    mut held: Held,
) -> (Outcome, Held) {
    let words = &situation.inputs.policy.migrations.command;
    let mut outcome = Outcome::default();
    let (ended, transcript) = match words.split_first() {
        None => (Err("migrations.runner is \"command\", but migrations.command is empty".to_owned()), String::new()),
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments).current_dir(&situation.inputs.root);
            execute(command, stop.clone()).await
        }
    };
    outcome.transcript = Some(redactor.redact(&transcript).into_owned());

    let facts = guarded.facts();
    if let Ok(entries) = observe::entries(held.session.connection(), &facts.ledger).await {
        let known = |id: &str| {
            entries.iter().any(|entry| entry.id == id && entry.outcome == ops_migrations::ledger::Outcome::Applied)
        };
        outcome.applied =
            guarded.pending().iter().map(|pending| pending.migration.id.clone()).filter(|id| known(id)).collect();
    }
    if let Err(reason) = ended {
        outcome.halt = Some(Halt {
            check: Check::fail(
                "apply",
                format!("{}: {reason}", words.join(" ")),
                "read what the command printed, put that right and run apply again",
            ),
            finding: None,
        });
    }
    (outcome, held)
}

/// Runs a program in a process group of its own and returns what it printed.
async fn execute(mut command: Command, mut stop: Stop) -> (Result<(), String>, String) {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).kill_on_drop(true);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return (Err(format!("cannot be started: {error}")), String::new()),
    };
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let (standard, errors) = (lines(child.stdout.take()), lines(child.stderr.take()));
    let printed = async { tokio::join!(standard, errors) };
    let ended = async {
        tokio::select! {
            ended = child.wait() => return describe(ended),
            () = stop.asked() => {}
        }
        Err(terminate(&mut child, group).await)
    };
    let (ended, (standard, errors)) = tokio::join!(ended, printed);
    (ended, format!("{standard}{errors}"))
}

fn describe(ended: std::io::Result<std::process::ExitStatus>) -> Result<(), String> {
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("ended with {status}")),
        Err(error) => Err(format!("could not be waited for: {error}")),
    }
}

/// Ends the whole group: the tool's own children hold connections too.
async fn terminate(child: &mut Child, group: Option<Pid>) -> String {
    let signal = |signal: Signal| {
        if let Some(group) = group
            && let Err(error) = kill_process_group(group, signal)
        {
            tracing::debug!(%error, "the group is gone");
        }
    };
    signal(Signal::TERM);
    if tokio::time::timeout(PATIENCE, child.wait()).await.is_err() {
        signal(Signal::KILL);
        if let Err(error) = child.wait().await {
            tracing::debug!(%error, "the command could not be waited for");
        }
    }
    "was stopped with this run".to_owned()
}

/// The last lines of a stream.
async fn lines(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(stream) = stream else { return String::new() };
    let mut kept = std::collections::VecDeque::new();
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).await.is_ok_and(|length| length > 0) {
        if kept.len() == KEPT_LINES {
            kept.pop_front();
        }
        kept.push_back(String::from_utf8_lossy(&line).into_owned());
        line.clear();
    }
    kept.into_iter().collect()
}
