//! What is called when a route is asked: a function, something that a guard is around, or nobody knows.

use std::collections::BTreeSet;

use ops_typescript::module::{
    Argument, Call, Expression, ExpressionId, FunctionId, Key, Name, Property, Span, Statement, StatementKind,
};
use ops_typescript::program::{At, HopKind, Meaning, Trail};
use ops_typescript::tree::FileId;

use super::frame::Frame;
use super::{Proved, Prover, Step};
use crate::result::Proof;
use crate::routes::{ANY, Handler, Route};

/// How many calls deep a wrapper may be built.
const DEPTH: u8 = 12;

/// What is called when a route is asked.
#[derive(Debug, Clone)]
pub(super) enum Callable {
    /// Something that a guard is around.
    Guarded(Vec<Step>),
    /// A function, and where to ask what its surroundings mean.
    Closure(At<FunctionId>, Frame),
    /// One of these, nobody knows which.
    Either(Vec<Callable>),
    /// What comes out of something that cannot be looked into.
    Opaque {
        /// In words: what cannot be looked into.
        why: String,
        /// Where it is used.
        place: At<Span>,
        /// The functions that it was given.
        given: Vec<Callable>,
    },
}

/// What is asked about a function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    /// What the request's method is taken to be, where the function serves several.
    pub(super) method: Option<&'a Name>,
    /// Whether every way through must pass a guard, also one on which nothing happens: what follows a layer does.
    pub(super) always: bool,
}

/// A proof without the files that had a say.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) class: Proof,
    pub(super) chain: Vec<Step>,
    pub(super) reason: Option<String>,
}

impl Shown {
    pub(super) fn new(class: Proof, chain: Vec<Step>, reason: impl Into<Option<String>>) -> Self {
        Self { class, chain, reason: reason.into() }
    }

    fn after(mut self, mut steps: Vec<Step>) -> Self {
        steps.append(&mut self.chain);
        Self { chain: steps, ..self }
    }
}

impl Prover<'_> {
    /// Whether the handler itself is guarded, whatever its router does.
    pub(super) fn prove_handler(&self, route: &Route, files: &mut BTreeSet<FileId>) -> Proved {
        let start = Step { what: format!("{} {}", route.method, route.path), place: route.place };
        let method = Some(&route.method).filter(|method| route.dispatches && *method != ANY);
        let question = Question { method, always: false };
        self.prove_from(&route.handler, start, question, files)
    }

    /// Whether nobody gets through a handler unasked.
    pub(super) fn prove_all_ways(&self, handler: &Handler, place: At<Span>, files: &mut BTreeSet<FileId>) -> Proved {
        let start = Step { what: "the proxy".to_owned(), place };
        self.prove_from(handler, start, Question { method: None, always: true }, files)
    }

    fn prove_from(
        &self,
        handler: &Handler,
        start: Step,
        question: Question<'_>,
        files: &mut BTreeSet<FileId>,
    ) -> Proved {
        let mut trail = Trail::default();
        let frame = Frame::default();
        let callable = match handler {
            Handler::Expression(expression) => self.callable(*expression, &[], &frame, &mut trail),
            Handler::Function(function) => Callable::Closure(*function, frame),
            Handler::Export(file, name) => {
                let meaning = self.program.follow_export(*file, name, &mut trail);
                self.callable_of(meaning, start.place, &frame, &mut trail)
            }
            Handler::Property(expression, name) => {
                self.callable(*expression, &[Key::Property(name.clone())], &frame, &mut trail)
            }
        };
        let here = start.place.file;
        let moved = trail.hops.iter().filter(|hop| hop.at.file != here && hop.kind != HopKind::Imported);
        let mut steps = vec![start];
        steps.extend(moved.map(|hop| Step { what: format!("`{}`", hop.name), place: hop.at }));
        steps.dedup();
        let shown = self.show_callable(&callable, question).after(steps);
        files.extend(trail.files);
        files.extend(shown.chain.iter().map(|step| step.place.file));
        Proved { class: shown.class, chain: shown.chain, reason: shown.reason, files: BTreeSet::new() }
    }

    /// Whether a layer is a guard, or reaches one before it lets the request pass.
    pub(super) fn prove_layer(&self, value: At<ExpressionId>, files: &mut BTreeSet<FileId>) -> Proved {
        let mut trail = Trail::default();
        let frame = Frame::default();
        let shown = match self.chain_guard(value, &frame, 0) {
            Some(steps) => Shown::new(Proof::Wrapped, steps, None),
            None => {
                let callable = self.callable(value, &[], &frame, &mut trail);
                self.show_callable(&callable, Question { method: None, always: true })
            }
        };
        files.extend(trail.files);
        files.extend(shown.chain.iter().map(|step| step.place.file));
        Proved { class: shown.class, chain: shown.chain, reason: shown.reason, files: BTreeSet::new() }
    }

    pub(super) fn show_callable(&self, callable: &Callable, question: Question<'_>) -> Shown {
        match callable {
            Callable::Guarded(steps) => Shown::new(Proof::Wrapped, steps.clone(), None),
            Callable::Closure(function, frame) => self.show_function(*function, frame, question),
            Callable::Either(all) => {
                let shown = all.iter().map(|one| self.show_callable(one, question));
                shown.max_by_key(|one| one.class).unwrap_or_else(|| Shown::new(Proof::Unproven, Vec::new(), None))
            }
            Callable::Opaque { why, place, given } => {
                let step = vec![Step { what: why.clone(), place: *place }];
                let shown: Vec<Shown> = given.iter().map(|one| self.show_callable(one, question)).collect();
                if let Some(guarded) = shown.iter().filter(|one| one.class.is_guarded()).min_by_key(|one| one.class) {
                    return guarded.clone().after(step);
                }
                if !shown.is_empty() && shown.iter().all(|one| one.class == Proof::None) {
                    let reason = format!("no guard is called, and {why}, which is not named as one");
                    return Shown::new(Proof::None, step, reason);
                }
                let reason = shown.into_iter().find_map(|one| one.reason).unwrap_or_else(|| why.clone());
                Shown::new(Proof::Unproven, step, reason)
            }
        }
    }

    /// What is called when the part at `path` of the expression's value is.
    pub(super) fn callable(
        &self,
        expression: At<ExpressionId>,
        path: &[Key],
        frame: &Frame,
        trail: &mut Trail,
    ) -> Callable {
        let meaning = self.program.follow_part(expression, path, trail);
        let place = expression.with(self.program.module(expression.file).span(expression.it));
        self.callable_of(meaning, place, frame, trail)
    }

    fn callable_of(&self, meaning: Meaning, place: At<Span>, frame: &Frame, trail: &mut Trail) -> Callable {
        let opaque = |why: String| Callable::Opaque { why, place, given: Vec::new() };
        if frame.depth() > DEPTH {
            return opaque("it is built by too many calls to follow".to_owned());
        }
        match meaning {
            Meaning::Function(function) => Callable::Closure(function, frame.clone()),
            Meaning::Value(at) => self.callable_value(at, &[], frame, trail),
            Meaning::Part { of, path } => self.callable_value(of, &path, frame, trail),
            Meaning::Parameter { binding, path } => match frame.argument(self.program, binding) {
                Some((argument, caller)) => self.callable(argument, &path, &caller, trail),
                None => opaque("it is a parameter that nobody fills in".to_owned()),
            },
            Meaning::Outside { specifier, path } => opaque(match path.first() {
                Some(Key::Property(name)) => format!("`{name}` comes from `{specifier}`, outside of this repository"),
                _ => format!("it comes from `{specifier}`, outside of this repository"),
            }),
            Meaning::Global { name, .. } => opaque(format!("`{name}` is not declared in this repository")),
            Meaning::Namespace(file) => opaque(format!("it is all that {} exports", self.program.tree().path(file))),
            Meaning::Missing { what } => opaque(what),
            Meaning::Unknown { why } => opaque(why),
        }
    }

    fn callable_value(&self, at: At<ExpressionId>, path: &[Key], frame: &Frame, trail: &mut Trail) -> Callable {
        let module = self.program.module(at.file);
        let place = at.with(module.span(at.it));
        let mut either = |one: ExpressionId, other: ExpressionId| {
            let both = [one, other].map(|side| self.callable(at.with(side), path, frame, trail));
            Callable::Either(both.into())
        };
        match module.expression(at.it) {
            Expression::Function(function) if path.is_empty() => Callable::Closure(at.with(*function), frame.clone()),
            Expression::Call(call) => self.result(at, call, path, frame, trail),
            Expression::Conditional { then, otherwise, .. } => either(*then, *otherwise),
            Expression::Logical { left, right, .. } => either(*left, *right),
            _ => Callable::Opaque { why: "what stands here is no function".to_owned(), place, given: Vec::new() },
        }
    }

    /// What comes out of a call.
    fn result(&self, at: At<ExpressionId>, call: &Call, path: &[Key], frame: &Frame, trail: &mut Trail) -> Callable {
        let module = self.program.module(at.file);
        let place = at.with(module.span(at.it));
        if let Some(steps) = self.call_guard(at, call, frame, 0) {
            return Callable::Guarded(steps);
        }
        // The names that lead to what was given are no part of the way to the handler.
        let given = |trail: &mut Trail| {
            let mut aside = Trail::default();
            let given = self.given(at.file, &call.arguments, path, frame, &mut aside);
            trail.files.extend(aside.files);
            given
        };
        match self.callable(at.with(call.callee), &[], frame, trail) {
            Callable::Guarded(steps) => Callable::Guarded(steps),
            Callable::Closure(function, surroundings) if !surroundings.is_in(function) => {
                let inner = surroundings_for(&surroundings, frame).call(function, at.with(()), &call.arguments);
                let declared = self.program.module(function.file).function(function.it);
                let mut returned = Vec::new();
                returns(&declared.body, &mut returned);
                let results: Vec<Callable> =
                    returned.iter().map(|one| self.callable(function.with(*one), path, &inner, trail)).collect();
                if results.is_empty()
                    || results.iter().all(|one| matches!(one, Callable::Opaque { given, .. } if given.is_empty()))
                {
                    let why = match &declared.name {
                        Some(name) => format!("nobody can tell what `{name}` returns"),
                        None => "nobody can tell what this function returns".to_owned(),
                    };
                    return Callable::Opaque { why, place, given: given(trail) };
                }
                match <[Callable; 1]>::try_from(results) {
                    Ok([only]) => only,
                    Err(many) => Callable::Either(many),
                }
            }
            Callable::Opaque { why, place, given: mut earlier } => {
                earlier.extend(given(trail));
                Callable::Opaque { why, place, given: earlier }
            }
            Callable::Either(_) | Callable::Closure(..) => {
                let why = "nobody can tell which function is called here".to_owned();
                Callable::Opaque { why, place, given: given(trail) }
            }
        }
    }

    /// The functions among the arguments, also in arrays and objects. Where one of a handler's methods was asked for, and an
    /// object has it, only that one.
    fn given(
        &self,
        file: FileId,
        arguments: &[Argument],
        path: &[Key],
        frame: &Frame,
        trail: &mut Trail,
    ) -> Vec<Callable> {
        let mut found = Vec::new();
        for argument in arguments {
            let at = At { file, it: argument.value };
            match self.program.follow(at, trail) {
                Meaning::Value(at) => match self.program.module(at.file).expression(at.it) {
                    Expression::Object(properties) => {
                        self.given_in(at.file, properties, path, frame, trail, &mut found);
                    }
                    Expression::Array(items) => found.extend(self.given(at.file, items, path, frame, trail)),
                    Expression::Function(_) | Expression::Call(_) => {
                        let callable = self.callable(at, &[], frame, trail);
                        found.extend(Some(callable).filter(|one| !is_plain(one)));
                    }
                    _ => {}
                },
                Meaning::Parameter { binding, path } => {
                    if let Some((argument, caller)) = frame.argument(self.program, binding) {
                        let callable = self.callable(argument, &path, &caller, trail);
                        found.extend(Some(callable).filter(|one| !is_plain(one)));
                    }
                }
                Meaning::Function(function) => found.push(Callable::Closure(function, frame.clone())),
                _ => {}
            }
        }
        found
    }

    fn given_in(
        &self,
        file: FileId,
        properties: &[Property],
        path: &[Key],
        frame: &Frame,
        trail: &mut Trail,
        found: &mut Vec<Callable>,
    ) {
        let wanted = properties.iter().filter(|property| {
            let (Some(Key::Property(name)), Some(Key::Property(asked))) = (&property.key, path.first()) else {
                return false;
            };
            name.eq_ignore_ascii_case(asked)
        });
        let wanted: Vec<&Property> = wanted.collect();
        let chosen = if wanted.is_empty() { properties.iter().collect() } else { wanted };
        for property in chosen {
            let callable = self.callable(At { file, it: property.value }, &[], frame, trail);
            found.extend(Some(callable).filter(|one| !is_plain(one)));
        }
    }

    /// The hops to a guard that a call applies: `guard(handler)`, `guard(options)(handler)`, `base.use(guard).query(handler)`,
    /// `compose(log, guard)(handler)`.
    pub(super) fn call_guard(&self, at: At<ExpressionId>, call: &Call, frame: &Frame, depth: u8) -> Option<Vec<Step>> {
        let module = self.program.module(at.file);
        if let Some(steps) = self.as_guard(at.with(call.callee), frame) {
            return Some(steps);
        }
        for argument in &call.arguments {
            if let Some(steps) = self.handed_over(at.with(argument.value), frame, depth) {
                return Some(steps);
            }
        }
        match module.expression(call.callee) {
            Expression::Member { object, .. } => self.chain_guard(at.with(*object), frame, depth + 1),
            Expression::Call(_) => self.chain_guard(at.with(call.callee), frame, depth + 1),
            _ => None,
        }
    }

    /// The hops to the guard that a builder carries: `protectedProcedure`, `app.use(guard)`.
    pub(super) fn chain_guard(&self, expression: At<ExpressionId>, frame: &Frame, depth: u8) -> Option<Vec<Step>> {
        if depth > DEPTH {
            return None;
        }
        if let Some(steps) = self.as_guard(expression, frame) {
            return Some(steps);
        }
        let mut trail = Trail::default();
        let at = match self.program.follow(expression, &mut trail) {
            Meaning::Value(at) | Meaning::Part { of: at, .. } => at,
            _ => return None,
        };
        match self.program.module(at.file).expression(at.it) {
            Expression::Call(call) => {
                let mut steps = self.call_guard(at, call, frame, depth + 1).or_else(|| self.used(at, call, frame))?;
                if at.file != expression.file
                    && let Some(hop) = trail.hops.first()
                {
                    steps.insert(0, Step { what: format!("`{}`", hop.name), place: hop.at });
                }
                Some(steps)
            }
            Expression::Array(items) => {
                items.iter().find_map(|item| self.chain_guard(at.with(item.value), frame, depth + 1))
            }
            _ => None,
        }
    }

    /// A middleware of a builder that reaches a guard before it goes on: `base.use(async ({ next }) => …)`.
    fn used(&self, at: At<ExpressionId>, call: &Call, frame: &Frame) -> Option<Vec<Step>> {
        let Expression::Member { property, .. } = self.program.module(at.file).expression(call.callee) else {
            return None;
        };
        if !matches!(property.as_str(), "use" | "middleware" | "with" | "derive" | "resolve" | "onBeforeHandle") {
            return None;
        }
        let mut trail = Trail::default();
        let given = self.given(at.file, &call.arguments, &[], frame, &mut trail);
        let shown = given.iter().map(|one| self.show_callable(one, Question { method: None, always: true }));
        shown.filter(|one| one.class.is_guarded()).map(|one| one.chain).next()
    }

    /// A guard that is handed over to something that puts it before a handler.
    fn handed_over(&self, argument: At<ExpressionId>, frame: &Frame, depth: u8) -> Option<Vec<Step>> {
        if depth > DEPTH {
            return None;
        }
        let module = self.program.module(argument.file);
        match module.expression(argument.it) {
            Expression::Binding(_) | Expression::Member { .. } => self.as_guard(argument, frame).or_else(|| {
                let mut trail = Trail::default();
                match self.program.follow(argument, &mut trail) {
                    Meaning::Value(at)
                        if matches!(self.program.module(at.file).expression(at.it), Expression::Array(_)) =>
                    {
                        self.handed_over(at, frame, depth + 1)
                    }
                    _ => None,
                }
            }),
            Expression::Call(call) if self.has_no_function(argument.file, call) => {
                self.as_guard(argument.with(call.callee), frame)
            }
            Expression::Array(items) => {
                items.iter().find_map(|item| self.handed_over(argument.with(item.value), frame, depth + 1))
            }
            Expression::Object(properties) => properties.iter().find_map(|property| {
                let Some(Key::Property(name)) = &property.key else { return None };
                if !is_place_for_guards(name) {
                    return None;
                }
                self.handed_over(argument.with(property.value), frame, depth + 1)
            }),
            _ => None,
        }
    }

    /// Whether a call gets no function: then it makes a guard, and is none around a handler.
    fn has_no_function(&self, file: FileId, call: &Call) -> bool {
        let module = self.program.module(file);
        !call.arguments.iter().any(|argument| matches!(module.expression(argument.value), Expression::Function(_)))
    }
}

/// Where a closure's own surroundings are unknown, those of its call help.
fn surroundings_for(closure: &Frame, caller: &Frame) -> Frame {
    if closure.depth() >= caller.depth() { closure.clone() } else { caller.clone() }
}

/// Names under which frameworks take what runs before a handler.
fn is_place_for_guards(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["middleware", "guard", "before", "prehandler", "onrequest", "hooks", "auth", "protect", "session", "use"]
        .iter()
        .any(|part| name.contains(part))
}

/// Whether there is no function in it.
fn is_plain(callable: &Callable) -> bool {
    match callable {
        Callable::Opaque { given, .. } => given.iter().all(is_plain),
        Callable::Either(all) => all.iter().all(is_plain),
        Callable::Guarded(_) | Callable::Closure(..) => false,
    }
}

/// The expressions that a function returns.
pub(super) fn returns(body: &[Statement], found: &mut Vec<ExpressionId>) {
    for statement in body {
        match &statement.kind {
            StatementKind::Return(Some(value)) => found.push(*value),
            StatementKind::If { then, otherwise, .. } => {
                returns(then, found);
                returns(otherwise, found);
            }
            StatementKind::Block(body) | StatementKind::Loop { body, .. } => returns(body, found),
            StatementKind::Switch { cases, .. } => cases.iter().for_each(|case| returns(&case.body, found)),
            StatementKind::Try { body, handler, finalizer } => {
                returns(body, found);
                returns(handler.as_deref().unwrap_or_default(), found);
                returns(finalizer, found);
            }
            _ => {}
        }
    }
}
