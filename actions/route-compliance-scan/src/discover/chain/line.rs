//! All that happens to an application, its routers among it, in one line; and the routes that come of it.

use std::collections::BTreeSet;

use ops_typescript::module::{Expression, ExpressionId, Span};
use ops_typescript::program::At;

use super::receiver::Made;
use super::{Answer, Engine, Event, Origin, Pattern, Registered, Registration, Scope, Scoped};
use crate::routes::{Handler, Layer, LayerKind, Route};

/// How many routers are put into each other.
const DEPTH: usize = 32;

/// Where in the application something happens.
#[derive(Clone, Default)]
struct Situation {
    base: Pattern,
    /// Which child of which child; only of frameworks whose middlewares stay in theirs.
    child: Vec<u32>,
    conditions: Vec<At<Span>>,
    scope: Scope,
}

impl Situation {
    /// In a new child.
    fn child(&self, line: &mut Line) -> Self {
        let mut inner = self.clone();
        inner.child.push(line.children);
        line.children += 1;
        inner
    }
}

struct Entry {
    child: Vec<u32>,
    conditions: Vec<At<Span>>,
    kind: Kind,
}

enum Kind {
    Use {
        paths: Vec<Pattern>,
        values: Vec<Scoped>,
        except: Vec<Pattern>,
    },
    /// A function got the application below this path.
    Setup {
        base: Pattern,
        call: At<ExpressionId>,
    },
    Route(Answer),
}

#[derive(Default)]
struct Line {
    entries: Vec<Entry>,
    /// The routers on the way to here.
    stack: Vec<Origin>,
    /// All that were put in.
    reached: BTreeSet<Origin>,
    children: u32,
}

impl Line {
    fn set_up(&mut self, call: At<ExpressionId>, at: &Situation) {
        let kind = Kind::Setup { base: at.base.clone(), call };
        self.entries.push(Entry { child: at.child.clone(), conditions: at.conditions.clone(), kind });
    }
}

impl Engine<'_> {
    /// The routes of all applications that are in no other one. Those that are only in each other count as well.
    pub(super) fn all_lines(&self) -> Vec<Route> {
        let origins: Vec<Origin> = self.registrations.borrow().keys().copied().collect();
        let stands_alone = |origin: &Origin| match origin {
            Origin::Made(_) => true,
            Origin::Parameter(binding) => self.is_app(*binding),
        };
        let lines: Vec<(Origin, Line)> =
            origins.into_iter().filter(stands_alone).map(|origin| (origin, self.line(origin))).collect();
        let held: BTreeSet<Origin> = lines.iter().flat_map(|(_, line)| line.reached.iter().copied()).collect();
        let (roots, held): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(origin, _)| !held.contains(origin));
        let mut shown: BTreeSet<Origin> = BTreeSet::new();
        let mut routes = Vec::new();
        for (origin, line) in roots.into_iter().chain(held) {
            if shown.insert(origin) {
                shown.extend(&line.reached);
                self.routes_of(&line, &mut routes);
            }
        }
        routes
    }

    /// Whether something is registered on it, or it is made here.
    pub(super) fn is_known(&self, origin: Origin) -> bool {
        matches!(origin, Origin::Made(_)) || !self.registrations(origin).is_empty()
    }

    fn is_app(&self, binding: At<ops_typescript::module::BindingId>) -> bool {
        let module = self.program.module(binding.file);
        let ops_typescript::module::Source::Parameter { function, index, .. } = module.binding(binding.it).source
        else {
            return false;
        };
        let parameters = &module.function(function).parameters;
        let parameter = usize::try_from(index).ok().and_then(|index| parameters.get(index));
        // Where the type stands elsewhere, the name is all there is.
        let type_text = parameter.and_then(|one| one.type_text.as_ref());
        (self.dialect.is_app_type)(type_text.unwrap_or(&module.binding(binding.it).name))
    }

    fn line(&self, origin: Origin) -> Line {
        let mut line = Line::default();
        self.add(origin, &Situation::default(), &mut line);
        line
    }

    fn add(&self, origin: Origin, at: &Situation, line: &mut Line) {
        if line.stack.contains(&origin) || line.stack.len() > DEPTH {
            return;
        }
        if !line.stack.is_empty() {
            line.reached.insert(origin);
        }
        line.stack.push(origin);
        if let Origin::Made(made) = origin
            && let Some(Made::Inside(function, receiver)) = self.factory(made)
            && let Expression::Call(call) = self.program.module(made.file).expression(made.it)
        {
            let arguments = call.arguments.iter().map(|argument| at.scope.see(made.with(argument.value))).collect();
            let scope = at.scope.inside(function, arguments);
            self.add(receiver.origin, &Situation { scope, ..at.clone() }, line);
        }
        for registration in self.registrations(origin).iter() {
            let mut here = at.clone();
            let conditions = registration.standing.conditions.iter();
            here.conditions.extend(conditions.map(|span| registration.call.with(*span)));
            // Of two files that import the application nobody knows which runs first, so each is a condition of its own.
            if registration.call.file != origin.file() && !self.dialect.reaches_back {
                here.conditions.push(registration.call.with(Span::default()));
            }
            for scope in self.rounds(registration, &at.scope) {
                self.happen(registration, &Situation { scope, ..here.clone() }, line);
            }
        }
        line.stack.pop();
    }

    /// Once, or once for each item of a list.
    fn rounds(&self, registration: &Registration, scope: &Scope) -> Vec<Scope> {
        let Some((function, list)) = registration.standing.each else { return vec![scope.clone()] };
        let list = scope.see(registration.call.with(list));
        let Some((at, Expression::Array(items), inner)) = self.expression(&list) else { return vec![scope.clone()] };
        let function = registration.call.with(function);
        let rounds = items.iter().map(|item| scope.inside(function, vec![inner.see(at.with(item.value))]));
        rounds.collect()
    }

    fn happen(&self, registration: &Registration, at: &Situation, line: &mut Line) {
        match &registration.what {
            Registered::Given(function, index) => {
                let Expression::Call(call) =
                    self.program.module(registration.call.file).expression(registration.call.it)
                else {
                    return;
                };
                let parameters = &self.program.module(function.file).function(function.it).parameters;
                let Some(binding) = parameters.get(*index).and_then(|parameter| parameter.binding) else { return };
                let arguments = call.arguments.iter().map(|one| at.scope.see(registration.call.with(one.value)));
                let scope = at.scope.inside(*function, arguments.collect());
                line.set_up(registration.call, at);
                self.add(Origin::Parameter(function.with(binding)), &Situation { scope, ..at.clone() }, line);
            }
            Registered::Verb(_) => {
                let mut base = at.base.clone();
                for call in &registration.prefixes {
                    base = self.longer(&base, *call, &at.scope);
                }
                let inner = Situation { base, ..at.clone() };
                for event in (self.dialect.read)(self, registration, &at.scope) {
                    if matches!(event, Event::Plugin { is_child: false, .. }) {
                        line.set_up(registration.call, &inner);
                    }
                    self.take(event, &inner, line);
                }
            }
        }
    }

    fn longer(&self, base: &Pattern, call: At<ExpressionId>, scope: &Scope) -> Pattern {
        let Expression::Call(made) = self.program.module(call.file).expression(call.it) else { return base.clone() };
        let Some(first) = made.arguments.first() else { return base.clone() };
        let paths = self.certain_paths(&scope.see(call.with(first.value)));
        paths.last().map_or_else(|| base.clone(), |path| path.below(base))
    }

    fn take(&self, event: Event, at: &Situation, line: &mut Line) {
        let below = |paths: Vec<Pattern>| paths.iter().map(|path| path.below(&at.base)).collect();
        let kind = match event {
            Event::Use { paths, values, except } => Kind::Use { paths: below(paths), values, except: below(except) },
            Event::Route(answer) => Kind::Route(Answer { paths: below(answer.paths), ..answer }),
            Event::Mount { path, what } => {
                if let Some((receiver, scope)) = self.router(&what) {
                    let base = path.below(&at.base);
                    self.add(receiver.origin, &Situation { base, scope, ..at.clone() }, line);
                }
                return;
            }
            Event::Child(events) => {
                let inner = at.child(line);
                for event in events {
                    self.take(event, &inner, line);
                }
                return;
            }
            Event::Plugin { path, function, arguments, is_child } => {
                let parameters = &self.program.module(function.file).function(function.it).parameters;
                let Some(binding) = parameters.first().and_then(|parameter| parameter.binding) else { return };
                let mut inner = if is_child { at.child(line) } else { at.clone() };
                inner.scope = at.scope.inside(function, arguments);
                if is_child {
                    inner.base = path.below(&at.base);
                }
                self.add(Origin::Parameter(function.with(binding)), &inner, line);
                return;
            }
        };
        line.entries.push(Entry { child: at.child.clone(), conditions: at.conditions.clone(), kind });
    }

    fn routes_of(&self, line: &Line, routes: &mut Vec<Route>) {
        for (number, entry) in line.entries.iter().enumerate() {
            let Kind::Route(Answer { methods, paths, layers, handler, settings, place }) = &entry.kind else {
                continue;
            };
            for path in paths {
                let mut all = self.before(line, number, entry, path);
                let own = layers.iter().map(|value| Layer { kind: LayerKind::Route, value: self.outermost(value) });
                all.extend(own);
                let handler = handler.as_ref().map(|handler| Handler::Expression(self.outermost(handler)));
                let handler = handler.unwrap_or(Handler::Framework);
                let settings = settings.as_ref().map(|settings| self.outermost(settings));
                routes.extend(methods.iter().map(|method| Route {
                    layers: all.clone(),
                    settings,
                    ..Route::new(self.dialect.framework, path.to_path(), method.clone(), *place, handler.clone())
                }));
            }
        }
    }

    /// The middlewares that stand before a route for certain.
    fn before(&self, line: &Line, number: usize, route: &Entry, path: &Pattern) -> Vec<Layer> {
        let mut found = Vec::new();
        for (earlier, entry) in line.entries.iter().enumerate() {
            let is_in_time = earlier < number || (self.dialect.reaches_back && entry.child == route.child);
            let is_before = is_in_time
                && route.child.starts_with(&entry.child)
                && entry.conditions.iter().all(|condition| route.conditions.contains(condition));
            match &entry.kind {
                Kind::Use { paths, values, except }
                    if is_before
                        && paths.iter().any(|one| one.covers(path))
                        && !except.iter().any(|one| one.may_meet(path)) =>
                {
                    let values = values.iter().map(|value| self.outermost(value));
                    found.extend(values.map(|value| Layer { kind: LayerKind::Router, value }));
                }
                Kind::Setup { base, call } if is_before && Pattern::everything().below(base).covers(path) => {
                    found.push(Layer { kind: LayerKind::Setup, value: *call });
                }
                _ => {}
            }
        }
        found
    }
}
