//! `resolve`: settles a failed, edited, missing or never recorded migration in the ledger, without running its SQL.

use ops_core::exit::Failure;
use ops_core::{Check, Verdict};
use ops_database::mutex::Mutex;
use ops_database::{Connection, Open};
use ops_migrations::history::State;

use crate::apply::author;
use crate::bookkeeping::{Bookkeeping, Event};
use crate::checks;
use crate::cli::Resolution;
use crate::files::Files;
use crate::guard;
use crate::observe;
use crate::pending::sha256;
use crate::situation::{Facts, Inputs, Situation};
use crate::targets::Target;
use crate::told::Told;

const ID: &str = "resolve";
const REFUSED: &str = "refused, nothing was changed";

/// Corrects the ledger for one migration, if the guard passes.
pub(crate) async fn resolve(
    inputs: &Inputs,
    files: &Files,
    target: &Target,
    id: &str,
    to: Resolution,
) -> Result<Told, Failure> {
    let Some(url) = &target.url else {
        return Err(Failure::Input(format!(
            "{} is not set: set it to the database's URL",
            inputs.environment.database_url
        )));
    };
    let mut connection = match Connection::open(url, Open::Existing).await {
        Ok(connection) => connection,
        Err(error) => {
            let check = Check::fail(
                "connection",
                error.to_string(),
                format!("check the value of {}", inputs.environment.database_url),
            );
            return Ok(Told::of_checks(vec![check], REFUSED));
        }
    };
    let ledger =
        observe::ledger(&mut connection, inputs, files).await.map_err(|error| Failure::Input(error.to_string()))?;
    let keys = ledger.advisory_keys(&url.database());
    let mutex = Mutex::acquire(&mut connection, &keys, inputs.policy.migrations.lock_wait.as_std()).await;
    let situation = observe::situation(inputs, files, Some(url), Some(Ok(&mut connection)))
        .await
        .map_err(crate::unreadable_ledger)?;
    let mut checks = checks::ask(checks::RESOLVE, &situation);
    let verdict = guard::verdict(&checks, &inputs.environment);
    let mut after = None;
    let check = match (mutex, situation.facts()) {
        (Err(error), _) => Check::fail("lock", error.to_string(), "wait for the other run to end"),
        (Ok(mutex), Some(facts)) if verdict == Verdict::Pass => {
            let check = settle(&situation, facts, &mut connection, id, to).await;
            // What is pending is told as it is now.
            after = observe::situation(inputs, files, Some(url), Some(Ok(&mut connection))).await.ok();
            mutex.release(&mut connection).await;
            check
        }
        (Ok(_), _) => Check::unproven(ID, "the guard did not let it through", "see the checks above"),
    };
    let headline = if check.verdict == Verdict::Pass { check.summary.clone() } else { REFUSED.to_owned() };
    checks.push(check);
    connection.close().await;
    let told_of = after.filter(|after| after.facts().is_some()).unwrap_or(situation);
    let mut told = Told::of_situation(&told_of, checks).headed(headline);
    told.findings.clear();
    told.blocks.clear();
    Ok(told)
}

async fn settle(
    situation: &Situation<'_>,
    facts: &Facts,
    connection: &mut Connection,
    id: &str,
    to: Resolution,
) -> Check {
    let Some(standing) = situation.standings.iter().find(|standing| standing.id == id) else {
        return Check::fail(
            ID,
            format!("neither the files nor the ledger know {id}"),
            "guarded-migrate status lists what they know",
        );
    };
    let file = situation.files.by_id(id);
    let change = match (to, standing.state, file) {
        (Resolution::Applied, State::Applied, _) => return Check::pass(ID, format!("{id} is applied already")),
        (Resolution::Applied, State::Missing, _) => {
            return Check::fail(
                ID,
                format!("{id} has no file whose bytes could be recorded"),
                "bring the file back from git, or use --as rolled-back",
            );
        }
        (Resolution::Applied, _, Some(file)) => facts.ledger.mark_applied(file),
        (Resolution::RolledBack, State::Pending | State::OutOfOrder, _) => {
            return Check::pass(ID, format!("{id} is not in the ledger"));
        }
        (Resolution::RolledBack, State::Applied, _) => {
            return Check::fail(
                ID,
                format!("{id} is applied, with the bytes that its file has"),
                "undo it by a new migration",
            );
        }
        (Resolution::RolledBack, _, _) => facts.ledger.mark_rolled_back_by_id(id),
        (Resolution::Applied, _, None) => {
            return Check::fail(ID, format!("{id} has no file"), "bring it back from git");
        }
    };
    let bookkeeping = Bookkeeping::new(connection.engine(), &situation.inputs.policy.database.schema);
    let (kind, word) = match to {
        Resolution::Applied => ("resolved", "applied"),
        Resolution::RolledBack => ("rolled-back", "rolled back"),
    };
    let digest = file.filter(|_| to == Resolution::Applied).map(|file| sha256(&file.source));
    let note = format!("marked as {word}");
    let event = Event { event: kind, migration: Some(id), digest: digest.as_deref(), note: Some(&note) };
    let author = author(situation.inputs, None);
    // A role that may use the tables need not be allowed to make them.
    let tables = match bookkeeping.exists(connection).await {
        Ok(true) => String::new(),
        Ok(false) | Err(_) => bookkeeping.create(),
    };
    let ledger = facts.missing_ledger();
    let script = format!(
        "begin;\n{tables}{ledger}\n{change}\n{}{}commit;",
        bookkeeping.forget(id),
        bookkeeping.append(&author, &event)
    );
    match connection.run(&script).await {
        Ok(()) => Check::pass(ID, format!("{id} is marked as {word}")),
        Err(error) => {
            // The session may be gone, and its transaction with it.
            connection.run("rollback").await.ok();
            Check::fail(ID, format!("the ledger could not be corrected: {error}"), "run guarded-migrate status")
        }
    }
}
