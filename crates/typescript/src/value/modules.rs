//! What the names of modules stand for.

use rustc_hash::FxHashSet;

use super::evaluator::Evaluator;
use super::{Array, Object, Value};
use crate::module::{Export, Imported, Key};
use crate::program::At;
use crate::resolve::Resolved;
use crate::tree::FileId;

impl Evaluator<'_> {
    /// What an import of a name leads to.
    pub(super) fn imported(&mut self, from: FileId, specifier: &str, name: &str) -> Value {
        match self.program.resolve(from, specifier) {
            Resolved::File(file) => self
                .exported(file, name, &mut FxHashSet::default())
                .unwrap_or_else(|| Value::Unknown(format!("{} exports no `{name}`", self.program.tree().path(file)))),
            Resolved::Outside { .. } | Resolved::Builtin => self
                .outside
                .and_then(|outside| outside(specifier, name))
                .unwrap_or_else(|| Value::Unknown(format!("`{name}` comes from `{specifier}`"))),
            Resolved::Missing => Value::Unknown(format!("there is no file for `{specifier}`")),
        }
    }

    /// All that a module exports, as an object.
    pub(crate) fn namespace(&mut self, from: FileId, specifier: &str) -> Value {
        let Resolved::File(file) = self.program.resolve(from, specifier) else {
            return Value::Unknown(format!("`{specifier}` is not followed"));
        };
        let module = self.module(file);
        if let Some(Export::Local { value, .. }) = module.export("module.exports") {
            return self.value(At { file, it: *value });
        }
        if let Some(value) = self.json(file) {
            return value;
        }
        let mut object = Object::default();
        for export in &module.exports {
            match export.name() {
                Some(name) => {
                    let value = self.exported(file, name, &mut FxHashSet::default()).unwrap_or(Value::Undefined);
                    object.set(name, value, None);
                }
                None => object.open = Some("it exports whatever another module does".to_owned()),
            }
        }
        Value::Object(object)
    }

    fn json(&self, file: FileId) -> Option<Value> {
        let path = self.program.tree().path(file);
        path.ends_with(".json").then(|| match self.program.tree().read(file) {
            Ok(text) => match serde_json::from_str(&text) {
                Ok(value) => from_json(value),
                Err(error) => Value::Unknown(format!("{path} is no JSON: {error}")),
            },
            Err(error) => Value::Unknown(format!("{path} cannot be read: {error}")),
        })
    }

    pub(super) fn exported(&mut self, file: FileId, name: &str, seen: &mut FxHashSet<FileId>) -> Option<Value> {
        if !seen.insert(file) {
            return None;
        }
        if let Some(json) = self.json(file) {
            return Some(if name == "default" { json } else { self.part(json, &Key::Property(name.into()), name) });
        }
        let module = self.module(file);
        if let Some(error) = module.errors.first() {
            let path = self.program.tree().path(file);
            return Some(Value::Unknown(format!("{path} cannot be read: {}", error.message)));
        }
        match module.export(name) {
            Some(Export::Local { value, .. }) => return Some(self.value(At { file, it: *value })),
            Some(Export::From { specifier, imported, .. }) => {
                return Some(match imported {
                    Imported::Name(name) => match self.program.resolve(file, specifier) {
                        Resolved::File(next) => self.exported(next, name, seen)?,
                        _ => self.imported(file, specifier, name),
                    },
                    Imported::All => self.namespace(file, specifier),
                });
            }
            Some(Export::Star { .. }) | None => {}
        }
        if let Some(Export::Local { value, .. }) = module.export("module.exports") {
            let value = self.value(At { file, it: *value });
            return Some(if name == "default" { value } else { self.part(value, &Key::Property(name.into()), name) });
        }
        for export in &module.exports {
            let Export::Star { specifier, .. } = export else { continue };
            if let Resolved::File(next) = self.program.resolve(file, specifier)
                && let Some(value) = self.exported(next, name, seen)
            {
                return Some(value);
            }
        }
        None
    }
}

fn from_json(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(boolean) => Value::Boolean(boolean),
        serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Array(items) => Value::Array(Array::of(items.into_iter().map(from_json))),
        serde_json::Value::Object(map) => {
            let mut object = Object::default();
            for (key, value) in map {
                object.set(&key, from_json(value), None);
            }
            Value::Object(object)
        }
    }
}
