//! `marker set` and `marker show`.

use ops_core::exit::Failure;
use ops_core::{Check, Verdict};
use ops_database::marker::{Binding, Marker};
use ops_database::{Connection, DatabaseError, DatabaseUrl, Engine, Identity, Open};

use crate::approach::REFUSED;
use crate::situation::Inputs;
use crate::targets::Target;
use crate::told::Told;
use crate::{advice, checks};

const ID: &str = "marker";

/// Writes which environment this database is. A marker that says something else is replaced only when it is named.
pub(crate) async fn set(inputs: &Inputs, target: &Target, replace: Option<&str>) -> Result<Told, Failure> {
    let url = target.url.as_ref().ok_or_else(|| no_url(inputs))?;
    // A marker opens the way to every later apply, so it is meant as much as one.
    let confirmation = checks::confirmation::of(inputs);
    if confirmation.verdict != Verdict::Pass {
        return Ok(Told::of_checks(vec![confirmation], REFUSED));
    }
    let mut connection = match Connection::open(url, Open::OrCreate).await {
        Ok(connection) => connection,
        Err(error) => return Ok(unreachable(inputs, url, &error)),
    };
    let check = write(inputs, &mut connection, replace).await.unwrap_or_else(|error| refused(inputs, url, &error));
    connection.close().await;
    let headline = if check.verdict == Verdict::Pass { "set" } else { REFUSED };
    Ok(Told::of_checks(vec![confirmation, check], headline))
}

async fn write(inputs: &Inputs, connection: &mut Connection, replace: Option<&str>) -> Result<Check, DatabaseError> {
    let table = &inputs.policy.database.marker_table;
    let wanted = &inputs.environment.marker;
    let Some(identity) = Identity::read(connection).await? else {
        return Ok(Check::unproven(
            ID,
            "this database shows no identity that a copy would not share, so a marker could not be bound to it",
            advice::without_identity(connection.engine()),
        ));
    };
    let marker = Marker::read(connection, table).await?;
    match &marker {
        Marker::Malformed { reason } => {
            return Ok(Check::fail(
                ID,
                format!("{table} in {} is not a marker: {reason}", identity.description),
                format!(
                    "put it right by hand: one row with id 1 and env {wanted}, or drop the table; then run it again"
                ),
            ));
        }
        Marker::Present { environment, .. } if environment != wanted && replace != Some(environment.as_str()) => {
            return Ok(Check::fail(
                ID,
                format!("{table} in {} says {environment}, and {wanted} was to be set", identity.description),
                format!("check the URL; if the database is right, add --replace {environment}"),
            ));
        }
        Marker::Absent | Marker::Present { .. } => {}
    }
    if !marker.replace(connection, table, wanted, &identity, &inputs.actor()).await? {
        return Ok(Check::fail(
            ID,
            format!("{table} in {} was changed by somebody else at the same time", identity.description),
            "look with guarded-migrate marker show, and run it again if that is right",
        ));
    }
    Ok(Check::pass(ID, format!("{table} says {wanted}, bound to {}", identity.description))
        .with("identity", identity.as_str()))
}

/// Shows what the marker says. Passes where it says what the environment expects, and belongs to this database.
pub(crate) async fn show(inputs: &Inputs, target: &Target) -> Result<Told, Failure> {
    let url = target.url.as_ref().ok_or_else(|| no_url(inputs))?;
    let mut connection = match Connection::open(url, Open::Existing).await {
        Ok(connection) => connection,
        Err(error) => return Ok(unreachable(inputs, url, &error)),
    };
    let check = read(inputs, &mut connection).await.unwrap_or_else(|error| refused(inputs, url, &error));
    connection.close().await;
    let headline = check.summary.clone();
    Ok(Told::of_checks(vec![check], headline))
}

async fn read(inputs: &Inputs, connection: &mut Connection) -> Result<Check, DatabaseError> {
    let table = &inputs.policy.database.marker_table;
    let identity = Identity::read(connection).await?;
    let place = identity.as_ref().map_or_else(|| connection.url().place(), |identity| identity.description.clone());
    let marker = Marker::read(connection, table).await?;
    let binding = marker.binding(identity.as_ref());
    let set = format!("run guarded-migrate marker set --environment {}", inputs.environment.name);
    let point = format!("point {} at the right database, or, if", inputs.environment.database_url);
    Ok(match marker {
        Marker::Absent => {
            Check::fail(ID, format!("there is no {table} in {place}"), format!("if the database is right, {set}"))
        }
        Marker::Malformed { reason } => {
            let next = format!("put it right by hand, then {set}");
            Check::fail(ID, format!("{table} in {place} is not a marker: {reason}"), next)
        }
        Marker::Present { environment, .. } => {
            let says = format!("{table} in {place} says {environment}");
            match binding {
                Binding::Bound if environment == inputs.environment.marker => Check::pass(ID, says),
                Binding::Bound => Check::fail(
                    ID,
                    format!("{says}; expected {}", inputs.environment.marker),
                    format!("{point} the database is right, {set} --replace {environment}"),
                ),
                Binding::Copied => Check::fail(
                    ID,
                    format!("{says}, but it was copied from another database"),
                    format!("{point} this copy took its place, {set}"),
                ),
                Binding::Unbound => Check::fail(
                    ID,
                    format!("{says}, but is not bound to this database"),
                    format!("if the database is right, {set}"),
                ),
            }
        }
    })
}

fn refused(inputs: &Inputs, url: &DatabaseUrl, error: &DatabaseError) -> Check {
    let next = match (url.engine(), error.is_contention()) {
        (Engine::Postgres, false) => "grant the role what it lacks, or use the owner of the schema".to_owned(),
        _ => advice::way_out(error, Some(url), &inputs.environment.database_url),
    };
    Check::fail(ID, error.to_string(), next)
}

fn no_url(inputs: &Inputs) -> Failure {
    let variable = &inputs.environment.database_url;
    Failure::Input(format!("{variable} is not set: set it to the database's URL"))
}

fn unreachable(inputs: &Inputs, url: &DatabaseUrl, error: &DatabaseError) -> Told {
    let next = advice::way_out(error, Some(url), &inputs.environment.database_url);
    Told::of_checks(vec![Check::fail("connection", error.to_string(), next)], REFUSED)
}
