//! What holds whatever the code is called and wherever it stands.

use proptest::prelude::*;

use super::{Repository, THROWS};
use crate::result::Proof;

/// Bodies of a route's method; `GUARD` stands for what `withAuth` is called here, `ASK` for `requireUser`.
const METHODS: [&str; 7] = [
    "GUARD(async () => Response.json(await db.all()))",
    "GUARD({ role: 'x' })(async () => {})",
    "log(GUARD(async () => {}))",
    "async (req) => { await ASK(req); await db.user.create({}); }",
    "async (req) => { await db.user.create({}); await ASK(req); }",
    "async () => Response.json(await db.all())",
    "log(async () => Response.json(await db.all()))",
];
const NAMES: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];

fn route(methods: &[String], guard: &str, ask: &str) -> String {
    let mut text = format!(
        "import {{ withAuth as {guard}, requireUser as {ask} }} from './lib/auth';\nimport {{ db }} from 'db';\n\
         const log = (handler) => async (req) => {{ console.log(req.url); return handler(req); }};\n"
    );
    for (name, method) in NAMES.iter().zip(methods) {
        let method = method.replace("GUARD", guard).replace("ASK", ask);
        text.push_str(&format!("export const {name} = {method};\n"));
    }
    text
}

fn classes(route: &str, first: bool) -> Vec<Proof> {
    let files = if first { [("route.ts", route), THROWS] } else { [THROWS, ("route.ts", route)] };
    let repository = Repository::new(&["withAuth", "requireUser"], &files);
    NAMES.iter().map(|name| repository.prove("route.ts", name).class).collect()
}

fn methods() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop::sample::select(&METHODS[..]).prop_map(str::to_owned), NAMES.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_name_of_an_import_decides_nothing(methods in methods(), guard in "[a-z]{3,8}G", ask in "[a-z]{3,8}A") {
        let plain = classes(&route(&methods, "withAuth", "requireUser"), true);
        prop_assert_eq!(classes(&route(&methods, &guard, &ask), true), plain);
    }

    #[test]
    fn a_wrapper_here_takes_no_proof_away_there(methods in methods(), place in 0usize..4, is_guard: bool) {
        let before = classes(&route(&methods, "withAuth", "requireUser"), true);
        let wrapper = if is_guard { "GUARD" } else { "log" };
        let mut wrapped = methods;
        if let Some(method) = wrapped.get_mut(place) {
            *method = format!("{wrapper}({method})");
        }
        let after = classes(&route(&wrapped, "withAuth", "requireUser"), true);
        for (index, (before, after)) in before.iter().zip(&after).enumerate() {
            if index == place {
                prop_assert!(!before.is_guarded() || after.is_guarded(), "{} became {}", before.word(), after.word());
            } else {
                prop_assert_eq!(before, after);
            }
        }
    }

    #[test]
    fn the_order_of_files_decides_nothing(methods in methods()) {
        let route = route(&methods, "withAuth", "requireUser");
        prop_assert_eq!(classes(&route, true), classes(&route, false));
    }
}
