//! What the parameters of a function stand for while a call of it is looked at.

use std::rc::Rc;

use ops_typescript::module::{Argument, BindingId, ExpressionId, FunctionId, Source};
use ops_typescript::program::{At, Program};

/// How many calls deep a wrapper may be built.
const CALLS: u8 = 12;

/// How deep a function may lie in the arguments of unknown calls.
const GIVEN: u8 = 8;

/// The calls that led to where the proof is; nothing at a route's handler itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Frame {
    called: Option<Rc<Called>>,
    /// In how many arguments of unknown calls it is.
    given: u8,
    /// The class that `this` was made of, where a method was called on an object of a known one.
    this: Option<At<ExpressionId>>,
}

#[derive(Debug)]
struct Called {
    function: At<FunctionId>,
    arguments: Vec<At<ExpressionId>>,
    /// What the arguments mean is to be asked here.
    caller: Frame,
    depth: u8,
}

impl Frame {
    /// Inside of `function`, which is called from here. Arguments after a spread are unknown.
    pub(super) fn call(&self, function: At<FunctionId>, at: At<()>, arguments: &[Argument]) -> Self {
        let known = arguments.iter().take_while(|argument| !argument.is_spread);
        let arguments = known.map(|argument| at.with(argument.value)).collect();
        let depth = self.depth().saturating_add(1);
        let called = Called { function, arguments, caller: self.clone(), depth };
        Self { called: Some(Rc::new(called)), given: self.given, this: self.this }
    }

    /// In the arguments of a call that nobody can look into.
    pub(super) fn in_arguments(&self) -> Self {
        Self { called: self.called.clone(), given: self.given.saturating_add(1), this: self.this }
    }

    /// As deep in arguments as `other`.
    pub(super) fn in_arguments_of(self, other: &Self) -> Self {
        Self { given: self.given.max(other.given), ..self }
    }

    /// In a method that is called on an object of this class.
    pub(super) fn of(&self, this: Option<At<ExpressionId>>) -> Self {
        Self { this, ..self.clone() }
    }

    /// The class that `this` was made of.
    pub(super) fn this(&self) -> Option<At<ExpressionId>> {
        self.this
    }

    /// Whether what stands here is built by more calls than anybody follows.
    pub(super) fn is_too_deep(&self) -> bool {
        self.depth() > CALLS || self.given > GIVEN
    }

    /// How many calls led here.
    pub(super) fn depth(&self) -> u8 {
        self.called.as_ref().map_or(0, |called| called.depth)
    }

    /// Whether the function is being looked at already.
    pub(super) fn is_in(&self, function: At<FunctionId>) -> bool {
        let mut next = self.called.as_deref();
        while let Some(called) = next {
            if called.function == function {
                return true;
            }
            next = called.caller.called.as_deref();
        }
        false
    }

    /// All that was given for a parameter that takes the rest.
    pub(super) fn rest(&self, program: &Program, binding: At<BindingId>) -> Option<Vec<(At<ExpressionId>, Self)>> {
        let module = program.module(binding.file);
        let Source::Parameter { function, index, .. } = module.binding(binding.it).source else { return None };
        if !module.function(function).parameters.get(index as usize)?.is_rest {
            return None;
        }
        let mut next = self.called.as_deref();
        while let Some(called) = next {
            if called.function == binding.with(function) {
                let given = called.arguments.get(index as usize..)?;
                return Some(given.iter().map(|one| (*one, called.caller.clone())).collect());
            }
            next = called.caller.called.as_deref();
        }
        None
    }

    /// What was given for a parameter, and where to ask what that means.
    pub(super) fn argument(&self, program: &Program, binding: At<BindingId>) -> Option<(At<ExpressionId>, Self)> {
        let Source::Parameter { function, index, .. } = program.module(binding.file).binding(binding.it).source else {
            return None;
        };
        let mut next = self.called.as_deref();
        while let Some(called) = next {
            if called.function == binding.with(function) {
                let argument = called.arguments.get(index as usize)?;
                return Some((*argument, called.caller.clone()));
            }
            next = called.caller.called.as_deref();
        }
        None
    }
}
