//! A pooler in transaction mode is refused, whether the URL shows it or not.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{ITEMS, ready_on_postgres};
use crate::story::{Story, said, visible};

const WHY: &str = "locks and settings do not survive from one statement to the next";

#[test]
fn a_direct_connection_passes() {
    assert_eq!(said(&ready_on_postgres().passed(&["apply"]), "pooler"), "pass: a direct connection");
}

/// Nobody listens there: the URL alone is enough.
fn of_url(url: &str) -> String {
    let story = Story::at(url.to_owned()).migration("1_items.sql", ITEMS).production();
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(!visible(&outcome).contains("hunter2"), "{outcome}");
    said(&report, "pooler")
}

#[test]
fn neons_pooled_host_is_refused_with_its_direct_host() {
    assert_eq!(
        of_url("postgres://app:hunter2@ep-cool-mode-1234-pooler.localhost:1/app"),
        format!(
            "fail: the host ep-cool-mode-1234-pooler.localhost is Neon's pooler: {WHY}\n\
             next: set DATABASE_URL to the same URL with the host ep-cool-mode-1234.localhost"
        )
    );
}

#[test]
fn port_6543_is_refused() {
    assert_eq!(
        of_url("postgres://app:hunter2@127.0.0.1:6543/app"),
        format!(
            "fail: port 6543 is a pooler in transaction mode: {WHY}\n\
             next: set DATABASE_URL to the database's own host and port, usually 5432"
        )
    );
}

/// A real PgBouncer on this machine, in front of a story's database.
struct Bouncer {
    process: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Bouncer {
    /// None where it is not installed on somebody's own machine; in CI that is a failure.
    fn start(story: &Story, mode: &str) -> Option<Self> {
        // Debian keeps it where only root's path leads.
        let usual = std::path::PathBuf::from("/usr/sbin/pgbouncer");
        let program = if usual.exists() { usual } else { ops_testing::tool_unless_skipped("pgbouncer")? };
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
        let (_, server) = story.url.split_once('@').expect("a user");
        let (address, name) = server.split_once('/').expect("a database");
        let (host, server_port) = address.split_once(':').expect("a port");
        let file = folder.path().join("pgbouncer.ini");
        std::fs::write(
            &file,
            format!(
                "[databases]\n{name} = host={host} port={server_port} dbname={name} user=postgres\n[pgbouncer]\n\
                 listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n\
                 ignore_startup_parameters = extra_float_digits\n"
            ),
        )
        .expect("its settings");
        let mut command = Command::new("sh");
        // It refuses to run as root.
        command.args([
            "-c",
            "test $(id -u) -ne 0 || set -- setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"; exec \"$@\"",
            "sh",
        ]);
        command.arg(program).arg("-q").arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .expect("to be read");
        let process = command.spawn().expect("pgbouncer");
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "pgbouncer does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(Self { process, url: format!("postgres://postgres@127.0.0.1:{port}/{name}"), _folder: folder })
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_pooler_that_the_url_does_not_show_is_found_out() {
    let story = ready_on_postgres();
    let Some(bouncer) = Bouncer::start(&story, "transaction") else { return };
    let story = story.env("DATABASE_URL", &bouncer.url);
    // The first run finds a pool that is empty, the second one that has a server waiting.
    for _ in 0..2 {
        assert_eq!(
            said(&story.refused(&["apply"], 1), "pooler"),
            format!(
                "fail: one server process answers several connections: {WHY}\n\
                 next: set DATABASE_URL to the database's own host and port, past the pooler"
            )
        );
    }
}

#[test]
fn a_pooler_that_keeps_sessions_together_passes() {
    let story = ready_on_postgres();
    let Some(bouncer) = Bouncer::start(&story, "session") else { return };
    let report = story.env("DATABASE_URL", &bouncer.url).passed(&["apply"]);
    assert_eq!(said(&report, "pooler"), "pass: a direct connection");
}
