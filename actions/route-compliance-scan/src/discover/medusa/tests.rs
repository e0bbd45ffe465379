use ops_testing::TestDir;
use ops_typescript::program::Program;
use ops_typescript::tree::Tree;

use super::super::chain::testing::tell;
use super::routes;
use crate::candidates;
use crate::proof::{Guard, Prover};
use crate::result::Proof::{None as Open, Router};
use crate::routes::Route;
use crate::survey::Survey;

const PACKAGE: (&str, &str) = ("package.json", r#"{ "dependencies": { "@medusajs/medusa": "2.4.0" } }"#);
const GET: &str = "export const GET = async (req, res) => res.json(await req.scope.all());";

/// A repository, whose folder stays as long.
struct Repository {
    program: Program,
    folder: TestDir,
}

fn repository(files: &[(&str, &str)]) -> Repository {
    let folder = TestDir::of(files);
    Repository { program: Program::new(Tree::walk(folder.path()).unwrap()), folder }
}

/// An application with these routes, each answering GET, and these middlewares.
fn application(routes: &[&str], middlewares: &str) -> Repository {
    let list = format!(
        "import {{ authenticate, defineMiddlewares }} from '@medusajs/framework/http';\n\
         const own = [{{ matcher: '/own', middlewares: [authenticate('customer', 'bearer')] }}];\n{middlewares}"
    );
    let names: Vec<String> = routes.iter().map(|folders| format!("src/api/{folders}/route.ts")).collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), GET)).collect();
    files.extend([PACKAGE, ("src/api/middlewares.ts", list.as_str())]);
    repository(&files)
}

fn found(Repository { program, .. }: &Repository) -> Vec<Route> {
    let mut found = routes(program, &Survey::of(program));
    found.sort_by_key(|route| (route.path.to_string(), route.method.clone()));
    found
}

/// Which of the routes are behind `authenticate`.
fn guarded(repository: &Repository, guard: &str) -> Vec<String> {
    let program = &repository.program;
    let (survey, guards) = (Survey::of(program), [Guard::parse(guard).unwrap()]);
    let prover = Prover::new(program, &survey, &guards);
    let proofs = found(repository).into_iter().map(|route| (route.path.to_string(), prover.prove(&route).class));
    proofs
        .filter_map(|(path, class)| {
            assert!(class == Router || class == Open, "{path} {class:?}");
            (class == Router).then_some(path)
        })
        .collect()
}

#[test]
fn folders_become_a_path_and_exports_methods() {
    let files = [
        PACKAGE,
        (
            "src/api/store/carts/[id]/lines/[line_id]/route.ts",
            "export const POST = add;\nexport async function DELETE() {}",
        ),
        ("src/api/files/[...]/route.js", "export const GET = serve;"),
        ("src/api/route.ts", "export { home as GET } from './home';\nexport const CORS = false;"),
        ("src/api/home.ts", "export const home = () => {};"),
        ("src/api/_private/route.ts", GET),
        ("src/api/store/helper.ts", GET),
        ("src/app/a/route.ts", GET),
    ];
    let repository = repository(&files);
    assert_eq!(
        tell(&repository.program, found(&repository))
            .lines()
            .map(|line| line.split(" => ").next().unwrap())
            .collect::<Vec<_>>(),
        [
            "GET /files/{rest+}",
            "GET /",
            "POST /store/carts/{id}/lines/{line_id}",
            "DELETE /store/carts/{id}/lines/{line_id}"
        ]
    );
}

#[test]
fn a_route_file_of_another_program_is_none() {
    let next = ("package.json", r#"{ "dependencies": { "next": "16.0.0" } }"#);
    assert!(found(&repository(&[next, ("src/api/a/route.ts", GET)])).is_empty());
}

#[test]
fn a_middleware_stands_before_what_its_matcher_takes() {
    let all = ["own", "own/a", "owner", "store/a", "store/a/b", "store/[id]", "other"];
    for (entry, expected) in [
        ("{ matcher: '/own', middlewares: [authenticate('customer', 'bearer')] }", vec!["/own", "/own/a"]),
        ("...own", vec!["/own", "/own/a"]),
        ("{ matcher: '/own*', middlewares: [authenticate('customer', 'bearer')] }", vec!["/own", "/own/a", "/owner"]),
        (
            "{ matcher: '/store/*', middlewares: [authenticate('customer', 'bearer')] }",
            vec!["/store/a", "/store/a/b", "/store/{id}"],
        ),
        (
            "{ matcher: '/store/:id', method: ['GET'], middlewares: [authenticate('customer', 'bearer')] }",
            vec!["/store/a", "/store/{id}"],
        ),
        (
            "{ matcher: '/store/a', methods: ['POST', 'GET'], middlewares: [authenticate('customer', 'bearer')] }",
            vec!["/store/a"],
        ),
        ("{ matcher: '/store/a', method: 'ALL', middlewares: [authenticate('customer', 'bearer')] }", vec!["/store/a"]),
        ("{ matcher: '/store/a', method: ['POST'], middlewares: [authenticate('customer', 'bearer')] }", vec![]),
        ("{ matcher: /^\\/store/, middlewares: [authenticate('customer', 'bearer')] }", vec![]),
        ("{ matcher: path, middlewares: [authenticate('customer', 'bearer')] }", vec![]),
        ("{ matcher: '/store/a', method: chosen, middlewares: [authenticate('customer', 'bearer')] }", vec![]),
    ] {
        let whole = application(&all, &format!("export default defineMiddlewares({{ routes: [{entry}] }});"));
        let list = application(&all, &format!("export default defineMiddlewares([{entry}]);"));
        assert_eq!(guarded(&whole, "authenticate"), expected, "{entry}");
        assert_eq!(guarded(&list, "authenticate"), expected, "{entry}");
    }
}

#[test]
fn medusa_itself_asks_who_comes_before_some_routes() {
    let all = ["admin/a", "admin", "administration", "store/customers/me/a", "store/customers", "store/a"];
    let repository = application(&all, "");
    for guard in ["authenticate", "@medusajs/framework/http:authenticate"] {
        assert_eq!(guarded(&repository, guard), ["/admin", "/admin/a", "/store/customers/me/a"], "{guard}");
    }
    for guard in ["@/lib/auth:authenticate", "@medusajs/framework/http-tools:authenticate"] {
        assert!(guarded(&repository, guard).is_empty(), "{guard}");
    }
}

#[test]
fn a_route_may_opt_out() {
    let route = |before: &str| {
        let text = format!("{before}\n{GET}");
        let flags = ("src/api/flags.ts", "export const AUTHENTICATE = false;");
        guarded(&repository(&[PACKAGE, ("src/api/admin/a/route.ts", &text), flags]), "authenticate").len()
    };
    assert_eq!(route(""), 1);
    assert_eq!(route("export const AUTHENTICATE = true;"), 1);
    for open in [
        "export const AUTHENTICATE = false;",
        "export const AUTHENTICATE = process.env.CLOSED === '1';",
        "export * from '../../flags';",
        "export * from '../../lost';",
        "export { AUTHENTICATE } from '../../flags';",
    ] {
        assert_eq!(route(open), 0, "{open}");
    }
}

#[test]
fn what_medusa_puts_before_routes_is_proposed() {
    let repository = repository(&[PACKAGE, ("src/api/admin/a/route.ts", GET)]);
    let found = candidates::find(repository.folder.path(), &[]).unwrap();
    let told: Vec<(&str, bool)> = found.iter().map(|one| (one.name.as_str(), one.can_refuse)).collect();
    assert_eq!(told, [("authenticate", true)]);
}
