use super::*;
use crate::migration::TransactionMode;

fn migration(id: &str, source: &str) -> Migration {
    Migration {
        id: id.to_owned(),
        name: "o'name".to_owned(),
        path: format!("m/{id}.sql"),
        source: source.to_owned(),
        up: 0..source.len(),
        down: None,
        checksum: "ab".repeat(32),
        transaction: TransactionMode::Inside,
        created_at_millis: Some(1_700_000_000_123),
    }
}

fn found(layout: Layout, drizzle_folders: bool) -> Found {
    Found { layout, dialect_hint: None, directory: "m".to_owned(), drizzle_folders }
}

fn ledger(layout: Layout, migrations: &[Migration]) -> Ledger {
    Ledger::new(&found(layout, false), migrations, Dialect::Postgres, &LedgerOptions::default())
}

fn rows(rows: &[&str]) -> Vec<Vec<Option<String>>> {
    rows.iter().map(|row| vec![Some((*row).to_owned())]).collect()
}

#[test]
fn each_ledger_is_where_its_tool_looks() {
    let names: Vec<String> = Layout::ALL.into_iter().map(|layout| ledger(layout, &[]).name()).collect();
    assert_eq!(
        names,
        [
            "public._prisma_migrations",
            "supabase_migrations.schema_migrations",
            "drizzle.__drizzle_migrations",
            "public.schema_migrations",
            "public._sqlx_migrations",
            "ops_actions.migrations",
        ]
    );
}

#[test]
fn the_url_and_the_policy_move_a_ledger() {
    let options = |schema: Option<&str>, table: Option<&str>| LedgerOptions {
        schema: schema.map(str::to_owned),
        table: table.map(str::to_owned),
        bookkeeping_schema: "ops".to_owned(),
    };
    let name = |layout, dialect, options| Ledger::new(&found(layout, false), &[], dialect, &options).name();
    assert_eq!(name(Layout::Prisma, Dialect::Postgres, options(Some("shop"), Some("x.y"))), "shop._prisma_migrations");
    assert_eq!(name(Layout::Dbmate, Dialect::Postgres, options(Some("shop"), Some("applied"))), "shop.applied");
    assert_eq!(name(Layout::Sqlx, Dialect::Postgres, options(None, Some("meta.applied"))), "meta.applied");
    assert_eq!(name(Layout::Plain, Dialect::Postgres, options(None, None)), "ops.migrations");
    assert_eq!(name(Layout::Plain, Dialect::Sqlite, options(None, None)), "ops_migrations");
}

#[test]
fn only_prisma_and_sqlx_lock_for_themselves() {
    assert_eq!(ledger(Layout::Prisma, &[]).advisory_keys("shop"), [72_707_369]);
    assert_eq!(ledger(Layout::Sqlx, &[]).advisory_keys("shop").len(), 1);
    assert_eq!(ledger(Layout::Plain, &[]).advisory_keys("shop"), [0_i64; 0]);
}

#[test]
fn a_prisma_name_with_several_rows_is_one_entry() {
    let row = |name: &str, finished: &str, rolled_back: &str| {
        format!(
            r#"{{"migration_name":"{name}","checksum":"c","finished_at":{finished},"rolled_back_at":{rolled_back}}}"#
        )
    };
    let (yes, no) = ("\"2025-01-01T00:00:00+00:00\"", "null");
    let answered = [
        row("undone then applied", no, yes),
        row("undone then applied", yes, no),
        row("undone", no, yes),
        row("applied then undone", yes, yes),
        row("failed", no, no),
        row("failed", yes, no),
    ];
    let answered: Vec<&str> = answered.iter().map(String::as_str).collect();
    let entries = ledger(Layout::Prisma, &[]).parse(rows(&answered)).unwrap();
    let told: Vec<_> = entries.iter().map(|entry| (entry.id.as_str(), entry.outcome)).collect();
    assert_eq!(
        told,
        [
            ("undone then applied", Outcome::Applied),
            ("undone", Outcome::RolledBack),
            ("applied then undone", Outcome::RolledBack),
            ("failed", Outcome::Failed),
        ]
    );
}

#[test]
fn milliseconds_are_read_as_moments() {
    let row = r#"{"migration_name":"a","checksum":"c","finished_at":1735787045000,"rolled_back_at":null}"#;
    let entries = ledger(Layout::Prisma, &[]).parse(rows(&[row])).unwrap();
    assert_eq!(entries[0].applied_at.as_deref(), Some("2025-01-02T03:04:05Z"));
}

#[test]
fn a_row_that_no_tool_wrote_is_refused_with_its_number() {
    let refusal = |layout, row: &str| ledger(layout, &[]).parse(rows(&[row])).unwrap_err().to_string();
    assert_eq!(
        refusal(Layout::Prisma, r#"{"checksum":"c"}"#),
        "row 1 of the ledger cannot be read: its column `migration_name` is missing or null; was the table changed by hand?"
    );
    assert_eq!(
        refusal(Layout::Sqlx, "nonsense"),
        "row 1 of the ledger cannot be read: it is no JSON object; was the table changed by hand?"
    );
}

#[test]
fn supabase_keeps_statements_as_the_tool_cuts_them() {
    let source = "-- first\ncreate table a (b text default ';');;\n\ncreate table c ();\n-- the end\n";
    let text = ledger(Layout::Supabase, &[]).succeed(&migration("1", source), &Stamp::now(Duration::ZERO), &[]);
    assert_eq!(
        text,
        "insert into \"supabase_migrations\".\"schema_migrations\" (version, name, statements) values ('1', 'o''name', \
         array['-- first\ncreate table a (b text default '';'')', 'create table c ()', '-- the end']::text[]);\n"
    );
}

#[test]
fn supabase_statements_serve_as_a_checksum() {
    let ledger = ledger(Layout::Supabase, &[]);
    let migration = migration("1", "create table a (); -- why\ncreate table b ();");
    let same = |row: &str| ledger.same_bytes(&migration, &ledger.parse(rows(&[row])).unwrap()[0]);
    assert_eq!(same(r#"{"version":"1","statements":["create table a ()","-- why\ncreate table b ()"]}"#), Some(true));
    assert_eq!(same(r#"{"version":"1","statements":["create table a ();\ncreate table b ();"]}"#), Some(true));
    assert_eq!(same(r#"{"version":"1","statements":["create table a ()"]}"#), Some(false));
    assert_eq!(same(r#"{"version":"1","statements":null}"#), None);
    assert_eq!(same(r#"{"version":"1"}"#), None);
}

#[test]
fn drizzle_rows_are_named_by_moment_then_by_hash() {
    let mut files = [migration("0000_a", ""), migration("0001_b", ""), migration("0002_c", "")];
    for (file, (when, hash)) in files.iter_mut().zip([(1000, "ha"), (2000, "hb"), (2000, "hc")]) {
        file.created_at_millis = Some(when);
        file.checksum = hash.to_owned();
    }
    let row = |created_at: i64, hash: &str| format!(r#"{{"id":1,"hash":"{hash}","created_at":{created_at}}}"#);
    let answered = [row(1000, "edited"), row(2000, "hc"), row(5000, "hb"), row(7000, "gone")];
    let answered: Vec<&str> = answered.iter().map(String::as_str).collect();
    let ids = |ledger: &Ledger| ledger.parse(rows(&answered)).unwrap().into_iter().map(|e| e.id).collect::<Vec<_>>();
    assert_eq!(ids(&ledger(Layout::Drizzle, &files)), ["0000_a", "0002_c", "0001_b", "7000"]);
}

#[test]
fn drizzle_folders_go_by_name_and_old_rows_by_second() {
    let mut file = migration("20250101000000_a", "");
    file.created_at_millis = Some(1_735_689_600_000);
    let files = [file];
    let ledger = |dialect| Ledger::new(&found(Layout::Drizzle, true), &files, dialect, &LedgerOptions::default());
    let ids = |rows_: &[&str]| {
        ledger(Dialect::Postgres).parse(rows(rows_)).unwrap().into_iter().map(|e| e.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[r#"{"hash":"h","created_at":1,"name":"20250101000000_a"}"#]), ["20250101000000_a"]);
    assert_eq!(ids(&[r#"{"hash":"h","created_at":1735689600789,"name":null}"#]), ["20250101000000_a"]);
    assert_eq!(
        ledger(Dialect::Sqlite)
            .parse(rows(&[r#"{"hash":"h","created_at":1,"name":null,"new":0}"#]))
            .unwrap_err()
            .to_string(),
        "the ledger was made by Drizzle 0.x and the files are of Drizzle 1.0; run `drizzle-kit migrate` once to upgrade it"
    );
}

#[test]
fn every_script_holds_whole_statements() {
    let migration = migration("1", "select '\\'");
    let stamp = Stamp::now(Duration::from_millis(5));
    for layout in Layout::ALL {
        for dialect in [Dialect::Postgres, Dialect::Sqlite] {
            for folders in [false, true] {
                let files = std::slice::from_ref(&migration);
                let ledger = Ledger::new(&found(layout, folders), files, dialect, &LedgerOptions::default());
                let scripts = [
                    Some(ledger.create()),
                    Some(ledger.succeed(&migration, &stamp, &["select 1"])),
                    ledger.start(&migration, &stamp),
                    ledger.progress(&migration, 1),
                    Some(ledger.finish(&migration, &stamp, &["select 1"])),
                    ledger.fail(&migration, "it's \\ broken"),
                    Some(ledger.mark_applied(&migration)),
                    ledger.mark_rolled_back(&migration),
                    Some(ledger.mark_rolled_back_by_id("o'clock")),
                ];
                for script in scripts.into_iter().flatten() {
                    assert!(script.ends_with(";\n"), "{script}");
                    assert!(!crate::statement::split(&script, 0..script.len(), dialect).unwrap().is_empty());
                }
            }
        }
    }
}
