//! Finds the routes of a repository: one framework, one file.

mod chain;
mod dispatch;
mod entry;
mod exports;
mod express;
mod fastify;
mod hono;
mod lists;
mod medusa;
pub(crate) mod middleware;
mod nest;
mod next_app;
mod next_pages;
pub(crate) mod places;
mod remix;
mod rest;
mod server_actions;
mod sveltekit;
#[cfg(test)]
mod tests;
mod trpc;
pub(crate) mod vercel;

use std::collections::{BTreeMap, BTreeSet};

use ops_core::glob;
use ops_typescript::module::Span;
use ops_typescript::program::{At, Program};
use ops_typescript::tree::FileId;
use rayon::prelude::*;

use crate::result::Problem;
use crate::routes::{Framework, Route};
use crate::survey::{Survey, file_name, is_code, is_generated};

/// What was found, and what was looked for.
#[derive(Debug, Default)]
pub(crate) struct Discovery {
    /// By path, method and file.
    pub(crate) routes: Vec<Route>,
    /// For each framework what it looked for, in words, for whoever has no routes.
    pub(crate) looked_for: Vec<(Framework, &'static str)>,
    /// Files that look like routes and are none, with the reason.
    #[cfg_attr(not(test), expect(dead_code, reason = "the log tells of them"))]
    pub(crate) left_out: Vec<(FileId, &'static str)>,
    /// Files that cannot be read or understood. Their routes are among the routes, as far as their paths tell of them.
    pub(crate) problems: Vec<Problem>,
}

type Finder = fn(&Program, &Survey) -> Vec<Route>;

/// Each framework: who it is, what it looks for, and who does.
const FRAMEWORKS: [(Framework, &str, Finder); 12] = [
    (
        Framework::NextApp,
        "`app/**/route.ts` of an application of Next.js, with an export named like a method",
        next_app::routes,
    ),
    (Framework::NextPages, "`pages/api/**` of an application of Next.js, with a default export", next_pages::routes),
    (Framework::ServerAction, "functions with the directive `use server`", server_actions::routes),
    (Framework::Vercel, "`api/**` beside a vercel.json or a package.json without Next.js", vercel::routes),
    (Framework::Hono, "routes of `new Hono()` and of the routers that are put into it", hono::routes),
    (Framework::Express, "routes of `express()` and `Router()`", express::routes),
    (Framework::Trpc, "queries, mutations and subscriptions of routers of tRPC", trpc::routes),
    (Framework::Fastify, "routes of `fastify()` and of its plugins", fastify::routes),
    (
        Framework::Medusa,
        "`src/api/**/route.ts` of an application of Medusa, with an export named like a method",
        medusa::routes,
    ),
    (Framework::Nest, "classes with `@Controller()` of NestJS", nest::routes),
    (
        Framework::Remix,
        "`loader` and `action` below `app/routes` of an application of Remix or React Router",
        remix::routes,
    ),
    (
        Framework::SvelteKit,
        "`src/routes/**/+server.ts`, `+page.server.ts` and `*.remote.ts` of an application of SvelteKit",
        sveltekit::routes,
    ),
];

/// Finds all routes. Files that a pattern of `exclude` covers hold none.
pub(crate) fn discover(program: &Program, survey: &Survey, exclude: &[String]) -> Discovery {
    let found: Vec<Vec<Route>> =
        FRAMEWORKS.par_iter().with_max_len(1).map(|(_, _, routes)| routes(program, survey)).collect();
    let mut left_out = BTreeMap::new();
    let mut routes = Vec::new();
    for route in found.into_iter().flatten() {
        let path = program.tree().path(route.place.file);
        match why_left_out(route.framework, path, exclude) {
            Some(why) => {
                left_out.insert(route.place.file, why);
            }
            None => routes.push(route),
        }
    }
    let served: BTreeSet<Framework> = routes.iter().map(|route| route.framework).collect();
    let has_entries = entry::BEHIND.iter().any(|framework| served.contains(framework));
    let whose = |route: &Route| if has_entries { entry::whose(program, route) } else { None };
    let is_entry = |route: &Route| whose(route).is_some_and(|whose| served.contains(&whose));
    let (entries, mut routes): (Vec<Route>, Vec<Route>) = routes.into_par_iter().partition(is_entry);
    let handed = |route: Route| (route.place.file, "it hands all requests to a router, whose routes are found");
    left_out.extend(entries.into_iter().map(handed));
    for (file, why) in &left_out {
        tracing::info!(file = program.tree().path(*file), why, "no route");
    }
    // By what people read, then by where it stands.
    routes.par_sort_by_cached_key(|route| (route.path.to_string(), route.method.clone(), route.place, route.framework));
    let problems = problems(program, survey, &routes);
    let looked_for = FRAMEWORKS.iter().map(|(framework, what, _)| (*framework, *what)).collect();
    Discovery { routes, looked_for, left_out: left_out.into_iter().collect(), problems }
}

/// Why a file that a framework would serve is left out all the same.
fn why_left_out(framework: Framework, path: &str, exclude: &[String]) -> Option<&'static str> {
    if exclude.iter().any(|pattern| glob::matches(pattern, path)) {
        return Some("`[routes] exclude` covers it");
    }
    // `route.ts` says itself what it is, also below a folder named `test`. In a name of Remix, dots divide the path.
    if matches!(framework, Framework::NextApp | Framework::Remix) {
        return None;
    }
    let is_test_folder = |folder| matches!(folder, "__tests__" | "__test__" | "__mocks__");
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_test_word = |word| matches!(word, "test" | "spec" | "stories" | "mock");
    if folders.split('/').any(is_test_folder) || name.split('.').skip(1).any(is_test_word) {
        return Some("it is a test");
    }
    is_generated(path).then_some("a program wrote it")
}

/// Files that cannot be read, and files whose routes were looked for and that aren't what their names say.
fn problems(program: &Program, survey: &Survey, routes: &[Route]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |file: FileId, span: Span, message: String| {
        let place = program.place(At { file, it: span });
        problems.push(Problem { file: place.path, line: place.start_line, column: place.start_column, message });
    };
    for (file, error) in &survey.unreadable {
        add(*file, Span::default(), error.to_string());
    }
    let looked_at = program.tree().files().filter(|(file, path)| program.is_parsed(*file) && is_code(path));
    for (file, path) in looked_at {
        if survey.unreadable.iter().any(|(unreadable, _)| *unreadable == file) {
            continue;
        }
        let is_route = || routes.iter().any(|route| route.place.file == file);
        if let Some(error) =
            program.module(file).errors.first().filter(|_| is_route() || survey.may_hold_routes(file, path))
        {
            add(file, error.span, format!("is not what its name says: {}", error.message));
        }
    }
    for part in program.tree().unreadable() {
        problems.push(Problem { file: part.path.clone(), line: 1, column: 1, message: part.reason.clone() });
    }
    problems.sort();
    problems.dedup();
    problems
}

/// The name of a file without folders and without its last ending.
fn stem(path: &str) -> &str {
    let name = file_name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
