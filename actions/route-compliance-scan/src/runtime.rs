//! Which runtime serves a route, as far as its own file and what stands above it tell.
//!
//! Rules: nextjs.org/docs/app/api-reference/file-conventions/route-segment-config/runtime, vercel.com/docs/functions/runtimes,
//! and the sources of Next.js 14 to 16 and of Vercel's builder, which read constants that are written out, and run nothing.

use std::collections::BTreeMap;

use ops_core::glob;
use ops_typescript::module::{Export, Expression, Key};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;

use crate::discover::places::{Package, above, below};
use crate::routes::{Framework, Route};
use crate::survey::Survey;

/// `export const runtime = "edge"`
const EXPORT: [&str; 1] = ["runtime"];
/// `export const config = { runtime: "edge" }`
const CONFIG: [&str; 2] = ["config", "runtime"];

/// Packages of programs that something else than Node.js runs.
const OTHERS: [&str; 5] = ["bun", "bun-types", "@types/bun", "wrangler", "@cloudflare/workers-types"];

/// What runs a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Runtime {
    NodeJs,
    /// V8 without the modules of Node.js.
    Edge,
}

impl Runtime {
    /// As the report has it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::NodeJs => "nodejs",
            Self::Edge => "edge",
        }
    }

    /// `nodejs` may be followed by a version.
    fn parse(text: &str) -> Option<Self> {
        match text {
            "edge" | "experimental-edge" => Some(Self::Edge),
            _ => text.starts_with("nodejs").then_some(Self::NodeJs),
        }
    }
}

/// What is written of a runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    Nothing,
    /// Something that cannot be told from here.
    Unclear,
    Is(Runtime),
}

impl Told {
    fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        if self == Self::Nothing { other() } else { self }
    }
}

/// What the file of a function of Vercel says, whose builder reads `config` alone. Next.js has others write `runtime` as well, so
/// whoever writes `edge` there may have another builder.
pub(crate) fn of_function(program: &Program, file: FileId) -> Told {
    written(program, file, &CONFIG).or_else(|| match written(program, file, &EXPORT) {
        Told::Is(Runtime::Edge) => Told::Unclear,
        told => told,
    })
}

/// What a file says in an export, or in a property of it.
fn written(program: &Program, file: FileId, path: &[&'static str]) -> Told {
    let Some((name, inner)) = path.split_first() else { return Told::Nothing };
    let value = match program.module(file).export(name) {
        None => return Told::Nothing,
        Some(Export::Local { value, .. }) => At { file, it: *value },
        Some(_) => return Told::Unclear,
    };
    let inner: Vec<Key> = inner.iter().map(|name| Key::Property((*name).into())).collect();
    match program.meaning_of_part(value, &inner) {
        Meaning::Missing { .. } => Told::Nothing,
        Meaning::Value(at) if at.file == file => match program.module(file).expression(at.it) {
            Expression::Text(text) => Runtime::parse(text).map_or(Told::Unclear, Told::Is),
            _ => Told::Unclear,
        },
        _ => Told::Unclear,
    }
}

/// What has a say in the runtimes of many routes, read once.
pub(crate) struct Runtimes<'p> {
    program: &'p Program,
    survey: &'p Survey,
    /// The layouts of Next.js that say something, by their folders.
    layouts: BTreeMap<&'p str, Told>,
    vercel: BTreeMap<FileId, Vercel>,
}

impl<'p> Runtimes<'p> {
    pub(crate) fn new(program: &'p Program, survey: &'p Survey) -> Self {
        let read = |file| Some((file, Vercel::read(&program.tree().read(file).ok()?)));
        let vercel = survey.places().all().filter_map(|package| package.vercel).filter_map(read).collect();
        Self { program, survey, layouts: layouts(program, survey), vercel }
    }

    /// The runtime of a route; none where nobody can tell.
    pub(crate) fn of(&self, route: &Route) -> Option<Runtime> {
        use Framework::{NextApp, NextPages, Remix, SvelteKit, Vercel};
        let file = route.place.file;
        let path = self.program.tree().path(file);
        let written = |path: &[&'static str]| written(self.program, file, path);
        let told = match route.framework {
            NextApp => written(&EXPORT).or_else(|| self.above(path)),
            NextPages => written(&EXPORT).or_else(|| written(&CONFIG)),
            Vercel => of_function(self.program, file).or_else(|| self.configured(path)),
            Remix | SvelteKit => written(&CONFIG),
            _ => Told::Nothing,
        };
        let runtime = match told {
            Told::Is(runtime) => runtime,
            Told::Unclear => return None,
            Told::Nothing => self.usual(route.framework, path)?,
        };
        (runtime == Runtime::Edge || !self.settings(path).any(|(_, vercel)| vercel.has_bun)).then_some(runtime)
    }

    /// What the nearest layout says that says something. Up to version 14 Next.js takes it for a route; since then it depends on
    /// what bundles the application: webpack takes it for pages alone, Turbopack for routes, too.
    fn above(&self, path: &str) -> Told {
        let nearest = above(path).find_map(|folder| self.layouts.get(folder)).copied();
        match nearest {
            Some(Told::Is(Runtime::Edge)) if self.next_version(path).is_none_or(|version| version > 14) => {
                Told::Unclear
            }
            told => told.unwrap_or(Told::Nothing),
        }
    }

    fn next_version(&self, path: &str) -> Option<u32> {
        self.survey.places().nearest(path)?.major("next")
    }

    /// A vercel.json may have another builder than Vercel's own for some functions.
    fn configured(&self, path: &str) -> Told {
        let is_foreign = self.settings(path).any(|(package, vercel)| {
            let inner = package.inner(path).unwrap_or(path);
            vercel.foreign.iter().any(|pattern| glob::matches(pattern, inner))
        });
        if is_foreign { Told::Unclear } else { Told::Nothing }
    }

    fn settings(&self, path: &str) -> impl Iterator<Item = (&Package, &Vercel)> {
        let around = self.survey.places().around(path);
        around.filter_map(|package| Some((package, self.vercel.get(&package.vercel?)?)))
    }

    /// The runtime of whoever says nothing.
    fn usual(&self, framework: Framework, path: &str) -> Option<Runtime> {
        use Framework::{Express, Fastify, Hono, Medusa, Nest, NextApp, NextPages, Vercel};
        let package = || self.survey.places().nearest(path);
        let is_on_node = match framework {
            NextApp | NextPages | Vercel => true,
            Express | Fastify | Medusa | Nest => package().is_none_or(|package| !self.is_elsewhere(package)),
            Hono => {
                package().is_some_and(|package| package.depends_on("@hono/node-server") && !self.is_elsewhere(package))
            }
            _ => false,
        };
        is_on_node.then_some(Runtime::NodeJs)
    }

    /// Whether a package names something else that runs it.
    fn is_elsewhere(&self, package: &Package) -> bool {
        let is_deno = |name| self.program.tree().find(&package.path(name)).is_some();
        package.depends_on_any(&OTHERS) || ["deno.json", "deno.jsonc"].into_iter().any(is_deno)
    }
}

/// The layouts that say something of a runtime. No other is parsed for it.
fn layouts<'p>(program: &'p Program, survey: &Survey) -> BTreeMap<&'p str, Told> {
    let mut files: Vec<(FileId, &str)> = Vec::new();
    for (_, next) in survey.places().next() {
        let Some(app) = &next.app else { continue };
        let is_layout = |path: &str| below(app, path).is_some_and(|inner| next.stem(inner) == Some("layout"));
        files.extend(program.tree().files().filter(|(_, path)| is_layout(path)));
    }
    let told = |(file, path): (FileId, &'p str)| {
        program.text_of(file).ok().filter(|text| text.contains("runtime"))?;
        let told = written(program, file, &EXPORT);
        (told != Told::Nothing).then(|| (path.rsplit_once('/').map_or("", |(folder, _)| folder), told))
    };
    files.into_par_iter().filter_map(told).collect()
}

/// What a vercel.json says.
#[derive(Debug, Default)]
struct Vercel {
    /// Bun runs what would run on Node.js.
    has_bun: bool,
    /// Patterns of functions that another builder makes than Vercel's for Node.js.
    foreign: Vec<String>,
}

impl Vercel {
    fn read(text: &str) -> Self {
        let config: Value = serde_json::from_str(text).unwrap_or_default();
        let functions = config.get("functions").and_then(Value::as_object).into_iter().flatten();
        let is_foreign = |function: &Value| {
            let builder = function.get("runtime").and_then(Value::as_str);
            builder.is_some_and(|builder| !builder.starts_with("@vercel/node"))
        };
        let foreign = functions.filter(|(_, function)| is_foreign(function)).map(|(pattern, _)| pattern.clone());
        Self { has_bun: config.get("bunVersion").is_some_and(Value::is_string), foreign: foreign.collect() }
    }
}

#[cfg(test)]
mod tests;
