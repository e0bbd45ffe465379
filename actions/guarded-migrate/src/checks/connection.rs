//! Can this run reach its database?

use ops_core::Check;

use crate::advice;
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
        Reading::Refused(error) => Check::fail(ID, error.to_string(), advice::way_out(error, situation.url, &variable)),
        Reading::Answered(facts) => {
            let place = situation.url.map(ops_database::DatabaseUrl::place).unwrap_or_default();
            Check::pass(ID, format!("{} at {place}", facts.server.version_words()))
                .with("place", place)
                .with("server", facts.server.version.clone())
                .with("user", facts.server.user.clone())
        }
    }
}
