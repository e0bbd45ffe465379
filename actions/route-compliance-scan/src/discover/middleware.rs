//! Next.js: `middleware.ts`, or `proxy.ts` as it is called from version 16 on, which runs before the routes of an application.
//!
//! Rules: nextjs.org/docs/app/api-reference/file-conventions/proxy.

use ops_typescript::module::{Expression, ExpressionId, Key, Span};
use ops_typescript::program::{At, Meaning, Program, Trail};
use ops_typescript::tree::FileId;

use super::places::{Next, Package};
use crate::routes::Handler;
use crate::survey::Survey;

/// What runs before the routes of one application.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    /// The folder of the application; the root is empty.
    pub(crate) package: String,
    /// The file.
    pub(crate) file: FileId,
    /// Where the handler is exported.
    pub(crate) place: At<Span>,
    /// What is called.
    pub(crate) handler: Handler,
    /// `config`, where the file has one.
    pub(crate) config: Option<Config>,
}

/// What `config` says about the paths that the proxy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Config {
    /// Its `matcher`: a text, a list, or objects with `source`.
    Matcher(At<ExpressionId>),
    /// It has none, so the proxy runs before everything.
    Everything,
    /// Nobody can tell.
    Unknown,
}

/// The proxies of all applications of Next.js, sorted by folder. Next.js looks for the file beside `app` and `pages` only.
pub(crate) fn proxies(program: &Program, survey: &Survey) -> Vec<Proxy> {
    survey.places().next().flat_map(|(package, next)| in_package(program, package, next)).collect()
}

fn in_package(program: &Program, package: &Package, next: &Next) -> Vec<Proxy> {
    let beside = |folder: &String| folder.rsplit_once('/').map_or(String::new(), |(parent, _)| parent.to_owned());
    let folder = next.app.as_ref().or(next.pages.as_ref()).map_or_else(|| package.folder.clone(), beside);
    let mut found = Vec::new();
    for word in ["proxy", "middleware"] {
        let names = next.extensions.iter().map(|extension| format!("{word}.{extension}"));
        let paths = names.map(|name| if folder.is_empty() { name } else { format!("{folder}/{name}") });
        let Some(file) = paths.filter_map(|path| program.tree().find(&path)).next() else { continue };
        let module = program.module(file);
        let export =
            module.export(word).or_else(|| module.export("default")).or_else(|| module.export("module.exports"));
        let name = export
            .and_then(|export| export.name())
            .map_or("default", |name| if name == word { word } else { "default" });
        found.push(Proxy {
            package: package.folder.clone(),
            file,
            place: At { file, it: export.map(ops_typescript::module::Export::span).unwrap_or_default() },
            handler: Handler::Export(file, name.into()),
            config: config(program, file),
        });
    }
    found
}

fn config(program: &Program, file: FileId) -> Option<Config> {
    program.module(file).export("config")?;
    let Meaning::Value(at) = program.follow_export(file, "config", &mut Trail::default()) else {
        return Some(Config::Unknown);
    };
    let Expression::Object(properties) = program.module(at.file).expression(at.it) else {
        return Some(Config::Unknown);
    };
    let mut config = Config::Everything;
    for property in properties {
        match &property.key {
            Some(Key::Property(name)) if name == "matcher" => config = Config::Matcher(at.with(property.value)),
            Some(Key::Property(_) | Key::Element(_)) => {}
            Some(Key::Other) | None => config = Config::Unknown,
        }
    }
    Some(config)
}
