//! Which files have run for certain when another one registers something on an application that it imports.

use std::collections::BTreeSet;

use ops_typescript::module::Span;
use ops_typescript::program::{At, Program};
use ops_typescript::resolve::Resolved;
use ops_typescript::tree::FileId;

use super::{Origin, Registration};

/// The file itself and, of those that register on the same application, the ones that it imports, over each other as well: a condition
/// for each. The file that makes the application has run before all of them and needs none. Of two others, nobody knows.
pub(super) fn run_before(
    program: &Program,
    origin: Origin,
    registrations: &[Registration],
    file: FileId,
) -> BTreeSet<At<Span>> {
    let others: BTreeSet<FileId> = registrations.iter().map(|one| one.call.file).collect();
    let mut found = BTreeSet::new();
    let mut next = vec![file];
    while let Some(file) = next.pop() {
        if file == origin.file() || !found.insert(At { file, it: Span::default() }) {
            continue;
        }
        let imported =
            program.module(file).specifiers().filter_map(|specifier| match program.resolve(file, specifier) {
                Resolved::File(imported) => Some(imported),
                _ => None,
            });
        next.extend(imported.filter(|imported| others.contains(imported)));
    }
    found
}
