use super::*;

const GOOD: &str = "module.exports = { async headers() { return [{ source: '/:path*', headers: [{ key: 'X-Frame-Options', value: 'DENY' }] }]; } };";

#[test]
fn the_nearest_configuration_counts() {
    let repository = Repository::of(&[
        ("apps/web/next.config.js", GOOD),
        ("apps/admin/next.config.js", "module.exports = {};"),
        ("apps/web/src/app/api/a/route.ts", ""),
        ("apps/admin/app/api/a/route.ts", ""),
        ("apps/api/server.ts", ""),
    ]);
    let state = |file: &str, served: Served| repository.state(file, "/api/a", served, FRAMES);
    assert_eq!(state("apps/web/src/app/api/a/route.ts", Served::Next), State::Covered);
    assert_eq!(state("apps/admin/app/api/a/route.ts", Served::Next), State::Missing);
    assert_eq!(state("apps/api/server.ts", Served::Server), State::Missing);
}

#[test]
fn a_server_gets_nothing_from_next_js() {
    let repository = Repository::of(&[("next.config.js", GOOD), ("server.ts", "")]);
    assert_eq!(repository.state("server.ts", "/a", Served::Server, FRAMES), State::Missing);
}

#[test]
fn a_header_of_a_response_is_seen_and_not_proved() {
    let forms = [
        "export const GET = () => new Response('', { headers: { 'X-Frame-Options': 'DENY' } });",
        "export const GET = () => Response.json({}, { headers: { 'x-frame-options': 'DENY' } });",
        "export const GET = () => { const response = new Response(); response.headers.set('X-Frame-Options', 'DENY'); return response; };",
        "export default (req, res) => { res.setHeader('X-Frame-Options', 'DENY'); res.end(); };",
        "const headers = { 'X-Frame-Options': 'DENY' }; export const GET = () => new Response('', { status: 200, headers });",
    ];
    for form in forms {
        let repository = Repository::of(&[("app/api/a/route.ts", form)]);
        let state = repository.state("app/api/a/route.ts", "/api/a", Served::Next, FRAMES);
        let why = "app/api/a/route.ts sets it on a response, and whether on each one is not known";
        assert_eq!(state, unprovable(why), "{form}");
    }
}

#[test]
fn a_response_that_sets_a_bad_value_is_not_covered_by_the_configuration() {
    let route = "export const GET = () => new Response('', { headers: { 'X-Frame-Options': 'ALLOWALL' } });";
    let repository = Repository::of(&[("next.config.js", GOOD), ("app/api/a/route.ts", route)]);
    let state = repository.state("app/api/a/route.ts", "/api/a", Served::Next, FRAMES);
    assert!(matches!(state, State::Unprovable { .. }), "{state:?}");
}

#[test]
fn middleware_that_sets_headers_is_known() {
    let source = |call: &str| {
        format!(
            "import helmet from 'helmet';\nimport {{ secureHeaders }} from 'hono/secure-headers';\nexport const layer = {call};"
        )
    };
    let state = |call: &str, requirement: &str| {
        let repository = Repository::of(&[("server.ts", &source(call))]);
        let program = repository.program();
        let file = program.tree().find("server.ts").unwrap();
        let Some(ops_typescript::module::Export::Local { value, .. }) = program.module(file).export("layer") else {
            panic!("no layer")
        };
        let layers = [At { file, it: *value }];
        let requirements = vec![Requirement::parse(requirement).unwrap()];
        let asked = Asked { file, path: "/api/a", served: Served::Server, layers: &layers };
        Headers::new(program, requirements).of(asked).remove(0).state
    };
    let csp = "Content-Security-Policy: frame-ancestors";
    assert_eq!(state("helmet()", FRAMES), State::Covered);
    assert_eq!(state("helmet()", csp), State::Covered);
    assert_eq!(state("helmet({ frameguard: false })", FRAMES), State::Missing);
    assert!(matches!(
        state("helmet({ hsts: { maxAge: 1 } })", "Strict-Transport-Security: max-age>=2"),
        State::Unprovable { .. }
    ));
    assert_eq!(state("secureHeaders()", FRAMES), State::Covered);
    assert_eq!(state("secureHeaders()", csp), State::Missing);
    assert_eq!(state("secureHeaders({ xFrameOptions: 'DENY' })", FRAMES), State::Covered);
    assert_eq!(state("secureHeaders(options)", FRAMES), unprovable("what `X-Frame-Options: …` will hold is not known"));
    assert_eq!(state("other()", FRAMES), State::Missing);
}
