//! Where the id of a request is bound to what a logger writes.

use ops_core::words::of_name;
use ops_typescript::module::{Call, Expression, ExpressionId, Module, Source};
use ops_typescript::program::{At, Program};
use ops_typescript::tree::FileId;
use ops_typescript::value::{Evaluator, Object, Value};

/// Middleware for pino that gives each request a logger with its id.
const MIDDLEWARE: [&str; 6] =
    ["pino-http", "nestjs-pino", "express-pino-logger", "koa-pino-logger", "hapi-pino", "hono-pino"];
/// What an id is called, in one word.
const NAMES: [&str; 4] = ["requestid", "reqid", "correlationid", "traceid"];

/// Whether the id of a request is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bound {
    Yes,
    /// Nobody can tell, for this reason.
    Perhaps(String),
    No,
}

impl Bound {
    /// The better of two answers.
    pub(super) fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Yes => Self::Yes,
            Self::No => other(),
            Self::Perhaps(why) => match other() {
                Self::Yes => Self::Yes,
                _ => Self::Perhaps(why),
            },
        }
    }
}

/// Whether the options of a logger bind an id: by `mixin`, or by `formatters.log`.
pub(super) fn by_options(options: &Value, evaluator: &mut Evaluator<'_>) -> Bound {
    match options {
        Value::Object(options) => {
            let log = match options.value("formatters") {
                Value::Object(formatters) => formatters.value("log"),
                other => other,
            };
            by_function(options.value("mixin"), evaluator).or(|| by_function(log, evaluator))
        }
        Value::Unknown(_) | Value::OneOf(_) => Bound::Perhaps(options.why()),
        _ => Bound::No,
    }
}

/// Whether what a function gives back holds an id. It is given an object with nothing in it.
fn by_function(function: Value, evaluator: &mut Evaluator<'_>) -> Bound {
    match function {
        Value::Function(function) => held(&evaluator.call(function, vec![Value::Object(Object::default())])),
        Value::Unknown(_) | Value::OneOf(_) | Value::Result { .. } => Bound::Perhaps(function.why()),
        _ => Bound::No,
    }
}

/// Whether an object holds an id.
fn held(value: &Value) -> Bound {
    match value {
        Value::Object(object) if object.entries.iter().any(|entry| is_id(&entry.key)) => Bound::Yes,
        Value::Object(Object { open: Some(why), .. }) => Bound::Perhaps(why.clone()),
        Value::OneOf(values) => values.iter().fold(Bound::No, |bound, one| bound.or(|| held(one))),
        Value::Unknown(_) | Value::Result { .. } => Bound::Perhaps(value.why()),
        _ => Bound::No,
    }
}

/// `request_id`, `requestId`, `req_id`, `x-request-id`, `correlationId`, `trace_id`.
fn is_id(name: &str) -> bool {
    let name = of_name(name).concat();
    NAMES.iter().any(|wanted| name.ends_with(wanted))
}

/// Whether a file binds an id: it makes a child of a logger, takes middleware that does, or lets Fastify log.
pub(super) fn by_file(program: &Program, file: FileId, evaluator: &mut Evaluator<'_>) -> Bound {
    let module = program.module(file);
    let mut bound = Bound::No;
    for (id, expression) in module.expressions() {
        bound = bound.or(|| match expression {
            Expression::Binding(_) if MIDDLEWARE.iter().any(|name| is_of(module, id, name)) => Bound::Yes,
            Expression::Call(call) if MIDDLEWARE.iter().any(|name| requires(module, call, name)) => Bound::Yes,
            Expression::Call(call) => by_call(module, At { file, it: call }, evaluator),
            _ => Bound::No,
        });
    }
    match bound {
        Bound::Perhaps(why) => Bound::Perhaps(format!("{}: {why}", program.tree().path(file))),
        bound => bound,
    }
}

fn by_call(module: &Module, call: At<&Call>, evaluator: &mut Evaluator<'_>) -> Bound {
    let given = |evaluator: &mut Evaluator<'_>| match call.it.arguments.first() {
        Some(first) if !first.is_spread => evaluator.evaluate(call.with(first.value)),
        Some(_) => Value::Unknown("its arguments are spread".to_owned()),
        None => Value::Undefined,
    };
    match module.expression(call.it.callee) {
        Expression::Member { object, property } if matches!(property.as_str(), "child" | "setBindings") => {
            match held(&given(evaluator)) {
                // Much else has children.
                Bound::Perhaps(_) if !is_logger(module, *object) => Bound::No,
                bound => bound,
            }
        }
        _ if is_of(module, call.it.callee, "fastify") => match given(evaluator) {
            // Each request of Fastify has a logger of its own, with `reqId`.
            Value::Object(options) => match (options.value("logger"), options.value("loggerInstance")) {
                (Value::Undefined | Value::Null | Value::Boolean(false), Value::Undefined) => Bound::No,
                (Value::Unknown(why), _) => Bound::Perhaps(why),
                _ => Bound::Yes,
            },
            Value::Undefined => Bound::No,
            unknown => Bound::Perhaps(unknown.why()),
        },
        _ => Bound::No,
    }
}

/// Whether an expression is what a package gives away, or something of it.
fn is_of(module: &Module, id: ExpressionId, package: &str) -> bool {
    let Expression::Binding(binding) = module.expression(id) else { return false };
    match &module.binding(*binding).source {
        Source::Import { specifier, .. } => specifier == package,
        Source::Value { initial: Some(initial), .. } => {
            matches!(module.expression(*initial), Expression::Call(call) if requires(module, call, package))
        }
        _ => false,
    }
}

/// `require("package")`
fn requires(module: &Module, call: &Call, package: &str) -> bool {
    let is_require = matches!(module.expression(call.callee), Expression::Global(name) if name == "require");
    let named = call.arguments.first().map(|argument| module.expression(argument.value));
    is_require && matches!(named, Some(Expression::Text(text)) if text == package)
}

/// Whether an expression is called as loggers are: `logger`, `request.log`, `this.logger`.
fn is_logger(module: &Module, id: ExpressionId) -> bool {
    let name = match module.expression(id) {
        Expression::Binding(binding) => module.binding(*binding).name.as_str(),
        Expression::Global(name) | Expression::Member { property: name, .. } => name.as_str(),
        Expression::Call(call) => return is_logger(module, call.callee),
        _ => return false,
    };
    matches!(of_name(name).last().map(String::as_str), Some("log" | "logger" | "logging" | "pino"))
}
