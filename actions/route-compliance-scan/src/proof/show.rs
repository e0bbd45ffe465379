//! Whether what is called when a route is asked passes a guard.

use std::collections::BTreeSet;
use std::sync::Arc;

use ops_typescript::module::{Expression, ExpressionId, Key, Name, Source, Span};
use ops_typescript::program::{At, Hop, HopKind, Meaning, Trail};
use ops_typescript::tree::FileId;

use super::callable::Callable;
use super::chain::Applied;
use super::frame::Frame;
use super::{Proved, Prover, Step, fuel};
use crate::result::Proof;
use crate::routes::{ANY, Handler, Route};

/// What is asked about a function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    /// What the request's method is taken to be, where the function serves several.
    pub(super) method: Option<&'a Name>,
    /// Whether every way through must pass a guard, also one on which nothing happens: what follows a layer does.
    pub(super) always: bool,
    /// Whether a request goes on by itself where nothing is answered, as after a hook of Fastify.
    pub(super) goes_on: bool,
    /// The file that it is asked for, which needs not be named.
    pub(super) home: FileId,
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
        let question = Question { method, always: false, goes_on: false, home: route.place.file };
        self.prove_from(&route.handler, start, question, files)
    }

    /// Whether nobody gets through a handler unasked.
    pub(super) fn prove_all_ways(&self, handler: &Handler, place: At<Span>, files: &mut BTreeSet<FileId>) -> Proved {
        let start = Step { what: "the proxy".to_owned(), place };
        self.prove_from(handler, start, Question { method: None, always: true, goes_on: true, home: place.file }, files)
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
            Handler::Framework => {
                let reason = Some("no guard is called: the framework itself answers".to_owned());
                return Proved { class: Proof::None, chain: vec![start], reason, files: BTreeSet::new() };
            }
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
        let mut shown = self.show_callable(&callable, question, &mut trail).after(steps);
        if shown.class.is_guarded()
            && let Some(written) = trail.hops.iter().find_map(|hop| self.written_later(hop))
        {
            shown.reason = Some(written.what.clone());
            shown.chain.push(written);
            shown.class = Proof::Unproven;
        }
        files.extend(trail.files);
        files.extend(shown.chain.iter().map(|step| step.place.file));
        Proved { class: shown.class, chain: shown.chain, reason: shown.reason, files: BTreeSet::new() }
    }

    /// Where a property of an object that was passed on the way is written to: `table.POST = open`.
    fn written_later(&self, hop: &Hop) -> Option<Step> {
        if hop.kind != HopKind::Declared || hop.rest.is_empty() {
            return None;
        }
        let module = self.program.module(hop.at.file);
        module.expressions().find_map(|(id, expression)| {
            let Expression::Assign { target, .. } = expression else { return None };
            let (Expression::Member { object, .. } | Expression::Index { object, .. }) = module.expression(*target)
            else {
                return None;
            };
            let Expression::Binding(binding) = module.expression(*object) else { return None };
            let is_meant = module.binding(*binding).span == hop.at.it;
            let place = hop.at.with(module.span(id));
            is_meant.then(|| Step { what: format!("a property of `{}` is written to", hop.name), place })
        })
    }

    /// Whether a layer is a guard, or reaches one before it lets the request pass.
    pub(super) fn prove_layer(&self, value: At<ExpressionId>, goes_on: bool) -> Arc<Proved> {
        let shown = |shown: Shown, files| {
            Arc::new(Proved { class: shown.class, chain: shown.chain, reason: shown.reason, files }.unless_spent())
        };
        let circle = || shown(Shown::new(Proof::Unproven, Vec::new(), None), BTreeSet::new());
        let work = || {
            let mut trail = Trail::default();
            fuel::apart(|| shown(self.show_layer(value, goes_on, &mut trail), trail.files.into_iter().collect()))
        };
        self.reach.layers.ask((value, goes_on), circle, work)
    }

    fn show_layer(&self, value: At<ExpressionId>, goes_on: bool, trail: &mut Trail) -> Shown {
        let frame = Frame::default();
        match self.chain_guard(value, &frame, 0) {
            Some(Applied { steps, opened: Some(step) }) => opened([steps, vec![step]].concat()),
            Some(Applied { steps, opened: None }) => Shown::new(Proof::Wrapped, steps, None),
            None => match self.of_named_list(value) {
                Some(step) => Shown::new(Proof::Wrapped, vec![step], None),
                None => {
                    let callable = self.callable(value, &[], &frame, trail);
                    self.show_callable(
                        &callable,
                        Question { method: None, always: true, goes_on, home: value.file },
                        trail,
                    )
                }
            },
        }
    }

    /// The list that a layer stands in, if the policy names it: `app.use(...protectedMiddleware)`.
    fn of_named_list(&self, layer: At<ExpressionId>) -> Option<Step> {
        let module = self.program.module(layer.file);
        let holds = |expression: &Expression| matches!(expression, Expression::Array(items) if items.iter().any(|item| item.value == layer.it));
        let (list, _) = module.expressions().find(|(_, expression)| holds(expression))?;
        let is_list = |source: &Source| matches!(source, Source::Value { initial: Some(initial), path } if path.is_empty() && *initial == list);
        let (_, binding) = module.bindings().find(|(_, binding)| binding.is_constant && is_list(&binding.source))?;
        let guard = self.guards.iter().find(|guard| guard.is_declared_as(self.program, layer.with(&binding.name)))?;
        Some(Step { what: format!("the guard `{}`", guard.text), place: layer.with(binding.span) })
    }

    /// What puts guards before the routes of a router that it gets, if the policy names it: `withJwt(app)`,
    /// `app.register(jwt)`.
    pub(super) fn prove_setup(&self, call: At<ExpressionId>) -> Option<Proved> {
        let Expression::Call(made) = self.program.module(call.file).expression(call.it) else { return None };
        let plugin = made.arguments.first().map(|argument| argument.value);
        let named = |it: ExpressionId| self.as_guard(call.with(it), &Frame::default());
        let steps = named(made.callee).or_else(|| named(plugin?))?;
        let shown = match self.opened_by(call.with(()), made, &Frame::default()) {
            Some(step) => opened([steps, vec![step]].concat()),
            None => Shown::new(Proof::Router, steps, None),
        };
        Some(Proved { class: shown.class, chain: shown.chain, reason: shown.reason, files: BTreeSet::new() })
    }

    /// What a chain starts at, where that should be in the repository and isn't: `lost.input(schema).query`.
    pub(super) fn lost(&self, value: At<ExpressionId>) -> Option<Step> {
        let value = self.start(value);
        match self.program.meaning(value) {
            Meaning::Missing { what } => Some(Step { what, place: value.with(self.span(value)) }),
            Meaning::Value(at) if at.file != value.file => self.lost(at),
            _ => None,
        }
    }

    pub(super) fn show_callable(&self, callable: &Callable, question: Question<'_>, trail: &mut Trail) -> Shown {
        self.show_functions(callable, question, trail).unwrap_or_else(|| unknown(callable))
    }

    /// Nothing where there is no function that it may be, or that it was given.
    fn show_functions(&self, callable: &Callable, question: Question<'_>, trail: &mut Trail) -> Option<Shown> {
        match callable {
            Callable::Guarded(steps) => Some(Shown::new(Proof::Wrapped, steps.clone(), None)),
            Callable::Opened(steps) => Some(opened(steps.clone())),
            Callable::Closure(function, frame) => Some(self.show_function(*function, frame, question)),
            Callable::Either(all) => {
                let shown: Vec<Option<Shown>> =
                    all.iter().map(|one| self.show_functions(one, question, trail)).collect();
                shown.iter().any(Option::is_some).then_some(())?;
                let shown = shown.into_iter().zip(all).map(|(shown, one)| shown.unwrap_or_else(|| unknown(one)));
                shown.max_by_key(|one| one.class)
            }
            Callable::Opaque { why, place, made, is_lost } => {
                let step = vec![Step { what: why.clone(), place: *place }];
                let given = self.given_to(made.as_ref()?, trail);
                let shown: Vec<Shown> =
                    given.iter().filter_map(|one| self.show_functions(one, question, trail)).collect();
                let guarded = shown.iter().filter(|one| one.class.is_guarded());
                if guarded.clone().count() == shown.len() {
                    return Some(guarded.max_by_key(|one| one.class)?.clone().after(step));
                }
                if guarded.count() > 0 {
                    let reason = format!("not every function that is handed over asks a guard, and {why}");
                    return Some(Shown::new(Proof::Unproven, step, reason));
                }
                if *is_lost {
                    return Some(Shown::new(Proof::Unproven, step, why.clone()));
                }
                if shown.iter().all(|one| one.class == Proof::None) {
                    let reason = format!("no guard is called, and {why}, which is not named as one");
                    return Some(Shown::new(Proof::None, step, reason));
                }
                match shown.into_iter().find(|one| one.class == Proof::Unproven) {
                    Some(doubtful) => Some(doubtful.after(step)),
                    None => Some(Shown::new(Proof::Unproven, step, why.clone())),
                }
            }
        }
    }
}

/// What is said of something around which the guard lets anybody pass.
fn opened(steps: Vec<Step>) -> Shown {
    let reason = steps.last().map(|step| step.what.clone());
    Shown::new(Proof::Unproven, steps, reason)
}

/// What is said of something that is no function, and was given none.
fn unknown(callable: &Callable) -> Shown {
    match callable {
        Callable::Opaque { why, place, .. } => {
            Shown::new(Proof::Unproven, vec![Step { what: why.clone(), place: *place }], why.clone())
        }
        _ => Shown::new(Proof::Unproven, Vec::new(), None),
    }
}
