//! No text becomes a command, and a command says what it was given, by an independent reading of the runner's rules.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ops_core::runner::commands::{command, safe_lines, untrusted};
use ops_testing::workflow_commands;

fuzz_target!(|text: &str| {
    assert_eq!(workflow_commands(&safe_lines(text)), []);

    let token = "0123456789abcdef0123456789abcdef";
    if !text.contains(token) {
        let printed = format!("{}::debug::after", untrusted(text, token));
        let names: Vec<_> = workflow_commands(&printed).into_iter().map(|command| command.name).collect();
        assert_eq!(names, ["stop-commands", "debug"]);
    }

    let printed = command("error", &[("file", text), ("line", "3")], text);
    let obeyed = workflow_commands(&printed);
    let [error] = obeyed.as_slice() else { panic!("{printed:?} is {obeyed:?}") };
    let expected = text.replace("##[", "## [");
    assert_eq!(error.data, expected);
    assert_eq!(error.properties.get("file").map_or("", String::as_str), expected);
    assert_eq!(error.properties["line"], "3");
});
