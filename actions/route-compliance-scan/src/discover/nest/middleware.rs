//! Middleware of modules: `configure(consumer) { consumer.apply(Auth).exclude("health").forRoutes("*") }`.
//!
//! As NestJS 10 and 11 do: a text is a path with any method, and on Express all that lies below it; an object is exactly its
//! path with its method; a controller is all of its routes. Only `*` alone, also as `(.*)`, reaches beyond the global prefix.
//! Rules: docs.nestjs.com/middleware.

use std::collections::BTreeSet;

use ops_typescript::module::{ExpressionId, Name};
use ops_typescript::program::{At, Program};

use super::super::chain::{Pattern, Style};
use super::application::Application;
use super::consumer::rules_of;
use crate::routes::{ANY, Layer};

/// A route, as middleware is asked whether it stands before it.
pub(super) struct Request<'r> {
    pub(super) controller: At<ExpressionId>,
    pub(super) method: &'r Name,
    /// As its class and its method say it.
    pub(super) declared: &'r str,
    /// With the prefix of the application and with its version.
    pub(super) path: &'r str,
    /// What of it this is.
    pub(super) pattern: &'r Pattern,
}

/// What is said once: `apply(…).exclude(…).forRoutes(…)`.
pub(super) struct Rule {
    pub(super) module: At<ExpressionId>,
    pub(super) layers: Vec<Layer>,
    pub(super) targets: Vec<Target>,
    pub(super) excluded: Vec<Excluded>,
}

/// What middleware is for.
pub(super) enum Target {
    Controller(At<ExpressionId>),
    Path {
        path: String,
        /// Any, unless it is told.
        method: Option<String>,
        /// Whether on Express it is also everything below it.
        is_text: bool,
    },
}

/// What is let pass. Where nobody knows, everything.
pub(super) struct Excluded {
    pub(super) path: Option<String>,
    pub(super) method: Option<String>,
}

/// The middleware of all programs.
pub(super) struct Middleware<'a> {
    applications: &'a [Application],
    rules: Vec<Rule>,
}

impl<'a> Middleware<'a> {
    pub(super) fn of(program: &Program, applications: &'a [Application]) -> Self {
        let modules: BTreeSet<_> = applications.iter().flat_map(|one| &one.modules).copied().collect();
        let rules = modules.into_iter().flat_map(|module| rules_of(program, module)).collect();
        Self { applications, rules }
    }

    /// What stands before a route in each program that has its controller. `prefix` is told for a path of middleware.
    pub(super) fn before(&self, request: &Request<'_>, prefix: impl Fn(&str) -> String) -> Vec<Layer> {
        let homes = || self.applications.iter().filter(|one| one.controllers.contains(&request.controller));
        let stands = |rule: &&Rule| {
            homes().next().is_some()
                && homes().all(|home| home.modules.contains(&rule.module) && rule.covers(request, home, &prefix))
        };
        self.rules.iter().filter(stands).flat_map(|rule| rule.layers.clone()).collect()
    }
}

impl Rule {
    fn covers(&self, request: &Request<'_>, home: &Application, prefix: &impl Fn(&str) -> String) -> bool {
        self.targets.iter().any(|target| target.covers(request, home, prefix))
            && !self.excluded.iter().any(|one| one.may_meet(request, prefix))
    }
}

impl Target {
    fn covers(&self, request: &Request<'_>, home: &Application, prefix: &impl Fn(&str) -> String) -> bool {
        let (path, method, is_text) = match self {
            Self::Controller(controller) => return *controller == request.controller,
            Self::Path { path, method, is_text } => (path.as_str(), method, *is_text),
        };
        if method.as_ref().is_some_and(|method| *method != *request.method) {
            return false;
        }
        if is_everything(path) {
            return true;
        }
        let full = format!("{}/{path}", prefix(path));
        let full = full.trim_start_matches('/');
        let (full, is_prefix) = match full.strip_suffix('}').and_then(|rest| rest.rsplit_once("{/*")) {
            Some((before, _)) => (before.to_owned(), true),
            // `cats/{*rest}` is not `cats`.
            None if !full.starts_with('{') => (full.replace("/{*", "/*").replace('}', ""), false),
            None => (full.to_owned(), false),
        };
        Pattern::read(&full, Style::WildcardIsSomething).into_iter().any(|pattern| {
            let pattern = if is_prefix || is_text && home.is_express { pattern.and_below() } else { pattern };
            pattern.covers(request.pattern)
        })
    }
}

impl Excluded {
    /// Whether a request for the route may be one that is let pass, wherever the prefix and the version stand.
    fn may_meet(&self, request: &Request<'_>, prefix: &impl Fn(&str) -> String) -> bool {
        let is_other = |method: &String| request.method != ANY && *method != *request.method;
        if self.method.as_ref().is_some_and(is_other) {
            return false;
        }
        let Some(path) = &self.path else { return true };
        let read = |path: &str| Pattern::read(&path.to_ascii_lowercase(), Style::WildcardMayBeEmpty);
        let own = [path.clone(), format!("{}/{path}", prefix(path))].map(|path| read(&known(&path)));
        let asked = [request.declared, request.path].map(read);
        own.iter().flatten().any(|own| asked.iter().flatten().any(|asked| own.may_meet(asked)))
    }
}

/// `*`, as NestJS knows it.
fn is_everything(path: &str) -> bool {
    matches!(path.trim_matches('/'), "*" | "(.*)")
}

/// A path as far as it is plain, and then anything.
fn known(path: &str) -> String {
    let Some(end) = path.find(['(', '*', '{', '?', '+']) else { return path.to_owned() };
    let (before, after) = path.split_at_checked(end).unwrap_or((path, ""));
    let whole = if after.starts_with("{/") { Some(before) } else { before.rsplit_once('/').map(|(folder, _)| folder) };
    format!("{}/*", whole.unwrap_or_default())
}
