//! Where a wrapper calls the handler that it was given, by whatever name and means.

use ops_typescript::module::{BindingId, Call, Expression, ExpressionId, FunctionId, Key, Source};
use ops_typescript::program::{At, Meaning};

use super::Prover;
use super::methods::{self, METHODS};

/// How many names and choices lie between a parameter and its call.
const FAR: u8 = 6;

/// The part of a parameter that is called.
pub(super) type Given = (At<BindingId>, Vec<Key>);

impl Prover<'_> {
    /// The calls of what was given to a wrapper, or to a middleware as `next`.
    pub(super) fn handler_calls(&self, function: At<FunctionId>) -> Vec<(At<ExpressionId>, Given)> {
        let calls = self.calls_in_function(function);
        calls.filter_map(|(call, _)| Some((call, self.given_to_call(call)?))).collect()
    }

    /// Whether something that was given is named as a handler is.
    pub(super) fn is_named_as_handler(&self, (binding, path): &Given) -> bool {
        let name = &self.program.module(binding.file).binding(binding.it).name;
        let is_name = |name: &str| is_name_of_handler(name) || name == "handlers";
        is_name(name) || path.iter().any(|key| matches!(key, Key::Property(name) if is_name(name)))
    }

    /// What a call calls: `handler(…)`, `handler.call(…)`, `Reflect.apply(handler, …)`; `handler.bind(…)` gives it away.
    fn given_to_call(&self, at: At<ExpressionId>) -> Option<Given> {
        let module = self.program.module(at.file);
        let Expression::Call(call) = module.expression(at.it) else { return None };
        match self.borrowed(at, call) {
            Some(borrowed) => self.handler(borrowed, FAR),
            None => self.handler(at.with(call.callee), FAR),
        }
    }

    /// The function that is called by means of one of its own methods.
    fn borrowed(&self, at: At<ExpressionId>, call: &Call) -> Option<At<ExpressionId>> {
        let module = self.program.module(at.file);
        let Expression::Member { object, property } = module.expression(call.callee) else { return None };
        if !matches!(property.as_str(), "bind" | "call" | "apply") {
            return None;
        }
        match module.expression(*object) {
            Expression::Global(name) if name == "Reflect" => call.arguments.first().map(|first| at.with(first.value)),
            _ => Some(at.with(*object)),
        }
    }

    /// The parameter that an expression means, or takes its value from, where that may be a handler.
    pub(super) fn handler(&self, value: At<ExpressionId>, far: u8) -> Option<Given> {
        let far = far.checked_sub(1)?;
        let module = self.program.module(value.file);
        match module.expression(value.it) {
            // `config.handler(request)`, `handlers[request.method](request)`
            Expression::Member { object, property } if is_name_of_handler(property) => {
                let of = self.outer_parameter(value.with(*object)).or_else(|| self.in_table(value.with(*object), far));
                return of.map(|(binding, path)| (binding, [path, vec![Key::Property(property.clone())]].concat()));
            }
            Expression::Index { object, index } => {
                let is_asked = methods::is_method(module, *index);
                let direct = self.outer_parameter(value.with(*object)).filter(|_| is_asked);
                return direct.or_else(|| self.in_table(value.with(*object), far));
            }
            Expression::Logical { left, right, .. } => {
                return self.handler(value.with(*left), far).or_else(|| self.handler(value.with(*right), far));
            }
            Expression::Conditional { then, otherwise, .. } => {
                return self.handler(value.with(*then), far).or_else(|| self.handler(value.with(*otherwise), far));
            }
            Expression::Call(call) => return self.handler(self.borrowed(value, call)?, far),
            Expression::Binding(_) => {}
            _ => return None,
        }
        match self.program.meaning(value) {
            Meaning::Parameter { binding, path } => {
                let name = &self.program.module(binding.file).binding(binding.it).name;
                let is_other = matches!(name.as_str(), "resolve" | "reject" | "set" | "get");
                (!is_other).then_some((binding, path))
            }
            Meaning::Value(at) if at != value => self.handler(at, far),
            _ => None,
        }
    }

    /// A handler in an object or an array of the wrapper's own: `{ ...defaults, ...handlers }`, `[handler]`.
    fn in_table(&self, table: At<ExpressionId>, far: u8) -> Option<Given> {
        let Meaning::Value(table) = self.program.meaning(table) else { return None };
        match self.program.module(table.file).expression(table.it) {
            Expression::Array(items) => items.iter().find_map(|item| self.handler(table.with(item.value), far)),
            Expression::Object(rows) => rows.iter().find_map(|row| match row.key {
                None => self.outer_parameter(table.with(row.value)),
                Some(_) => self.handler(table.with(row.value), far),
            }),
            _ => None,
        }
    }

    /// A value that was given to a function around the one that it stands in.
    fn outer_parameter(&self, value: At<ExpressionId>) -> Option<Given> {
        let Meaning::Parameter { binding, path } = self.program.meaning(value) else {
            return None;
        };
        let module = self.program.module(value.file);
        let Source::Parameter { function, .. } = self.program.module(binding.file).binding(binding.it).source else {
            return None;
        };
        let around = module.functions().filter(|(_, one)| one.span.contains(self.span(value)));
        let innermost = around.min_by_key(|(_, one)| one.span.end - one.span.start);
        innermost.is_some_and(|(id, _)| value.with(id) != binding.with(function)).then_some((binding, path))
    }
}

/// Names under which a wrapper gets its handler in an object.
pub(super) fn is_name_of_handler(name: &str) -> bool {
    ["action", "callback", "controller", "fn", "handle", "handler", "next"].contains(&name) || METHODS.contains(&name)
}
