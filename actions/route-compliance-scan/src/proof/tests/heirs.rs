//! Methods that a class calls on itself, where others extend it.

use ops_typescript::module::{Expression, Span};
use ops_typescript::program::At;

use super::{Repository, THROWS, class_with};
use crate::proof::Prover;
use crate::result::Proof::{self, Delegated, Unproven};
use crate::routes::{Framework, Handler, Route, RoutePath};
use crate::survey::Survey;

const BASE: &str = "import { requireUser } from './lib/auth';
    export class Base {
        async run(req) { await this.check(req); return write(); }
        list = async (req) => { await this.check(req); return write(); };
        async check(req) { await requireUser(req); }
    }
    export abstract class Plan {
        async run(req) { await this.check(req); return write(); }
        abstract check(req);
    }";

/// A handler that is the method `name` of a class in `base.ts`, whoever its object is.
fn of_anybody(class: &str, name: &str, others: &[(&str, &str)]) -> Proof {
    let repository = Repository::new(&["requireUser"], &[&[("base.ts", BASE), THROWS], others].concat());
    let program = repository.program();
    let survey = Survey::of(&program);
    let file = program.tree().find("base.ts").unwrap();
    let members = program.module(file).expressions().find_map(|(_, expression)| match expression {
        Expression::Class(declared) if declared.name.as_deref() == Some(class) => Some(&declared.members),
        _ => None,
    });
    let member = members.unwrap().iter().find(|member| member.name.as_deref() == Some(name)).unwrap();
    let route = Route::new(
        Framework::Nest,
        RoutePath::default(),
        "GET",
        At { file, it: Span::default() },
        Handler::Expression(At { file, it: member.value.unwrap() }),
    );
    Prover::new(&program, &survey, &repository.guards).prove(&route).class
}

/// A handler that calls the method `run` of an object.
fn of_object(object: &str, others: &[(&str, &str)]) -> Proof {
    let route =
        format!("import * as all from './all';\nexport const GET = async (req) => new all.{object}().run(req);");
    let files = [&[("route.ts", route.as_str()), ("base.ts", BASE), THROWS], others].concat();
    class_with(&files)
}

const HEIRS: &str = "import { Base, Plan } from './base';
    import { requireUser } from './lib/auth';
    export { Base };
    export class Same extends Base { async other() {} }
    export class Open extends Same { async check() {} }
    export class Late extends Base { constructor() { super(); this.check = async () => {}; } }
    export class Asks extends Plan { async check(req) { await requireUser(req); } }
    export class Lets extends Plan { async check() {} }";

#[test]
fn of_an_object_whose_class_is_known_its_own_method_is_called() {
    let heirs = [("all.ts", HEIRS)];
    for (object, expected) in [
        ("Base", Delegated),
        ("Same", Delegated),
        ("Open", Unproven),
        ("Late", Unproven),
        ("Asks", Delegated),
        ("Lets", Unproven),
    ] {
        let found = of_object(object, &heirs);
        assert!(found == expected || (expected == Unproven && !found.is_guarded()), "{object} is {found:?}");
    }
}

#[test]
fn of_any_object_each_class_that_extends_its_own_has_a_say() {
    let import = "import { Base, Plan } from './base';\nimport { requireUser } from './lib/auth';\n";
    for (heirs, expected) in [
        ("", Delegated),
        ("export class Other extends Base { async other() {} static check() {} }", Delegated),
        ("export class Asks extends Base { async check(req) { await requireUser(req); } }", Delegated),
        ("export class Open extends Base { async check() {} }", Unproven),
        ("class Near extends Base {}\nexport class Far extends Near { check = async () => {}; }", Unproven),
        ("export class Mixed extends mix(Base) { async check() {} }", Unproven),
        ("const name = 'check';\nexport class Hidden extends Base { async [name]() {} }", Unproven),
    ] {
        let text = format!("{import}{heirs}");
        for name in ["run", "list"] {
            assert_eq!(of_anybody("Base", name, &[("all.ts", &text)]), expected, "{name}: {heirs}");
        }
        assert_eq!(of_anybody("Base", "run", &[("all.test.ts", &text)]), Delegated, "in a test: {heirs}");
    }
    let plan = |heirs: &str| of_anybody("Plan", "run", &[("all.ts", &format!("{import}{heirs}"))]);
    assert_eq!(plan("class One extends Plan { async check(req) { await requireUser(req); } }"), Delegated);
    assert_eq!(
        plan(
            "class One extends Plan { async check(req) { await requireUser(req); } }\nclass Two extends Plan { async check() {} }"
        ),
        Unproven
    );
    assert!(!plan("").is_guarded());
}

#[test]
fn another_this_is_another_object() {
    for body in [
        "const other = { check: async () => {}, async run() { await this.check(req); } }; await other.run();",
        "await (async function () { await this.check(req); })();",
    ] {
        let text = format!(
            "import {{ requireUser }} from './lib/auth';\nimport {{ db }} from 'db';\n\
             class Own {{ async run(req) {{ {body} await db.user.create({{}}); }} async check(req) {{ await requireUser(req); }} }}\n\
             export const GET = async (req) => new Own().run(req);"
        );
        assert!(!class_with(&[("route.ts", text.as_str()), THROWS]).is_guarded(), "{body}");
    }
    let still = "class Own { static async run(req) { await this.check(req); return write(); } async check(req) { await requireUser(req); } }";
    let text = format!("import {{ requireUser }} from './lib/auth';\n{still}\nexport const GET = Own.run;");
    assert!(!class_with(&[("route.ts", text.as_str()), THROWS]).is_guarded());
}
