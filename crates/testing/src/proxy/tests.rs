use super::*;
use crate::{Postgres, psql, try_psql};

fn table(server: &Postgres) -> String {
    let database = server.create_database();
    psql(&database.url, "create table t (id int)");
    database.url.clone()
}

#[test]
fn everything_passes_without_a_rule() {
    let server = Postgres::start();
    let proxy = Proxy::start(server.port(), Rule::Pass);
    assert_eq!(psql(&proxy.url(&server.url("postgres"), server.port()), "select 1"), "1");
    assert_eq!((proxy.fired(), proxy.connections()), (0, 1));
}

#[test]
fn a_commit_is_done_although_its_answer_never_arrives() {
    let server = Postgres::start();
    let url = table(&server);
    let proxy = Proxy::start(server.port(), Rule::cut_before_answer_to("COMMIT"));
    let through = proxy.url(&url, server.port());
    try_psql(&through, "BEGIN; insert into t values (1);\nCOMMIT;").unwrap_err();
    assert_eq!(psql(&url, "select id from t"), "1");
    assert_eq!(proxy.fired(), 1);
    assert_eq!(psql(&through, "BEGIN; insert into t values (2); COMMIT; select count(*) from t"), "2");
}

#[test]
fn a_commit_that_never_arrives_is_not_done() {
    let server = Postgres::start();
    let url = table(&server);
    let proxy = Proxy::start(server.port(), Rule::cut_before("COMMIT"));
    try_psql(&proxy.url(&url, server.port()), "BEGIN; insert into t values (1);\nCOMMIT;").unwrap_err();
    assert_eq!((psql(&url, "select count(*) from t"), proxy.fired()), ("0".to_owned(), 1));
}

#[test]
fn bytes_are_counted_in_both_directions() {
    let server = Postgres::start();
    for rule in [Rule::CutAfterClientBytes(20), Rule::CutAfterServerBytes(20)] {
        let proxy = Proxy::start(server.port(), rule);
        try_psql(&proxy.url(&server.url("postgres"), server.port()), "select 1").unwrap_err();
        assert_eq!(proxy.fired(), 1);
    }
}
