//! The guard as a whole: every question is asked, whatever the first ones answer.

use ops_testing::FakeRunner;

use super::{ITEMS, ready};
use crate::story::{Story, said};

const QUESTIONS: [&str; 17] = [
    "connection",
    "marker",
    "pooler",
    "primary",
    "server-version",
    "privileges",
    "ledger",
    "statements",
    "staging",
    "destructive",
    "hazards",
    "confirmation",
    "runner",
    "ref",
    "window",
    "approvals",
    "plan-digest",
];

fn asked(report: &serde_json::Value) -> Vec<&str> {
    report["checks"].as_array().unwrap().iter().map(|check| check["id"].as_str().unwrap()).collect()
}

#[test]
fn one_run_tells_everything_that_is_wrong() {
    let policy = "[environments.production]\nrequires = [\"staging\"]\napprovals = 1\n\
                  freezes = [{ from = 2020-12-20, to = 2999-01-03, reason = \"holidays\" }]\n\
                  [migrations]\nsmall_table_rows = 0\nlarge_table_rows = 1\n";
    let story = Story::postgres().policy(policy).environment("production");
    let name = story.database.as_ref().unwrap().name.clone();
    let role = format!("role_of_{name}");
    story.sql(&format!(
        "{ITEMS} insert into items values (1); analyze items; create role {role} login; revoke create on schema public from public; \
         alter database {name} set default_transaction_read_only = on"
    ));
    let story = story
        .migration("1_drop.sql", "alter table items alter column id type bigint;\ndrop table items;")
        .migration("2_torn.sql", "select 'no end");
    let runner =
        FakeRunner::laptop(story.root()).env("DATABASE_URL", &story.url.replace("postgres@", &format!("{role}@")));
    let story = Story { runner, ..story };

    let other = format!("sha256:{}", "0".repeat(64));
    let report = story.refused(&["apply", "--plan-digest", &other], 1);
    assert_eq!(asked(&report), QUESTIONS);
    let of = |verdict: &str| -> Vec<&str> {
        let checks = report["checks"].as_array().unwrap().iter();
        checks.filter(|check| check["verdict"] == verdict).map(|check| check["id"].as_str().unwrap()).collect()
    };
    assert_eq!(of("pass"), ["connection", "pooler", "server-version"], "{report:#}");
    assert_eq!(of("unproven"), ["staging", "ref", "approvals"]);
    // Every refusal has its way out, and the worst comes first: this may be the wrong database.
    for check in report["checks"].as_array().unwrap() {
        assert_eq!(check["verdict"] == "pass", check["next"].is_null(), "{check}");
    }
    assert_eq!(report["explanation"], said(&report, "marker").lines().next().unwrap().replacen("fail: ", "", 1));
}

#[test]
fn without_a_database_every_question_is_asked_all_the_same() {
    let report = ready().without("DATABASE_URL").refused(&["apply"], 1);
    assert_eq!(asked(&report), QUESTIONS);
    let dependent = ["marker", "pooler", "primary", "server-version", "privileges", "ledger"];
    for id in dependent {
        assert_eq!(said(&report, id), "unproven: the database could not be asked\nnext: see the check connection");
    }
}

#[test]
fn a_plan_asks_what_does_not_belong_to_the_moment() {
    let (_, report) = ready().report(&["plan"]);
    assert_eq!(asked(&report), QUESTIONS[..11]);
}
