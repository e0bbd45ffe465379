//! Any payload is read: what it does not say stays unknown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ops_core::inputs::Environment;
use ops_core::runner::Event;

fuzz_target!(|bytes: &[u8]| {
    let payload = serde_json::from_slice(bytes).unwrap_or_default();
    for name in ["push", "pull_request", "merge_group", "workflow_dispatch", "schedule"] {
        let event = Event::from_payload(&Environment::from_pairs([("GITHUB_EVENT_NAME", name)]), &payload);
        assert_eq!(event.name, name);
    }
});
