//! No text that calls itself a workflow ends anything but well.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../actions/quality-gate/src/built_in/actions/workflow.rs"]
#[allow(dead_code, unreachable_pub, reason = "the reader as it is, apart from the action that uses it")]
mod workflow;

fuzz_target!(|text: &str| {
    let Ok(used) = workflow::read("ci.yml", text) else { return };
    let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    for word in used.actions.iter().chain(&used.runners) {
        assert!(word.place.start_line >= 1 && word.place.start_line <= lines.max(1), "{word:?}");
    }
});
