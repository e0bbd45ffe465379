//! Headers that code sets on a response: `response.headers.set(…)`, `new Response(…, { headers })`, `res.setHeader(…)`.
//!
//! Which of a handler's ways end in which response is not followed. So what is found here can turn "missing" into
//! "unprovable", and never into "covered": the header is set somewhere, and nobody can tell whether everywhere.

use ops_typescript::{
    module::{Expression, ExpressionId},
    program::{At, Program},
    tree::FileId,
    value::{Evaluator, Object, Value},
};

use super::{super::rule::Header, header_texts, proxy::method_call};

/// The headers that a file sets on any response, in source order, each with the doubt whether it always does.
pub(crate) fn set_anywhere(evaluator: &mut Evaluator<'_>, program: &Program, file: FileId) -> Vec<Header> {
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
        {
            add(&key, &evaluator.evaluate(at.with(value)));
        }
        for argument in &call.arguments {
            for entry in in_options(evaluator, program, at.with(argument.value)).entries {
                add(&entry.key, &entry.value);
            }
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

/// The headers of `{ status, headers: { … } }`.
fn in_options(evaluator: &mut Evaluator<'_>, program: &Program, at: At<ExpressionId>) -> Object {
    let Expression::Object(properties) = program.module(at.file).expression(at.it) else { return Object::default() };
    let is_headers = |key: &Option<ops_typescript::module::Key>| matches!(key, Some(ops_typescript::module::Key::Property(name)) if name == "headers");
    let Some(property) = properties.iter().find(|property| is_headers(&property.key)) else { return Object::default() };
    match evaluator.evaluate(at.with(property.value)) {
        Value::Object(object) => object,
        Value::Result { arguments, .. } => match arguments.into_iter().next() {
            Some(Value::Object(object)) => object,
            _ => Object::default(),
        },
        _ => Object::default(),
    }
}
