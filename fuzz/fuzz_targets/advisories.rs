//! No text that calls itself an advisory ends anything but well, and what it says is the same every time.
#![no_main]

use std::collections::{BTreeMap, BTreeSet};

use libfuzzer_sys::fuzz_target;
use ops_dependencies::{Advisories, Kind, Lockfile};

fuzz_target!(|text: &str| {
    let names = BTreeSet::from(["a", "@b/c"]);
    let Ok(advisories) = Advisories::parse(text.as_bytes(), &names) else { return };
    let lockfile = r#"{ "lockfileVersion": 3, "packages": { "node_modules/a": { "version": "1.0.0" },
        "node_modules/@b/c": { "version": "2.0.0-rc.1" }, "node_modules/x/node_modules/a": { "version": "one" } } }"#;
    let lockfile = Lockfile::read(Kind::Npm, lockfile, &BTreeMap::new()).expect("a lockfile");
    for package in &lockfile.packages {
        assert_eq!(advisories.of(package), advisories.of(package));
    }
});
