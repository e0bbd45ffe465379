//! Is this the database that it is taken for?

use ops_core::Check;
use ops_database::marker::{Binding, Marker};
use ops_database::{DatabaseUrl, Engine};

use crate::advice;
use crate::situation::Situation;

const ID: &str = "marker";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let inputs = situation.inputs;
    let environment = &inputs.environment;
    let expected = &environment.marker;
    let table = &inputs.policy.database.marker_table;
    let variable = &environment.database_url;
    let Some(facts) = situation.facts() else { return super::no_database(ID) };
    let set = format!("guarded-migrate marker set --environment {}", environment.name);
    let place =
        facts.identity.as_ref().map_or_else(|| facts.server.database.clone(), |identity| identity.description.clone());

    let check = match &facts.marker {
        Marker::Absent => Check::fail(
            ID,
            format!(
                "there is no table {table} in {place}, so nothing says which environment this is; expected {expected}"
            ),
            format!("if the database is right, run {set}"),
        ),
        Marker::Malformed { reason } => Check::fail(
            ID,
            format!("{table} in {place} is not a marker: {reason}; expected one row with id 1 and env {expected}"),
            format!("put it right by hand, then run {set}"),
        ),
        Marker::Present { environment: found, .. } if found != expected => Check::fail(
            ID,
            format!("{table} says {found}; expected {expected}. {variable} points at {place}"),
            format!(
                "point {variable} at the right database, or, if the database is right, run {set} --replace {found}"
            ),
        ),
        Marker::Present { environment: found, .. } => match facts.marker.binding(facts.identity.as_ref()) {
            Binding::Bound => Check::pass(ID, format!("{table} says {found}, and belongs to {place}")),
            Binding::Copied => Check::fail(
                ID,
                format!("{table} says {found}, but it was copied here from another database: this is {place}"),
                format!("point {variable} at the right database, or, if this copy took its place, run {set}"),
            ),
            Binding::Unbound if facts.identity.is_none() => Check::unproven(
                ID,
                format!("{table} says {found}, but {place} shows no identity that a copy would not share"),
                advice::without_identity(situation.url.map_or(Engine::Postgres, DatabaseUrl::engine)),
            ),
            Binding::Unbound => Check::fail(
                ID,
                format!("{table} says {found}, but is not bound to a database, so it may be a copy: this is {place}"),
                format!("if the database is right, run {set}"),
            ),
        },
    };
    let identity = facts.identity.as_ref().map(|identity| identity.as_str().to_owned());
    check.with("expected", expected.clone()).with("identity", identity)
}
