//! The one way that such a request takes through a guard.

use std::cell::Cell;

use ops_typescript::module::{
    BindingId, Call, Expression, ExpressionId, FunctionId, Key, Logical, Name, Source, Statement, StatementKind,
};
use ops_typescript::program::{At, Meaning, Trail};
use ops_typescript::tree::FileId;

use super::settings::SETTINGS;
use super::word::Word;
use super::{ARGUMENTS, Arguments, World};
use crate::proof::Prover;
use crate::proof::handed::is_name_of_handler;
use crate::proof::refusal::{Refusal, is_refusing_status};
use crate::proof::throws::{module_function, root};

/// How many functions in each other are gone through.
const DEPTH: usize = 8;

/// How many expressions are evaluated: far more than a guard has. What is left then counts for nothing.
const STEPS: u32 = 5_000;

/// How many names and operators lie between a value and what it is made of.
const FAR: u8 = 12;

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
            None => match self.prover.program.follow(layer, &mut Trail::default()) {
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
                let subject = self.word(at(*subject), FAR);
                let is_meant = |test: ExpressionId| self.prover.is_same(self.word(at(test), FAR), subject);
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
                    if self.goes_right(*operator, self.word(value.with(*left), FAR)) {
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
                if self.goes_right(*operator, self.word(value.with(*left), FAR)) {
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
                        *word = self.word(at.with(argument.value), FAR);
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
        let Meaning::Parameter { binding, path } = self.prover.program.follow(callee, &mut Trail::default()) else {
            return Given::Other;
        };
        match path.last() {
            None => {
                if let Word::Function(function) = self.argument(binding, FAR) {
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
                let flow = match prover.program.follow(value, &mut Trail::default()) {
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

    fn holds(&self, test: At<ExpressionId>) -> bool {
        self.prover.is_truthy(self.word(test, FAR))
    }

    /// Whether the right side of an operator is evaluated after the left.
    fn goes_right(&self, operator: Logical, left: Word) -> bool {
        match operator {
            Logical::And => self.prover.is_truthy(left),
            Logical::Or => !self.prover.is_truthy(left),
            Logical::Coalesce => matches!(left, Word::Nothing | Word::Unknown),
        }
    }

    fn word(&self, value: At<ExpressionId>, far: u8) -> Word {
        let Some(far) = far.checked_sub(1).filter(|_| self.step()) else { return Word::Unknown };
        let word = |it: ExpressionId| self.word(value.with(it), far);
        let prover = self.prover;
        let module = prover.program.module(value.file);
        match module.expression(value.it) {
            Expression::Null | Expression::Boolean(_) | Expression::Text(_) => prover.literal(value),
            Expression::Number(number) => Word::Truth(*number != 0.0),
            Expression::Function(function) => Word::Function(value.with(*function)),
            Expression::Class(_)
            | Expression::Object(_)
            | Expression::Array(_)
            | Expression::Regex(_)
            | Expression::Template { .. } => Word::Something,
            Expression::Not(inner) => Word::Truth(!prover.is_truthy(word(*inner))),
            Expression::Await(inner) | Expression::Assign { value: inner, .. } => word(*inner),
            Expression::Logical { operator, left, right } => {
                let left = word(*left);
                if self.goes_right(*operator, left) { word(*right) } else { left }
            }
            Expression::Conditional { test, then, otherwise } => {
                word(if prover.is_truthy(word(*test)) { *then } else { *otherwise })
            }
            Expression::Binary { operator: "===" | "==", left, right } => {
                Word::Truth(prover.is_same(word(*left), word(*right)))
            }
            Expression::Binary { operator: "!==" | "!=", left, right } => {
                Word::Truth(!prover.is_same(word(*left), word(*right)))
            }
            Expression::Binary { operator: "+", .. } => Word::Something,
            Expression::Binary { .. } => Word::Truth(false),
            Expression::Call(call) if call.is_new => Word::Something,
            Expression::Call(call) => match (module.expression(call.callee), call.arguments.first()) {
                (Expression::Global(name), Some(first)) if name == "Boolean" => word(first.value),
                _ => Word::Nothing,
            },
            Expression::Binding(_) | Expression::Member { .. } => self.meant(value, far),
            _ => Word::Nothing,
        }
    }

    /// What a name stands for.
    fn meant(&self, value: At<ExpressionId>, far: u8) -> Word {
        let prover = self.prover;
        match prover.program.follow(value, &mut Trail::default()) {
            Meaning::Parameter { binding, path } if path.is_empty() => self.argument(binding, far),
            Meaning::Parameter { path, .. } => self.setting(&path),
            Meaning::Value(meant) if meant != value => self.word(meant, far),
            Meaning::Function(function) => Word::Function(function),
            // A caught error, an enumeration.
            Meaning::Unknown { .. } => match root(prover.program.module(value.file), value.it) {
                Some(root) if prover.program.module(value.file).binding(root).source == Source::Unknown => {
                    Word::Something
                }
                _ => Word::Nothing,
            },
            _ => Word::Nothing,
        }
    }

    /// `allowAnonymous` of `request.routeOptions.config.allowAnonymous`.
    fn setting(&self, path: &[Key]) -> Word {
        let [.., Key::Property(of), Key::Property(name)] = path else { return Word::Nothing };
        let told = self.settings.iter().find(|(told, _)| *told == name && SETTINGS.contains(&of.as_str()));
        told.map_or(Word::Nothing, |(_, word)| *word)
    }

    fn argument(&self, binding: At<BindingId>, far: u8) -> Word {
        let module = self.prover.program.module(binding.file);
        let Source::Parameter { function, index, .. } = module.binding(binding.it).source else { return Word::Nothing };
        let Some(parameter) = module.function(function).parameters.get(index as usize) else { return Word::Nothing };
        if parameter.is_rest {
            return Word::Something;
        }
        let called = self.called.iter().rev().find(|(one, _)| *one == binding.with(function));
        let given = called.and_then(|(_, arguments)| arguments.get(index as usize)).copied().unwrap_or(Word::Unknown);
        match (given, parameter.default) {
            (Word::Nothing | Word::Unknown, Some(default)) => self.word(binding.with(default), far),
            _ => given,
        }
    }
}

/// Where a way goes on that left a loop or a `switch`.
fn landed(flow: Flow) -> Flow {
    if flow == Flow::Jumps { Flow::On } else { flow }
}
