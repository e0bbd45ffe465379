//! Any text is a policy or an error that can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ops_core::Policy;

fuzz_target!(|text: &str| {
    match Policy::parse("ops.toml", text) {
        Ok(policy) => drop(policy.environment("production")),
        Err(error) => assert!(error.to_string().starts_with("ops.toml")),
    }
});
