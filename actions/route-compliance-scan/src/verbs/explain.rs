//! `explain PATH METHOD`: how one route is guarded, hop by hop, each with its line of source.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use ops_core::exit::Failure;
use ops_core::words::all_of;
use ops_core::{Block, Check, Verdict};

use crate::candidates::named;
use crate::inventory::openapi;
use crate::judge;
use crate::report::Told;
use crate::result::{Hop, Proof, ProvedRoute, Scanned};
use crate::settings::Inputs;

/// The route or routes that `path` names, as it stands in the list of routes or as an address.
pub(crate) fn explain(
    inputs: &Inputs,
    mut scanned: Scanned,
    path: &str,
    method: Option<&str>,
) -> Result<Told, Failure> {
    judge::findings(&mut scanned, &inputs.policy, inputs.today());
    let chosen = choose(&scanned.routes, path, method)?;
    let mut lines = Lines::new(&inputs.root);
    let mut checks = Vec::new();
    let mut blocks = Vec::new();
    for route in &chosen {
        checks.push(check(route, inputs));
        blocks.push(Block::Heading(format!(
            "{} {} ({}, {})",
            route.method,
            route.path,
            route.framework,
            route.proof.word()
        )));
        if let Some(reason) = &route.reason {
            blocks.push(Block::Paragraph(reason.clone()));
        }
        blocks.push(Block::Code { language: "ts", text: hops(route, &mut lines) });
        if !route.headers.is_empty() {
            blocks.push(Block::Table {
                columns: vec!["header", "state"],
                rows: route.headers.iter().map(|(name, state)| vec![name.clone(), (*state).to_owned()]).collect(),
            });
        }
    }
    let routes = chosen.into_iter().cloned().collect();
    let mut told = Told { blocks, ..Told::new(checks, routes) };
    told.headline = match told.verdict() {
        Verdict::Pass => "guarded".to_owned(),
        Verdict::Fail => "not guarded".to_owned(),
        Verdict::Unproven => "cannot be proven".to_owned(),
    };
    Ok(told)
}

fn choose<'s>(routes: &'s [ProvedRoute], path: &str, method: Option<&str>) -> Result<Vec<&'s ProvedRoute>, Failure> {
    let exact = |route: &&ProvedRoute| route.path == path;
    let mut here: Vec<&ProvedRoute> = routes.iter().filter(exact).collect();
    if here.is_empty() {
        here = routes.iter().filter(|route| openapi::answers(&route.path, path)).collect();
        // Of several that could answer, those do that leave the least open.
        let open = |route: &ProvedRoute| openapi::openness(&route.path);
        let least = here.iter().map(|route| open(route)).min();
        here.retain(|route| Some(open(route)) == least);
    }
    if here.is_empty() {
        return Err(Failure::Input(format!("no route has the path {path}; {}", near(routes, path))));
    }
    let Some(method) = method else { return Ok(here) };
    let wanted = method.to_ascii_uppercase();
    let is_it = |route: &&&ProvedRoute| route.method == wanted || route.method == crate::routes::ANY;
    let chosen: Vec<&ProvedRoute> = here.iter().filter(is_it).copied().collect();
    if chosen.is_empty() {
        let methods = all_of(here.iter().map(|route| &route.method));
        return Err(Failure::Input(format!("{path} has no method {wanted}; it has {methods}")));
    }
    Ok(chosen)
}

fn near(routes: &[ProvedRoute], path: &str) -> String {
    let mut paths: Vec<&str> = routes.iter().map(|route| route.path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    let common = |other: &str| {
        let (mine, theirs): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), other.split('/').collect());
        mine.iter().filter(|part| !part.is_empty() && theirs.contains(part)).count()
    };
    paths.sort_by_key(|other| std::cmp::Reverse(common(other)));
    match paths.as_slice() {
        [] => "there are no routes here".to_owned(),
        some => format!("near are {}", all_of(some.iter().take(3))),
    }
}

fn check(route: &ProvedRoute, inputs: &Inputs) -> Check {
    const ID: &str = "guard";
    let name = format!("{} {}", route.method, route.path);
    let guard = route.chain.iter().find_map(|hop| named(&hop.what)).filter(|_| route.proof.is_guarded());
    let why = guard.or(route.reason.as_deref()).map(|why| format!(": {why}")).unwrap_or_default();
    let summary = format!("{name} is {}{why}", words(route.proof));
    if inputs.policy.routes.guards.is_empty() {
        let next = "run `route-compliance-scan init`, which proposes guards";
        return Check::unproven(ID, format!("{name}: the policy names no guards"), next);
    }
    match route.proof {
        Proof::Unproven => {
            Check::unproven(ID, summary, "make the last hop below plain, or name it under routes.guards")
        }
        proof if proof.is_accepted(&inputs.policy.routes.accept) => Check::pass(ID, summary),
        Proof::None => Check::fail(ID, summary, "wrap the handler in a guard, or write [[routes.public]] for it"),
        _ => Check::fail(ID, format!("{summary}; routes.accept does not take that"), "guard the handler itself"),
    }
}

fn words(proof: Proof) -> &'static str {
    match proof {
        Proof::Wrapped => "wrapped by a guard",
        Proof::Delegated => "guarded by what it calls",
        Proof::Inline => "guarded within its handler",
        Proof::Router => "guarded by its router",
        Proof::Proxy => "guarded by the proxy",
        Proof::Waived => "open on purpose",
        Proof::Unproven => "perhaps guarded, which cannot be shown",
        Proof::None => "not guarded",
    }
}

/// Each hop on three lines: what happens, where, and the source.
fn hops(route: &ProvedRoute, lines: &mut Lines<'_>) -> String {
    let first = Hop { what: "the handler".to_owned(), file: route.file.clone(), line: route.line };
    let chain: &[Hop] = if route.chain.is_empty() { std::slice::from_ref(&first) } else { &route.chain };
    let mut text = String::new();
    for (number, hop) in chain.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}. {}\n   {}:{}", number + 1, hop.what, hop.file, hop.line);
        if let Some(source) = lines.get(&hop.file, hop.line) {
            let _ = writeln!(text, "   {}", source.trim());
        }
    }
    text.trim_end().to_owned()
}

/// Lines of the repository's files, each file read once.
struct Lines<'r> {
    root: &'r Path,
    files: BTreeMap<String, Option<String>>,
}

impl<'r> Lines<'r> {
    fn new(root: &'r Path) -> Self {
        Self { root, files: BTreeMap::new() }
    }

    fn get(&mut self, file: &str, line: u32) -> Option<&str> {
        let root = self.root;
        let text = self.files.entry(file.to_owned()).or_insert_with(|| std::fs::read_to_string(root.join(file)).ok());
        text.as_ref()?.lines().nth(usize::try_from(line.checked_sub(1)?).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::choose;
    use crate::result::{Proof, ProvedRoute};
    use crate::sample::route;

    fn routes() -> Vec<ProvedRoute> {
        [("GET", "/api/links"), ("POST", "/api/links"), ("GET", "/api/links/{id}"), ("ANY", "/api/{rest*}")]
            .map(|(method, path)| route(method, path, Proof::None))
            .to_vec()
    }

    fn chosen(path: &str, method: Option<&str>) -> Result<Vec<String>, String> {
        let routes = routes();
        let chosen = choose(&routes, path, method).map_err(|failure| failure.to_string())?;
        Ok(chosen.iter().map(|route| format!("{} {}", route.method, route.path)).collect())
    }

    #[test]
    fn a_route_is_found_by_its_path_or_by_an_address() {
        assert_eq!(chosen("/api/links", None).unwrap(), ["GET /api/links", "POST /api/links"]);
        assert_eq!(chosen("/api/links", Some("post")).unwrap(), ["POST /api/links"]);
        assert_eq!(chosen("/api/links/{id}", None).unwrap(), ["GET /api/links/{id}"]);
        assert_eq!(chosen("/api/links/123", Some("GET")).unwrap(), ["GET /api/links/{id}"]);
        assert_eq!(chosen("/api/links/[id]", Some("GET")).unwrap(), ["GET /api/links/{id}"]);
        assert_eq!(chosen("/api/other/thing", Some("PUT")).unwrap(), ["ANY /api/{rest*}"]);
    }

    #[test]
    fn an_address_is_that_of_the_longest_path_before_the_rest() {
        let routes = ["/{rest*}", "/files/{id}/{rest*}"].map(|path| route("GET", path, Proof::None));
        let chosen = choose(&routes, "/files/7/a/b", None).unwrap();
        assert_eq!(chosen.iter().map(|route| route.path.as_str()).collect::<Vec<_>>(), ["/files/{id}/{rest*}"]);
    }

    #[test]
    fn what_is_not_there_names_what_is() {
        assert_eq!(
            chosen("/links", None).unwrap_err(),
            "no route has the path /links; near are /api/links, /api/links/{id} and /api/{rest*}"
        );
        assert_eq!(chosen("/api/links", Some("PUT")).unwrap_err(), "/api/links has no method PUT; it has GET and POST");
    }
}
