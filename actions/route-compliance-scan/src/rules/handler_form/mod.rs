//! A function of Vercel that nobody lets finish.

mod response;
mod rewrite;

use ops_core::policy::Routes;
use ops_core::{Finding, Severity};
use ops_typescript::module::Export;
use ops_typescript::program::{At, Program};
use ops_typescript::tree::FileId;

use crate::discover::vercel::{Form, form, functions};
use crate::proof::METHODS;
use crate::runtime::{self, Runtime, Told};
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

pub(super) fn check(program: &Program, survey: &Survey, _policy: &Routes) -> Vec<Finding> {
    let files = functions(program, survey);
    files.into_iter().filter_map(|function| check_file(program, function.file)).collect()
}

fn check_file(program: &Program, file: FileId) -> Option<Finding> {
    let module = program.module(file);
    let export = module.export("default").or_else(|| module.export("module.exports"))?;
    let is_named =
        module.exports.iter().filter_map(Export::name).any(|name| name == "fetch" || METHODS.contains(&name));
    let is_on_node = matches!(runtime::of_function(program, file), Told::Nothing | Told::Is(Runtime::NodeJs));
    if is_named || !is_on_node {
        return None;
    }
    let meaning = program.meaning_of_export(file, "default");
    let is_ignored = match form(program, &meaning) {
        Form::Function => response::is_returned(program, &meaning, 0),
        Form::Adapter => true,
        Form::Fetch(_) | Form::Router | Form::Server | Form::Nothing => false,
    };
    if !is_ignored {
        return None;
    }
    let mut finding = RULE.finding(program, At { file, it: export.span() }, Severity::Error, &[]);
    finding.message = "Vercel ignores what this function returns, so the request never ends".to_owned();
    finding.help = format!("Export an object with `fetch`:\n{}", rewrite::rewrite(program, file, export, &meaning));
    Some(finding)
}

#[cfg(test)]
mod tests;
