//! May the role do what the plan needs?

use std::collections::BTreeSet;

use ops_core::Check;
use ops_database::server::Bookkeeping;
use ops_migrations::Layout;

use crate::situation::Situation;

const ID: &str = "privileges";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let Some(facts) = situation.facts() else { return super::no_database(ID) };
    let server = &facts.server;
    let user = &server.user;
    let own = &situation.inputs.policy.database.schema;
    if situation.pending.is_empty() {
        return Check::pass(ID, "nothing is pending, so nothing is needed");
    }

    let mut lacking = Vec::new();
    let mut grants = Vec::new();
    if !server.may_create_in_schema {
        let schema = server.schema.as_deref().unwrap_or("public");
        lacking.push(format!("may not create in schema {schema}"));
        grants.push(format!("grant create on schema {schema} to {user}"));
    }
    match server.bookkeeping {
        Bookkeeping::Usable => {}
        Bookkeeping::Absent if server.may_create_schema => {}
        Bookkeeping::Absent => {
            lacking.push(format!("may not create the schema {own} for the audit trail"));
            grants.push(format!("create schema {own} authorization {user}"));
        }
        Bookkeeping::Forbidden => {
            lacking.push(format!("may not write in the schema {own}"));
            grants.push(format!("grant usage, create on schema {own} to {user}"));
            grants.push(format!("grant select, insert, update, delete on all tables in schema {own} to {user}"));
        }
    }
    let ledger = facts.ledger.name();
    // Our own ledger stands in the bookkeeping's schema.
    if !facts.ledger_is_writable && facts.ledger.layout() != Layout::Plain {
        lacking.push(format!("may not write into {ledger}"));
        grants.push(format!("grant select, insert, update, delete on {ledger} to {user}"));
    }
    for relation in touched(situation).into_iter().chain(facts.ledger_is_old.then_some(ledger)) {
        if facts.relation(&relation).is_some_and(|relation| !relation.owned) {
            lacking.push(format!("does not own {relation}"));
            grants.push(format!("alter table {relation} owner to {user}"));
        }
    }
    if lacking.is_empty() {
        let who = if user.is_empty() { "the process".to_owned() } else { format!("role {user}") };
        return Check::pass(ID, format!("{who} may do what the plan needs"));
    }
    Check::fail(
        ID,
        format!("role {user} {}", lacking.join(", ")),
        format!("as an administrator: {}", grants.join("; ")),
    )
}

/// The relations whose definition the plan changes: only their owner may do that.
fn touched(situation: &Situation<'_>) -> BTreeSet<String> {
    let hazards = situation.pending.iter().flat_map(|pending| &pending.hazards);
    hazards.filter(|hazard| hazard.lock.is_some()).flat_map(|hazard| hazard.relations.iter().cloned()).collect()
}
