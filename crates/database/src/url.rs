//! Connection URLs, as the tools write them.

use std::path::PathBuf;
use std::str::FromStr as _;

use percent_encoding::percent_decode_str;
use sqlx::postgres::PgConnectOptions;

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
}

/// A connection URL that was understood. Its `Debug` and `place` never show the password.
#[derive(Clone)]
pub struct DatabaseUrl {
    pub(crate) kind: Kind,
    text: String,
}

#[derive(Clone)]
pub(crate) enum Kind {
    Postgres { options: Box<PgConnectOptions>, schema: Option<String>, database: String },
    Sqlite { path: PathBuf },
}

/// Why a URL cannot be used. The URL itself is not in the text: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Nothing was given.
    #[error("the connection URL is empty; write postgres://USER:PASSWORD@HOST/DATABASE or file:./dev.db")]
    Empty,
    /// Another engine, or no URL at all.
    #[error("the connection URL starts with neither postgres://, postgresql://, file: nor sqlite:")]
    UnknownScheme,
    /// Which database is left to a default, and a default is how the wrong one is migrated.
    #[error(
        "the connection URL names no database; end it with /DATABASE, as in postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    NoDatabase,
    /// Which server is left to a default.
    #[error("the connection URL names no host; write it after the @, as in postgres://USER:PASSWORD@HOST/DATABASE")]
    NoHost,
    /// A parameter that leads elsewhere than the URL's own host and path say.
    #[error(
        "the connection URL has the parameter {0}, which leads elsewhere than its host and path say; write it into the URL itself"
    )]
    Diverting(String),
    /// A SQLite URL without a file.
    #[error("the connection URL names no file; write file:./dev.db (an in-memory database has nothing to migrate)")]
    NoFile,
    /// It does not parse.
    #[error("the connection URL cannot be read: {0}; special characters in the password must be percent-encoded")]
    Malformed(String),
}

impl DatabaseUrl {
    /// Reads a URL. A relative SQLite path is relative to `base`.
    pub fn parse(text: &str, base: &std::path::Path) -> Result<Self, UrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(UrlError::Empty);
        }
        if let Some(path) = text.strip_prefix("file:").or_else(|| text.strip_prefix("sqlite:")) {
            let path = path.split('?').next().unwrap_or_default();
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path == ":memory:" {
                return Err(UrlError::NoFile);
            }
            let path = path.strip_prefix("./").unwrap_or(path);
            return Ok(Self { kind: Kind::Sqlite { path: base.join(path) }, text: text.to_owned() });
        }
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(UrlError::UnknownScheme);
        }
        let Parts { host, port, path, query } = Parts::of(text);
        // What the text leaves out is otherwise filled in from PGHOST and PGDATABASE, and what stands in the query wins over both.
        if path.is_empty() {
            return Err(UrlError::NoDatabase);
        }
        if host.is_empty() {
            return Err(UrlError::NoHost);
        }
        if let Some(name) = DIVERTING.iter().find(|name| parameter(query, name).is_some()) {
            return Err(UrlError::Diverting((*name).to_owned()));
        }
        let mut options = PgConnectOptions::from_str(&without_foreign_parameters(text))
            .map_err(|error| UrlError::Malformed(error.to_string()))?;
        if port.is_none() {
            options = options.port(5432);
        }
        let Some(database) = options.get_database().filter(|name| !name.is_empty()).map(str::to_owned) else {
            return Err(UrlError::NoDatabase);
        };
        let schema = parameter(query, "schema");
        let kind = Kind::Postgres { options: Box::new(options), schema, database };
        Ok(Self { kind, text: text.to_owned() })
    }

    /// The URL as it was given, password and all: for the environment of another program, never for a text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.kind {
            Kind::Postgres { .. } => Engine::Postgres,
            Kind::Sqlite { .. } => Engine::Sqlite,
        }
    }

    /// Prisma's `?schema=` parameter.
    #[must_use]
    pub fn schema(&self) -> Option<&str> {
        match &self.kind {
            Kind::Postgres { schema, .. } => schema.as_deref(),
            Kind::Sqlite { .. } => None,
        }
    }

    /// The host, for PostgreSQL.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match &self.kind {
            Kind::Postgres { options, .. } => Some(options.get_host()),
            Kind::Sqlite { .. } => None,
        }
    }

    /// The port, for PostgreSQL.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        match &self.kind {
            Kind::Postgres { options, .. } => Some(options.get_port()),
            Kind::Sqlite { .. } => None,
        }
    }

    /// The database's name, or the file.
    #[must_use]
    pub fn database(&self) -> String {
        match &self.kind {
            Kind::Postgres { database, .. } => database.clone(),
            Kind::Sqlite { path } => path.display().to_string(),
        }
    }

    /// Host, port and database, or the file: what a person recognises, without user and password.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.kind {
            Kind::Postgres { options, database, .. } => {
                let socket = options.get_socket().map(|path| path.display().to_string());
                format!("{}:{}/{database}", socket.as_deref().unwrap_or(options.get_host()), options.get_port())
            }
            Kind::Sqlite { path } => path.display().to_string(),
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("DatabaseUrl").field(&self.place()).finish()
    }
}

/// Parameters that lead elsewhere than the URL's own host and path say.
const DIVERTING: [&str; 5] = ["host", "hostaddr", "port", "dbname", "user"];

/// Parameters that the connection understands. Others are Prisma's or another driver's own.
const UNDERSTOOD: [&str; 8] =
    ["sslmode", "sslrootcert", "sslcert", "sslkey", "ssl-root-cert", "ssl-ca", "application_name", "options"];

/// The parts of a URL as they are written.
struct Parts<'a> {
    host: &'a str,
    port: Option<&'a str>,
    path: &'a str,
    query: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Self {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let rest = rest.split('#').next().unwrap_or_default();
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
        let colon = address.rfind(':').filter(|colon| !address.get(*colon..).unwrap_or_default().contains(']'));
        let (host, port) = match colon.and_then(|colon| address.split_at_checked(colon)) {
            Some((host, port)) => (host, port.get(1..).filter(|port| !port.is_empty())),
            None => (address, None),
        };
        Self { host, port, path, query }
    }
}

/// The value of a parameter, decoded.
fn parameter(query: &str, name: &str) -> Option<String> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    let value = percent_decode_str(value).decode_utf8_lossy();
    (!value.is_empty()).then(|| value.into_owned())
}

fn without_foreign_parameters(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let Some((front, query)) = url.split_once('?') else { return url.to_owned() };
    let known = |pair: &&str| UNDERSTOOD.contains(&pair.split('=').next().unwrap_or_default());
    let kept: Vec<&str> = query.split('&').filter(known).collect();
    if kept.is_empty() { front.to_owned() } else { format!("{front}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{DatabaseUrl, Engine, UrlError};

    fn parse(text: &str) -> Result<DatabaseUrl, UrlError> {
        DatabaseUrl::parse(text, Path::new("/repository"))
    }

    #[test]
    fn a_place_has_no_user_and_no_password() {
        let url = parse("postgres://owner:hunter2@db.example.com:6000/app?schema=shop&sslmode=require").unwrap();
        assert_eq!(url.place(), "db.example.com:6000/app");
        assert_eq!(format!("{url:?}"), "DatabaseUrl(\"db.example.com:6000/app\")");
        assert_eq!(url.schema(), Some("shop"));
        assert_eq!(url.expose(), "postgres://owner:hunter2@db.example.com:6000/app?schema=shop&sslmode=require");
    }

    #[test]
    fn a_url_without_a_database_is_refused() {
        let error = parse("postgres://owner:hunter2@db.example.com").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the connection URL names no database; end it with /DATABASE, as in postgres://USER:PASSWORD@HOST/DATABASE"
        );
        assert_eq!(parse("postgres://owner:hunter2@db.example.com/").unwrap_err(), UrlError::NoDatabase);
    }

    #[test]
    fn what_leads_elsewhere_than_the_url_says_is_refused() {
        assert_eq!(parse("postgres:///app").unwrap_err(), UrlError::NoHost);
        assert_eq!(
            parse("postgres://u:p@db.example.com/prod?dbname=other").unwrap_err(),
            UrlError::Diverting("dbname".into())
        );
        assert_eq!(
            parse("postgres://u:p@db/prod?sslmode=require&host=other").unwrap_err(),
            UrlError::Diverting("host".into())
        );
        assert_eq!(parse("postgres://u:p@db/prod?pgbouncer=true&schema=my%2Dapp").unwrap().schema(), Some("my-app"));
    }

    #[test]
    fn a_port_that_is_left_out_is_the_usual_one() {
        assert_eq!(parse("postgres://u:p@db/prod").unwrap().place(), "db:5432/prod");
        assert_eq!(parse("postgres://u:p@[::1]:6000/prod").unwrap().port(), Some(6000));
    }

    #[test]
    fn sqlite_paths_are_relative_to_the_base() {
        let url = parse("file:./dev.db?connection_limit=1").unwrap();
        assert_eq!(url.engine(), Engine::Sqlite);
        assert_eq!(url.place(), "/repository/dev.db");
        assert_eq!(parse("sqlite:///data/app.db").unwrap().place(), "/data/app.db");
        assert_eq!(parse("sqlite::memory:").unwrap_err(), UrlError::NoFile);
    }

    #[test]
    fn other_engines_are_refused_without_showing_the_url() {
        let error = parse("mysql://root:hunter2@localhost/app").unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
        assert_eq!(error, UrlError::UnknownScheme);
        assert_eq!(parse("  ").unwrap_err(), UrlError::Empty);
    }

    #[test]
    fn a_malformed_url_does_not_show_its_password() {
        let error = parse("postgres://owner:hun/ter2@:db/app").unwrap_err().to_string();
        assert!(!error.contains("ter2"), "{error}");
    }
}
