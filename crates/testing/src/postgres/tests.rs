use super::*;

#[test]
fn a_server_answers_dumps_its_schema_and_is_gone_afterwards() {
    let server = Postgres::start();
    let folder = server.folder().to_owned();
    let database = server.create_database();
    assert_eq!(psql(&database.url, "select 1 + 1; select 'a', 'b'"), "2\na|b");
    psql(&database.url, "create table people (id int primary key)");
    let schema = pg_dump_schema(&database.url);
    assert!(schema.contains("CREATE TABLE public.people"), "{schema}");
    assert_eq!(schema, pg_dump_schema(&database.url));
    assert_eq!(psql(&server.socket_url(&database.name), "select current_database()"), database.name);
    drop(server);
    assert!(!folder.exists());
    assert!(try_psql(&database.url, "select 1").is_err());
}

#[test]
fn what_was_committed_is_there_after_a_crash() {
    let mut server = Postgres::start();
    let database = server.create_database();
    psql(&database.url, "create table t (id int); insert into t values (7)");
    server.stop_immediately();
    assert!(try_psql(&database.url, "select 1").is_err());
    server.restart();
    assert_eq!(psql(&database.url, "select id from t"), "7");
}

#[test]
fn a_password_is_asked_for_and_a_wrong_one_refused() {
    let server = Postgres::configure().password().start();
    let database = server.create_database();
    assert_eq!(psql(&database.url, "select 1"), "1");
    let error = try_psql(&database.url.replace("horse", "cart"), "select 1").unwrap_err();
    assert!(error.contains("password authentication failed"), "{error}");
}

#[test]
fn tls_is_required_and_verifies_against_the_root_certificate() {
    let server = Postgres::with_ssl();
    let database = server.create_database();
    assert!(try_psql(&format!("{}?sslmode=disable", database.url), "select 1").is_err());
    let root = server.root_certificate();
    let verified = format!("{}?sslmode=verify-full&sslrootcert={}", database.url, root.display());
    assert_eq!(psql(&verified, "select ssl from pg_stat_ssl where pid = pg_backend_pid()"), "t");
}

#[test]
fn identities_differ_where_asked_for() {
    let identity = "select system_identifier from pg_control_system()";
    let one = Postgres::start();
    let two = Postgres::configure().fresh_identity().setting("work_mem", "7MB").start();
    assert_ne!(psql(&one.url("postgres"), identity), psql(&two.url("postgres"), identity));
    assert_eq!(psql(&two.url("postgres"), "show work_mem"), "7MB");
}

#[test]
fn the_shared_server_is_one_for_all() {
    let one = Postgres::shared().create_database();
    let two = Postgres::shared().create_database();
    assert_ne!(one.name, two.name);
    assert_eq!(Postgres::shared().port().to_string(), psql(&one.url, "show port"));
}

#[test]
fn every_version_at_hand_starts_and_crashes_well() {
    for configure in Postgres::every_version() {
        let mut server = configure.password().start();
        let database = server.create_database();
        psql(&database.url, "create table t (id int); insert into t values (7)");
        server.restart();
        assert_eq!(psql(&database.url, "select id from t"), "7");
    }
}
