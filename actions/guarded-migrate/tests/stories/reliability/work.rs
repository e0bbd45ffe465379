//! Migrations that leave witnesses: each makes a table and writes its number down, so that SQL can count what happened.

use crate::running::value;
use crate::story::Story;

/// Every fifth runs in steps, where the engine knows such a thing.
fn runs_in_steps(number: usize) -> bool {
    number.is_multiple_of(5)
}

/// A repository with this many migrations, and its database, marked.
pub(super) fn story(story: Story, count: usize) -> Story {
    let postgres = story.database.is_some();
    let mut story = story.policy("[migrations]\nlock_timeout = \"5s\"\nlock_wait = \"60s\"\n");
    for number in 1..=count {
        let mut sql = String::new();
        if number == 1 {
            sql.push_str("create table witness (number int not null);\n");
        }
        sql.push_str(&format!("create table made_{number} (id int);\n"));
        if postgres && runs_in_steps(number) {
            sql.push_str(&format!("create index concurrently index_{number} on made_{number} (id);\n"));
        }
        sql.push_str(&format!("insert into witness values ({number});\n"));
        story = story.migration(&format!("{number:04}_make.sql"), &sql);
    }
    story.marked()
}

/// The ledger's table.
pub(super) fn ledger(story: &Story) -> &'static str {
    if story.database.is_some() { "ops_actions.migrations" } else { "ops_actions_migrations" }
}

/// How many migrations the ledger calls applied.
pub(super) fn applied(story: &Story) -> usize {
    let sql = format!("select cast(count(*) as text) from {} where finished_at is not null", ledger(story));
    if story.database.is_some() {
        // A ledger that does not exist yet holds nothing; one question, since each costs a process.
        let xml = format!("query_to_xml({}, false, false, '')", ops_database::quote::literal(&sql));
        let sql = format!(
            "select case when to_regclass('{}') is null then '0' else (xpath('//row/*/text()', {xml}))[1]::text end",
            ledger(story)
        );
        return value(story, &sql).parse().expect("a number");
    }
    match value(story, "select cast(count(*) as text) from sqlite_schema where name = 'ops_actions_migrations'")
        .as_str()
    {
        "0" => 0,
        _ => value(story, &sql).parse().expect("a number"),
    }
}

/// Asserts that the ledger says of every migration what the database holds, and returns how many it calls applied.
pub(super) fn assert_ledger_is_true(story: &Story) -> usize {
    let postgres = story.database.is_some();
    let applied = applied(story);
    if applied == 0 {
        return 0;
    }
    let (tables, name) = if postgres { ("pg_tables", "tablename") } else { ("sqlite_schema", "name") };
    let ledger = ledger(story);
    let number = "cast(version as int)";
    let mut questions = vec![
        (
            "written down twice",
            "select count(*) from (select 1 from witness group by number having count(*) > 1) t".to_owned(),
        ),
        (
            "applied, but not written down",
            format!(
                "select count(*) from {ledger} where finished_at is not null and {number} not in (select number from witness)"
            ),
        ),
        (
            "written down, but not in the ledger",
            format!("select count(*) from witness where number not in (select {number} from {ledger})"),
        ),
        (
            "made, but not in the ledger",
            format!(
                "select count(*) from {tables} where {name} like 'made_%' and {name} not in (select 'made_' || {number} from {ledger})"
            ),
        ),
        (
            "applied, but not made",
            format!(
                "select count(*) from {ledger} where finished_at is not null and 'made_' || {number} not in (select {name} from {tables})"
            ),
        ),
        ("more than one half done", format!("select count(*) / 2 from {ledger} where finished_at is null")),
    ];
    if postgres {
        questions.push((
            "applied, but its index is not valid",
            format!(
                "select count(*) from {ledger} where finished_at is not null and {number} % 5 = 0 and not exists \
                 (select from pg_index where indisvalid and indexrelid = to_regclass('index_' || {number}))"
            ),
        ));
    }
    let all = questions.iter().map(|(_, sql)| format!("({sql})")).collect::<Vec<_>>().join(" || ',' || ");
    let found = value(story, &format!("select {all}"));
    let wrong: Vec<_> = questions
        .iter()
        .zip(found.split(','))
        .filter(|(_, count)| *count != "0")
        .map(|((what, _), count)| (what, count))
        .collect();
    assert!(wrong.is_empty(), "the ledger lies: {wrong:?}");
    applied
}
