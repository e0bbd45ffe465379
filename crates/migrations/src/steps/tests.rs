use proptest::prelude::*;

use super::*;
use crate::Dialect;
use crate::statement::split;

fn migration(source: &str, transaction: TransactionMode) -> Migration {
    Migration {
        id: "1".to_owned(),
        name: "a".to_owned(),
        path: "migrations/1_a.sql".to_owned(),
        source: source.to_owned(),
        up: 0..source.len(),
        down: None,
        checksum: String::new(),
        transaction,
        created_at_millis: None,
    }
}

fn run(source: &str, transaction: TransactionMode, rule: Mixed, dialect: Dialect) -> Result<Vec<Step>, StepError> {
    let migration = migration(source, transaction);
    let statements = split(source, 0..source.len(), dialect).unwrap();
    steps(&migration, &statements, rule)
}

/// The steps as text, with `!` before those outside a transaction.
fn told(source: &str) -> Vec<String> {
    tell(source, run(source, TransactionMode::Inside, Mixed::Split, Dialect::Postgres).unwrap())
}

fn tell(source: &str, steps: Vec<Step>) -> Vec<String> {
    let mark = |step: &Step| if step.transactional { "" } else { "!" };
    steps.iter().map(|step| format!("{}{}", mark(step), &source[step.sql.clone()])).collect()
}

fn refusal(source: &str, rule: Mixed) -> String {
    run(source, TransactionMode::Inside, rule, Dialect::Postgres).unwrap_err().to_string()
}

#[test]
fn a_file_of_transactional_statements_is_one_step() {
    assert_eq!(told("-- a\nselect 1;\n-- b\nselect 2;\n"), ["select 1;\n-- b\nselect 2"]);
}

#[test]
fn an_empty_file_has_no_step() {
    assert!(told("-- nothing yet\n").is_empty());
    assert!(told("begin; commit;").is_empty());
}

#[test]
fn a_statement_that_forbids_transactions_splits_the_file() {
    assert_eq!(
        told("select 1; create index concurrently i on a (b); select 2; select 3"),
        ["select 1", "!create index concurrently i on a (b)", "select 2", "select 3"]
    );
}

#[test]
fn a_file_without_transaction_runs_statement_by_statement() {
    let source = "select 1; select 2";
    let steps = run(source, TransactionMode::Outside, Mixed::Refuse, Dialect::Postgres).unwrap();
    assert_eq!(tell(source, steps), ["select 1", "select 2"]);
}

#[test]
fn a_file_that_is_one_block_is_one_step_without_its_words() {
    assert_eq!(told("BEGIN;\nselect 1;\nselect 2;\nCOMMIT;"), ["select 1;\nselect 2"]);
}

#[test]
fn blocks_stay_together_among_other_statements() {
    assert_eq!(
        told("vacuum a; start transaction; select 1; select 2; end; select 3"),
        ["!vacuum a", "select 1; select 2", "select 3"]
    );
}

#[test]
fn refusing_mixed_files_names_the_statement_and_the_way_out() {
    let source = "alter table a add b int;\ncreate index concurrently i on a (b);";
    assert_eq!(
        refusal(source, Mixed::Refuse),
        "line 2: `create index concurrently i on a (b)` runs outside a transaction, and other statements of this file inside \
         one: move it to a migration of its own, or set `mixed = \"split\"` under `[migrations]` in ops.toml"
    );
    assert!(run(source, TransactionMode::Inside, Mixed::Split, Dialect::Postgres).is_ok());
}

#[test]
fn a_setting_beside_a_lone_statement_is_not_mixed() {
    let source = "set lock_timeout = '5s'; create index concurrently i on a (b);";
    assert_eq!(run(source, TransactionMode::Inside, Mixed::Refuse, Dialect::Postgres).unwrap().len(), 2);
}

#[test]
fn words_that_do_not_match_are_refused_with_their_line() {
    for (source, text) in [
        (
            "select 1;\nrollback;",
            "line 2: `rollback` throws away what came before it, so the file would count as applied without its effect: \
             remove it",
        ),
        (
            "select 1;\n\nCOMMIT;",
            "line 3: `COMMIT` without `BEGIN` would end the migration's own transaction too early: remove it, or add `BEGIN`",
        ),
        (
            "begin; select 1;",
            "line 1: `begin` without `COMMIT` leaves a transaction open: remove it, or add `COMMIT` at its end",
        ),
        (
            "begin;\nbegin; commit; commit;",
            "line 2: `begin` inside a transaction that is open already: remove it, or `COMMIT` the first one before it",
        ),
        (
            "begin isolation level serializable; commit;",
            "line 1: `begin isolation level serializable` asks for a transaction mode of its own: write `BEGIN` alone, and `SET TRANSACTION …` as the next \
             statement",
        ),
        (
            "begin; commit and chain; commit;",
            "line 1: `commit and chain` hides where the next transaction begins: write `COMMIT` and `BEGIN`",
        ),
        (
            "begin; prepare transaction 'x';",
            "line 1: `prepare transaction 'x'` would leave a prepared transaction and its locks behind: use `COMMIT`",
        ),
        (
            "begin;\nvacuum\n  a;\ncommit;",
            "line 2: `vacuum a` cannot run between `BEGIN` and `COMMIT`: move it after `COMMIT`",
        ),
    ] {
        assert_eq!(refusal(source, Mixed::Split), text, "{source}");
    }
}

#[test]
fn replacing_a_sqlite_table_asks_for_foreign_keys_to_be_off() {
    let off = |source: &str| {
        let steps = run(source, TransactionMode::Inside, Mixed::Split, Dialect::Sqlite).unwrap();
        (steps.len(), steps[0].foreign_keys_off)
    };
    let replace = "PRAGMA defer_foreign_keys=ON;\nPRAGMA foreign_keys=OFF;\nDROP TABLE a;\nPRAGMA foreign_keys=ON;";
    assert_eq!(off(replace), (1, true));
    assert_eq!(off("pragma foreign_keys(0); drop table a"), (1, true));
    assert_eq!(off("PRAGMA defer_foreign_keys=OFF; drop table a"), (1, false));
    assert_eq!(off("PRAGMA foreign_keys = ON; drop table a"), (1, false));
}

proptest! {
    #[test]
    fn every_statement_but_the_words_stands_in_exactly_one_step(
        pieces in prop::collection::vec(
            prop::sample::select(vec!["select 1", "begin; select 2; select 3; commit", "vacuum", "begin; commit"]), 0..8),
        outside in any::<bool>(),
    ) {
        let source = pieces.join(";\n");
        let mode = if outside { TransactionMode::Outside } else { TransactionMode::Inside };
        let statements = split(&source, 0..source.len(), Dialect::Postgres).unwrap();
        let steps = steps(&migration(&source, mode), &statements, Mixed::Split).unwrap();
        let covered: Vec<usize> = steps.iter().flat_map(|step| step.statements.clone()).collect();
        let expected: Vec<usize> = (0..statements.len())
            .filter(|i| !matches!(statements[*i].transaction, TransactionNeed::Opens | TransactionNeed::Commits))
            .collect();
        prop_assert_eq!(covered, expected);
    }
}

#[test]
fn rows_that_only_psql_could_send_are_refused() {
    assert_eq!(
        refusal("create table t (a int);\ncopy t (a) from stdin;\n", Mixed::Split),
        "line 2: `copy t (a) from stdin` moves rows between the server and a client such as psql, and there is none: write the \
         rows as `INSERT` statements, or load them by psql outside the migrations"
    );
    assert!(refusal("COPY (select 1) TO STDOUT WITH CSV", Mixed::Split).contains("such as psql"));
    assert_eq!(told("copy t from '/srv/rows.csv'"), ["copy t from '/srv/rows.csv'"]);
}
