//! Operators.

use super::Value;

pub(crate) fn binary(operator: &str, left: &Value, right: &Value) -> Value {
    let equal = || strictly_equal(left, right);
    let answer = match operator {
        "===" => equal(),
        "!==" => equal().map(|equal| !equal),
        "==" | "!=" => loosely_equal(left, right).map(|equal| equal == (operator == "==")),
        "<" | ">" | "<=" | ">=" => match (left, right) {
            (Value::Number(left), Value::Number(right)) => Some(match operator {
                "<" => left < right,
                ">" => left > right,
                "<=" => left <= right,
                _ => left >= right,
            }),
            _ => None,
        },
        "+" => return add(left, right),
        "-" | "*" | "/" => match (left, right) {
            (Value::Number(left), Value::Number(right)) => {
                return Value::Number(match operator {
                    "-" => left - right,
                    "*" => left * right,
                    _ => left / right,
                });
            }
            _ => None,
        },
        _ => None,
    };
    match answer {
        Some(answer) => Value::Boolean(answer),
        None if matches!(left, Value::Unknown(_) | Value::Result { .. }) => Value::Unknown(left.why()),
        None if matches!(right, Value::Unknown(_) | Value::Result { .. }) => Value::Unknown(right.why()),
        None => Value::Unknown(format!("`{operator}` is not followed here")),
    }
}

fn strictly_equal(left: &Value, right: &Value) -> Option<bool> {
    use Value::{Boolean, Null, Number, Text, Undefined};
    match (left, right) {
        (Text(left), Text(right)) => Some(left == right),
        (Number(left), Number(right)) => Some(left == right),
        (Boolean(left), Boolean(right)) => Some(left == right),
        (Null, Null) | (Undefined, Undefined) => Some(true),
        (Text(_) | Number(_) | Boolean(_) | Null | Undefined, Text(_) | Number(_) | Boolean(_) | Null | Undefined) => {
            Some(false)
        }
        (Value::OneOf(values), other) | (other, Value::OneOf(values)) => {
            let mut answers = values.iter().map(|value| strictly_equal(value, other));
            let first = answers.next().flatten()?;
            answers.all(|answer| answer == Some(first)).then_some(first)
        }
        _ => None,
    }
}

fn loosely_equal(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Null, Value::Undefined) | (Value::Undefined, Value::Null) => Some(true),
        (Value::Null | Value::Undefined, Value::Text(_) | Value::Number(_) | Value::Boolean(_))
        | (Value::Text(_) | Value::Number(_) | Value::Boolean(_), Value::Null | Value::Undefined) => Some(false),
        (Value::Text(_), Value::Text(_)) | (Value::Number(_), Value::Number(_)) => strictly_equal(left, right),
        _ => None,
    }
}

fn add(left: &Value, right: &Value) -> Value {
    if let (Value::Number(left), Value::Number(right)) = (left, right) {
        return Value::Number(left + right);
    }
    let is_text = |value: &Value| matches!(value, Value::Text(_) | Value::Template(_));
    if is_text(left) || is_text(right) {
        return text_of(&[left, right]);
    }
    Value::Unknown("`+` joins values that are not known".to_owned())
}

/// The values as one string, as a template joins them.
pub(crate) fn text_of(values: &[&Value]) -> Value {
    let mut parts: Vec<Option<String>> = Vec::new();
    let mut push = |part: Option<String>| match (parts.last_mut(), part) {
        (Some(Some(last)), Some(text)) => last.push_str(&text),
        (_, Some(text)) if text.is_empty() => {}
        (Some(None), None) => {}
        (_, part) => parts.push(part),
    };
    for value in values {
        match value {
            Value::Text(text) => push(Some(text.clone())),
            Value::Template(template) => template.iter().for_each(|part| push(part.clone())),
            Value::Number(number) => push(Some(number.to_string())),
            Value::Boolean(boolean) => push(Some(boolean.to_string())),
            Value::Null => push(Some("null".to_owned())),
            Value::Undefined => push(Some("undefined".to_owned())),
            _ => push(None),
        }
    }
    match parts.as_slice() {
        [] => Value::Text(String::new()),
        [Some(text)] => Value::Text(text.clone()),
        _ => Value::Template(parts),
    }
}
