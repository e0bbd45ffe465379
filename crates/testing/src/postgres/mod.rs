//! A throw-away PostgreSQL server: made in a second, gone with the test, also when the test is killed.

mod binaries;
mod certificates;
mod client;
mod cluster;
mod server;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use binaries::Binaries;
pub use client::{pg_dump_schema, psql, try_psql};
use server::Server;

use crate::tools;

/// The password of the superuser `postgres` where [`Configure::password`] asks for one.
const PASSWORD: &str = "correct horse";

/// The variable by which `with-postgres` hands one server to all tests of a run.
const SHARED_URL: &str = "OPS_TEST_POSTGRES_URL";

/// What a server is to be; made by [`Postgres::configure`].
#[derive(Clone, Debug, Default)]
pub struct Configure {
    binaries: Option<PathBuf>,
    password: bool,
    ssl: bool,
    fresh_identity: bool,
    settings: Vec<(String, String)>,
}

impl Configure {
    /// Asks for the password (scram-sha-256) on every connection instead of trusting all.
    #[must_use]
    pub fn password(mut self) -> Self {
        self.password = true;
        self
    }

    /// Refuses TCP connections without TLS; the certificate is signed by [`Postgres::root_certificate`].
    #[must_use]
    pub fn ssl(mut self) -> Self {
        self.ssl = true;
        self
    }

    /// Gives the server a system identifier of its own; by default all servers of one version share one.
    #[must_use]
    pub fn fresh_identity(mut self) -> Self {
        self.fresh_identity = true;
        self
    }

    /// Sets a server setting, as in `postgresql.conf`.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes `initdb` and `postgres` from this folder instead of `$OPS_PG_BIN` or the newest installed version.
    #[must_use]
    pub fn binaries(mut self, folder: impl Into<PathBuf>) -> Self {
        self.binaries = Some(folder.into());
        self
    }

    /// Starts the server and waits until it takes connections.
    #[must_use]
    pub fn start(self) -> Postgres {
        let binaries = self.binaries.clone().map_or_else(Binaries::find, Binaries::of);
        Postgres { kind: Kind::Own(Box::new(Server::start(binaries, self))) }
    }
}

#[derive(Debug)]
enum Kind {
    Own(Box<Server>),
    Shared { url: String },
}

/// A PostgreSQL server for tests, stopped and removed on drop.
#[derive(Debug)]
pub struct Postgres {
    kind: Kind,
}

/// A database of a [`Postgres`].
#[derive(Debug)]
pub struct Database {
    /// The TCP URL of the database, with user and password.
    pub url: String,
    /// The name of the database.
    pub name: String,
    drop_by: Option<String>,
}

impl Postgres {
    /// A server of this test alone that trusts every connection.
    #[must_use]
    pub fn start() -> Self {
        Self::configure().start()
    }

    /// A server of this test alone, to be described first.
    #[must_use]
    pub fn configure() -> Configure {
        Configure::default()
    }

    /// One description per server version at hand: the default one, and those that `scripts/test` keeps in `.tools`.
    #[must_use]
    pub fn every_version() -> Vec<Configure> {
        let packages = std::fs::read_dir(tools::folder().join("npm/node_modules")).into_iter().flatten().flatten();
        let mut others: Vec<PathBuf> = packages
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("postgres-"))
            .map(|entry| entry.path().join("native/bin"))
            .filter(|folder| folder.join("initdb").exists())
            .collect();
        others.sort();
        std::iter::once(Self::configure())
            .chain(others.into_iter().map(|folder| Self::configure().binaries(folder)))
            .collect()
    }

    /// A server of this test alone that takes TCP connections with TLS only.
    #[must_use]
    pub fn with_ssl() -> Self {
        Self::configure().ssl().start()
    }

    /// The server that all tests share: `$OPS_TEST_POSTGRES_URL`, else one per process. Never stop it.
    #[must_use]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(|| match std::env::var(SHARED_URL) {
            Ok(url) if !url.is_empty() => Self { kind: Kind::Shared { url } },
            _ => Self::start(),
        })
    }

    /// The TCP URL of a database, for example `postgres://postgres@127.0.0.1:40123/app`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        match &self.kind {
            Kind::Own(server) => server.url(database),
            Kind::Shared { url } => with_database(url, database),
        }
    }

    /// The URL of a database over the Unix socket.
    #[must_use]
    pub fn socket_url(&self, database: &str) -> String {
        let server = self.own();
        let folder = server.socket_folder().display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{folder}:{}/{database}", server.port())
    }

    /// The TCP port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        match &self.kind {
            Kind::Own(server) => server.port(),
            Kind::Shared { url } => {
                let authority = url.rsplit_once('/').map_or(url.as_str(), |(front, _)| front);
                authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).expect("a port in the shared URL")
            }
        }
    }

    /// Makes an empty database with a name that no other test uses.
    #[must_use]
    pub fn create_database(&self) -> Database {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        self.create_database_named(&format!("test_{}_{count}", std::process::id()))
    }

    /// Makes an empty database of this name.
    #[must_use]
    pub fn create_database_named(&self, name: &str) -> Database {
        let maintenance = self.maintenance_url();
        psql(&maintenance, &format!("create database \"{name}\""));
        let drop_by = matches!(self.kind, Kind::Shared { .. }).then_some(maintenance);
        Database { url: self.url(name), name: name.to_owned(), drop_by }
    }

    /// The PEM file of the authority that signed the server's certificate.
    #[must_use]
    pub fn root_certificate(&self) -> PathBuf {
        self.own().folder().join("root.crt")
    }

    /// The folder in which the server's own log lies: `log`.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.own().folder()
    }

    /// Ends the server as a crash does: every connection is cut, nothing is flushed.
    pub fn stop_immediately(&mut self) {
        self.own_mut().stop_immediately();
    }

    /// Starts the server again on the same port with the same data, after a stop or in place of one.
    pub fn restart(&mut self) {
        let server = self.own_mut();
        server.stop_immediately();
        server.run();
    }

    fn maintenance_url(&self) -> String {
        match &self.kind {
            Kind::Own(server) => server.maintenance_url(),
            Kind::Shared { url } => url.clone(),
        }
    }

    fn own(&self) -> &Server {
        match &self.kind {
            Kind::Own(server) => server,
            Kind::Shared { .. } => {
                panic!("the shared server offers databases only; use Postgres::start()")
            }
        }
    }

    fn own_mut(&mut self) -> &mut Server {
        match &mut self.kind {
            Kind::Own(server) => server,
            Kind::Shared { .. } => {
                panic!("the shared server must not be stopped; use Postgres::start()")
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(url) = &self.drop_by {
            let _ = try_psql(url, &format!("drop database if exists \"{}\" with (force)", self.name));
        }
    }
}

fn with_database(url: &str, database: &str) -> String {
    let (front, _) = url.rsplit_once('/').expect("a URL that ends in a database");
    format!("{front}/{database}")
}

#[cfg(test)]
mod tests;
