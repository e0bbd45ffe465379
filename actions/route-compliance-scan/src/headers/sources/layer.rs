//! Middleware that is known to set headers: `helmet()`, Hono's `secureHeaders()`, `@fastify/helmet`.
//!
//! Their defaults: helmet 8 (<https://helmetjs.github.io>), which Fastify's plugin hands on, and
//! <https://hono.dev/docs/middleware/builtin/secure-headers>.

use ops_typescript::{
    module::{Expression, ExpressionId},
    program::{At, Meaning, Program},
    value::{Evaluator, Object, Value},
};

use super::{
    super::{rule::Header, text::HeaderText},
    header_texts,
};

/// A header, its value, and the option that names it.
type Default = (&'static str, &'static str, &'static [&'static str]);

const HELMET: [Default; 5] = [
    (
        "content-security-policy",
        "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';\
         img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';\
         style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests",
        &["contentSecurityPolicy"],
    ),
    ("strict-transport-security", "max-age=31536000; includeSubDomains", &["strictTransportSecurity", "hsts"]),
    ("x-content-type-options", "nosniff", &["xContentTypeOptions", "noSniff"]),
    ("x-frame-options", "SAMEORIGIN", &["xFrameOptions", "frameguard"]),
    ("referrer-policy", "no-referrer", &["referrerPolicy"]),
];

const HONO: [Default; 4] = [
    ("strict-transport-security", "max-age=15552000; includeSubDomains", &["strictTransportSecurity"]),
    ("x-content-type-options", "nosniff", &["xContentTypeOptions"]),
    ("x-frame-options", "SAMEORIGIN", &["xFrameOptions"]),
    ("referrer-policy", "no-referrer", &["referrerPolicy"]),
];

/// The headers that a layer before a route sets; nothing where it isn't known to set any.
pub(crate) fn headers(evaluator: &mut Evaluator<'_>, program: &Program, at: At<ExpressionId>) -> Vec<Header> {
    // A constant stands for the call that made it.
    let at = match program.meaning(at) {
        Meaning::Value(value) => value,
        _ => at,
    };
    let module = program.module(at.file);
    let (callee, options) = match module.expression(at.it) {
        Expression::Call(call) => (at.with(call.callee), call.arguments.first().map(|first| at.with(first.value))),
        _ => (at, None),
    };
    let Meaning::Outside { specifier, .. } = program.meaning(callee) else { return Vec::new() };
    let defaults: &[Default] = match specifier.as_str() {
        "helmet" | "@fastify/helmet" | "fastify-helmet" => &HELMET,
        "hono/secure-headers" => &HONO,
        _ => return Vec::new(),
    };
    let options = match options.map(|options| evaluator.evaluate(options)) {
        None => Object::default(),
        Some(Value::Object(options)) => options,
        Some(other) => Object { entries: Vec::new(), open: Some(other.why()) },
    };
    defaults.iter().filter_map(|default| with_options(default, &options)).collect()
}

fn with_options((key, value, names): &Default, options: &Object) -> Option<Header> {
    let mut header = Header { key: (*key).to_owned(), values: vec![HeaderText::from_known(value)], condition: None };
    for name in *names {
        match options.value(name) {
            Value::Undefined | Value::Boolean(true) => {}
            Value::Boolean(false) => return None,
            text @ Value::Text(_) => header.values = header_texts(&text),
            _ => header.values = vec![HeaderText::from_parts(&[None])],
        }
    }
    Some(header)
}
