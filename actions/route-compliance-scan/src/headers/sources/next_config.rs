//! `headers()` of `next.config.*`.
//!
//! Semantics: `lib/load-custom-routes.js` of Next.js. The last rule that matches decides a header; `has` and `missing` make a
//! rule conditional; `basePath` and the locales of `i18n` stand before a source unless it says `false`.

use ops_typescript::{
    tree::FileId,
    value::{Array, Evaluator, Item, Object, Value},
};

use super::{
    super::rule::{Header, Paths, Rule},
    header_texts,
};

/// The names that the file may have, as Next.js looks for them.
pub(crate) const NAMES: [&str; 5] =
    ["next.config.js", "next.config.mjs", "next.config.ts", "next.config.mts", "next.config.cjs"];

/// Given to a configuration that is a function.
const PHASE: &str = "phase-production-build";

/// What a configuration says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NextConfig {
    /// In the order in which they are applied.
    pub(crate) rules: Vec<Rule>,
    /// The folder of the whole application in its paths: `/docs`.
    pub(crate) base_path: Option<String>,
}

/// Constants of Next.js that configurations compare with.
pub(crate) fn constant(specifier: &str, name: &str) -> Option<Value> {
    let phase = match (specifier, name) {
        ("next/constants" | "next/constants.js", "PHASE_DEVELOPMENT_SERVER") => "phase-development-server",
        ("next/constants" | "next/constants.js", "PHASE_PRODUCTION_BUILD") => PHASE,
        ("next/constants" | "next/constants.js", "PHASE_PRODUCTION_SERVER") => "phase-production-server",
        ("next/constants" | "next/constants.js", "PHASE_EXPORT") => "phase-export",
        ("next/constants" | "next/constants.js", "PHASE_TEST") => "phase-test",
        _ => return None,
    };
    Some(Value::Text(phase.to_owned()))
}

/// Reads a configuration.
pub(crate) fn read(
    evaluator: &mut Evaluator<'_>,
    program: &ops_typescript::program::Program,
    file: FileId,
) -> NextConfig {
    let exported = evaluator.export(file, "default");
    let mut reader = Reader { evaluator, program, file };
    let (config, doubt) = match reader.config(exported, 0) {
        Ok(found) => found,
        Err(why) => return NextConfig { rules: vec![reader.anything(&why)], base_path: None },
    };
    let (base_path, base_doubt) = match config.value("basePath") {
        Value::Text(text) => (Some(text).filter(|text| !text.is_empty()), None),
        Value::Undefined => (None, None),
        other => (None, Some(format!("`basePath` is not known: {}", other.why()))),
    };
    let locale = match config.value("i18n") {
        Value::Object(i18n) => i18n.value("defaultLocale").text().map(str::to_owned),
        _ => None,
    };
    let mut rules = match config.value("headers") {
        Value::Undefined => Vec::new(),
        Value::Function(function) => {
            let list = reader.evaluator.call(function, Vec::new());
            reader.rules(list, &Before { base_path: base_path.clone(), base_doubt, locale })
        }
        other => vec![reader.anything(&format!("`headers` of the configuration is not known: {}", other.why()))],
    };
    if rules.is_empty()
        && let Some(why) = doubt
    {
        rules.push(reader.anything(&why));
    }
    NextConfig { rules, base_path }
}

/// What stands before a source that doesn't want it.
struct Before {
    base_path: Option<String>,
    base_doubt: Option<String>,
    locale: Option<String>,
}

struct Reader<'a, 'b> {
    evaluator: &'a mut Evaluator<'b>,
    program: &'a ops_typescript::program::Program,
    file: FileId,
}

impl Reader<'_, '_> {
    /// The configuration itself, seen through functions and wrappers; and why there may be more to it.
    fn config(&mut self, value: Value, depth: u8) -> Result<(Object, Option<String>), String> {
        if depth > 8 {
            return Err("the configuration is wrapped too often".to_owned());
        }
        match value {
            Value::Object(object) => {
                let doubt = object.open.clone();
                Ok((object, doubt))
            }
            Value::Function(function) => {
                let open = Object { entries: Vec::new(), open: Some("Next.js gives it".to_owned()) };
                let arguments = vec![Value::Text(PHASE.to_owned()), Value::Object(open)];
                let result = self.evaluator.call(function, arguments);
                self.config(result, depth + 1)
            }
            Value::Result { callee, arguments } => self.wrapped(&callee, arguments, depth),
            other => Err(format!("the configuration is not known: {}", other.why())),
        }
    }

    /// A wrapper of a dependency, `withSentryConfig(config)`: wrappers add to a configuration and leave its headers alone.
    fn wrapped(&mut self, callee: &str, arguments: Vec<Value>, depth: u8) -> Result<(Object, Option<String>), String> {
        let mut found = None;
        for argument in arguments {
            let Ok((object, doubt)) = self.config(argument, depth + 1) else { continue };
            let has_headers = object.entries.iter().any(|entry| entry.key == "headers");
            if found.is_none() || has_headers {
                found = Some((object, doubt));
            }
            if has_headers {
                break;
            }
        }
        found.ok_or_else(|| format!("what `{callee}` makes the configuration from is not known"))
    }

    fn rules(&self, list: Value, before: &Before) -> Vec<Rule> {
        match list {
            Value::Array(array) => self.array(array, before, None),
            Value::OneOf(lists) => {
                let why = "which list `headers()` gives depends on a condition";
                lists
                    .into_iter()
                    .flat_map(|list| match list {
                        Value::Array(array) => self.array(array, before, Some(why)),
                        other => vec![self.anything(&format!("what `headers()` gives is not known: {}", other.why()))],
                    })
                    .collect()
            }
            other => vec![self.anything(&format!("what `headers()` gives is not known: {}", other.why()))],
        }
    }

    fn array(&self, array: Array, before: &Before, condition: Option<&str>) -> Vec<Rule> {
        let mut rules: Vec<Rule> = Vec::new();
        for item in array.items {
            let condition = condition.map(str::to_owned).or_else(|| item.condition.clone());
            let place = self.place(&item);
            match item.value {
                Value::Object(object) => rules.push(rule(&object, condition, place, before)),
                other => {
                    let why = format!("one of the rules of `headers()` is not known: {}", other.why());
                    rules.push(Rule { place, ..self.anything(&why) });
                }
            }
        }
        if let Some(why) = array.open {
            rules.push(self.anything(&format!("`headers()` may give more rules: {why}")));
        }
        rules
    }

    /// A rule that may set anything anywhere.
    fn anything(&self, why: &str) -> Rule {
        Rule {
            paths: Paths::Unknown(why.to_owned()),
            condition: None,
            headers: Vec::new(),
            open: Some(why.to_owned()),
            place: self.program.tree().path(self.file).to_owned(),
        }
    }

    fn place(&self, item: &Item) -> String {
        let path = self.program.tree().path(self.file).to_owned();
        item.at.map_or(path, |at| {
            let span = self.program.module(at.file).span(at.it);
            let place = self.program.place(at.with(span));
            format!("{}:{}", self.program.tree().path(at.file), place.start_line)
        })
    }
}

fn rule(object: &Object, condition: Option<String>, place: String, before: &Before) -> Rule {
    let is_off = |key: &str| object.value(key) == Value::Boolean(false);
    let mut condition = condition;
    for key in ["has", "missing"] {
        if !matches!(object.value(key), Value::Undefined) {
            condition.get_or_insert_with(|| format!("the rule at {place} has `{key}`, so not every request gets it"));
        }
    }
    let paths = match object.value("source") {
        Value::Text(source) => {
            let mut text = String::new();
            if is_off("basePath") {
                text.push_str(before.base_path.as_deref().unwrap_or_default());
            }
            if is_off("locale")
                && let Some(locale) = &before.locale
            {
                text.push_str(&format!("/{locale}"));
            }
            match &before.base_doubt {
                Some(doubt) if is_off("basePath") => Paths::Unknown(doubt.clone()),
                _ => Paths::Source { source, before: text },
            }
        }
        other => Paths::Unknown(format!("the source of the rule at {place} is not known: {}", other.why())),
    };
    let (headers, open) = headers(&object.value("headers"), &place);
    Rule { paths, condition, headers, open, place }
}

/// The list of `{ key, value }`, and why there may be more.
pub(crate) fn headers(value: &Value, place: &str) -> (Vec<Header>, Option<String>) {
    let Value::Array(array) = value else {
        if let Value::OneOf(lists) = value {
            let why = format!("which headers the rule at {place} sets depends on a condition");
            let parts = lists.iter().map(|list| headers(list, place));
            let (mut all, mut open) = (Vec::new(), None);
            for (part, part_open) in parts {
                all.extend(part.into_iter().map(|header| Header { condition: Some(why.clone()), ..header }));
                open = open.or(part_open);
            }
            return (all, open);
        }
        return (Vec::new(), Some(format!("the headers of the rule at {place} are not known: {}", value.why())));
    };
    let mut headers = Vec::new();
    let mut open = array.open.clone();
    for item in &array.items {
        let Value::Object(header) = &item.value else {
            open = Some(format!("a header of the rule at {place} is not known: {}", item.value.why()));
            continue;
        };
        match header.value("key") {
            Value::Text(key) => headers.push(Header {
                key: key.to_ascii_lowercase(),
                values: header_texts(&header.value("value")),
                condition: item.condition.clone(),
            }),
            other => open = Some(format!("the name of a header of the rule at {place} is not known: {}", other.why())),
        }
    }
    (headers, open)
}
