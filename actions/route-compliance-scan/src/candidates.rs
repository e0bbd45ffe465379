//! What could be a guard in a repository whose policy names none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ops_core::exit::Failure;
use ops_typescript::module::{Expression, ExpressionId, Imported, Module, Source};
use ops_typescript::program::Program;
use ops_typescript::tree::{FileId, Tree};
use rayon::prelude::*;

use crate::discover::{Discovery, discover};
use crate::proof::{Guard, Judgement, Prover, definitions};
use crate::routes::Layer;
use crate::survey::Survey;

/// A wrapper or a call that stands before handlers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// As the policy would name it.
    pub(crate) name: String,
    /// How many routes it stands before, each method counted.
    pub(crate) routes: usize,
    /// Whether its definition can end a request before the handler.
    pub(crate) can_refuse: bool,
}

/// Parts of names that guards have, in small letters. A name alone proves nothing; it only decides what is tried.
const USUAL: [&str; 14] = [
    "auth",
    "session",
    "guard",
    "protect",
    "permission",
    "require",
    "verify",
    "ensure",
    "access",
    "apikey",
    "authorize",
    "workspace",
    "token",
    "signature",
];

/// Tries each name that a route's file calls as if it were a guard, and keeps those that a proof rests on.
pub(crate) fn find(root: &Path, exclude: &[String]) -> Result<Vec<Candidate>, Failure> {
    let tree = Tree::walk(root).map_err(|error| Failure::Input(error.to_string()))?;
    let program = Program::new(tree);
    let survey = Survey::of(&program);
    let discovery = discover(&program, &survey, exclude);
    let files: BTreeSet<FileId> = discovery.routes.iter().map(|route| route.place.file).collect();
    let mut called: BTreeSet<String> = files.iter().flat_map(|file| called(program.module(*file))).collect();
    called
        .extend(discovery.routes.iter().flat_map(|route| &route.layers).filter_map(|layer| named_in(&program, layer)));
    let mut guards: Vec<Guard> =
        called.iter().filter(|name| is_usual(name)).filter_map(|name| Guard::parse(name).ok()).collect();
    let mut others = Vec::new();
    // Behind what turns out to be no guard, another may stand.
    loop {
        let (found, rest): (Vec<_>, Vec<_>) =
            tried(&program, &survey, &discovery, &guards).into_iter().partition(|one| one.can_refuse);
        if rest.is_empty() {
            return Ok([found, others].concat());
        }
        guards.retain(|guard| rest.iter().all(|one| one.name != guard.text));
        others.extend(rest);
    }
}

/// Those of the names that a proof rests on.
fn tried(program: &Program, survey: &Survey, discovery: &Discovery, guards: &[Guard]) -> Vec<Candidate> {
    let prover = Prover::new(program, survey, guards);
    let proofs: Vec<_> = discovery.routes.par_iter().map(|route| prover.prove(route)).collect();
    let mut routes: BTreeMap<&str, usize> = BTreeMap::new();
    for proof in proofs.iter().filter(|proof| proof.class.is_guarded()) {
        if let Some(guard) = proof.chain.iter().find_map(|step| named(&step.what)) {
            *routes.entry(guard).or_default() += 1;
        }
    }
    let judged: BTreeMap<&str, Judgement> =
        definitions(&prover).into_iter().map(|one| (one.guard.text.as_str(), one.judgement)).collect();
    let candidate = |(name, routes): (&&str, &usize)| Candidate {
        name: (*name).to_owned(),
        routes: *routes,
        can_refuse: match judged.get(name) {
            Some(Judgement::Refuses) => true,
            Some(Judgement::LetsPass) => false,
            // Of a dependency's guard nobody sees the definition: its name must do.
            Some(Judgement::Unknown) | None => says_guard(name) && !asks_nobody(name),
        },
    };
    routes.iter().map(candidate).collect()
}

/// The guard that a hop of a proof names.
pub(crate) fn named(what: &str) -> Option<&str> {
    Some(what.strip_prefix("the guard `")?.split_once('`')?.0)
}

fn is_usual(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.starts_with("with") || says_guard(last)
}

/// Whether a word of a name is one of guards: `isAuthenticated`, and not `frameguard`.
fn says_guard(name: &str) -> bool {
    let small = name.to_lowercase();
    let starts_word = |at: usize| {
        let before = name.get(..at).and_then(|before| before.chars().next_back());
        let is_first = name.get(at..).is_some_and(|word| word.starts_with(char::is_uppercase));
        before.is_none_or(|before| is_first || !before.is_alphabetic())
    };
    name.is_ascii() && USUAL.iter().any(|part| small.match_indices(part).any(|(at, _)| starts_word(at)))
}

/// Whether a name is that of what keeps sessions, as `session` of express-session, or counts requests.
fn asks_nobody(name: &str) -> bool {
    matches!(name, "session" | "cookieSession") || name.contains("Throttle") || name.contains("RateLimit")
}

/// What a layer is, or is made by, as a policy would write it.
fn named_in(program: &Program, layer: &Layer) -> Option<String> {
    let module = program.module(layer.value.file);
    match module.expression(layer.value.it) {
        Expression::Call(call) => spelled(module, call.callee),
        _ => spelled(module, layer.value.it),
    }
}

/// The names of all functions that a module calls, as a policy would write them.
fn called(module: &Module) -> BTreeSet<String> {
    let calls = module.expressions().filter_map(|(_, expression)| match expression {
        Expression::Call(call) => Some(call.callee),
        _ => None,
    });
    let mut names = BTreeSet::new();
    for callee in calls {
        names.extend(spelled(module, callee));
        // Of a builder (`authClient.schema(…).action(…)`) the base is the guard, where it comes from another file.
        let mut part = callee;
        while let Expression::Member { object, .. } = module.expression(part) {
            part = *object;
        }
        if let Expression::Binding(base) = module.expression(part)
            && matches!(module.binding(*base).source, Source::Import { .. })
        {
            names.extend(spelled(module, part));
        }
    }
    names
}

fn spelled(module: &Module, expression: ExpressionId) -> Option<String> {
    match module.expression(expression) {
        Expression::Binding(binding) => {
            let binding = module.binding(*binding);
            match &binding.source {
                Source::Import { imported: Imported::Name(name), .. } if name != "default" => Some(name.to_string()),
                _ => Some(binding.name.to_string()),
            }
        }
        Expression::Member { object, property } => Some(format!("{}.{property}", spelled(module, *object)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Candidate, find, is_usual};

    fn found(files: &[(&str, &str)]) -> Vec<Candidate> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        find(folder.path(), &[]).unwrap()
    }

    const AUTH: &str = "export const withSession = (handler) => async (request) => {\n\
                          if (!request.headers.get('cookie')) return new Response(null, { status: 401 });\n\
                          return handler(request);\n};\n\
                        export const withLog = (handler) => async (request) => {\n\
                          console.log(request.url);\n  return handler(request);\n};\n";

    #[test]
    fn only_the_last_part_of_a_name_says_what_is_called() {
        let usual = ["withKey", "auth", "auth.protect", "authHeader.split", "prisma.session.findMany", "Response.json"];
        assert_eq!(usual.map(is_usual), [true, true, true, false, false, false]);
    }

    #[test]
    fn a_guard_is_told_by_a_word_of_its_name() {
        for name in ["isAuthenticated", "JwtAuthGuard", "verify_token", "getApiToken", "ensureLoggedIn", "checkAPIKey"]
        {
            assert!(is_usual(name), "{name}");
        }
        for name in ["helmet.frameguard", "noaccess", "parse", "café"] {
            assert!(!is_usual(name), "{name}");
        }
    }

    #[test]
    fn what_is_handed_over_by_its_name_is_tried_and_what_keeps_sessions_is_none() {
        let package = ("package.json", r#"{ "dependencies": { "express": "5" } }"#);
        let app = "import express from 'express';\nimport session from 'express-session';\nimport { isAuthenticated } from './auth';\n\
                   const app = express();\napp.use(session({ secret: 'x' }));\napp.get('/a', isAuthenticated, (req, res) => res.json([]));\n\
                   app.get('/b', (req, res) => res.json([]));\n";
        let auth = "export function isAuthenticated(req, res, next) {\n  if (!req.user) return res.status(401).end();\n  next();\n}\n";
        let found = found(&[package, ("app.ts", app), ("auth.ts", auth)]);
        let told: Vec<(&str, bool)> = found.iter().map(|one| (one.name.as_str(), one.can_refuse)).collect();
        assert_eq!(told, [("isAuthenticated", true), ("session", false)]);
    }

    #[test]
    fn a_wrapper_that_refuses_is_told_from_one_that_only_logs() {
        let package = ("package.json", r#"{ "dependencies": { "next": "16.0.3" } }"#);
        let route = |names: &str| {
            format!("import {{ withLog, withSession }} from '../../../lib/auth';\nexport const GET = {names};\n")
        };
        let guarded = route("withSession(async () => Response.json([]))");
        let logged = route("withLog(async () => Response.json([]))");
        let found = found(&[
            package,
            ("lib/auth.ts", AUTH),
            ("app/api/a/route.ts", &guarded),
            ("app/api/b/route.ts", &guarded),
            ("app/api/c/route.ts", &logged),
        ]);
        let told: Vec<(&str, usize, bool)> =
            found.iter().map(|one| (one.name.as_str(), one.routes, one.can_refuse)).collect();
        assert_eq!(told, [("withSession", 2, true), ("withLog", 1, false)]);
    }

    #[test]
    fn what_stands_behind_no_guard_is_proposed_in_its_place() {
        let package = ("package.json", r#"{ "dependencies": { "next": "16.0.3" } }"#);
        let route = "import { withLog, withSession } from '../../../lib/auth';\n\
                     export const GET = withLog(withSession(async () => Response.json([])));\n";
        let found = found(&[package, ("lib/auth.ts", AUTH), ("app/api/a/route.ts", route)]);
        let told: Vec<(&str, usize, bool)> =
            found.iter().map(|one| (one.name.as_str(), one.routes, one.can_refuse)).collect();
        assert_eq!(told, [("withSession", 1, true), ("withLog", 1, false)]);
    }
}
