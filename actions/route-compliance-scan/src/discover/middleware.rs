//! Next.js: `middleware.ts`, or `proxy.ts` as it is called from version 16 on, which runs before the routes of an
//! application. Which paths it is for, its `config` says: see `headers::sources::proxy`.
//!
//! Rules: nextjs.org/docs/app/api-reference/file-conventions/proxy.

use ops_typescript::module::{Export, Span};
use ops_typescript::program::{At, Program};
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
            place: At { file, it: export.map(Export::span).unwrap_or_default() },
            handler: Handler::Export(file, name.into()),
        });
    }
    found
}
