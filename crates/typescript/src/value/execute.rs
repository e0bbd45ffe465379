//! Statements: what variables hold when a function ends, or a module was loaded.

use rustc_hash::FxHashMap;

use super::{Evaluator, Item, Value, merge::merge, spread::spread};
use crate::module::{BindingId, Expression, ExpressionId, Source, Statement, StatementKind};
use crate::program::At;
use crate::tree::FileId;

/// How statements ended.
pub(crate) struct Flow {
    /// What they may have returned.
    pub(crate) returns: Vec<Value>,
    /// Whether the next statement may be reached.
    pub(crate) goes_on: bool,
}

impl Flow {
    fn on() -> Self {
        Self { returns: Vec::new(), goes_on: true }
    }
}

/// One way through an object: the properties that a value is written to.
type Target = (At<BindingId>, Vec<String>);

impl Evaluator<'_> {
    /// What a variable of a module holds when the module was loaded: only the statements that write it are executed.
    pub(crate) fn variable(&mut self, at: At<BindingId>) -> Value {
        let module = self.module(at.file);
        if let Source::Value { initial, path } = &module.binding(at.it).source {
            let is_in_module = declares(&module.body, at.it);
            if is_in_module {
                self.execute(at.file, &module.body, Some(at.it));
                let value = self.environment.remove(&at);
                return value.unwrap_or(Value::Undefined);
            }
            if module.binding(at.it).is_constant
                && let Some(initial) = initial
            {
                let mut value = self.value(at.with(*initial));
                let name = module.binding(at.it).name.clone();
                for key in path {
                    value = self.part(value, key, &name);
                }
                return value;
            }
        }
        Value::Unknown(format!("`{}` changes while the program runs", module.binding(at.it).name))
    }

    /// Executes statements. With `only`, nothing but what is done to this variable.
    pub(crate) fn execute(&mut self, file: FileId, statements: &[Statement], only: Option<BindingId>) -> Flow {
        let mut flow = Flow::on();
        for statement in statements {
            let next = self.statement(file, statement, only);
            flow.returns.extend(next.returns);
            flow.goes_on = next.goes_on;
            if !flow.goes_on {
                break;
            }
        }
        flow
    }

    fn statement(&mut self, file: FileId, statement: &Statement, only: Option<BindingId>) -> Flow {
        match &statement.kind {
            StatementKind::Declare { bindings, value } => {
                if only.is_none_or(|only| bindings.contains(&only)) {
                    self.declare(file, bindings, *value, only);
                }
            }
            StatementKind::Expression(expression) => self.effect(At { file, it: *expression }, only),
            StatementKind::Return(value) => {
                let value = value.map_or(Value::Undefined, |value| self.value(At { file, it: value }));
                return Flow { returns: vec![value], goes_on: false };
            }
            StatementKind::Throw(_) => return Flow { returns: Vec::new(), goes_on: false },
            StatementKind::If { test, then, otherwise } => {
                if only.is_some_and(|only| !self.touches(file, then, only) && !self.touches(file, otherwise, only)) {
                    return Flow::on();
                }
                let test = At { file, it: *test };
                return match self.value(test).truth() {
                    Some(true) => self.execute(file, then, only),
                    Some(false) => self.execute(file, otherwise, only),
                    None => {
                        let why = format!("it depends on `{}`", self.written(test));
                        self.either(file, then, otherwise, only, &why)
                    }
                };
            }
            StatementKind::Block(body) => return self.execute(file, body, only),
            StatementKind::Loop { body, .. } => {
                let repeats = "it is changed in a loop";
                let flow = self.either(file, body, &[], only, repeats);
                self.leave_open(file, body, repeats);
                return Flow { goes_on: true, ..flow };
            }
            StatementKind::Switch { cases, .. } => {
                let mut flow = Flow::on();
                for case in cases {
                    let next = self.either(file, &case.body, &[], only, "it depends on a `switch`");
                    flow.returns.extend(next.returns);
                }
                return flow;
            }
            StatementKind::Try { body, handler, finalizer } => {
                let mut flow = self.execute(file, body, only);
                if let Some(handler) = handler {
                    let goes_on = flow.goes_on;
                    let next = self.either(file, handler, &[], only, "it depends on whether an error is thrown");
                    flow.returns.extend(next.returns);
                    flow.goes_on = goes_on || next.goes_on;
                }
                if flow.goes_on {
                    let next = self.execute(file, finalizer, only);
                    flow.returns.extend(next.returns);
                    flow.goes_on = next.goes_on;
                }
                return flow;
            }
            StatementKind::Jump { .. } => {}
        }
        Flow::on()
    }

    fn declare(&mut self, file: FileId, bindings: &[BindingId], value: Option<ExpressionId>, only: Option<BindingId>) {
        let module = self.module(file);
        let whole = value.map(|value| self.value(At { file, it: value }));
        for binding in bindings.iter().filter(|binding| only.is_none_or(|only| only == **binding)) {
            let Source::Value { path, .. } = &module.binding(*binding).source else { continue };
            let mut value = whole.clone().unwrap_or(Value::Undefined);
            for key in path {
                value = self.part(value, key, &module.binding(*binding).name.clone());
            }
            self.environment.insert(At { file, it: *binding }, value);
        }
    }

    /// Both branches, and what the variables hold after either.
    fn either(
        &mut self,
        file: FileId,
        then: &[Statement],
        otherwise: &[Statement],
        only: Option<BindingId>,
        why: &str,
    ) -> Flow {
        let before = self.environment.clone();
        let first = self.execute(file, then, only);
        let after_first = std::mem::replace(&mut self.environment, before);
        let second = self.execute(file, otherwise, only);
        match (first.goes_on, second.goes_on) {
            (true, false) => self.environment = after_first,
            (true, true) => self.merge_environment(after_first, why),
            (false, _) => {}
        }
        let mut returns = first.returns;
        returns.extend(second.returns);
        Flow { returns, goes_on: first.goes_on || second.goes_on }
    }

    fn merge_environment(&mut self, other: FxHashMap<At<BindingId>, Value>, why: &str) {
        for (binding, value) in other {
            let merged = match self.environment.remove(&binding) {
                Some(own) => merge(value, own, why),
                None => value,
            };
            self.environment.insert(binding, merged);
        }
    }

    /// What an expression does to variables.
    fn effect(&mut self, at: At<ExpressionId>, only: Option<BindingId>) {
        let module = self.module(at.file);
        match module.expression(at.it) {
            Expression::Assign { target, value } => {
                let Some((root, path)) = self.target(at.with(*target)) else { return };
                if only.is_some_and(|only| only != root.it) {
                    return;
                }
                let new = self.value(at.with(*value));
                self.write(root, &path, |place| *place = new);
            }
            Expression::Call(call) => {
                if let Expression::Member { object, property } = module.expression(call.callee) {
                    if let Some((root, path)) = self.target(at.with(*object)) {
                        if only.is_some_and(|only| only != root.it) {
                            return;
                        }
                        let is_held = self.environment.contains_key(&root);
                        if is_held && matches!(property.as_str(), "push" | "unshift") {
                            let items = self.items(at, &call.arguments);
                            let first = property == "unshift";
                            self.write(root, &path, |place| add_items(place, items, first));
                            return;
                        }
                        if is_held && CHANGES.contains(&property.as_str()) {
                            let why = format!("`{}` changes it", self.written(at));
                            self.write(root, &path, |place| *place = Value::Unknown(why));
                            return;
                        }
                    }
                    if matches!(module.expression(*object), Expression::Global(name) if name == "Object")
                        && property == "assign"
                        && let [first, rest @ ..] = &*call.arguments
                        && let Some((root, path)) = self.target(at.with(first.value))
                        && only.is_none_or(|only| only == root.it)
                    {
                        let sources: Vec<Value> = rest.iter().map(|one| self.value(at.with(one.value))).collect();
                        self.write(root, &path, |place| {
                            if let Value::Object(object) = place {
                                for source in sources {
                                    spread(object, source, None, "Object.assign");
                                }
                            }
                        });
                        return;
                    }
                }
                self.callbacks(at, &call.arguments.iter().map(|one| one.value).collect::<Vec<_>>());
            }
            Expression::Logical { left, right, .. } => {
                let _ = left;
                let before = self.environment.clone();
                self.effect(at.with(*right), only);
                self.merge_environment(before, "it depends on a condition");
            }
            Expression::Await(inner) => self.effect(at.with(*inner), only),
            _ => {}
        }
    }

    /// Functions that are handed over may change what they can see.
    fn callbacks(&mut self, at: At<ExpressionId>, arguments: &[ExpressionId]) {
        let module = self.module(at.file);
        for argument in arguments {
            if let Expression::Function(function) = module.expression(*argument) {
                let body = module.function(*function).body.clone();
                self.leave_open(at.file, &body, "it is changed in a function that is handed over");
            }
        }
    }

    /// Everything that these statements name may be changed by them.
    fn leave_open(&mut self, file: FileId, statements: &[Statement], why: &str) {
        let (Some(first), Some(last)) = (statements.first(), statements.last()) else { return };
        let source = self.program.source(file);
        let text = source.get(first.span.start as usize..last.span.end as usize).unwrap_or_default();
        let module = self.module(file);
        for (binding, value) in &mut self.environment {
            if binding.file != file || !names(text, &module.binding(binding.it).name) {
                continue;
            }
            match value {
                Value::Array(array) => array.open = Some(why.to_owned()),
                Value::Object(object) => spread(object, Value::Unknown(why.to_owned()), None, ""),
                _ if module.binding(binding.it).is_constant => {}
                other => *other = Value::Unknown(why.to_owned()),
            }
        }
    }

    /// The variable and the properties that `a.b.c` names.
    fn target(&self, at: At<ExpressionId>) -> Option<Target> {
        let module = self.module(at.file);
        match module.expression(at.it) {
            Expression::Binding(binding) => Some((at.with(*binding), Vec::new())),
            Expression::Member { object, property } => {
                let (root, mut path) = self.target(at.with(*object))?;
                path.push(property.to_string());
                Some((root, path))
            }
            Expression::Index { object, .. } => {
                let (root, mut path) = self.target(at.with(*object))?;
                // Written to a place that isn't known.
                path.push(String::new());
                Some((root, path))
            }
            _ => None,
        }
    }

    fn write(&mut self, root: At<BindingId>, path: &[String], change: impl FnOnce(&mut Value)) {
        match self.environment.get_mut(&root) {
            Some(place) => write(place, path, change),
            None if path.is_empty() => {
                let mut value = Value::Undefined;
                change(&mut value);
                self.environment.insert(root, value);
            }
            None => {}
        }
    }

    /// Whether the statements write the variable.
    fn touches(&self, file: FileId, statements: &[Statement], binding: BindingId) -> bool {
        let (Some(first), Some(last)) = (statements.first(), statements.last()) else { return false };
        let text = self.program.source(file).get(first.span.start as usize..last.span.end as usize);
        text.is_some_and(|text| names(text, &self.module(file).binding(binding).name))
    }
}

/// Methods of arrays and maps that change them.
const CHANGES: [&str; 9] = ["splice", "sort", "reverse", "pop", "shift", "fill", "set", "delete", "clear"];

/// Changes what is found at the end of a path of properties.
fn write(place: &mut Value, path: &[String], change: impl FnOnce(&mut Value)) {
    let Some((name, rest)) = path.split_first() else { return change(place) };
    match place {
        Value::Object(object) if name.is_empty() => {
            spread(object, Value::Unknown("a property with a computed name is written".to_owned()), None, "");
        }
        Value::Object(object) => {
            if !object.entries.iter().any(|entry| entry.key == *name) {
                object.set(name, Value::Undefined, None);
            }
            if let Some(entry) = object.entries.iter_mut().find(|entry| entry.key == *name) {
                entry.condition = None;
                write(&mut entry.value, rest, change);
            }
        }
        Value::Array(array) => array.open = Some("one of its elements is written to".to_owned()),
        other => *other = Value::Unknown(format!("`{name}` of it is written to, and it is not known what it was")),
    }
}

fn add_items(place: &mut Value, added: super::Array, first: bool) {
    let Value::Array(array) = place else { return };
    array.open = array.open.take().or(added.open);
    if first {
        let mut items: Vec<Item> = added.items;
        items.append(&mut array.items);
        array.items = items;
    } else {
        array.items.extend(added.items);
    }
}

fn declares(statements: &[Statement], wanted: BindingId) -> bool {
    statements.iter().any(|statement| match &statement.kind {
        StatementKind::Declare { bindings, .. } => bindings.contains(&wanted),
        _ => false,
    })
}

/// Whether a word stands in a text.
fn names(text: &str, word: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
