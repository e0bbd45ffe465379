//! Stack traces in answers.

use ops_core::policy::Routes;
use ops_core::words::of_name;
use ops_core::{Finding, Severity};
use ops_typescript::development;
use ops_typescript::module::{Call, Expression, ExpressionId, Module, Span};
use ops_typescript::program::{At, Program};
use ops_typescript::tree::FileId;
use rayon::prelude::*;

use super::is_production;
use super::shown::parts;
use crate::survey::{Mark, Survey};

rule! {
    /// ## What it does
    /// Finds answers that are given the `stack` of an error: `res.json({ stack: error.stack })`, `reply.send(err.stack)`,
    /// `new Response(error.stack)`, `Response.json(…)`, `NextResponse.json(…)`, `c.text(…)`, `json(…)`, and `ctx.body = error.stack`; also in
    /// a template, in a list and inside of `JSON.stringify`.
    ///
    /// Silent are tests, scripts, what only runs in development (after `process.env.NODE_ENV !== "production"` and its like), and
    /// stacks that are logged.
    ///
    /// ## Why is this bad
    /// A stack shows whoever asks which libraries run, where the files lie, and which function to try next.
    ///
    /// ## Instead
    /// ```ts
    /// // before
    /// return Response.json({ message: error.message, stack: error.stack }, { status: 500 });
    /// // after
    /// logger.error({ err: error, requestId }, "failed to save");
    /// return Response.json({ message: "Something went wrong", requestId }, { status: 500 });
    /// ```
    RULE: "exposed-stack", "Shows a stack trace to whoever asks"
}

/// What sends its arguments, of a response or of what holds one.
const SENDERS: [&str; 8] = ["json", "jsonp", "send", "end", "write", "text", "html", "body"];
/// How deep objects and calls are looked into.
const DEPTH: u8 = 12;

pub(super) fn check(program: &Program, survey: &Survey, _policy: &Routes) -> Vec<Finding> {
    let files = survey.with(program, Mark::Stack).filter(|(_, path)| is_production(survey, path));
    let files: Vec<FileId> = files.map(|(file, _)| file).collect();
    files.into_par_iter().flat_map_iter(|file| in_file(program, file)).collect()
}

fn in_file(program: &Program, file: FileId) -> Vec<Finding> {
    let module = program.module(file);
    let mut stacks = Vec::new();
    for (_, expression) in module.expressions() {
        match expression {
            Expression::Call(call) if answers(module, call) => {
                call.arguments.iter().for_each(|argument| look(module, argument.value, 0, &mut stacks));
            }
            Expression::Assign { target, value } if is_body(module, *target) => look(module, *value, 0, &mut stacks),
            _ => {}
        }
    }
    stacks.sort();
    stacks.dedup();
    development::leave_out(module, &mut stacks, |span| *span);
    stacks.into_iter().map(|span| finding(program, At { file, it: span })).collect()
}

fn finding(program: &Program, at: At<Span>) -> Finding {
    let text = program.text(at);
    let mut finding = RULE.finding(program, at, Severity::Error, &[text]);
    finding.message = format!("answers with `{text}`");
    finding.help = "Log the error with the request's id, and answer with the id alone.".to_owned();
    finding
}

/// `res.status(500).json(…)`, `Response.json(…)`, `new Response(…)`, `json(…)`.
fn answers(module: &Module, call: &Call) -> bool {
    match module.expression(call.callee) {
        Expression::Member { object, property } => SENDERS.contains(&property.as_str()) && is_response(module, *object),
        Expression::Binding(_) | Expression::Global(_) => match name(module, call.callee) {
            Some("Response" | "NextResponse") => call.is_new,
            Some("json") => !call.is_new,
            _ => false,
        },
        _ => false,
    }
}

/// `ctx.body`, `res.body`.
fn is_body(module: &Module, target: ExpressionId) -> bool {
    matches!(module.expression(target), Expression::Member { object, property } if property == "body" && is_response(module, *object))
}

/// A response or what holds one, by its name: `res`, `reply`, `ctx`, `c`, `res.status(500)`, `this.response`.
fn is_response(module: &Module, id: ExpressionId) -> bool {
    const NAMES: [&str; 7] = ["res", "response", "reply", "ctx", "context", "c", "h"];
    match module.expression(id) {
        Expression::Binding(_) | Expression::Global(_) => {
            name(module, id).is_some_and(|name| NAMES.contains(&name) || matches!(name, "Response" | "NextResponse"))
        }
        Expression::Member { object, property } => NAMES.contains(&property.as_str()) || is_response(module, *object),
        Expression::Call(call) => is_response(module, call.callee),
        _ => false,
    }
}

fn name(module: &Module, id: ExpressionId) -> Option<&str> {
    match module.expression(id) {
        Expression::Binding(binding) => Some(module.binding(*binding).name.as_str()),
        Expression::Global(name) => Some(name.as_str()),
        _ => None,
    }
}

/// The stacks of errors that a value gives away.
fn look(module: &Module, id: ExpressionId, depth: u8, found: &mut Vec<Span>) {
    if depth > DEPTH {
        return;
    }
    match module.expression(id) {
        Expression::Member { object, property } if property == "stack" && is_error(module, *object) => {
            found.push(module.span(id));
        }
        _ => parts(module, id).into_iter().for_each(|part| look(module, part, depth + 1, found)),
    }
}

/// An error, by its name: `err`, `error`, `e`, `parseError`, `error.cause`.
fn is_error(module: &Module, id: ExpressionId) -> bool {
    let name = match module.expression(id) {
        Expression::Member { property, .. } => Some(property.as_str()),
        _ => name(module, id),
    };
    const WORDS: [&str; 8] = ["e", "ex", "err", "error", "exception", "cause", "reason", "failure"];
    name.and_then(|name| of_name(name).pop()).is_some_and(|word| WORDS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{fires, silent, told};

    fn handler(text: &str) -> String {
        format!("export function f(err, error, e, res, reply, ctx, c, req) {{ {text} }}")
    }

    #[test]
    fn a_stack_is_found_in_every_kind_of_answer() {
        for text in [
            "res.status(500).json({ message: err.message, stack: err.stack });",
            "return Response.json({ error: { trace: error.stack } }, { status: 500 });",
            "return new Response(error.stack, { status: 500 });",
            "return NextResponse.json({ stack: error.stack.split('\\n') });",
            "reply.code(500).send(`failed: ${e.stack}`);",
            "res.end('Error: ' + err.stack);",
            "res.write(String(err.stack));",
            "return c.text(err?.stack ?? 'unknown');",
            "ctx.body = { stack: error.stack };",
            "return json({ stack: error.cause.stack });",
            "this.response.send(JSON.stringify({ stack: err.stack }));",
            "res.json({ stack: process.env.NODE_ENV === 'production' ? err.stack : null });",
        ] {
            fires(RULE.ident, &[("lib/a.ts", &handler(text))]);
        }
    }

    #[test]
    fn what_shows_nothing_in_production_is_right() {
        for text in [
            "logger.error({ stack: err.stack }); res.status(500).json({ message: 'failed' });",
            "res.json({ stack: tech.stack, stacks: call.stack.length });",
            "res.json({ hasStack: Boolean(err.stack) });",
            "res.json({ stack: process.env.NODE_ENV === 'production' ? undefined : err.stack });",
            "res.json({ ...(process.env.NODE_ENV !== 'production' && { stack: err.stack }) });",
            "if (isDevelopment) { return res.json({ stack: err.stack }); }",
            "if (process.env.NODE_ENV === 'production') { return res.json({}); } res.json({ stack: err.stack });",
            "throw new Failure(err.stack); cache.send(err.stack);",
        ] {
            silent(RULE.ident, &[("lib/a.ts", &handler(text))]);
        }
        let text = handler("res.json({ stack: err.stack });");
        silent(RULE.ident, &[("lib/a.test.ts", &text), ("scripts/serve.ts", &text)]);
    }

    #[test]
    fn the_expression_is_told_at_its_place() {
        let found = told(
            RULE.ident,
            &[(
                "app/api/a/route.ts",
                "export function GET() {\n  try { run(); }\n  catch (error) { return Response.json({ stack: error.stack }); }\n}\n",
            )],
        );
        let one = &found[0];
        assert_eq!(
            (one.message.as_str(), one.place.start_line, one.place.start_column),
            ("answers with `error.stack`", 3, 49)
        );
    }
}
