//! Everything that was read before anything is decided. The checks are pure functions of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ops_core::inputs;
use ops_core::policy::{Environment, Policy, StatementDigest};
use ops_core::redact::Redactor;
use ops_core::runner::{Event, Runner};
use ops_core::words::first_of;
use ops_database::catalog::Relation;
use ops_database::marker::Marker;
use ops_database::pooler::Pooling;
use ops_database::server::Server;
use ops_database::{DatabaseError, DatabaseUrl, Engine, Identity};
use ops_github::FileApproval;
use ops_migrations::Dialect;
use ops_migrations::history::Standing;
use ops_migrations::ledger::{Entry, Ledger};

use crate::bookkeeping::{Bookkeeping, Interrupted, Unfinished};
use crate::files::Files;
use crate::pending::Pending;

/// What the run was asked to do: flags, policy and environment, merged once.
#[derive(Debug)]
pub(crate) struct Inputs {
    pub(crate) root: PathBuf,
    /// Leads from the repository to the root, with `/` at its end unless it is the repository itself.
    pub(crate) prefix: String,
    pub(crate) policy: Policy,
    pub(crate) environment: Environment,
    /// The process's environment when it started.
    pub(crate) variables: inputs::Environment,
    pub(crate) event: Event,
    pub(crate) runner: Runner,
    pub(crate) now: Timestamp,
    pub(crate) layout: Option<String>,
    pub(crate) directory: Option<String>,
    pub(crate) allow_destructive: Vec<StatementDigest>,
    pub(crate) backup_reference: Option<String>,
    pub(crate) plan_digest: Option<String>,
    pub(crate) github_token: Option<String>,
    pub(crate) redactor: Redactor,
}

impl Inputs {
    /// The variable that holds the database's URL, or those that hold the URLs of many.
    pub(crate) fn url_variable(&self) -> String {
        match self.policy.migrations.targets.as_slice() {
            [] => self.environment.database_url.clone(),
            names => names.join(" or "),
        }
    }

    /// The day on which this run began, in UTC.
    pub(crate) fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }

    /// Who is at work: the runner's actor, or the user of this machine.
    pub(crate) fn actor(&self) -> String {
        match self.event.actor.as_str() {
            "" => self.variables.get("USER").unwrap_or_default().to_owned(),
            actor => actor.to_owned(),
        }
    }
}

/// The database's answers.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) server: Server,
    pub(crate) identity: Option<Identity>,
    pub(crate) marker: Marker,
    pub(crate) pooling: Pooling,
    pub(crate) ledger: Ledger,
    pub(crate) ledger_exists: bool,
    /// Whether an earlier release of its tool made it.
    pub(crate) ledger_is_old: bool,
    /// Whether this role may write into it.
    pub(crate) ledger_is_writable: bool,
    pub(crate) entries: Vec<Entry>,
    pub(crate) relations: BTreeMap<String, Relation>,
    pub(crate) invalid_indexes: Vec<String>,
    /// Migrations that a killed run of ours left half done, and can finish.
    pub(crate) interrupted: Vec<Interrupted>,
    /// The run that began last, if it did not record its end.
    pub(crate) unfinished: Option<Unfinished>,
    /// Whether a run carried out the plan that was given to this one.
    pub(crate) carried_out: bool,
}

/// Whether the database could be asked.
#[derive(Debug)]
pub(crate) enum Reading {
    /// The variable that should hold the URL is not set.
    NotGiven,
    /// It did not answer, or refused.
    Refused(DatabaseError),
    /// It answered.
    Answered(Box<Facts>),
}

/// What another environment's ledger says of the pending migrations.
#[derive(Debug)]
pub(crate) struct Rehearsal {
    pub(crate) environment: String,
    /// The variable that holds, or should hold, its URL.
    pub(crate) variable: String,
    pub(crate) outcome: RehearsalOutcome,
}

/// See [`Rehearsal`].
#[derive(Debug)]
pub(crate) enum RehearsalOutcome {
    /// No URL was given.
    NotGiven,
    /// It did not answer, or is not what it should be.
    Refused(String),
    /// It answered: the pending migrations that it lacks, or has with other bytes.
    Answered { missing: Vec<String>, different: Vec<String>, unknown: Vec<String> },
}

/// What GitHub says of the pending files.
#[derive(Debug)]
pub(crate) enum Approvals {
    /// The policy asks for none.
    NotAsked,
    /// There is nothing to ask with.
    NoToken,
    /// GitHub could not be asked.
    Refused(String),
    /// Its answer, one for each pending file.
    Answered(Vec<FileApproval>),
}

/// Everything that was read before anything is decided.
#[derive(Debug)]
pub(crate) struct Situation<'a> {
    pub(crate) inputs: &'a Inputs,
    pub(crate) files: &'a Files,
    pub(crate) url: Option<&'a DatabaseUrl>,
    pub(crate) reading: Reading,
    pub(crate) standings: Vec<Standing>,
    pub(crate) pending: Vec<Pending<'a>>,
    pub(crate) rehearsals: Vec<Rehearsal>,
    pub(crate) approvals: Approvals,
    /// When it was looked at: a run may wait long for its turn.
    pub(crate) now: Timestamp,
}

impl<'a> Situation<'a> {
    /// Whether the database still held this at a later look, so that the files mean the same to it.
    pub(crate) fn is_still(&self, later: &Self) -> bool {
        let Some((then, now)) = self.facts().zip(later.facts()) else { return false };
        then.relations == now.relations && then.interrupted == now.interrupted && self.standings == later.standings
    }

    /// What is known from the files alone.
    pub(crate) fn of_files(inputs: &'a Inputs, files: &'a Files) -> Self {
        Self {
            inputs,
            files,
            url: None,
            reading: Reading::NotGiven,
            standings: files.migrations.iter().map(Standing::pending).collect(),
            pending: Vec::new(),
            rehearsals: Vec::new(),
            approvals: Approvals::NotAsked,
            now: Timestamp::now(),
        }
    }

    /// The database's answers, where there are any.
    pub(crate) fn facts(&self) -> Option<&Facts> {
        match &self.reading {
            Reading::Answered(facts) => Some(facts),
            Reading::NotGiven | Reading::Refused(_) => None,
        }
    }
}

impl Facts {
    /// Whether the file still begins with the steps that an interrupted run finished: only then may the others follow.
    pub(crate) fn is_continued_by(&self, pending: &Pending<'_>) -> bool {
        let left = self.interrupted.iter().find(|left| left.id == pending.migration.id);
        left.is_none_or(|left| pending.step_digests().take(left.done.len()).eq(left.done.iter().cloned()))
    }

    /// SQL that makes the ledger what its tool expects today; empty where it is that already.
    pub(crate) fn missing_ledger(&self) -> String {
        match (self.ledger_exists, self.ledger_is_old) {
            (false, _) => self.ledger.create(),
            (true, true) => self.ledger.upgrade(),
            (true, false) => String::new(),
        }
    }

    /// The relation with this name, with or without its schema.
    pub(crate) fn relation(&self, name: &str) -> Option<&Relation> {
        let schema = self.server.schema.as_deref().unwrap_or("main");
        self.relations.get(name).or_else(|| self.relations.get(&format!("{schema}.{name}")))
    }

    /// The tables that are neither the tool's nor the ledger's own: what a migration could harm.
    pub(crate) fn users_tables(&self, inputs: &Inputs) -> impl Iterator<Item = &str> {
        let database = &inputs.policy.database;
        let mut own = Bookkeeping::new(self.engine(), &database.schema).names();
        own.extend([self.ledger.name(), database.marker_table.clone()]);
        let is_own = move |name: &str| {
            // SQLite has no schemas, and a marker without one may be in any.
            let bare = name.split_once('.').map_or(name, |(_, bare)| bare);
            own.iter().any(|own| name == own || bare == own)
        };
        let tables = self.relations.iter().filter(|(_, relation)| relation.is_table);
        tables.map(|(name, _)| name.as_str()).filter(move |name| !is_own(name))
    }

    fn engine(&self) -> Engine {
        match self.ledger.dialect() {
            Dialect::Postgres => Engine::Postgres,
            Dialect::Sqlite => Engine::Sqlite,
        }
    }

    /// What is wrong when the ledger is empty though the schema is not: it has a history that nobody recorded. Schemas
    /// that a provider keeps for itself, such as Supabase's `auth`, are none of it.
    pub(crate) fn untold_history(&self, inputs: &Inputs) -> Option<String> {
        let schema = format!("{}.", self.server.schema.as_deref().unwrap_or("main"));
        let names: Vec<_> = self.users_tables(inputs).filter(|name| name.starts_with(&schema)).collect();
        let untold = self.entries.is_empty() && !names.is_empty();
        untold.then(|| {
            format!("the ledger is empty, but the database holds {}: its history is not recorded", first_of(&names))
        })
    }
}
