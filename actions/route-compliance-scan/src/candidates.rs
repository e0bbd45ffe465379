//! What could be a guard in a repository whose policy names none.

mod called;
mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ops_core::exit::Failure;
use ops_typescript::program::Program;
use ops_typescript::tree::{FileId, Tree};
use rayon::prelude::*;

use self::called::{called, helpers, named_in};
use self::names::{asks_who, is_usual, says_guard};
use crate::discover::discover;
use crate::proof::{Guard, Judgement, Prover, definitions};
use crate::routes::Route;
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

/// Tries names that stand before handlers, or that are called on their way, as if they were guards, and keeps those that a proof
/// rests on. Of routes that none of them guards, the helpers are tried that call one.
pub(crate) fn find(root: &Path, exclude: &[String]) -> Result<Vec<Candidate>, Failure> {
    let tree = Tree::walk(root).map_err(|error| Failure::Input(error.to_string()))?;
    let program = Program::new(tree);
    let survey = Survey::of(&program);
    let discovery = discover(&program, &survey, exclude);
    let files: BTreeSet<FileId> = discovery.routes.iter().map(|route| route.place.file).collect();
    let mut names: BTreeSet<String> = files.iter().flat_map(|file| called(program.module(*file), |_| true)).collect();
    names.extend(discovery.routes.iter().flat_map(|route| &route.layers).flat_map(|layer| named_in(&program, layer)));
    names.extend(discovery.routes.iter().filter_map(|route| route.built_in?.rsplit(':').next()).map(str::to_owned));
    let mut asking = BTreeSet::new();
    for (helper, inner) in helpers(&program, &files) {
        if inner.iter().any(|name| asks_who(name)) {
            asking.insert(helper);
        }
        names.extend(inner);
    }
    names.retain(|name| is_usual(name));
    asking.retain(|name| !is_usual(name));
    let all = discovery.routes.iter().collect();
    let (mut found, left) = settled(&program, &survey, all, &names);
    found.extend(settled(&program, &survey, left, &asking).0);
    Ok(found)
}

/// What of the names could be a guard, what could not, and the routes that none of the former stands before.
fn settled<'r>(
    program: &Program,
    survey: &Survey,
    mut routes: Vec<&'r Route>,
    names: &BTreeSet<String>,
) -> (Vec<Candidate>, Vec<&'r Route>) {
    let mut guards: Vec<Guard> = names.iter().filter_map(|name| Guard::parse(name).ok()).collect();
    let mut kept: BTreeMap<String, Candidate> = BTreeMap::new();
    let (mut others, mut left) = (Vec::new(), Vec::new());
    // Behind what turns out to be no guard, another may stand.
    while !routes.is_empty() {
        let (tried, bare) = tried(program, survey, &routes, &guards);
        left.extend(bare);
        routes.clear();
        for (candidate, behind) in tried {
            if candidate.can_refuse {
                let known = kept.entry(candidate.name.clone()).or_insert(Candidate { routes: 0, ..candidate });
                known.routes += behind.len();
            } else {
                guards.retain(|guard| guard.text != candidate.name);
                routes.extend(behind);
                others.push(candidate);
            }
        }
    }
    (kept.into_values().chain(others).collect(), left)
}

/// A name that was tried, and the routes that it stands before.
type Tried<'r> = (Candidate, Vec<&'r Route>);

/// Those of the names that a proof rests on, and the routes whose proof rests on none.
fn tried<'r>(
    program: &Program,
    survey: &Survey,
    routes: &[&'r Route],
    guards: &[Guard],
) -> (Vec<Tried<'r>>, Vec<&'r Route>) {
    let prover = Prover::new(program, survey, guards);
    let proofs: Vec<_> = routes.par_iter().map(|route| (*route, prover.prove(route))).collect();
    let mut found: BTreeMap<&str, Vec<&Route>> = BTreeMap::new();
    let mut bare = Vec::new();
    for (route, proof) in &proofs {
        match proof.chain.iter().find_map(|step| named(&step.what)).filter(|_| proof.class.is_guarded()) {
            Some(guard) => found.entry(guard).or_default().push(*route),
            None => bare.push(*route),
        }
    }
    let judged: BTreeMap<&str, Judgement> =
        definitions(&prover).into_iter().map(|one| (one.guard.text.as_str(), one.judgement)).collect();
    let candidate = |(name, behind): (&str, Vec<&'r Route>)| {
        let can_refuse = match judged.get(name) {
            Some(Judgement::Refuses) => true,
            Some(Judgement::LetsPass) => false,
            // Of a dependency's guard nobody sees the definition: its name must do.
            Some(Judgement::Unknown) | None => says_guard(name),
        };
        (Candidate { name: name.to_owned(), routes: behind.len(), can_refuse }, behind)
    };
    (found.into_iter().map(candidate).collect(), bare)
}

/// The guard that a hop of a proof names.
pub(crate) fn named(what: &str) -> Option<&str> {
    Some(what.strip_prefix("the guard `")?.split_once('`')?.0)
}

#[cfg(test)]
mod tests {
    use ops_testing::TestDir;

    use super::{Candidate, find};

    fn found(files: &[(&str, &str)]) -> Vec<Candidate> {
        let folder = TestDir::of(files);
        find(folder.path(), &[]).unwrap()
    }

    const AUTH: &str = "export const withSession = (handler) => async (request) => {\n\
                          if (!request.headers.get('cookie')) return new Response(null, { status: 401 });\n\
                          return handler(request);\n};\n\
                        export const withLog = (handler) => async (request) => {\n\
                          console.log(request.url);\n  return handler(request);\n};\n";

    #[test]
    fn what_is_handed_over_by_its_name_is_tried_and_what_keeps_sessions_is_none() {
        let package = ("package.json", r#"{ "dependencies": { "express": "5" } }"#);
        let app = "import express from 'express';\nimport session from 'express-session';\nimport { isAuthenticated } from './auth';\n\
                   const app = express();\napp.use(session({ secret: 'x' }));\napp.get('/a', isAuthenticated, (req, res) => res.json([]));\n\
                   app.get('/b', (req, res) => res.json([]));\n";
        let auth = "export function isAuthenticated(req, res, next) {\n  if (!req.user) return res.status(401).end();\n  next();\n}\n";
        let found = found(&[package, ("app.ts", app), ("auth.ts", auth)]);
        let told: Vec<(&str, bool)> = found.iter().map(|one| (one.name.as_str(), one.can_refuse)).collect();
        assert_eq!(told, [("isAuthenticated", true)]);
    }

    #[test]
    fn what_is_handed_to_what_makes_a_layer_is_tried() {
        let package = ("package.json", r#"{ "dependencies": { "express": "5" } }"#);
        let app = "import express from 'express';\nimport asyncHandler from './handler';\nimport * as auth from './auth';\n\
                   const app = express();\napp.get('/a', asyncHandler(auth.jwt), (req, res) => res.json([]));\n";
        let auth =
            "export const jwt = async (req, res, next) => {\n  if (!req.user) throw new Error('no');\n  next();\n};\n";
        let handler = "export default (fn) => (req, res, next) => Promise.resolve(fn(req, res, next)).catch(next);\n";
        let found = found(&[package, ("app.ts", app), ("auth.ts", auth), ("handler.ts", handler)]);
        assert_eq!(found, [Candidate { name: "auth.jwt".to_owned(), routes: 1, can_refuse: true }]);
    }

    #[test]
    fn what_is_made_to_let_anybody_pass_is_told_from_what_is_made_to_refuse() {
        let package = ("package.json", r#"{ "dependencies": { "express": "5" } }"#);
        let app = "import express from 'express';\nimport * as auth from './auth';\nconst app = express();\n\
                   app.get('/a', auth.jwt, (req, res) => res.json([]));\napp.get('/b', auth.jwtLoose, (req, res) => res.json([]));\n";
        let auth = "const ask = (isStrict) => (req, res, next) => {\n  if (!req.user && isStrict) throw new Error('no');\n  next();\n};\n\
                    export const jwt = ask(true);\nexport const jwtLoose = ask(false);\n";
        let found = found(&[package, ("app.ts", app), ("auth.ts", auth)]);
        let told: Vec<(&str, bool)> = found.iter().map(|one| (one.name.as_str(), one.can_refuse)).collect();
        assert_eq!(told, [("auth.jwt", true), ("auth.jwtLoose", false)]);
    }

    #[test]
    fn a_helper_that_asks_and_hands_on_the_refusal_is_tried() {
        let package = ("package.json", r#"{ "dependencies": { "next": "16.0.3" } }"#);
        let route = "import { parse } from '../../../lib/request';\nexport async function GET(request) {\n\
                       const { user, error } = await parse(request);\n  if (error) return error();\n  return Response.json(await read(user));\n}\n";
        let request = "import { checkAuth } from './auth';\nexport async function parse(request) {\n  let error;\n\
                         const user = await checkAuth(request);\n  if (!user) error = () => new Response(null, { status: 401 });\n\
                         return { user, error };\n}\nexport const other = () => verifyOther();\n";
        let auth =
            "export async function checkAuth(request) {\n  return sessions.find(request.headers.get('cookie'));\n}\n";
        let files = [package, ("app/api/a/route.ts", route), ("lib/request.ts", request), ("lib/auth.ts", auth)];
        assert_eq!(found(&files), [Candidate { name: "parse".to_owned(), routes: 1, can_refuse: true }]);
    }

    #[test]
    fn a_wrapper_that_asks_nobody_who_comes_is_not_tried() {
        let package = ("package.json", r#"{ "dependencies": { "next": "16.0.3" } }"#);
        let route =
            "import { open } from '../../../lib/open';\nexport const GET = open(async () => Response.json([]));\n";
        let open = "import { withMetrics } from './metrics';\nexport const open = (handler) => withMetrics(async (request) => {\n\
                      if (request.method !== 'GET') return new Response(null, { status: 405 });\n  return handler(request);\n});\n";
        let metrics = "export const withMetrics = (handler) => (request) => handler(request);\n";
        let files = [package, ("app/api/a/route.ts", route), ("lib/open.ts", open), ("lib/metrics.ts", metrics)];
        assert!(found(&files).iter().all(|one| !one.can_refuse));
    }

    #[test]
    fn what_a_helper_of_the_handler_asks_is_tried() {
        let package = ("package.json", r#"{ "dependencies": { "next": "16.0.3" } }"#);
        let route =
            "import { own } from '../../../lib/own';\nexport const GET = async () => Response.json(await own());\n";
        let own = "import { requireUser } from './user';\nexport async function own() {\n  const user = await requireUser();\n\
                     return db.order.findMany({ where: { user } });\n}\n";
        let user = "export async function requireUser() {\n  const user = await current();\n\
                      if (!user) throw new Error('no');\n  return user;\n}\n";
        let files = [package, ("app/api/a/route.ts", route), ("lib/own.ts", own), ("lib/user.ts", user)];
        assert_eq!(found(&files), [Candidate { name: "requireUser".to_owned(), routes: 1, can_refuse: true }]);
    }

    #[test]
    fn what_gets_the_whole_application_is_tried_where_its_name_is_that_of_a_guard() {
        let package = ("package.json", r#"{ "dependencies": { "fastify": "5" } }"#);
        let app = "import fastify from 'fastify';\nimport { withAuth, withOrigin } from './hooks';\nimport { routes } from './routes';\n\
                   const server = fastify();\nwithOrigin(server);\nwithAuth(server);\nserver.register(routes);\n";
        let hooks = "export function withOrigin(server) {\n  server.addHook('onRequest', async (request, reply) => {\n\
                       if (request.headers.origin !== own) return reply.code(403).send();\n  });\n}\n\
                     export function withAuth(server) {\n  server.addHook('onRequest', async (request, reply) => {\n\
                       if (!request.user) return reply.code(401).send();\n  });\n}\n";
        let routes = "export async function routes(server) { server.get('/a', async () => []) }\n";
        let found = found(&[package, ("app.ts", app), ("hooks.ts", hooks), ("routes.ts", routes)]);
        let told: Vec<(&str, usize)> = found.iter().map(|one| (one.name.as_str(), one.routes)).collect();
        assert_eq!(told, [("withAuth", 1)]);
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
