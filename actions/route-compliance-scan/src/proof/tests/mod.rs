//! Proofs on small repositories.

mod answers;
mod chosen;
mod circles;
mod decoys;
mod delegated;
mod dispatch;
mod effects;
mod heirs;
mod inert;
mod inline;
mod instances;
mod layers;
mod missing;
mod opened;
mod opened_by_argument;
mod opened_by_settings;
mod outcomes;
mod outlook;
mod properties;
mod refused;
mod repeated;
mod sent;
mod set_error;
mod shapes;
mod switched;
mod wrapped;

use ops_testing::TestDir;
use ops_typescript::module::Span;
use ops_typescript::program::{At, Program};
use ops_typescript::tree::Tree;

use super::definition::{Judgement, definitions};
use super::{Guard, Proved, Prover};
use crate::result::Proof;
use crate::routes::{Framework, Handler, Route, RoutePath};
use crate::survey::Survey;

/// A guard that a test may import: it throws.
pub(super) const THROWS: (&str, &str) = (
    "lib/auth.ts",
    "import { db } from 'db';
     export const withAuth = (handler) => async (req) => {
       const session = await db.session(req);
       if (!session) return new Response('no', { status: 401 });
       return handler(req, session);
     };
     export async function requireUser(req) {
       const user = await db.user(req);
       if (!user) throw new Error('who are you?');
       return user;
     }
     export async function getSession(req) {
       const session = await db.session(req);
       if (!session) return null;
       return session;
     }",
);

/// A small repository.
pub(super) struct Repository {
    folder: TestDir,
    guards: Vec<Guard>,
}

impl Repository {
    pub(super) fn new(guards: &[&str], files: &[(&str, &str)]) -> Self {
        let folder = TestDir::of(files);
        let guards = guards.iter().map(|guard| Guard::parse(guard).unwrap()).collect();
        Self { folder, guards }
    }

    pub(super) fn program(&self) -> Program {
        Program::new(Tree::walk(self.folder.path()).unwrap())
    }

    /// What `file` exports under `name`, asked with `method`.
    pub(super) fn prove_method(&self, file: &str, name: &str, method: Option<&str>) -> Proved {
        let program = self.program();
        let survey = Survey::of(&program);
        let file = program.tree().find(file).unwrap();
        let span = program.module(file).export(name).map_or(Span::default(), ops_typescript::module::Export::span);
        let route = Route {
            dispatches: method.is_some(),
            ..Route::new(
                Framework::NextApp,
                RoutePath::default(),
                method.unwrap_or(name),
                At { file, it: span },
                Handler::Export(file, name.into()),
            )
        };
        Prover::new(&program, &survey, &self.guards).prove(&route)
    }

    pub(super) fn prove(&self, file: &str, name: &str) -> Proved {
        self.prove_method(file, name, None)
    }

    /// What the definitions of the guards were found to do, once `GET` of `route.ts` was proven.
    pub(super) fn judgements(&self) -> Vec<Judgement> {
        let program = self.program();
        let survey = Survey::of(&program);
        let file = program.tree().find("route.ts").unwrap();
        let prover = Prover::new(&program, &survey, &self.guards);
        let route = Route::new(
            Framework::NextApp,
            RoutePath::default(),
            "GET",
            At { file, it: Span::default() },
            Handler::Export(file, "GET".into()),
        );
        prover.prove(&route);
        definitions(&prover).into_iter().map(|definition| definition.judgement).collect()
    }
}

/// The class of `GET` in `route.ts`, with the usual guards.
pub(super) fn class(route: &str) -> Proof {
    class_with(&[("route.ts", route), THROWS])
}

pub(super) fn class_with(files: &[(&str, &str)]) -> Proof {
    Repository::new(&["withAuth", "requireUser", "getSession"], files).prove("route.ts", "GET").class
}

/// The reason for which `GET` in `route.ts` is not proven.
pub(super) fn reason(route: &str) -> String {
    let repository = Repository::new(&["withAuth", "requireUser", "getSession"], &[("route.ts", route), THROWS]);
    repository.prove("route.ts", "GET").reason.unwrap_or_default()
}
