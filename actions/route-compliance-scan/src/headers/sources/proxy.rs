//! The proxy (`proxy.ts`, before Next.js 16 `middleware.ts`): for which paths it runs, and which headers it sets.
//!
//! Without `config.matcher` it runs for every path. The matcher is read from the source, never run: Next.js refuses one that it
//! cannot read (`build/analysis/get-page-static-info.js`).

use ops_typescript::{
    module::{Expression, ExpressionId},
    program::{At, Program},
    tree::FileId,
    value::{Evaluator, Value},
};

use super::{
    super::{
        judge::{Asked, Judge, State},
        pattern::{Dialect, Slash},
        requirement::Requirement,
        rule::{Header, Paths, Rule},
        text::HeaderText,
    },
    response,
};

/// The names that the file may have, under the application's folder or its `src`.
pub(crate) const NAMES: [&str; 4] = ["proxy.ts", "proxy.js", "middleware.ts", "middleware.js"];

/// Stands for "the proxy runs" where matchers are judged.
const RUNS: &str = "x-runs";

/// The paths for which a proxy runs.
pub(crate) struct Matcher(Judge);

/// Whether a proxy runs for the paths of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    /// For all of them.
    All,
    /// Not for this one.
    Escapes(String),
    /// For none of them.
    None,
    /// Nobody can tell.
    Unknown(String),
}

impl Matcher {
    /// Reads the matcher of a proxy's file.
    pub(crate) fn read(evaluator: &mut Evaluator<'_>, program: &Program, file: FileId) -> Self {
        let rules = rules(evaluator, program, file, &[set(RUNS, "1")]);
        let runs = Requirement::parse("X-Runs: *").ok();
        Self(Judge::new(rules.into_iter().map(|rule| (rule, Dialect::Proxy)), runs.as_slice()))
    }

    /// Whether the proxy runs for a route in normal form.
    pub(crate) fn reach(&mut self, path: &str) -> Reach {
        match self.0.judge(&mut Asked::new(path, Slash::Never)).pop().map(|judgement| judgement.state) {
            Some(State::Covered) => Reach::All,
            Some(State::Partly { witness, .. }) => Reach::Escapes(witness),
            Some(State::Unprovable { why }) => Reach::Unknown(why),
            Some(State::Missing | State::Wrong { .. }) | None => Reach::None,
        }
    }
}

fn set(key: &str, value: &str) -> Header {
    Header { key: key.to_owned(), values: vec![HeaderText::from_known(value)], condition: None }
}

/// The rules of a proxy: its headers on the paths of its matcher.
pub(crate) fn headers(evaluator: &mut Evaluator<'_>, program: &Program, file: FileId) -> Vec<Rule> {
    let found = response::set_anywhere(evaluator, program, file, |_| true);
    if found.is_empty() {
        return Vec::new();
    }
    rules(evaluator, program, file, &found)
}

fn rules(evaluator: &mut Evaluator<'_>, program: &Program, file: FileId, headers: &[Header]) -> Vec<Rule> {
    let path = program.tree().path(file).to_owned();
    let rule = |paths: Paths, condition: Option<String>| Rule {
        paths,
        condition,
        headers: headers.to_vec(),
        open: None,
        place: path.clone(),
    };
    let module = program.module(file);
    if let Some(error) = module.errors.first() {
        return vec![rule(Paths::Unknown(format!("{path} cannot be read: {}", error.message)), None)];
    }
    if module.export("config").is_none() {
        return vec![rule(Paths::All, None)];
    }
    let config = evaluator.export(file, "config");
    let Value::Object(config) = config else {
        return vec![rule(Paths::Unknown(format!("`config` of {path} is not known: {}", config.why())), None)];
    };
    let matcher = config.value("matcher");
    let entries = match matcher {
        Value::Undefined => return vec![rule(Paths::All, None)],
        Value::Array(array) if array.open.is_none() => array.items.into_iter().map(|item| item.value).collect(),
        other => vec![other],
    };
    entries
        .into_iter()
        .map(|entry| match entry {
            Value::Text(source) => rule(Paths::Source { source, before: String::new() }, None),
            Value::Object(object) => {
                let narrowed = ["has", "missing"].into_iter().find(|key| object.value(key) != Value::Undefined);
                let condition =
                    narrowed.map(|key| format!("a matcher of {path} has `{key}`, so not every request is matched"));
                match object.value("source") {
                    Value::Text(source) => rule(Paths::Source { source, before: String::new() }, condition),
                    other => rule(Paths::Unknown(format!("a matcher of {path} is not known: {}", other.why())), None),
                }
            }
            other => rule(Paths::Unknown(format!("a matcher of {path} is not known: {}", other.why())), None),
        })
        .collect()
}

/// Whether an expression is a call of a method with this name, with what it is called.
pub(crate) fn method_call(
    program: &Program,
    at: At<ExpressionId>,
    name: &str,
) -> Option<(ExpressionId, Vec<ExpressionId>)> {
    let module = program.module(at.file);
    let Expression::Call(call) = module.expression(at.it) else { return None };
    let Expression::Member { object, property } = module.expression(call.callee) else { return None };
    (property == name).then(|| (*object, call.arguments.iter().map(|argument| argument.value).collect()))
}
