//! Every text is read as a changelog, with places that lie in it and hold what they are said to hold.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../actions/quality-gate/src/built_in/changelog/read.rs"]
#[allow(dead_code, unreachable_pub, reason = "the reader as it is, apart from the action that uses it")]
mod read;

fuzz_target!(|text: &str| {
    let changelog = read::read(text);
    let of_releases = changelog.releases.iter().flat_map(|one| std::iter::once(&one.heading).chain(&one.categories));
    for heading in of_releases.chain(&changelog.strange) {
        let written = text.get(heading.range.clone()).expect("a place in the text");
        assert!(written.contains(&heading.text), "{written:?} lacks {:?}", heading.text);
    }
    assert_eq!(changelog, read::read(text));
});
