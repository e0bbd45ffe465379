//! Next.js, App Router: `app/**/route.ts` with an export for each method.
//!
//! Rules: nextjs.org/docs/app/api-reference/file-conventions/route, …/dynamic-routes, …/route-groups, …/parallel-routes,
//! …/intercepting-routes and docs/app/getting-started/project-structure.

use ops_typescript::module::{Name, Span};
use ops_typescript::program::{At, Program};
use ops_typescript::tree::FileId;
use rayon::prelude::*;

use super::exports::Exports;
use super::places::below;
use crate::proof::METHODS;
use crate::routes::{ANY, Framework, Handler, Route, RoutePath, Segment};
use crate::survey::Survey;

pub(super) fn routes(program: &Program, survey: &Survey) -> Vec<Route> {
    let mut files: Vec<(FileId, RoutePath)> = Vec::new();
    for (_, next) in survey.places().next() {
        let Some(app) = &next.app else { continue };
        for (file, path) in program.tree().files() {
            let Some(inner) = below(app, path).filter(|inner| next.stem(inner) == Some("route")) else { continue };
            let folders = inner.rsplit_once('/').map_or("", |(folders, _)| folders);
            files.extend(path_of(folders).map(|path| (file, path)));
        }
    }
    files.par_iter().flat_map_iter(|(file, path)| methods(program, *file, path)).collect()
}

fn methods(program: &Program, file: FileId, path: &RoutePath) -> Vec<Route> {
    let mut routes = Vec::new();
    let exports = Exports::of(program, file);
    let route = |method: &str, export: &str, span: Span| {
        Route::new(
            Framework::NextApp,
            path.clone(),
            method,
            At { file, it: span },
            Handler::Export(file, Name::from(export)),
        )
    };
    for method in METHODS {
        if let Some((_, span)) = exports.names.iter().find(|(name, _)| name == method) {
            routes.push(route(method, method, *span));
        }
    }
    // What cannot be named may be any method, and following any one of them tells why.
    if let Some(span) = exports.unknown {
        let hidden = METHODS.into_iter().find(|method| !exports.names.iter().any(|(name, _)| name == method));
        routes.extend(hidden.map(|hidden| route(ANY, hidden, span)));
    }
    routes
}

/// The path of a route in these folders below `app`; `None` where one of them is private.
fn path_of(folders: &str) -> Option<RoutePath> {
    let mut segments: Vec<Segment> = Vec::new();
    for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
        let is_group = folder.starts_with('(') && folder.ends_with(')');
        match folder {
            _ if folder.starts_with('_') => return None,
            _ if is_group || folder.starts_with('@') => {}
            _ => {
                let segment = intercepted(folder, &mut segments);
                segments.push(segment);
            }
        }
    }
    Some(RoutePath(segments))
}

/// The segment that a folder stands for. `(.)name` is beside its parent's other folders, `(..)name` one segment above, and
/// `(...)name` at the root.
fn intercepted(folder: &str, before: &mut Vec<Segment>) -> Segment {
    let mut rest = folder;
    if let Some(name) = rest.strip_prefix("(...)") {
        before.clear();
        return segment(name);
    }
    while let Some(name) = rest.strip_prefix("(..)") {
        before.pop();
        rest = name;
    }
    segment(rest.strip_prefix("(.)").unwrap_or(rest))
}

/// `[id]`, `[...rest]`, `[[...rest]]`, or itself, in which `%5F` stands for the underscore that would make a folder private.
pub(super) fn segment(folder: &str) -> Segment {
    let inside = |before: &str, after: &str| {
        let name = folder.strip_prefix(before)?.strip_suffix(after)?;
        (!name.is_empty()).then(|| name.to_owned())
    };
    if let Some(name) = inside("[[...", "]]") {
        return Segment::OptionalRest(name);
    }
    if let Some(name) = inside("[...", "]") {
        return Segment::Rest(name);
    }
    if let Some(name) = inside("[", "]") {
        return Segment::Parameter(name);
    }
    Segment::Literal(folder.replace("%5F", "_").replace("%5f", "_"))
}

#[cfg(test)]
mod tests {
    use super::path_of;

    fn path(folders: &str) -> Option<String> {
        path_of(folders).map(|path| path.to_string())
    }

    #[test]
    fn folders_become_a_path() {
        for (folders, expected) in [
            ("", "/"),
            ("api/links", "/api/links"),
            ("api/links/[linkId]", "/api/links/{linkId}"),
            ("api/[...rest]", "/api/{rest+}"),
            ("api/auth/[[...nextauth]]", "/api/auth/{nextauth*}"),
            ("(ee)/api/(v1)/links", "/api/links"),
            ("api/@modal/links", "/api/links"),
            ("%5Fhealth/%5flive", "/_health/_live"),
            ("feed/(.)photo", "/feed/photo"),
            ("feed/(..)photo", "/photo"),
            ("a/b/(..)(..)photo", "/photo"),
            ("a/b/(...)photo", "/photo"),
            ("ee.app/.well-known", "/ee.app/.well-known"),
        ] {
            assert_eq!(path(folders).as_deref(), Some(expected), "{folders}");
        }
    }

    #[test]
    fn a_private_folder_and_all_below_it_serve_nothing() {
        assert_eq!(path("api/_lib"), None);
        assert_eq!(path("_api/links"), None);
    }
}
