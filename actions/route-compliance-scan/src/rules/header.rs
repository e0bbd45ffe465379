//! Headers that a route doesn't send.

use std::collections::{BTreeMap, BTreeSet};

use ops_core::{Finding, Severity};
use ops_typescript::module::Span;
use ops_typescript::program::{At, Program};

use crate::headers::application::{Asked, Files, Headers, Served};
use crate::headers::judge::{Judgement, State};
use crate::headers::requirement::Requirement;
use crate::routes::{Framework, Route};

rule! {
    /// ## What it does
    /// Puts together the headers that each route really gets: from `headers()` of next.config, vercel.json, the proxy, middleware,
    /// and the answer itself, the last one winning. They are compared by value with `routes.headers` of the policy, on every path
    /// of the route: a path that escapes is named. A policy that is only reported protects nobody, and counts for nothing.
    ///
    /// Where no route of an application gets a header, one finding stands at the application's configuration. What cannot be
    /// told from the sources is a warning, and never a pass.
    ///
    /// ## Why is this bad
    /// Without these headers browsers guess types, follow plain HTTP, frame the application in foreign pages, and tell foreign
    /// servers where their users come from.
    ///
    /// ## Instead
    /// ```ts
    /// // before: next.config.ts
    /// export default {};
    /// // after: next.config.ts
    /// const headers = [
    ///   { key: "X-Content-Type-Options", value: "nosniff" },
    ///   { key: "Strict-Transport-Security", value: "max-age=31536000" },
    ///   { key: "Content-Security-Policy", value: "frame-ancestors 'none'" },
    ///   { key: "Referrer-Policy", value: "no-referrer" },
    /// ];
    /// export default { headers: async () => [{ source: "/:path*", headers }] };
    /// ```
    RULE: "header", "A header that a route doesn't send"
}

/// Each required header with its state, for one route.
pub(crate) type States = Vec<(String, &'static str)>;

/// What is the matter with one route.
struct Lack<'r> {
    route: &'r Route,
    /// The route's place among all.
    number: usize,
    files: Files,
    requirement: usize,
    judgement: Judgement,
}

/// The states for each route, in the routes' order, and the findings. Of routes that are not `chosen` only as much is asked as
/// has a say in how a finding is told: they have no states, and findings about them are not complete.
pub(crate) fn check(
    program: &Program,
    routes: &[Route],
    asked: &[Requirement],
    chosen: impl Fn(&Route) -> bool,
) -> (Vec<States>, Vec<Finding>) {
    let mut seen = Seen { states: vec![States::new(); routes.len()], ..Seen::default() };
    let (these, others): (Vec<_>, Vec<_>) = routes.iter().enumerate().partition(|(_, route)| chosen(route));
    seen.look(program, &these, asked, &(0..asked.len()).collect());
    let lacking = seen.lacks.iter().map(|lack| lack.requirement).collect();
    seen.look(program, &others, asked, &lacking);
    seen.lacks.sort_by_key(|lack| (lack.number, lack.requirement));
    for (number, _) in others {
        if let Some(states) = seen.states.get_mut(number) {
            states.clear();
        }
    }
    let names: Vec<String> = asked.iter().map(Requirement::names).collect();
    let findings = findings(program, &names, &seen);
    (seen.states, findings)
}

/// What was seen of routes.
#[derive(Default)]
struct Seen<'r> {
    states: Vec<States>,
    lacks: Vec<Lack<'r>>,
    /// How many routes have these configurations.
    numbers: BTreeMap<Files, usize>,
}

impl<'r> Seen<'r> {
    /// Asks routes, each with its place among all, for some of the requirements.
    fn look(&mut self, program: &Program, routes: &[(usize, &'r Route)], all: &[Requirement], some: &BTreeSet<usize>) {
        let wanted: Vec<Requirement> = some.iter().filter_map(|index| all.get(*index)).cloned().collect();
        if wanted.is_empty() {
            return;
        }
        let names: Vec<String> = wanted.iter().map(Requirement::names).collect();
        let mut headers = Headers::new(program, wanted);
        for (number, route) in routes {
            let Some(served) = served(route.framework) else { continue };
            let layers: Vec<_> = route.layers.iter().map(|layer| layer.value).collect();
            let path = route.path.to_string();
            let judgements = headers.of(Asked { file: route.place.file, path: &path, served, layers: &layers });
            let files = headers.files(route.place.file);
            *self.numbers.entry(files).or_default() += 1;
            if let Some(states) = self.states.get_mut(*number) {
                *states = names.iter().cloned().zip(judgements.iter().map(|one| one.state.word())).collect();
            }
            let lacking = some.iter().zip(judgements).filter(|(_, one)| one.state != State::Covered);
            self.lacks.extend(lacking.map(|(requirement, judgement)| Lack {
                route,
                number: *number,
                files,
                requirement: *requirement,
                judgement,
            }));
        }
    }
}

fn served(framework: Framework) -> Option<Served> {
    match framework {
        Framework::NextApp | Framework::NextPages => Some(Served::Next),
        Framework::Vercel => Some(Served::Vercel),
        // A procedure and an action are served by a route that is judged itself.
        Framework::Trpc | Framework::ServerAction => None,
        _ => Some(Served::Server),
    }
}

fn findings(program: &Program, names: &[String], seen: &Seen<'_>) -> Vec<Finding> {
    let Seen { lacks, numbers, .. } = seen;
    let mut same: BTreeMap<(Files, usize, &str), usize> = BTreeMap::new();
    for lack in lacks {
        *same.entry((lack.files, lack.requirement, lack.judgement.state.word())).or_default() += 1;
    }
    let mut findings = Vec::new();
    let mut told = BTreeSet::new();
    for lack in lacks {
        let Some(name) = names.get(lack.requirement) else { continue };
        let key = (lack.files, lack.requirement, lack.judgement.state.word());
        let all = numbers.get(&lack.files).copied().unwrap_or_default();
        let is_all = all > 1 && same.get(&key) == Some(&all);
        let is_new = if is_all {
            told.insert((Some(key), None))
        } else {
            told.insert((None, Some((lack.route.path.to_string(), lack.requirement))))
        };
        if !is_new {
            continue;
        }
        let config = lack.files.next.or(lack.files.vercel).filter(|_| is_all);
        let place = config.map_or(lack.route.place, |file| At { file, it: Span::default() });
        let severity = match lack.judgement.state {
            State::Unprovable { .. } => Severity::Warning,
            _ => Severity::Error,
        };
        let content = if is_all { String::new() } else { lack.route.path.to_string() };
        let mut finding = RULE.finding(program, place, severity, &[name, lack.judgement.state.word(), &content]);
        finding.message = if is_all {
            format!("{}, as for all {all} routes of this application", message(name, &lack.judgement, None))
        } else {
            message(name, &lack.judgement, Some(&lack.route.spelling()))
        };
        finding.help = help(lack.route.framework, &lack.judgement);
        findings.push(finding);
    }
    findings
}

fn message(name: &str, judgement: &Judgement, path: Option<&str>) -> String {
    let route = path.unwrap_or("a route");
    match &judgement.state {
        State::Covered => String::new(),
        State::Missing => format!("{route} does not send {name}"),
        State::Wrong { found } => format!("{route} sends `{found}`, which is not enough for {name}"),
        State::Partly { witness, found: None } => format!("{route} does not send {name} on {witness}"),
        State::Partly { witness, found: Some(found) } => {
            format!("{route} sends `{found}` on {witness}, which is not enough for {name}")
        }
        State::Unprovable { why } => format!("whether {route} sends {name} cannot be told, because {why}"),
    }
}

fn help(framework: Framework, judgement: &Judgement) -> String {
    let set = match judgement.places.as_slice() {
        [] => String::new(),
        places => format!(" It is set in {}.", places.join(", ")),
    };
    let next = match (&judgement.state, served(framework)) {
        (State::Unprovable { .. }, Some(Served::Server)) => {
            "Write the header where it can be read: as plain values in a middleware before all routes."
        }
        (State::Unprovable { .. }, _) => "Write the header where it can be read: as plain values in the configuration.",
        (_, Some(Served::Server)) => {
            "Set it in a middleware before all routes, or say in routes.headers what is asked for."
        }
        (_, Some(Served::Vercel)) => "Set it for all paths in vercel.json, or say in routes.headers what is asked for.",
        _ => "Set it for all paths in next.config or vercel.json, or say in routes.headers what is asked for.",
    };
    format!("{next}{set}")
}

#[cfg(test)]
mod tests {
    use ops_core::Finding;
    use ops_testing::TestDir;
    use ops_typescript::program::Program;
    use ops_typescript::tree::Tree;

    use super::{Framework, Judgement, State, States, check};
    use crate::discover::discover;
    use crate::headers::requirement::Requirement;
    use crate::survey::Survey;

    const ROUTE: &str = "export async function GET() { return Response.json({}); }";

    fn asked(config: &str, requirements: &[&str]) -> (Vec<States>, Vec<Finding>) {
        let files = [
            ("package.json", r#"{ "dependencies": { "next": "16" } }"#),
            ("next.config.mjs", config),
            ("app/api/a/route.ts", ROUTE),
            ("app/api/b/[id]/route.ts", ROUTE),
        ];
        let folder = TestDir::of(&files);
        let program = Program::new(Tree::walk(folder.path()).unwrap());
        let survey = Survey::of(&program);
        let discovery = discover(&program, &survey, &[]);
        let requirements: Vec<_> = requirements.iter().map(|text| Requirement::parse(text).unwrap()).collect();
        check(&program, &discovery.routes, &requirements, |_| true)
    }

    fn told(config: &str, requirements: &[&str]) -> Vec<String> {
        asked(config, requirements).1.into_iter().map(|one| format!("{}: {}", one.place.path, one.message)).collect()
    }

    fn config(source: &str, value: &str) -> String {
        format!(
            "export default {{ headers: async () => [{{ source: '{source}', headers: [{{ key: 'X-Content-Type-Options', value: '{value}' }}] }}] }};"
        )
    }

    #[test]
    fn a_header_on_all_paths_is_silent() {
        let (states, findings) = asked(&config("/:path*", "nosniff"), &["X-Content-Type-Options: nosniff"]);
        assert_eq!(findings, Vec::new());
        assert_eq!(states, vec![vec![("X-Content-Type-Options".to_owned(), "covered")]; 2]);
    }

    #[test]
    fn a_header_that_no_route_sends_is_one_finding_at_the_configuration() {
        let told = told("export default {};", &["Referrer-Policy: *"]);
        assert_eq!(
            told,
            ["next.config.mjs: a route does not send Referrer-Policy, as for all 2 routes of this application"]
        );
    }

    #[test]
    fn a_header_that_some_routes_send_is_a_finding_at_the_others() {
        let told = told(&config("/api/a", "nosniff"), &["X-Content-Type-Options: nosniff"]);
        assert_eq!(told, ["app/api/b/[id]/route.ts: /api/b/[id] does not send X-Content-Type-Options"]);
    }

    #[test]
    fn a_path_that_escapes_is_named() {
        let told = told(&config("/api/:rest((?!b/x).*)", "nosniff"), &["X-Content-Type-Options: nosniff"]);
        assert_eq!(told, ["app/api/b/[id]/route.ts: /api/b/[id] does not send X-Content-Type-Options on /api/b/x"]);
    }

    #[test]
    fn a_value_that_is_not_enough_is_named() {
        let told = told(&config("/:path*", "sniff"), &["X-Content-Type-Options: nosniff"]);
        assert_eq!(
            told,
            [
                "next.config.mjs: a route sends `X-Content-Type-Options: sniff`, which is not enough for X-Content-Type-Options, as for all 2 routes of this application"
            ]
        );
    }

    #[test]
    fn the_help_names_what_the_application_has() {
        let help = |framework| {
            let judgement = |state| Judgement { state, places: Vec::new() };
            let unprovable = State::Unprovable { why: "a part is computed".to_owned() };
            [State::Missing, unprovable].map(|state| super::help(framework, &judgement(state)))
        };
        assert!(help(Framework::NextApp)[0].contains("in next.config or vercel.json"));
        assert!(help(Framework::Vercel)[0].contains("in vercel.json"));
        assert!(help(Framework::Express).iter().all(|help| help.contains("a middleware before all routes")));
    }

    #[test]
    fn what_cannot_be_told_is_a_warning() {
        let config = "import { headers } from 'elsewhere';\nexport default { headers };";
        let (states, findings) = asked(config, &["Referrer-Policy: *"]);
        assert_eq!(states.first().and_then(|states| states.first()).map(|(_, word)| *word), Some("unprovable"));
        assert!(findings.iter().all(|finding| finding.severity == ops_core::Severity::Warning), "{findings:?}");
        assert_eq!(findings.len(), 1);
    }
}
