//! A backtracking engine gives the same answers, path by path.

use fancy_regex::{Regex, RegexBuilder};
use proptest::prelude::*;

use super::super::{
    Dialect, Slash, after, cases, is_of_segments, literal, rest, route, settled, shape, source, source_to_regex,
};

/// The engine's expression for a source. In a class, only Rust wants a `[` escaped.
fn engine(text: &str, dialect: Dialect) -> Regex {
    let regex = source_to_regex(text, dialect).unwrap();
    RegexBuilder::new(&regex)
        .case_insensitive(dialect == Dialect::Next)
        .backtrack_limit(100_000)
        .build()
        .unwrap_or_else(|error| panic!("{regex}: {error}"))
}

fn segment() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c01A.-]{1,4}",
        proptest::sample::select(vec!["api", "API", "auth", "links", "admin", "a.json", "%2F", "_next", "favicon.ico"])
            .prop_map(str::to_owned),
    ]
}

fn path() -> impl Strategy<Value = String> {
    (proptest::collection::vec(segment(), 0..5), any::<bool>())
        .prop_map(|(segments, slash)| format!("/{}{}", segments.join("/"), if slash { "/" } else { "" }))
}

fn pattern() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        proptest::sample::select(vec![
            "a",
            "api",
            "\\d",
            "\\w",
            ".",
            "[^/]",
            "[a-c]",
            "[^a.]",
            "auth|admin",
            "^",
            "$",
            "a?",
            "\\.",
            "-",
            "[A\\d-]"
        ])
        .prop_map(str::to_owned),
    ];
    atom.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("{left}(?:{right})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("(?:{left}|{right})")),
            (inner.clone(), "[*+?]|\\{1,2\\}|\\{2\\}|\\{1,\\}|[*+]\\?").prop_map(|(inner, often)| {
                if inner.contains(['^', '$']) { inner } else { format!("(?:{inner}){often}") }
            }),
            (inner.clone(), inner.clone()).prop_map(|(ahead, rest)| format!("(?!{ahead})(?:{rest})")),
            (inner.clone(), inner).prop_map(|(ahead, rest)| format!("(?={ahead})(?:{rest})")),
        ]
    })
    .prop_filter("path-to-regexp wants no `?` first", |text| !text.starts_with('?') && !text.is_empty())
}

fn part() -> impl Strategy<Value = String> {
    prop_oneof![
        segment().prop_map(|text| format!("/{text}")),
        Just("/:p".to_owned()),
        Just("/:p*".to_owned()),
        Just("/(.*)".to_owned()),
        Just("{/b}?".to_owned()),
        (pattern(), proptest::sample::select(vec!["", "?", "*", "+"]))
            .prop_map(|(pattern, modifier)| format!("/:p((?:{pattern})){modifier}").replacen("((?:", "(a{0}(?:", 1)),
        Just("/:path((?!api).*)*".to_owned()),
    ]
}

fn any_source() -> impl Strategy<Value = String> {
    proptest::collection::vec(part(), 1..4)
        .prop_map(|parts| parts.concat())
        .prop_map(|text| if text.starts_with('/') { text } else { format!("/x{text}") })
}

fn any_dialect() -> impl Strategy<Value = Dialect> {
    prop_oneof![Just(Dialect::Next), Just(Dialect::NextOnVercel), Just(Dialect::Vercel), Just(Dialect::Proxy)]
}

fn any_route() -> impl Strategy<Value = String> {
    let part = prop_oneof![segment(), Just("{id}".to_owned()), Just("{name}.json".to_owned())];
    (proptest::collection::vec(part, 0..3), proptest::sample::select(vec!["", "/{rest+}", "/{rest*}"]))
        .prop_map(|(parts, rest)| format!("/{}{rest}", parts.join("/")).replace("//", "/"))
}

/// A path of the route: each parameter takes one of the values.
fn instance(route: &str, values: &[String]) -> String {
    let mut values = values.iter().cycle();
    let mut path = String::new();
    for part in route.split('/').filter(|part| !part.is_empty()) {
        let value = values.next().unwrap();
        match part {
            "{rest*}" if value.starts_with('a') => {}
            "{rest+}" | "{rest*}" => path.push_str(&format!("/{value}/{}", values.next().unwrap())),
            part => path.push_str(&format!("/{}", part.replace("{id}", value).replace("{name}", value))),
        }
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

proptest! {
    #[test]
    fn the_automaton_holds_what_the_engine_matches(text in any_source(), dialect in any_dialect(), path in path()) {
        let Ok(expected) = engine(&text, dialect).is_match(&path) else { return Ok(()) };
        let Ok(mut automaton) = source(&text, dialect) else { panic!("{text}") };
        prop_assert_eq!(automaton.holds(&path).unwrap(), expected, "{} {}", text, path);
    }

    #[test]
    fn a_witness_is_a_path_of_its_case(text in any_source(), other in any_source(), dialect in any_dialect(), path in any_route()) {
        let mut the_route = route(&path, Slash::Never).unwrap();
        let (mut one, mut two) = (source(&text, dialect).unwrap(), source(&other, dialect).unwrap());
        let Ok(cases) = cases(&mut the_route, literal(&path), &mut [(&mut one, ""), (&mut two, "")]) else { return Ok(()) };
        for case in cases {
            prop_assert!(the_route.holds(&case.witness).unwrap());
            for (text, matches) in [&text, &other].into_iter().zip(&case.matches) {
                let Ok(expected) = engine(text, dialect).is_match(&case.witness) else { continue };
                prop_assert_eq!(*matches, expected, "{} {}", text, &case.witness);
            }
        }
    }

    #[test]
    fn every_instance_of_a_route_is_in_a_case(
        text in any_source(), dialect in any_dialect(), path in any_route(), values in proptest::collection::vec(segment(), 1..4)
    ) {
        // `.` and `..` mean another folder.
        let values: Vec<String> = values.iter().map(|value| value.replace("..", "b.").replace('.', ".b")).collect();
        let mut the_route = route(&path, Slash::Never).unwrap();
        let mut one = source(&text, dialect).unwrap();
        let Ok(cases) = cases(&mut the_route, literal(&path), &mut [(&mut one, "")]) else { return Ok(()) };
        let instance = instance(&path, &values);
        prop_assert!(the_route.holds(&instance).unwrap(), "{}", instance);
        let Ok(matches) = engine(&text, dialect).is_match(&instance) else { return Ok(()) };
        prop_assert!(cases.iter().any(|case| case.matches == [matches]), "{} {}", text, instance);
    }

    #[test]
    fn what_is_settled_holds_for_every_route(text in any_source(), dialect in any_dialect(), path in any_route()) {
        let mut the_route = route(&path, Slash::Never).unwrap();
        let mut one = source(&text, dialect).unwrap();
        let literal = literal(&path);
        let Some(shape) = shape(&path, literal).filter(|shape| is_of_segments(shape)) else { return Ok(()) };
        let here = after(literal, &mut [(&mut one, "")]).unwrap()[0];
        let Ok(Some(matches)) = settled(&mut rest(literal.is_empty()).unwrap(), &mut one, here) else { return Ok(()) };
        let Ok(cases) = cases(&mut the_route, literal, &mut [(&mut one, "")]) else { return Ok(()) };
        prop_assert!(cases.iter().all(|case| case.matches == [matches]), "{} {} {}", text, path, shape);
    }

    #[test]
    fn no_text_is_too_strange(text in "[/:a-c(){}*+?|^$\\[\\]\\\\.!=<,0-9-]{0,40}", dialect in any_dialect(), path in path()) {
        if let Ok(mut automaton) = source(&text, dialect) {
            let _ = automaton.holds(&path);
        }
    }
}
