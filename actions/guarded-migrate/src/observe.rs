//! Reading everything that the checks need. Nothing here writes.

use std::collections::HashMap;

use ops_core::policy;
use ops_database::catalog::Relation;
use ops_database::marker::{Binding, Marker};
use ops_database::server::Server;
use ops_database::{Connection, DatabaseUrl, Engine, Identity, Open, catalog, pooler};
use ops_migrations::hazards::{self, Catalog, Context};
use ops_migrations::history::{self, Standing, State};
use ops_migrations::ledger::{Entry, Ledger, LedgerError, LedgerOptions, Outcome};
use ops_migrations::steps::Mixed;
use ops_migrations::{Dialect, Layout, Migration};

use crate::bookkeeping::{Bookkeeping, Interrupted};
use crate::files::Files;
use crate::pending::Pending;
use crate::situation::{Approvals, Facts, Inputs, Reading, Rehearsal, RehearsalOutcome, Situation};
use crate::targets::Target;

/// Why a database could not be read to the end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error(transparent)]
    Database(#[from] ops_database::DatabaseError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// The dialect of an engine.
pub(crate) fn dialect(engine: Engine) -> Dialect {
    match engine {
        Engine::Postgres => Dialect::Postgres,
        Engine::Sqlite => Dialect::Sqlite,
    }
}

/// Opens the database, where one is given, reads the situation, and closes it.
pub(crate) async fn look<'a>(
    inputs: &'a Inputs,
    files: &'a Files,
    target: &'a Target,
) -> Result<Situation<'a>, LedgerError> {
    let Some(url) = &target.url else { return situation(inputs, files, None, None).await };
    match Connection::open(url, Open::Existing).await {
        Err(error) => situation(inputs, files, Some(url), Some(Err(error))).await,
        Ok(mut connection) => {
            let situation = situation(inputs, files, Some(url), Some(Ok(&mut connection))).await;
            connection.close().await;
            situation
        }
    }
}

/// Reads the situation through a connection that is open, or could not be opened.
pub(crate) async fn situation<'a>(
    inputs: &'a Inputs,
    files: &'a Files,
    url: Option<&'a DatabaseUrl>,
    connection: Option<Result<&mut Connection, ops_database::DatabaseError>>,
) -> Result<Situation<'a>, LedgerError> {
    situation_after(None, inputs, files, url, connection).await
}

/// Reads the situation once more. What the earlier look found in the files is not looked for again, if the database holds
/// the same relations and the same history.
pub(crate) async fn situation_after<'a>(
    earlier: Option<Situation<'a>>,
    inputs: &'a Inputs,
    files: &'a Files,
    url: Option<&'a DatabaseUrl>,
    connection: Option<Result<&mut Connection, ops_database::DatabaseError>>,
) -> Result<Situation<'a>, LedgerError> {
    let reading = match connection {
        None => Reading::NotGiven,
        Some(Err(error)) => Reading::Refused(error),
        Some(Ok(connection)) => match facts(connection, inputs, files).await {
            Ok(facts) => Reading::Answered(Box::new(facts)),
            Err(ReadError::Database(error)) => Reading::Refused(error),
            Err(ReadError::Ledger(error)) => return Err(error),
        },
    };
    let mut situation = Situation { url, reading, ..Situation::of_files(inputs, files) };
    if let Some(facts) = situation.facts() {
        situation.standings = history::compare(&files.migrations, &facts.entries, &facts.ledger);
    }
    match earlier.filter(|earlier| earlier.is_still(&situation)) {
        Some(earlier) => situation.pending = earlier.pending,
        None => examine(&mut situation),
    }
    situation.rehearsals = rehearsals(&situation).await;
    situation.approvals = approvals(&situation).await;
    Ok(situation)
}

async fn facts(connection: &mut Connection, inputs: &Inputs, files: &Files) -> Result<Facts, ReadError> {
    let schema = files.schema(connection.url()).map(str::to_owned);
    let server = Server::read(connection, schema.as_deref(), &inputs.policy.database.schema).await?;
    let identity = Identity::read(connection).await?;
    let pooling = pooler::probe(connection).await?;
    let ledger = ledger(connection, inputs, files).await?;
    let bookkeeping = Bookkeeping::new(connection.engine(), &inputs.policy.database.schema);
    // Ledger, progress and relations as they were at one moment: another run may be at work.
    connection.run(snapshot(connection.engine())).await?;
    let marker = Marker::read(connection, &inputs.policy.database.marker_table).await?;
    let ledger_exists = connection.value(&ledger.exists()).await?.as_deref() == Some("t");
    let ledger_is_old = match ledger.is_old().filter(|_| ledger_exists) {
        Some(query) => connection.value(&query).await?.as_deref() == Some("t"),
        None => false,
    };
    let mut entries = entries(connection, &ledger).await?;
    let interrupted = interrupted(connection, &bookkeeping, &ledger, &entries).await?;
    complete(&mut entries, &bookkeeping.digests(connection).await?);
    let unfinished = bookkeeping.unfinished(connection).await?;
    let carried_out = match &inputs.plan_digest {
        Some(digests) => bookkeeping.has_carried_out(connection, digests).await?,
        None => false,
    };
    let relations = catalog::relations(connection).await?;
    let invalid_indexes = catalog::invalid_indexes(connection).await?;
    connection.run("commit").await?;
    Ok(Facts {
        server,
        identity,
        marker,
        pooling,
        ledger,
        ledger_exists,
        ledger_is_old,
        entries,
        relations,
        invalid_indexes,
        interrupted,
        unfinished,
        carried_out,
    })
}

/// A look must not wait for ever behind a session that keeps a table locked.
fn snapshot(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => "begin isolation level repeatable read, read only; set local lock_timeout = '5s'",
        Engine::Sqlite => "begin",
    }
}

/// The migrations that a run of ours left half done, as far as the ledger agrees: what somebody settled there since, for
/// example by the tool's own command, is no longer half done.
pub(crate) async fn interrupted(
    connection: &mut Connection,
    bookkeeping: &Bookkeeping,
    ledger: &Ledger,
    entries: &[Entry],
) -> Result<Vec<Interrupted>, ops_database::DatabaseError> {
    let shows_beginnings = matches!(ledger.layout(), Layout::Prisma | Layout::Sqlx | Layout::Plain);
    let mut interrupted = bookkeeping.interrupted(connection).await?;
    interrupted.retain(|one| match entries.iter().find(|entry| entry.id == one.id) {
        Some(entry) => entry.outcome == Outcome::Failed,
        None => !shows_beginnings,
    });
    let mut ours = Vec::new();
    for one in interrupted {
        // Another tool may have tried since, and failed in its own way: its row is not the one that this progress belongs to.
        let is_there = match (&one.row, ledger.open_row(&one.id)) {
            (Some(row), Some(query)) => connection.value(&format!("select {query}")).await?.as_ref() == Some(row),
            _ => true,
        };
        if is_there {
            ours.push(one);
        }
    }
    Ok(ours)
}

/// The ledger of this layout in this database.
pub(crate) async fn ledger(connection: &mut Connection, inputs: &Inputs, files: &Files) -> Result<Ledger, ReadError> {
    let schema = match (files.schema(connection.url()), connection.engine()) {
        (Some(schema), _) => Some(schema.to_owned()),
        (None, Engine::Sqlite) => None,
        (None, Engine::Postgres) => connection.value("select current_schema()").await?,
    };
    let table = inputs.policy.migrations.table.clone();
    let options = LedgerOptions { schema, table, bookkeeping_schema: inputs.policy.database.schema.clone() };
    Ok(Ledger::new(&files.found, &files.migrations, dialect(connection.engine()), &options))
}

/// What the ledger holds; nothing where there is none.
pub(crate) async fn entries(connection: &mut Connection, ledger: &Ledger) -> Result<Vec<Entry>, ReadError> {
    if connection.value(&ledger.exists()).await?.as_deref() != Some("t") {
        return Ok(Vec::new());
    }
    let rows = connection.rows(&ledger.read()).await?;
    Ok(ledger.parse(rows)?)
}

/// Ledgers without checksums get those that our own audit trail recorded.
fn complete(entries: &mut [Entry], digests: &[(String, String)]) {
    for entry in entries.iter_mut().filter(|entry| entry.checksum.is_none() && entry.content.is_none()) {
        entry.checksum = digests.iter().rev().find(|(id, _)| *id == entry.id).map(|(_, digest)| digest.clone());
    }
}

/// Reads and examines the migrations that an apply would run, in order.
pub(crate) fn examine(situation: &mut Situation<'_>) {
    situation.pending = pending(situation);
}

fn pending<'a>(situation: &Situation<'a>) -> Vec<Pending<'a>> {
    let of_url = || situation.url.map(|url| dialect(url.engine()));
    let dialect = situation.files.found.dialect_hint.or_else(of_url).unwrap_or(Dialect::Postgres);
    let policy = &situation.inputs.policy.migrations;
    let interrupted =
        |id: &str| situation.facts().is_some_and(|facts| facts.interrupted.iter().any(|one| one.id == id));
    let runs = |standing: &&Standing| match standing.state {
        State::Pending | State::OutOfOrder => true,
        State::Failed => interrupted(&standing.id),
        State::Applied | State::Edited | State::Missing => false,
    };
    let files: HashMap<&str, &'a Migration> =
        situation.files.migrations.iter().map(|migration| (migration.id.as_str(), migration)).collect();
    let runs = situation.standings.iter().filter(runs);
    let migrations: Vec<&'a Migration> = runs.filter_map(|standing| files.get(standing.id.as_str()).copied()).collect();
    let catalog = situation.facts().map(catalog_of);
    let context = Context {
        dialect,
        server_version: situation.facts().map(|facts| facts.server.major),
        catalog: catalog.as_ref(),
        small_table_rows: policy.small_table_rows,
        large_table_rows: policy.large_table_rows,
        runner_sets_timeouts: policy.runner == policy::Runner::Builtin,
        ignore_needs_reason: policy.ignore_needs_reason,
    };
    let mut pending = Pending::read_all(&migrations, dialect, mixed(policy.mixed), &context);
    let (waivers, today) = (&situation.inputs.policy.waivers, situation.inputs.today());
    pending.iter_mut().for_each(|pending| pending.waive(waivers, today));
    if situation.facts().is_some_and(|facts| facts.users_tables(situation.inputs).next().is_none()) {
        pending.iter_mut().for_each(Pending::forget_harm_to_data);
    }
    pending
}

/// The rule for mixed files, in the domain's words.
pub(crate) fn mixed(rule: policy::Mixed) -> Mixed {
    match rule {
        policy::Mixed::Split => Mixed::Split,
        policy::Mixed::Refuse => Mixed::Refuse,
    }
}

fn catalog_of(facts: &Facts) -> Catalog {
    let relation = |relation: &Relation| hazards::Relation {
        rows: relation.rows,
        bytes: relation.bytes,
        columns: relation.columns.clone(),
    };
    Catalog {
        relations: facts.relations.iter().map(|(name, found)| (name.clone(), relation(found))).collect(),
        default_schema: facts.server.schema.clone().unwrap_or_else(|| "main".to_owned()),
    }
}

/// Asks the environments that come first what they hold.
async fn rehearsals(situation: &Situation<'_>) -> Vec<Rehearsal> {
    let inputs = situation.inputs;
    let mut rehearsals = Vec::new();
    for name in &inputs.environment.requires {
        let environment = inputs.policy.environment(name);
        let variable = if environment.database_url == inputs.environment.database_url {
            format!("{}_DATABASE_URL", name.to_uppercase().replace('-', "_"))
        } else {
            environment.database_url.clone()
        };
        let outcome = match inputs.variables.get(&variable) {
            None => RehearsalOutcome::NotGiven,
            Some(url) => rehearsal(situation, url, &environment.marker).await.unwrap_or_else(RehearsalOutcome::Refused),
        };
        rehearsals.push(Rehearsal { environment: name.clone(), variable, outcome });
    }
    rehearsals
}

async fn rehearsal(situation: &Situation<'_>, url: &str, expected: &str) -> Result<RehearsalOutcome, String> {
    let inputs = situation.inputs;
    let url = DatabaseUrl::parse(url, &inputs.root).map_err(|error| error.to_string())?;
    let mut connection = Connection::open(&url, Open::Existing).await.map_err(|error| error.to_string())?;
    let marker =
        Marker::read(&mut connection, &inputs.policy.database.marker_table).await.map_err(|error| error.to_string())?;
    let identity = Identity::read(&mut connection).await.map_err(|error| error.to_string())?;
    match &marker {
        Marker::Present { environment, .. } if environment == expected => match marker.binding(identity.as_ref()) {
            Binding::Bound => {}
            Binding::Copied => {
                return Err(format!("its marker says {expected}, but was copied there from another database"));
            }
            Binding::Unbound => return Err(format!("its marker says {expected}, but is not bound to that database")),
        },
        Marker::Present { environment, .. } => {
            return Err(format!("its marker says {environment}, expected {expected}"));
        }
        Marker::Absent | Marker::Malformed { .. } => return Err(format!("it has no marker that says {expected}")),
    }
    let ledger = ledger(&mut connection, inputs, situation.files).await.map_err(|error| error.to_string())?;
    let mut found = entries(&mut connection, &ledger).await.map_err(|error| error.to_string())?;
    let bookkeeping = Bookkeeping::new(connection.engine(), &inputs.policy.database.schema);
    complete(&mut found, &bookkeeping.digests(&mut connection).await.map_err(|error| error.to_string())?);
    connection.close().await;

    let (mut missing, mut different, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let standings = history::compare(&situation.files.migrations, &found, &ledger);
    for pending in &situation.pending {
        let id = &pending.migration.id;
        let entry = found.iter().find(|entry| entry.id == *id);
        match standings.iter().find(|standing| standing.id == *id).map(|standing| standing.state) {
            Some(State::Edited) => different.push(id.clone()),
            Some(State::Applied)
                if entry.is_some_and(|entry| ledger.same_bytes(pending.migration, entry).is_none()) =>
            {
                unknown.push(id.clone());
            }
            Some(State::Applied) => {}
            _ => missing.push(id.clone()),
        }
    }
    Ok(RehearsalOutcome::Answered { missing, different, unknown })
}

async fn approvals(situation: &Situation<'_>) -> Approvals {
    let inputs = situation.inputs;
    if inputs.environment.approvals == 0 || situation.pending.is_empty() {
        return Approvals::NotAsked;
    }
    let Some(token) = &inputs.github_token else { return Approvals::NoToken };
    let Some(commit) = &inputs.event.sha else {
        return Approvals::Refused("the commit is not known: GITHUB_SHA is not set".to_owned());
    };
    let path = |pending: &Pending<'_>| format!("{}{}", inputs.prefix, pending.migration.path);
    let paths: Vec<String> = situation.pending.iter().map(path).collect();
    let client = match crate::comment::client(inputs, token) {
        Ok(client) => client,
        Err(error) => return Approvals::Refused(error.to_string()),
    };
    match client.approvals(commit, &paths).await {
        Ok(approvals) => Approvals::Answered(approvals),
        Err(error) => Approvals::Refused(error.to_string()),
    }
}
