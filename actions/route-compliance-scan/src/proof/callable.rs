//! What is called when a route is asked: a function, something that a guard is around, or nobody knows.

use std::rc::Rc;

use ops_typescript::module::{
    Argument, Call, Expression, ExpressionId, FunctionId, Key, Property, Span, Statement, StatementKind,
};
use ops_typescript::program::{At, Meaning, Trail};
use ops_typescript::tree::FileId;

use super::chain::Applied;
use super::frame::Frame;
use super::instance::Method;
use super::{Prover, Step, fuel};

/// How many calls after each other are looked at for what they were given: `f(one).g(other)`.
const LENGTH: u8 = 32;

/// What is called when a route is asked.
#[derive(Debug, Clone)]
pub(super) enum Callable {
    /// Something that a guard is around.
    Guarded(Vec<Step>),
    /// Something that a guard is around which an option makes let anybody pass: the hops to the guard, and the option.
    Opened(Vec<Step>),
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
        /// The call that it comes out of.
        made: Option<Made>,
        /// Whether it should be in the repository, and isn't.
        is_lost: bool,
    },
}

/// A call of which nobody can tell what comes out: what it was given may be called all the same.
#[derive(Debug, Clone)]
pub(super) struct Made {
    call: At<ExpressionId>,
    /// The part of its outcome that is asked for.
    path: Vec<Key>,
    frame: Frame,
    /// The call that its callee comes out of, if nobody can tell what comes out of that either.
    earlier: Option<Rc<Made>>,
}

impl Prover<'_> {
    /// What is called when the part at `path` of the expression's value is.
    pub(super) fn callable(
        &self,
        expression: At<ExpressionId>,
        path: &[Key],
        frame: &Frame,
        trail: &mut Trail,
    ) -> Callable {
        let meaning = self.program.follow_part(expression, path, trail);
        if let Some(method) = self.callable_method(expression, &meaning, frame) {
            return method;
        }
        let place = expression.with(self.program.module(expression.file).span(expression.it));
        self.callable_of(meaning, place, frame, trail)
    }

    pub(super) fn callable_of(&self, meaning: Meaning, place: At<Span>, frame: &Frame, trail: &mut Trail) -> Callable {
        let opaque = |why: String| Callable::Opaque { why, place, made: None, is_lost: false };
        if frame.is_too_deep() || !fuel::step() {
            return opaque("it is built by too many calls to follow".to_owned());
        }
        match meaning {
            Meaning::Function(function) => Callable::Closure(function, frame.clone()),
            Meaning::Value(at) => self.callable_value(at, &[], frame, trail),
            Meaning::Part { of, path } => {
                let method = self.callable_method(of, &Meaning::Part { of, path: path.clone() }, frame);
                method.unwrap_or_else(|| self.callable_value(of, &path, frame, trail))
            }
            Meaning::Parameter { binding, path } => match frame.argument(self.program, binding) {
                Some((argument, caller)) => self.callable(argument, &path, &caller.in_arguments_of(frame), trail),
                None => opaque("it is a parameter that nobody fills in".to_owned()),
            },
            Meaning::Outside { specifier, path } => opaque(match path.first() {
                Some(Key::Property(name)) => format!("`{name}` comes from `{specifier}`, outside of this repository"),
                _ => format!("it comes from `{specifier}`, outside of this repository"),
            }),
            Meaning::Global { name, .. } => opaque(format!("`{name}` is not declared in this repository")),
            Meaning::Namespace(file) => opaque(format!("it is all that {} exports", self.program.tree().path(file))),
            Meaning::Missing { what } => Callable::Opaque { why: what, place, made: None, is_lost: true },
            Meaning::Unknown { why } => opaque(why),
        }
    }

    /// The method that is called, or one of those that may be.
    fn callable_method(&self, callee: At<ExpressionId>, meaning: &Meaning, frame: &Frame) -> Option<Callable> {
        let place = callee.with(self.span(callee));
        let mut all = self.methods(callee, meaning, frame).into_iter().map(|method| match method {
            Some(Method { function, of }) => Callable::Closure(function, frame.of(of)),
            None => {
                let why = "nobody can tell which class' method is called here".to_owned();
                Callable::Opaque { why, place, made: None, is_lost: false }
            }
        });
        let first = all.next()?;
        let others: Vec<Callable> = all.collect();
        Some(if others.is_empty() { first } else { Callable::Either([vec![first], others].concat()) })
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
            Expression::Index { object, .. } => self.one_of_table(at.with(*object), place, path, frame, trail),
            _ => {
                let why = "what stands here is no function".to_owned();
                Callable::Opaque { why, place, made: None, is_lost: false }
            }
        }
    }

    /// One of the functions in an object, nobody knows which: `handlers[request.method]`.
    fn one_of_table(
        &self,
        table: At<ExpressionId>,
        place: At<Span>,
        path: &[Key],
        frame: &Frame,
        trail: &mut Trail,
    ) -> Callable {
        let why = "nobody can tell which function is chosen here".to_owned();
        let opaque = Callable::Opaque { why, place, made: None, is_lost: false };
        let Meaning::Value(table) = self.program.follow(table, trail) else { return opaque };
        match self.program.module(table.file).expression(table.it) {
            Expression::Object(rows) if !rows.is_empty() && rows.iter().all(|row| row.key.is_some()) => {
                let rows = rows.iter().map(|row| self.callable(table.with(row.value), path, frame, trail));
                Callable::Either(rows.collect())
            }
            _ => opaque,
        }
    }

    /// What comes out of a call.
    fn result(&self, at: At<ExpressionId>, call: &Call, path: &[Key], frame: &Frame, trail: &mut Trail) -> Callable {
        let module = self.program.module(at.file);
        let place = at.with(module.span(at.it));
        if let Some(Applied { steps, opened }) = self.call_guard(at, call, frame, 0) {
            return match opened {
                Some(step) => Callable::Opened([steps, vec![step]].concat()),
                None => Callable::Guarded(steps),
            };
        }
        let made = |earlier: Option<Made>| {
            Some(Made { call: at, path: path.to_vec(), frame: frame.clone(), earlier: earlier.map(Rc::new) })
        };
        match self.callable(at.with(call.callee), &[], frame, trail) {
            around @ (Callable::Guarded(_) | Callable::Opened(_)) => around,
            Callable::Closure(function, surroundings) if !surroundings.is_in(function) => {
                let around = surroundings_for(&surroundings, frame).in_arguments_of(frame);
                let inner = around.call(function, at.with(()), &call.arguments);
                let declared = self.program.module(function.file).function(function.it);
                let mut returned = Vec::new();
                returns(&declared.body, &mut returned);
                let results: Vec<Callable> =
                    returned.iter().map(|one| self.callable(function.with(*one), path, &inner, trail)).collect();
                if results.iter().all(|one| self.is_unknown(one)) {
                    let why = match &declared.name {
                        Some(name) => format!("nobody can tell what `{name}` returns"),
                        None => "nobody can tell what this function returns".to_owned(),
                    };
                    return Callable::Opaque { why, place, made: made(None), is_lost: false };
                }
                match <[Callable; 1]>::try_from(results) {
                    Ok([only]) => only,
                    Err(many) => Callable::Either(many),
                }
            }
            Callable::Opaque { why, place, made: earlier, is_lost } => {
                Callable::Opaque { why, place, made: made(earlier), is_lost }
            }
            Callable::Either(_) | Callable::Closure(..) => {
                let why = "nobody can tell which function is called here".to_owned();
                Callable::Opaque { why, place, made: made(None), is_lost: false }
            }
        }
    }

    /// The functions that were given on the way to something unknown: `f(one)(other)`, `f.g(one).h(other)`.
    pub(super) fn given_to(&self, made: &Made, trail: &mut Trail) -> Vec<Callable> {
        self.given_over(made, LENGTH, trail)
    }

    fn given_over(&self, made: &Made, left: u8, trail: &mut Trail) -> Vec<Callable> {
        let Made { call: at, path, frame, earlier } = made;
        let Expression::Call(call) = self.program.module(at.file).expression(at.it) else { return Vec::new() };
        let mut given = match earlier {
            Some(earlier) if left > 0 => self.given_over(earlier, left - 1, trail),
            _ => Vec::new(),
        };
        // The names that lead to what was given are no part of the way to the handler.
        let mut aside = trail.aside();
        given.extend(self.given(at.file, &call.arguments, path, frame, &mut aside));
        trail.files.extend(aside.files);
        given
    }

    /// The functions among the arguments, also in arrays and objects. Where one of a handler's methods was asked for, and an
    /// object has it, only that one.
    pub(super) fn given(
        &self,
        file: FileId,
        arguments: &[Argument],
        path: &[Key],
        frame: &Frame,
        trail: &mut Trail,
    ) -> Vec<Callable> {
        let mut found = Vec::new();
        let frame = &frame.in_arguments();
        if frame.is_too_deep() {
            return found;
        }
        for argument in arguments.iter().take_while(|_| fuel::step()) {
            let at = At { file, it: argument.value };
            match self.program.follow(at, trail) {
                Meaning::Value(at) => match self.program.module(at.file).expression(at.it) {
                    Expression::Object(properties) => {
                        self.given_in(at.file, properties, path, frame, trail, &mut found);
                    }
                    Expression::Array(items) => found.extend(self.given(at.file, items, path, frame, trail)),
                    Expression::Call(_) if self.is_inert(at) => {}
                    Expression::Function(_) | Expression::Call(_) => {
                        found.push(self.callable(at, &[], frame, trail));
                    }
                    _ => {}
                },
                Meaning::Parameter { binding, path } => {
                    if let Some((argument, caller)) = frame.argument(self.program, binding) {
                        found.push(self.callable(argument, &path, &caller.in_arguments_of(frame), trail));
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
        let others = || properties.iter().filter(|one| !is_told(one)).collect();
        let chosen = if wanted.is_empty() { others() } else { wanted };
        let values = chosen.into_iter().map(|property| At { file, it: property.value });
        for value in values.filter(|value| !self.is_inert(*value)) {
            found.push(self.callable(value, &[], frame, trail));
        }
    }

    /// Whether nobody knows what it is, and it was given no function.
    fn is_unknown(&self, callable: &Callable) -> bool {
        match callable {
            Callable::Opaque { made, .. } => {
                let given = |made| self.given_to(made, &mut Trail::unread());
                made.as_ref().is_none_or(|made| given(made).iter().all(|one| self.is_unknown(one)))
            }
            Callable::Either(all) => all.iter().all(|one| self.is_unknown(one)),
            Callable::Guarded(_) | Callable::Opened(_) | Callable::Closure(..) => false,
        }
    }
}

/// Where a closure's own surroundings are unknown, those of its call help.
fn surroundings_for(closure: &Frame, caller: &Frame) -> Frame {
    if closure.depth() >= caller.depth() { closure.clone() } else { caller.clone() }
}

/// Whether a function is only told what happened: `onError`.
fn is_told(property: &Property) -> bool {
    let Some(Key::Property(name)) = &property.key else { return false };
    name.strip_prefix("on").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
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
