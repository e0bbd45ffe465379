//! Where a guard is reached by a way on which its name is hard to see.

use super::Repository;
use crate::result::Proof::{self, Delegated, None};

const ROUTE: &str =
    "import { work } from './helper';\nexport async function GET(req) { await work(req); await db.user.create({}); }";

/// Of a route that leaves everything to a helper, where the guard comes from a dependency.
fn of(helper: &str, others: &[(&str, &str)]) -> Proof {
    let mut files = vec![("route.ts", ROUTE), ("helper.ts", helper)];
    files.extend(others);
    Repository::new(&["requireUser"], &files).prove("route.ts", "GET").class
}

#[test]
fn a_file_may_hand_on_a_guard_without_naming_it() {
    let asks = "export const work = async (req) => { await requireUser(req); };";
    for (import, hands_on) in [
        ("import { requireUser } from './index';", "export * from 'clerk';"),
        ("import requireUser from './index';", "export { default } from 'clerk';"),
    ] {
        let helper = format!("{import}\n{asks}");
        assert_eq!(of(&helper, &[("index.ts", hands_on)]), Delegated, "{import} {hands_on}");
    }
    let whole =
        "import * as auth from './index';\nexport const work = async (req) => { await auth.requireUser(req); };";
    assert_eq!(of(whole, &[("index.ts", "export * from 'clerk';")]), Delegated);
}

#[test]
fn a_guard_may_be_far_away_from_whoever_asks_for_it() {
    let helper = "export { second as work } from './second';";
    let second = "import { third } from './third';\nexport const second = async (req) => { await third(req); };";
    let third =
        "import { requireUser } from 'clerk';\nexport const third = async (req) => { await requireUser(req); };";
    assert_eq!(of(helper, &[("second.ts", second), ("third.ts", third)]), Delegated);
}

#[test]
fn files_that_import_each_other_are_looked_through_once() {
    let helper = "import { other } from './other';\nexport const work = async (req) => { await other(req); };";
    let other = "import { work } from './helper';\nimport { third } from './third';\nexport const other = async (req) => { await third(req); };";
    let third = |asks| format!("import {{ other }} from './other';\nexport const third = async (req) => {{ {asks} }};");
    assert_eq!(of(helper, &[("other.ts", other), ("third.ts", &third("await log(req);"))]), None);
    assert_eq!(of(helper, &[("other.ts", other), ("third.ts", &third("await requireUser(req);"))]), Delegated);
}

#[test]
fn a_guard_may_be_written_with_escapes() {
    for name in ["require\\u0055ser", "require\\u{55}ser"] {
        let helper =
            format!("import {{ {name} }} from 'clerk';\nexport const work = async (req) => {{ await {name}(req); }};");
        assert_eq!(of(&helper, &[]), Delegated, "{name}");
    }
}

#[test]
fn a_method_that_a_class_of_another_file_overrides_may_be_the_one_that_asks() {
    let helper = "import { Third } from './third';\nexport const work = (req) => new Third().handle(req);";
    let first = "export class First { async handle(req) { await this.check(req); } async check(req) {} }";
    let second = "import { First } from './first';\nexport class Second extends First {}";
    let third = "import { requireUser } from 'clerk';\nimport { Second } from './second';\nexport class Third extends Second { async check(req) { await requireUser(req); } }";
    assert_eq!(of(helper, &[("first.ts", first), ("second.ts", second), ("third.ts", third)]), Delegated);
}
