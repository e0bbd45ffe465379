//! One run, from the command line to the exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _};
use ops_core::exit::{self, Failure};
use ops_core::inputs::{self, Environment};
use ops_core::output::Output;

use crate::cli::{Arguments, Run, Verb};
use crate::settings::Inputs;
use crate::{gate, junit, report, verbs};

/// Runs the program and returns its exit code.
pub(crate) fn main() -> ExitCode {
    let environment = Environment::read();
    let mut output = Output::new(&environment);
    ops_core::logs::start(&environment, &output);
    let arguments = match parse(&environment) {
        Ok(arguments) => arguments,
        Err(failure) => return exit::fail(&failure, None, &environment, &mut output),
    };
    let ended = run(&arguments.verb, &environment, &mut output);
    ended.unwrap_or_else(|failure| exit::fail(&failure, Some(arguments.verb.common()), &environment, &mut output))
}

fn parse(environment: &Environment) -> Result<Arguments, Failure> {
    let command = Arguments::command();
    let mut argv: Vec<OsString> = std::env::args_os().collect();
    let first = argv.get(1).map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
    let asks = ["-h", "--help", "-V", "--version"].contains(&first.as_str());
    // Before anybody looks for the verb: the name of a gate may be that of a verb, as in `--only secrets`.
    if environment.get("INPUT_COMMAND").is_none() && (first.is_empty() || first.starts_with('-')) && !asks {
        argv.insert(argv.len().min(1), OsString::from("run"));
    }
    let argv = inputs::arguments(&command, argv, environment)?;
    let parsed = command.try_get_matches_from(argv).and_then(|matches| Arguments::from_arg_matches(&matches));
    parsed.map_err(|error| match error.kind() {
        // What was asked for is no failure: it goes to standard output, and the run ends with 0.
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => error.exit(),
        _ => Failure::Input(error.to_string().trim_start_matches("error: ").trim_end().to_owned()),
    })
}

fn run(verb: &Verb, environment: &Environment, output: &mut Output) -> Result<ExitCode, Failure> {
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
