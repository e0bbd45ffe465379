//! How much a hazard weighs on a table of this size.

use ops_core::Severity;

use super::context::{Catalog, Context, Relation};
use super::{Family, Hazard};

/// Turns warnings about locks and scans into notes on small tables and into errors on large ones, and says the size.
pub(super) fn by_size(hazards: &mut [Hazard], context: &Context<'_>) {
    let Some(catalog) = context.catalog else { return };
    for hazard in hazards {
        let Some((name, relation)) = largest(hazard, catalog) else { continue };
        if is_about_time(hazard) {
            if relation.rows >= context.large_table_rows && hazard.severity == Severity::Warning {
                hazard.severity = Severity::Error;
            } else if relation.rows < context.small_table_rows && hazard.severity == Severity::Warning {
                hazard.severity = Severity::Note;
            }
        }
        if is_about_time(hazard) || hazard.family == Family::DestroysData {
            let size = format!(" `{name}` has about {} rows ({}).", thousands(relation.rows), bytes(relation.bytes));
            hazard.message.push_str(&size);
        }
    }
}

/// Whether the harm grows with the table.
fn is_about_time(hazard: &Hazard) -> bool {
    matches!(hazard.family, Family::HeavyLock | Family::ScanOrRewrite)
        || (hazard.family == Family::TransactionTrap && !hazard.relations.is_empty())
}

fn largest<'c>(hazard: &Hazard, catalog: &'c Catalog) -> Option<(String, &'c Relation)> {
    let known = hazard.relations.iter().filter_map(|name| {
        let (schema, bare) = name.split_once('.').map_or((None, name.as_str()), |(schema, bare)| (Some(schema), bare));
        Some((name.clone(), catalog.relation(schema, bare)?))
    });
    known.max_by_key(|(_, relation)| relation.rows)
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn bytes(bytes: u64) -> String {
    const UNITS: &[&str] = &["B", "kB", "MB", "GB", "TB"];
    let mut number = bytes;
    let mut unit = 0;
    while number >= 10 * 1024 && unit + 1 < UNITS.len() {
        number /= 1024;
        unit += 1;
    }
    format!("{} {}", thousands(number), UNITS.get(unit).copied().unwrap_or("B"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ops_core::Severity::{Error, Note, Warning};

    use super::super::testing::{examine_with, only};
    use super::super::{Catalog, Context, Relation};

    fn catalog(rows: u64) -> Catalog {
        let relation = Relation { rows, bytes: rows * 300, columns: BTreeMap::new() };
        Catalog { relations: BTreeMap::from([("public.orders".to_owned(), relation)]), default_schema: String::new() }
    }

    #[test]
    fn a_lock_weighs_by_the_size_of_its_table() {
        for (rows, severity) in [(9_999, Note), (10_000, Warning), (999_999, Warning), (1_000_000, Error)] {
            let catalog = catalog(rows);
            let context = Context { catalog: Some(&catalog), ..Context::default() };
            let hazards = examine_with("CREATE INDEX i ON orders (a)", &context);
            assert_eq!(only(&hazards, "migration/index-without-concurrently").severity, severity, "{rows}");
        }
    }

    #[test]
    fn the_message_says_the_size() {
        let catalog = catalog(1_200_000);
        let context = Context { catalog: Some(&catalog), ..Context::default() };
        let hazards = examine_with("CREATE INDEX i ON public.orders (a)", &context);
        let message = &only(&hazards, "migration/index-without-concurrently").message;
        assert!(message.ends_with("`public.orders` has about 1,200,000 rows (343 MB)."), "{message}");
    }

    #[test]
    fn destroying_stays_an_error_however_small_the_table() {
        let catalog = catalog(3);
        let context = Context { catalog: Some(&catalog), ..Context::default() };
        assert_eq!(only(&examine_with("DROP TABLE orders", &context), "migration/drops-table").severity, Error);
    }

    #[test]
    fn a_table_the_catalog_does_not_know_weighs_as_if_there_were_none() {
        let catalog = catalog(3);
        let context = Context { catalog: Some(&catalog), ..Context::default() };
        let hazards = examine_with("CREATE INDEX i ON others (a)", &context);
        assert_eq!(only(&hazards, "migration/index-without-concurrently").severity, Warning);
    }
}
