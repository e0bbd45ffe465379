//! Classes that extend others: what an object calls on itself may be one of theirs.

use std::sync::OnceLock;

use ops_typescript::module::{ClassMember, Expression, ExpressionId};
use ops_typescript::program::At;
use ops_typescript::tree::FileId;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Prover;
use crate::survey::{Mark, Survey, is_test};

/// The classes that extend each class directly.
type Known = FxHashMap<At<ExpressionId>, Vec<At<ExpressionId>>>;

/// Who extends whom in the repository, once somebody asks.
pub(super) struct Heirs<'p> {
    survey: &'p Survey,
    known: OnceLock<Known>,
}

impl<'p> Heirs<'p> {
    pub(super) fn of(survey: &'p Survey) -> Self {
        Self { survey, known: OnceLock::new() }
    }
}

impl Prover<'_> {
    /// The members of a name that classes have which extend this one, near or far.
    pub(super) fn inherited_as(&self, class: At<ExpressionId>, name: &str) -> Vec<At<&ClassMember>> {
        let known = self.heirs.known.get_or_init(|| self.all_heirs());
        let mut seen = FxHashSet::from_iter([class]);
        let mut next = vec![class];
        let mut found = Vec::new();
        while let Some(one) = next.pop() {
            for heir in known.get(&one).into_iter().flatten().filter(|heir| seen.insert(**heir)) {
                let own = self.members(*heir).iter().filter(|member| !member.is_static && !member.is_constructor);
                // What has a name that only the run knows may have this one.
                let is_meant = |member: &&ClassMember| member.name.as_ref().is_none_or(|own| own == name);
                found.extend(own.filter(is_meant).map(|member| heir.with(member)));
                next.push(*heir);
            }
        }
        found
    }

    /// The files with classes that directly extend one of this file.
    pub(super) fn heirs_of_file(&self, file: FileId) -> impl Iterator<Item = FileId> {
        let known = self.heirs.known.get_or_init(|| self.all_heirs());
        let heirs = known.iter().filter(move |(class, _)| class.file == file).flat_map(|(_, heirs)| heirs);
        heirs.map(|heir| heir.file)
    }

    fn all_heirs(&self) -> Known {
        let mut known = Known::default();
        for (file, path) in self.heirs.survey.with(self.program, Mark::Subclass) {
            if is_test(path) {
                continue;
            }
            let module = self.program.module(file);
            for (id, expression) in module.expressions() {
                let Expression::Class(class) = expression else { continue };
                let Some(superclass) = class.superclass else { continue };
                let mut above = vec![superclass];
                // `extends Mixed(Base)`
                if let Expression::Call(call) = module.expression(superclass) {
                    above.extend(call.arguments.iter().map(|argument| argument.value));
                }
                for above in above.into_iter().filter_map(|one| self.class(At { file, it: one })) {
                    known.entry(above).or_default().push(At { file, it: id });
                }
            }
        }
        known
    }
}
