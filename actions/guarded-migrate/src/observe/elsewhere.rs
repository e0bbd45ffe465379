//! What others say about the pending migrations: the environments that come first, and GitHub.

use ops_database::marker::{Binding, Marker};
use ops_database::{Connection, DatabaseUrl, Identity, Open};
use ops_migrations::history::{self, State};

use super::{complete, entries, ledger};
use crate::bookkeeping::Bookkeeping;
use crate::pending::Pending;
use crate::situation::{Approvals, Rehearsal, RehearsalOutcome, Situation};

/// Asks the environments that come first what they hold.
pub(super) async fn rehearsals(situation: &Situation<'_>) -> Vec<Rehearsal> {
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

/// Asks GitHub who approved the pending files, where the policy wants to know.
pub(super) async fn approvals(situation: &Situation<'_>) -> Approvals {
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
