//! Is it a server that this tool was tested on?

use ops_core::Check;
use ops_database::Engine;

use crate::situation::Situation;

const ID: &str = "server-version";
const SUPPORTED: std::ops::RangeInclusive<u16> = 13..=18;

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let Some(facts) = situation.facts() else { return super::no_database(ID) };
    let words = facts.server.version_words();
    if situation.url.is_some_and(|url| url.engine() == Engine::Sqlite) || SUPPORTED.contains(&facts.server.major) {
        return Check::pass(ID, words);
    }
    Check::fail(
        ID,
        format!("{words} is outside PostgreSQL {} to {}", SUPPORTED.start(), SUPPORTED.end()),
        "use a server within that range, or a release of guarded-migrate that knows this one",
    )
}
