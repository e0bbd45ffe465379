//! What the files say about a database that was read: the migrations that an apply would run, and their hazards.

use std::collections::HashMap;

use ops_core::policy;
use ops_database::catalog::Relation;
use ops_migrations::hazards::{self, Catalog, Context};
use ops_migrations::history::{Standing, State};
use ops_migrations::steps::Mixed;
use ops_migrations::{Dialect, Migration};

use super::dialect;
use crate::pending::Pending;
use crate::situation::{Facts, Situation};

/// Reads and examines the migrations that an apply would run, in order.
pub(crate) fn examine(situation: &mut Situation<'_>) {
    situation.pending = pending(situation);
}

fn pending<'a>(situation: &Situation<'a>) -> Vec<Pending<'a>> {
    let of_url = || situation.url.map(|url| dialect(url.engine()));
    let dialect = situation.files.found.dialect_hint.or_else(of_url).unwrap_or(Dialect::Postgres);
    let policy = &situation.inputs.policy.migrations;
    let interrupted =
        |id: &str| situation.facts().is_some_and(|facts| facts.interrupted.iter().any(|one| one.id == id));
    let runs = |standing: &&Standing| match standing.state {
        State::Pending | State::OutOfOrder => true,
        State::Failed => interrupted(&standing.id),
        State::Applied | State::Edited | State::Missing => false,
    };
    let files: HashMap<&str, &'a Migration> =
        situation.files.migrations.iter().map(|migration| (migration.id.as_str(), migration)).collect();
    let runs = situation.standings.iter().filter(runs);
    let migrations: Vec<&'a Migration> = runs.filter_map(|standing| files.get(standing.id.as_str()).copied()).collect();
    let catalog = situation.facts().map(catalog_of);
    let context = Context {
        dialect,
        server_version: situation.facts().map(|facts| facts.server.major),
        catalog: catalog.as_ref(),
        small_table_rows: policy.small_table_rows,
        large_table_rows: policy.large_table_rows,
        runner_sets_timeouts: policy.runner == policy::Runner::Builtin,
        ignore_needs_reason: policy.ignore_needs_reason,
    };
    let mut pending = Pending::read_all(&migrations, dialect, mixed(policy.mixed), &context);
    let (waivers, today) = (&situation.inputs.policy.waivers, situation.inputs.today());
    pending.iter_mut().for_each(|pending| pending.waive(waivers, today));
    if situation.facts().is_some_and(|facts| facts.users_tables(situation.inputs).next().is_none()) {
        pending.iter_mut().for_each(Pending::forget_harm_to_data);
    }
    pending
}

/// The rule for mixed files, in the domain's words.
fn mixed(rule: policy::Mixed) -> Mixed {
    match rule {
        policy::Mixed::Split => Mixed::Split,
        policy::Mixed::Refuse => Mixed::Refuse,
    }
}

fn catalog_of(facts: &Facts) -> Catalog {
    let relation = |relation: &Relation| hazards::Relation {
        rows: relation.rows,
        bytes: relation.bytes,
        columns: relation.columns.clone(),
    };
    Catalog {
        relations: facts.relations.iter().map(|(name, found)| (name.clone(), relation(found))).collect(),
        default_schema: facts.server.schema.clone().unwrap_or_else(|| "main".to_owned()),
    }
}
