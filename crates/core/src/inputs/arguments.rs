//! The inputs of a step, which arrive as `INPUT_*` variables, turned into flags.

use std::ffi::{OsStr, OsString};

use clap::{Arg, ArgAction, Command};

use super::Environment;
use crate::exit::Failure;

/// The arguments that the user meant: `argv`, the words of `INPUT_COMMAND` where `argv` has no subcommand, and
/// `--name=value` for each `INPUT_NAME` (upper case; `-` kept or written `_`) that is not empty and whose flag is not
/// in `argv`. Of a flag that may be given several times, each line of the input is one value. A switch wants `true`
/// or `false`.
///
/// # Errors
/// If a switch has any other value, or `INPUT_COMMAND` is not a subcommand.
pub(crate) fn arguments(
    command: &Command,
    argv: impl IntoIterator<Item = OsString>,
    environment: &Environment,
) -> Result<Vec<OsString>, Failure> {
    let mut argv: Vec<OsString> = argv.into_iter().collect();
    let first = argv.len().min(1);
    if subcommands(command, &argv).is_empty()
        && command.has_subcommands()
        && !asks_for_help(&argv)
        && let Some(words) = environment.get("INPUT_COMMAND")
    {
        argv.splice(first..first, words.split_whitespace().map(OsString::from));
        if subcommands(command, &argv).is_empty() {
            let known: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
            return Err(Failure::Input(format!("the input `command` is `{words}`; known are {}", known.join(", "))));
        }
    }
    let chain = subcommands(command, &argv);
    // After the last subcommand stand its own flags and the global ones; the program's own stand before the first.
    let (leaf, leaf_position) = chain.last().map_or((command, first), |(leaf, position)| (*leaf, position + 1));
    let mut for_leaf = Vec::new();
    let mut for_program = Vec::new();
    for argument in leaf.get_arguments() {
        for_leaf.extend(flags(argument, &argv, environment)?);
    }
    if !chain.is_empty() {
        for argument in command.get_arguments() {
            let place = if argument.is_global_set() { &mut for_leaf } else { &mut for_program };
            place.extend(flags(argument, &argv, environment)?);
        }
    }
    argv.splice(leaf_position..leaf_position, for_leaf);
    argv.splice(first..first, for_program);
    Ok(argv)
}

/// The flags that the environment gives for one argument.
fn flags(argument: &Arg, argv: &[OsString], environment: &Environment) -> Result<Vec<OsString>, Failure> {
    let Some(long) = argument.get_long().filter(|long| *long != "command") else { return Ok(Vec::new()) };
    if is_given(argument, long, argv) {
        return Ok(Vec::new());
    }
    let upper = long.to_ascii_uppercase();
    let value = environment
        .get(&format!("INPUT_{}", upper.replace('-', "_")))
        .or_else(|| environment.get(&format!("INPUT_{upper}")))
        .map(str::trim)
        .filter(|value| !value.is_empty());
    let Some(value) = value else { return Ok(Vec::new()) };
    match argument.get_action() {
        ArgAction::SetTrue => match value {
            "true" => Ok(vec![OsString::from(format!("--{long}"))]),
            "false" => Ok(Vec::new()),
            other => Err(Failure::Input(format!("the input `{long}` is `{other}`; write `true` or `false`"))),
        },
        ArgAction::Append => {
            let lines = value.lines().map(str::trim).filter(|line| !line.is_empty());
            Ok(lines.map(|line| OsString::from(format!("--{long}={line}"))).collect())
        }
        _ => Ok(vec![OsString::from(format!("--{long}={value}"))]),
    }
}

fn is_given(argument: &Arg, long: &str, argv: &[OsString]) -> bool {
    options(argv).filter_map(|word| word.to_str()).any(|word| {
        let name = word.split('=').next().unwrap_or_default();
        let is_long = name.strip_prefix("--") == Some(long);
        let is_short = argument.get_short().is_some_and(|short| {
            word.strip_prefix('-').is_some_and(|rest| !rest.starts_with('-') && rest.starts_with(short))
        });
        is_long || is_short
    })
}

fn asks_for_help(argv: &[OsString]) -> bool {
    options(argv).any(|word| word == "--help" || word == "-h" || word == "--version" || word == "-V")
}

/// The words before a `--`, without the program's name.
fn options(argv: &[OsString]) -> impl Iterator<Item = &OsStr> {
    argv.iter().skip(1).map(OsString::as_os_str).take_while(|word| *word != "--")
}

/// The subcommands that `argv` names, outermost first, each with its position.
fn subcommands<'a>(command: &'a Command, argv: &[OsString]) -> Vec<(&'a Command, usize)> {
    let mut chain: Vec<(&Command, usize)> = Vec::new();
    let mut is_value = false;
    for (index, word) in options(argv).enumerate() {
        if std::mem::take(&mut is_value) {
            continue;
        }
        let current = chain.last().map_or(command, |(current, _)| *current);
        let Some(word) = word.to_str() else { continue };
        if let Some(name) = word.strip_prefix("--") {
            let takes_value =
                |argument: &Arg| argument.get_long() == Some(name) && argument.get_action().takes_values();
            is_value = current.get_arguments().chain(command.get_arguments()).any(takes_value);
        } else if let Some(found) = current.find_subcommand(word) {
            chain.push((found, index + 1));
        }
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::arguments;
    use crate::inputs::Environment;
    use clap::{Arg, ArgAction, Command};
    use std::ffi::OsString;

    fn program() -> Command {
        let flag = |name: &'static str| Arg::new(name).long(name);
        Command::new("guarded-migrate")
            .arg(flag("root").global(true))
            .subcommand(
                Command::new("apply")
                    .arg(flag("plan-digest"))
                    .arg(flag("dry-run").action(ArgAction::SetTrue))
                    .arg(flag("target").short('t').action(ArgAction::Append)),
            )
            .subcommand(Command::new("marker").subcommand(Command::new("set").arg(flag("environment"))))
    }

    fn run(argv: &str, inputs: &[(&str, &str)]) -> Result<String, String> {
        let environment = Environment::from_pairs(inputs.iter().copied());
        let argv = std::iter::once("guarded-migrate").chain(argv.split_whitespace()).map(OsString::from);
        let arguments = arguments(&program(), argv, &environment).map_err(|failure| failure.to_string())?;
        let words: Vec<&str> = arguments.iter().skip(1).map(|word| word.to_str().unwrap()).collect();
        program().try_get_matches_from(&arguments).map_err(|error| error.to_string())?;
        Ok(words.join(" "))
    }

    #[test]
    fn inputs_become_flags_of_the_command_that_is_an_input_too() {
        let inputs = [
            ("INPUT_COMMAND", "apply"),
            ("INPUT_ROOT", "packages/db"),
            ("INPUT_PLAN_DIGEST", " sha256:00\n"),
            ("INPUT_DRY-RUN", "true"),
            ("INPUT_TARGET", "A\n\n  B\n"),
            ("INPUT_UNKNOWN", "x"),
        ];
        assert_eq!(
            run("", &inputs).unwrap(),
            "apply --plan-digest=sha256:00 --dry-run --target=A --target=B --root=packages/db"
        );
    }

    #[test]
    fn a_command_of_two_words_is_found() {
        let inputs = [("INPUT_COMMAND", "marker set"), ("INPUT_ENVIRONMENT", "staging")];
        assert_eq!(run("", &inputs).unwrap(), "marker set --environment=staging");
    }

    #[test]
    fn what_was_typed_wins_over_the_inputs() {
        let inputs =
            [("INPUT_COMMAND", "marker set"), ("INPUT_ROOT", "b"), ("INPUT_TARGET", "B"), ("INPUT_PLAN_DIGEST", "c")];
        assert_eq!(run("--root a apply -tA --plan-digest=d", &inputs).unwrap(), "--root a apply -tA --plan-digest=d");
        assert_eq!(run("--root apply apply", &[]).unwrap(), "--root apply apply");
    }

    #[test]
    fn a_switch_is_true_or_false() {
        assert_eq!(run("apply", &[("INPUT_DRY_RUN", "false")]).unwrap(), "apply");
        assert_eq!(
            run("apply", &[("INPUT_DRY_RUN", "yes")]).unwrap_err(),
            "the input `dry-run` is `yes`; write `true` or `false`"
        );
    }

    #[test]
    fn an_unknown_command_names_the_known_ones() {
        assert_eq!(
            run("", &[("INPUT_COMMAND", "aply --root=x")]).unwrap_err(),
            "the input `command` is `aply --root=x`; known are apply, marker"
        );
    }

    #[test]
    fn a_value_that_looks_like_a_flag_stays_a_value() {
        assert_eq!(run("apply", &[("INPUT_PLAN_DIGEST", "--dry-run")]).unwrap(), "apply --plan-digest=--dry-run");
    }
}
