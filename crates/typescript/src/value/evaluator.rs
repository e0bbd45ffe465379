//! Expressions.

use rustc_hash::{FxHashMap, FxHashSet};

use super::spread::{spread, spread_items};
use super::{Array, Item, Object, Value, merge::merge, operator};
use crate::module::{
    Argument, BindingId, Expression, ExpressionId, FunctionId, Imported, Key, Logical, Module, Property, Source,
};
use crate::program::{At, Program};
use crate::tree::FileId;

/// How many expressions one question may touch.
const WORK: u32 = 50_000;
/// How deep expressions and calls may lie in each other.
const DEPTH: u32 = 200;

/// What something of a dependency is, by specifier and exported name.
type Outside<'a> = &'a dyn Fn(&str, &str) -> Option<Value>;

/// Evaluates expressions, and remembers what the names of modules stand for.
pub struct Evaluator<'a> {
    pub(crate) program: &'a Program,
    pub(super) outside: Option<Outside<'a>>,
    /// What names of functions that are being executed stand for now.
    pub(crate) environment: FxHashMap<At<BindingId>, Value>,
    pub(crate) arguments: FxHashMap<At<FunctionId>, Vec<Value>>,
    known: FxHashMap<At<BindingId>, Value>,
    pub(crate) under_way: FxHashSet<At<BindingId>>,
    work: u32,
    pub(crate) depth: u32,
}

impl<'a> Evaluator<'a> {
    /// Knows nothing yet.
    #[must_use]
    pub fn new(program: &'a Program) -> Self {
        Self {
            program,
            outside: None,
            environment: FxHashMap::default(),
            arguments: FxHashMap::default(),
            known: FxHashMap::default(),
            under_way: FxHashSet::default(),
            work: 0,
            depth: 0,
        }
    }

    /// With the constants of dependencies that the asker knows.
    #[must_use]
    pub fn with_outside(self, outside: Outside<'a>) -> Self {
        Self { outside: Some(outside), ..self }
    }

    /// What the expression evaluates to.
    pub fn evaluate(&mut self, at: At<ExpressionId>) -> Value {
        self.work = 0;
        self.value(at)
    }

    /// What a file exports under a name; `default` is also `module.exports`.
    pub fn export(&mut self, file: FileId, name: &str) -> Value {
        self.work = 0;
        self.exported(file, name, &mut FxHashSet::default())
            .unwrap_or_else(|| Value::Unknown(format!("{} exports no `{name}`", self.program.tree().path(file))))
    }

    /// What the function gives back for these arguments; awaited.
    pub fn call(&mut self, function: At<FunctionId>, arguments: Vec<Value>) -> Value {
        self.work = 0;
        self.call_function(function, arguments)
    }

    pub(crate) fn module(&self, file: FileId) -> &'a Module {
        self.program.module(file)
    }

    /// The expression as it is written, in one line, shortened.
    pub(crate) fn written(&self, at: At<ExpressionId>) -> String {
        let text = self.program.text(at.with(self.module(at.file).span(at.it)));
        // No more of it than is shown.
        let line: String = text.split_whitespace().take(60).collect::<Vec<_>>().join(" ");
        if line.chars().count() > 60 { line.chars().take(57).chain("...".chars()).collect() } else { line }
    }

    pub(crate) fn value(&mut self, at: At<ExpressionId>) -> Value {
        self.work += 1;
        if self.work > WORK || self.depth > DEPTH {
            return Value::Unknown("it is too large to be evaluated".to_owned());
        }
        self.depth += 1;
        let value = self.kind(at);
        self.depth -= 1;
        value
    }

    fn kind(&mut self, at: At<ExpressionId>) -> Value {
        let module = self.module(at.file);
        match module.expression(at.it) {
            Expression::Text(text) => Value::Text(text.to_string()),
            Expression::Number(number) => Value::Number(*number),
            Expression::Boolean(boolean) => Value::Boolean(*boolean),
            Expression::Null => Value::Null,
            Expression::Regex(literal) => {
                let (pattern, flags) =
                    literal.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')).unwrap_or_default();
                Value::Regex { pattern: pattern.to_owned(), flags: flags.to_owned() }
            }
            Expression::Function(function) => Value::Function(at.with(*function)),
            Expression::Global(name) if name == "undefined" => Value::Undefined,
            Expression::Global(name) => Value::Unknown(format!("`{name}` is not known")),
            Expression::Binding(binding) => self.binding(at.with(*binding)),
            Expression::Member { object, property } => self.member(at, *object, property),
            Expression::Index { object, index } => {
                let object = self.value(at.with(*object));
                let key = match self.value(at.with(*index)) {
                    Value::Text(text) => Key::Property(text.into()),
                    Value::Number(number) if number >= 0.0 => Key::Element(number as u32),
                    other => return Value::Unknown(other.why()),
                };
                self.part(object, &key, &self.written(at))
            }
            Expression::Object(properties) => self.object(at, properties),
            Expression::Array(items) => Value::Array(self.items(at, items)),
            Expression::Template { texts, holes } => {
                let mut values = Vec::new();
                for (index, text) in texts.iter().enumerate() {
                    values.push(Value::Text(text.to_string()));
                    if let Some(hole) = holes.get(index) {
                        values.push(self.value(at.with(*hole)));
                    }
                }
                operator::text_of(&values.iter().collect::<Vec<_>>())
            }
            Expression::Conditional { test, then, otherwise } => {
                let condition = self.value(at.with(*test));
                match condition.truth() {
                    Some(true) => self.value(at.with(*then)),
                    Some(false) => self.value(at.with(*otherwise)),
                    None => {
                        let why = format!("it depends on `{}`", self.written(at.with(*test)));
                        let (then, otherwise) = (self.value(at.with(*then)), self.value(at.with(*otherwise)));
                        merge(then, otherwise, &why)
                    }
                }
            }
            Expression::Logical { operator, left, right } => self.logical(at, *operator, *left, *right),
            Expression::Not(operand) => match self.value(at.with(*operand)) {
                value if value.truth().is_some() => Value::Boolean(value.truth() == Some(false)),
                value => Value::Unknown(value.why()),
            },
            Expression::Binary { operator, left, right } => {
                let (left, right) = (self.value(at.with(*left)), self.value(at.with(*right)));
                operator::binary(operator, &left, &right)
            }
            Expression::Await(inner) | Expression::Assign { value: inner, .. } => self.value(at.with(*inner)),
            Expression::Call(call) => self.call_expression(at, call),
            Expression::Class(_) | Expression::ImportMeta | Expression::Other(_) => {
                Value::Unknown(format!("`{}` is not followed here", self.written(at)))
            }
        }
    }

    fn logical(&mut self, at: At<ExpressionId>, operator: Logical, left: ExpressionId, right: ExpressionId) -> Value {
        let value = self.value(at.with(left));
        let takes_right = match operator {
            Logical::And => value.truth(),
            Logical::Or => value.truth().map(|truth| !truth),
            Logical::Coalesce => match value {
                Value::Null | Value::Undefined => Some(true),
                Value::Unknown(_) | Value::Result { .. } | Value::OneOf(_) => None,
                _ => Some(false),
            },
        };
        match takes_right {
            Some(true) => self.value(at.with(right)),
            Some(false) => value,
            None => {
                let why = format!("it depends on `{}`", self.written(at.with(left)));
                let right = self.value(at.with(right));
                let left = if operator == Logical::And { Value::Boolean(false) } else { value };
                merge(right, left, &why)
            }
        }
    }

    fn member(&mut self, at: At<ExpressionId>, object: ExpressionId, property: &str) -> Value {
        let module = self.module(at.file);
        if let Expression::Member { object: root, property: middle } = module.expression(object)
            && matches!(module.expression(*root), Expression::Global(name) if name == "process")
            && middle == "env"
        {
            return match property {
                "NODE_ENV" => Value::Text("production".to_owned()),
                other => Value::Unknown(format!("the environment variable `{other}` is not known")),
            };
        }
        if let Expression::Binding(binding) = module.expression(object)
            && let Source::Import { specifier, imported: Imported::All } = &module.binding(*binding).source
        {
            return self.imported(at.file, &specifier.clone(), property);
        }
        let object = self.value(at.with(object));
        self.part(object, &Key::Property(property.into()), &self.written(at))
    }

    /// A part of a value; `written` is how the source has it.
    pub(crate) fn part(&mut self, value: Value, key: &Key, written: &str) -> Value {
        match (value, key) {
            (Value::Object(object), Key::Property(name)) => object.value(name),
            (Value::Array(array), Key::Property(name)) if name == "length" => match array.open {
                None if array.items.iter().all(|item| item.condition.is_none()) => {
                    Value::Number(array.items.len() as f64)
                }
                _ => Value::Unknown("the array's length is not known".to_owned()),
            },
            (Value::Array(array), Key::Element(index)) => {
                let index = *index as usize;
                let is_sure = array.items.iter().take(index + 1).all(|item| item.condition.is_none());
                match array.items.into_iter().nth(index) {
                    Some(item) if is_sure => item.value,
                    None if array.open.is_none() && is_sure => Value::Undefined,
                    _ => Value::Unknown(format!("`{written}` is not known")),
                }
            }
            (Value::OneOf(values), key) => {
                Value::one_of(values.into_iter().map(|value| self.part(value, key, written)).collect())
            }
            (unknown @ (Value::Unknown(_) | Value::Result { .. }), _) => Value::Unknown(unknown.why()),
            _ => Value::Unknown(format!("`{written}` is not known")),
        }
    }

    fn object(&mut self, at: At<ExpressionId>, properties: &[Property]) -> Value {
        let mut object = Object::default();
        for property in properties {
            let value = self.value(at.with(property.value));
            match &property.key {
                Some(Key::Property(name)) => object.set(name, value, None),
                Some(Key::Element(index)) => object.set(&index.to_string(), value, None),
                Some(Key::Other) => object.open = Some("one of its properties has a computed name".to_owned()),
                None => spread(&mut object, value, None, &self.written(at.with(property.value))),
            }
        }
        Value::Object(object)
    }

    pub(crate) fn items(&mut self, at: At<ExpressionId>, arguments: &[Argument]) -> Array {
        let mut array = Array::default();
        for argument in arguments {
            let place = at.with(argument.value);
            let value = self.value(place);
            if !argument.is_spread {
                array.items.push(Item::certain(value, Some(place)));
                continue;
            }
            let why = format!("it depends on what `{}` is", self.written(place));
            spread_items(&mut array, value, &why);
        }
        array
    }

    pub(crate) fn binding(&mut self, at: At<BindingId>) -> Value {
        if let Some(value) = self.environment.get(&at).or_else(|| self.known.get(&at)) {
            return value.clone();
        }
        let module = self.module(at.file);
        let binding = module.binding(at.it);
        if let Source::Parameter { function, index, path } = &binding.source {
            return self.parameter(at, at.with(*function), *index, path);
        }
        if !self.under_way.insert(at) {
            return Value::Unknown(format!("`{}` is made of itself", binding.name));
        }
        let value = match &binding.source {
            Source::Import { specifier, imported } => match imported {
                Imported::Name(name) => self.imported(at.file, specifier, name),
                Imported::All => self.namespace(at.file, specifier),
            },
            Source::Function(function) => Value::Function(at.with(*function)),
            Source::Value { .. } => self.variable(at),
            _ => Value::Unknown(format!("nothing tells what `{}` is", binding.name)),
        };
        self.under_way.remove(&at);
        // What was cut short by a circle, or by the limit, may be known when it is asked for elsewhere.
        if self.under_way.is_empty() && self.arguments.is_empty() && self.work <= WORK {
            self.known.insert(at, value.clone());
        }
        value
    }

    fn parameter(&mut self, at: At<BindingId>, function: At<FunctionId>, index: u32, path: &[Key]) -> Value {
        let module = self.module(at.file);
        let given = self.arguments.get(&function).map(|arguments| arguments.get(index as usize).cloned());
        let name = &module.binding(at.it).name;
        let mut value = match given {
            Some(given) => given.unwrap_or(Value::Undefined),
            None => return Value::Unknown(format!("`{name}` is a parameter")),
        };
        let parameter = module.function(function.it).parameters.get(index as usize);
        if parameter.is_some_and(|parameter| parameter.is_rest) {
            return Value::Unknown(format!("`{name}` takes all arguments that are left"));
        }
        if value == Value::Undefined
            && let Some(default) = parameter.and_then(|parameter| parameter.default)
        {
            value = self.value(at.with(default));
        }
        for key in path {
            value = self.part(value, key, name);
        }
        value
    }
}
