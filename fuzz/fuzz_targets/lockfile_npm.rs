//! No text that calls itself an npm lockfile ends anything but well.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ops_dependencies::Kind;

#[path = "../lockfiles.rs"]
mod lockfiles;

fuzz_target!(|text: &str| lockfiles::read(Kind::Npm, text));
