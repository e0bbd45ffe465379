//! The audit trail: who did what, when, in which run, by which plan, with which bytes; and nobody changes it afterwards.

use ops_database::{Connection, DatabaseUrl, Open};

use crate::running::value;
use crate::story::Story;

const ITEMS: &str = "create table items (id integer primary key);\n";
const RUN: &str = "octocat|https://github.com/octo-org/corner-shop/actions/runs/4211/attempts/1";

/// A production on which one migration was applied, and the digest of that plan.
fn applied(begin: Story) -> (Story, String) {
    let story = begin.migration("1_items.sql", ITEMS).production().marked();
    let report = story.passed(&["apply"]);
    let digest = report["details"]["plan_digest"].as_str().expect("a digest").to_owned();
    (story, digest)
}

/// What the trail says, but for the run's own name.
fn trail(table: &str) -> String {
    format!(
        "select event, environment, coalesce(migration, ''), coalesce(note, ''), actor, run_url, commit_sha, plan_digest, version \
         from {table} order by id"
    )
}

fn expected(plan: &str) -> String {
    let commit = "1".repeat(40);
    let line = |event: &str, migration: &str, note: &str| {
        format!("{event}|production|{migration}|{note}|{RUN}|{commit}|{plan}|{}", env!("CARGO_PKG_VERSION"))
    };
    [line("began", "", ""), line("applied", "1", ""), line("finished", "", "pass: 1 applied")].join("\n")
}

#[test]
fn each_run_says_who_when_where_and_by_which_plan() {
    let (story, plan) = applied(Story::postgres());
    assert_eq!(story.sql(&trail("ops_actions.audit")), expected(&plan));
    let facts = format!(
        "select count(distinct run), bool_and(at between now() - interval '1 hour' and now()), \
         string_agg(digest, '') = encode(sha256(convert_to($sql${ITEMS}$sql$, 'UTF8')), 'hex') from ops_actions.audit"
    );
    assert_eq!(story.sql(&facts), "1|t|t");
}

#[test]
fn nobody_changes_it_in_postgres_not_even_its_owner() {
    let (story, _) = applied(Story::postgres());
    let before = story.content();
    for change in [
        "update ops_actions.audit set actor = 'nobody'",
        "delete from ops_actions.audit",
        "truncate ops_actions.audit",
        "insert into ops_actions.audit (id, run, event, environment, version) overriding system value select id, run, event, environment, \
         version from ops_actions.audit limit 1 on conflict (id) do update set actor = 'nobody'",
    ] {
        let refusal = ops_testing::try_psql(&story.url, change).expect_err(change);
        assert!(refusal.contains("the audit trail is append-only"), "{change}: {refusal}");
    }
    assert_eq!(story.content(), before);
}

#[tokio::test]
async fn nor_in_sqlite() {
    let (story, plan) = applied(Story::sqlite());
    let url = DatabaseUrl::parse(&story.url, story.root()).expect("a URL");
    let mut connection = Connection::open(&url, Open::Existing).await.expect("the database");
    for change in ["update ops_actions_audit set actor = 'nobody'", "delete from ops_actions_audit"] {
        let refusal = connection.run(change).await.expect_err(change).to_string();
        assert!(refusal.contains("the audit trail is append-only"), "{change}: {refusal}");
    }
    let rows = connection.rows(&trail("ops_actions_audit")).await.expect("the trail");
    connection.close().await;
    let line = |row: Vec<Option<String>>| row.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join("|");
    assert_eq!(rows.into_iter().map(line).collect::<Vec<_>>().join("\n"), expected(&plan));
}

#[test]
fn a_backslash_in_a_name_or_a_path_is_a_letter_to_both_engines() {
    let file = Story::at("file:./a\\'b.db".to_owned());
    for (story, table) in [(Story::postgres(), "ops_actions.audit"), (file, "ops_actions_audit")] {
        let story = story.env("USER", "SHOP\\o'mona").migration("1_items.sql", ITEMS).marked();
        story.passed(&["apply"]);
        let actors = format!("select actor from {table} where event = 'began'");
        assert_eq!(value(&story, &actors), "SHOP\\o'mona");
    }
}
