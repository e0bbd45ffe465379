use jiff::civil::Date;
use ops_core::{Finding, Policy, Severity, Verdict};

use super::{checks, findings, mark_waived, refuse_unknown_guards, verdict};
use crate::result::{Problem, Proof, ProvedRoute, Scanned};
use crate::sample::route;

const GUARDS: &str = "[routes]\nguards = [\"withSession\", \"withKey\"]\n";

fn policy(more: &str) -> Policy {
    Policy::parse("ops.toml", &format!("{GUARDS}{more}")).unwrap()
}

fn today() -> Date {
    "2027-03-31".parse().unwrap()
}

fn scanned(routes: &[ProvedRoute]) -> Scanned {
    Scanned { routes: routes.to_vec(), ..Scanned::default() }
}

fn judged(routes: &[ProvedRoute], policy: &Policy) -> (Verdict, Vec<String>) {
    let mut scanned = scanned(routes);
    let findings = findings(&mut scanned, policy, today());
    let line = |finding: &Finding| format!("{}: {}", finding.rule, finding.message);
    (verdict(&checks(&scanned, policy, &findings)), findings.iter().map(line).collect())
}

#[test]
fn every_proof_is_judged_by_what_the_policy_accepts() {
    let of = |proof, policy: &Policy| judged(&[route("GET", "/api/a", proof)], policy);
    let usual = policy("");
    for proof in [Proof::Wrapped, Proof::Delegated, Proof::Inline] {
        assert_eq!(of(proof, &usual), (Verdict::Pass, vec![]));
    }
    assert_eq!(of(Proof::None, &usual), (Verdict::Fail, vec!["route/unguarded: GET /api/a has no guard".to_owned()]));
    assert_eq!(
        of(Proof::Proxy, &usual),
        (
            Verdict::Fail,
            vec![
                "route/unguarded: the only guard of GET /api/a is of the kind proxy, which routes.accept does not take for enough"
                    .to_owned()
            ]
        )
    );
    assert_eq!(of(Proof::Proxy, &policy("accept = [\"proxy\"]")), (Verdict::Pass, vec![]));
    assert_eq!(of(Proof::Wrapped, &policy("accept = [\"proxy\"]")).0, Verdict::Fail);
    assert_eq!(
        of(Proof::Unproven, &usual),
        (Verdict::Unproven, vec!["route/unproven: GET /api/a cannot be shown to be guarded".to_owned()])
    );
}

#[test]
fn routes_that_cannot_be_shown_to_be_guarded_are_told_beside_those_that_are_not() {
    let told = |others: &[ProvedRoute]| {
        let mut scanned = scanned(&[&[route("GET", "/api/a", Proof::None)], others].concat());
        let findings = findings(&mut scanned, &policy(""), today());
        checks(&scanned, &policy(""), &findings).into_iter().map(|check| check.summary).nth(1)
    };
    let bare = |all: usize| format!("1 of {all} routes has no guard that the policy accepts");
    assert_eq!(told(&[]), Some(bare(1)));
    let unproven = [route("GET", "/api/b", Proof::Unproven), route("GET", "/api/c", Proof::Unproven)];
    assert_eq!(told(&unproven), Some(format!("{}, and 2 cannot be shown to have one", bare(3))));
}

#[test]
fn a_route_that_must_be_there_is_missed() {
    let policy = policy("required = [\"GET /api/health\", \"/api/a\", \"POST /api/b\"]");
    let routes = |path: &str, method: &str| {
        [
            route("GET", "/api/a", Proof::Wrapped),
            route("ANY", "/api/b", Proof::Wrapped),
            route(method, path, Proof::Wrapped),
        ]
    };
    assert_eq!(judged(&routes("/api/health", "GET"), &policy), (Verdict::Pass, vec![]));
    for (path, method) in [("/api/health", "POST"), ("/api/healthy", "GET"), ("/health", "GET")] {
        let said = vec!["route/missing: no route answers GET /api/health".to_owned()];
        assert_eq!(judged(&routes(path, method), &policy), (Verdict::Fail, said), "{method} {path}");
    }
}

#[test]
fn an_error_outweighs_what_nobody_knows() {
    let routes = [route("GET", "/api/a", Proof::Unproven), route("GET", "/api/b", Proof::None)];
    assert_eq!(judged(&routes, &policy("")).0, Verdict::Fail);
}

#[test]
fn no_routes_and_no_guards_prove_nothing_and_say_what_to_do() {
    let told = |routes: &[ProvedRoute], policy: &Policy| {
        let mut scanned = scanned(routes);
        let findings = findings(&mut scanned, policy, today());
        assert_eq!(findings, []);
        let checks = checks(&scanned, policy, &findings);
        assert_eq!(verdict(&checks), Verdict::Unproven);
        let worst = checks.into_iter().find(|check| check.verdict == Verdict::Unproven).unwrap();
        (worst.summary, worst.next.unwrap())
    };
    let (summary, next) = told(&[], &policy(""));
    assert_eq!(summary, "no routes found; looked for those of 0 kinds");
    assert!(next.contains("--root"), "{next}");
    let (summary, next) = told(&[route("GET", "/api/a", Proof::None)], &Policy::default());
    assert_eq!(summary, "the policy names no guards, so no route can be shown to have one");
    assert!(next.contains("route-compliance-scan init"), "{next}");
}

#[test]
fn a_guard_that_is_nowhere_is_a_wrong_policy() {
    let of = |near: &[&str]| {
        let unknown_guards = vec![(1, near.iter().map(ToString::to_string).collect())];
        refuse_unknown_guards(&policy(""), &Scanned { unknown_guards, ..Scanned::default() }).unwrap_err()
    };
    assert_eq!(of(&[]).exit_code(), 2);
    assert_eq!(
        of(&["withKeys", "withApiKey"]).to_string(),
        "ops.toml:2:26: no file defines or imports the guard `withKey`; did you mean `withKeys` or `withApiKey`?\n\
         2 | guards = [\"withSession\", \"withKey\"]\n  |                          ^^^^^^^^^"
    );
    assert!(of(&[]).to_string().contains("write a name that is there, or remove it"));
    assert!(refuse_unknown_guards(&policy(""), &Scanned::default()).is_ok());
}

const PUBLIC: &str = "[[routes.public]]\npath = \"/api/hooks/*\"\nmethods = [\"POST\"]\nowner = \"@platform\"\n\
                      reason = \"signed\"\nexpires = 2027-03-31\n";

#[test]
fn what_is_open_on_purpose_is_waived_until_its_end() {
    let hook = [route("POST", "/api/hooks/stripe", Proof::None)];
    assert_eq!(judged(&hook, &policy(PUBLIC)), (Verdict::Pass, vec![]));
    let ended = policy(&PUBLIC.replace("2027-03-31", "2027-03-30"));
    let (verdict, said) = judged(&hook, &ended);
    assert_eq!((verdict, said.len()), (Verdict::Fail, 2), "{said:?}");
    assert!(said.iter().any(|line| line.starts_with("route/expired-public: POST /api/hooks/*")), "{said:?}");
    let (verdict, said) = judged(&[route("GET", "/api/a", Proof::Wrapped)], &policy(PUBLIC));
    assert_eq!(verdict, Verdict::Pass, "an entry too many is a warning");
    assert!(said[0].starts_with("route/unused-public"), "{said:?}");
}

#[test]
fn a_waiver_of_the_policy_waives_the_route_too() {
    let waiver = "[[waivers]]\nrule = \"route/unguarded\"\npath = \"app/**\"\nowner = \"@a\"\nreason = \"b\"\nexpires = 2027-12-31\n";
    let policy = policy(waiver);
    let mut scanned = scanned(&[route("GET", "/api/a", Proof::None), route("GET", "/api/b", Proof::Wrapped)]);
    let mut found = findings(&mut scanned, &policy, today());
    assert_eq!(policy.waivers.concerning(super::is_ours).apply(&mut found, today()), []);
    mark_waived(&mut scanned.routes, &found);
    assert_eq!([scanned.routes[0].proof, scanned.routes[1].proof], [Proof::Waived, Proof::Wrapped]);
    assert_eq!(verdict(&checks(&scanned, &policy, &found)), Verdict::Pass);
}

#[test]
fn a_file_that_cannot_be_read_makes_the_run_unproven() {
    let mut scanned = scanned(&[route("GET", "/api/a", Proof::Wrapped)]);
    let problem = Problem { file: "app/b.ts".to_owned(), line: 3, column: 7, message: "expected `}`".to_owned() };
    scanned.problems.push(problem);
    let found = findings(&mut scanned, &policy(""), today());
    assert_eq!((found[0].severity, found[0].place.start_line, found[0].place.start_column), (Severity::Warning, 3, 7));
    let checks = checks(&scanned, &policy(""), &found);
    assert_eq!(verdict(&checks), Verdict::Unproven);
    let files = checks.iter().find(|check| check.id == "files").unwrap();
    assert_eq!(files.summary, "app/b.ts cannot be read, so that its routes are not known");
}

#[test]
fn a_findings_name_does_not_change_when_its_file_moves() {
    let moved = ProvedRoute { file: "src/app/a.ts".to_owned(), line: 99, ..route("GET", "/api/a", Proof::None) };
    let prints = [route("GET", "/api/a", Proof::None), moved, route("POST", "/api/a", Proof::None)]
        .map(|route| findings(&mut scanned(&[route]), &policy(""), today())[0].fingerprint.clone());
    assert_eq!(prints[0], prints[1]);
    assert_ne!(prints[0], prints[2]);
}

#[test]
fn without_routes_the_report_names_what_was_looked_for() {
    let scanned = Scanned { looked_for: vec!["`app/**/route.ts`", "`pages/api/**`"], ..Scanned::default() };
    let checks = checks(&scanned, &policy(""), &[]);
    assert_eq!(checks[0].summary, "no routes found; looked for those of 2 kinds");
    assert_eq!(checks[0].evidence["looked_for"], serde_json::json!(scanned.looked_for));
}
