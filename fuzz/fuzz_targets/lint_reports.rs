//! Any bytes are a sound report of a linter, or refused.
#![no_main]

mod sound;

use libfuzzer_sys::fuzz_target;
use ops_formats::Format;

fuzz_target!(|bytes: &[u8]| sound::read_as(&[Format::Eslint, Format::Biome, Format::Oxlint, Format::Tsc, Format::Prettier], bytes));
