//! What every migration of a run shares.

use ops_database::Engine;
use ops_database::quote::literal;
use ops_database::server::reset_settings;
use ops_migrations::ledger::Ledger;

use crate::bookkeeping::{Author, Bookkeeping, Event};
use crate::pending::{Pending, sha256};

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

    /// Opens a transaction.
    pub(super) fn begin(&self) -> String {
        match self.engine {
            Engine::Postgres => format!("{} begin;", self.settings()),
            Engine::Sqlite => format!("{} begin immediate;", self.settings()),
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
