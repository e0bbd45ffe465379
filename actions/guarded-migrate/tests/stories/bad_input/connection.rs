//! Databases that cannot be reached, or do not let us in. No password is ever shown.

use ops_testing::{Database, Postgres};

use crate::story::{Story, said};

/// What the check `connection` says of an apply with this URL, on a GitHub runner, where most is printed.
fn said_of(url: &str) -> String {
    let story = Story::at(url.to_owned()).migration("1_items.sql", "create table items (id int);").production();
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(report["headline"], "refused, nothing was changed");
    // The runner swallows the line that tells it what to hide.
    let seen = outcome.everything();
    assert!(!seen.lines().any(|line| line.contains("hunter2") && !line.starts_with("::add-mask::")), "{outcome}");
    said(&report, "connection")
}

/// The URL with these user and password.
fn with_password(database: &Database, password: &str) -> String {
    let (_, place) = database.url.split_once('@').expect("a user in the URL");
    format!("postgres://postgres:{password}@{place}")
}

fn place(database: &Database) -> &str {
    database.url.split_once('@').expect("a user in the URL").1
}

const NEXT: &str = "next: check the value of DATABASE_URL: host, port, user, password and database";

const NEXT_OF_SQLITE: &str = "next: check that DATABASE_URL names a SQLite database, and that this user may read and write \
                              the file and its folder";

#[test]
fn a_wrong_password_is_named_and_never_shown() {
    let server = Postgres::configure().password().start();
    let database = server.create_database();
    assert_eq!(
        said_of(&with_password(&database, "hunter2")),
        format!(
            "fail: cannot connect to {}: password authentication failed for user \"postgres\"; the password is wrong: set the \
             right one in the secret that holds the URL\n{NEXT}",
            place(&database)
        )
    );
}

#[test]
fn a_database_that_does_not_exist_is_not_made() {
    let server = Postgres::shared();
    let url = server.url("no_such_database").replace("postgres@", "postgres:hunter2@");
    let port = server.port();
    assert_eq!(
        said_of(&url),
        format!(
            "fail: cannot connect to 127.0.0.1:{port}/no_such_database: database \"no_such_database\" does not exist; it is not \
             created for you: check the name at the end of the URL\n{NEXT}"
        )
    );
    assert_eq!(
        ops_testing::psql(
            &server.url("postgres"),
            "select count(*) from pg_database where datname = 'no_such_database'"
        ),
        "0"
    );
}

#[test]
fn a_closed_port_and_an_unknown_host_are_told_apart() {
    assert_eq!(
        said_of("postgres://owner:hunter2@127.0.0.1:1/shop"),
        format!(
            "fail: cannot connect to 127.0.0.1:1/shop: nobody listens there: check host and port, and that the server runs\n{NEXT}"
        )
    );
    assert_eq!(
        said_of("postgres://owner:hunter2@db.invalid/shop"),
        format!("fail: cannot connect to db.invalid:5432/shop: the host db.invalid is not known from here\n{NEXT}")
    );
}

#[test]
fn a_server_that_requires_tls_says_how_the_url_asks_for_it() {
    let server = Postgres::with_ssl();
    let database = server.create_database();
    let host = format!("localhost:{}", server.port());
    let url = |query: &str| format!("postgres://postgres:hunter2@{host}/{}?{query}", database.name);
    assert_eq!(
        said_of(&url("sslmode=disable")),
        format!(
            "fail: cannot connect to {host}/{}: no pg_hba.conf entry for host \"127.0.0.1\", user \"postgres\", database \
             \"{}\", no encryption; the server requires TLS: add ?sslmode=require to the URL\n{NEXT}",
            database.name, database.name
        )
    );
    assert_eq!(
        said_of(&url("sslmode=verify-full")),
        format!(
            "fail: cannot connect to {host}/{}: the certificate is signed by an unknown authority: add sslrootcert=FILE to the \
             URL\n{NEXT}",
            database.name
        )
    );
    for query in [
        "sslmode=require".to_owned(),
        format!("sslmode=verify-full&sslrootcert={}", server.root_certificate().display()),
    ] {
        let story = Story::at(url(&query)).migration("1_items.sql", "create table items (id int primary key);");
        story.marked().passed(&["plan"]);
    }
}

#[test]
fn a_server_without_tls_is_told_where_the_url_asks_for_it() {
    let database = Postgres::shared().create_database();
    let place = place(&database);
    assert_eq!(
        said_of(&format!("{}?sslmode=require", with_password(&database, "hunter2"))),
        format!(
            "fail: cannot connect to {place}: the server offers no TLS: check the host, or write sslmode=prefer where that is acceptable\n{NEXT}"
        )
    );
}

#[test]
fn a_sqlite_file_that_does_not_exist_is_not_made_by_apply() {
    let story = Story::sqlite().migration("1_items.sql", "create table items (id integer);");
    let report = story.refused(&["apply"], 1);
    assert_eq!(
        said(&report, "connection"),
        format!("fail: cannot connect to ./dev.db: the file does not exist\n{NEXT_OF_SQLITE}")
    );
    assert!(!story.root().join("dev.db").exists());
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let story =
        Story::sqlite().migration("1_items.sql", "create table items (id integer);").file("dev.db", "not a database");
    let report = story.refused(&["apply"], 1);
    let said = said(&report, "connection");
    assert!(said.contains("file is not a database") && said.ends_with(NEXT_OF_SQLITE), "{said}");
}

#[test]
fn a_marker_table_with_two_rows_is_no_marker() {
    let story = Story::postgres().migration("1_items.sql", "create table items (id int primary key);").marked();
    story.sql("alter table bk_env_marker drop constraint if exists bk_env_marker_id_check, drop constraint if exists bk_env_marker_pkey cascade");
    story.sql("insert into bk_env_marker select * from bk_env_marker");
    let report = story.refused(&["apply"], 1);
    assert_eq!(
        said(&report, "marker"),
        format!(
            "fail: bk_env_marker in {} is not a marker: it holds more than one row; expected one row with id 1 and env dev\n\
             next: put it right by hand, then run guarded-migrate marker set --environment development",
            story.place()
        )
    );
}
