//! Goes through a handler on all its ways, and asks at each point: did a guard let this request pass?

mod answer;
mod call;
mod condition;
mod expression;
mod guard;
mod inside;
mod kinds;
mod names;
mod outcome;
mod repeat;
mod sent;
mod state;
mod statement;
mod switch;
mod together;

use ops_typescript::module::{BindingId, ExpressionId, FunctionId, Name, Span};
use ops_typescript::program::At;
use ops_typescript::tree::FileId;
use rustc_hash::{FxHashMap, FxHashSet};

use self::answer::Answer;
pub(super) use self::answer::{is_of_error, is_of_promise};
use self::state::{Exit, State};
use super::frame::Frame;
use super::refusal::Refusal;
use super::show::{Question, Shown};
use super::{Prover, Step, fuel};
use crate::result::Proof;

/// One function that is gone through.
struct Scope {
    file: FileId,
    frame: Frame,
    exits: Vec<Exit>,
    /// How many helpers of the handler lie between.
    helpers: u8,
    /// Whether the handler itself is gone through, or something that it calls.
    is_inner: bool,
    /// Whether what it returns is the answer.
    answers: bool,
}

/// A guard on the way.
#[derive(Debug, Clone)]
struct Met {
    class: Proof,
    steps: Vec<Step>,
}

struct Walk<'a, 'p> {
    prover: &'a Prover<'p>,
    method: Option<&'a Name>,
    scope: Scope,
    /// The first guard that can refuse, and the calls that led to it.
    met: Option<Met>,
    /// What happens without a guard.
    offence: Option<Step>,
    /// A guard whose answer nobody waits for or looks at.
    unheard: Option<Step>,
    /// The calls that led here.
    calls: Vec<Step>,
    /// What the values of calls told, when they were last gone through.
    answers: FxHashMap<At<ExpressionId>, Answer>,
    /// The calls whose value is what came out of a guard around a function.
    outcomes: FxHashSet<At<ExpressionId>>,
    /// What is waited for though no `await` stands before it.
    waited: FxHashSet<At<ExpressionId>>,
    /// Whether anybody looked at what a guard answered, or needs not.
    is_asked: bool,
    /// Jumps that have not landed yet, and whether they name a label.
    jumps: Vec<(bool, State)>,
    /// Whether what follows is a layer's: then nobody may be let on unasked.
    is_layer: bool,
    /// Whether a layer that answers nothing lets the request on.
    goes_on: bool,
    /// The names that were written to without a guard, in order.
    lost: Vec<At<BindingId>>,
    /// The file in which a place is told by its line alone.
    home: FileId,
    /// How many calls built the function at the start. Where there are any, it is a wrapper's, around the handler.
    depth: u8,
}

impl Prover<'_> {
    /// Whether a function passes a guard before it does anything that matters.
    pub(super) fn show_function(&self, function: At<FunctionId>, frame: &Frame, question: Question<'_>) -> Shown {
        let declared = self.program.module(function.file).function(function.it);
        let start = Step {
            what: match &declared.name {
                Some(name) => format!("`{name}`"),
                None => "the handler".to_owned(),
            },
            place: function.with(Span { start: declared.span.start, end: declared.span.start }),
        };
        if frame.depth() == 0 && !self.reaches(function, self.hops) {
            let reason = format!("no guard is called here, nor in what it calls over {} calls", self.hops);
            return Shown::new(Proof::None, vec![start], reason);
        }
        let mut walk = Walk {
            prover: self,
            method: question.method,
            scope: Scope {
                file: function.file,
                frame: frame.clone(),
                exits: Vec::new(),
                helpers: 0,
                is_inner: frame.depth() == 0,
                answers: true,
            },
            met: None,
            offence: None,
            unheard: None,
            calls: vec![start],
            answers: FxHashMap::default(),
            outcomes: FxHashSet::default(),
            waited: FxHashSet::default(),
            is_asked: false,
            jumps: Vec::new(),
            is_layer: question.always,
            goes_on: question.goes_on,
            lost: Vec::new(),
            home: question.home,
            depth: frame.depth(),
        };
        let end = walk.function(function, State::default());
        if question.always {
            walk.ask_all_ways(&end);
        }
        walk.conclude(&end)
    }
}

impl Walk<'_, '_> {
    /// A layer that lets somebody pass unasked is as good as none for what follows.
    fn ask_all_ways(&mut self, end: &State) {
        let lets_on = |exit: &Exit| {
            exit.is_open() || (self.goes_on && !exit.passed && matches!(exit.refusal, Some(Refusal::Nothing)))
        };
        let is_open = (!end.gone && !end.passed) || self.scope.exits.iter().any(lets_on);
        if is_open && let Some(start) = self.calls.first() {
            let what = "a way through it asks no guard".to_owned();
            self.offence.get_or_insert(Step { what, place: start.place });
        }
    }

    fn conclude(self, end: &State) -> Shown {
        let chain = self.calls;
        match (self.met, self.offence, self.unheard) {
            (None, _, None) => {
                let reason = match self.method {
                    Some(method) => format!("no guard is called for {method}"),
                    None => "no guard is called here, nor in what it calls".to_owned(),
                };
                Shown::new(Proof::None, chain, reason)
            }
            (None, _, Some(unheard)) => {
                let reason = unheard.what.clone();
                Shown::new(Proof::Unproven, [chain, vec![unheard]].concat(), reason)
            }
            (Some(_), _, Some(unheard)) if !self.is_asked => {
                let reason = unheard.what.clone();
                Shown::new(Proof::Unproven, [chain, vec![unheard]].concat(), reason)
            }
            (Some(met), Some(offence), _) => {
                let reason = offence.what.clone();
                Shown::new(Proof::Unproven, [chain, met.steps, vec![offence]].concat(), reason)
            }
            (Some(met), None, None) if !self.is_asked => {
                let reason = "nobody looks at what the guard answers".to_owned();
                Shown::new(Proof::Unproven, [chain, met.steps].concat(), reason)
            }
            (Some(met), None, unheard) => {
                let is_heard = end.passed || end.gone || unheard.is_none();
                match unheard {
                    Some(unheard) if !is_heard => {
                        let reason = unheard.what.clone();
                        Shown::new(Proof::Unproven, [chain, vec![unheard]].concat(), reason)
                    }
                    _ => Shown::new(met.class, [chain, met.steps].concat(), None),
                }
            }
        }
    }

    /// Goes through a function's body. What comes back is known where it ends without a return.
    fn function(&mut self, function: At<FunctionId>, mut state: State) -> State {
        if !fuel::step() {
            return state;
        }
        let prover = self.prover;
        let declared = prover.program.module(function.file).function(function.it);
        for parameter in &declared.parameters {
            if let Some(default) = parameter.default {
                let mut given = state.clone();
                self.evaluate(default, &mut given);
                state = state.join(given);
            }
        }
        let jumps = self.jumps.len();
        let end = self.statements(&declared.body, state);
        self.jumps.truncate(jumps);
        end
    }

    /// Something happens that should not happen before a guard was passed.
    fn offend(&mut self, state: &State, what: impl FnOnce() -> String, place: At<Span>) {
        if !state.passed && self.offence.is_none() {
            self.offence = Some(Step { what: what(), place });
        }
    }

    fn meet(&mut self, mut steps: Vec<Step>, is_around: bool) {
        self.is_asked |= is_around;
        if self.met.is_some() {
            return;
        }
        let class = if self.depth > 0 && !self.scope.is_inner {
            Proof::Wrapped
        } else if self.scope.helpers > 0 {
            Proof::Delegated
        } else {
            Proof::Inline
        };
        if is_around && let Some(step) = steps.first_mut() {
            step.what = format!("{} is around what follows", step.what);
        }
        let skip = 1.min(self.calls.len());
        let mut all: Vec<Step> = self.calls.split_off(skip);
        all.append(&mut steps);
        self.met = Some(Met { class, steps: all.clone() });
    }

    fn at<T>(&self, it: T) -> At<T> {
        At { file: self.scope.file, it }
    }
}
