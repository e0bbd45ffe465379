//! Names that lead back to themselves, and questions that many threads ask at once.

use ops_typescript::module::Span;
use ops_typescript::parse;
use ops_typescript::program::At;
use proptest::prelude::*;
use rayon::prelude::*;

use super::{Repository, THROWS, class, reason};
use crate::proof::{Prover, definitions};
use crate::result::Proof;
use crate::routes::{Framework, Handler, Route, RoutePath};
use crate::survey::Survey;

/// What a name may stand for; `X` and `Y` are names of the same file.
const VALUES: [&str; 24] = [
    "f(X)",
    "X(Y)",
    "X()",
    "X()()",
    "f({ a: X, b: Y })",
    "f([X, Y])(X)",
    "X.a",
    "X.a.b(Y)",
    "X ? Y : X",
    "X || Y",
    "(r) => X(r)",
    "(r) => { return Y; }",
    "async (r) => { await X(r); return Y(r); }",
    "async (r) => { const s = await X(r); if (!s) return Y(s); await db.user.create({}); }",
    "({ a: X, b: () => Y })",
    "[X, Y]",
    "X(withAuth)",
    "withAuth(X)",
    "X.use(Y).handle(X)",
    "f.use(async ({ next }) => X(next)).query(Y)",
    "X[Y]",
    "X.bind(Y)",
    "(h) => (r) => X(h)(r)",
    "(h) => Y(X(h))",
];
const NAMES: [&str; 5] = ["a", "b", "c", "d", "GET"];

fn module(values: &[(&str, usize, usize)]) -> String {
    let mut text =
        "import { withAuth } from './lib/auth';\nimport { db } from 'db';\nimport { f } from 'f';\n".to_owned();
    for (name, (value, x, y)) in NAMES.iter().zip(values) {
        let value = value.replace('X', NAMES[*x]).replace('Y', NAMES[*y]);
        text.push_str(&format!("export const {name} = {value};\n"));
    }
    text
}

#[test]
fn constants_that_are_built_of_each_other_prove_nothing() {
    let route = "import { f, g } from 'f';
                 const a = f({ b });
                 const b = g({ a });
                 export const GET = a;";
    let list = "import { f } from 'f';
                const d = [b, d];
                const b = d.use(d).handle(d);
                const a = f([a, b])(a);
                export const GET = f({ a: d, b: a });";
    let itself = "import { withAuth } from './lib/auth';\nconst a = a();\nexport const GET = a(withAuth);";
    let classes = [route, list, itself].map(|route| parse::with_room(|| class(route)));
    assert_eq!(classes, [Proof::Unproven, Proof::Unproven, Proof::None]);
}

#[test]
fn arguments_that_lead_back_to_their_own_call_end() {
    let route = "const a = (r) => c(r);
                 const b = c.bind(a);
                 const c = async (r) => { await GET(r); return a(r); };
                 export const GET = c(GET);";
    assert!(!parse::with_room(|| class(route)).is_guarded());
}

#[test]
fn what_takes_too_many_steps_is_told_so() {
    let nested: String = (0..8).map(|n| format!("const a{n} = f({});\n", format!("a{}, ", n + 1).repeat(8))).collect();
    let route = format!("import {{ f }} from 'f';\n{nested}const a8 = f(() => 1);\nexport const GET = a0;");
    assert_eq!((class(&route), reason(&route).as_str()), (Proof::Unproven, "it takes too many steps to follow"));
}

#[test]
fn functions_that_call_each_other_are_asked_once() {
    let route = "import { requireUser } from './lib/auth';
                 import { db } from 'db';
                 const even = async (req, n) => { if (n > 0) await odd(req, n - 1); await requireUser(req); };
                 const odd = async (req, n) => { await even(req, n - 1); };
                 export const GET = async (req) => { await even(req, 4); return db.all(); };";
    assert_eq!(class(route), Proof::Delegated);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_proof_ends(values in prop::collection::vec((prop::sample::select(&VALUES[..]), 0usize..5, 0usize..5), 5)) {
        let text = module(&values);
        let repository = Repository::new(&["withAuth"], &[("route.ts", &text), THROWS]);
        let program = repository.program();
let survey = Survey::of(&program);
        let prover = Prover::new(&program, &survey, &repository.guards);
        let file = program.tree().find("route.ts").unwrap();
        parse::with_room(|| {
            for name in NAMES {
                prover.prove(&route(At { file, it: Span::default() }, name));
            }
            definitions(&prover).len()
        });
    }
}

fn route(place: At<Span>, name: &str) -> Route {
    Route::new(Framework::NextApp, RoutePath::default(), "GET", place, Handler::Export(place.file, name.into()))
}

#[test]
fn however_many_ask_at_once_the_answers_are_the_same() {
    let helpers: String = (0..40)
        .map(|n| {
            format!("export const step{n} = async (req) => {{ await step{}(req); await other{n}(req); }};\n", n + 1)
        })
        .collect();
    let helpers = format!(
        "import {{ requireUser }} from './auth';\nimport {{ db }} from 'db';\n{helpers}\
         export const step40 = async (req) => {{ await requireUser(req); await db.user.create({{}}); }};\n"
    );
    let routes: String = (0..200)
        .map(|n| format!("export const route{n} = async (req) => {{ await step{}(req); }};\n", 34 + n % 7))
        .collect();
    let imports = (34..41).map(|n| format!("step{n}")).collect::<Vec<_>>().join(", ");
    let routes = format!("import {{ {imports} }} from './lib/steps';\n{routes}");
    let repository = Repository::new(&["requireUser"], &[("route.ts", &routes), ("lib/steps.ts", &helpers), THROWS]);
    for _ in 0..20 {
        let program = repository.program();
        let survey = Survey::of(&program);
        let prover = Prover::new(&program, &survey, &repository.guards);
        let file = program.tree().find("route.ts").unwrap();
        let names: Vec<String> = (0..200).map(|n| format!("route{n}")).collect();
        let classes: Vec<Proof> = parse::with_room(|| {
            names.par_iter().map(|name| prover.prove(&route(At { file, it: Span::default() }, name)).class).collect()
        });
        for (n, class) in classes.into_iter().enumerate() {
            // Six calls away is as far as anybody looks.
            let expected = if n % 7 == 0 { Proof::None } else { Proof::Delegated };
            assert_eq!(class, expected, "route{n}");
        }
    }
}
