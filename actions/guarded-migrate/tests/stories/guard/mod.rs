//! The guard: each condition with the exact words of its refusal, and a case in which it passes.

mod confirmation;
mod destructive;
mod hazards;
mod ledger;
mod plan_digest;
mod pooler;
mod privileges;
mod runner;
mod server;
mod staging;
mod whole;
mod window;

use crate::story::Story;

pub(super) const ITEMS: &str = "create table items (id int primary key);";

/// Production in a SQLite file, with one migration to come: every check passes.
pub(super) fn ready() -> Story {
    Story::sqlite().migration("1_items.sql", ITEMS).production().marked()
}

/// The same in PostgreSQL.
pub(super) fn ready_on_postgres() -> Story {
    Story::postgres().migration("1_items.sql", ITEMS).production().marked()
}

/// The same with that migration applied.
pub(super) fn settled_on_postgres() -> Story {
    let story = ready_on_postgres();
    story.passed(&["apply"]);
    story
}
