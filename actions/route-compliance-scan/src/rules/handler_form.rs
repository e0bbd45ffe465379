//! A function of Vercel that nobody lets finish.

use ops_core::policy::Routes;
use ops_core::{Finding, Severity};
use ops_typescript::module::{
    Call, Export, Expression, ExpressionId, FunctionId, Key, Module, Name, Parameter, Source,
};
use ops_typescript::module::{Statement, StatementKind};
use ops_typescript::program::{At, Meaning, Program, Trail};
use ops_typescript::tree::FileId;

use crate::discover::vercel::{Form, form, functions, is_adapter};
use crate::proof::METHODS;
use crate::survey::Survey;

rule! {
    /// ## What it does
    /// Finds files below `api/` that Vercel runs on Node.js and whose default export is a plain function that returns a
    /// `Response`: declared there, taken over from another file, wrapped, or made by `handle` of `hono/vercel`.
    ///
    /// Silent are named methods (`export function GET`), an export named `fetch`, a default export with a method `fetch` (an object,
    /// or an application of Hono or Elysia), functions that answer by their second parameter, the edge runtime, and files of
    /// Next.js.
    ///
    /// ## Why is this bad
    /// On Node.js Vercel calls such a function with `(request, response)` and ignores what it returns. Nobody ever writes to
    /// `response`, so the request hangs until it is cut off.
    ///
    /// ## Instead
    /// ```ts
    /// // before
    /// export default async function handler(request: Request) {
    ///   return Response.json({ ok: true });
    /// }
    /// // after
    /// async function handler(request: Request) {
    ///   return Response.json({ ok: true });
    /// }
    /// export default { fetch: handler };
    /// ```
    RULE: "handler-form", "A function that never answers"
}

/// How many names and wrappers are looked through.
const DEPTH: u8 = 8;

pub(super) fn check(program: &Program, survey: &Survey, _policy: &Routes) -> Vec<Finding> {
    let files = functions(program, survey);
    files.into_iter().filter_map(|function| check_file(program, function.file)).collect()
}

fn check_file(program: &Program, file: FileId) -> Option<Finding> {
    let module = program.module(file);
    let export = module.export("default").or_else(|| module.export("module.exports"))?;
    let is_named =
        module.exports.iter().filter_map(Export::name).any(|name| name == "fetch" || METHODS.contains(&name));
    if is_named || is_edge(program, file) {
        return None;
    }
    let meaning = program.follow_export(file, "default", &mut Trail::default());
    let is_ignored = match form(program, &meaning) {
        Form::Function => returns_response(program, &meaning, 0),
        Form::Adapter => true,
        Form::Fetch(_) | Form::Router | Form::Server | Form::Nothing => false,
    };
    if !is_ignored {
        return None;
    }
    let mut finding = RULE.finding(program, At { file, it: export.span() }, Severity::Error, &[]);
    finding.message = "Vercel ignores what this function returns, so the request never ends".to_owned();
    finding.help = format!("Export an object with `fetch`:\n{}", rewrite(program, file, export, &meaning));
    Some(finding)
}

/// `export const config = { runtime: "edge" }`, and `export const runtime = "edge"`.
fn is_edge(program: &Program, file: FileId) -> bool {
    let module = program.module(file);
    let is_edge = |meaning: &Meaning| match meaning {
        Meaning::Value(at) => {
            matches!(program.module(at.file).expression(at.it), Expression::Text(text) if text == "edge" || text == "experimental-edge")
        }
        _ => false,
    };
    module.exports.iter().any(|export| {
        let Export::Local { name, value, .. } = export else { return false };
        let part: &[Key] = match name.as_str() {
            "runtime" => &[],
            "config" => &[Key::Property(Name::const_new("runtime"))],
            _ => return false,
        };
        is_edge(&program.follow_part(At { file, it: *value }, part, &mut Trail::default()))
    })
}

/// Whether it is a function that answers by what it returns, and not by its second parameter.
fn returns_response(program: &Program, meaning: &Meaning, depth: u8) -> bool {
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
    let callee = match program.follow(at.with(call.callee), &mut Trail::default()) {
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
        .filter_map(|one| match program.follow(callee.with(one), &mut Trail::default()) {
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
            let given = program.follow(at.with(argument.value), &mut Trail::default());
            returns_response(program, &given, depth + 1)
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
        Expression::Binding(_) => match program.follow(at, &mut Trail::default()) {
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
            match program.follow(at.with(callee), &mut Trail::default()) {
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

/// What to write instead, as near to what is there as its form allows.
fn rewrite(program: &Program, file: FileId, export: &Export, meaning: &Meaning) -> String {
    let module = program.module(file);
    let (value, is_common) = match export {
        Export::From { specifier, imported, .. } => {
            let name = match imported {
                ops_typescript::module::Imported::Name(name) if name != "default" => format!("{{ {name} as handler }}"),
                _ => "handler".to_owned(),
            };
            return format!("import {name} from \"{specifier}\";\nexport default {{ fetch: handler }};");
        }
        Export::Local { value, name, .. } => (*value, name == "module.exports"),
        Export::Star { .. } => return "export default { fetch: handler };".to_owned(),
    };
    let text = |id: ExpressionId| program.text(At { file, it: module.span(id) });
    let object = |inner: &str| {
        if is_common {
            format!("module.exports = {{ fetch: {inner} }};")
        } else {
            format!("export default {{ fetch: {inner} }};")
        }
    };
    match (module.expression(value), meaning) {
        (Expression::Call(call), _) if is_adapter(program, At { file, it: call.callee }) => {
            let app = call.arguments.first().map_or("app", |argument| text(argument.value));
            format!("export default {app};")
        }
        (Expression::Binding(binding), Meaning::Function(function)) if function.file == file => {
            let name = &module.binding(*binding).name;
            let head =
                program.text(At { file, it: module.function(function.it).span }).lines().next().unwrap_or_default();
            format!("{head}\n…\n{}", object(name))
        }
        (Expression::Binding(binding), _) => object(&module.binding(*binding).name),
        _ => {
            let written = text(value);
            let short = written.lines().next().unwrap_or_default();
            if written.lines().count() > 1 { object(&format!("{short} … }}")) } else { object(written) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{fires, silent, told};

    const JSON: &str = "{}";

    fn at(text: &str) -> Vec<(&str, &str)> {
        vec![("vercel.json", JSON), ("api/a.ts", text)]
    }

    #[test]
    fn a_function_that_returns_a_response_never_answers() {
        for text in [
            "export default async function handler(req: Request) { return new Response('ok'); }",
            "export default async (req) => Response.json({});",
            "export default (req) => new Response('ok');",
            "async function handler(req) { return new Response('ok'); }\nexport default handler;",
            "const handler = async (req) => { try { return Response.json({}); } catch { return new Response('no', { status: 500 }); } };\nexport { handler as default };",
            "module.exports = async (req) => new Response('ok');",
            "export default async function (req): Promise<Response> { return answer(req); }",
            "function answer() { return new Response('ok'); }\nexport default (req) => answer();",
            "export default async (req) => { const response = new Response('ok'); return response; };",
            "export default async (req) => fetch('https://example.com');",
            "export default async (req: Request, context: Context) => { context.waitUntil(1); return new Response('ok'); };",
            "import { handle } from 'hono/vercel'; import { Hono } from 'hono'; const app = new Hono(); export default handle(app);",
            "const log = (inner) => async (req) => { return inner(req); };\nexport default log(async (req: Request) => new Response('ok'));",
            "export const config = { runtime: 'nodejs' }; export default (req) => new Response('ok');",
        ] {
            fires(RULE.ident, &at(text));
        }
    }

    #[test]
    fn a_function_of_another_file_never_answers_either() {
        let lib = (
            "lib/handler.ts",
            "export default async (req: Request) => new Response('ok'); export const other = (req) => new Response();",
        );
        for text in [
            "export { default } from '../lib/handler';",
            "export { other as default } from '../lib/handler';",
            "import handler from '../lib/handler'; export default handler;",
        ] {
            fires(RULE.ident, &[("vercel.json", JSON), lib, ("api/a.ts", text)]);
        }
    }

    #[test]
    fn what_vercel_waits_for_is_right() {
        for text in [
            "export function GET() { return new Response('ok'); }",
            "export const POST = async () => Response.json({}); export default () => new Response();",
            "export function fetch(request) { return new Response('ok'); }",
            "export default { fetch: (request) => new Response('ok') };",
            "const server = { fetch() { return new Response(); } }; export default server;",
            "const server = { fetch() { return new Response(); } } satisfies Server; export default server;",
            "import { Hono } from 'hono'; const app = new Hono(); export default app;",
            "import { Elysia } from 'elysia'; export default new Elysia().get('/', () => 'ok');",
            "import express from 'express'; const app = express(); export default app;",
            "export default function handler(req, res) { res.status(200).json({}); }",
            "export default async (req: VercelRequest, res: VercelResponse) => { const answer = await fetch('x'); return res.json(answer); };",
            "export default (req, res) => { return new Promise((done) => { res.end(); done(); }); };",
            "export const config = { runtime: 'edge' }; export default (req) => new Response('ok');",
            "export const runtime = 'edge'; export default (req) => new Response('ok');",
            "const edge = 'edge'; export const config = { runtime: edge }; export default (req) => new Response('ok');",
            "import { translate } from 'adapter'; export default translate((req: Request) => new Response('ok'));",
            "const node = (inner) => async (req, res) => { res.end(await (await inner(req)).text()); }; export default node((req: Request) => new Response('ok'));",
            "module.exports = (req, res) => res.end('ok');",
            "export default (req) => { const make = () => new Response('ok'); console.log(make); };",
        ] {
            silent(RULE.ident, &at(text));
        }
    }

    #[test]
    fn files_that_vercel_does_not_call_are_no_concern() {
        let text = "export default async (req: Request) => new Response('ok');";
        silent(
            RULE.ident,
            &[
                ("package.json", r#"{ "dependencies": { "next": "16" } }"#),
                ("pages/api/a.ts", text),
                ("api/a.ts", text),
            ],
        );
        silent(RULE.ident, &[("vercel.json", JSON), ("api/_a.ts", text), ("lib/a.ts", text)]);
    }

    #[test]
    fn the_help_is_what_to_write() {
        let help = |text: &str| told(RULE.ident, &at(text)).remove(0).help;
        assert_eq!(
            help("export default async function handler(req: Request) {\n  return new Response('ok');\n}"),
            "Export an object with `fetch`:\nasync function handler(req: Request) {\n…\nexport default { fetch: handler };"
        );
        assert_eq!(
            help("export default (req) => new Response('ok');"),
            "Export an object with `fetch`:\nexport default { fetch: (req) => new Response('ok') };"
        );
        assert_eq!(
            help("module.exports = (req) => new Response('ok');"),
            "Export an object with `fetch`:\nmodule.exports = { fetch: (req) => new Response('ok') };"
        );
        assert_eq!(
            help("import { handle } from 'hono/vercel'; import { app } from 'app'; export default handle(app);"),
            "Export an object with `fetch`:\nexport default app;"
        );
    }
}
