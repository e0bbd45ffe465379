//! One run, from the command line to the exit code.

use std::process::ExitCode;

use ops_core::exit::{self, Failure};
use ops_core::inputs::Environment;
use ops_core::output::Output;

use crate::cli::{Arguments, Run, Verb};
use crate::history::History;
use crate::settings::Inputs;
use crate::{gate, junit, report, verbs};

/// Runs one verb, from the flags to the exit code.
pub(crate) fn run(arguments: &Arguments, environment: &Environment, output: &mut Output) -> Result<ExitCode, Failure> {
    let verb = &arguments.verb;
    if let Some(token) = verb.github_token() {
        output.add_secret(token);
    }
    let inputs = Inputs::resolve(verb, environment)?;
    let asked = |selection| gate::asked(&inputs, selection);
    let kept = if let Verb::Run(Run { history: Some(path), .. }) = verb { Some(path) } else { None };
    // What is none is refused before anything runs.
    let history = kept.map(|path| History::read(path)).transpose()?;
    let mut told = match verb {
        Verb::Run(flags) => verbs::run::run(&inputs, asked(&flags.selection)?, output),
        Verb::List(flags) => Ok(verbs::list::list(asked(&flags.selection)?)),
        Verb::Baseline(flags) => verbs::baseline::baseline(&inputs, asked(&flags.selection)?, output),
        Verb::Secrets(flags) => verbs::secrets::secrets(&inputs, flags),
    }?;
    if let Verb::Run(Run { junit: Some(path), .. }) = verb {
        output.write_file(path, &junit::render(&told.judged, &output.redactor()))?;
    }
    if let (Some(path), Some(mut history)) = (kept, history) {
        history.add(inputs.now, inputs.event.sha.as_deref(), &told.judged);
        output.write_file(path, &history.render()?)?;
        told.remember(&history.told());
    }
    let outputs = report::outputs(&told);
    let report = report::compose(&inputs, verb.name(), told);
    let outputs: Vec<(&str, &str)> = outputs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(exit::finish(report, &outputs, verb.common(), environment, output))
}
