use super::*;
use crate::headers::rule::Header;

fn rule(source: &str, headers: &[(&str, &str)]) -> Rule {
    Rule {
        paths: Paths::Source { source: source.to_owned(), before: String::new() },
        condition: None,
        headers: headers
            .iter()
            .map(|(key, value)| Header {
                key: key.to_ascii_lowercase(),
                values: vec![HeaderText::from_known(value)],
                condition: None,
            })
            .collect(),
        open: None,
        place: format!("next.config.js:{source}"),
    }
}

fn judged(rules: Vec<Rule>, path: &str, requirement: &str) -> State {
    let requirement = Requirement::parse(requirement).unwrap();
    let mut judge = Judge::new(rules.into_iter().map(|rule| (rule, Dialect::Next)), &[requirement]);
    judge.judge(&mut Asked::new(path, Slash::Never)).remove(0).state
}

const NOSNIFF: &str = "X-Content-Type-Options: nosniff";
const FRAMES: &str = "Content-Security-Policy: frame-ancestors | X-Frame-Options: deny, sameorigin";

fn wrong(found: &str) -> State {
    State::Wrong { found: found.to_owned() }
}

fn partly(witness: &str, found: Option<&str>) -> State {
    State::Partly { witness: witness.to_owned(), found: found.map(str::to_owned) }
}

fn unprovable(why: &str) -> State {
    State::Unprovable { why: why.to_owned() }
}

#[test]
fn a_rule_for_everything_covers_a_route() {
    let rules = || vec![rule("/:path*", &[("X-Content-Type-Options", "nosniff")])];
    assert_eq!(judged(rules(), "/api/links/{id}", NOSNIFF), State::Covered);
    assert_eq!(judged(rules(), "/api/links/{id}", "Referrer-Policy: *"), State::Missing);
}

#[test]
fn no_rule_at_all_means_missing() {
    assert_eq!(judged(vec![], "/api", NOSNIFF), State::Missing);
}

#[test]
fn the_path_that_escapes_is_shown() {
    let rules = vec![rule("/api/:id(\\d+)", &[("X-Content-Type-Options", "nosniff")])];
    assert_eq!(judged(rules, "/api/{id}", NOSNIFF), partly("/api/a", None));
}

#[test]
fn a_wrong_value_is_not_covered() {
    let rules = vec![rule("/(.*)", &[("x-frame-options", "ALLOWALL")])];
    assert_eq!(judged(rules, "/api", FRAMES), wrong("X-Frame-Options: ALLOWALL"));
}

#[test]
fn the_last_rule_that_matches_decides() {
    let first = rule("/:path*", &[("X-Frame-Options", "DENY")]);
    let second = rule("/api/embed/:path*", &[("x-frame-options", "ALLOWALL")]);
    let rules = || vec![first.clone(), second.clone()];
    assert_eq!(judged(rules(), "/api/links", FRAMES), State::Covered);
    assert_eq!(judged(rules(), "/api/embed/{id}", FRAMES), wrong("X-Frame-Options: ALLOWALL"));
    let escaping = partly("/api/embed", Some("X-Frame-Options: ALLOWALL"));
    assert_eq!(judged(rules(), "/api/{rest+}", FRAMES), escaping);
    assert_eq!(judged(vec![second, first], "/api/embed/{id}", FRAMES), State::Covered);
}

#[test]
fn two_rules_can_cover_a_route_together() {
    let headers = [("X-Content-Type-Options", "nosniff")];
    let rules = vec![rule("/api", &headers), rule("/api/:path+", &headers)];
    assert_eq!(judged(rules, "/api/{rest*}", NOSNIFF), State::Covered);
}

#[test]
fn one_of_two_headers_is_enough_and_neither_is_missing() {
    let csp = |value| vec![rule("/:path*", &[("Content-Security-Policy", value)])];
    assert_eq!(judged(csp("frame-ancestors 'none'"), "/api", FRAMES), State::Covered);
    assert_eq!(judged(csp("default-src 'self'"), "/api", FRAMES), wrong("Content-Security-Policy: default-src 'self'"));
    let both = rule("/:path*", &[("Content-Security-Policy", "default-src 'self'"), ("X-Frame-Options", "DENY")]);
    assert_eq!(judged(vec![both], "/api", FRAMES), State::Covered);
    let reported = rule("/:path*", &[("Content-Security-Policy-Report-Only", "frame-ancestors 'none'")]);
    assert_eq!(judged(vec![reported], "/api", FRAMES), State::Missing);
}

#[test]
fn a_condition_proves_nothing_unless_the_header_is_good_either_way() {
    let always = rule("/:path*", &[("X-Frame-Options", "DENY")]);
    let sometimes = Rule { condition: Some("it has `missing`".to_owned()), ..always.clone() };
    assert_eq!(judged(vec![sometimes.clone()], "/api", FRAMES), unprovable("it has `missing`"));
    assert_eq!(judged(vec![always.clone(), sometimes.clone()], "/api", FRAMES), State::Covered);
    let off = rule("/:path*", &[("X-Frame-Options", "ALLOWALL")]);
    assert_eq!(judged(vec![sometimes, off], "/api", FRAMES), wrong("X-Frame-Options: ALLOWALL"));
}

#[test]
fn a_rule_that_may_set_anything_leaves_open_what_is_set_before_it() {
    let always = rule("/:path*", &[("X-Frame-Options", "DENY")]);
    let open = Rule { open: Some("the list is not known".to_owned()), ..rule("/:path*", &[]) };
    assert_eq!(judged(vec![always.clone(), open.clone()], "/api", FRAMES), unprovable("the list is not known"));
    assert_eq!(judged(vec![open.clone(), always], "/api", FRAMES), State::Covered);
    assert_eq!(judged(vec![open], "/api", FRAMES), unprovable("the list is not known"));
}

#[test]
fn a_source_that_cannot_be_read_is_unprovable() {
    let rules = vec![rule("/:path(*)", &[("X-Frame-Options", "DENY")])];
    let why = "the paths of `/:path(*)` cannot be told: the source's regular expression has a quantifier that follows nothing";
    assert_eq!(judged(rules, "/api", FRAMES), unprovable(why));
}

#[test]
fn an_unknown_value_is_unprovable() {
    let mut unknown = rule("/:path*", &[("X-Frame-Options", "")]);
    unknown.headers[0].values = vec![HeaderText::from_parts(&[None])];
    assert_eq!(
        judged(vec![unknown.clone()], "/api", FRAMES),
        unprovable("what `X-Frame-Options: …` will hold is not known")
    );
    unknown.headers[0].values = vec![HeaderText::from_known("DENY"), HeaderText::from_known("SAMEORIGIN")];
    assert_eq!(judged(vec![unknown], "/api", FRAMES), State::Covered);
}

#[test]
fn the_worse_of_two_answers_counts() {
    let answer = |state| Judgement { state, places: Vec::new() };
    assert_eq!(worse(answer(State::Covered), answer(State::Missing)).state, State::Missing);
    assert_eq!(worse(answer(partly("/a", None)), answer(State::Covered)).state, partly("/a", None));
}

#[test]
fn the_rules_that_set_a_header_are_named() {
    let rules = vec![rule("/:path*", &[("X-Frame-Options", "DENY")]), rule("/x", &[("X-Frame-Options", "DENY")])];
    let rules = rules.into_iter().map(|rule| (rule, Dialect::Next));
    let requirement = [Requirement::parse(FRAMES).unwrap()];
    let places = |path: &str| {
        Judge::new(rules.clone(), &requirement).judge(&mut Asked::new(path, Slash::Never)).remove(0).places
    };
    assert_eq!(places("/api"), ["next.config.js:/:path*"]);
    assert_eq!(places("/{id}"), ["next.config.js:/:path*", "next.config.js:/x"]);
}
