//! Does one session reach from the first statement to the last?

use ops_core::Check;
use ops_database::pooler::Pooling;

use crate::situation::Situation;

const ID: &str = "pooler";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let by_url = situation.url.map(ops_database::pooler::from_url);
    let found = match (&by_url, situation.facts()) {
        (Some(pooling @ Pooling::Transaction { .. }), _) => pooling,
        (_, Some(facts)) => &facts.pooling,
        (_, None) => return super::no_database(ID),
    };
    match found {
        Pooling::Direct => Check::pass(ID, "a direct connection"),
        Pooling::Transaction { evidence, direct } => Check::fail(
            ID,
            format!("{evidence}: locks and settings do not survive from one statement to the next"),
            format!("set {} to {direct}", situation.inputs.environment.database_url),
        ),
    }
}
