//! What squawk's linter says where no rule of ours covers it.

use std::borrow::Cow;

use ops_core::Severity;
use squawk_linter::{Linter, Rule as SquawkRule};
use squawk_syntax::SourceFile;

use super::file::File;
use super::rules;
use super::{Family, Hazard};
use crate::migration::{Dialect, TransactionMode};

/// From this size on squawk's tree would need more memory than a runner can spare: data, not schema.
const LARGEST_FILE: usize = 4 * 1024 * 1024;

/// Adds squawk's own hazards, and statements that its parser cannot read.
pub(super) fn examine(file: &File<'_>, hazards: &mut Vec<Hazard>) {
    let sql = file.migration.sql();
    if file.context.dialect == Dialect::Sqlite || sql.is_empty() {
        return;
    }
    if sql.len() > LARGEST_FILE {
        let message =
            format!("unproven: the file has {} bytes, too many for squawk's rules, which did not run.", sql.len());
        let help = "Load data apart from the schema, in a job of its own, in batches.".to_owned();
        hazards.extend(hazard(file, rules::UNREADABLE, Family::Hidden, Severity::Note, 0, message, help));
        return;
    }
    // squawk drops what its ignore comments name; we keep it, marked. So it must not recognize them.
    let sql = if sql.contains("squawk-ignore") {
        Cow::Owned(sql.replace("squawk-ignore", "squawk_ignore"))
    } else {
        Cow::Borrowed(sql)
    };
    let parse = SourceFile::parse(&sql);
    for error in parse.errors() {
        let message = format!("unproven: squawk's parser cannot read this: {}.", error.message().trim_end_matches('.'));
        let help =
            "If PostgreSQL accepts the statement, look at it with care: rules of squawk may have missed something."
                .to_owned();
        let offset = u32::from(error.range().start()) as usize;
        hazards.extend(hazard(file, rules::UNREADABLE, Family::Hidden, Severity::Note, offset, message, help));
    }
    let mut linter = Linter::with_rules(&[], rules::squawk_rules_covered());
    linter.settings.assume_in_transaction = file.migration.transaction == TransactionMode::Inside;
    for violation in linter.lint(&parse, &sql) {
        let Some((family, severity)) = weight(violation.code) else { continue };
        let offset = u32::from(violation.text_range.start()) as usize;
        let name = format!("squawk/{}", violation.code);
        let help = help(violation.code, violation.help.as_deref().unwrap_or_default());
        hazards.extend(hazard(file, name, family, severity, offset, violation.message, help));
    }
}

/// What squawk advises, and its page about the rule.
fn help(rule: SquawkRule, advice: &str) -> String {
    let page = match rule {
        // The one rule whose page has another of its names.
        SquawkRule::PreferTimestampTz => "prefer-timestamptz".to_owned(),
        rule => rule.to_string(),
    };
    let page = format!("See `https://squawkhq.com/docs/{page}`.");
    match advice.trim() {
        "" => page,
        advice if advice.contains('\n') => format!("{advice}\n{page}"),
        advice if advice.ends_with(['.', ';', ')']) => format!("{advice} {page}"),
        advice => format!("{advice}. {page}"),
    }
}

/// A hazard of the statement that holds this offset of `migration.sql()`.
fn hazard(
    file: &File<'_>,
    rule: impl Into<Cow<'static, str>>,
    family: Family,
    severity: Severity,
    offset: usize,
    message: String,
    help: String,
) -> Option<Hazard> {
    let offset = file.migration.up.start + offset;
    let index = file.statements.partition_point(|statement| statement.range.start <= offset).saturating_sub(1);
    let range = file.statements.get(index)?.range.clone();
    let (lock, relations, ignored) = (None, Vec::new(), None);
    Some(Hazard {
        rule: rule.into(),
        family,
        severity,
        statement: index,
        range,
        lock,
        relations,
        message,
        help,
        ignored,
    })
}

/// How much squawk's rules weigh that run here. `None` for those that do not: ours cover them, or squawk itself leaves
/// them out unless asked.
pub(super) fn weight(rule: SquawkRule) -> Option<(Family, Severity)> {
    use SquawkRule as S;
    Some(match rule {
        S::PreferBigintOverInt
        | S::PreferBigintOverSmallint
        | S::PreferIdentity
        | S::PreferRobustStmts
        | S::PreferTextField
        | S::PreferTimestampTz
        | S::BanCharField
        | S::IdentifierTooLong
        | S::RequireEnumValueOrdering
        | S::BanCreateDomainWithConstraint => (Family::Style, Severity::Note),
        S::BanDuplicateColumnAssignments => (Family::Style, Severity::Warning),
        S::BanAlterDomainWithAddConstraint => (Family::ScanOrRewrite, Severity::Warning),
        S::BanDropNotNull => (Family::BreaksRelease, Severity::Note),
        S::BanAlterIdentity | S::BanDropGeneratedExpression => (Family::BreaksRelease, Severity::Warning),
        S::BanUncommittedTransaction => (Family::TransactionTrap, Severity::Warning),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use ops_core::Severity::Note;
    use squawk_linter::Rule as SquawkRule;

    use super::super::rules::squawk_rules_covered;
    use super::super::testing::{examine_postgres, fires};
    use super::weight;

    /// All rules of the pinned version, by the names that its documentation gives them.
    const ALL: &str = include_str!("squawk_rules.txt");

    #[test]
    fn every_rule_of_squawk_is_covered_or_passed_through_or_off_unless_asked() {
        for name in ALL.lines() {
            let rule = SquawkRule::try_from(name).unwrap_or_else(|error| panic!("{name}: {error}"));
            let covered = squawk_rules_covered().contains(&rule);
            let left_out = rule.is_opt_in() || rule == SquawkRule::UnusedIgnore;
            let passed = weight(rule).is_some();
            assert!(covered || passed || left_out, "{name} is lost");
            assert!(!(covered && passed), "{name} would fire twice");
        }
    }

    #[test]
    fn taste_is_only_a_note() {
        assert_eq!(fires("squawk/prefer-text-field", "CREATE TABLE t (a varchar(10))").severity, Note);
    }

    /// The pages below `https://squawkhq.com/docs/` of the pinned version, as far as rules run here that have one.
    const PAGES: &[&str] = &[
        "ban-alter-domain-with-add-constraint",
        "ban-alter-identity",
        "ban-char-field",
        "ban-create-domain-with-constraint",
        "ban-drop-generated-expression",
        "ban-drop-not-null",
        "ban-duplicate-column-assignments",
        "ban-uncommitted-transaction",
        "identifier-too-long",
        "prefer-bigint-over-int",
        "prefer-bigint-over-smallint",
        "prefer-identity",
        "prefer-robust-stmts",
        "prefer-text-field",
        "prefer-timestamptz",
        "require-enum-value-ordering",
    ];

    #[test]
    fn every_rule_that_is_passed_through_names_its_page() {
        let rules = ALL.lines().filter_map(|name| SquawkRule::try_from(name).ok());
        let mut pages: Vec<String> =
            rules.filter(|rule| weight(*rule).is_some()).map(|rule| super::help(rule, "")).collect();
        pages.sort();
        pages.dedup();
        let expected: Vec<String> =
            PAGES.iter().map(|page| format!("See `https://squawkhq.com/docs/{page}`.")).collect();
        assert_eq!(pages, expected);
    }

    #[test]
    fn the_page_follows_squawks_own_advice() {
        let hazard = fires("squawk/prefer-timestamp-tz", "CREATE TABLE t (a timestamp)");
        assert!(hazard.help.ends_with(" See `https://squawkhq.com/docs/prefer-timestamptz`."), "{}", hazard.help);
        assert_eq!(
            super::help(SquawkRule::BanDropNotNull, "a\nb"),
            "a\nb\nSee `https://squawkhq.com/docs/ban-drop-not-null`."
        );
    }

    #[test]
    fn a_statement_that_squawk_cannot_read_is_named_and_still_judged() {
        let hazards = examine_postgres("DROP TABLE a; ALTER TABLE b FROB COLUMN c;");
        assert!(hazards.iter().any(|hazard| hazard.rule == "migration/drops-table"));
        let hidden = hazards.iter().find(|hazard| hazard.rule == "migration/unreadable-statement").unwrap();
        assert!(hidden.message.starts_with("unproven: "), "{}", hidden.message);
        assert_eq!(hidden.statement, 1);
    }
}
