//! Which of a route's paths a source matches.

use super::super::{Dialect, Slash, cases, literal, route, search, source};

/// `all`, `none`, or a path that matches and one that doesn't.
fn held(path: &str, pattern: &str, dialect: Dialect, slash: Slash) -> String {
    let mut route = route(path, slash).unwrap();
    let mut pattern = source(pattern, dialect).unwrap();
    let cases = cases(&mut route, literal(path), &mut [(&mut pattern, "")]).unwrap();
    let find = |matches: bool| cases.iter().find(|case| case.matches == [matches]).map(|case| case.witness.as_str());
    match (find(true), find(false)) {
        (Some(_), None) => "all".to_owned(),
        (None, Some(_)) => "none".to_owned(),
        (Some(inside), Some(outside)) => format!("{inside}, not {outside}"),
        (None, None) => "no path".to_owned(),
    }
}

fn on_vercel(path: &str, pattern: &str) -> String {
    held(path, pattern, Dialect::Vercel, Slash::Never)
}

#[test]
fn a_source_for_everything_holds_every_route() {
    for path in ["/api/health", "/api/links/{id}", "/api/{rest+}", "/api/{a}/b/{c*}"] {
        assert_eq!(on_vercel(path, "/:path*"), "all", "{path}");
        assert_eq!(on_vercel(path, "/(.*)"), "all", "{path}");
    }
    assert_eq!(held("/{rest*}", "/:path*", Dialect::Next, Slash::Never), "all");
    assert_eq!(on_vercel("/{rest*}", "/(.*)"), "all");
    // Vercel's router is strict: what path-to-regexp makes of it doesn't match `/`.
    assert_eq!(on_vercel("/{rest*}", "/:path*"), "/a, not /");
}

#[test]
fn the_shortest_escaping_path_is_named() {
    assert_eq!(on_vercel("/api/links/{id}", "/api/links/:id(\\d+)"), "/api/links/0, not /api/links/a");
    assert_eq!(on_vercel("/api/{rest*}", "/api/:path+"), "/api/a, not /api");
    assert_eq!(on_vercel("/api/{rest+}", "/api/:id"), "/api/a, not /api/a/a");
    assert_eq!(on_vercel("/{rest*}", "/:path((?!api).*)*"), "/, not /api");
    assert_eq!(on_vercel("/api/{id}", "/api/:id([^x]+)"), "/api/a, not /api/x");
    assert_eq!(on_vercel("/api/{id}", "/api/((?!admin$).*)"), "/api/a, not /api/admin");
    assert_eq!(on_vercel("/api/{id}", "/api/:id(.{1,3})"), "/api/a, not /api/aaaa");
}

#[test]
fn a_look_ahead_that_excludes_the_route_is_seen() {
    assert_eq!(on_vercel("/api/links/{id}", "/:path((?!api).*)*"), "none");
    assert_eq!(on_vercel("/api/links/{id}", "/((?!api/|_next/|favicon.ico).*)"), "none");
    assert_eq!(on_vercel("/apis", "/((?!api/|_next/|favicon.ico).*)"), "all");
    // Where the parameter takes slashes too, the look-ahead is asked once, at the first segment.
    assert_eq!(on_vercel("/links/{id}", "/:path((?!auth|^$).*)*"), "all");
    assert_eq!(on_vercel("/links/{id}", "/:path((?!auth)[^/]+)*"), "/links/a, not /links/auth");
}

#[test]
fn two_sources_can_hold_a_route_together() {
    let mut route = route("/api/{rest*}", Slash::Never).unwrap();
    let (mut root, mut rest) =
        (source("/api", Dialect::Vercel).unwrap(), source("/api/:path+", Dialect::Vercel).unwrap());
    let cases = cases(&mut route, "", &mut [(&mut root, ""), (&mut rest, "")]).unwrap();
    let seen: Vec<_> = cases.iter().map(|case| (case.matches.as_slice(), case.witness.as_str())).collect();
    assert_eq!(seen, [(&[true, false][..], "/api"), (&[false, true][..], "/api/a")]);
}

#[test]
fn next_ignores_case_and_a_slash_at_the_end_and_vercel_does_not() {
    assert_eq!(held("/api/x", "/API/:path*", Dialect::Next, Slash::Never), "all");
    assert_eq!(held("/api/x", "/API/:path*", Dialect::NextOnVercel, Slash::Never), "none");
    assert_eq!(held("/api/x", "/API/:path*", Dialect::Vercel, Slash::Never), "none");
    assert_eq!(held("/api/x", "/api/x", Dialect::Next, Slash::Optional), "all");
    assert_eq!(held("/api/x", "/api/x", Dialect::Vercel, Slash::Optional), "/api/x, not /api/x/");
}

#[test]
fn a_proxy_also_sees_data_requests_and_no_other_case() {
    assert_eq!(held("/api/{id}", "/api/:path*", Dialect::Proxy, Slash::Optional), "all");
    assert_eq!(held("/_next/data/build/about.json", "/about", Dialect::Proxy, Slash::Never), "all");
    assert_eq!(held("/about", "/About", Dialect::Proxy, Slash::Never), "none");
    assert_eq!(held("/", "/", Dialect::Proxy, Slash::Never), "all");
    assert_eq!(held("/api/x", "/", Dialect::Proxy, Slash::Never), "none");
}

#[test]
fn what_stands_before_the_route_is_matched_too() {
    let mut route = route("/api/{id}", Slash::Never).unwrap();
    let mut pattern = source("/docs/api/:id", Dialect::Vercel).unwrap();
    assert_eq!(cases(&mut route, "", &mut [(&mut pattern, "/docs")]).unwrap()[0].matches, [true]);
    assert_eq!(cases(&mut route, "", &mut [(&mut pattern, "")]).unwrap()[0].matches, [false]);
}

#[test]
fn parameters_inside_of_a_segment_are_text_without_a_slash() {
    assert_eq!(on_vercel("/files/{name}.json", "/files/:name.json"), "all");
    assert_eq!(on_vercel("/files/{name}.json", "/files/:name.xml"), "none");
    assert_eq!(on_vercel("/files/{name?}", "/files/:name"), "/files/a, not /files");
}

#[test]
fn an_expression_may_match_anywhere() {
    let mut pattern = search("^/api|/secret$").unwrap();
    for (path, expected) in [("/api/x", true), ("/a/secret", true), ("/x/api", false), ("/secret/x", false)] {
        assert_eq!(pattern.holds(path).unwrap(), expected, "{path}");
    }
}

#[test]
fn a_source_that_cannot_be_judged_says_why() {
    let said = |text| source(text, Dialect::Vercel).map(|_| ()).unwrap_err().to_string();
    assert_eq!(said("api/:path*"), "the source doesn't begin with `/`");
    assert_eq!(
        said("/:id(a\\b)"),
        "the source's regular expression has a `\\` before a letter or digit that isn't followed here"
    );
    assert_eq!(said("/:id((?<=a)b)"), "the source's regular expression has a look-behind");
    assert_eq!(said("/:id([z-a])"), "the source's regular expression has a range out of order");
    assert_eq!(said("/:id(a{99999})"), "the source is too large to be decided");
    assert_eq!(
        said(&format!("/{}", "a".repeat(4096))),
        "the source's regular expression has more than 4096 characters"
    );
}
