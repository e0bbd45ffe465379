//! What other programs rely on: schemas, and flags that are the inputs of an action.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::{FakeRunner, Outcome};

/// What every action promises to other programs, to be held against one of them.
pub struct Contract {
    action: &'static str,
    program: &'static str,
    report: String,
    /// Read where it is asked for, since finding it takes seconds.
    sarif: LazyCell<String>,
}

impl Contract {
    /// The contract of an action, and the program that must keep it.
    #[must_use]
    pub fn of(action: &'static str, program: &'static str) -> Self {
        let report = repository_file("schemas/report.schema.json");
        Self { action, program, report, sarif: LazyCell::new(sarif_schema) }
    }

    /// Runs a verb, and panics unless it ends with this exit code, the verdict that belongs to it, and a report and SARIF as
    /// published. Returns the report. The files are written into the folder `outside`.
    #[must_use]
    pub fn report(&self, runner: &FakeRunner, outside: &Path, verb: &str, flags: &[&str], code: i32) -> Value {
        let sarif = outside.join("results.sarif");
        let sarif_path = sarif.display().to_string();
        let mut words: Vec<&str> = verb.split(' ').collect();
        words.extend(flags);
        words.extend(["--sarif", &sarif_path]);
        let (outcome, report) = runner.report(self.program, &words, outside);
        assert_eq!(outcome.code, Some(code), "{words:?} {outcome}");
        let verdict = ["pass", "fail", "", "unproven"][usize::try_from(code).expect("an exit code")];
        assert_eq!(report["verdict"], verdict, "{words:?}");
        assert_eq!((&report["action"], &report["command"]), (&self.action.into(), &verb.into()));
        assert_fits(&self.report, &report);
        let sarif = std::fs::read_to_string(sarif).expect("the SARIF log");
        assert_fits(&self.sarif, &serde_json::from_str(&sarif).expect("JSON"));
        report
    }

    /// Panics unless a step wrote each output that action.yml declares and no other, and the files among them are there.
    pub fn assert_outputs(&self, outcome: &Outcome) {
        let action = repository_file(&format!("actions/{}/action.yml", self.action));
        let (_, outputs) = action.split_once("\noutputs:\n").expect("outputs");
        let declared = names(outputs.lines().take_while(|line| line.starts_with(' ') || line.is_empty()));
        let written: BTreeSet<&str> = outcome.outputs.keys().map(String::as_str).collect();
        assert_eq!(written, declared, "{outcome}");
        for file in ["report", "sarif", "summary"] {
            assert!(Path::new(&outcome.outputs[file]).exists(), "{outcome}");
        }
    }

    /// Panics unless the program tells its version and how it and each of its verbs are used, and ends well.
    pub fn assert_help(&self, verbs: &[&str]) {
        let runner = FakeRunner::laptop(Path::new("."));
        let run = |words: &[&str]| {
            let outcome = runner.run(self.program, words);
            assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{words:?} {outcome}");
            outcome.stdout
        };
        assert_eq!(run(&["--version"]), format!("{} {}\n", self.action, env!("CARGO_PKG_VERSION")));
        assert!(run(&["--help"]).contains("Exit codes: 0 pass, 1 fail, 2 the input or the policy is wrong"));
        for verb in verbs {
            let words: Vec<&str> = verb.split(' ').chain(["--help"]).collect();
            assert!(run(&words).contains("Example: --root packages/shop"), "{verb}");
        }
    }
}

/// The keys one step in, of lines of YAML.
fn names<'y>(lines: impl Iterator<Item = &'y str>) -> BTreeSet<&'y str> {
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.map(|line| line.trim().trim_end_matches(':')).collect()
}

/// The folder of this repository.
fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The text of a file of this repository.
#[must_use]
pub fn repository_file(path: &str) -> String {
    let path = repository().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Panics with every place where a document does not fit a JSON Schema.
pub fn assert_fits(schema: &str, document: &Value) {
    let schema: Value = serde_json::from_str(schema).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?} in {document:#}");
}

/// SARIF 2.1.0 as its committee publishes it, from the copy that the crate `serde-sarif` carries.
fn sarif_schema() -> String {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1", "--manifest-path"])
        .arg(repository().join("Cargo.toml"))
        .output()
        .expect("cargo");
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("metadata");
    let mut packages = metadata["packages"].as_array().expect("packages").iter();
    let package = packages.find(|package| package["name"] == "serde-sarif").expect("serde-sarif in Cargo.lock");
    let manifest = Path::new(package["manifest_path"].as_str().expect("a path"));
    let text =
        std::fs::read_to_string(manifest.with_file_name("src").join("schema.json")).expect("the schema of SARIF");
    // The pattern of a language, as published, has a bracket that closes nothing, and does not compile.
    text.replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}$")
}

/// The keys of an object.
#[must_use]
pub fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// Panics unless every flag of every verb has an example, is an input of the action, and reaches it by the variable that
/// the action maps.
pub fn assert_is_the_command_line_of(command: clap::Command, action: &str) {
    command.clone().debug_assert();
    let mut flags = BTreeMap::new();
    collect(&command, &mut flags);
    for (flag, help) in &flags {
        assert!(help.contains(&format!("Example: --{flag}")), "--{flag}: {help}");
    }
    // The command is the verb itself.
    flags.insert("command".to_owned(), String::new());
    let (_, rest) = action.split_once("\ninputs:\n").expect("inputs");
    let (block, _) = rest.split_once("\noutputs:\n").expect("outputs");
    let inputs = names(block.lines());
    assert_eq!(inputs, flags.keys().map(String::as_str).collect());
    for input in inputs {
        let mapping = format!("INPUT_{}: ${{{{ inputs.{input} }}}}", input.to_uppercase().replace('-', "_"));
        assert!(action.contains(&mapping), "{mapping}");
    }
}

/// Every flag with its help. What stands without a name belongs to the command's own words.
fn collect(command: &clap::Command, found: &mut BTreeMap<String, String>) {
    for argument in command.get_arguments().filter(|argument| !argument.is_positional()) {
        let long = argument.get_long().expect("a flag has a name").to_owned();
        let help = argument.get_long_help().or(argument.get_help()).map(ToString::to_string).unwrap_or_default();
        found.insert(long, help);
    }
    command.get_subcommands().for_each(|verb| collect(verb, found));
}
