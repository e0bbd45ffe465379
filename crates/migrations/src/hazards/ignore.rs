//! Comments that say a hazard is known: `-- ops-ignore migration/drops-column: no release reads it since 4.2`.
//!
//! squawk's own `-- squawk-ignore ban-drop-column -- reason` counts for squawk's rules and for ours that cover them.

use squawk_lexer::{TokenKind, tokenize};

use super::{Hazard, rules};
use crate::migration::Migration;
use crate::statement::Statement;

/// One ignore comment.
#[derive(Debug, PartialEq, Eq)]
struct Ignore {
    /// The statement it stands before, in or behind. `None`: the whole file.
    statement: Option<usize>,
    /// In squawk's words rather than in ours.
    squawk: bool,
    /// The rules it names. Empty: all of them.
    rules: Vec<String>,
    reason: Option<String>,
}

/// Marks the hazards that a comment ignores.
pub(super) fn apply(migration: &Migration, statements: &[Statement], needs_reason: bool, hazards: &mut [Hazard]) {
    let source = &migration.source;
    if !source.contains("ops-ignore") && !source.contains("squawk-ignore") {
        return;
    }
    let ignores = find(source, statements);
    for hazard in hazards {
        let Some(ignore) =
            ignores.iter().filter(|ignore| ignore.covers(hazard)).max_by_key(|ignore| ignore.reason.is_some())
        else {
            continue;
        };
        match &ignore.reason {
            Some(reason) => hazard.ignored = Some(reason.clone()),
            None if needs_reason => {
                let example = if ignore.squawk {
                    "-- squawk-ignore rule -- why it is safe"
                } else {
                    "-- ops-ignore rule: why it is safe"
                };
                hazard.help.push_str(&format!("\nThe ignore comment counts only with a reason: `{example}`."));
            }
            None => hazard.ignored = Some("no reason given".to_owned()),
        }
    }
}

impl Ignore {
    fn covers(&self, hazard: &Hazard) -> bool {
        if self.statement.is_some_and(|statement| statement != hazard.statement) {
            return false;
        }
        let codes = rules::covered_by(&hazard.rule);
        let squawk_code = hazard.rule.strip_prefix("squawk/");
        if self.squawk {
            return if self.rules.is_empty() {
                squawk_code.is_some() || !codes.is_empty()
            } else {
                self.rules.iter().any(|rule| squawk_code == Some(rule) || codes.contains(&rule.as_str()))
            };
        }
        // A bare `ops-ignore` names nothing, so it covers nothing: what may be ignored is said by name.
        self.rules.iter().any(|rule| *rule == hazard.rule || hazard.rule.strip_prefix("migration/") == Some(rule))
    }
}

fn find(source: &str, statements: &[Statement]) -> Vec<Ignore> {
    let mut ignores = Vec::new();
    let mut offset = 0;
    for token in tokenize(source) {
        let end = offset + token.len as usize;
        if matches!(token.kind, TokenKind::LineComment | TokenKind::BlockComment { .. })
            && let Some(comment) = source.get(offset..end)
            && let Some((mut ignore, whole_file)) = read(comment)
        {
            ignore.statement = if whole_file { None } else { target(source, statements, offset, end) };
            if whole_file || ignore.statement.is_some() {
                ignores.push(ignore);
            }
        }
        if token.len == 0 {
            break;
        }
        offset = end;
    }
    ignores
}

/// What an ignore comment says, and whether it is for the whole file.
fn read(comment: &str) -> Option<(Ignore, bool)> {
    let body = comment.trim_start_matches("--").trim_start_matches("/*").trim_end_matches("*/").trim();
    let (squawk, body) = match body.strip_prefix("ops-ignore") {
        Some(body) => (false, body),
        None => (true, body.strip_prefix("squawk-ignore")?),
    };
    let (whole_file, body) = body.strip_prefix("-file").map_or((false, body), |body| (true, body));
    if body.starts_with(|next: char| !next.is_whitespace() && next != ':') {
        return None;
    }
    let (names, reason) = body.split_once(if squawk { "--" } else { ":" }).unwrap_or((body, ""));
    let rules =
        names.split([',', ' ', '\t']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    Some((Ignore { statement: None, squawk, rules, reason }, whole_file))
}

/// The statement that a comment in `source[start..end]` is about.
fn target(source: &str, statements: &[Statement], start: usize, end: usize) -> Option<usize> {
    let next = statements.partition_point(|statement| statement.range.start < start);
    let line_start = source.get(..start)?.rfind('\n').map_or(0, |newline| newline + 1);
    if let Some(previous) = next.checked_sub(1)
        && let Some(statement) = statements.get(previous)
        && (statement.range.end > start || statement.range.end > line_start)
    {
        return Some(previous);
    }
    let statement = statements.get(next)?;
    let between = source.get(end..statement.range.start)?;
    // Only comments may stand between, and no empty line: a comment further up is about something else.
    let blank_line = between
        .strip_prefix('\n')
        .unwrap_or(between)
        .lines()
        .any(|line| line.trim().is_empty() && between.contains("\n\n"));
    (!blank_line).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{examine_postgres, examine_with, fires};
    use super::super::{Context, Hazard};

    const RULE: &str = "migration/drops-column";

    fn ignored(sql: &str) -> Option<String> {
        fires(RULE, sql).ignored
    }

    #[test]
    fn a_comment_before_the_statement_ignores_with_its_reason() {
        let sql = "-- ops-ignore migration/drops-column: unread since 4.2\nALTER TABLE t DROP COLUMN a;";
        assert_eq!(ignored(sql).as_deref(), Some("unread since 4.2"));
    }

    #[test]
    fn a_comment_at_the_end_of_the_line_or_inside_the_statement_counts_too() {
        assert!(ignored("ALTER TABLE t DROP COLUMN a; -- ops-ignore drops-column: unread").is_some());
        assert!(ignored("ALTER TABLE t\n  -- ops-ignore drops-column: unread\n  DROP COLUMN a;").is_some());
    }

    #[test]
    fn a_comment_is_about_its_own_statement_only() {
        let sql = "-- ops-ignore drops-column: unread\nALTER TABLE t DROP COLUMN a;\nALTER TABLE t DROP COLUMN b;";
        let hazards = examine_postgres(sql);
        let marks: Vec<_> =
            hazards.iter().filter(|hazard| hazard.rule == RULE).map(|hazard| hazard.ignored.is_some()).collect();
        assert_eq!(marks, [true, false]);
    }

    #[test]
    fn an_empty_line_parts_a_comment_from_the_statement() {
        assert_eq!(ignored("-- ops-ignore drops-column: unread\n\nALTER TABLE t DROP COLUMN a;"), None);
    }

    #[test]
    fn several_comment_lines_may_stand_before_a_statement() {
        assert!(ignored("-- ops-ignore drops-column: unread\n-- more words\nALTER TABLE t DROP COLUMN a;").is_some());
    }

    #[test]
    fn a_file_comment_covers_every_statement() {
        assert!(
            ignored("SELECT 1;\n\nALTER TABLE t DROP COLUMN a;\n\n-- ops-ignore-file drops-column: unread").is_some()
        );
    }

    #[test]
    fn without_a_reason_the_hazard_stays_and_says_so() {
        let hazard = fires(RULE, "-- ops-ignore migration/drops-column\nALTER TABLE t DROP COLUMN a;");
        assert_eq!(hazard.ignored, None);
        assert!(
            hazard
                .help
                .ends_with("The ignore comment counts only with a reason: `-- ops-ignore rule: why it is safe`.")
        );
    }

    #[test]
    fn the_policy_may_do_without_reasons() {
        let context = Context { ignore_needs_reason: false, ..Context::default() };
        let hazards = examine_with("-- ops-ignore drops-column\nALTER TABLE t DROP COLUMN a;", &context);
        let marks: Vec<&Hazard> = hazards.iter().filter(|hazard| hazard.rule == RULE).collect();
        assert_eq!(marks[0].ignored.as_deref(), Some("no reason given"));
    }

    #[test]
    fn squawks_comment_counts_for_our_rule_that_covers_squawks() {
        let sql = "-- squawk-ignore ban-drop-column -- unread\nALTER TABLE t DROP COLUMN a;";
        assert_eq!(ignored(sql).as_deref(), Some("unread"));
        assert_eq!(ignored("-- squawk-ignore ban-drop-table -- unread\nALTER TABLE t DROP COLUMN a;"), None);
    }

    #[test]
    fn squawks_comment_counts_for_squawks_rules_and_keeps_them_in_the_list() {
        let sql = "-- squawk-ignore prefer-text-field -- as the vendor has it\nCREATE TABLE t (a varchar(10));";
        assert_eq!(fires("squawk/prefer-text-field", sql).ignored.as_deref(), Some("as the vendor has it"));
    }

    #[test]
    fn an_ignore_in_a_string_is_no_comment() {
        assert_eq!(ignored("SELECT '-- ops-ignore-file drops-column: x';\nALTER TABLE t DROP COLUMN a;"), None);
    }
}
