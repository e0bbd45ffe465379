//! Headers that code sets on a response: `response.headers.set(…)`, `new Response(…, { headers })`, `res.setHeader(…)`.
//!
//! Which of a handler's ways end in which response is not followed. So what is found here can turn "missing" into
//! "unprovable", and never into "covered": the header is set somewhere, and nobody can tell whether everywhere.

use ops_typescript::{
    module::{Expression, ExpressionId, Key},
    program::{At, Program},
    tree::FileId,
    value::{Evaluator, Object, Value},
};

use super::{super::rule::Header, header_texts, proxy::method_call};

/// The headers that a file sets on any response, in source order, each with the doubt whether it always does. Of others than
/// those that are `asked` for, by names in small letters, nobody needs the value.
pub(crate) fn set_anywhere(
    evaluator: &mut Evaluator<'_>,
    program: &Program,
    file: FileId,
    asked: impl Fn(&str) -> bool,
) -> Vec<Header> {
    let module = program.module(file);
    let path = program.tree().path(file);
    let doubt = Some(format!("{path} sets it on a response, and whether on each one is not known"));
    let mut headers: Vec<Header> = Vec::new();
    let mut add = |key: &str, value: &Value| {
        headers.push(Header { key: key.to_ascii_lowercase(), values: header_texts(value), condition: doubt.clone() });
    };
    let source = program.source(file);
    if !source.contains("eader") && !source.contains(".set(") {
        return headers;
    }
    for (id, expression) in module.expressions() {
        let Expression::Call(call) = expression else { continue };
        let at = At { file, it: id };
        if let Some((key, value)) = setter(program, at)
            && let Value::Text(key) = evaluator.evaluate(at.with(key))
            && asked(&key.to_ascii_lowercase())
        {
            add(&key, &evaluator.evaluate(at.with(value)));
        }
        for argument in &call.arguments {
            let Some(value) = in_options(program, at.with(argument.value), &asked) else { continue };
            let entries = object(evaluator.evaluate(value)).entries;
            entries.iter().filter(|one| asked(&one.key.to_ascii_lowercase())).for_each(|one| add(&one.key, &one.value));
        }
    }
    headers
}

/// `x.headers.set(key, value)` and its like.
fn setter(program: &Program, at: At<ExpressionId>) -> Option<(ExpressionId, ExpressionId)> {
    let module = program.module(at.file);
    for name in ["set", "append"] {
        let Some((object, arguments)) = method_call(program, at, name) else { continue };
        let is_headers = match module.expression(object) {
            Expression::Member { property, .. } => property == "headers",
            Expression::Binding(binding) => module.binding(*binding).name.to_lowercase().ends_with("headers"),
            _ => false,
        };
        let is_response = matches!(module.expression(object), Expression::Binding(binding)
            if matches!(module.binding(*binding).name.as_str(), "res" | "response" | "reply"));
        if let ([key, value, ..], true) = (arguments.as_slice(), is_headers || is_response) {
            return Some((*key, *value));
        }
    }
    for name in ["setHeader", "header"] {
        if let Some((_, arguments)) = method_call(program, at, name)
            && let [key, value, ..] = arguments.as_slice()
        {
            return Some((*key, *value));
        }
    }
    None
}

/// The headers of `{ status, headers: { … } }`, where one that is asked for may be among them.
fn in_options(program: &Program, at: At<ExpressionId>, asked: &impl Fn(&str) -> bool) -> Option<At<ExpressionId>> {
    let module = program.module(at.file);
    let Expression::Object(properties) = module.expression(at.it) else { return None };
    let is_headers = |key: &Option<Key>| matches!(key, Some(Key::Property(name)) if name == "headers");
    let value = properties.iter().find(|property| is_headers(&property.key))?.value;
    let is_other = |key: &Option<Key>| matches!(key, Some(Key::Property(name)) if !asked(&name.to_ascii_lowercase()));
    match module.expression(value) {
        Expression::Object(headers) if headers.iter().all(|header| is_other(&header.key)) => None,
        _ => Some(at.with(value)),
    }
}

/// `{ … }`, also in `new Headers({ … })`.
fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        Value::Result { arguments, .. } => match arguments.into_iter().next() {
            Some(Value::Object(object)) => object,
            _ => Object::default(),
        },
        _ => Object::default(),
    }
}
