//! Answers that say by a word which kind they are: `switch (result.kind) { case "error": … }`.

use std::collections::BTreeSet;

use ops_typescript::module::{Expression, ExpressionId, Key, Name, Property, Source};
use ops_typescript::program::{At, Meaning};

use super::Walk;
use super::answer::Answer;
use super::condition::Says;
use super::state::State;
use crate::proof::callable::returns;
use crate::proof::refusal::{KINDS, is_kind};

/// Words for an answer that says yes.
const YES: [&str; 14] = [
    "active",
    "admin",
    "allowed",
    "authenticated",
    "authorized",
    "found",
    "granted",
    "member",
    "ok",
    "session",
    "success",
    "user",
    "valid",
    "yes",
];

impl Walk<'_, '_> {
    /// The kinds of which an answer may be where the guard said no, if a value is the kind of one.
    pub(super) fn refused_kinds(&self, kind: ExpressionId, state: &State) -> Option<BTreeSet<Name>> {
        let (answer, name) = self.kind_of_answer(kind, state)?;
        let Meaning::Value(call) = self.prover.program.meaning(answer) else { return None };
        let Expression::Call(made) = self.prover.program.module(call.file).expression(call.it) else { return None };
        let function = self.prover.function_of(call.with(made.callee))?;
        let module = self.prover.program.module(function.file);
        let mut answers = Vec::new();
        returns(&module.function(function.it).body, &mut answers);
        let mut refused = BTreeSet::new();
        for answer in answers {
            let Expression::Object(properties) = module.expression(answer) else { return None };
            let Expression::Text(word) = module.expression(property(properties, &name)?.value) else { return None };
            if !YES.contains(&word.to_ascii_lowercase().as_str()) {
                refused.insert(word.clone());
            }
        }
        Some(refused)
    }

    /// The answer whose kind a value is, and under which name: `result.kind`, `const { kind } = result`.
    fn kind_of_answer(&self, kind: ExpressionId, state: &State) -> Option<(At<ExpressionId>, Name)> {
        let module = self.prover.program.module(self.scope.file);
        let (answer, name) = match module.expression(kind) {
            Expression::Member { object, property } => (*object, property.clone()),
            Expression::Binding(binding) if module.binding(*binding).is_constant => {
                match &module.binding(*binding).source {
                    Source::Value { initial: Some(initial), path } => match &**path {
                        [Key::Property(name)] => (*initial, name.clone()),
                        _ => return None,
                    },
                    _ => return None,
                }
            }
            _ => return None,
        };
        let is_told = KINDS.contains(&name.as_str()) && self.answer(answer, state) == Some(Answer::Parts);
        is_told.then(|| (self.at(answer), name))
    }

    /// What it says that an answer is of a kind.
    pub(super) fn is_of_kind(refused: &BTreeSet<Name>, word: &Name) -> Says {
        Says { where_true: !refused.contains(word), where_false: refused.iter().all(|one| one == word) }
    }
}

fn property<'m>(properties: &'m [Property], name: &Name) -> Option<&'m Property> {
    properties.iter().find(|one| is_kind(one, name))
}
