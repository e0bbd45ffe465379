//! The way out of what a database said, in the words of its engine.

use ops_database::{DatabaseError, DatabaseUrl, Engine};

/// Where there is no identity to bind a marker to.
pub(crate) fn without_identity(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => "grant the role execute on function pg_control_system()",
        Engine::Sqlite => "use a database in a file of its own",
    }
}

/// What to do about an error; `variable` holds the URL.
pub(crate) fn way_out(error: &DatabaseError, url: Option<&DatabaseUrl>, variable: &str) -> String {
    let engine = url.map_or(Engine::Postgres, DatabaseUrl::engine);
    match (engine, error) {
        (Engine::Postgres, error) if error.is_contention() => {
            "wait until the session that holds the lock has ended (pg_locks names it), and run this again".to_owned()
        }
        (Engine::Sqlite, error) if error.is_contention() => {
            "wait until the program that writes to the file has ended, and run this again".to_owned()
        }
        (Engine::Postgres, DatabaseError::Statement { .. }) => {
            "grant the role what it lacks, or connect as the owner of the tables".to_owned()
        }
        (Engine::Postgres, _) => format!("check the value of {variable}: host, port, user, password and database"),
        (Engine::Sqlite, _) => format!(
            "check that {variable} names a SQLite database, and that this user may read and write the file and its folder"
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use ops_database::{DatabaseError, DatabaseUrl};

    fn way_out(url: &str, code: &str) -> String {
        let (message, detail, position, after) = ("no".to_owned(), None, None, None);
        let error = DatabaseError::Statement { code: code.to_owned(), message, detail, position, after };
        super::way_out(&error, Some(&DatabaseUrl::parse(url, Path::new("/")).unwrap()), "DATABASE_URL")
    }

    #[test]
    fn each_engine_is_advised_in_its_own_words() {
        assert_eq!(
            way_out("postgres://db/shop", "42501"),
            "grant the role what it lacks, or connect as the owner of the tables"
        );
        assert_eq!(
            way_out("postgres://db/shop", "55P03"),
            "wait until the session that holds the lock has ended (pg_locks names it), and run this again"
        );
        assert_eq!(
            way_out("file:./dev.db", "26"),
            "check that DATABASE_URL names a SQLite database, and that this user may read and write the file and its folder"
        );
        assert_eq!(
            way_out("file:./dev.db", "5"),
            "wait until the program that writes to the file has ended, and run this again"
        );
    }
}
