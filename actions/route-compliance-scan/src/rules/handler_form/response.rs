//! Whether a function answers by what it returns.

use ops_typescript::module::{
    Call, Expression, ExpressionId, FunctionId, Key, Module, Parameter, Source, Statement, StatementKind,
};
use ops_typescript::program::{At, Meaning, Program};

/// How many names and wrappers are looked through.
const DEPTH: u8 = 8;

/// Whether it is a function that answers by what it returns, and not by its second parameter.
pub(super) fn is_returned(program: &Program, meaning: &Meaning, depth: u8) -> bool {
    match meaning {
        Meaning::Function(function) => is_web(program, *function),
        Meaning::Value(at) => match program.module(at.file).expression(at.it) {
            Expression::Function(function) => is_web(program, at.with(*function)),
            Expression::Call(call) if depth < DEPTH && !call.is_new => wrapped(program, *at, call, depth),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a call makes such a function: a wrapper of this repository around one. A wrapper that answers by its own second
/// parameter, and one from elsewhere, may well translate.
fn wrapped(program: &Program, at: At<ExpressionId>, call: &Call, depth: u8) -> bool {
    let callee = match program.meaning(at.with(call.callee)) {
        Meaning::Function(function) => function,
        Meaning::Value(value) => match program.module(value.file).expression(value.it) {
            Expression::Function(function) => value.with(*function),
            _ => return false,
        },
        _ => return false,
    };
    let module = program.module(callee.file);
    let mut inner = Vec::new();
    returned(&module.function(callee.it).body, &mut inner);
    let functions: Vec<At<FunctionId>> = inner
        .into_iter()
        .filter_map(|one| match program.meaning(callee.with(one)) {
            Meaning::Function(function) => Some(function),
            Meaning::Value(value) => match program.module(value.file).expression(value.it) {
                Expression::Function(function) => Some(value.with(*function)),
                _ => None,
            },
            _ => None,
        })
        .collect();
    if functions.is_empty() || functions.iter().any(|one| answers_by_parameter(program, *one)) {
        return false;
    }
    functions.iter().any(|one| is_web(program, *one))
        || call.arguments.iter().any(|argument| {
            let given = program.meaning(at.with(argument.value));
            is_returned(program, &given, depth + 1)
        })
}

fn is_web(program: &Program, function: At<FunctionId>) -> bool {
    if answers_by_parameter(program, function) {
        return false;
    }
    let module = program.module(function.file);
    let declared = module.function(function.it);
    let promises = declared.return_type.as_deref().is_some_and(is_response_type);
    let takes = |parameter: &Parameter| matches!(parameter.type_text.as_deref(), Some("Request" | "NextRequest"));
    let mut values = Vec::new();
    returned(&declared.body, &mut values);
    promises
        || declared.parameters.first().is_some_and(takes)
        || values.into_iter().any(|value| is_response(program, function.with(value), 0))
}

/// `Response`, `Promise<Response>`, `NextResponse`; not `VercelResponse`, which is the second parameter's type.
fn is_response_type(text: &str) -> bool {
    let words = text.split(|character: char| !character.is_alphanumeric());
    words.into_iter().any(|word| matches!(word, "Response" | "NextResponse"))
}

/// Whether it uses its second parameter, or says by its type that it answers through it.
fn answers_by_parameter(program: &Program, function: At<FunctionId>) -> bool {
    let module = program.module(function.file);
    let declared = module.function(function.it);
    let Some(second) = declared.parameters.get(1) else {
        // `(...args)` hands everything on.
        return declared.parameters.first().is_some_and(|first| first.is_rest);
    };
    let is_typed = second.type_text.as_deref().is_some_and(|text| {
        ["VercelResponse", "NowResponse", "ServerResponse", "NextApiResponse", "Response"].contains(&text)
    });
    is_typed || second.is_rest || second.type_text.is_none() && is_used(module, function.it)
}

/// Whether the body uses the second parameter, or a part of it.
fn is_used(module: &Module, function: FunctionId) -> bool {
    module.expressions().any(|(_, expression)| {
        let Expression::Binding(binding) = expression else { return false };
        matches!(&module.binding(*binding).source, Source::Parameter { function: of, index: 1, .. } if *of == function)
    })
}

/// Whether an expression is a `Response`, as far as its form tells.
fn is_response(program: &Program, at: At<ExpressionId>, depth: u8) -> bool {
    let module = program.module(at.file);
    if depth > DEPTH {
        return false;
    }
    let either = |one: ExpressionId, other: ExpressionId| {
        is_response(program, at.with(one), depth + 1) || is_response(program, at.with(other), depth + 1)
    };
    match module.expression(at.it) {
        Expression::Await(inner) => is_response(program, at.with(*inner), depth + 1),
        Expression::Conditional { then, otherwise, .. } => either(*then, *otherwise),
        Expression::Logical { left, right, .. } => either(*left, *right),
        Expression::Binding(_) => match program.meaning(at) {
            Meaning::Value(value) if value != at => is_response(program, value, depth + 1),
            _ => false,
        },
        Expression::Call(call) => {
            let callee = match module.expression(call.callee) {
                // `Response.json()`
                Expression::Member { object, property }
                    if matches!(property.as_str(), "json" | "redirect" | "error") =>
                {
                    *object
                }
                _ => call.callee,
            };
            match program.meaning(at.with(callee)) {
                Meaning::Global { name, path } => path.is_empty() && (name == "Response" || name == "fetch"),
                Meaning::Outside { path, .. } => {
                    matches!(path.last(), Some(Key::Property(name)) if name == "NextResponse")
                }
                Meaning::Function(function) => returns_one(program, function, depth),
                Meaning::Value(value) => match program.module(value.file).expression(value.it) {
                    Expression::Function(function) => returns_one(program, value.with(*function), depth),
                    _ => false,
                },
                _ => false,
            }
        }
        _ => false,
    }
}

fn returns_one(program: &Program, function: At<FunctionId>, depth: u8) -> bool {
    let declared = program.module(function.file).function(function.it);
    if declared.return_type.as_deref().is_some_and(is_response_type) {
        return true;
    }
    let mut values = Vec::new();
    returned(&declared.body, &mut values);
    values.into_iter().any(|value| is_response(program, function.with(value), depth + 1))
}

/// The values that a function returns, those of functions in it left out.
fn returned(statements: &[Statement], into: &mut Vec<ExpressionId>) {
    for statement in statements {
        match &statement.kind {
            StatementKind::Return(value) => into.extend(*value),
            StatementKind::If { then, otherwise, .. } => {
                returned(then, into);
                returned(otherwise, into);
            }
            StatementKind::Block(body) | StatementKind::Loop { body, .. } => returned(body, into),
            StatementKind::Switch { cases, .. } => cases.iter().for_each(|case| returned(&case.body, into)),
            StatementKind::Try { body, handler, finalizer } => {
                returned(body, into);
                handler.iter().for_each(|handler| returned(handler, into));
                returned(finalizer, into);
            }
            _ => {}
        }
    }
}
