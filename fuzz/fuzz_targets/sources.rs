//! No source of headers, however it is written, takes the judge of paths down; and what it finds is true of the path it shows.
#![no_main]

#[path = "../../actions/route-compliance-scan/src/headers/pattern/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the action uses all of it")]
mod pattern;

use libfuzzer_sys::fuzz_target;
use pattern::{Dialect, Slash, cases, literal, route, search, source};

fuzz_target!(|texts: (&str, &str)| {
    let (path, text) = texts;
    let Ok(mut the_route) = route(path, Slash::Optional) else { return };
    for dialect in [Dialect::Next, Dialect::NextOnVercel, Dialect::Vercel, Dialect::Proxy] {
        let Ok(mut automaton) = source(text, dialect) else { continue };
        let Ok(cases) = cases(&mut the_route, literal(path), &mut [(&mut automaton, "")]) else { continue };
        for case in cases {
            assert_eq!(the_route.holds(&case.witness), Ok(true), "{case:?}");
            assert_eq!(automaton.holds(&case.witness), Ok(case.matches == [true]), "{case:?}");
        }
    }
    if let Ok(mut automaton) = search(text) {
        let _ = automaton.holds(path);
    }
});
