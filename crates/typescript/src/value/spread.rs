//! `...value` in objects and arrays.

use super::{Array, Item, Object, Value};

/// `{ ...value }`.
pub(super) fn spread(object: &mut Object, value: Value, condition: Option<&str>, written: &str) {
    match value {
        Value::Object(other) => {
            if let Some(open) = other.open {
                object.open = Some(open);
            }
            for entry in other.entries {
                object.set(&entry.key, entry.value, condition.or(entry.condition.as_deref()));
            }
        }
        Value::Null | Value::Undefined | Value::Boolean(_) | Value::Number(_) => {}
        Value::OneOf(values) => {
            let why = format!("it depends on what `{written}` is");
            for value in values {
                spread(object, value, Some(&why), written);
            }
        }
        unknown => {
            let why = unknown.why();
            for entry in &mut object.entries {
                entry.value = Value::one_of(vec![entry.value.clone(), Value::Unknown(why.clone())]);
            }
            object.open = Some(why);
        }
    }
}

/// `[ ...value ]`.
pub(super) fn spread_items(array: &mut Array, value: Value, why: &str) {
    match value {
        Value::Array(other) => {
            array.items.extend(other.items);
            array.open = array.open.take().or(other.open);
        }
        Value::OneOf(values) => {
            for value in values {
                let mut part = Array::default();
                spread_items(&mut part, value, why);
                for item in part.items {
                    array.items.push(Item { condition: Some(why.to_owned()), ..item });
                }
                array.open = array.open.take().or(part.open);
            }
        }
        unknown => array.open = Some(unknown.why()),
    }
}
