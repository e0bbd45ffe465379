//! One run, from the command line to the exit code.

use std::process::ExitCode;

use ops_core::exit::{self, Failure};
use ops_core::git::Git;
use ops_core::inputs::Environment;
use ops_core::output::Output;
use ops_core::{Finding, Report};
use ops_github::Run;

use crate::cli::{Arguments, Verb};
use crate::comparison::{Comparison, Told};
use crate::result::Scanned;
use crate::scan::{Seen, scan};
use crate::settings::Inputs;
use crate::{inventory, judge, narrow, report, verbs};

/// Runs one verb, from the flags to the exit code.
pub(crate) fn run(arguments: &Arguments, environment: &Environment, output: &mut Output) -> Result<ExitCode, Failure> {
    let verb = &arguments.verb;
    let inputs = Inputs::resolve(verb, environment, output)?;
    let (seen, scanned, comparison) = look(&inputs, verb)?;
    let told = match verb {
        Verb::Scan(_) => verbs::scan::scan(&inputs, scanned, comparison),
        Verb::Inventory(_) => verbs::inventory::inventory(&inputs, scanned, comparison),
        Verb::Explain(flags) => verbs::explain::explain(&inputs, scanned, &flags.path, flags.method.as_deref()),
        Verb::Init(flags) => verbs::init::init(&inputs, scanned, flags.write, output),
        Verb::Baseline(_) => verbs::baseline::baseline(&inputs, scanned, output),
    }?;
    let list = verb.comparison().and_then(|comparison| comparison.inventory.as_deref());
    if let Some(path) = list {
        let is_markdown = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"));
        let text = if is_markdown { inventory::markdown(&told.routes) } else { inventory::document(&told.routes) };
        output.write_file(path, &text)?;
    }
    let outputs = report::outputs(&inputs, &told, list);
    // The process ends soon, and to give back each piece of this takes as long as the report.
    std::mem::forget(seen);
    let mut report = report::compose(&inputs, verb.name(), told);
    if verb.github().is_some_and(|github| github.comment) {
        report.findings.extend(comment(&inputs, &report)?);
    }
    let outputs: Vec<(&str, &str)> = outputs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(exit::finish(report, &outputs, verb.common(), environment, output))
}

/// Looks at the repository: at what a change may touch, where only that is asked for and that is known, and else at everything.
fn look(inputs: &Inputs, verb: &Verb) -> Result<(Seen, Scanned, Comparison), Failure> {
    let seen = match (verb, &inputs.changed) {
        (Verb::Scan(flags), Some(base)) if flags.comparison.inventory.is_none() => {
            let git = Git::at(&inputs.root);
            let (seen, told) = std::thread::scope(|scope| {
                let told = scope.spawn(|| Told::by(&git, base, &inputs.variables));
                (Seen::for_a_change(&inputs.root), told.join())
            });
            let seen = seen?;
            if let Ok(Ok(told)) = told
                && let Some((scanned, comparison)) = narrow::scan(inputs, &seen, told)?
            {
                return Ok((seen, scanned, comparison));
            }
            seen
        }
        _ => Seen::now(&inputs.root)?,
    };

    let scanned = scan(inputs, &seen)?;
    judge::refuse_unknown_guards(&inputs.policy, &scanned)?;
    let comparison = match verb.comparison() {
        Some(_) => Comparison::of(inputs, &seen, &scanned)?,
        None => Comparison::None,
    };
    Ok((seen, scanned, comparison))
}

/// One comment for each folder that is scanned: a repository may hold several apps.
fn comment(inputs: &Inputs, report: &Report) -> Result<Option<Finding>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Unexpected(format!("the runtime cannot start: {error}")))?;
    let scope = if inputs.prefix.is_empty() { "." } else { inputs.prefix.as_str() };
    let run = Run {
        variables: &inputs.variables,
        event: &inputs.event,
        token: inputs.github_token.as_deref(),
        redactor: &inputs.redactor,
    };
    let note = runtime.block_on(run.publish(report, scope));
    // A thread that waits for a name server does not hold up the end.
    runtime.shutdown_background();
    Ok(note)
}
