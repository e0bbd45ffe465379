//! What every migration repeats is prepared by a run, and a migration may throw that away.

use crate::story::{Story, said};

const COUNT: usize = 5;

/// How one tool keeps the migration with this number.
struct Layout {
    name: &'static str,
    ledger: &'static str,
    path: fn(usize) -> String,
    /// What stands before and after the SQL.
    around: [&'static str; 2],
}

const LAYOUTS: [Layout; 6] = [
    Layout {
        name: "plain",
        ledger: "ops_actions.migrations",
        path: |n| format!("migrations/{n}_it's.sql"),
        around: [""; 2],
    },
    Layout {
        name: "prisma",
        ledger: "_prisma_migrations",
        path: |n| format!("prisma/migrations/2027010{n}000000_make/migration.sql"),
        around: [""; 2],
    },
    Layout {
        name: "supabase",
        ledger: "supabase_migrations.schema_migrations",
        path: |n| format!("supabase/migrations/2027010{n}000000_make.sql"),
        around: [""; 2],
    },
    Layout {
        name: "drizzle",
        ledger: "drizzle.__drizzle_migrations",
        path: |n| format!("drizzle/000{n}_make.sql"),
        around: [""; 2],
    },
    Layout {
        name: "dbmate",
        ledger: "schema_migrations",
        path: |n| format!("db/migrations/2027010{n}000000_make.sql"),
        around: ["-- migrate:up\n", "-- migrate:down\n"],
    },
    Layout {
        name: "sqlx",
        ledger: "_sqlx_migrations",
        path: |n| format!("migrations/2027010{n}000000_make.sql"),
        around: [""; 2],
    },
];

fn with(story: Story, layout: &Layout, number: usize) -> Story {
    let sql = format!(
        "{}create table made_{number} (text text);\ninsert into made_{number} values ('it''s; a \\ $1');\n\
         create table prepared_{number} as select count(*) from pg_prepared_statements;\n{}",
        layout.around[0], layout.around[1]
    );
    let entry = |n: usize| {
        format!(
            r#"{{"idx": {n}, "version": "7", "when": {}, "tag": "000{n}_make", "breakpoints": true}}"#,
            1_800_000_000_000_usize + n
        )
    };
    let journal = (1..=number).map(entry).collect::<Vec<_>>().join(",");
    let story = story.file(&(layout.path)(number), &sql);
    match layout.name {
        "drizzle" => story.file(
            "drizzle/meta/_journal.json",
            &format!(r#"{{"version": "7", "dialect": "postgresql", "entries": [{journal}]}}"#),
        ),
        _ => story,
    }
}

/// The ledger without what differs with the time.
fn rows(story: &Story, layout: &Layout) -> String {
    story.sql(&format!(
        "select string_agg((to_jsonb(t) - '{{id,started_at,finished_at,installed_on,execution_time,applied_at}}'::text[])::text, E'\\n' \
         order by (to_jsonb(t) - '{{id,started_at,finished_at,installed_on,execution_time,applied_at}}'::text[])::text) from {} t",
        layout.ledger
    ))
}

#[test]
fn one_run_writes_into_every_ledger_what_many_runs_write() {
    for layout in &LAYOUTS {
        let words = ["apply", "--layout", layout.name];
        let mut alone = Story::postgres().marked();
        let mut together = Story::postgres().marked();
        for number in 1..=COUNT {
            alone = with(alone, layout, number);
            alone.passed(&words);
            together = with(together, layout, number);
        }
        let report = together.passed(&words);
        assert_eq!(said(&report, "apply"), "pass: 5 of 5 applied", "{}", layout.name);
        assert_eq!(rows(&together, layout), rows(&alone, layout), "{}", layout.name);
        assert_eq!(alone.sql("select count from prepared_4"), "0", "{}", layout.name);
        // The guard's question, the ledger's row, the audit trail's line. Supabase's row holds the statements, and one of
        // them a backslash.
        let least = if layout.name == "supabase" { 2 } else { 3 };
        let prepared: usize = together.sql("select count from prepared_4").parse().expect("a number");
        assert!(prepared >= least, "{}: {prepared}", layout.name);
        let report = together.passed(&["status", "--layout", layout.name]);
        assert_eq!(report["headline"], "up to date", "{}", layout.name);
    }
}

#[test]
fn a_migration_that_throws_it_away_stops_nothing() {
    for by in ["deallocate all;", "discard plans;", "do $$ begin execute 'deallocate all'; end $$;"] {
        let mut story = Story::postgres().migration("0_witness.sql", "create table witness (number int);");
        for number in 1..=8 {
            let throws = if number % 3 == 0 { by } else { "" };
            let sql = format!("insert into witness values ({number});\n{throws}\n");
            story = story.migration(&format!("{number}_make.sql"), &sql);
        }
        let story = story.marked();
        let report = story.passed(&["apply"]);
        assert_eq!(said(&report, "apply"), "pass: 9 of 9 applied", "{by}");
        assert_eq!(story.sql("select string_agg(number::text, '' order by number) from witness"), "12345678", "{by}");
        assert_eq!(story.sql("select count(*) from ops_actions.audit where event = 'applied'"), "9", "{by}");
    }
}

/// Its own missing statement is its own mistake, told at its place.
#[test]
fn a_migration_that_calls_what_is_not_prepared_is_refused() {
    let story = Story::postgres()
        .migration("1_items.sql", "create table items (id int);")
        .migration("2_call.sql", "create table more (id int);\nexecute nothing;\n")
        .marked();
    let report = story.refused_in_the_middle(&["apply"]);
    assert_eq!(
        said(&report, "apply"),
        "fail: 2 was refused at migrations/2_call.sql:2:1: prepared statement \"nothing\" does not exist [26000]; \
         nothing of it is left in the database\nnext: put the file right and run apply again"
    );
}
