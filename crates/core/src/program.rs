//! What every action's program does around its own work: reads the command line, and ends with an exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Command, Parser, error::ErrorKind};

use crate::{
    exit::{self, Failure},
    inputs::{Common, Environment, arguments},
    logs,
    output::Output,
    words::all_of,
};

/// The command line of an action.
pub trait ActionArguments: Parser {
    /// The command that is meant where none is given; without one, a command must be given.
    const USUAL: Option<&'static str> = None;

    /// The flags that every action has.
    fn common(&self) -> &Common;
}

/// Runs an action and returns its exit code. A failure is told as [`exit::fail`] does.
pub fn main<A: ActionArguments>(
    run: impl FnOnce(&A, &Environment, &mut Output) -> Result<ExitCode, Failure>,
) -> ExitCode {
    let environment = Environment::read();
    let mut output = Output::new(&environment);
    logs::start(&environment, &output);
    let arguments = match parse::<A>(std::env::args_os().collect(), &environment) {
        Ok(arguments) => arguments,
        Err(failure) => return exit::fail(&failure, None, &environment, &mut output),
    };
    let ended = run(&arguments, &environment, &mut output);
    ended.unwrap_or_else(|failure| exit::fail(&failure, Some(arguments.common()), &environment, &mut output))
}

/// Reads what was asked for. For help and for the version it prints them, and the process ends.
fn parse<A: ActionArguments>(argv: Vec<OsString>, environment: &Environment) -> Result<A, Failure> {
    let argv = match A::USUAL {
        Some(usual) => with_usual(usual, argv, environment),
        None => argv,
    };
    let argv = arguments(&A::command(), argv, environment)?;
    A::try_parse_from(argv).map_err(|error| match error.kind() {
        // What was asked for is no failure: it goes to standard output, and the run ends with 0.
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => error.exit(),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Failure::Input(no_command(&A::command())),
        _ => Failure::Input(error.to_string().trim_start_matches("error: ").trim_end().to_owned()),
    })
}

/// Puts the usual command first, unless one is given. That is told by the first word alone, before anybody looks for a
/// command: a value may be named like one, as in `--only secrets`.
fn with_usual(usual: &str, mut argv: Vec<OsString>, environment: &Environment) -> Vec<OsString> {
    let first = argv.get(1).map(|word| word.to_string_lossy()).unwrap_or_default();
    let asks = ["-h", "--help", "-V", "--version"].contains(&first.as_ref());
    let begins_with_a_flag = first.is_empty() || first.starts_with('-');
    if begins_with_a_flag && !asks && environment.get("INPUT_COMMAND").is_none() {
        argv.insert(argv.len().min(1), OsString::from(usual));
    }
    argv
}

fn no_command(program: &Command) -> String {
    let mut commands = Vec::new();
    collect(program, "", &mut commands);
    let name = program.get_name();
    format!("no command was given: it is one of {}; {name} --help tells more", all_of(commands))
}

/// The commands that run something, each with all its words.
fn collect(command: &Command, before: &str, found: &mut Vec<String>) {
    for inner in command.get_subcommands() {
        let words = format!("{before}{}", inner.get_name());
        if inner.has_subcommands() {
            collect(inner, &format!("{words} "), found);
        } else {
            found.push(words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ActionArguments, parse};
    use crate::inputs::{Common, Environment};
    use std::ffi::OsString;

    #[derive(Debug, clap::Parser)]
    #[command(name = "gate")]
    struct Usual {
        #[command(subcommand)]
        verb: Verb,
    }

    #[derive(Debug, PartialEq, clap::Subcommand)]
    enum Verb {
        Run {
            #[arg(long)]
            only: Option<String>,
        },
        Secrets,
        Marker {
            #[command(subcommand)]
            verb: Marker,
        },
    }

    #[derive(Debug, PartialEq, clap::Subcommand)]
    enum Marker {
        Set,
        Show,
    }

    impl ActionArguments for Usual {
        const USUAL: Option<&'static str> = Some("run");

        fn common(&self) -> &Common {
            unreachable!("parsing does not ask")
        }
    }

    /// The same without a usual command.
    #[derive(Debug, clap::Parser)]
    #[command(name = "gate")]
    struct Named {
        #[command(subcommand)]
        verb: Verb,
    }

    impl ActionArguments for Named {
        fn common(&self) -> &Common {
            unreachable!("parsing does not ask")
        }
    }

    fn words(line: &str) -> Vec<OsString> {
        std::iter::once("gate").chain(line.split_whitespace()).map(OsString::from).collect()
    }

    fn usual(line: &str, inputs: &[(&str, &str)]) -> Result<Verb, String> {
        let environment = Environment::from_pairs(inputs.iter().copied());
        parse::<Usual>(words(line), &environment).map(|parsed| parsed.verb).map_err(|failure| failure.to_string())
    }

    fn run(only: Option<&str>) -> Result<Verb, String> {
        Ok(Verb::Run { only: only.map(str::to_owned) })
    }

    #[test]
    fn the_usual_command_is_meant_where_none_is_given() {
        assert_eq!(usual("", &[]), run(None));
        assert_eq!(usual("--only secrets", &[]), run(Some("secrets")));
        assert_eq!(usual("", &[("INPUT_ONLY", "secrets")]), run(Some("secrets")));
    }

    #[test]
    fn a_command_that_is_given_wins_over_the_usual_one() {
        assert_eq!(usual("secrets", &[]), Ok(Verb::Secrets));
        assert_eq!(usual("", &[("INPUT_COMMAND", "marker show")]), Ok(Verb::Marker { verb: Marker::Show }));
        assert_eq!(usual("", &[("INPUT_COMMAND", "secrets"), ("INPUT_ONLY", "a")]), Ok(Verb::Secrets));
        let wrong = usual("sekrets", &[]).unwrap_err();
        assert!(wrong.starts_with("unrecognized subcommand 'sekrets'") && wrong.contains("'secrets'"), "{wrong}");
    }

    #[test]
    fn without_a_usual_command_none_at_all_names_them() {
        let none = |line| parse::<Named>(words(line), &Environment::default()).unwrap_err().to_string();
        let said =
            "no command was given: it is one of run, secrets, marker set and marker show; gate --help tells more";
        assert_eq!([none(""), none("marker")], [said, said]);
        let named = parse::<Named>(words("run --only a"), &Environment::default()).unwrap();
        assert_eq!(Ok(named.verb), run(Some("a")));
    }
}
