//! One look at a repository: files, routes, proofs, headers, rules.

use std::path::Path;

use ops_core::exit::Failure;
use ops_core::policy::Policy;
use ops_typescript::program::Program;
use ops_typescript::tree::Tree;
use rayon::prelude::*;

use crate::candidates::named;
use crate::discover::{Discovery, discover};
use crate::known;
use crate::proof::{Guard, Proved, Prover};
use crate::result::{Hop, ProvedRoute, Scanned};
use crate::routes::Route;
use crate::settings::Inputs;
use crate::survey::Survey;

/// Looks at the repository at `root`, which is the one of `inputs` or an older state of it.
pub(crate) fn scan(inputs: &Inputs, root: &Path) -> Result<Scanned, Failure> {
    let guards = guards(&inputs.policy)?;
    let tree = Tree::walk(root).map_err(|error| Failure::Input(error.to_string()))?;
    let program = Program::new(tree);
    let survey = Survey::of(&program);
    let discovery = discover(&program, &survey, &inputs.policy.routes.exclude);
    let prover = Prover::new(&program, &guards);
    let routes = prove(&program, &prover, &discovery);
    let met =
        routes.iter().flat_map(|route| &route.chain).filter_map(|hop| named(&hop.what)).map(str::to_owned).collect();
    Ok(Scanned {
        unknown_guards: known::unknown(&program, &guards, &met),
        looked_for: discovery.looked_for.iter().map(|(_, what)| *what).collect(),
        routes,
        problems: discovery.problems,
        ..Scanned::default()
    })
}

fn guards(policy: &Policy) -> Result<Vec<Guard>, Failure> {
    let parse = |guard: &ops_core::policy::Written| {
        Guard::parse(guard).map_err(|error| policy.refuse(&guard.place, error.to_string()).into())
    };
    policy.routes.guards.iter().map(parse).collect()
}

fn prove(program: &Program, prover: &Prover<'_>, discovery: &Discovery) -> Vec<ProvedRoute> {
    let prove = |route: &Route| proved(program, route, prover.prove(route));
    discovery.routes.par_iter().map(prove).collect()
}

fn proved(program: &Program, route: &Route, proved: Proved) -> ProvedRoute {
    let place = program.place(route.place);
    let hop = |step: crate::proof::Step| {
        let place = program.place(step.place);
        Hop { what: step.what, file: place.path, line: place.start_line }
    };
    ProvedRoute {
        framework: route.framework.word(),
        path: route.spelling(),
        method: route.method.to_string(),
        file: place.path,
        line: place.start_line,
        column: place.start_column,
        proof: proved.class,
        chain: proved.chain.into_iter().map(hop).collect(),
        reason: proved.reason,
        headers: Vec::new(),
        files: proved.files.into_iter().map(|file| program.tree().path(file).to_owned()).collect(),
    }
}
