//! tRPC: `router({ name: base.input(…).query(handler) })`, routers in routers, `mergeRouters`.
//!
//! Which function makes routers is told by what it is given: procedures, or routers that hold procedures. So it doesn't matter
//! through which of a repository's own functions `initTRPC` went.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use ops_typescript::module::{Call, Expression, ExpressionId, FunctionId, Key, Name, Property, Span};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;
use rayon::prelude::*;

use super::chain::returns;
use crate::routes::{Framework, Handler, Layer, LayerKind, Route, RoutePath, Segment};
use crate::survey::{Mark, Survey, is_test};

/// How deep routers lie in routers, and functions in functions.
const DEPTH: u8 = 12;

pub(super) fn routes(program: &Program, survey: &Survey) -> Vec<Route> {
    let files = survey.with(program, Mark::Trpc).filter(|(_, path)| !is_test(path)).map(|(file, _)| file);
    let files: Vec<FileId> = files.collect();
    files.par_iter().for_each(|file| {
        program.module(*file);
    });
    routes_of(program, &files)
}

fn routes_of(program: &Program, files: &[FileId]) -> Vec<Route> {
    let mut finder = Finder { program, known: BTreeMap::new() };
    let mut routers = Vec::new();
    for file in files {
        for (id, expression) in program.module(*file).expressions() {
            let at = At { file: *file, it: id };
            if matches!(expression, Expression::Call(_)) && finder.router(at, DEPTH).is_some() {
                routers.push(at);
            }
        }
    }
    let mut held = BTreeSet::new();
    for router in &routers {
        if let Some(Router { inner, .. }) = finder.router(*router, DEPTH) {
            held.extend(inner.iter().map(|(_, at)| *at));
        }
    }
    let mut routes = Vec::new();
    for router in routers.iter().filter(|router| !held.contains(router)) {
        finder.add(*router, "", DEPTH, &mut routes);
    }
    let mut seen = BTreeSet::new();
    routes.retain(|route| seen.insert((route.path.clone(), route.method.clone(), route.place)));
    routes
}

/// Whether a call makes a router whose procedures are found.
pub(super) fn is_router(program: &Program, at: At<ExpressionId>) -> bool {
    Finder { program, known: BTreeMap::new() }.router(at, DEPTH).is_some()
}

/// What a router holds.
#[derive(Clone, Default)]
struct Router {
    procedures: Vec<Procedure>,
    /// By name, which is empty for merged ones.
    inner: Vec<(Name, At<ExpressionId>)>,
}

#[derive(Clone)]
struct Procedure {
    name: Name,
    place: At<Span>,
    method: &'static str,
    /// What it is built on: `base.input(…)`.
    base: At<ExpressionId>,
    handler: At<ExpressionId>,
}

struct Finder<'p> {
    program: &'p Program,
    known: BTreeMap<At<ExpressionId>, Option<Router>>,
}

impl<'p> Finder<'p> {
    fn add(&mut self, at: At<ExpressionId>, before: &str, depth: u8, routes: &mut Vec<Route>) {
        let Some(router) = self.router(at, DEPTH).filter(|_| depth > 0) else { return };
        for one in &router.procedures {
            routes.push(Route {
                layers: vec![Layer { kind: LayerKind::Route, value: one.base }],
                ..Route::new(
                    Framework::Trpc,
                    RoutePath(vec![Segment::Literal(format!("{before}{}", one.name))]),
                    one.method,
                    one.place,
                    Handler::Expression(one.handler),
                )
            });
        }
        for (name, inner) in &router.inner {
            let before = if name.is_empty() { before.to_owned() } else { format!("{before}{name}.") };
            self.add(*inner, &before, depth - 1, routes);
        }
    }

    /// What a call makes, if it makes a router.
    fn router(&mut self, at: At<ExpressionId>, depth: u8) -> Option<Router> {
        if let Some(known) = self.known.get(&at) {
            return known.clone();
        }
        let depth = depth.checked_sub(1)?;
        // Whatever leads back to here holds nothing.
        self.known.insert(at, None);
        let found = self.look(at, depth);
        self.known.insert(at, found.clone());
        found
    }

    fn look(&mut self, at: At<ExpressionId>, depth: u8) -> Option<Router> {
        let module = self.program.module(at.file);
        let Expression::Call(call) = module.expression(at.it) else { return None };
        if call.is_new || procedure_method(module.expression(call.callee)).is_some() {
            return None;
        }
        let mut router = Router::default();
        if self.is_called(at.with(call.callee), &["mergeRouters", "mergeTRPCRouters"]) {
            for argument in &call.arguments {
                let inner = self.router_at(at.with(argument.value), depth);
                router.inner.extend(inner.map(|inner| (Name::default(), inner)));
            }
            return (!router.inner.is_empty()).then_some(router);
        }
        if let [only] = call.arguments.as_ref()
            && let Some((file, properties)) = self.object(at.with(only.value))
            && self.is_router_maker(at.with(call.callee))
        {
            self.fill(file, properties, &Name::default(), depth, &mut router);
            return (!router.procedures.is_empty() || !router.inner.is_empty()).then_some(router);
        }
        let made = self.made_by(at, call)?;
        let inner = self.router_at(made, depth)?;
        router.inner.push((Name::default(), inner));
        Some(router)
    }

    fn fill(&mut self, file: FileId, properties: &[Property], before: &Name, depth: u8, router: &mut Router) {
        for property in properties {
            let value = At { file, it: property.value };
            let Some(key) = &property.key else {
                if let Some((file, properties)) = self.object(value).filter(|_| depth > 0) {
                    self.fill(file, properties, before, depth.saturating_sub(1), router);
                }
                continue;
            };
            let Key::Property(name) = key else { continue };
            let name = if before.is_empty() { name.clone() } else { Name::from(format!("{before}.{name}")) };
            if let Some((method, base, handler)) = self.procedure(value) {
                let place = At { file, it: property.span };
                router.procedures.push(Procedure { name, place, method, base, handler });
            } else if let Some(inner) = self.router_at(value, depth) {
                router.inner.push((name, inner));
            } else if let Some((file, properties)) = self.object(value).filter(|_| depth > 0) {
                self.fill(file, properties, &name, depth.saturating_sub(1), router);
            }
        }
    }

    /// The call that makes the router which a value is.
    fn router_at(&mut self, value: At<ExpressionId>, depth: u8) -> Option<At<ExpressionId>> {
        let at = match self.program.meaning(value) {
            Meaning::Value(at) => at,
            _ => return None,
        };
        if self.router(at, depth).is_some() {
            return Some(at);
        }
        // `lazy(() => import("./router"))`
        let Expression::Call(call) = self.program.module(at.file).expression(at.it) else { return None };
        if !self.is_called(at.with(call.callee), &["lazy", "experimental_lazy"]) {
            return None;
        }
        let loader = self.function(at.with(call.arguments.first()?.value))?;
        let mut returned = Vec::new();
        returns(&self.program.module(loader.file).function(loader.it).body, &mut returned);
        let file = returned.into_iter().find_map(|one| match self.program.meaning(loader.with(one)) {
            Meaning::Namespace(file) => Some(file),
            _ => None,
        })?;
        let names: Vec<Name> =
            self.program.module(file).exports.iter().filter_map(|export| export.name()).map(Name::from).collect();
        names.into_iter().find_map(|name| match self.program.meaning_of_export(file, &name) {
            Meaning::Value(at) => self.router(at, depth).map(|_| at),
            _ => None,
        })
    }

    /// `base.query(handler)`: its kind, the base and the handler.
    fn procedure(&self, value: At<ExpressionId>) -> Option<(&'static str, At<ExpressionId>, At<ExpressionId>)> {
        let Meaning::Value(at) = self.program.meaning(value) else { return None };
        let module = self.program.module(at.file);
        let Expression::Call(call) = module.expression(at.it) else { return None };
        let (method, object) = procedure_method(module.expression(call.callee))?;
        let [handler] = call.arguments.as_ref() else { return None };
        Some((method, at.with(object), at.with(handler.value)))
    }

    /// What a function of the repository returns.
    fn made_by(&self, at: At<ExpressionId>, call: &Call) -> Option<At<ExpressionId>> {
        let function = self.function(at.with(call.callee))?;
        let mut returned = Vec::new();
        returns(&self.program.module(function.file).function(function.it).body, &mut returned);
        <[ExpressionId; 1]>::try_from(returned).ok().map(|[only]| function.with(only))
    }

    fn function(&self, value: At<ExpressionId>) -> Option<At<FunctionId>> {
        match self.program.meaning(value) {
            Meaning::Function(function) => Some(function),
            Meaning::Value(at) => match self.program.module(at.file).expression(at.it) {
                Expression::Function(function) => Some(at.with(*function)),
                _ => None,
            },
            _ => None,
        }
    }

    fn object(&self, value: At<ExpressionId>) -> Option<(FileId, &'p [Property])> {
        let Meaning::Value(at) = self.program.meaning(value) else { return None };
        match self.program.module(at.file).expression(at.it) {
            Expression::Object(properties) => Some((at.file, properties)),
            _ => None,
        }
    }

    /// Whether what is called has one of these names in the end.
    fn is_called(&self, callee: At<ExpressionId>, names: &[&str]) -> bool {
        let path = match self.program.meaning(callee) {
            Meaning::Part { path, .. } | Meaning::Outside { path, .. } | Meaning::Parameter { path, .. } => path,
            _ => return false,
        };
        matches!(path.last(), Some(Key::Property(name)) if names.contains(&name.as_str()))
    }

    /// Whether what is called says that it makes routers. Servers are given routers, too.
    fn is_router_maker(&self, callee: At<ExpressionId>) -> bool {
        let module = self.program.module(callee.file);
        let written = match module.expression(callee.it) {
            Expression::Binding(binding) => &module.binding(*binding).name,
            Expression::Member { property, .. } => property,
            _ => return false,
        };
        let says = |name: &str| name.to_ascii_lowercase().ends_with("router");
        says(written)
            || match self.program.meaning(callee) {
                Meaning::Part { path, .. } => matches!(path.last(), Some(Key::Property(name)) if says(name)),
                _ => false,
            }
    }
}

fn procedure_method(callee: &Expression) -> Option<(&'static str, ExpressionId)> {
    let Expression::Member { object, property } = callee else { return None };
    let method = match property.as_str() {
        "query" => "QUERY",
        "mutation" => "MUTATION",
        "subscription" => "SUBSCRIPTION",
        _ => return None,
    };
    Some((method, *object))
}
