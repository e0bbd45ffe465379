//! What the calls of all frameworks have in common: lists of middlewares with a handler at their end.

use ops_typescript::module::{Expression, Name, Span};
use ops_typescript::program::{At, Meaning};

use super::{Answer, Engine, Event, Pattern, Registered, Registration, Scope, Scoped};
use crate::routes::ANY;

/// How deep lists lie in lists.
const DEPTH: u8 = 8;

impl Engine<'_> {
    /// The arguments; spread lists are their items.
    pub(in super::super) fn arguments(&self, registration: &Registration, scope: &Scope) -> Vec<Scoped> {
        let call = registration.call;
        let Expression::Call(made) = self.program.module(call.file).expression(call.it) else { return Vec::new() };
        let values = made.arguments.iter().map(|one| (scope.see(call.with(one.value)), !one.is_spread));
        self.expand(values.collect(), DEPTH)
    }

    /// Lists are their items, also in lists.
    pub(in super::super) fn flattened(&self, values: Vec<Scoped>) -> Vec<Scoped> {
        self.expand(values.into_iter().map(|value| (value, false)).collect(), DEPTH)
    }

    /// Lists are their items, but those that are marked to stay.
    pub(in super::super) fn expanded(&self, values: Vec<(Scoped, bool)>) -> Vec<Scoped> {
        self.expand(values, DEPTH)
    }

    fn expand(&self, values: Vec<(Scoped, bool)>, depth: u8) -> Vec<Scoped> {
        let mut found = Vec::with_capacity(values.len());
        for (value, stays) in values {
            if stays || depth == 0 {
                found.push(value);
                continue;
            }
            let items = match self.expression(&value) {
                Some((at, Expression::Array(items), scope)) => Some((at, items.as_ref(), scope)),
                // What a factory makes of a list is spread as the list.
                Some((at, Expression::Call(call), scope)) if self.is_handlers(at, call) => {
                    Some((at, &*call.arguments, scope))
                }
                _ => None,
            };
            match items {
                Some((at, items, scope)) => {
                    let items = items.iter().map(|item| (scope.see(at.with(item.value)), false));
                    found.extend(self.expand(items.collect(), depth - 1));
                }
                None => found.push(value),
            }
        }
        found
    }

    /// `factory.createHandlers(…)`
    fn is_handlers(&self, at: At<ops_typescript::module::ExpressionId>, call: &ops_typescript::module::Call) -> bool {
        let callee = self.program.module(at.file).expression(call.callee);
        matches!(callee, Expression::Member { property, .. } if property == "createHandlers")
    }

    /// The value of a property, of an object that is written somewhere.
    pub(in super::super) fn field(&self, value: &Scoped, name: &str) -> Option<Scoped> {
        let (at, Expression::Object(properties), scope) = self.expression(value)? else { return None };
        for property in properties.iter().rev() {
            match &property.key {
                Some(ops_typescript::module::Key::Property(key)) if key == name => {
                    return Some(scope.see(at.with(property.value)));
                }
                None => {
                    if let Some(found) = self.field(&scope.see(at.with(property.value)), name) {
                        return Some(found);
                    }
                }
                Some(_) => {}
            }
        }
        None
    }

    /// The route of a list of middlewares with the handler at its end.
    pub(in super::super) fn answer(
        &self,
        registration: &Registration,
        methods: Vec<Name>,
        paths: Vec<Pattern>,
        mut values: Vec<Scoped>,
    ) -> Option<Event> {
        let handler = Some(values.pop()?);
        let place = self.place(registration);
        Some(Event::Route(Answer { methods, paths, layers: values, handler, settings: None, place }))
    }

    /// Where the name of the called method stands.
    pub(in super::super) fn place(&self, registration: &Registration) -> At<Span> {
        let call = registration.call;
        let module = self.program.module(call.file);
        let (Expression::Call(made), Registered::Verb(verb)) = (module.expression(call.it), &registration.what) else {
            return call.with(module.span(call.it));
        };
        let callee = module.span(made.callee);
        let length = u32::try_from(verb.len()).unwrap_or(0);
        let name = Span { start: callee.end.saturating_sub(length).max(callee.start), end: callee.end };
        call.with(name)
    }

    /// What `use` does with each of its values: routers are put in, functions that cannot go on (they have fewer
    /// parameters than `going_on`) answer, the others stand before what comes later.
    pub(in super::super) fn middlewares(
        &self,
        registration: &Registration,
        paths: Vec<Pattern>,
        values: &[Scoped],
        going_on: usize,
    ) -> Vec<Event> {
        let has_path = !paths.is_empty();
        let paths = if has_path { paths } else { vec![Pattern::everything()] };
        let mut events = Vec::new();
        for value in values {
            if self.router(value).is_some_and(|(receiver, _)| self.is_known(receiver.origin)) {
                let mounts = paths.iter().map(|path| Event::Mount { path: path.clone(), what: value.clone() });
                events.extend(mounts);
                continue;
            }
            match self.parameters(value) {
                Some(count) if count < going_on => {
                    if has_path {
                        let paths = paths.clone();
                        events.extend(self.answer(registration, vec![ANY.into()], paths, vec![value.clone()]));
                    }
                }
                // Express' error handlers.
                Some(4) if going_on == 3 => {}
                _ => {
                    let (value, except) = self.exceptions(value);
                    events.extend(value.map(|value| Event::Use { paths: paths.clone(), values: vec![value], except }));
                }
            }
        }
        events
    }

    /// A middleware without the paths that it lets pass: `except("/login", guard)`, `guard.unless({ path: ["/login"] })`.
    /// Nothing where one of several is enough.
    fn exceptions(&self, value: &Scoped) -> (Option<Scoped>, Vec<Pattern>) {
        let plain = (Some(value.clone()), Vec::new());
        let Some((at, Expression::Call(call), scope)) = self.expression(value) else { return plain };
        let arguments: Vec<Scoped> = scope.see_all(at.file, call.arguments.iter().map(|one| one.value)).collect();
        let module = self.program.module(at.file);
        if let (Expression::Member { property, .. }, Some(first)) = (module.expression(call.callee), arguments.first())
            && property == "unless"
        {
            let path = self.field(first, "path").map(|path| self.flattened(vec![path]));
            let Some(path) = path else { return (None, Vec::new()) };
            let url = |one: &Scoped| self.field(one, "url").unwrap_or_else(|| one.clone());
            return (plain.0, path.iter().flat_map(|one| self.certain_paths(&url(one))).collect());
        }
        match self.meaning(&scope.see(at.with(call.callee))).0 {
            Meaning::Outside { specifier, path } if specifier == "hono/combine" => {
                match (path.last(), arguments.split_first()) {
                    (Some(ops_typescript::module::Key::Property(name)), Some((first, others))) if name == "except" => {
                        (others.first().cloned(), self.certain_paths(first))
                    }
                    (Some(ops_typescript::module::Key::Property(name)), _) if name == "some" => (None, Vec::new()),
                    _ => plain,
                }
            }
            _ => plain,
        }
    }
}
