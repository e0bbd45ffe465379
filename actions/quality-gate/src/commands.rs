//! A gate's program: run with the variables that it may see, and judged by how it ended.

use std::future::Future;

use ops_core::inputs::Environment;
use ops_core::process::{self, End, Gathered};

use crate::gate::{Command, Gate};
use crate::outcome::Outcome;
use crate::schedule::Done;

/// How much of standard output is kept for a reader, in bytes.
const MOST: usize = 16 << 20;

/// Variables by which a program could speak to the runner in this program's name, and this program's own inputs.
fn is_ours(name: &str) -> bool {
    const FILES: [&str; 5] = ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"];
    name.starts_with("INPUT_")
        || name.starts_with("ACTIONS_RUNTIME_")
        || name.starts_with("ACTIONS_ID_TOKEN_")
        || FILES.contains(&name)
}

/// The variables that a gate's program gets.
fn environment(command: &Command, variables: &Environment) -> Environment {
    let is_passed = |name: &str| command.pass.hold(name) || (!is_ours(name) && !command.withhold.hold(name));
    let passed = variables.variables.iter().filter(|(name, _)| is_passed(name));
    Environment::from_pairs(passed.map(|(name, value)| (name.clone(), value.clone())))
}

/// Runs a gate's program until it ends, its time is over or the run is cancelled.
pub(crate) fn run(
    gate: &Gate,
    command: &Command,
    variables: &Environment,
    cancelled: impl Future<Output = ()>,
) -> Done {
    let words = command.line.words();
    let program = words.first().map(String::as_str).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let gathered = runtime.map_err(|error| format!("the runtime cannot start: {error}")).and_then(|runtime| {
        let environment = environment(command, variables);
        let run = process::gather(words, &command.folder, &environment, gate.timeout, MOST, cancelled);
        runtime.block_on(run).map_err(|error| error.to_string())
    });
    match gathered {
        Ok(gathered) => {
            let outcome = judge(gate, &gathered);
            Done { outcome: Some(outcome), printed: gathered.shown }
        }
        Err(error) => Done {
            outcome: Some(Outcome::unproven(
                error,
                format!("install `{program}`, or correct `run` of [gates.{}]", gate.id),
            )),
            printed: String::new(),
        },
    }
}

fn judge(gate: &Gate, gathered: &Gathered) -> Outcome {
    let mut outcome = match gathered.end {
        End::Code(0) => Outcome::pass("ended with 0"),
        End::Code(code) => Outcome::fail(format!("ended with {code}"), "see what it printed"),
        End::Signal(signal) => Outcome::fail(
            format!("was ended by signal {signal}{}", named(signal)),
            "see what it printed, and how much memory it needs",
        ),
        End::TimedOut => {
            let limit =
                ops_core::policy::Duration::from_millis(u64::try_from(gate.timeout.as_millis()).unwrap_or(u64::MAX));
            Outcome::fail(
                format!("did not end within {limit}, and was ended"),
                format!("see where it hangs, or give it more time: `timeout` of [gates.{}]", gate.id),
            )
        }
        End::Cancelled => Outcome::unproven("ended, since the run was cancelled", "run it again"),
    };
    if !gathered.left.is_empty() {
        let left = crate::words::list(gathered.left.iter().map(|name| format!("`{name}`")));
        outcome.summary = format!("{}; it left {left} running, which was ended too", outcome.summary);
    }
    outcome
}

fn named(signal: i32) -> &'static str {
    match signal {
        6 => " (SIGABRT)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        15 => " (SIGTERM)",
        _ => "",
    }
}
