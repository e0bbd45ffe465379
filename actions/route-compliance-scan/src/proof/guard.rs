//! The guards that the policy names, and where the code means them.

use std::sync::Arc;

use ops_typescript::module::{BindingId, ExpressionId, Key, Name};
use ops_typescript::program::{At, Hop, HopKind, Meaning, Program, Trail};
use ops_typescript::resolve::Resolved;
use ops_typescript::tree::FileId;

use super::definition::{Asked, DEPTH, Judgement, Target};
use super::frame::Frame;
use super::throws::{module_function, throws_by_name};
use super::{Prover, Step};

/// A guard: `balanceGuard`, `auth.protect`, `@/lib/auth:withWorkspace`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guard {
    /// As the policy has it.
    pub(crate) text: String,
    /// The module that must export it.
    pub(crate) module: Option<String>,
    /// The name, and properties of it.
    pub(crate) path: Vec<Name>,
}

/// What an expression means, where that may be a guard.
#[derive(Debug)]
pub(super) struct Meant {
    /// The parameter, and the part of it, where who calls decides.
    parameter: Option<(At<BindingId>, Vec<Key>)>,
    /// The hops to the guard, if it is one whoever calls.
    steps: Option<Vec<Step>>,
}

/// Why a text names no guard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` names no guard; write a name (balanceGuard), a part of one (auth.protect), or a module's export (@/lib/auth:withWorkspace)"
)]
pub(crate) struct GuardError(String);

impl Guard {
    pub(crate) fn parse(text: &str) -> Result<Self, GuardError> {
        let (module, name) = match text.rsplit_once(':') {
            Some((module, name)) => (Some(module), name),
            None => (None, text),
        };
        let is_name = |part: &str| {
            !part.is_empty()
                && !part.starts_with(|first: char| first.is_ascii_digit())
                && part.chars().all(|one| one.is_alphanumeric() || one == '_' || one == '$')
        };
        if module.is_some_and(str::is_empty) || !name.split('.').all(is_name) {
            return Err(GuardError(text.to_owned()));
        }
        Ok(Self {
            text: text.to_owned(),
            module: module.map(str::to_owned),
            path: name.split('.').map(Name::from).collect(),
        })
    }

    /// Whether a name that was followed from `file` is this guard. What an import calls it decides nothing, unless it is a
    /// dependency's default export, which has no other name.
    pub(super) fn is(&self, program: &Program, file: FileId, meaning: &Meaning, trail: &Trail) -> bool {
        match &self.module {
            Some(module) => self.is_from(module, program, file, meaning, trail),
            None => self.is_named(meaning, trail),
        }
    }

    /// Whether it is what a file declares under a name.
    pub(super) fn is_declared_as(&self, program: &Program, name: At<&Name>) -> bool {
        let is_home = |module: &String| home(program, name.file, module) == Some(name.file);
        self.module.as_ref().is_none_or(is_home) && self.spells(name.it, &[])
    }

    fn is_named(&self, meaning: &Meaning, trail: &Trail) -> bool {
        let declared = trail.hops.iter().any(|hop| hop.kind != HopKind::Imported && self.spells(&hop.name, &hop.rest));
        declared
            || self.is_of_namespace(meaning, trail)
            || match meaning {
                Meaning::Outside { path, .. } => {
                    ends_with(path, &self.path)
                        || (is_default(path) && self.is_imported_as(trail))
                        || self.is_asked_by(path)
                }
                Meaning::Global { name, path } => self.spells(name, path) || ends_with(path, &self.path),
                Meaning::Part { path, .. } | Meaning::Parameter { path, .. } => ends_with(path, &self.path),
                _ => false,
            }
    }

    /// `security.check` where `security` is `import * as security`, which has no other name.
    fn is_of_namespace(&self, meaning: &Meaning, trail: &Trail) -> bool {
        let Some((_, [name, others @ ..])) = self.path.split_first() else { return false };
        let exported = |at: usize| match (trail.hops.get(at), meaning) {
            (Some(hop), _) => hop.kind == HopKind::Exported && hop.name == *name && spelled(&hop.rest, others),
            (None, Meaning::Outside { path, .. }) => self.path.get(1..).is_some_and(|names| spelled(path, names)),
            (None, _) => false,
        };
        let imported = |hop: &Hop| hop.kind == HopKind::Imported && self.spells(&hop.name, &hop.rest);
        (0..).zip(&trail.hops).any(|(at, hop)| imported(hop) && exported(at + 1))
    }

    /// `auth.protect` of the guard `auth`: a method that lets nobody past whom the guard would not.
    fn is_asked_by(&self, path: &[Key]) -> bool {
        matches!(path.split_last(), Some((Key::Property(name), of)) if throws_by_name(name) && ends_with(of, &self.path))
    }

    fn is_imported_as(&self, trail: &Trail) -> bool {
        trail
            .hops
            .iter()
            .rev()
            .find(|hop| hop.kind == HopKind::Imported)
            .is_some_and(|hop| self.spells(&hop.name, &hop.rest))
    }

    fn is_from(&self, module: &str, program: &Program, file: FileId, meaning: &Meaning, trail: &Trail) -> bool {
        if let Meaning::Outside { specifier, path } = meaning
            && specifier == module
        {
            return spelled(path, &self.path);
        }
        let Some(home) = home(program, file, module) else { return false };
        trail
            .hops
            .iter()
            .any(|hop| hop.at.file == home && hop.kind != HopKind::Imported && self.spells(&hop.name, &hop.rest))
    }

    fn spells(&self, name: &Name, rest: &[Key]) -> bool {
        self.path.split_first().is_some_and(|(first, others)| first == name && spelled(rest, others))
    }
}

/// The file that a policy means by a module: as the file that uses it would import it, or by its path from the root.
pub(crate) fn home(program: &Program, file: FileId, module: &str) -> Option<FileId> {
    if let Resolved::File(home) = program.resolve(file, module) {
        return Some(home);
    }
    let plain = module.trim_start_matches("./");
    let endings = ["", ".ts", ".tsx", ".js", ".mjs", "/index.ts", "/index.tsx", "/index.js"];
    endings.iter().find_map(|ending| program.tree().find(&format!("{plain}{ending}")))
}

fn spelled(path: &[Key], names: &[Name]) -> bool {
    path.len() == names.len() && ends_with(path, names)
}

fn ends_with(path: &[Key], names: &[Name]) -> bool {
    let Some(start) = path.len().checked_sub(names.len()) else { return false };
    let tail = path.get(start..).unwrap_or_default();
    tail.iter().zip(names).all(|(key, name)| matches!(key, Key::Property(property) if property == name))
}

fn is_default(path: &[Key]) -> bool {
    matches!(path, [Key::Property(name), ..] if name == "default")
}

impl Prover<'_> {
    /// The hops to the guard, if the expression means one.
    pub(super) fn as_guard(&self, expression: At<ExpressionId>, frame: &Frame) -> Option<Vec<Step>> {
        let meant = self.reach.meant(expression, || {
            let mut trail = Trail::default();
            let meaning = self.program.follow(expression, &mut trail);
            let steps = self.steps_to_guard(expression, &meaning, &trail);
            let parameter = match meaning {
                Meaning::Parameter { binding, path } => Some((binding, path)),
                _ => None,
            };
            (steps.is_some() || parameter.is_some()).then(|| Arc::new(Meant { parameter, steps }))
        })?;
        if let Some((binding, path)) = &meant.parameter
            && let Some((argument, caller)) = frame.argument(self.program, *binding)
        {
            return self.part_as_guard(argument, path, &caller);
        }
        meant.steps.clone()
    }

    /// The hops to the guard, if the part at `path` of the expression's value means one.
    fn part_as_guard(&self, expression: At<ExpressionId>, path: &[Key], frame: &Frame) -> Option<Vec<Step>> {
        if path.is_empty() {
            return self.as_guard(expression, frame);
        }
        let mut trail = Trail::default();
        let meaning = self.program.follow_part(expression, path, &mut trail);
        if let Meaning::Parameter { binding, path } = &meaning
            && let Some((argument, caller)) = frame.argument(self.program, *binding)
        {
            return self.part_as_guard(argument, path, &caller);
        }
        if !self.is_worth_its_name(&meaning) {
            return None;
        }
        self.steps_to_guard(expression, &meaning, &trail)
    }

    /// The hops to the guard, if this is what an expression means.
    fn steps_to_guard(&self, expression: At<ExpressionId>, meaning: &Meaning, trail: &Trail) -> Option<Vec<Step>> {
        let is_meant = |guard: &Guard| guard.is(self.program, expression.file, meaning, trail);
        let (number, guard) = self.guards.iter().enumerate().find(|(_, guard)| is_meant(guard))?;
        if let Some(target) = Target::of(meaning) {
            self.reach.remember(number, target);
        }
        let span = self.program.module(expression.file).span(expression.it);
        let mut steps = vec![Step { what: format!("the guard `{}`", guard.text), place: expression.with(span) }];
        if let Some(hop) = trail.hops.last().filter(|hop| hop.at.file != expression.file) {
            steps.push(Step { what: format!("`{}` is defined here", hop.name), place: hop.at });
        }
        Some(steps)
    }

    /// Whether what was handed over under a guard's name is taken for it: a property may be called as its caller likes.
    fn is_worth_its_name(&self, meaning: &Meaning) -> bool {
        let function = match meaning {
            Meaning::Function(function) => *function,
            Meaning::Value(at) => match module_function(self, *at) {
                Some(function) => function,
                None => return true,
            },
            Meaning::Missing { .. } => return false,
            _ => return true,
        };
        if self.handler_calls(function).is_empty() {
            return self.throws(function, DEPTH) && self.refusals(function).is_empty();
        }
        self.judge(function, Asked { is_around: true, depth: 0 }) == Judgement::Refuses
    }
}
