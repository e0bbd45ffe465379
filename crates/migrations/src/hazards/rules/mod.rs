//! Our rules, one in a file.
//!
//! A rule's doc comment is its page in `docs/rules/migration/`; `UPDATE_DOCS=1` writes the pages anew.

/// Declares a rule: its page, its name, what it is called, its family, the engines it is for, and the rules of squawk
/// that it covers.
macro_rules! rule {
    ($(#[doc = $doc:literal])* $name:literal, $title:literal, $family:ident, $engines:ident, [$($covers:literal),*]) => {
        /// The rule's name in reports and ignore comments.
        pub(super) const IDENT: &str = concat!("migration/", $name);
        pub(super) const RULE: $crate::hazards::rules::Rule = $crate::hazards::rules::Rule {
            info: $crate::hazards::RuleInfo {
                ident: IDENT,
                family: $crate::hazards::Family::$family,
                title: $title,
                doc: concat!($($doc, "\n"),*),
            },
            engines: $crate::hazards::rules::Engines::$engines,
            covers: &[$($covers),*],
            check,
        };
    };
}

mod adds_required_column;
mod attaches_partition;
mod brief_exclusive_lock;
mod builds_index_under_lock;
mod clusters_table;
mod concurrently_in_transaction;
mod controls_transaction;
mod creates_partition;
mod deletes_all_rows;
mod detaches_partition;
mod drops_column;
mod drops_constraint;
mod drops_database;
mod drops_default;
mod drops_extension;
mod drops_function;
mod drops_index_without_concurrently;
mod drops_materialized_view;
mod drops_schema;
mod drops_sequence;
mod drops_table;
mod drops_type;
mod drops_view;
mod foreign_key_locks_both_tables;
mod hidden_sql;
mod index_without_concurrently;
mod locks_table;
mod makes_column_required;
mod missing_lock_timeout;
mod missing_statement_timeout;
mod mixes_schema_and_data;
mod narrows_type;
mod refreshes_without_concurrently;
mod reindexes_without_concurrently;
mod removes_enum_value;
mod renames_column;
mod renames_enum_value;
mod renames_object;
mod renames_table;
mod rewrites_for_default;
mod rewrites_for_generated_column;
mod rewrites_for_identity;
mod rewrites_for_type_change;
mod rewrites_storage;
mod scans_for_check;
mod scans_for_foreign_key;
mod scans_for_not_null;
mod several_heavy_locks;
mod tightens_table;
mod truncates_table;
mod unbatched_backfill;
mod unreadable_statement;
mod updates_all_rows;
mod uses_new_enum_value;
mod vacuums_full;
mod validates_constraint;
mod validates_under_lock;

use std::sync::LazyLock;

use squawk_linter::Rule as SquawkRule;

use super::subject::Subject;
use super::{Hazard, RuleInfo};
use crate::migration::Dialect;

/// What most rules need.
mod prelude {
    pub(super) use ops_core::Severity::{Error, Note, Warning};

    pub(super) use super::Rule;
    pub(super) use crate::hazards::Hazard;
    #[cfg(test)]
    pub(super) use crate::hazards::lock_level::LockLevel::Exclusive;
    pub(super) use crate::hazards::lock_level::LockLevel::{
        AccessExclusive, RowExclusive, Share, ShareRowExclusive, ShareUpdateExclusive,
    };
    pub(super) use crate::hazards::locked;
    pub(super) use crate::hazards::model::{Act, Action, ActionKind, Constraint, ConstraintRule, Filter, Object};
    pub(super) use crate::hazards::name::{Name, quoted};
    pub(super) use crate::hazards::subject::Subject;
    pub(super) use crate::hazards::types::display;
    #[cfg(test)]
    pub(super) use crate::hazards::{
        Context,
        testing::{catalog_with, examine_postgres, examine_sqlite, examine_with, fires, only, silent},
    };
    pub(super) use crate::migration::{Dialect, TransactionMode};
}

/// A rule of ours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) info: RuleInfo,
    pub(super) engines: Engines,
    /// Rules of squawk with the same subject, by squawk's names. They do not run beside it.
    pub(super) covers: &'static [&'static str],
    check: fn(&Subject<'_>, &mut Vec<Hazard>),
}

/// The engines a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engines {
    Postgres,
    Both,
}

/// All rules, by family. The last looks at what the others found.
pub(super) const ALL: &[Rule] = &[
    drops_table::RULE,
    drops_column::RULE,
    drops_schema::RULE,
    drops_type::RULE,
    drops_materialized_view::RULE,
    drops_sequence::RULE,
    drops_database::RULE,
    drops_extension::RULE,
    truncates_table::RULE,
    deletes_all_rows::RULE,
    updates_all_rows::RULE,
    narrows_type::RULE,
    renames_table::RULE,
    renames_column::RULE,
    renames_enum_value::RULE,
    renames_object::RULE,
    drops_view::RULE,
    drops_function::RULE,
    drops_default::RULE,
    drops_constraint::RULE,
    adds_required_column::RULE,
    makes_column_required::RULE,
    removes_enum_value::RULE,
    tightens_table::RULE,
    index_without_concurrently::RULE,
    drops_index_without_concurrently::RULE,
    foreign_key_locks_both_tables::RULE,
    builds_index_under_lock::RULE,
    attaches_partition::RULE,
    detaches_partition::RULE,
    creates_partition::RULE,
    clusters_table::RULE,
    vacuums_full::RULE,
    reindexes_without_concurrently::RULE,
    refreshes_without_concurrently::RULE,
    locks_table::RULE,
    validates_constraint::RULE,
    rewrites_for_default::RULE,
    rewrites_for_generated_column::RULE,
    rewrites_for_identity::RULE,
    rewrites_for_type_change::RULE,
    scans_for_not_null::RULE,
    scans_for_check::RULE,
    scans_for_foreign_key::RULE,
    rewrites_storage::RULE,
    concurrently_in_transaction::RULE,
    mixes_schema_and_data::RULE,
    unbatched_backfill::RULE,
    controls_transaction::RULE,
    several_heavy_locks::RULE,
    uses_new_enum_value::RULE,
    validates_under_lock::RULE,
    missing_lock_timeout::RULE,
    missing_statement_timeout::RULE,
    hidden_sql::RULE,
    unreadable_statement::RULE,
    brief_exclusive_lock::RULE,
];

/// The rule that stands for everything that cannot be read.
pub(super) const UNREADABLE: &str = unreadable_statement::IDENT;

static INFOS: LazyLock<Vec<RuleInfo>> = LazyLock::new(|| {
    let mut infos: Vec<_> = ALL.iter().map(|rule| rule.info).collect();
    infos.sort_by_key(|info| info.ident);
    infos
});

/// All rules, by name.
pub(super) fn infos() -> &'static [RuleInfo] {
    &INFOS
}

/// Asks every rule that is for this engine.
pub(super) fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let dialect = subject.file.context.dialect;
    for rule in ALL.iter().filter(|rule| rule.engines == Engines::Both || dialect == Dialect::Postgres) {
        (rule.check)(subject, out);
    }
}

/// Squawk's rules that one of ours covers.
pub(super) fn squawk_rules_covered() -> &'static [SquawkRule] {
    static COVERED: LazyLock<Vec<SquawkRule>> = LazyLock::new(|| {
        let names = ALL.iter().flat_map(|rule| rule.covers);
        names.filter_map(|name| SquawkRule::try_from(*name).ok()).collect()
    });
    &COVERED
}

/// Squawk's names for what this rule of ours covers.
pub(super) fn covered_by(ident: &str) -> &'static [&'static str] {
    ALL.iter().find(|rule| rule.info.ident == ident).map_or(&[], |rule| rule.covers)
}

#[cfg(test)]
mod tests {
    use squawk_linter::Rule as SquawkRule;

    use super::ALL;

    #[test]
    fn names_are_unique_and_covers_are_rules_of_squawk() {
        let mut names: Vec<_> = ALL.iter().map(|rule| rule.info.ident).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        for name in ALL.iter().flat_map(|rule| rule.covers) {
            assert!(SquawkRule::try_from(*name).is_ok(), "{name}");
        }
    }
}
