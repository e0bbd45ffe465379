//! One of many fails: what becomes of the others, and what is said of each.

use serde_json::json;

use super::{Tenants, each};
use crate::story::check;

/// Three tenants of whom the second already has the table.
fn three(policy: &str) -> Tenants {
    let tenants = Tenants::postgres(3, policy);
    ops_testing::psql(&tenants.databases[1].url, "create table items (name text)");
    tenants
}

#[test]
fn by_default_no_more_are_begun() {
    let tenants = three("parallel = 1");
    let (outcome, report) = tenants.story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(report["headline"], "1 of 3 databases passed");
    assert_eq!(each(&report, "verdict"), ["pass", "fail", "unproven"]);
    let outcomes = each(&report, "outcome");
    assert_eq!(outcomes[0], "1 migration applied");
    assert!(outcomes[1].as_str().unwrap().contains("the ledger is empty, but the database holds"), "{outcomes:?}");
    assert_eq!(outcomes[2], "not begun: another database failed before (migrations.on_failure = \"stop\")");
    assert_eq!(each(&report, "applied"), [json!(["1"]), json!([]), json!([])]);
    assert!(outcome.stdout.contains("TENANT_URLS/3") && outcome.stdout.contains("unknown"), "{outcome}");
    assert_eq!(tenants.sql("select count(*) from pg_class where relname = 'bk_env_marker'"), ["1"; 3]);
    assert_eq!(tenants.sql("select to_regclass('ops_actions.audit') is null"), ["f", "t", "t"]);
}

#[test]
fn the_policy_may_go_on_with_the_others() {
    let tenants = three("parallel = 1\non_failure = \"continue\"");
    let (outcome, report) = tenants.story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(report["headline"], "2 of 3 databases passed");
    assert_eq!(each(&report, "verdict"), ["pass", "fail", "pass"]);
    assert_eq!(each(&report, "applied"), [json!(["1"]), json!([]), json!(["1"])]);
}

#[test]
fn a_later_run_goes_on_where_the_first_stopped() {
    let tenants = three("parallel = 1");
    assert_eq!(tenants.story.run(&["apply"]).code, Some(1));
    ops_testing::psql(&tenants.databases[1].url, "drop table items");
    let report = tenants.story.passed(&["apply"]);
    assert_eq!(each(&report, "outcome"), ["nothing to apply", "1 migration applied", "1 migration applied"]);
    assert_eq!(tenants.items(), ["1"; 3]);
}

#[test]
fn a_second_try_with_the_same_plans_leaves_those_alone_that_are_done() {
    let tenants = three("parallel = 1");
    let (_, plan) = tenants.story.report(&["plan"]);
    let digests = each(&plan, "plan_digest");
    let digests = digests.iter().filter_map(|digest| digest.as_str()).collect::<Vec<_>>().join(",");
    let apply = ["apply", "--plan-digest", &digests];
    assert_eq!(tenants.story.run(&apply).code, Some(1));
    ops_testing::psql(&tenants.databases[1].url, "drop table items");
    let report = tenants.story.passed(&apply);
    assert_eq!(each(&report, "outcome"), ["nothing to apply", "1 migration applied", "1 migration applied"]);

    // A plan that was carried out admits no other one.
    let story = tenants.story.migration("2_more.sql", "create table more (id int primary key);");
    let (outcome, report) = story.report(&apply);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(check(&report, "plan-digest")["verdict"], "fail");
}

#[test]
fn the_worst_answer_to_each_question_says_where_it_was_given() {
    let tenants = Tenants::postgres(3, "on_failure = \"continue\"");
    ops_testing::psql(&tenants.databases[2].url, "update bk_env_marker set env = 'prod'");
    let (outcome, report) = tenants.story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let summary = check(&report, "marker")["summary"].as_str().unwrap();
    assert!(summary.starts_with("TENANT_URLS/3: bk_env_marker says prod; expected dev."), "{summary}");
    assert!(
        each(&report, "outcome")[2]
            .as_str()
            .unwrap()
            .starts_with("refused, nothing was changed: bk_env_marker says prod")
    );
}

#[test]
fn a_database_that_cannot_be_reached_is_told_by_its_name_and_variable() {
    let tenants = Tenants::postgres(1, "on_failure = \"continue\"");
    let urls = format!("postgres://app@127.0.0.1:1/shop\n{}", tenants.databases[0].url);
    let story = tenants.story.env("TENANT_URLS", &urls);
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(each(&report, "verdict"), ["fail", "pass"]);
    let connection = check(&report, "connection");
    assert!(connection["summary"].as_str().unwrap().starts_with("TENANT_URLS/1: "), "{connection}");
    assert_eq!(connection["next"], "check the value of TENANT_URLS: host, port, user, password and database");
}

#[test]
fn a_ledger_that_nobody_can_read_hides_nothing_of_the_others() {
    let tenants = Tenants::postgres(2, "parallel = 1\nlayout = \"dbmate\"\ntable = \"public.versions\"");
    let story =
        tenants.story.migration("1_items.sql", "-- migrate:up\ncreate table items (id int);\n-- migrate:down\n");
    let tenants = Tenants { story, ..tenants };
    ops_testing::psql(
        &tenants.databases[1].url,
        "create table versions (version varchar); insert into versions values (null)",
    );
    let (outcome, report) = tenants.story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(each(&report, "verdict"), ["pass", "fail"]);
    assert_eq!(each(&report, "applied"), [json!(["1"]), json!([])]);
    let ledger = check(&report, "ledger");
    let text = "TENANT_URLS/2: row 1 of the ledger cannot be read: its column `version` is missing or null; was the table changed by hand?";
    assert_eq!(ledger["summary"], text);
    assert_eq!(tenants.items(), ["1", "0"]);
}
