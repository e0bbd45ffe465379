//! Methods of objects that a class of the repository made.

use super::{Repository, THROWS, class_with};
use crate::result::Proof::{self, Delegated, Inline, Unproven};

const WRITE: &str = "await db.user.create({});";
const REFUSE: &str = "return new Response('no', { status: 401 });";
const CLASSES: &str = "import { requireUser, getSession } from './lib/auth';
    import { db } from 'db';
    class Base { async must(req) { await requireUser(req); } }
    export class Auth extends Base {
        log = () => console.log('x');
        async check(req) { return this.inner(req); }
        async inner(req) { const session = await getSession(req); if (!session) return null; return session.user; }
        async wipe(req) { await db.user.delete(req); await requireUser(req); }
        static of() { return new Auth(); }
    }
    export class Service {
        auth = new Auth();
        late;
        mixed = new Auth();
        constructor(other) { this.late = new Auth(); this.mixed = other; }
        async run(req) { await this.auth.must(req); await db.user.create({}); }
        async later(req) { await this.late.must(req); await db.user.create({}); }
        async mix(req) { await this.mixed.wipe(req); await db.user.create({}); }
    }
    class Asks { async must(req) { await this.inner(req); } async inner(req) { await requireUser(req); } }
    class Asked extends Asks { async other() {} }
    class Unasked extends Asks { async inner() {} }
    abstract class Template { async must(req) { await this.inner(req); } async inner(req) { await requireUser(req); } }
    export class Filled extends Template { async own() {} }
    export const auth = new Auth();
    export const asked = new Asked();
    export const unasked = new Unasked();
    export const filled = new Filled();
    export const service = new Service();";

fn of(body: &str) -> Proof {
    let route = format!(
        "import {{ asked, auth, filled, service, unasked, Auth }} from './classes';\nimport {{ db }} from 'db';\nconst own = new Auth();\nexport async function GET(req) {{ {body} }}"
    );
    class_with(&[("route.ts", route.as_str()), ("classes.ts", CLASSES), THROWS])
}

#[test]
fn a_method_that_asks_the_guard_is_delegated() {
    for body in [
        format!("await auth.must(req); {WRITE}"),
        format!("await own.must(req); {WRITE}"),
        format!("await asked.must(req); {WRITE}"),
        format!("await filled.must(req); {WRITE}"),
        format!("await new Auth().must(req); {WRITE}"),
        format!("const user = await auth.check(req); if (!user) {REFUSE} {WRITE}"),
        "await service.run(req);".to_owned(),
        "return service.later(req);".to_owned(),
    ] {
        assert_eq!(of(&body), Delegated, "{body}");
    }
}

#[test]
fn a_method_that_asks_too_late_or_whose_answer_nobody_asks_is_unproven() {
    for body in [
        format!("await auth.wipe(req); {WRITE}"),
        format!("await auth.check(req); {WRITE}"),
        format!("const user = await auth.check(req); if (user === undefined) {REFUSE} {WRITE}"),
        format!("auth.must(req); {WRITE}"),
    ] {
        assert_eq!(of(&body), Unproven, "{body}");
    }
    assert!(!of("await service.mix(req);").is_guarded());
    assert!(!of(&format!("own.must = async () => {{}}; await own.must(req); {WRITE}")).is_guarded());
    assert!(!of(&format!("Auth.prototype.must = async () => {{}}; await own.must(req); {WRITE}")).is_guarded());
    assert!(!of(&format!("await unasked.must(req); {WRITE}")).is_guarded());
}

#[test]
fn a_method_may_be_the_guard() {
    let prove = |body: &str| {
        let classes = "import { db } from 'db';
            export class Auth {
                async load(req) { const user = await db.user(req); if (!user) return null; return user; }
                async enter(req) { const user = await db.user(req); if (!user) throw new Error('401'); return user; }
            }
            export const auth = new Auth();";
        let route = format!(
            "import {{ auth }} from './classes';\nimport {{ db }} from 'db';\nexport async function GET(req) {{ {body} {WRITE} }}"
        );
        let files = [("route.ts", route.as_str()), ("classes.ts", classes)];
        Repository::new(&["auth.load", "auth.enter"], &files).prove("route.ts", "GET").class
    };
    assert_eq!(prove("await auth.enter(req);"), Inline);
    assert_eq!(prove("auth.enter(req);"), Unproven);
    assert_eq!(prove("await auth.load(req);"), Unproven);
    assert_eq!(prove(&format!("const user = await auth.load(req); if (!user) {REFUSE}")), Inline);
    assert_eq!(prove(&format!("const user = await auth.load(req); if (user === undefined) {REFUSE}")), Unproven);
}

#[test]
fn a_handler_may_be_a_method() {
    let route = "import { requireUser } from './lib/auth';\nimport { db } from 'db';
        class Users { async list(req) { await requireUser(req); return db.user.all(); } async open(req) { return db.user.all(); } }
        const users = new Users();
        export const GET = users.list;
        export const POST = users.open;";
    let repository = Repository::new(&["requireUser"], &[("route.ts", route), THROWS]);
    assert_eq!(repository.prove("route.ts", "GET").class, Inline);
    assert_eq!(repository.prove("route.ts", "POST").class, Proof::None);
}
