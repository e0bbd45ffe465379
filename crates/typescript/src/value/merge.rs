//! One value for two ways that a program may have gone.

use super::{Array, Entry, Item, Object, Value};

/// What a value is after a condition that nobody knows: `then` where it was true, `otherwise` where it wasn't.
pub(crate) fn merge(then: Value, otherwise: Value, why: &str) -> Value {
    match (then, otherwise) {
        (left, right) if left == right => left,
        (Value::Array(left), Value::Array(right)) => Value::Array(arrays(left, right, why)),
        (Value::Object(left), Value::Object(right)) => Value::Object(objects(left, right, why)),
        (left, right) => Value::one_of(vec![left, right]),
    }
}

/// What both begin with is certain, what follows in one of them is not.
fn arrays(left: Array, right: Array, why: &str) -> Array {
    let same = left.items.iter().zip(&right.items).take_while(|(left, right)| left == right).count();
    let mut items: Vec<Item> = left.items.iter().take(same).cloned().collect();
    for item in left.items.into_iter().skip(same).chain(right.items.into_iter().skip(same)) {
        items.push(Item { condition: Some(item.condition.unwrap_or_else(|| why.to_owned())), ..item });
    }
    Array { items, open: left.open.or(right.open) }
}

fn objects(left: Object, mut right: Object, why: &str) -> Object {
    let mut entries = Vec::new();
    for entry in left.entries {
        let other = right.entries.iter().position(|other| other.key == entry.key);
        let Some(other) = other.map(|index| right.entries.remove(index)) else {
            entries.push(Entry { condition: Some(entry.condition.unwrap_or_else(|| why.to_owned())), ..entry });
            continue;
        };
        entries.push(Entry {
            value: merge(entry.value, other.value, why),
            condition: entry.condition.or(other.condition),
            key: entry.key,
        });
    }
    for entry in right.entries {
        entries.push(Entry { condition: Some(entry.condition.unwrap_or_else(|| why.to_owned())), ..entry });
    }
    Object { entries, open: left.open.or(right.open) }
}
