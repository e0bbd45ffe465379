//! Migrations that set the mode of their own transaction, which the server takes only before any query.

use crate::story::Story;

const SEEN: &str = "create table seen (step int, level text);";

fn record(step: u8) -> String {
    format!("insert into seen values ({step}, current_setting('transaction_isolation'));")
}

#[test]
fn a_migration_may_set_the_isolation_of_its_transaction() {
    let own = format!(
        "BEGIN;\n-- one snapshot for all\nSET TRANSACTION ISOLATION LEVEL REPEATABLE READ;\n{}\nCOMMIT;",
        record(2)
    );
    let plain = format!("set local lock_timeout = '1s';\nset transaction isolation level serializable;\n{}", record(3));
    let story = Story::postgres()
        .migration("1_seen.sql", SEEN)
        .migration("2_own.sql", &own)
        .migration("3_plain.sql", &plain)
        .migration("4_after.sql", &record(4))
        .marked();
    story.passed(&["apply"]);
    let levels = story.sql("select string_agg(step || ' ' || level, ', ' order by step) from seen");
    assert_eq!(levels, "2 repeatable read, 3 serializable, 4 read committed");
}

#[test]
fn a_part_of_a_migration_may_set_the_isolation_of_its_transaction() {
    let parts = format!(
        "BEGIN;\nSET TRANSACTION ISOLATION LEVEL REPEATABLE READ;\n{}\nCOMMIT;\nBEGIN;\n{}\nCOMMIT;",
        record(1),
        record(2)
    );
    let story = Story::postgres().migration("1_seen.sql", SEEN).migration("2_parts.sql", &parts).marked();
    story.passed(&["apply"]);
    let levels = story.sql("select string_agg(step || ' ' || level, ', ' order by step) from seen");
    assert_eq!(levels, "1 repeatable read, 2 read committed");
}
