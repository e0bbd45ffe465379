//! The one-row table that says which environment a database is, bound to the database's identity.

use crate::quote::{identifier, literal, literal_for};
use crate::{Connection, DatabaseError, Engine, Identity};

/// What the marker table says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marker {
    /// There is no such table.
    Absent,
    /// There is a table, but it is not one row with id 1.
    Malformed {
        /// What it holds instead.
        reason: String,
    },
    /// One row.
    Present {
        /// The environment it names.
        environment: String,
        /// The identity of the database that was marked; none where the table was made by hand.
        identity: Option<String>,
    },
}

/// How the marker's identity stands to the database it was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// It is this database that was marked.
    Bound,
    /// Another database was marked, and its marker came here with a branch, a dump or a restore.
    Copied,
    /// The marker names no identity, or this database shows none.
    Unbound,
}

impl Marker {
    /// Compares the recorded identity with the database's own.
    #[must_use]
    pub fn binding(&self, identity: Option<&Identity>) -> Binding {
        match (self, identity) {
            (Self::Present { identity: Some(recorded), .. }, Some(own)) if recorded == own.as_str() => Binding::Bound,
            (Self::Present { identity: Some(_), .. }, Some(_)) => Binding::Copied,
            _ => Binding::Unbound,
        }
    }

    /// Reads the marker from `table`, which may be `schema.name`.
    pub async fn read(connection: &mut Connection, table: &str) -> Result<Self, DatabaseError> {
        let columns = columns(connection, table).await?;
        if columns.is_empty() {
            return Ok(Self::Absent);
        }
        if !columns.iter().any(|column| column == "id") || !columns.iter().any(|column| column == "env") {
            return Ok(Self::Malformed { reason: format!("it has no columns id and env, but {}", columns.join(", ")) });
        }
        let identity = if columns.iter().any(|column| column == "identity") { "identity" } else { "null" };
        let name = qualified(connection.engine(), table);
        let rows = connection
            .rows(&format!(
                "select cast(id as text), cast(env as text), cast({identity} as text) from {name} order by id limit 3"
            ))
            .await?;
        Ok(match rows.as_slice() {
            [row] => match row.as_slice() {
                [Some(id), Some(environment), identity] if id == "1" => {
                    Self::Present { environment: environment.clone(), identity: identity.clone() }
                }
                [_, None, _] => Self::Malformed { reason: "its env is null".to_owned() },
                _ => Self::Malformed { reason: "its row does not have id 1".to_owned() },
            },
            [] => Self::Malformed { reason: "it is empty".to_owned() },
            _ => Self::Malformed { reason: "it holds more than one row".to_owned() },
        })
    }

    /// Writes the marker in the place of this one, which was read before: makes the table where there is none, adds what a
    /// hand-made one lacks. One transaction locks the table, looks again, and writes. Returns false, and writes nothing, if
    /// the marker is no longer this one: somebody else was faster.
    ///
    /// # Errors
    /// The database refuses; then nothing was written.
    pub async fn replace(
        &self,
        connection: &mut Connection,
        table: &str,
        environment: &str,
        identity: &Identity,
        set_by: &str,
    ) -> Result<bool, DatabaseError> {
        let written = self.replace_within(connection, table, environment, identity, set_by).await;
        if !matches!(written, Ok(true)) {
            // Best effort: the session may be gone, and then so is its transaction.
            connection.run("rollback").await.ok();
        }
        written
    }

    async fn replace_within(
        &self,
        connection: &mut Connection,
        table: &str,
        environment: &str,
        identity: &Identity,
        set_by: &str,
    ) -> Result<bool, DatabaseError> {
        let engine = connection.engine();
        let name = qualified(engine, table);
        connection
            .run(match engine {
                // Whoever looks at the table for long must not hold this up for ever.
                Engine::Postgres => "begin; set local lock_timeout = '5s'",
                Engine::Sqlite => "begin immediate",
            })
            .await?;
        let existing = columns(connection, table).await?;
        let mut script = String::new();
        if existing.is_empty() {
            if *self != Self::Absent {
                return Ok(false);
            }
            script.push_str(&format!(
                "create table {name} (id integer primary key check (id = 1), env text not null, identity text, \
                 set_at text, set_by text);\n"
            ));
        } else {
            if engine == Engine::Postgres {
                connection.run(&format!("lock table {name} in share row exclusive mode")).await?;
            }
            if Self::read(connection, table).await? != *self {
                return Ok(false);
            }
            for column in ["identity", "set_at", "set_by"] {
                if !existing.iter().any(|present| present == column) {
                    script.push_str(&format!("alter table {name} add column {column} text;\n"));
                }
            }
        }
        let now = match connection.engine() {
            Engine::Postgres => "to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
            Engine::Sqlite => "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')",
        };
        let [environment, identity, set_by] =
            [environment, identity.as_str(), set_by].map(|value| literal_for(engine, value));
        script.push_str(&format!(
            "delete from {name};\n\
             insert into {name} (id, env, identity, set_at, set_by) values (1, {environment}, {identity}, {now}, {set_by});\n\
             commit;"
        ));
        connection.run(&script).await?;
        Ok(true)
    }
}

/// `schema.name` with both parts quoted. PostgreSQL's marker without a schema is in `public`, whatever the search path of
/// the role or the URL says: one database has one marker.
fn qualified(engine: Engine, table: &str) -> String {
    match (engine, table.split_once('.')) {
        (Engine::Postgres, None) => format!("public.{}", identifier(table)),
        _ => table.split('.').map(identifier).collect::<Vec<_>>().join("."),
    }
}

async fn columns(connection: &mut Connection, table: &str) -> Result<Vec<String>, DatabaseError> {
    let sql = match connection.engine() {
        Engine::Postgres => format!(
            "select attname from pg_attribute where attrelid = to_regclass({}) and attnum > 0 and not attisdropped order by attnum",
            literal(&qualified(Engine::Postgres, table))
        ),
        Engine::Sqlite => format!("select name from pragma_table_info({})", literal_for(Engine::Sqlite, table)),
    };
    Ok(connection.rows(&sql).await?.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect())
}

#[cfg(test)]
mod tests {
    use super::Marker;
    use crate::{Connection, DatabaseUrl, Identity, Open};

    #[tokio::test]
    async fn only_the_marker_that_was_read_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::parse("file:./dev.db", folder.path()).unwrap();
        let mut connection = Connection::open(&url, Open::OrCreate).await.unwrap();
        let connection = &mut connection;
        let identity = Identity::read(connection).await.unwrap().unwrap();

        assert!(Marker::Absent.replace(connection, "marker", "dev", &identity, "ann").await.unwrap());
        let dev = Marker::read(connection, "marker").await.unwrap();
        assert!(dev.replace(connection, "marker", "staging", &identity, "ann").await.unwrap());
        let staging = Marker::read(connection, "marker").await.unwrap();

        for earlier in [Marker::Absent, dev] {
            assert!(!earlier.replace(connection, "marker", "prod", &identity, "bob").await.unwrap());
            assert_eq!(Marker::read(connection, "marker").await.unwrap(), staging);
        }
        connection.run("drop table marker").await.unwrap();
        assert!(!staging.replace(connection, "marker", "prod", &identity, "bob").await.unwrap());
        assert_eq!(Marker::read(connection, "marker").await.unwrap(), Marker::Absent);
    }
}
