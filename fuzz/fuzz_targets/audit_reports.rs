//! Any bytes are a sound report of an audit, or refused.
#![no_main]

mod sound;

use libfuzzer_sys::fuzz_target;
use ops_formats::Format;

fuzz_target!(|bytes: &[u8]| sound::read_as(
    &[Format::NpmAudit, Format::PnpmAudit, Format::YarnAudit, Format::BunAudit, Format::OsvScanner],
    bytes
));
