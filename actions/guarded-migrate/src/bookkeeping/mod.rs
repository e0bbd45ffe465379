//! The tool's own tables: an append-only audit trail, and the progress of migrations that run in several steps.

mod audit;
mod progress;

use ops_database::quote::{identifier, literal_for};
use ops_database::{Connection, DatabaseError, Engine};
use ops_migrations::ledger::create_schema;

pub(crate) use self::audit::{Author, Event, Unfinished};
pub(crate) use self::progress::Interrupted;

/// Where the tables are, and how they are written.
#[derive(Debug, Clone)]
pub(crate) struct Bookkeeping {
    engine: Engine,
    schema: String,
}

impl Bookkeeping {
    pub(crate) fn new(engine: Engine, schema: &str) -> Self {
        Self { engine, schema: schema.to_owned() }
    }

    /// The tables' names as a catalog has them, without quotes.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |table: &str| match self.engine {
            Engine::Postgres => format!("{}.{table}", self.schema),
            Engine::Sqlite => format!("{}_{table}", self.schema),
        };
        vec![name("audit"), name("progress")]
    }

    /// A value as SQL text.
    fn literal(&self, value: &str) -> String {
        literal_for(self.engine, value)
    }

    fn table(&self, name: &str) -> String {
        match self.engine {
            Engine::Postgres => format!("{}.{}", identifier(&self.schema), identifier(name)),
            Engine::Sqlite => identifier(&format!("{}_{name}", self.schema)),
        }
    }

    /// Whether the tables exist.
    pub(crate) async fn exists(&self, connection: &mut Connection) -> Result<bool, DatabaseError> {
        let sql = match self.engine {
            Engine::Postgres => {
                format!("select (to_regclass({}) is not null)::text", self.literal(&self.table("audit")))
            }
            Engine::Sqlite => format!(
                "select case count(*) when 0 then 'false' else 'true' end from sqlite_schema where name = {}",
                self.literal(&format!("{}_audit", self.schema))
            ),
        };
        Ok(connection.value(&sql).await?.as_deref() == Some("true"))
    }

    /// Makes the tables where they are missing, in one transaction with whatever else `also` makes.
    pub(crate) fn create(&self) -> String {
        let (audit, progress) = (self.table("audit"), self.table("progress"));
        match self.engine {
            Engine::Postgres => {
                let schema = identifier(&self.schema);
                let make_schema = create_schema(&self.schema);
                let refuse = format!("{schema}.refuse_change");
                format!(
                    "{make_schema}create table if not exists {audit} (id bigint generated always as identity primary key, at timestamptz not null \
                     default clock_timestamp(), run text not null, event text not null, environment text not null, migration text, \
                     digest text, note text, actor text, run_url text, commit_sha text, plan_digest text, version text not null);\n\
                     create table if not exists {progress} (migration text not null, step integer not null, digest text not null, \
                     state text not null, at timestamptz not null default clock_timestamp(), primary key (migration, step));\n\
                     do $do$ begin if not exists (select from pg_trigger where tgrelid = {}::regclass and tgname = 'append_only') then \
                     create or replace function {refuse}() returns trigger language plpgsql as \
                     $$ begin raise exception 'the audit trail is append-only'; end $$; \
                     create trigger append_only before update or delete or truncate on {audit} for each statement \
                     execute function {refuse}(); end if; end $do$;\n",
                    self.literal(&audit)
                )
            }
            Engine::Sqlite => {
                let on = |verb: &str| {
                    let trigger = identifier(&format!("{}_audit_no_{verb}", self.schema));
                    format!(
                        "create trigger if not exists {trigger} before {verb} on {audit} begin \
                         select raise(abort, 'the audit trail is append-only'); end;\n"
                    )
                };
                format!(
                    "create table if not exists {audit} (id integer primary key autoincrement, at text not null default \
                     (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), run text not null, event text not null, environment text not null, \
                     migration text, digest text, note text, actor text, run_url text, commit_sha text, plan_digest text, \
                     version text not null);\n\
                     create table if not exists {progress} (migration text not null, step integer not null, digest text not null, \
                     state text not null, at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), \
                     primary key (migration, step));\n{}{}",
                    on("update"),
                    on("delete")
                )
            }
        }
    }
}

/// A name that no other run has: 32 hexadecimal digits.
pub(crate) fn random_name() -> String {
    let mut bytes = [0; 16];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::warn!(%error, "no random bytes: the run has no name of its own");
    }
    ops_core::fingerprint::hexadecimal("", &bytes)
}
