//! One run, from the command line to the exit code.

use std::process::ExitCode;

use ops_core::exit::{self, Failure};
use ops_core::inputs::Environment;
use ops_core::output::Output;

use crate::cli::{Arguments, Run, Verb};
use crate::settings::Inputs;
use crate::{gate, junit, report, verbs};

/// Runs one verb, from the flags to the exit code.
pub(crate) fn run(arguments: &Arguments, environment: &Environment, output: &mut Output) -> Result<ExitCode, Failure> {
    let verb = &arguments.verb;
    let inputs = Inputs::resolve(verb, environment)?;
    let asked = |selection| gate::asked(&inputs, selection);
    let told = match verb {
        Verb::Run(flags) => verbs::run::run(&inputs, asked(&flags.selection)?, output),
        Verb::List(flags) => Ok(verbs::list::list(asked(&flags.selection)?)),
        Verb::Baseline(flags) => verbs::baseline::baseline(&inputs, asked(&flags.selection)?, output),
        Verb::Secrets(flags) => verbs::secrets::secrets(&inputs, flags),
    }?;
    if let Verb::Run(Run { junit: Some(path), .. }) = verb {
        output.write_file(path, &junit::render(&told.judged, &output.redactor()))?;
    }
    let outputs = report::outputs(&told);
    let report = report::compose(&inputs, verb.name(), told);
    let outputs: Vec<(&str, &str)> = outputs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(exit::finish(report, &outputs, verb.common(), environment, output))
}
