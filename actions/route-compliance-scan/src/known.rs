//! Whether the guards that a policy names are anywhere in the repository. One that is nowhere is a slip of the pen.

use std::collections::BTreeSet;

use ops_typescript::module::{Imported, Module, Source};
use ops_typescript::program::Program;
use rayon::prelude::*;

use crate::proof::Guard;
use crate::survey::is_code;

/// How many names are offered instead.
const NEAR: usize = 3;

/// The guards that no file defines or imports, by their place in the list, each with the names that were probably meant.
/// `met` are those that a proof rests on. Reads further files only where a guard is in none that was read already.
pub(crate) fn unknown(program: &Program, guards: &[Guard], met: &BTreeSet<&str>) -> Vec<(usize, Vec<String>)> {
    let is_known = |guard: &Guard| {
        met.contains(guard.text.as_str()) || guard.path.first().is_some_and(|name| is_somewhere(program, name))
    };
    let unknown = guards.iter().enumerate().filter(|(_, guard)| !is_known(guard));
    unknown.map(|(place, guard)| (place, near(program, guard))).collect()
}

fn parsed(program: &Program) -> impl Iterator<Item = &Module> {
    program.tree().files().filter(|(file, _)| program.is_parsed(*file)).map(|(file, _)| program.module(file))
}

fn is_somewhere(program: &Program, name: &str) -> bool {
    if parsed(program).any(|module| names(module).any(|known| known == name)) {
        return true;
    }
    let files: Vec<_> = program
        .tree()
        .files()
        .filter(|(file, path)| is_code(path) && !program.is_parsed(*file))
        .map(|(file, _)| file)
        .collect();
    files.into_par_iter().any(|file| {
        let holds = program.text_of(file).is_ok_and(|text| text.contains(name));
        holds && names(program.module(file)).any(|known| known == name)
    })
}

/// What a module declares, imports, by either name, and gives away.
fn names(module: &Module) -> impl Iterator<Item = &str> {
    let bindings = module.bindings().flat_map(|(_, binding)| {
        let imported = match &binding.source {
            Source::Import { imported: Imported::Name(name), .. } => Some(name.as_str()),
            _ => None,
        };
        std::iter::once(binding.name.as_str()).chain(imported)
    });
    bindings.chain(module.exports.iter().filter_map(|export| export.name()))
}

fn near(program: &Program, guard: &Guard) -> Vec<String> {
    let Some(first) = guard.path.first() else { return Vec::new() };
    let mut found: BTreeSet<(usize, &str)> = BTreeSet::new();
    for name in parsed(program).flat_map(names) {
        let distance = strsim::damerau_levenshtein(&first.to_lowercase(), &name.to_lowercase());
        if distance <= first.chars().count().div_ceil(3) {
            found.insert((distance, name));
        }
    }
    let whole = |name: &str| guard.text.replacen(first.as_str(), name, 1);
    found.into_iter().take(NEAR).map(|(_, name)| whole(name)).collect()
}
