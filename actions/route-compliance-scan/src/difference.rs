//! What became of the routes between two looks: added, removed, guarded in another way, a header lost.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::candidates::named;
use crate::result::{Proof, ProvedRoute};
use crate::runtime::Runtime;

/// What became of one route.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Removed,
    Added,
    GuardChanged,
    HeaderLost,
    HeaderGained,
    RuntimeChanged,
}

impl Kind {
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Added => "added",
            Self::GuardChanged => "guard changed",
            Self::HeaderLost => "header lost",
            Self::HeaderGained => "header gained",
            Self::RuntimeChanged => "runtime changed",
        }
    }
}

/// One change of one route.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    pub(crate) path: String,
    pub(crate) method: String,
    /// Where the route is, or was.
    pub(crate) file: String,
    /// The proof with the guard, the header, or the runtime, as it was. Empty for a new route.
    pub(crate) before: String,
    /// As it is now. Empty for a route that is gone.
    pub(crate) after: String,
}

/// The changes from `before` to `after`, removals first.
pub(crate) fn between(before: &[ProvedRoute], after: &[ProvedRoute]) -> Vec<Change> {
    let mut old: BTreeMap<_, Vec<&ProvedRoute>> = BTreeMap::new();
    for route in before {
        old.entry(key(route)).or_default().push(route);
    }
    let mut changes = Vec::new();
    let mut moved = Vec::new();
    // Those in their old file first: what is left over for the same path has moved.
    for route in after {
        match old.get_mut(&key(route)).and_then(|routes| take(routes, |old| old.file == route.file)) {
            Some(old) => changes.extend(both(old, route)),
            None => moved.push(route),
        }
    }
    for route in moved {
        match old.get_mut(&key(route)).and_then(|routes| take(routes, |_| true)) {
            Some(old) => changes.extend(both(old, route)),
            None => changes.push(change(Kind::Added, route, String::new(), guard(route))),
        }
    }
    changes.extend(old.into_values().flatten().map(|gone| change(Kind::Removed, gone, guard(gone), String::new())));
    changes.sort();
    changes
}

fn key(route: &ProvedRoute) -> (&str, &str, &str) {
    (route.framework, &route.path, &route.method)
}

fn take<'r>(routes: &mut Vec<&'r ProvedRoute>, fits: impl Fn(&ProvedRoute) -> bool) -> Option<&'r ProvedRoute> {
    routes.iter().position(|route| fits(route)).map(|position| routes.remove(position))
}

fn change(kind: Kind, route: &ProvedRoute, before: String, after: String) -> Change {
    Change { kind, path: route.path.clone(), method: route.method.clone(), file: route.file.clone(), before, after }
}

/// The proof, and the guard that its chain leads to.
pub(crate) fn guard(route: &ProvedRoute) -> String {
    let end = match route.proof {
        Proof::None => None,
        Proof::Waived | Proof::Unproven => route.reason.as_deref(),
        _ => route.chain.iter().find_map(|hop| named(&hop.what)).or_else(|| Some(route.chain.last()?.what.as_str())),
    };
    match end {
        Some(end) => format!("{}: {end}", route.proof.word()),
        None => route.proof.word().to_owned(),
    }
}

fn both(before: &ProvedRoute, after: &ProvedRoute) -> Vec<Change> {
    let mut changes = Vec::new();
    if guard(before) != guard(after) {
        changes.push(change(Kind::GuardChanged, after, guard(before), guard(after)));
    }
    for (name, state) in &after.headers {
        let Some((_, was)) = before.headers.iter().find(|(known, _)| known == name) else { continue };
        let kind = match (*was == "covered", *state == "covered") {
            (true, false) => Kind::HeaderLost,
            (false, true) => Kind::HeaderGained,
            _ => continue,
        };
        changes.push(change(kind, after, format!("{name}: {was}"), format!("{name}: {state}")));
    }
    if before.runtime != after.runtime {
        let word = |route: &ProvedRoute| route.runtime.map_or("unknown", Runtime::word).to_owned();
        changes.push(change(Kind::RuntimeChanged, after, word(before), word(after)));
    }
    changes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Change, Kind, between};
    use crate::result::{Hop, Proof, ProvedRoute};
    use crate::runtime::Runtime;
    use crate::sample::route;

    fn told(before: &[ProvedRoute], after: &[ProvedRoute]) -> Vec<String> {
        let line = |change: Change| {
            format!(
                "{} {} {} [{}] -> [{}]",
                change.kind.words(),
                change.method,
                change.path,
                change.before,
                change.after
            )
        };
        between(before, after).into_iter().map(line).collect()
    }

    fn guarded_by(name: &str) -> ProvedRoute {
        let hop = Hop { what: format!("the guard `{name}`"), file: "lib/auth.ts".to_owned(), line: 3 };
        ProvedRoute { chain: vec![hop], ..route("GET", "/api/a", Proof::Wrapped) }
    }

    #[test]
    fn a_route_that_something_else_runs_is_told() {
        let run_by = |runtime| ProvedRoute { runtime, ..route("GET", "/api/a", Proof::Wrapped) };
        let (node, edge) = (run_by(Some(Runtime::NodeJs)), run_by(Some(Runtime::Edge)));
        let told =
            |before: &ProvedRoute, after: &ProvedRoute| told(std::slice::from_ref(before), std::slice::from_ref(after));
        assert_eq!(told(&node, &edge), ["runtime changed GET /api/a [nodejs] -> [edge]"]);
        assert_eq!(told(&edge, &run_by(None)), ["runtime changed GET /api/a [edge] -> [unknown]"]);
        assert!(told(&edge, &edge).is_empty());
    }

    #[test]
    fn routes_come_and_go() {
        let old = [route("GET", "/api/a", Proof::Wrapped), route("GET", "/api/b", Proof::None)];
        let new = [route("GET", "/api/a", Proof::Wrapped), route("POST", "/api/a", Proof::None)];
        assert_eq!(told(&old, &new), ["removed GET /api/b [none] -> []", "added POST /api/a [] -> [none]"]);
        assert_eq!(told(&old, &old), Vec::<String>::new());
    }

    #[test]
    fn another_guard_is_a_change_and_another_line_is_none() {
        let mut same = guarded_by("withSession");
        (same.line, same.chain[0].line) = (9, 99);
        assert_eq!(told(&[guarded_by("withSession")], &[same]), Vec::<String>::new());
        assert_eq!(
            told(&[guarded_by("withSession")], &[guarded_by("withKey")]),
            ["guard changed GET /api/a [wrapped: withSession] -> [wrapped: withKey]"]
        );
        assert_eq!(
            told(&[guarded_by("withSession")], &[route("GET", "/api/a", Proof::None)]),
            ["guard changed GET /api/a [wrapped: withSession] -> [none]"]
        );
    }

    #[test]
    fn a_header_that_no_longer_covers_is_lost() {
        let with = |state| ProvedRoute {
            headers: vec![("X-Frame-Options".to_owned(), state), ("New".to_owned(), state)],
            ..route("GET", "/api/a", Proof::Wrapped)
        };
        assert_eq!(
            told(&[with("covered")], &[with("partly")]),
            [
                "header lost GET /api/a [New: covered] -> [New: partly]",
                "header lost GET /api/a [X-Frame-Options: covered] -> [X-Frame-Options: partly]"
            ]
        );
        assert_eq!(told(&[with("missing")], &[with("covered")]).len(), 2);
        assert_eq!(told(&[with("missing")], &[with("partly")]), Vec::<String>::new());
        // A requirement that is new in the policy was not lost by anybody.
        assert_eq!(told(&[route("GET", "/api/a", Proof::Wrapped)], &[with("missing")]), Vec::<String>::new());
    }

    #[test]
    fn a_moved_file_is_neither_added_nor_removed() {
        let moved = ProvedRoute { file: "src/app/api/a/route.ts".to_owned(), ..guarded_by("withSession") };
        assert_eq!(told(&[guarded_by("withSession")], std::slice::from_ref(&moved)), Vec::<String>::new());
        // Of two with one path, the one that stayed is not taken for the one that moved.
        let other = ProvedRoute { file: "other.ts".to_owned(), ..route("GET", "/api/a", Proof::None) };
        let told = told(&[guarded_by("withSession"), other.clone()], &[moved, other]);
        assert_eq!(told, Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn forwards_and_backwards_say_the_same(
            before in proptest::collection::vec((0..3_usize, 0..2_usize), 0..5),
            after in proptest::collection::vec((0..3_usize, 0..2_usize), 0..5),
        ) {
            let of = |picks: Vec<(usize, usize)>| -> Vec<ProvedRoute> {
                let proofs = [Proof::Wrapped, Proof::None];
                picks.into_iter().map(|(path, proof)| route("GET", ["/a", "/b", "/c"][path], proofs[proof])).collect()
            };
            let (before, after) = (of(before), of(after));
            let number = |changes: &[Change], kind: Kind| changes.iter().filter(|change| change.kind == kind).count();
            let (there, back) = (between(&before, &after), between(&after, &before));
            prop_assert_eq!(number(&there, Kind::Added), number(&back, Kind::Removed));
            prop_assert_eq!(number(&there, Kind::Removed), number(&back, Kind::Added));
            let grown = number(&there, Kind::Added) + before.len();
            prop_assert_eq!(grown, number(&there, Kind::Removed) + after.len());
        }
    }
}
