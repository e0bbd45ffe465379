//! Vercel functions: `api/**` beside what Vercel builds, each file with one function.
//!
//! Rules: vercel.com/docs/functions and the sources of Vercel's builder: which files count (detect-builders), which exports
//! make a function (node-entrypoint), and how it is called (serverless-handler).

use ops_typescript::module::{Expression, ExpressionId, Key, Span};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use super::dispatch::{self, Served};
use super::exports::Exports;
use super::next_app::segment;
use super::next_pages::default_export;
use super::places::{Package, below};
use super::stem;
use crate::proof::METHODS;
use crate::routes::{ANY, Framework, Handler, Route, RoutePath};
use crate::survey::Survey;

const EXTENSIONS: [&str; 4] = [".js", ".mjs", ".ts", ".tsx"];
/// Packages that nobody has who doesn't deploy there.
const VERCEL: [&str; 4] = ["vercel", "@vercel/node", "@vercel/functions", "@vercel/edge"];
/// Packages whose programs keep their own code in a folder `api`.
const SERVERS: [&str; 10] = [
    "express",
    "fastify",
    "koa",
    "hono",
    "@nestjs/core",
    "@hapi/hapi",
    "@remix-run/node",
    "@sveltejs/kit",
    "nuxt",
    "astro",
];

/// Packages whose applications have their routes found.
const ROUTERS: [&str; 4] = ["hono", "@hono/zod-openapi", "express", "fastify"];
/// Packages of whose applications nobody knows the routes.
const OTHER_ROUTERS: [&str; 4] = ["elysia", "koa", "polka", "h3"];

/// A file that Vercel makes a function of.
pub(crate) struct FunctionFile {
    pub(crate) file: FileId,
    pub(crate) path: RoutePath,
}

/// The files that Vercel makes functions of, sorted by path.
pub(crate) fn functions(program: &Program, survey: &Survey) -> Vec<FunctionFile> {
    let packages: Vec<&Package> = survey.places().all().filter(|package| is_deployed(package)).collect();
    let mut found = Vec::new();
    for (file, path) in program.tree().files() {
        let inner = packages.iter().find_map(|package| below("api", package.inner(path)?));
        if let Some(path) = inner.and_then(path_of) {
            found.push(FunctionFile { file, path });
        }
    }
    found
}

/// Vercel builds `api` of any package, also beside Next.js. Where nothing names Vercel, only the root's counts, and only as long
/// as no server and no Next.js lives there.
fn is_deployed(package: &Package) -> bool {
    let is_next = package.depends_on("next") || package.next_config.is_some();
    package.vercel.is_some()
        || package.depends_on_any(&VERCEL)
        || package.folder.is_empty() && !is_next && !package.depends_on_any(&SERVERS)
}

fn path_of(inner: &str) -> Option<RoutePath> {
    let is_hidden = |part: &str| part.starts_with(['_', '.']) || part == "node_modules";
    if inner.split('/').any(is_hidden) || inner.ends_with(".d.ts") || !EXTENSIONS.iter().any(|one| inner.ends_with(one))
    {
        return None;
    }
    let folders = inner.rsplit_once('/').map_or("", |(folders, _)| folders);
    let name = stem(inner);
    let parts = std::iter::once("api").chain(folders.split('/').filter(|folder| !folder.is_empty()));
    Some(RoutePath(parts.chain((name != "index").then_some(name)).map(segment).collect()))
}

pub(super) fn routes(program: &Program, survey: &Survey) -> Vec<Route> {
    let mut routes = Vec::new();
    for function in functions(program, survey) {
        add(program, function, &mut routes);
    }
    routes
}

fn add(program: &Program, function: FunctionFile, routes: &mut Vec<Route>) {
    let FunctionFile { file, path } = function;
    let exports = Exports::of(program, file);
    let route = |method: &str, span, handler| {
        Route::new(Framework::Vercel, path.clone(), method, At { file, it: span }, handler)
    };
    let exported = |name: &str| Handler::Export(file, name.into());
    let named: Vec<_> = exports.names.iter().filter(|(name, _)| METHODS.contains(&name.as_str())).collect();
    if !named.is_empty() {
        routes.extend(named.into_iter().map(|(name, span)| route(name, *span, exported(name))));
        return;
    }
    if let Some((_, span)) = exports.names.iter().find(|(name, _)| name == "fetch") {
        routes.push(route(ANY, *span, exported("fetch")));
        return;
    }
    let Some((place, value)) = default_export(program, file) else {
        routes.extend(listener(program, file).map(|(place, handler)| route(ANY, place, handler)));
        return;
    };
    let meaning = program.meaning_of_export(file, "default");
    match form(program, &meaning) {
        Form::Function => {
            let served =
                Served { framework: Framework::Vercel, path: path.clone(), place, handler: exported("default"), value };
            dispatch::routes(program, &served, &meaning, routes);
        }
        Form::Fetch(at) => routes.push(route(ANY, place.it, Handler::Property(at, "fetch".into()))),
        Form::Server => routes.push(route(ANY, place.it, exported("default"))),
        Form::Router | Form::Adapter | Form::Nothing => {}
    }
}

fn is_create_server(path: &[Key]) -> bool {
    matches!(path.last(), Some(Key::Property(name)) if name == "createServer")
}

/// A server that a file without an export starts: `createServer((request, response) => …).listen()`. Vercel takes it over.
fn listener(program: &Program, file: FileId) -> Option<(Span, Handler)> {
    let module = program.module(file);
    module.expressions().find_map(|(id, expression)| {
        let Expression::Call(call) = expression else { return None };
        let Expression::Member { object, property } = module.expression(call.callee) else { return None };
        if property != "listen" {
            return None;
        }
        let server = At { file, it: *object };
        let Meaning::Value(made) = program.meaning(server) else { return None };
        let Expression::Call(making) = program.module(made.file).expression(made.it) else { return None };
        let answers = match program.meaning(made.with(making.callee)) {
            Meaning::Outside { path, .. } if is_create_server(&path) => made.with(making.arguments.last()?.value),
            _ if is_made_by(program, made, &OTHER_ROUTERS) => server,
            _ => return None,
        };
        let is_found = match program.meaning(answers) {
            Meaning::Value(app) => is_router(program, app),
            _ => false,
        };
        (!is_found).then_some((module.span(id), Handler::Expression(answers)))
    })
}

/// What a default export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Something that is called with a request, or nobody knows what.
    Function,
    /// An object with a method `fetch`.
    Fetch(At<ExpressionId>),
    /// An application of a router, whose own routes are found where they are registered.
    Router,
    /// An application of which nobody knows the routes.
    Server,
    /// `handle(app)` of `hono/vercel`: a function around such an application.
    Adapter,
    /// Nothing that Vercel could call.
    Nothing,
}

pub(crate) fn form(program: &Program, meaning: &Meaning) -> Form {
    let Meaning::Value(at) = meaning else { return Form::Function };
    let module = program.module(at.file);
    match module.expression(at.it) {
        Expression::Object(properties) => {
            let has = |wanted: &str| {
                properties.iter().any(|property| {
                    matches!(&property.key, Some(Key::Property(name)) if name == wanted) || property.key.is_none()
                })
            };
            if has("fetch") { Form::Fetch(*at) } else { Form::Nothing }
        }
        Expression::Call(call) if is_adapter(program, at.with(call.callee)) => Form::Adapter,
        Expression::Call(_) if is_router(program, *at) => Form::Router,
        Expression::Call(_) if is_made_by(program, *at, &OTHER_ROUTERS) => Form::Server,
        Expression::Text(_) | Expression::Number(_) | Expression::Boolean(_) | Expression::Null => Form::Nothing,
        Expression::Array(_) | Expression::Regex(_) | Expression::Template { .. } => Form::Nothing,
        _ => Form::Function,
    }
}

/// `handle` of `hono/vercel`.
pub(crate) fn is_adapter(program: &Program, callee: At<ExpressionId>) -> bool {
    match program.meaning(callee) {
        Meaning::Outside { specifier, path } => {
            specifier == "hono/vercel" && matches!(path.first(), Some(Key::Property(name)) if name == "handle")
        }
        _ => false,
    }
}

/// `new Hono()`, `express()`, and what is called on one: `new Hono().get("/", handler)`.
pub(crate) fn is_router(program: &Program, at: At<ExpressionId>) -> bool {
    is_made_by(program, at, &ROUTERS)
}

fn is_made_by(program: &Program, at: At<ExpressionId>, packages: &[&str]) -> bool {
    let module = program.module(at.file);
    let Expression::Call(call) = module.expression(at.it) else { return false };
    match program.meaning(at.with(call.callee)) {
        Meaning::Outside { specifier, .. } => {
            packages.iter().any(|package| below(package, &specifier).is_some() || specifier == *package)
        }
        Meaning::Part { of, .. } => of != at && is_made_by(program, of, packages),
        Meaning::Value(inner) => inner != at && is_made_by(program, inner, packages),
        _ => false,
    }
}
