//! What other programs rely on: schemas, and flags that are the inputs of an action.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

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
#[must_use]
pub fn sarif_schema() -> String {
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
    let names = block.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let inputs: BTreeSet<&str> = names.map(|line| line.trim().trim_end_matches(':')).collect();
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
