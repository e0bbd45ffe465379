//! Calls: of the repository's own functions, of what JavaScript has, and of dependencies.

use super::{Array, Evaluator, Object, Value, execute::Flow, spread::spread};
use crate::module::{Call, Expression, ExpressionId, FunctionId};
use crate::program::At;

/// How deep calls of the repository's functions may lie in each other.
const CALLS: usize = 24;

impl Evaluator<'_> {
    pub(crate) fn call_expression(&mut self, at: At<ExpressionId>, call: &Call) -> Value {
        let module = self.module(at.file);
        match module.expression(call.callee) {
            Expression::Member { object, property } => {
                if let Expression::Global(global) = module.expression(*object) {
                    return self.global(at, global, property, call);
                }
                let receiver = self.value(at.with(*object));
                self.method(at, receiver, property, call)
            }
            Expression::Global(name) => self.global(at, "", name, call),
            _ if call.is_new => Value::Unknown(format!("`{}` is not followed here", self.written(at))),
            _ => {
                let callee = self.value(at.with(call.callee));
                let arguments = self.arguments_of(at, call);
                self.apply(callee, arguments, at.with(call.callee))
            }
        }
    }

    /// The arguments as far as they are known to be in their places.
    fn arguments_of(&mut self, at: At<ExpressionId>, call: &Call) -> Vec<Value> {
        let array = self.items(at, &call.arguments);
        let mut values: Vec<Value> = Vec::new();
        for item in array.items {
            match item.condition {
                None => values.push(item.value),
                Some(why) => values.push(Value::Unknown(why)),
            }
        }
        values
    }

    /// Calls a value; `written` is where it stands.
    pub(crate) fn apply(&mut self, callee: Value, arguments: Vec<Value>, written: At<ExpressionId>) -> Value {
        match callee {
            Value::Function(function) => self.call_function(function, arguments),
            Value::Result { callee, arguments: mut all } => {
                all.extend(arguments);
                Value::Result { callee, arguments: all }
            }
            Value::OneOf(functions) => {
                let results = functions.into_iter().map(|one| self.apply(one, arguments.clone(), written)).collect();
                Value::one_of(results)
            }
            _ => Value::Result { callee: self.written(written), arguments },
        }
    }

    /// What the function gives back.
    pub(crate) fn call_function(&mut self, function: At<FunctionId>, arguments: Vec<Value>) -> Value {
        let body = self.module(function.file).function(function.it);
        let is_recursive = self.arguments.contains_key(&function);
        if is_recursive || self.arguments.len() >= CALLS {
            let name = body.name.as_ref().map_or_else(|| "a function".to_owned(), |name| format!("`{name}`"));
            return Value::Unknown(format!("{name} calls itself, or too much is called"));
        }
        self.arguments.insert(function, arguments);
        let flow = self.execute(function.file, &body.body, None);
        self.arguments.remove(&function);
        let Flow { mut returns, goes_on } = flow;
        if goes_on {
            returns.push(Value::Undefined);
        }
        if returns.is_empty() { Value::Undefined } else { Value::one_of(returns) }
    }

    fn global(&mut self, at: At<ExpressionId>, object: &str, name: &str, call: &Call) -> Value {
        let arguments = self.arguments_of(at, call);
        let first = || arguments.first().cloned().unwrap_or(Value::Undefined);
        match (object, name) {
            ("", "require" | "import") => match arguments.first() {
                Some(Value::Text(specifier)) => self.namespace(at.file, specifier),
                _ => Value::Unknown(format!("`{}` is not followed here", self.written(at))),
            },
            ("", "String") => super::operator::text_of(&[&first()]),
            ("", "Boolean") => match first().truth() {
                Some(truth) => Value::Boolean(truth),
                None => Value::Unknown(first().why()),
            },
            ("", "defineConfig") | ("Object", "freeze" | "seal") | ("Promise", "resolve") | ("Array", "from") => {
                first()
            }
            ("Promise", "all") => first(),
            ("JSON", "stringify") => Value::Template(vec![None]),
            ("Object", "assign") => self.assign(&arguments),
            ("Object", "entries" | "keys" | "values") => match first() {
                Value::Object(object) => entries(object, name),
                other => Value::Unknown(other.why()),
            },
            ("Object", "fromEntries") => from_entries(first()),
            ("Array", "isArray") => match first() {
                Value::Array(_) => Value::Boolean(true),
                unknown @ (Value::Unknown(_) | Value::Result { .. } | Value::OneOf(_)) => Value::Unknown(unknown.why()),
                _ => Value::Boolean(false),
            },
            _ => Value::Result { callee: self.written(at.with(call.callee)), arguments },
        }
    }

    fn assign(&mut self, arguments: &[Value]) -> Value {
        let mut object = Object::default();
        for argument in arguments {
            spread(&mut object, argument.clone(), None, "Object.assign");
        }
        Value::Object(object)
    }

    /// Calls a method of a value.
    fn method(&mut self, at: At<ExpressionId>, receiver: Value, name: &str, call: &Call) -> Value {
        if let Value::OneOf(receivers) = receiver {
            return Value::one_of(receivers.into_iter().map(|one| self.method(at, one, name, call)).collect());
        }
        let arguments = self.arguments_of(at, call);
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        match receiver {
            Value::Text(_) | Value::Template(_) | Value::Number(_) => {
                super::builtin::text_method(&receiver, name, &arguments)
            }
            Value::Array(array) => self.array_method(at, array, name, first, arguments),
            Value::Object(object) => {
                let method = object.value(name);
                self.apply(method, arguments, at.with(call.callee))
            }
            Value::Function(function) if name == "call" => {
                self.call_function(function, arguments.into_iter().skip(1).collect())
            }
            // A dependency may be given a configuration in any way: `plugin.wrap(config)`.
            _ => Value::Result { callee: self.written(at.with(call.callee)), arguments },
        }
    }

    fn array_method(
        &mut self,
        at: At<ExpressionId>,
        array: Array,
        name: &str,
        first: Value,
        arguments: Vec<Value>,
    ) -> Value {
        match name {
            "map" | "flatMap" => {
                let mut result = Array { open: array.open, ..Array::default() };
                for (index, item) in array.items.into_iter().enumerate() {
                    let value = self.apply(first.clone(), vec![item.value.clone(), Value::Number(index as f64)], at);
                    if name == "map" {
                        result.items.push(super::Item { value, ..item });
                    } else {
                        flatten(&mut result, super::Item { value, ..item });
                    }
                }
                Value::Array(result)
            }
            "filter" => {
                let mut result = Array { open: array.open, ..Array::default() };
                for item in array.items {
                    let keeps = match &first {
                        // `filter(Boolean)`
                        Value::Unknown(_) => item.value.truth(),
                        _ => self.apply(first.clone(), vec![item.value.clone()], at).truth(),
                    };
                    match keeps {
                        Some(true) => result.items.push(item),
                        Some(false) => {}
                        None => result
                            .items
                            .push(super::Item { condition: Some("it depends on a filter".to_owned()), ..item }),
                    }
                }
                Value::Array(result)
            }
            "flat" => {
                let mut result = Array { open: array.open, ..Array::default() };
                array.items.into_iter().for_each(|item| flatten(&mut result, item));
                Value::Array(result)
            }
            "concat" => {
                let mut result = array;
                for argument in arguments {
                    flatten(&mut result, super::Item::certain(argument, None));
                }
                Value::Array(result)
            }
            "join" => super::builtin::join(&array, arguments.first()),
            "reduce" => {
                let mut items = array.items.into_iter();
                let mut value = match arguments.get(1) {
                    Some(start) => start.clone(),
                    None => items.next().map_or(Value::Undefined, |item| item.value),
                };
                for item in items {
                    value = self.apply(first.clone(), vec![value, item.value], at);
                }
                match array.open {
                    None => value,
                    Some(why) => Value::Unknown(why),
                }
            }
            "slice" if arguments.is_empty() => Value::Array(array),
            "reverse" if array.open.is_none() => {
                Value::Array(Array { items: array.items.into_iter().rev().collect(), open: None })
            }
            "includes" => includes(&array, &first),
            _ => Value::Unknown(format!("`{}` is not followed here", self.written(at))),
        }
    }
}

fn includes(array: &Array, wanted: &Value) -> Value {
    let answers: Vec<Option<bool>> = array
        .items
        .iter()
        .filter(|item| item.condition.is_none())
        .map(|item| super::operator::binary("===", &item.value, wanted).truth())
        .collect();
    let is_whole = array.open.is_none() && answers.len() == array.items.len();
    if answers.contains(&Some(true)) {
        Value::Boolean(true)
    } else if is_whole && answers.iter().all(|answer| *answer == Some(false)) {
        Value::Boolean(false)
    } else {
        Value::Unknown("whether the array includes it is not known".to_owned())
    }
}

/// Adds an item; of an array, its items.
fn flatten(result: &mut Array, item: super::Item) {
    match item.value {
        Value::Array(inner) => {
            for inner in inner.items {
                let condition = item.condition.clone().or(inner.condition);
                result.items.push(super::Item { condition, ..inner });
            }
            result.open = result.open.take().or(inner.open);
        }
        unknown @ (Value::Unknown(_) | Value::Result { .. } | Value::OneOf(_)) => {
            result.open = Some(unknown.why());
        }
        _ => result.items.push(item),
    }
}

fn entries(object: Object, what: &str) -> Value {
    let mut array = Array { open: object.open, ..Array::default() };
    for entry in object.entries {
        let key = Value::Text(entry.key);
        let value = match what {
            "keys" => key,
            "values" => entry.value,
            _ => Value::Array(Array::of([key, entry.value])),
        };
        array.items.push(super::Item { value, condition: entry.condition, at: None });
    }
    Value::Array(array)
}

fn from_entries(value: Value) -> Value {
    let Value::Array(array) = value else { return Value::Unknown(value.why()) };
    let mut object = Object { open: array.open, ..Object::default() };
    for item in array.items {
        let pair = if let Value::Array(pair) = item.value { pair.items } else { Vec::new() };
        let mut pair = pair.into_iter().map(|part| part.value);
        match (pair.next(), pair.next()) {
            (Some(Value::Text(key)), Some(value)) => object.set(&key, value, item.condition.as_deref()),
            _ => object.open = Some("one of its entries is not known".to_owned()),
        }
    }
    Value::Object(object)
}
