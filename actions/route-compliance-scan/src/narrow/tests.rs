use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use ops_core::Finding;
use ops_core::inputs::Environment;
use ops_core::policy::Policy;
use ops_core::redact::Redactor;
use ops_core::runner::Event;
use proptest::prelude::*;

use ops_testing::TestDir;

use super::scan;
use crate::comparison::{Comparison, Told};
use crate::difference::{self, Change};
use crate::judge;
use crate::result::{ProvedRoute, Scanned};
use crate::scan::Seen;
use crate::settings::Inputs;

type Files = BTreeMap<String, String>;

const POLICY: &str =
    "[routes]\nguards = [\"withAuth\", \"requireUser\"]\nheaders = [\"X-Frame-Options: DENY\", \"X-Own: *\"]\n";

fn inputs(root: &Path, policy: &str) -> Inputs {
    Inputs {
        root: root.to_owned(),
        prefix: String::new(),
        policy: Policy::parse("ops.toml", policy).unwrap(),
        policy_path: "ops.toml".to_owned(),
        environment: None,
        variables: Environment::default(),
        event: Event::default(),
        now: "2027-01-01T00:00:00Z".parse::<Timestamp>().unwrap(),
        changed: Some("base".to_owned()),
        openapi: None,
        github_token: None,
        redactor: Redactor::default(),
    }
}

fn write(files: &Files) -> TestDir {
    TestDir::of(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>())
}

/// What a run tells of a change: findings, changes, and the routes that could be another.
type Story = (Vec<Finding>, Vec<Change>, Vec<ProvedRoute>);

fn told(inputs: &Inputs, mut scanned: Scanned, comparison: &Comparison) -> Story {
    let mut findings = judge::findings(&mut scanned, &inputs.policy, inputs.today());
    comparison.limit(inputs, &scanned.routes, &mut findings);
    let Comparison::Known { changes, .. } = comparison else { panic!("no comparison") };
    let could = |route: &ProvedRoute| comparison.touches(inputs, route) == Some(true);
    (findings, changes.clone(), scanned.routes.into_iter().filter(could).collect())
}

/// The same by two scans of everything, each of its own folder.
fn whole(before: &Files, after: &Files, policy: &str) -> Story {
    let look = |files: &Files| {
        let folder = write(files);
        let inputs = inputs(folder.path(), policy);
        let scanned = crate::scan::scan(&inputs, &Seen::now(folder.path()).unwrap()).unwrap();
        (inputs, scanned)
    };
    let ((_, mut then), (inputs, now)) = (look(before), look(after));
    let mut later = now.routes.clone();
    judge::open_on_purpose(&mut then.routes, &inputs.policy, inputs.today());
    judge::open_on_purpose(&mut later, &inputs.policy, inputs.today());
    let changes = difference::between(&then.routes, &later);
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let files = paths.into_iter().filter(|path| before.get(*path) != after.get(*path)).cloned().collect();
    let comparison = Comparison::Known { base: "base".to_owned(), files, changes, limits: true };
    told(&inputs, now, &comparison)
}

/// The same where only what the change reaches is looked at, with the number of routes that were passed over.
fn narrow(before: &Files, after: &Files, policy: &str) -> Option<(Story, usize)> {
    let folder = write(after);
    let inputs = inputs(folder.path(), policy);
    let seen = Seen::for_a_change(folder.path()).unwrap();
    let paths = before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path));
    let older = paths.map(|path| (path.clone(), before.get(path).map(|text| text.clone().into_bytes()))).collect();
    let git = Told { older, tracked: Some(after.keys().cloned().collect()) };
    let (scanned, comparison) = scan(&inputs, &seen, git).unwrap()?;
    let passed_over = scanned.passed_over().len();
    Some((told(&inputs, scanned, &comparison), passed_over))
}

const HELPERS: usize = 6;
const ROUTES: usize = 5;

/// The ways in which a helper does what its name says, or does not.
const BODIES: [&str; 6] = [
    "export const withAuth = (handler) => async (request) => {\n  if (!(await own(request))) return new Response(null, { status: 401 });\n  return handler(request);\n};",
    "export const withAuth = (handler) => async (request) => {\n  console.log(request.url);\n  return handler(request);\n};",
    "export async function requireUser(request) {\n  if (!(await own(request))) throw new Error('no');\n}",
    "export async function ask(request) {\n  await own(request);\n}",
    "export const own = (request) => request.headers.get('cookie');",
    "export const answer = () => new Response(process.env.TOKEN, { headers: { 'X-Frame-Options': 'DENY' } });",
];

/// A way to get at another module.
fn import(way: usize, names: &str, target: usize) -> String {
    match way % 6 {
        0 => format!("import {{ {names} }} from './m{target}';\n"),
        1 => format!("import {{ {names} }} from '@/lib/m{target}';\n"),
        2 => format!("export * from './m{target}';\nimport {{ {names} }} from './m{target}';\n"),
        3 => format!("const {{ {names} }} = require('./m{target}');\n"),
        4 => format!("import {{ {names} }} from /* 'here' */ \"./m{target}.js\";\n"),
        _ => format!("const {{ {names} }} = await import(`./m{target}`);\n"),
    }
}

fn helper(number: usize, (way, target, body, other): (usize, usize, usize, usize)) -> String {
    let mut text = import(way, ["own", "requireUser as own", "ask as own"][way % 3], target % HELPERS);
    text.push_str(BODIES[body % BODIES.len()]);
    text.push('\n');
    if number.is_multiple_of(2) {
        text.push_str(&format!("export {{ withAuth, requireUser }} from './m{}';\n", other % HELPERS));
    }
    text
}

fn route((way, target, body, other): (usize, usize, usize, usize)) -> String {
    let import = |names: &str, target: usize| {
        import(way, names, target % HELPERS)
            .replace("'./", "'@/lib/")
            .replace("\"./", "\"@/lib/")
            .replace("`./", "`@/lib/")
    };
    let handler = [
        "export const GET = withAuth(async () => Response.json([]));\n",
        "export async function GET(request) {\n  await requireUser(request);\n  return Response.json([]);\n}\n",
        "export async function GET(request) {\n  await ask(request);\n  return answer();\n}\nexport const POST = withAuth(GET);\n",
        "export async function GET() {\n  console.log(process.env.TOKEN);\n  return Response.json([]);\n}\n",
    ][body % 4];
    format!("{}{}{handler}", import("withAuth, requireUser", target), import("ask, answer", other))
}

type Seeds = Vec<(usize, usize, usize, usize)>;

fn application(helpers: &Seeds, routes: &Seeds) -> Files {
    let mut files = Files::from([
        ("package.json".to_owned(), r#"{ "dependencies": { "next": "16.0.3" } }"#.to_owned()),
        ("tsconfig.json".to_owned(), r#"{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }"#.to_owned()),
        ("next.config.mjs".to_owned(), "export default { headers: async () => [{ source: '/api/r0', headers: [{ key: 'X-Own', value: '1' }] }] };".to_owned()),
        ("lib/actions.ts".to_owned(), "'use server';\nimport { requireUser } from './m0';\nexport async function save(form) {\n  await requireUser(form);\n}\n".to_owned()),
        ("lib/env.ts".to_owned(), "export const env = process.env;\n".to_owned()),
    ]);
    files.extend(helpers.iter().enumerate().map(|(number, seed)| (format!("lib/m{number}.ts"), helper(number, *seed))));
    files.extend(routes.iter().enumerate().map(|(number, seed)| (format!("app/api/r{number}/route.ts"), route(*seed))));
    files
}

fn seeds(number: usize) -> impl Strategy<Value = Seeds> {
    prop::collection::vec((0..12_usize, 0..HELPERS, 0..12_usize, 0..HELPERS), number)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_change_of_one_file_tells_the_same_as_two_looks_at_everything(
        helpers in seeds(HELPERS),
        routes in seeds(ROUTES),
        place in 0..HELPERS + ROUTES + 2,
        seed in seeds(1),
    ) {
        let before = application(&helpers, &routes);
        let mut after = before.clone();
        let (path, text) = match place {
            place if place < HELPERS => (format!("lib/m{place}.ts"), helper(place, seed[0])),
            place if place < HELPERS + ROUTES => (format!("app/api/r{}/route.ts", place - HELPERS), route(seed[0])),
            place if place == HELPERS + ROUTES => ("lib/actions.ts".to_owned(), "'use server';\nexport async function save() {}\n".to_owned()),
            _ => ("lib/env.ts".to_owned(), "export const env = { ...process.env };\n".to_owned()),
        };
        after.insert(path, text);
        let (story, _) = narrow(&before, &after, POLICY).expect("a change of code");
        prop_assert_eq!(story, whole(&before, &after, POLICY));
    }
}

fn app() -> Files {
    application(
        &vec![(0, 4, 0, 0), (0, 4, 1, 0), (0, 4, 2, 0), (0, 2, 3, 0), (0, 5, 4, 0), (0, 4, 5, 0)],
        &vec![(1, 0, 0, 5), (1, 2, 1, 5), (1, 0, 0, 5), (1, 0, 0, 5), (1, 0, 3, 5)],
    )
}

fn changed(path: &str, text: &str) -> Option<usize> {
    let (before, mut after) = (app(), app());
    after.insert(path.to_owned(), text.to_owned());
    let (story, passed_over) = narrow(&before, &after, POLICY)?;
    assert_eq!(story, whole(&before, &after, POLICY));
    Some(passed_over)
}

#[test]
fn only_routes_that_lead_to_the_change_are_proven() {
    let all = changed("README.md", "Shop\n").unwrap();
    assert_eq!(changed("app/api/r1/route.ts", "export async function GET() {}\n"), Some(all - 1));
    assert_eq!(changed("lib/m3.ts", "export const ask = 1;\n"), Some(all));
    assert!(changed("lib/m5.ts", "export const answer = 1;\n").unwrap() < all);
}

#[test]
fn what_may_touch_everything_is_not_narrowed() {
    for (path, text) in [
        ("package.json", "{}"),
        ("tsconfig.json", "{}"),
        ("next.config.mjs", "export default {};"),
        ("middleware.ts", "export function middleware() {}"),
        ("app/api/new/route.ts", "export async function GET() {}"),
        ("ops.toml", "[routes]\n"),
        ("lib/m3.ts", "export class Own extends Map {}"),
    ] {
        assert_eq!(changed(path, text), None, "{path}");
    }
}

#[test]
fn an_exception_that_has_ended_is_asked_of_everything() {
    let public = |day: &str| {
        format!(
            "{POLICY}[[routes.public]]\npath = \"/api/r4\"\nowner = \"@web\"\nreason = \"liveness\"\nexpires = {day}\n"
        )
    };
    let (before, mut after) = (app(), app());
    after.insert("app/api/r1/route.ts".to_owned(), "export async function GET() {}\n".to_owned());
    assert!(narrow(&before, &after, &public("2026-12-31")).is_none());
    let (story, _) = narrow(&before, &after, &public("2027-12-31")).unwrap();
    assert_eq!(story, whole(&before, &after, &public("2027-12-31")));
}
