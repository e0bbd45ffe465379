//! Whatever a team wrote for gitleaks: it is refused, or rules come of it that can be used.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ops_secrets::gitleaks::{Config, Ignored};
use ops_secrets::{Search, Settings};

fuzz_target!(|text: &str| {
    let _ = Ignored::parse(text).names(Some("abc"), "a.ts", "jwt", false, 1);
    let Ok(gitleaks) = Config::parse(".gitleaks.toml", text) else { return };
    if let Ok(search) = Search::with_rules(Vec::new(), Settings { gitleaks, ..Settings::default() }, jiff::Timestamp::UNIX_EPOCH) {
        let candidates = search.candidates(text.as_bytes()).unwrap_or_default();
        let _ = search.found(&candidates, "a.ts", Some("abc"));
    }
});
