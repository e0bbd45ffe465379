//! The one way that such a request takes through a guard.

mod value;

use std::cell::Cell;

use ops_typescript::module::{Call, Expression, ExpressionId, FunctionId, Key, Name, Statement, StatementKind};
use ops_typescript::program::{At, Meaning};
use ops_typescript::tree::FileId;

use super::word::Word;
use super::{ARGUMENTS, Arguments, World};
use crate::proof::Prover;
use crate::proof::handed::is_name_of_handler;
use crate::proof::refusal::{Refusal, is_refusing_status};
use crate::proof::throws::module_function;

/// How many functions in each other are gone through.
const DEPTH: usize = 8;

/// How many expressions are evaluated: far more than a guard has. What is left then counts for nothing.
const STEPS: u32 = 5_000;

/// How the way goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// With what follows.
    On,
    /// Behind the loop or the `switch`.
    Jumps,
    /// Behind the call of the function.
    Returns,
    /// To what the guard protects.
    Passes,
    /// By an error that may be caught.
    Throws,
    /// By an answer that says no.
    Refuses,
}

impl Flow {
    pub(super) fn is_refusal(self) -> bool {
        matches!(self, Self::Throws | Self::Refuses)
    }

    /// The second where the first leads on.
    fn then(self, next: impl FnOnce() -> Self) -> Self {
        if self == Self::On { next() } else { self }
    }
}

/// What a function that was given is.
enum Given {
    Function(At<FunctionId>),
    Handler(Flow),
    Other,
}

/// Goes through a guard: nothing that it asks for is there, but for what it was called with.
pub(super) struct Course<'a, 'p> {
    prover: &'a Prover<'p>,
    world: World,
    /// The functions that this is in, and what they were called with.
    called: Vec<(At<FunctionId>, Arguments)>,
    /// What the route behind the guard tells it.
    settings: Vec<(&'a Name, Word)>,
    left: Cell<u32>,
}

impl<'a, 'p> Course<'a, 'p> {
    pub(super) fn new(prover: &'a Prover<'p>, world: World) -> Self {
        Self { prover, world, called: Vec::new(), settings: Vec::new(), left: Cell::new(STEPS) }
    }

    pub(super) fn with_settings(self, settings: Vec<(&'a Name, Word)>) -> Self {
        Self { settings, ..self }
    }

    /// Goes through a middleware, a hook, or what puts such before the routes of an application.
    pub(super) fn layer(&mut self, layer: At<ExpressionId>) -> Flow {
        match self.prover.function_of(layer) {
            Some(function) => self.function(function, self.handed(function)),
            None => match self.prover.program.meaning(layer) {
                Meaning::Value(made) => self.evaluate(made),
                _ => Flow::On,
            },
        }
    }

    pub(super) fn function(&mut self, function: At<FunctionId>, arguments: Arguments) -> Flow {
        let is_open = self.called.iter().any(|(one, _)| *one == function);
        if is_open || self.called.len() >= DEPTH || !self.step() {
            return Flow::On;
        }
        self.called.push((function, arguments));
        let flow =
            self.statements(function.file, &self.prover.program.module(function.file).function(function.it).body);
        self.called.pop();
        if flow == Flow::Returns { Flow::On } else { flow }
    }

    fn statements(&mut self, file: FileId, body: &[Statement]) -> Flow {
        for statement in body {
            let flow = self.statement(file, statement);
            if flow != Flow::On {
                return flow;
            }
        }
        Flow::On
    }

    fn statement(&mut self, file: FileId, statement: &Statement) -> Flow {
        let at = |it: ExpressionId| At { file, it };
        match &statement.kind {
            StatementKind::Expression(value) => self.evaluate(at(*value)),
            StatementKind::Declare { value, .. } => value.map_or(Flow::On, |value| self.evaluate(at(value))),
            StatementKind::Return(value) => value.map_or(Flow::Returns, |value| self.answer(at(value))),
            StatementKind::Throw(value) => self.evaluate(at(*value)).then(|| Flow::Throws),
            StatementKind::If { test, then, otherwise } => self.evaluate(at(*test)).then(|| {
                let side = if self.holds(at(*test)) { then } else { otherwise };
                self.statements(file, side)
            }),
            StatementKind::Block(body) => self.statements(file, body),
            StatementKind::Loop { head, body, at_least_once, .. } => {
                let mut flow = head.iter().fold(Flow::On, |flow, one| flow.then(|| self.evaluate(at(*one))));
                if *at_least_once {
                    flow = flow.then(|| self.statements(file, body));
                }
                landed(flow)
            }
            StatementKind::Switch { subject, cases } => self.evaluate(at(*subject)).then(|| {
                let subject = self.word(at(*subject));
                let is_meant = |test: ExpressionId| self.prover.is_same(self.word(at(test)), subject);
                let meant = cases.iter().position(|case| case.test.is_some_and(is_meant));
                let start = meant.or_else(|| cases.iter().position(|case| case.test.is_none()));
                let taken = cases.iter().skip(start.unwrap_or(cases.len()));
                landed(taken.fold(Flow::On, |flow, case| flow.then(|| self.statements(file, &case.body))))
            }),
            StatementKind::Try { body, handler, finalizer } => {
                let tried = match (self.world, handler) {
                    (World::Failing, Some(_)) => Flow::Throws,
                    _ => self.statements(file, body),
                };
                let flow = match handler {
                    Some(handler) if tried == Flow::Throws => self.statements(file, handler),
                    _ => tried,
                };
                let end = self.statements(file, finalizer);
                if end == Flow::On { flow } else { end }
            }
            StatementKind::Jump { .. } => Flow::Jumps,
        }
    }

    /// What is answered: a refusal, or a function that goes on asking.
    fn answer(&mut self, value: At<ExpressionId>) -> Flow {
        let prover = self.prover;
        match prover.program.module(value.file).expression(value.it) {
            Expression::Await(inner) => return self.answer(value.with(*inner)),
            Expression::Conditional { test, then, otherwise } => {
                return self.evaluate(value.with(*test)).then(|| {
                    let side = if self.holds(value.with(*test)) { then } else { otherwise };
                    self.answer(value.with(*side))
                });
            }
            Expression::Logical { operator, left, right } => {
                return self.evaluate(value.with(*left)).then(|| {
                    if self.goes_right(*operator, self.word(value.with(*left))) {
                        self.answer(value.with(*right))
                    } else {
                        Flow::Returns
                    }
                });
            }
            Expression::Function(_) | Expression::Binding(_) | Expression::Member { .. } => {
                if let Some(function) = prover.function_of(value) {
                    return self.function(function, self.handed(function)).then(|| Flow::Returns);
                }
            }
            _ => {}
        }
        self.evaluate(value).then(|| match prover.refusal(value) {
            Some(Refusal::Parts | Refusal::Tuple(_)) => Flow::Refuses,
            Some(Refusal::Nothing) | None => Flow::Returns,
        })
    }

    /// Takes a step; false where there are none left.
    fn step(&self) -> bool {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.unwrap_or_default());
        left.is_some()
    }

    fn evaluate(&mut self, value: At<ExpressionId>) -> Flow {
        if !self.step() {
            return Flow::On;
        }
        let program = self.prover.program;
        let module = program.module(value.file);
        let mut all = |parts: &[ExpressionId]| {
            parts.iter().fold(Flow::On, |flow, part| flow.then(|| self.evaluate(value.with(*part))))
        };
        match module.expression(value.it) {
            Expression::Call(call) => self.call(value, call),
            Expression::Await(inner) | Expression::Not(inner) => all(&[*inner]),
            Expression::Member { object, .. } => all(&[*object]),
            Expression::Index { object: left, index: right } | Expression::Binary { left, right, .. } => {
                all(&[*left, *right])
            }
            Expression::Other(parts) | Expression::Template { holes: parts, .. } => all(parts),
            Expression::Array(items) => all(&items.iter().map(|item| item.value).collect::<Vec<_>>()),
            Expression::Object(rows) => all(&rows.iter().map(|row| row.value).collect::<Vec<_>>()),
            Expression::Assign { target, value: inner } => {
                let says_no = matches!(module.expression(*target), Expression::Member { property, .. } if property == "statusCode")
                    && is_refusing_status(module.expression(*inner));
                all(&[*inner]).then(|| if says_no { Flow::Refuses } else { Flow::On })
            }
            Expression::Conditional { test, then, otherwise } => self.evaluate(value.with(*test)).then(|| {
                let side = if self.holds(value.with(*test)) { then } else { otherwise };
                self.evaluate(value.with(*side))
            }),
            Expression::Logical { operator, left, right } => self.evaluate(value.with(*left)).then(|| {
                if self.goes_right(*operator, self.word(value.with(*left))) {
                    self.evaluate(value.with(*right))
                } else {
                    Flow::On
                }
            }),
            _ => Flow::On,
        }
    }

    fn call(&mut self, at: At<ExpressionId>, call: &Call) -> Flow {
        let prover = self.prover;
        let module = prover.program.module(at.file);
        let callee = at.with(call.callee);
        let before = match module.expression(call.callee) {
            Expression::Member { object, .. } => self.evaluate(at.with(*object)),
            Expression::Binding(_) | Expression::Global(_) | Expression::Function(_) => Flow::On,
            _ => self.evaluate(callee),
        };
        let given = |course: &mut Self| {
            call.arguments.iter().fold(Flow::On, |flow, one| flow.then(|| course.evaluate(at.with(one.value))))
        };
        before.then(|| given(self)).then(|| {
            match self.given(at.with(call)) {
                Given::Function(function) => return self.function(function, self.handed(function)),
                Given::Handler(flow) => return flow,
                Given::Other => {}
            }
            if prover.never_returns(callee) {
                return Flow::Throws;
            }
            if self.answers_no(at, call) {
                return Flow::Refuses;
            }
            match prover.function_of(callee) {
                Some(function) => {
                    let mut arguments = [Word::Unknown; ARGUMENTS];
                    let known = call.arguments.iter().take_while(|argument| !argument.is_spread);
                    for (word, argument) in arguments.iter_mut().zip(known) {
                        *word = self.word(at.with(argument.value));
                    }
                    self.function(function, arguments)
                }
                None => self.callbacks(at, call),
            }
        })
    }

    /// What is called, where it was given: what the guard protects (`handler(request)`, `next()`; `next(error)` refuses), or a
    /// function that the guard itself handed on.
    fn given(&self, call: At<&Call>) -> Given {
        let callee = call.with(call.it.callee);
        let Meaning::Parameter { binding, path } = self.prover.program.meaning(callee) else {
            return Given::Other;
        };
        match path.last() {
            None => {
                if let Word::Function(function) = self.argument(binding) {
                    return Given::Function(function);
                }
            }
            Some(Key::Property(name)) if is_name_of_handler(name) => {}
            Some(_) => return Given::Other,
        }
        let name = &self.prover.program.module(binding.file).binding(binding.it).name;
        let takes_errors = path.is_empty() && matches!(name.as_str(), "next" | "done" | "cb" | "callback");
        let error = call.it.arguments.first().filter(|_| takes_errors);
        let is_error = error.is_some_and(|error| self.holds(call.with(error.value)));
        Given::Handler(if is_error { Flow::Refuses } else { Flow::Passes })
    }

    /// `response.status(401)`, `response.sendStatus(403)`, `reply.code(401)`, `response.redirect("/login")`
    fn answers_no(&self, at: At<ExpressionId>, call: &Call) -> bool {
        let module = self.prover.program.module(at.file);
        let Expression::Member { property, .. } = module.expression(call.callee) else { return false };
        match property.as_str() {
            "code" | "sendStatus" | "status" | "writeHead" => {
                call.arguments.first().is_some_and(|first| is_refusing_status(module.expression(first.value)))
            }
            "redirect" => self.prover.is_refusal(at),
            _ => false,
        }
    }

    /// What is handed to something that nobody can look into is called by it.
    fn callbacks(&mut self, at: At<ExpressionId>, call: &Call) -> Flow {
        let prover = self.prover;
        let method = match prover.program.module(at.file).expression(call.callee) {
            Expression::Member { property, .. } => property.as_str(),
            _ => "",
        };
        // One hook after the other.
        let is_setup = matches!(method, "addHook" | "after" | "register" | "use");
        if method == "catch" && self.world == World::Plain {
            return Flow::On;
        }
        call.arguments.iter().fold(Flow::On, |flow, one| {
            flow.then(|| {
                let value = at.with(one.value);
                let flow = match prover.program.meaning(value) {
                    Meaning::Function(function) => self.function(function, self.handed(function)),
                    Meaning::Value(meant) => match module_function(prover, meant) {
                        Some(function) => self.function(function, self.handed(function)),
                        None if meant != value => self.evaluate(meant),
                        None => Flow::On,
                    },
                    _ => Flow::On,
                };
                if flow == Flow::Passes && is_setup { Flow::On } else { flow }
            })
        })
    }

    /// What a callback is called with: nothing, or an error.
    fn handed(&self, function: At<FunctionId>) -> Arguments {
        let module = self.prover.program.module(function.file);
        let mut arguments = [Word::Unknown; ARGUMENTS];
        let first = module.function(function.it).parameters.first().and_then(|first| first.binding);
        let name = first.map_or("", |first| &module.binding(first).name);
        if self.world == World::Errors && matches!(name, "e" | "err" | "error") {
            arguments[0] = Word::Something;
        }
        arguments
    }
}

/// Where a way goes on that left a loop or a `switch`.
fn landed(flow: Flow) -> Flow {
    if flow == Flow::Jumps { Flow::On } else { flow }
}
