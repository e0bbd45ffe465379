//! One look at a repository: files, routes, proofs, headers, rules.

use std::path::Path;

use ops_core::Finding;
use ops_core::exit::Failure;
use ops_core::policy::Policy;
use ops_typescript::program::Program;
use ops_typescript::tree::Tree;
use ops_typescript::value::Evaluator;
use rayon::prelude::*;

use crate::candidates::named;
use crate::discover::discover;
use crate::discover::middleware::proxies;
use crate::discover::places::Places;
use crate::headers::requirement::Requirement;
use crate::headers::sources::proxy::{Matcher, Reach};
use crate::known;
use crate::proof::{Guard, Proved, Prover, definitions};
use crate::result::{Hop, Proof, ProvedRoute, Scanned};
use crate::routes::{Framework, Route};
use crate::rules::{self, decoy_guard, header};
use crate::runtime::Runtimes;
use crate::settings::Inputs;
use crate::survey::{Ahead, Purpose, Survey};
use crate::untouched::Untouched;

/// A repository at one time: its files, and what every code file may hold.
pub(crate) struct Seen {
    program: Program,
    survey: Survey,
}

impl Seen {
    /// The repository at `root` as it is.
    pub(crate) fn now(root: &Path) -> Result<Self, Failure> {
        Self::with(root, Purpose::Everything)
    }

    /// The same for whoever asks only for what a change may touch.
    pub(crate) fn for_a_change(root: &Path) -> Result<Self, Failure> {
        Self::with(root, Purpose::Change)
    }

    fn with(root: &Path, purpose: Purpose) -> Result<Self, Failure> {
        let mut ahead = Ahead::default();
        let tree = match purpose {
            Purpose::Everything => Tree::walk_beside(root, |found| ahead.read(found.path(), || found.read())),
            Purpose::Change => Tree::walk(root),
        };
        let tree = tree.map_err(|error| Failure::Input(error.to_string()))?;
        let (program, places) = rayon::join(|| Program::new(tree.clone()), || Places::of(&tree));
        let survey = Survey::within(&program, places, ahead, purpose);
        Ok(Self { program, survey })
    }

    /// The same at another time. What is parsed already of files that `tree` has in common is not parsed again.
    pub(crate) fn at_another_time(&self, tree: Tree) -> Self {
        let program = self.program.at_another_time(tree);
        let survey = self.survey.at_another_time(&self.program, &program);
        Self { program, survey }
    }

    /// The modules.
    pub(crate) fn program(&self) -> &Program {
        &self.program
    }

    /// What they may hold.
    pub(crate) fn survey(&self) -> &Survey {
        &self.survey
    }
}

/// Finds the routes, proves each, and asks every rule.
pub(crate) fn scan(inputs: &Inputs, seen: &Seen) -> Result<Scanned, Failure> {
    let asked = Asked::of(&inputs.policy)?;
    let Seen { program, survey } = seen;
    // What cannot be understood is told of files that the search for routes led to, so the search comes first.
    let discovery = discover(program, survey, &inputs.policy.routes.exclude);
    let (mut scanned, findings) =
        rayon::join(|| prove(seen, &asked, &discovery.routes), || rules::check(program, survey, &inputs.policy.routes));
    // With room for what is said of each route later.
    scanned.findings.reserve_exact(findings.len() + scanned.routes.len());
    scanned.findings.extend(findings);
    Ok(Scanned {
        unknown_guards: unknown_guards(seen, &asked, &scanned.routes),
        looked_for: discovery.looked_for.iter().map(|(_, what)| *what).collect(),
        problems: discovery.problems,
        ..scanned
    })
}

/// The guards of the policy that are nowhere.
pub(crate) fn unknown_guards(seen: &Seen, asked: &Asked, routes: &[ProvedRoute]) -> Vec<(usize, Vec<String>)> {
    let hops = routes.iter().flat_map(|route| &route.chain);
    let met = hops.filter_map(|hop| named(&hop.what)).collect();
    known::unknown(&seen.program, &asked.guards, &met)
}

/// The routes with their proofs and headers alone. What is `known` of a route is not asked again.
pub(crate) fn routes(inputs: &Inputs, seen: &Seen, known: Option<&Untouched<'_>>) -> Result<Vec<ProvedRoute>, Failure> {
    let asked = Asked::of(&inputs.policy)?;
    let discovery = discover(&seen.program, &seen.survey, &inputs.policy.routes.exclude);
    let (mut proved, mut others) = (Vec::new(), Vec::new());
    for route in discovery.routes {
        match known.and_then(|known| known.proof(&seen.program, &route)) {
            Some(route) => proved.push(route),
            None => others.push(route),
        }
    }
    proved.extend(prove(seen, &asked, &others).routes);
    Ok(proved)
}

/// What the policy asks of routes.
pub(crate) struct Asked {
    pub(crate) guards: Vec<Guard>,
    requirements: Vec<Requirement>,
}

impl Asked {
    pub(crate) fn of(policy: &Policy) -> Result<Self, Failure> {
        Ok(Self { guards: guards(policy)?, requirements: requirements(policy)? })
    }
}

/// The routes with their proofs and headers, and what is wrong with guards and headers.
pub(crate) fn prove(seen: &Seen, asked: &Asked, routes: &[Route]) -> Scanned {
    let (mut proofs, (states, lacking)) =
        rayon::join(|| proofs(seen, asked, routes), || headers(seen, asked, routes, |_| true));
    for (route, states) in proofs.routes.iter_mut().zip(states) {
        route.headers = states;
    }
    proofs.findings.extend(lacking);
    proofs
}

/// The routes with their proofs and runtimes, and what is wrong with the guards that these rest on.
pub(crate) fn proofs(seen: &Seen, asked: &Asked, routes: &[Route]) -> Scanned {
    let Seen { program, survey } = seen;
    let prover = Prover::new(program, survey, &asked.guards);
    let runtimes = Runtimes::new(program, survey);
    let prove =
        |route: &Route| ProvedRoute { runtime: runtimes.of(route), ..proved(program, route, prover.prove(route)) };
    let mut proved: Vec<ProvedRoute> = routes.par_iter().with_max_len(4).map(prove).collect();
    let (findings, ()) = rayon::join(
        || decoy_guard::check(program, &definitions(&prover)),
        || behind_proxies(program, survey, &prover, routes, &mut proved),
    );
    Scanned { routes: proved, findings, ..Scanned::default() }
}

/// The headers of each chosen route, and those that some lack.
pub(crate) fn headers(
    seen: &Seen,
    asked: &Asked,
    routes: &[Route],
    chosen: impl Fn(&Route) -> bool,
) -> (Vec<header::States>, Vec<Finding>) {
    header::check(&seen.program, routes, &asked.requirements, chosen)
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
    found: &[Route],
    routes: &mut [ProvedRoute],
) {
    for proxy in proxies(program, survey) {
        let passage = prover.prove_passage(&proxy.handler, proxy.place);
        if !passage.class.is_guarded() {
            continue;
        }
        let mut matcher = Matcher::read(&mut Evaluator::new(program), program, proxy.file);
        for (route, found) in routes.iter_mut().zip(found) {
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
        runtime: None,
        headers: Vec::new(),
        files: proved.files.into_iter().map(|file| program.tree().path(file).to_owned()).collect(),
    }
}
