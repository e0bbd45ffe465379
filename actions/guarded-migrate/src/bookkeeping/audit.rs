//! The audit trail: who did what, when, with which bytes. It is only ever appended to.

use ops_database::{Connection, DatabaseError, Engine};

use super::Bookkeeping;

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

/// A run that did not record its end.
#[derive(Debug)]
pub(crate) struct Unfinished {
    /// When it began, in RFC 3339.
    pub(crate) at: String,
    pub(crate) actor: String,
    pub(crate) run_url: String,
}

impl Bookkeeping {
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
            self.literal(&author.run),
            self.literal(event.event)
        )
    }

    /// A query whose one value is `true` if this run has applied this migration, and nothing else.
    pub(crate) fn has_applied(&self, author: &Author, migration: &str) -> String {
        format!(
            "select case when exists (select 1 from {} where run = {} and event = 'applied' and migration = {}) then 'true' end",
            self.table("audit"),
            self.literal(&author.run),
            self.literal(migration)
        )
    }

    fn insert(&self, author: &Author, event: &Event<'_>) -> String {
        let text = |value: Option<&str>| value.map_or_else(|| "null".to_owned(), |value| self.literal(value));
        format!(
            "insert into {} (run, event, environment, migration, digest, note, actor, run_url, commit_sha, plan_digest, version) \
             select {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}",
            self.table("audit"),
            self.literal(&author.run),
            self.literal(event.event),
            self.literal(&author.environment),
            text(event.migration),
            text(event.digest),
            text(event.note),
            self.literal(&author.actor),
            self.literal(&author.run_url),
            self.literal(&author.commit),
            self.literal(&author.plan_digest),
            self.literal(env!("CARGO_PKG_VERSION")),
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
        let digests: Vec<_> = plan_digests.split(',').map(|digest| self.literal(digest)).collect();
        let count = connection
            .value(&format!(
                "select cast(count(*) as text) from {} where event = 'finished' and note like 'pass: %' and plan_digest in ({})",
                self.table("audit"),
                digests.join(", ")
            ))
            .await?;
        Ok(count.is_some_and(|count| count != "0"))
    }
}
