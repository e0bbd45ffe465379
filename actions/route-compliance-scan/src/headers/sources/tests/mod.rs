//! What routes get from the files of a repository.

mod application;
mod next_config;
mod proxy;
mod vercel;

use ops_testing::TestDir;
use ops_typescript::{module::ExpressionId, program::At, program::Program, tree::Tree};

use super::super::{
    application::{Asked, Headers, Served},
    judge::State,
    requirement::Requirement,
};

/// Files of a repository.
pub(super) struct Repository {
    program: Program,
    _folder: TestDir,
}

impl Repository {
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let folder = TestDir::of(files);
        Self { program: Program::new(Tree::walk(folder.path()).unwrap()), _folder: folder }
    }

    /// What becomes of a requirement on a route of this file.
    pub(super) fn state(&self, file: &str, path: &str, served: Served, requirement: &str) -> State {
        let file = self.program.tree().find(file).unwrap();
        let requirements = vec![Requirement::parse(requirement).unwrap()];
        let layers: Vec<At<ExpressionId>> = Vec::new();
        let asked = Asked { file, path, served, layers: &layers };
        Headers::new(&self.program, requirements).of(asked).remove(0).state
    }

    pub(super) fn program(&self) -> &Program {
        &self.program
    }
}

pub(super) const FRAMES: &str = "X-Frame-Options: deny, sameorigin";

/// The state of [`FRAMES`] on `/api/links/{id}` in an application with this configuration.
pub(super) fn with_config(config: &str) -> State {
    with_files(&[("next.config.mjs", config)])
}

pub(super) fn with_files(files: &[(&str, &str)]) -> State {
    let mut all = vec![("app/api/links/[id]/route.ts", "export const GET = () => new Response();")];
    all.extend(files);
    Repository::of(&all).state("app/api/links/[id]/route.ts", "/api/links/{id}", Served::Next, FRAMES)
}

pub(super) fn wrong(found: &str) -> State {
    State::Wrong { found: found.to_owned() }
}

pub(super) fn unprovable(why: &str) -> State {
    State::Unprovable { why: why.to_owned() }
}

pub(super) fn partly(witness: &str) -> State {
    State::Partly { witness: witness.to_owned(), found: None }
}
