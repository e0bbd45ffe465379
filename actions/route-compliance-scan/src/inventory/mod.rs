//! The list of routes: for people as a table, for programs as JSON, and compared with what an OpenAPI file promises.

pub(crate) mod openapi;

use std::fmt::Write as _;

use ops_core::Block;
use serde::{Serialize, Serializer};

use crate::difference::guard;
use crate::result::{Hop, Proof, ProvedRoute};
use crate::rules::header::States;
use crate::runtime::Runtime;

const COLUMNS: [&str; 7] = ["method", "path", "proof", "headers", "framework", "runtime", "handler"];

/// `details.routes[]` of the report.
#[derive(Serialize)]
struct Listed<'r> {
    path: &'r str,
    methods: [&'r str; 1],
    file: &'r str,
    line: u32,
    framework: &'static str,
    runtime: Option<Runtime>,
    proof: Proof,
    reason: Option<&'r str>,
    chain: &'r [Hop],
    #[serde(serialize_with = "as_map")]
    headers: &'r States,
    /// None where nobody asks what changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<Option<bool>>,
}

impl<'r> Listed<'r> {
    fn new(route: &'r ProvedRoute, changed: Option<Option<bool>>) -> Self {
        Self {
            path: &route.path,
            methods: [&route.method],
            file: &route.file,
            line: route.line,
            framework: route.framework,
            runtime: route.runtime,
            proof: route.proof,
            reason: route.reason.as_deref(),
            chain: &route.chain,
            headers: &route.headers,
            changed,
        }
    }
}

fn as_map<S: Serializer>(headers: &&States, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(headers.iter().map(|(name, state)| (name, state)))
}

/// The routes as the report has them, each with whether its proof could be another than before.
pub(crate) fn list<S: Serializer>(routes: &[(ProvedRoute, Option<bool>)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(routes.iter().map(|(route, changed)| Listed::new(route, Some(*changed))))
}

/// The file that `--inventory` names, if it is no Markdown: the same bytes for the same routes.
pub(crate) fn document(routes: &[ProvedRoute]) -> String {
    #[derive(Serialize)]
    struct Document<'r> {
        schema: u8,
        routes: Vec<Listed<'r>>,
    }
    let routes = routes.iter().map(|route| Listed::new(route, None)).collect();
    serde_json::to_string_pretty(&Document { schema: 1, routes }).unwrap_or_default() + "\n"
}

/// The file that `--inventory` names, if it is Markdown.
pub(crate) fn markdown(routes: &[ProvedRoute]) -> String {
    let cell = |text: &str| ops_core::report::plain(text).replace('|', "\\|");
    let mut text = format!("| {} |\n|{}\n", COLUMNS.join(" | "), "---|".repeat(COLUMNS.len()));
    for route in routes {
        let cells: Vec<String> = row(route).iter().map(|text| cell(text)).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// The list as a part of the report.
pub(crate) fn table(routes: &[ProvedRoute]) -> Block {
    Block::Table { columns: COLUMNS.to_vec(), rows: routes.iter().map(row).collect() }
}

fn row(route: &ProvedRoute) -> Vec<String> {
    vec![
        route.method.clone(),
        route.path.clone(),
        guard(route),
        headers(route),
        route.framework.to_owned(),
        route.runtime.map(Runtime::word).unwrap_or_default().to_owned(),
        format!("{}:{}", route.file, route.line),
    ]
}

/// `3 of 4`, and which are not covered.
fn headers(route: &ProvedRoute) -> String {
    let open: Vec<String> = (route.headers.iter().filter(|(_, state)| *state != "covered"))
        .map(|(name, state)| format!("{name} {state}"))
        .collect();
    match (route.headers.len(), open.len()) {
        (0, _) => String::new(),
        (all, 0) => format!("all {all}"),
        (all, open_ones) => format!("{} of {all}: {}", all.saturating_sub(open_ones), open.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{document, markdown};
    use crate::result::{Hop, Proof, ProvedRoute};
    use crate::runtime::Runtime;
    use crate::sample::route;

    fn routes() -> [ProvedRoute; 2] {
        let hop = Hop { what: "the guard `withSession`".to_owned(), file: "lib/auth.ts".to_owned(), line: 3 };
        let headers = vec![("A".to_owned(), "covered"), ("B".to_owned(), "partly")];
        let open = route("GET", "/api/links/{id}", Proof::Wrapped);
        let guarded = ProvedRoute { chain: vec![hop], headers, runtime: Some(Runtime::Edge), ..open };
        [guarded, route("POST", "/api/a|b", Proof::None)]
    }

    #[test]
    fn the_table_is_one_line_a_route() {
        assert_eq!(
            markdown(&routes()),
            "\
| method | path | proof | headers | framework | runtime | handler |
|---|---|---|---|---|---|---|
| GET | /api/links/{id} | wrapped: withSession | 1 of 2: B partly | next-app | edge | app/api/links/{id}/route.ts:4 |
| POST | /api/a\\|b | none |  | next-app |  | app/api/a\\|b/route.ts:4 |
"
        );
    }

    #[test]
    fn the_document_is_what_programs_read() {
        let value: serde_json::Value = serde_json::from_str(&document(&routes())).unwrap();
        assert_eq!((&value["schema"], value["routes"].as_array().unwrap().len()), (&1.into(), 2));
        let first = &value["routes"][0];
        assert_eq!(first["methods"], serde_json::json!(["GET"]));
        assert_eq!((&first["runtime"], &value["routes"][1]["runtime"]), (&"edge".into(), &serde_json::Value::Null));
        assert_eq!(first["headers"], serde_json::json!({ "A": "covered", "B": "partly" }));
        assert_eq!(first["chain"][0]["what"], "the guard `withSession`");
        assert!(first.get("changed").is_none(), "a list that is committed does not tell of a commit");
    }
}
