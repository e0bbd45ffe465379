//! Hazards from end to end: what the report says of a statement, and how the database that was asked changes its weight.

use serde_json::Value;

use crate::story::{Story, check, said};

/// `items` with a thousand rows and statistics, made by migration 1; then this SQL as migration 2.
fn settled(policy: &str, sql: &str) -> Story {
    let first = "create table items (id bigint primary key, note text, kind text not null default 'x');\n\
                 create table carts (id bigint primary key, item bigint);\n";
    let story = Story::postgres().policy(policy).migration("1_items.sql", first).marked();
    story.passed(&["apply"]);
    story.sql("insert into items select n, 'note', 'x' from generate_series(1, 1000) n");
    story.sql("analyze items; analyze carts");
    story.migration("2_change.sql", sql)
}

fn findings(report: &Value) -> Vec<&Value> {
    report["findings"].as_array().expect("findings").iter().collect()
}

fn finding<'r>(report: &'r Value, rule: &str) -> &'r Value {
    let found = findings(report).into_iter().find(|finding| finding["rule"] == rule);
    found.unwrap_or_else(|| panic!("no {rule} in {report:#}"))
}

fn text<'r>(finding: &'r Value, field: &str) -> &'r str {
    finding[field].as_str().expect("a text")
}

const LARGE: &str = "[migrations]\nsmall_table_rows = 10\nlarge_table_rows = 500\n";
const MIDDLING: &str = "[migrations]\nsmall_table_rows = 10\nlarge_table_rows = 5000\n";

const INDEX: &str = "-- why\nselect 1;\n\n  create index items_note on items (note);\n";
const RULE: &str = "migration/index-without-concurrently";

#[test]
fn a_finding_names_the_place_the_lock_what_waits_and_the_safe_way() {
    let story = settled(MIDDLING, INDEX);
    let report = story.passed(&["plan"]);
    let finding = finding(&report, RULE);
    assert_eq!(text(finding, "severity"), "warning");
    assert_eq!(text(finding, "path"), "migrations/2_change.sql");
    assert_eq!((finding["start_line"].as_u64(), finding["start_column"].as_u64()), (Some(4), Some(3)));
    let message = text(finding, "message");
    assert!(message.contains("SHARE") && message.contains("about 1,000 rows"), "{message}");
    let help = text(finding, "help");
    assert!(help.to_lowercase().contains("create index concurrently items_note on items (note)"), "{help}");
}

#[test]
fn the_size_of_the_table_makes_the_warning_a_note_or_an_error() {
    let small = settled("", INDEX).passed(&["plan"]);
    assert_eq!(text(finding(&small, RULE), "severity"), "note");

    let large = settled(LARGE, INDEX);
    let report = large.refused(&["apply"], 1);
    let found = finding(&report, RULE);
    assert_eq!(text(found, "severity"), "error");
    assert_eq!(
        said(&report, "hazards"),
        format!(
            "fail: 1 error, first migrations/2_change.sql:4: {}\nnext: rewrite the statement as its finding says, or \
             silence it with a comment: -- ops-ignore {RULE}: REASON",
            text(found, "message")
        )
    );
    // Both ways out work: the comment, and the rewritten statement.
    let silenced = large.migration("2_change.sql", &format!("-- ops-ignore {RULE}: nobody writes at night\n{INDEX}"));
    let (outcome, _) = silenced.report(&["plan"]);
    assert_eq!(outcome.code, Some(1), "a comment far from its statement is about something else: {outcome}");
    let sql = INDEX.replace("  create", &format!("-- ops-ignore {RULE}: nobody writes at night\ncreate"));
    let silenced = silenced.migration("2_change.sql", &sql);
    silenced.passed(&["plan"]);
    let safe = silenced.migration("2_change.sql", "create index concurrently items_note on items (note);\n");
    assert_eq!(safe.passed(&["apply"])["headline"], "1 migration applied");
}

#[test]
fn what_the_same_file_makes_is_harmless() {
    let sql = "create table logs (id bigint primary key, note text);\ncreate index logs_note on logs (note);\n\
               alter table logs add column at timestamptz not null;\nalter table logs drop column note;\n";
    let report = settled(LARGE, sql).passed(&["plan"]);
    assert_eq!(findings(&report), [] as [&Value; 0]);
}

#[test]
fn nothing_is_harmful_in_a_fresh_database() {
    let sql = "create table items (id bigint primary key, note text);\n";
    let story = Story::postgres().policy(LARGE).migration("1_items.sql", sql).migration("2_index.sql", INDEX);
    let story = story.migration("3_drop.sql", "alter table items drop column note;\n").marked();
    let report = story.passed(&["apply"]);
    assert_eq!(findings(&report), [] as [&Value; 0]);
}

#[test]
fn a_do_block_is_a_note_that_says_unproven() {
    let report = settled("", "do $$ begin execute 'drop table items'; end $$;\n").passed(&["plan"]);
    let finding = finding(&report, "migration/hidden-sql");
    assert_eq!(text(finding, "severity"), "note");
    let message = text(finding, "message");
    assert!(message.starts_with("unproven: what a DO block does cannot be judged from the file."), "{message}");
    assert!(message.contains("DROP TABLE"), "{message}");
}

#[test]
fn a_volatile_default_rewrites_and_a_constant_one_does_not() {
    let rule = "migration/rewrites-for-default";
    let report =
        settled(MIDDLING, "alter table items add column token uuid default gen_random_uuid();\n").passed(&["plan"]);
    let message = text(finding(&report, rule), "message");
    assert!(message.contains("ACCESS EXCLUSIVE"), "{message}");
    let report = settled(MIDDLING, "alter table items add column token text default 'none';\n").passed(&["plan"]);
    assert!(findings(&report).iter().all(|finding| finding["rule"] != rule), "{report:#}");
}

#[test]
fn a_change_of_type_is_judged_by_the_type_that_the_column_has() {
    let rewrites = "migration/rewrites-for-type-change";
    let report = settled(MIDDLING, "alter table carts alter column item type numeric;\n").report(&["plan"]).1;
    finding(&report, rewrites);
    let report = settled(MIDDLING, "alter table items alter column note type varchar;\n").passed(&["plan"]);
    assert!(findings(&report).iter().all(|finding| finding["rule"] != rewrites), "{report:#}");
}

#[test]
fn a_foreign_key_names_both_tables_and_weighs_by_the_larger() {
    let sql = "alter table carts add constraint carts_item foreign key (item) references items (id);\n";
    let (outcome, report) = settled(LARGE, sql).report(&["plan"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(text(finding(&report, "migration/foreign-key-locks-both-tables"), "severity"), "note");
    let found = finding(&report, "migration/scans-for-foreign-key");
    assert_eq!(text(found, "severity"), "error");
    let message = text(found, "message");
    assert!(
        message.contains("SHARE ROW EXCLUSIVE") && message.contains("carts") && message.contains("items"),
        "{message}"
    );
    let help = text(found, "help");
    assert!(help.to_uppercase().contains("NOT VALID") && help.to_uppercase().contains("VALIDATE CONSTRAINT"), "{help}");
}

#[test]
fn set_not_null_scans_unless_a_validated_check_proves_it() {
    let rule = "migration/scans-for-not-null";
    let report = settled(MIDDLING, "alter table items alter column note set not null;\n").passed(&["plan"]);
    finding(&report, rule);
    let safe = "alter table items add constraint n check (note is not null) not valid;\n";
    let story = settled(MIDDLING, safe).migration(
        "3_validate.sql",
        "alter table items add constraint m check (note is not null) not valid;\n\
         alter table items validate constraint m;\nalter table items alter column note set not null;\n",
    );
    let (_, report) = story.report(&["plan"]);
    assert!(findings(&report).iter().all(|finding| finding["rule"] != rule), "{report:#}");
}

#[test]
fn what_breaks_the_running_release_is_told_with_the_way_in_steps() {
    let sql = "alter table items rename column note to remark;\nalter table items add column sku text not null;\n";
    let (_, report) = settled("", sql).report(&["plan"]);
    assert_eq!(finding(&report, "migration/renames-column")["start_line"], 1);
    assert_eq!(finding(&report, "migration/adds-required-column")["start_line"], 2);
}

#[test]
fn data_is_destroyed_only_with_leave_for_that_very_statement() {
    let story = settled("", "select 1;\ndelete from items;\n");
    let report = story.refused(&["apply"], 1);
    let found = finding(&report, "migration/deletes-all-rows");
    assert_eq!((text(found, "severity"), found["start_line"].as_u64()), ("error", Some(2)));
    assert!(text(found, "message").contains("about 1,000 rows"), "{found:#}");
    let migrations = report["details"]["migrations"].as_array().unwrap();
    let digest = migrations.last().unwrap()["statements"][1]["sql_digest"].as_str().unwrap();
    let words = ["apply", "--allow-destructive", digest, "--backup-reference", "snap-1"];
    // The leave is for these words: with others it is void.
    let other = story.migration("2_change.sql", "select 1;\ndelete from only items;\n");
    other.refused(&words, 1);
    let same = other.migration("2_change.sql", "select 1;\ndelete from items;\n");
    same.passed(&words);
    assert_eq!(same.sql("select count(*) from items"), "0");
}

#[test]
fn the_rules_of_squawk_that_none_of_ours_covers_are_told_in_its_name() {
    let report = settled("", "create table logs (id int primary key, note varchar(20));\n").passed(&["plan"]);
    let rules: Vec<&str> = findings(&report).into_iter().map(|finding| text(finding, "rule")).collect();
    assert_eq!(rules, ["squawk/prefer-bigint-over-int", "squawk/prefer-text-field"]);
}

#[test]
fn a_statement_timeout_of_a_foreign_runner_is_asked_for() {
    let policy = "[migrations]\nrunner = \"command\"\ncommand = [\"true\"]\n";
    let report = settled("", "alter table items add column size bigint;\n").policy(policy).passed(&["plan"]);
    finding(&report, "migration/missing-lock-timeout");
}

#[test]
fn a_table_whose_name_begins_like_our_own_is_somebodys_all_the_same() {
    let birds = "create table migrations_of_birds (id int);";
    let story = Story::postgres().migration("1_drop.sql", "drop table migrations_of_birds;").marked();
    story.sql(birds);
    let report = story.refused(&["apply"], 1);
    assert_eq!(check(&report, "destructive")["verdict"], "fail");
    assert_eq!(check(&report, "ledger")["verdict"], "fail", "its history is not recorded");
}

#[test]
fn so_is_every_table_of_the_schema_that_the_bookkeeping_shares() {
    let story = Story::postgres()
        .policy("[database]\nschema = \"public\"\n")
        .migration("1_users.sql", "create table users (id int);")
        .marked();
    story.passed(&["apply"]);
    let report = story.migration("2_drop.sql", "drop table users;").refused(&["apply"], 1);
    assert_eq!(check(&report, "destructive")["verdict"], "fail");
}
