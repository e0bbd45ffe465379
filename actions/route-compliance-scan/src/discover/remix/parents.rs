//! Which files are layouts around a route, by their names: `users.tsx` around `users.$id.tsx`, unless that is `users_.$id.tsx`.

use std::collections::BTreeMap;

use ops_typescript::module::Source;
use ops_typescript::program::Program;
use ops_typescript::tree::FileId;

/// Packages that read names like this.
const FLAT: [&str; 2] = ["@react-router/fs-routes", "remix-flat-routes"];

/// The files of routes by their names.
#[derive(Default)]
pub(super) struct Parents<'p>(BTreeMap<&'p str, FileId>);

impl<'p> Parents<'p> {
    /// Of the files below the folder of the routes, where `routes.ts` leaves it to their names.
    pub(super) fn of(program: &Program, app: &str, files: &[(FileId, &'p str)]) -> Self {
        let is_flat = super::config::file(program, app).is_some_and(|file| {
            program.module(file).bindings().any(|(_, binding)| {
                matches!(&binding.source, Source::Import { specifier, .. } if FLAT.contains(&specifier.as_str()))
            })
        });
        let named = files.iter().filter(|_| is_flat).filter_map(|(file, inner)| Some((id(inner)?, *file)));
        Self(named.collect())
    }

    /// The layouts around a file, the outermost first.
    pub(super) fn around(&self, inner: &str) -> Vec<FileId> {
        let Some(id) = id(inner) else { return Vec::new() };
        let ends = id.match_indices('.').filter_map(|(end, _)| id.get(..end));
        ends.filter_map(|outer| self.0.get(outer).copied()).collect()
    }
}

/// `users.$id` of `users.$id.tsx` and of `users.$id/route.tsx`; nothing for a file whose folders are put together otherwise.
fn id(inner: &str) -> Option<&str> {
    let (name, is_folder) = match inner.split_once('/') {
        Some((folder, file)) => (folder, file.starts_with("route.")),
        None => (inner.rsplit_once('.')?.0, true),
    };
    (is_folder && !name.ends_with('+')).then_some(name)
}
