//! One look at a repository: files, routes, proofs, headers, rules.

use std::path::Path;

use ops_core::exit::Failure;
use ops_core::policy::Policy;
use ops_typescript::program::Program;
use ops_typescript::tree::Tree;
use ops_typescript::value::Evaluator;
use rayon::prelude::*;

use crate::candidates::named;
use crate::discover::middleware::proxies;
use crate::discover::{Discovery, discover};
use crate::headers::application::Headers;
use crate::headers::requirement::Requirement;
use crate::headers::sources::proxy::{Matcher, Reach};
use crate::known;
use crate::proof::{Guard, Proved, Prover, definitions};
use crate::result::{Hop, Proof, ProvedRoute, Scanned};
use crate::routes::{Framework, Route};
use crate::rules::{self, decoy_guard, header};
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
    let mut routes = prove(&program, &prover, &discovery);
    let mut findings = decoy_guard::check(&program, &definitions(&prover));
    behind_proxies(&program, &survey, &prover, &discovery, &mut routes);
    let mut headers = Headers::new(&program, requirements(&inputs.policy)?);
    let (states, lacking) = header::check(&program, &discovery.routes, &mut headers);
    for (route, states) in routes.iter_mut().zip(states) {
        route.headers = states;
    }
    findings.extend(lacking);
    findings.extend(rules::check(&program, &survey, &inputs.policy.routes));
    let met =
        routes.iter().flat_map(|route| &route.chain).filter_map(|hop| named(&hop.what)).map(str::to_owned).collect();
    Ok(Scanned {
        unknown_guards: known::unknown(&program, &guards, &met),
        looked_for: discovery.looked_for.iter().map(|(_, what)| *what).collect(),
        routes,
        findings,
        problems: discovery.problems,
        ..Scanned::default()
    })
}

fn requirements(policy: &Policy) -> Result<Vec<Requirement>, Failure> {
    let Some(lines) = &policy.routes.headers else { return Ok(Requirement::defaults()) };
    let parse = |line: &ops_core::policy::Written| {
        Requirement::parse(line).map_err(|error| policy.refuse(&line.place, error.to_string()).into())
    };
    lines.iter().map(parse).collect()
}

/// Routes that nothing else guards may stand behind a proxy that does.
fn behind_proxies(
    program: &Program,
    survey: &Survey,
    prover: &Prover<'_>,
    discovery: &Discovery,
    routes: &mut [ProvedRoute],
) {
    for proxy in proxies(program, survey) {
        let passage = prover.prove_passage(&proxy.handler, proxy.place);
        if !passage.class.is_guarded() {
            continue;
        }
        let mut matcher = Matcher::read(&mut Evaluator::new(program), program, proxy.file);
        for (route, found) in routes.iter_mut().zip(&discovery.routes) {
            let is_ours = matches!(found.framework, Framework::NextApp | Framework::NextPages)
                && survey.places().nearest(&route.file).is_some_and(|package| package.folder == proxy.package);
            if !is_ours || route.proof.is_guarded() {
                continue;
            }
            match matcher.reach(&found.path.to_string()) {
                Reach::All => {
                    let passed = proved(program, found, passage.clone());
                    route.proof = Proof::Proxy;
                    route.reason = None;
                    route.chain = passed.chain;
                    route.files.extend(passed.files);
                }
                Reach::Escapes(path) => route.reason = Some(format!("the proxy's matcher leaves out {path}")),
                Reach::Unknown(why) => route.reason = Some(format!("the proxy's matcher cannot be told: {why}")),
                Reach::None => {}
            }
        }
    }
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
