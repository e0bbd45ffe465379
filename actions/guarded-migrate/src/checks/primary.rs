//! Is it the server that takes writes?

use ops_core::Check;

use crate::situation::Situation;

const ID: &str = "primary";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let Some(facts) = situation.facts() else { return super::no_database(ID) };
    match facts.server.read_only {
        None => Check::pass(ID, "the server takes writes"),
        Some(reason) => Check::fail(
            ID,
            format!("the server takes no writes: {reason}"),
            format!(
                "point {} at the primary; if it is the primary, turn default_transaction_read_only off",
                situation.inputs.environment.database_url
            ),
        ),
    }
}
