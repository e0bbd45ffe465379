//! A gate's program: run with the variables that it may see, and what it wrote.

mod bundle;
mod lockfile;
mod reports;
mod tools;

use std::future::Future;
use std::path::Path;

use ops_core::inputs::Environment;
use ops_core::process;

pub(crate) use bundle::{Weighed, Weight};
pub(crate) use reports::{AUDIT_AGAIN, Problem, Reports, Said};
pub(crate) use tools::Tool;

use crate::gate::{Command, Gate};
use crate::judge::{self, Bench};
use crate::outcome::Outcome;
use crate::schedule::Done;
use reports::Before;
use tools::Words;

/// How much of standard output is kept for a reader, in bytes.
const MOST: usize = 16 << 20;

/// Variables by which a program could speak to the runner in this program's name, and this program's own inputs.
fn is_ours(name: &str) -> bool {
    const FILES: [&str; 5] = ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"];
    const PREFIXES: [&str; 3] = ["INPUT_", "ACTIONS_RUNTIME_", "ACTIONS_ID_TOKEN_"];
    FILES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The variables that a gate's program gets.
fn environment(command: &Command, variables: &Environment) -> Environment {
    let is_passed = |name: &str| command.pass.hold(name) || (!is_ours(name) && !command.withhold.hold(name));
    let passed = variables.variables.iter().filter(|(name, _)| is_passed(name));
    Environment::from_pairs(passed.map(|(name, value)| (name.clone(), value.clone())))
}

/// Runs a gate's program until it ends, its time is over or the run is cancelled, and judges it. `scratch` is a folder for reports.
pub(crate) fn run(
    gate: &Gate,
    command: &Command,
    bench: &Bench<'_>,
    scratch: &Path,
    cancelled: impl Future<Output = ()>,
) -> Done {
    let mut words = command.line.words().to_vec();
    let program = words.first().cloned().unwrap_or_default();
    let mut environment = environment(command, &bench.inputs.variables);
    let mut reports = command.reports.clone();
    if let Some(told) = &command.told {
        let path = scratch.join(&gate.id);
        let Words { arguments, variables } = told.tool.told(&path, environment.get("NODE_OPTIONS").unwrap_or_default());
        words.extend((told.separator && !arguments.is_empty()).then(|| "--".to_owned()));
        words.extend(arguments);
        environment.variables.extend(variables.into_iter().map(|(name, value)| (name.to_owned(), value)));
        reports = Reports::Told(path, told.tool.format());
    }
    let root = &bench.inputs.root;
    let before = Before::look(root, reports.patterns());
    let built = bundle::Begun::look(root, &command.conditions.bundle);
    let lockfile = command.lockfile.as_deref().map(lockfile::Unchanged::begin);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let gathered = runtime.map_err(|error| format!("the runtime cannot start: {error}")).and_then(|runtime| {
        let run = process::gather(&words, &command.folder, &environment, gate.timeout, MOST, cancelled);
        runtime.block_on(run).map_err(|error| error.to_string())
    });
    match gathered {
        Ok(gathered) => {
            let mut said = reports::read(root, &reports, command.format, &before, &gathered);
            said.bundles = built.weigh(root);
            let mut outcome = judge::judge(gate, command, &gathered, said, bench);
            if let Some(reason) = lockfile.and_then(lockfile::Unchanged::end) {
                outcome =
                    Outcome::fail(reason, "commit the lockfile as the installation writes it, and install it frozen");
            }
            Done { outcome: Some(outcome), printed: gathered.shown }
        }
        Err(error) => {
            let next = format!("install `{program}`, or correct `run` of [gates.{}]", gate.id);
            Done { outcome: Some(Outcome::unproven(error, next)), printed: String::new() }
        }
    }
}
