use super::*;

fn on_vercel(config: &str) -> State {
    let repository = Repository::of(&[("api/links.ts", ""), ("vercel.json", config)]);
    repository.state("api/links.ts", "/api/links", Served::Vercel, FRAMES)
}

const HEADERS: &str = r#"[{ "key": "X-Frame-Options", "value": "DENY" }]"#;

#[test]
fn headers_of_vercel_json_count() {
    let config = |source: &str| format!(r#"{{ "headers": [{{ "source": "{source}", "headers": {HEADERS} }}] }}"#);
    assert_eq!(on_vercel(&config("/(.*)")), State::Covered);
    assert_eq!(on_vercel(&config("/api/(.*)")), State::Covered);
    assert_eq!(on_vercel(&config("/web/(.*)")), State::Missing);
    // A function answers with a slash at the end as well, and Vercel's router is strict.
    assert_eq!(on_vercel(&config("/api/:path*")), partly("/api/links/"));
    assert_eq!(on_vercel(&config("/API/(.*)")), State::Missing);
}

#[test]
fn a_rule_with_a_condition_proves_nothing() {
    let config = format!(
        "{{ \"headers\": [\n{{ \"source\": \"/(.*)\", \"has\": [{{ \"type\": \"host\", \"value\": \"a\" }}], \"headers\": {HEADERS} }}] }}"
    );
    assert_eq!(on_vercel(&config), unprovable("the rule at vercel.json:2 has `has`, so not every request gets it"));
}

#[test]
fn routes_are_regular_expressions() {
    let config = |source: &str, rest: &str| {
        format!(r#"{{ "routes": [{{ "src": "{source}", "headers": {{ "x-frame-options": "DENY" }}{rest} }}] }}"#)
    };
    assert_eq!(on_vercel(&config("/api/.*", r#", "continue": true"#)), State::Covered);
    assert_eq!(on_vercel(&config("^/web/.*$", r#", "continue": true"#)), State::Missing);
    assert_eq!(
        on_vercel(&config("/api/.*", "")),
        unprovable("the route at vercel.json:1 neither has `dest` nor continues")
    );
}

#[test]
fn a_broken_file_proves_nothing() {
    assert!(matches!(on_vercel("{"), State::Unprovable { why } if why.starts_with("vercel.json is no JSON: ")));
}
