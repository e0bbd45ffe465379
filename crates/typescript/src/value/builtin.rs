//! Methods of strings, and joining.

use super::{Array, Value, operator::text_of};

/// A method of a string. What isn't followed gives a string that nobody knows.
pub(crate) fn text_method(text: &Value, name: &str, arguments: &[Value]) -> Value {
    let unknown = || Value::Template(vec![None]);
    match name {
        "toString" | "normalize" => text.clone(),
        "trim" => trimmed(text),
        "toLowerCase" => changed(text, str::to_lowercase),
        "toUpperCase" => changed(text, str::to_uppercase),
        "concat" => text_of(&std::iter::once(text).chain(arguments).collect::<Vec<_>>()),
        "replace" | "replaceAll" => match arguments {
            [Value::Regex { pattern, flags }, Value::Text(with)] if flags.contains('g') => {
                replaced(text, pattern, with)
            }
            [Value::Text(what), Value::Text(with)] => match text {
                Value::Text(text) if name == "replaceAll" => Value::Text(text.replace(what, with)),
                Value::Text(text) => Value::Text(text.replacen(what, with, 1)),
                _ => unknown(),
            },
            _ => unknown(),
        },
        "split" => match (text, arguments) {
            (Value::Text(text), [Value::Text(separator)]) if !separator.is_empty() => {
                Value::Array(Array::of(text.split(separator.as_str()).map(|part| Value::Text(part.to_owned()))))
            }
            _ => Value::Unknown("what a string is split into is not known".to_owned()),
        },
        "startsWith" | "endsWith" | "includes" => match (text, arguments) {
            (Value::Text(text), [Value::Text(part)]) => Value::Boolean(match name {
                "startsWith" => text.starts_with(part),
                "endsWith" => text.ends_with(part),
                _ => text.contains(part),
            }),
            _ => Value::Unknown(format!("what `{name}` says of it is not known")),
        },
        _ => unknown(),
    }
}

fn changed(text: &Value, change: impl Fn(&str) -> String) -> Value {
    match text {
        Value::Text(text) => Value::Text(change(text)),
        Value::Template(parts) => Value::Template(parts.iter().map(|part| part.as_deref().map(&change)).collect()),
        other => other.clone(),
    }
}

fn trimmed(text: &Value) -> Value {
    match text {
        Value::Template(parts) => {
            let mut parts = parts.clone();
            if let Some(Some(first)) = parts.first_mut() {
                *first = first.trim_start().to_owned();
            }
            if let Some(Some(last)) = parts.last_mut() {
                *last = last.trim_end().to_owned();
            }
            Value::Template(parts)
        }
        other => changed(other, |text| text.trim().to_owned()),
    }
}

/// Blanks and line ends, as policies are made one line of.
fn replaced(text: &Value, pattern: &str, with: &str) -> Value {
    if with.contains('$') {
        return Value::Template(vec![None]);
    }
    match pattern {
        "\\n" | "\n" => changed(text, |text| text.replace('\n', with)),
        "\\r?\\n" | "\\r\\n|\\n" | "\\n|\\r\\n" => changed(text, |text| text.replace("\r\n", "\n").replace('\n', with)),
        "\\r?\\n|\\r" | "[\\r\\n]" | "\\n|\\r" => changed(text, |text| text.replace(['\n', '\r'], with)),
        "\\n+" | "[\\r\\n]+" => changed(text, |text| runs(text, 1, with, |next| matches!(next, '\n' | '\r'))),
        "\\s" => changed(text, |text| text.replace(char::is_whitespace, with)),
        "\\s+" => changed(text, |text| runs(text, 1, with, char::is_whitespace)),
        "\\s{2,}" | "\\s\\s+" => changed(text, |text| runs(text, 2, with, char::is_whitespace)),
        "  +" | " {2,}" => changed(text, |text| runs(text, 2, with, |next| next == ' ')),
        _ => Value::Template(vec![None]),
    }
}

fn runs(text: &str, least: usize, with: &str, is_one: impl Fn(char) -> bool) -> String {
    let mut result = String::new();
    let mut run = String::new();
    for character in text.chars() {
        if is_one(character) {
            run.push(character);
            continue;
        }
        end_run(&mut result, &mut run, least, with);
        result.push(character);
    }
    end_run(&mut result, &mut run, least, with);
    result
}

fn end_run(result: &mut String, run: &mut String, least: usize, with: &str) {
    if !run.is_empty() {
        result.push_str(if run.chars().count() >= least { with } else { run });
        run.clear();
    }
}

/// `array.join(separator)`.
pub(crate) fn join(array: &Array, separator: Option<&Value>) -> Value {
    let comma = Value::Text(",".to_owned());
    let separator = separator.unwrap_or(&comma);
    let unknown = Value::Unknown(String::new());
    let mut parts: Vec<&Value> = Vec::new();
    for (index, item) in array.items.iter().enumerate() {
        if index > 0 {
            parts.push(separator);
        }
        parts.push(match (&item.condition, &item.value) {
            (Some(_), _) => &unknown,
            (None, Value::Null | Value::Undefined) => continue,
            (None, value) => value,
        });
    }
    if array.open.is_some() {
        parts.push(separator);
        parts.push(&unknown);
    }
    text_of(&parts)
}
