//! What every migration of a run shares.

use ops_database::Engine;
use ops_database::mutex::OWN_KEY;
use ops_database::quote::literal;
use ops_database::server::reset_settings;
use ops_migrations::Migration;
use ops_migrations::ledger::Ledger;

use crate::bookkeeping::{Author, Bookkeeping, Event};
use crate::pending::{Pending, sha256};

/// SQLSTATE of the division by zero with which a condition that does not hold ends a script.
pub(super) const NOT_ALONE: &str = "22012";

/// What every migration of a run shares.
pub(crate) struct Setting<'a> {
    pub(crate) engine: Engine,
    pub(crate) ledger: &'a Ledger,
    pub(crate) bookkeeping: &'a Bookkeeping,
    pub(crate) author: &'a Author,
    pub(crate) policy: &'a ops_core::policy::Migrations,
    /// The schema that unqualified names go to, where the URL names one.
    pub(crate) schema: Option<&'a str>,
    /// The keys of the foreign tool's own lock.
    pub(crate) foreign_keys: Vec<i64>,
}

impl Setting<'_> {
    /// The line of the audit trail that belongs to the row in the ledger.
    pub(super) fn applied(&self, pending: &Pending<'_>) -> String {
        let digest = sha256(&pending.migration.source);
        let event =
            Event { event: "applied", migration: Some(&pending.migration.id), digest: Some(&digest), note: None };
        self.bookkeeping.append(self.author, &event)
    }

    /// Opens a transaction, and fails with [`NOT_ALONE`] if this run is no longer alone: if another session holds the
    /// lock (a migration may have given it away), or if the ledger already holds `migration` (a tool that knows no lock
    /// may have been at work).
    ///
    /// `modes` are the migration's own `SET TRANSACTION`.
    pub(super) fn begin(&self, migration: Option<&Migration>, modes: &str) -> String {
        match self.engine {
            Engine::Postgres => {
                let ledger = migration.map(|migration| format!(" and not {}", self.ledger.holds(migration)));
                format!(
                    "{} begin; {modes}select 1 / (case when pg_try_advisory_xact_lock({OWN_KEY}){} then 1 else 0 end);",
                    self.settings(),
                    ledger.unwrap_or_default()
                )
            }
            Engine::Sqlite => format!("{} begin immediate;", self.settings()),
        }
    }

    /// Takes the lock once more for what runs outside a transaction, and fails with [`NOT_ALONE`] if another session has it.
    pub(super) fn lock_again(&self) -> String {
        match self.engine {
            Engine::Postgres => format!("select 1 / pg_try_advisory_lock({OWN_KEY})::int;"),
            Engine::Sqlite => String::new(),
        }
    }

    /// What each migration starts with, whatever the one before it left set.
    pub(super) fn settings(&self) -> String {
        let (lock, statement) = (self.policy.lock_timeout.as_millis(), self.policy.statement_timeout.as_millis());
        match self.engine {
            Engine::Postgres => format!(
                "{} set lock_timeout = {}; set statement_timeout = {};",
                reset_settings(self.schema),
                literal(&format!("{lock}ms")),
                literal(&format!("{statement}ms"))
            ),
            Engine::Sqlite => format!("pragma busy_timeout = {lock};"),
        }
    }

    /// What stands between a migration's own SQL and ours: it may have become another role.
    pub(super) fn be_oneself(&self) -> &'static str {
        match self.engine {
            Engine::Postgres => "reset session authorization; reset role;\n",
            Engine::Sqlite => "",
        }
    }
}
