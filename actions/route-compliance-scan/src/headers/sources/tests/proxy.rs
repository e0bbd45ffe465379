use ops_typescript::value::Evaluator;

use super::*;
use crate::headers::sources::proxy::{Matcher, Reach};

fn reach(source: &str, path: &str) -> Reach {
    let repository = Repository::of(&[("middleware.ts", source)]);
    let program = repository.program();
    let file = program.tree().find("middleware.ts").unwrap();
    Matcher::read(&mut Evaluator::new(program), program, file).reach(path)
}

fn matched(matcher: &str, path: &str) -> Reach {
    reach(&format!("export function middleware() {{}}\nexport const config = {{ matcher: {matcher} }};"), path)
}

#[test]
fn without_a_matcher_a_proxy_runs_for_everything() {
    assert_eq!(reach("export function middleware() {}", "/api/{id}"), Reach::All);
    assert_eq!(reach("export const config = { runtime: 'nodejs' };", "/api/{id}"), Reach::All);
}

#[test]
fn a_matcher_that_leaves_out_the_api_proves_nothing_for_it() {
    let usual = "['/((?!api/|_next/|favicon.ico).*)']";
    assert_eq!(matched(usual, "/api/links/{id}"), Reach::None);
    assert_eq!(matched(usual, "/dashboard"), Reach::All);
}

#[test]
fn matchers_are_texts_lists_and_objects() {
    assert_eq!(matched("'/api/:path*'", "/api/links/{id}"), Reach::All);
    assert_eq!(matched("['/dashboard', '/api/:path*']", "/api/links/{id}"), Reach::All);
    assert_eq!(matched("[{ source: '/api/:path*' }]", "/api/links/{id}"), Reach::All);
    assert_eq!(matched("['/api/:id', '/api']", "/api/{rest*}"), Reach::Escapes("/api/a/a".to_owned()));
    assert_eq!(matched("[]", "/api"), Reach::None);
}

#[test]
fn a_matcher_with_a_condition_or_unknown_parts_is_unknown() {
    let narrowed = "[{ source: '/api/:path*', missing: [{ type: 'header', key: 'next-router-prefetch' }] }]";
    let why = "a matcher of middleware.ts has `missing`, so not every request is matched";
    assert_eq!(matched(narrowed, "/api/{id}"), Reach::Unknown(why.to_owned()));
    let why = "a matcher of middleware.ts is not known: the environment variable `M` is not known";
    assert_eq!(matched("process.env.M", "/api/{id}"), Reach::Unknown(why.to_owned()));
    assert!(matches!(matched("'/:path(\\\\b)'", "/api"), Reach::Unknown(why) if why.contains("cannot be told")));
}

#[test]
fn a_header_that_the_proxy_sets_is_not_proved_but_seen() {
    let proxy = "import { NextResponse } from 'next/server';
export function proxy() { const response = NextResponse.next(); response.headers.set('X-Frame-Options', 'DENY'); return response; }";
    let why = "proxy.ts sets it on a response, and whether on each one is not known";
    assert_eq!(with_files(&[("next.config.js", "module.exports = {}"), ("proxy.ts", proxy)]), unprovable(why));
    let elsewhere = format!("{proxy}\nexport const config = {{ matcher: '/dashboard' }};");
    assert_eq!(with_files(&[("next.config.js", "module.exports = {}"), ("proxy.ts", &elsewhere)]), State::Missing);
}
