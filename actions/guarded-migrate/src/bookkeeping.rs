//! The tool's own tables: an append-only audit trail, and the progress of migrations that run in several steps.

use ops_database::quote::{identifier, literal};
use ops_database::{Connection, DatabaseError, Engine};
use ops_migrations::ledger::create_schema;

/// What stands before the name of a row in the ledger, in the state of step 0.
const OF_ROW: &str = "begun as ";

/// Where the tables are, and how they are written.
#[derive(Debug, Clone)]
pub(crate) struct Bookkeeping {
    engine: Engine,
    schema: String,
}

/// Who is at work, for the audit trail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Author {
    /// This run's own random identifier.
    pub(crate) run: String,
    pub(crate) environment: String,
    pub(crate) actor: String,
    pub(crate) run_url: String,
    pub(crate) commit: String,
    pub(crate) plan_digest: String,
}

/// One line of the audit trail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Event<'a> {
    /// `began`, `applied`, `resolved`, `rolled-back`, `finished`.
    pub(crate) event: &'a str,
    pub(crate) migration: Option<&'a str>,
    /// SHA-256 of the file's bytes.
    pub(crate) digest: Option<&'a str>,
    pub(crate) note: Option<&'a str>,
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

    fn table(&self, name: &str) -> String {
        match self.engine {
            Engine::Postgres => format!("{}.{}", identifier(&self.schema), identifier(name)),
            Engine::Sqlite => identifier(&format!("{}_{name}", self.schema)),
        }
    }

    /// Whether the tables exist.
    pub(crate) async fn exists(&self, connection: &mut Connection) -> Result<bool, DatabaseError> {
        let sql = match self.engine {
            Engine::Postgres => format!("select (to_regclass({}) is not null)::text", literal(&self.table("audit"))),
            Engine::Sqlite => format!(
                "select case count(*) when 0 then 'false' else 'true' end from sqlite_schema where name = {}",
                literal(&format!("{}_audit", self.schema))
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
                    literal(&audit)
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

    /// Appends to the audit trail.
    pub(crate) fn append(&self, author: &Author, event: &Event<'_>) -> String {
        format!("{};\n", self.insert(author, event))
    }

    /// The same, unless this run has recorded such an event already.
    pub(crate) fn append_once(&self, author: &Author, event: &Event<'_>) -> String {
        format!(
            "{} where not exists (select 1 from {} where run = {} and event = {});\n",
            self.insert(author, event),
            self.table("audit"),
            literal(&author.run),
            literal(event.event)
        )
    }

    /// A query whose one value is `true` if this run has applied this migration, and nothing else.
    pub(crate) fn has_applied(&self, author: &Author, migration: &str) -> String {
        format!(
            "select case when exists (select 1 from {} where run = {} and event = 'applied' and migration = {}) then 'true' end",
            self.table("audit"),
            literal(&author.run),
            literal(migration)
        )
    }

    fn insert(&self, author: &Author, event: &Event<'_>) -> String {
        let text = |value: Option<&str>| value.map_or_else(|| "null".to_owned(), literal);
        format!(
            "insert into {} (run, event, environment, migration, digest, note, actor, run_url, commit_sha, plan_digest, version) \
             select {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}",
            self.table("audit"),
            literal(&author.run),
            literal(event.event),
            literal(&author.environment),
            text(event.migration),
            text(event.digest),
            text(event.note),
            literal(&author.actor),
            literal(&author.run_url),
            literal(&author.commit),
            literal(&author.plan_digest),
            literal(env!("CARGO_PKG_VERSION")),
        )
    }

    /// The bytes with which each migration was last applied or accepted: its identifier and SHA-256.
    pub(crate) async fn digests(&self, connection: &mut Connection) -> Result<Vec<(String, String)>, DatabaseError> {
        if !self.exists(connection).await? {
            return Ok(Vec::new());
        }
        let rows = connection
            .rows(&format!(
                "select migration, digest from {} where event in ('applied', 'resolved', 'rolled-back') and migration is not null order by id",
                self.table("audit")
            ))
            .await?;
        let mut digests = Vec::new();
        for row in rows {
            match <[_; 2]>::try_from(row) {
                Ok([Some(migration), Some(digest)]) => digests.push((migration, digest)),
                // What was rolled back proves no bytes any more, whoever runs it next.
                Ok([Some(migration), None]) => digests.retain(|(known, _)| *known != migration),
                _ => {}
            }
        }
        Ok(digests)
    }

    /// Records that a step, counted from 1, begins (`begun`, or `repeated` where its effect was there before) or is `done`.
    pub(crate) fn record(&self, migration: &str, step: usize, digest: &str, state: &str) -> String {
        format!(
            "insert into {} (migration, step, digest, state) values ({}, {step}, {}, {}) on conflict (migration, step) do update \
             set digest = excluded.digest, state = excluded.state;\n",
            self.table("progress"),
            literal(migration),
            literal(digest),
            literal(state)
        )
    }

    /// Records that a migration begins to run in steps: step 0. `row` is an expression that names its row in the ledger,
    /// where there is such a row, so that the progress is not taken for that of another try which somebody else made.
    pub(crate) fn record_beginning(&self, migration: &str, digest: &str, row: Option<&str>) -> String {
        format!(
            "insert into {} (migration, step, digest, state) values ({}, 0, {}, coalesce({} || {}, 'begun')) \
             on conflict (migration, step) do update set digest = excluded.digest, state = excluded.state;\n",
            self.table("progress"),
            literal(migration),
            literal(digest),
            literal(OF_ROW),
            row.unwrap_or("null")
        )
    }

    /// Forgets a migration's progress, once the ledger tells all of it.
    pub(crate) fn forget(&self, migration: &str) -> String {
        format!("delete from {} where migration = {};\n", self.table("progress"), literal(migration))
    }

    /// The run that began last, if it did not record its end.
    pub(crate) async fn unfinished(&self, connection: &mut Connection) -> Result<Option<Unfinished>, DatabaseError> {
        if !self.exists(connection).await? {
            return Ok(None);
        }
        let audit = self.table("audit");
        let at = match self.engine {
            Engine::Postgres => "to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
            Engine::Sqlite => "strftime('%Y-%m-%dT%H:%M:%SZ', at)",
        };
        let rows = connection
            .rows(&format!(
                "select {at}, actor, run_url from {audit} as began where event = 'began' \
                 and id = (select max(id) from {audit} where event = 'began') \
                 and not exists (select 1 from {audit} as ended where ended.run = began.run and ended.event = 'finished')"
            ))
            .await?;
        Ok(rows.into_iter().find_map(|row| match <[_; 3]>::try_from(row) {
            Ok([Some(at), actor, run_url]) => {
                Some(Unfinished { at, actor: actor.unwrap_or_default(), run_url: run_url.unwrap_or_default() })
            }
            _ => None,
        }))
    }

    /// Whether a run carried out one of these plans here to its end.
    pub(crate) async fn has_carried_out(
        &self,
        connection: &mut Connection,
        plan_digests: &str,
    ) -> Result<bool, DatabaseError> {
        if !self.exists(connection).await? {
            return Ok(false);
        }
        let digests: Vec<_> = plan_digests.split(',').map(literal).collect();
        let count = connection
            .value(&format!(
                "select cast(count(*) as text) from {} where event = 'finished' and note like 'pass: %' and plan_digest in ({})",
                self.table("audit"),
                digests.join(", ")
            ))
            .await?;
        Ok(count.is_some_and(|count| count != "0"))
    }

    /// Reads what killed runs left, one entry for each migration.
    pub(crate) async fn interrupted(&self, connection: &mut Connection) -> Result<Vec<Interrupted>, DatabaseError> {
        if !self.exists(connection).await? {
            return Ok(Vec::new());
        }
        let rows = connection
            .rows(&format!(
                "select migration, cast(step as text), digest, state from {} order by migration, step",
                self.table("progress")
            ))
            .await?;
        let mut found: Vec<Interrupted> = Vec::new();
        for row in rows {
            let Ok([Some(id), Some(step), Some(digest), Some(state)]) = <[_; 4]>::try_from(row) else { continue };
            let Ok(step) = step.parse::<usize>() else { continue };
            if step == 0 {
                let row = state.strip_prefix(OF_ROW).map(str::to_owned);
                found.push(Interrupted { id, digest, row, done: Vec::new(), begun: None });
            } else if let Some(last) = found.last_mut().filter(|last| last.id == id) {
                match state.as_str() {
                    "done" => last.done.push(digest),
                    "begun" => last.begun = Some(digest),
                    // Repeated: what it was to make was there before, so that its end proves nothing.
                    _ => {}
                }
            }
        }
        Ok(found)
    }
}

/// A run that did not record its end.
#[derive(Debug)]
pub(crate) struct Unfinished {
    /// When it began, in RFC 3339.
    pub(crate) at: String,
    pub(crate) actor: String,
    pub(crate) run_url: String,
}

/// A migration that a killed run left half done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interrupted {
    pub(crate) id: String,
    /// SHA-256 of the file's bytes when it began.
    pub(crate) digest: String,
    /// What names its row in the ledger, where that has one.
    pub(crate) row: Option<String>,
    /// The digests of the steps that are done, in order.
    pub(crate) done: Vec<String>,
    /// The digest of a step that began outside a transaction and was not seen to end.
    pub(crate) begun: Option<String>,
}

/// A name that no other run has: 32 hexadecimal digits.
pub(crate) fn random_name() -> String {
    let mut bytes = [0; 16];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::warn!(%error, "no random bytes: the run has no name of its own");
    }
    ops_core::fingerprint::hexadecimal("", &bytes)
}
