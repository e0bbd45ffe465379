//! Can this run reach its database?

use ops_core::Check;
use ops_database::DatabaseError;

use crate::situation::{Reading, Situation};

const ID: &str = "connection";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let variable = situation.inputs.url_variable();
    match &situation.reading {
        Reading::NotGiven => Check::unproven(
            ID,
            format!("{variable} is not set, so no database was asked"),
            format!("set {variable} in the step's env, from a secret of the environment"),
        ),
        Reading::Refused(error) => Check::fail(
            ID,
            error.to_string(),
            match error {
                error if error.is_contention() => {
                    "wait until the session that holds the lock has ended (pg_locks names it), and run this again"
                        .to_owned()
                }
                DatabaseError::Statement { .. } => {
                    "grant the role what it lacks, or connect as the owner of the tables".to_owned()
                }
                _ => format!("check the value of {variable}: host, port, user, password and database"),
            },
        ),
        Reading::Answered(facts) => {
            let place = situation.url.map(ops_database::DatabaseUrl::place).unwrap_or_default();
            Check::pass(ID, format!("{} at {place}", facts.server.version_words()))
                .with("place", place)
                .with("server", facts.server.version.clone())
                .with("user", facts.server.user.clone())
        }
    }
}
