//! The files in which applications of a framework may be put together: those that name it, and those that take an application from
//! one of them: `import { app } from "./server"`.

use std::collections::BTreeSet;

use ops_typescript::module::{Export, Expression, Source};
use ops_typescript::program::Program;
use ops_typescript::tree::FileId;
use rayon::prelude::*;

use super::Dialect;
use crate::survey::{Mark, Survey, is_code, is_test};

/// Sorted by path.
pub(in super::super) fn files(program: &Program, survey: &Survey, mark: Mark, dialect: &Dialect) -> Vec<FileId> {
    let marked = survey.with(program, mark).filter(|(_, path)| !is_test(path));
    let mut files: Vec<FileId> = marked.map(|(file, _)| file).collect();
    let imports_it = |file: &FileId| {
        program.module(*file).specifiers().any(|specifier| specifier.contains(dialect.framework.word()))
    };
    let sources: BTreeSet<FileId> = files.iter().copied().filter(imports_it).collect();
    // Of most repositories nobody needs to know which files import which.
    if !sources.is_empty() {
        let is_other = |file, path: &str| !survey.has(file, mark) && is_code(path) && !is_test(path);
        let others = program.tree().files().filter(|(file, path)| is_other(*file, path));
        let others: Vec<FileId> = others.map(|(file, _)| file).collect();
        files.extend(importing(program, sources, &others));
        files.sort_unstable();
    }
    files
}

/// Those of `others` that import one of `sources`, or that over files which only pass on what they import.
fn importing(program: &Program, mut sources: BTreeSet<FileId>, others: &[FileId]) -> BTreeSet<FileId> {
    let imported = |file: &FileId| {
        let text = program.text_of(*file).ok()?;
        Some((*file, program.imported(*file, &text)))
    };
    let imported: Vec<(FileId, Vec<FileId>)> = others.par_iter().filter_map(imported).collect();
    let mut found = BTreeSet::new();
    loop {
        let imports_one = |(file, imported): &&(FileId, Vec<FileId>)| {
            !found.contains(file) && imported.iter().any(|imported| sources.contains(imported))
        };
        let new: Vec<FileId> = imported.iter().filter(imports_one).map(|(file, _)| *file).collect();
        found.extend(&new);
        let before = sources.len();
        sources.extend(new.into_iter().filter(|file| passes_on(program, *file)));
        if sources.len() == before {
            return found;
        }
    }
}

/// Whether a file gives away something that it imports.
fn passes_on(program: &Program, file: FileId) -> bool {
    let module = program.module(file);
    module.exports.iter().any(|export| match export {
        Export::From { .. } | Export::Star { .. } => true,
        Export::Local { value, .. } => match module.expression(*value) {
            Expression::Binding(binding) => matches!(module.binding(*binding).source, Source::Import { .. }),
            _ => false,
        },
    })
}
