//! What parameters stand for, while the functions that get them are looked into.

use std::rc::Rc;

use ops_typescript::module::{BindingId, Export, Expression, ExpressionId, FunctionId, Key, Source};
use ops_typescript::program::{At, Meaning};

use super::Engine;

/// How many parameters are seen through.
const DEPTH: u8 = 16;

/// The calls that led here, innermost first.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Scope(Option<Rc<Frame>>);

#[derive(Debug)]
struct Frame {
    function: At<FunctionId>,
    arguments: Vec<Scoped>,
    outer: Scope,
}

/// An expression, and what its parameters stand for.
#[derive(Debug, Clone)]
pub(in super::super) struct Scoped {
    pub(in super::super) at: At<ExpressionId>,
    pub(in super::super) scope: Scope,
}

impl Scope {
    /// Inside of a function that is called like this.
    pub(super) fn inside(&self, function: At<FunctionId>, arguments: Vec<Scoped>) -> Self {
        Self(Some(Rc::new(Frame { function, arguments, outer: self.clone() })))
    }

    /// The expression, seen from here.
    pub(in super::super) fn see(&self, at: At<ExpressionId>) -> Scoped {
        Scoped { at, scope: self.clone() }
    }

    fn argument(&self, function: At<FunctionId>, index: usize) -> Option<&Scoped> {
        let mut scope = self;
        while let Some(frame) = &scope.0 {
            if frame.function == function {
                return frame.arguments.get(index);
            }
            scope = &frame.outer;
        }
        None
    }
}

impl Engine<'_> {
    /// What a value means here, and from where its own parameters are to be seen.
    pub(in super::super) fn meaning(&self, value: &Scoped) -> (Meaning, Scope) {
        self.part(value, &[], DEPTH)
    }

    /// What a part of an expression means. What `require` gives is what the file assigns to `module.exports`.
    pub(super) fn follow(&self, at: At<ExpressionId>, path: &[Key]) -> Meaning {
        match self.program.meaning_of_part(at, path) {
            Meaning::Namespace(file) => match self.program.module(file).export("module.exports") {
                Some(Export::Local { value, .. }) => self.follow(At { file, it: *value }, &[]),
                _ => Meaning::Namespace(file),
            },
            meaning => meaning,
        }
    }

    fn part(&self, value: &Scoped, path: &[Key], depth: u8) -> (Meaning, Scope) {
        let meaning = self.follow(value.at, path);
        if let Meaning::Parameter { binding, path } = &meaning
            && depth > 0
            && let Some(argument) = self.argument(*binding, &value.scope)
        {
            return self.part(&argument, path, depth - 1);
        }
        (meaning, value.scope.clone())
    }

    fn argument(&self, binding: At<BindingId>, scope: &Scope) -> Option<Scoped> {
        let Source::Parameter { function, index, .. } = &self.program.module(binding.file).binding(binding.it).source
        else {
            return None;
        };
        scope.argument(binding.with(*function), usize::try_from(*index).ok()?).cloned()
    }

    /// The expression that a value comes from, as far as parameters are known.
    pub(super) fn outermost(&self, value: &Scoped) -> At<ExpressionId> {
        let mut value = value.clone();
        for _ in 0..DEPTH {
            let meaning = self.follow(value.at, &[]);
            let Meaning::Parameter { binding, path } = meaning else { break };
            let Some(argument) = self.argument(binding, &value.scope) else { break };
            if path.is_empty() {
                value = argument;
                continue;
            }
            if let [Key::Property(name)] = path.as_slice()
                && let Some(field) = self.field(&argument, name)
            {
                value = field;
                continue;
            }
            if let (Meaning::Value(at), _) = self.part(&argument, &path, DEPTH) {
                return at;
            }
            break;
        }
        value.at
    }

    /// The value as an expression that is no name.
    pub(in super::super) fn expression(&self, value: &Scoped) -> Option<(At<ExpressionId>, &Expression, Scope)> {
        match self.meaning(value) {
            (Meaning::Value(at), scope) => Some((at, self.program.module(at.file).expression(at.it), scope)),
            _ => None,
        }
    }

    /// The function that a value is.
    pub(in super::super) fn function(&self, value: &Scoped) -> Option<At<FunctionId>> {
        match self.meaning(value).0 {
            Meaning::Function(function) => Some(function),
            Meaning::Value(at) => match self.program.module(at.file).expression(at.it) {
                Expression::Function(function) => Some(at.with(*function)),
                _ => None,
            },
            _ => None,
        }
    }

    /// How many parameters the function has that a value is.
    pub(in super::super) fn parameters(&self, value: &Scoped) -> Option<usize> {
        let function = self.function(value)?;
        let parameters = &self.program.module(function.file).function(function.it).parameters;
        if parameters.iter().any(|parameter| parameter.is_rest) { None } else { Some(parameters.len()) }
    }
}
