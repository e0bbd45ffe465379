//! Every action.yml maps each of its inputs, interpolates nothing into its script, and becomes its program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of these tests report by panicking")]

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ops_testing::{FakeRunner, Level, Outcome, TestDir};

/// The path and the text of each action.yml.
fn action_files() -> Vec<(PathBuf, String)> {
    let actions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../actions");
    let files = std::fs::read_dir(actions).unwrap().map(|entry| entry.unwrap().path().join("action.yml"));
    let found: Vec<_> =
        files.filter(|file| file.exists()).map(|file| (file.clone(), std::fs::read_to_string(file).unwrap())).collect();
    assert!(!found.is_empty());
    found
}

/// The lines below `key:`, as far as they are indented deeper.
fn block<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut lines = text.lines().skip_while(|line| line.trim_start() != key);
    let own = depth(lines.next().unwrap_or_else(|| panic!("no {key}")));
    lines.take_while(|line| line.is_empty() || depth(line) > own).collect()
}

fn launcher(text: &str) -> String {
    block(text, "run: |").iter().map(|line| format!("{}\n", line.trim_start_matches("        "))).collect()
}

#[test]
fn each_input_reaches_the_program_by_its_variable_and_nothing_else_does() {
    for (path, text) in action_files() {
        let top = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
        let inputs: BTreeSet<String> = block(&text, "inputs:")
            .into_iter()
            .filter(top)
            .map(|line| line.trim().trim_end_matches(':').to_owned())
            .collect();
        let mapped: BTreeSet<String> = block(&text, "env:").into_iter().map(|line| line.trim().to_owned()).collect();
        let wanted = inputs
            .iter()
            .map(|input| format!("INPUT_{}: ${{{{ inputs.{input} }}}}", input.to_uppercase().replace('-', "_")));
        assert_eq!(mapped, wanted.collect(), "{}", path.display());
    }
}

#[test]
fn nothing_is_interpolated_into_the_script() {
    for (path, text) in action_files() {
        assert!(!launcher(&text).contains("${{"), "{}", path.display());
    }
}

/// Runs an action's script as the runner does, in a tree that holds this program, if any.
fn launch(name: &str, text: &str, program: Option<&str>) -> Outcome {
    let tree = TestDir::new();
    let script = tree.write("script.sh", launcher(text));
    if let Some(program) = program {
        for machine in ["x86_64", "aarch64"] {
            let path = tree.write(&format!("bin/{name}-{machine}-unknown-linux-musl"), program);
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    let runner = FakeRunner::new(tree.path()).env("GITHUB_ACTION_PATH", &tree.path().display().to_string());
    runner.run("sh", &["-c", "echo $$; exec sh -e \"$0\"", &script.display().to_string()])
}

#[test]
fn the_shell_becomes_the_program_so_that_signals_and_the_exit_code_are_the_programs_own() {
    for (path, text) in action_files() {
        let name = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let outcome = launch(name, &text, Some("#!/bin/sh\necho $$\nexit 3\n"));
        let pids: Vec<&str> = outcome.stdout.lines().collect();
        assert_eq!((pids.len(), pids[0]), (2, pids[1]), "{outcome}");
        assert_eq!(outcome.code, Some(3));
    }
}

#[test]
fn a_tree_without_the_program_says_where_there_is_one() {
    for (path, text) in action_files() {
        let name = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let outcome = launch(name, &text, None);
        assert_eq!(outcome.code, Some(2), "{outcome}");
        let [error] = outcome.of_level(Level::Error)[..] else { panic!("{outcome}") };
        assert_eq!(
            error.message,
            "there is no program in this tree; use a released tag, such as @v1, instead of a branch"
        );
    }
}
