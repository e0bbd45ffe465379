//! Reading everything that the checks need. Nothing here writes.

mod elsewhere;
mod files;

use ops_database::marker::Marker;
use ops_database::server::Server;
use ops_database::{Connection, DatabaseUrl, Engine, Identity, Open, catalog, pooler};
use ops_migrations::history;
use ops_migrations::ledger::{Entry, Ledger, LedgerError, LedgerOptions, Outcome};
use ops_migrations::{Dialect, Layout};

pub(crate) use self::files::examine;
use crate::bookkeeping::{Bookkeeping, Interrupted};
use crate::files::Files;
use crate::situation::{Facts, Inputs, Reading, Situation};
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
    situation.rehearsals = elsewhere::rehearsals(&situation).await;
    situation.approvals = elsewhere::approvals(&situation).await;
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
    let ledger_is_writable = !ledger_exists || connection.value(&ledger.is_writable()).await?.as_deref() == Some("t");
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
        ledger_is_writable,
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
