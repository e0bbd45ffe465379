//! Where headers are set: the configurations of Next.js and Vercel, the proxy, and the responses themselves.

pub(crate) mod layer;
pub(crate) mod next_config;
pub(crate) mod proxy;
pub(crate) mod response;
pub(crate) mod vercel;

#[cfg(test)]
mod tests;

use ops_typescript::value::Value;

use super::text::HeaderText;

/// What a header may be, from what its value evaluates to.
pub(crate) fn header_texts(value: &Value) -> Vec<HeaderText> {
    match value {
        Value::Text(text) => vec![HeaderText::from_known(text)],
        Value::Template(parts) => {
            vec![HeaderText::from_parts(&parts.iter().map(Option::as_deref).collect::<Vec<_>>())]
        }
        Value::Number(number) => vec![HeaderText::from_known(&number.to_string())],
        Value::OneOf(values) => values.iter().flat_map(header_texts).collect(),
        _ => vec![HeaderText::from_parts(&[None])],
    }
}
