//! `export default defineMiddlewares({ routes: [{ matcher, methods, middlewares }] })`

use ops_typescript::module::{Expression, ExpressionId, Key, Name};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use super::super::chain::{Pattern, Style};
use super::super::exports::value;
use super::super::lists::items;
use crate::routes::{Layer, LayerKind};

/// How deep lists are spread into each other.
const DEPTH: u8 = 8;

/// What stands before the routes of one application, in order.
#[derive(Debug, Default)]
pub(super) struct Middlewares(Vec<Middleware>);

#[derive(Debug)]
struct Middleware {
    matcher: Name,
    /// None where it is for all of them, and for all below its path.
    methods: Option<Vec<Name>>,
    layers: Vec<At<ExpressionId>>,
}

impl Middlewares {
    /// Those that a file in the folder `api` lists. What nobody can read of it stands before nothing.
    pub(super) fn of(program: &Program, api: &str) -> Self {
        let file = ["ts", "js"].iter().find_map(|end| program.tree().find(&format!("{api}/middlewares.{end}")));
        let listed = file.and_then(|file| list(program, file)).unwrap_or_default();
        Self(listed.into_iter().filter_map(|one| read(program, one)).collect())
    }

    /// What a request for a path passes.
    pub(super) fn before(&self, method: &str, address: &str, path: &Pattern) -> Vec<Layer> {
        let own = self.0.iter().filter(|one| one.is_for(method, address, path)).flat_map(|one| &one.layers);
        own.map(|value| Layer { kind: LayerKind::Router, value: *value }).collect()
    }
}

impl Middleware {
    fn is_for(&self, method: &str, address: &str, path: &Pattern) -> bool {
        let methods = self.methods.as_ref();
        if methods.is_some_and(|methods| !methods.iter().any(|one| matches!(one.as_str(), "ALL") || one == method)) {
            return false;
        }
        // `/store/custom*` is for all addresses that begin so.
        if let Some(start) = self.matcher.strip_suffix('*').filter(|start| !start.ends_with('/')) {
            return !start.contains([':', '*', '(', '[', '?', '+']) && address.starts_with(start);
        }
        Pattern::read(&self.matcher, Style::WildcardIsSomething).into_iter().any(|pattern| {
            let pattern = if methods.is_none() { pattern.and_below() } else { pattern };
            pattern.covers(path)
        })
    }
}

/// The entries of the list that a file exports.
fn list(program: &Program, file: FileId) -> Option<Vec<At<ExpressionId>>> {
    let mut config = meant(program, value(program, file, "default")?)?;
    // `defineMiddlewares(…)` gives back what it gets.
    if let Expression::Call(call) = program.module(config.file).expression(config.it) {
        config = meant(program, config.with(call.arguments.first()?.value))?;
    }
    let list = match program.module(config.file).expression(config.it) {
        Expression::Array(_) => config,
        _ => meant(program, part(program, config, "routes")?)?,
    };
    let Expression::Array(entries) = program.module(list.file).expression(list.it) else { return None };
    Some(items(program, list.file, entries, DEPTH))
}

fn read(program: &Program, entry: At<ExpressionId>) -> Option<Middleware> {
    let entry = meant(program, entry)?;
    let matcher = text(program, part(program, entry, "matcher")?)?;
    let listed = meant(program, part(program, entry, "middlewares")?)?;
    let Expression::Array(layers) = program.module(listed.file).expression(listed.it) else { return None };
    let methods = match part(program, entry, "methods").or_else(|| part(program, entry, "method")) {
        Some(methods) => Some(texts(program, methods)?).filter(|methods| !methods.iter().any(|one| one == "USE")),
        None => None,
    };
    Some(Middleware { matcher, methods, layers: items(program, listed.file, layers, DEPTH) })
}

fn texts(program: &Program, value: At<ExpressionId>) -> Option<Vec<Name>> {
    let value = meant(program, value)?;
    match program.module(value.file).expression(value.it) {
        Expression::Array(all) => all.iter().map(|one| text(program, value.with(one.value))).collect(),
        _ => Some(vec![text(program, value)?]),
    }
}

fn text(program: &Program, value: At<ExpressionId>) -> Option<Name> {
    let value = meant(program, value)?;
    match program.module(value.file).expression(value.it) {
        Expression::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn part(program: &Program, object: At<ExpressionId>, name: &str) -> Option<At<ExpressionId>> {
    let Expression::Object(rows) = program.module(object.file).expression(object.it) else { return None };
    let row = rows.iter().find(|row| matches!(&row.key, Some(Key::Property(key)) if key == name))?;
    Some(object.with(row.value))
}

fn meant(program: &Program, value: At<ExpressionId>) -> Option<At<ExpressionId>> {
    match program.meaning(value) {
        Meaning::Value(at) => Some(at),
        _ => None,
    }
}
