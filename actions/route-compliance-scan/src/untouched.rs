//! Routes that a change could not touch: what was found out about them now, was so before.

use std::collections::{BTreeMap, BTreeSet};

use ops_typescript::program::Program;
use ops_typescript::tree::{FileId, Tree};

use crate::comparison::is_read;
use crate::headers::sources::{next_config, proxy};
use crate::result::ProvedRoute;
use crate::routes::Route;
use crate::survey::{file_name, is_code};

/// The routes of now, and the files that are not what they were, or import such a file.
pub(crate) struct Untouched<'n> {
    touched: BTreeSet<&'n str>,
    routes: BTreeMap<Key<'n>, &'n ProvedRoute>,
}

/// Framework, path, method, file and line.
type Key<'n> = (&'n str, String, &'n str, &'n str, u32);

impl<'n> Untouched<'n> {
    /// None where a change may touch everything: files that came or went, configurations, what sets headers for all.
    pub(crate) fn of(
        program: &'n Program,
        then: &Tree,
        changed: &BTreeSet<String>,
        now: &'n [ProvedRoute],
    ) -> Option<Self> {
        let tree = program.tree();
        let changed = changed_code(tree, then, changed)?;
        let touched: BTreeSet<&str> =
            program.imports().importing(changed).into_iter().map(|file| tree.path(file)).collect();
        if touched.iter().any(|path| is_for_all(path)) {
            return None;
        }
        let key = |route: &'n ProvedRoute| {
            (route.framework, route.path.clone(), route.method.as_str(), route.file.as_str(), route.line)
        };
        let is_same = |route: &&ProvedRoute| route.files.iter().all(|path| !touched.contains(path.as_str()));
        let routes = now.iter().filter(is_same).map(|route| (key(route), route)).collect();
        Some(Self { touched, routes })
    }

    /// What was so before, too.
    pub(crate) fn proof(&self, then: &Program, route: &Route) -> Option<ProvedRoute> {
        let mut files = route.layers.iter().map(|layer| layer.value.file).chain([route.place.file]);
        if files.any(|file| self.touched.contains(then.tree().path(file))) {
            return None;
        }
        let place = then.place(route.place);
        let key =
            (route.framework.word(), route.spelling(), route.method.as_str(), place.path.as_str(), place.start_line);
        self.routes.get(&key).map(|route| (*route).clone())
    }
}

/// The code that is another now. None where other files are, too, or where a file came or went: those may decide what an import
/// means, and what is a route; nor where a layout says what runs the routes below it.
pub(crate) fn changed_code(now: &Tree, then: &Tree, changed: &BTreeSet<String>) -> Option<BTreeSet<FileId>> {
    let here = now.files().map(|(_, path)| path).filter(|path| is_read(path));
    if !here.eq(then.files().map(|(_, path)| path).filter(|path| is_read(path))) {
        return None;
    }
    let changed = changed.iter().filter(|path| is_read(path));
    let tells_runtime = |tree: &Tree, path: &str| {
        let text = tree.find(path).map(|file| tree.read(file));
        text.is_none_or(|text| text.is_ok_and(|text| text.contains("runtime")))
    };
    let is_layout = |path: &str| file_name(path).starts_with("layout.");
    if changed.clone().any(|path| is_layout(path) && [now, then].into_iter().any(|tree| tells_runtime(tree, path))) {
        return None;
    }
    changed.map(|path| now.find(path).filter(|_| is_code(path))).collect()
}

/// Whether a file sets headers for all routes of an application, or stands before them.
pub(crate) fn is_for_all(path: &str) -> bool {
    let name = file_name(path);
    next_config::NAMES.contains(&name) || proxy::NAMES.contains(&name)
}
