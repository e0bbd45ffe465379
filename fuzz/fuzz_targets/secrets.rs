//! Whatever a file holds: the scanner ends, what it tells lies in the file, and a token in the middle is found.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use ops_secrets::{Rules, Scanner, Search, Settings};

static SCANNER: LazyLock<Scanner> =
    LazyLock::new(|| Scanner::new(Rules::built_in().expect("our rules"), jiff::Timestamp::UNIX_EPOCH).expect("a scanner"));
static SEARCH: LazyLock<Search> =
    LazyLock::new(|| Search::new(Settings::default(), jiff::Timestamp::UNIX_EPOCH).expect("a search"));

fuzz_target!(|text: &[u8]| {
    for hit in SCANNER.scan(text) {
        assert!(hit.range.start < hit.range.end && hit.range.end <= text.len());
        assert!(hit.is_decoded || text[hit.range] == *hit.secret.bytes());
    }
    let _ = SEARCH.candidates(text);
    let token = ["napi_", &"k3j9x0q8w2e7r5t1".repeat(4)].concat().replace("1k", "zk");
    let planted = [text, b"\n ", token.as_bytes(), b" \n", text].concat();
    let place = text.len() + 2..text.len() + 2 + token.len();
    assert!(SCANNER.scan(&planted).iter().any(|hit| hit.range.start <= place.start && hit.range.end >= place.end));
});
