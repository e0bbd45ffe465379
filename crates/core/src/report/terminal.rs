//! The report for a terminal: the same without colour.

use std::fmt::Write as _;

use super::{
    Block, Report,
    markup::{one_line, unbolded, visible_lines},
};

/// The verdict, what to do, the checks, the findings and the blocks, in lines of text.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut text = format!("{} {}\n", report.verdict.sign(), one_line(&report.title_parts().join(" · ")));
    if !report.explanation.is_empty() {
        let _ = writeln!(text, "{}", unbolded(&visible_lines(&report.explanation)));
    }
    let steps = report.steps();
    for (index, step) in steps.iter().enumerate() {
        let label = if index == 0 { "Next:" } else { "     " };
        let _ = writeln!(text, "{label} {}", indented(&unbolded(step), 6));
    }
    checks(report, &mut text);
    findings(report, &mut text);
    for block in &report.blocks {
        text.push('\n');
        text.push_str(&self::block(block));
    }
    text
}

fn checks(report: &Report, text: &mut String) {
    if report.checks.is_empty() {
        return;
    }
    text.push('\n');
    let width = report.checks.iter().map(|check| check.id.chars().count()).max().unwrap_or(0);
    for check in &report.checks {
        let _ = writeln!(
            text,
            "  {:<8}  {:<width$}  {}",
            check.verdict.word(),
            check.id,
            indented(&unbolded(&check.summary), width + 14)
        );
    }
}

fn findings(report: &Report, text: &mut String) {
    for finding in report.sorted_findings() {
        let place = &finding.place;
        let severity = if finding.waived_by.is_some() { "waived" } else { severity(finding.severity) };
        let _ = writeln!(
            text,
            "\n{}:{}:{}: {severity}: {} ({})",
            one_line(&place.path),
            place.start_line,
            place.start_column,
            one_line(&finding.message),
            finding.rule
        );
        match &finding.waived_by {
            Some(waiver) => {
                let _ = writeln!(text, "  {}", indented(waiver, 2));
            }
            None if finding.help.trim().is_empty() => {}
            None => {
                let _ = writeln!(text, "  {}", indented(&finding.help, 2));
            }
        }
    }
}

pub(super) fn severity(severity: crate::Severity) -> &'static str {
    match severity {
        crate::Severity::Error => "error",
        crate::Severity::Warning => "warning",
        crate::Severity::Note => "note",
    }
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(heading) => format!("{}\n", one_line(heading)),
        Block::Paragraph(paragraph) => format!("{}\n", visible_lines(paragraph)),
        Block::Code { text, .. } => format!("  {}\n", indented(text, 2)),
        Block::Table { columns, rows } => table(columns, rows),
    }
}

fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let header = columns.iter().map(|column| one_line(column)).collect();
    let lines: Vec<Vec<String>> =
        std::iter::once(header).chain(rows.iter().map(|row| row.iter().map(|cell| one_line(cell)).collect())).collect();
    let width = |index: usize| {
        lines.iter().filter_map(|line| line.get(index)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        // A cell without a column is as wide as it is.
        let widths = widths.iter().copied().chain(std::iter::repeat(0));
        let padded: Vec<String> = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(text, "  {}", padded.join("  ").trim_end());
    }
    text
}

/// The text's lines, all but the first indented.
fn indented(text: &str, by: usize) -> String {
    visible_lines(text.trim_end()).replace('\n', &format!("\n{}", " ".repeat(by)))
}

#[cfg(test)]
mod tests {
    use super::{super::sample, render};

    #[test]
    fn the_verdict_comes_first_and_then_what_to_do() {
        assert_eq!(
            render(&sample::refused()),
            "\
❌ guarded-migrate · production · refused, nothing was changed
This database says it is dev, and production was asked for.
Next: set production's `DATABASE_URL` in the environment's secrets.

  fail      marker        `bk_env_marker` says dev; expected prod
  pass      confirmation  CONFIRM_PROD_MIGRATE=YES, NODE_ENV=production
  unproven  staging       no staging database was given

a.sql:1:1: waived: line 1 is wrong (migration/drops-column)
  @platform: known

b.sql:3:1: error: line 3 is wrong (migration/drops-column)
  Do it in two steps.

b.sql:2:1: warning: line 2 is wrong (migration/missing-timeout)
  Do it in two steps.

Plan

1 migration would run.

  migration      statements
  20260101_init  2

  drop table a;
"
        );
    }

    #[test]
    fn nobody_steers_the_terminal() {
        let text = render(&sample::with_text_everywhere("a\u{1b}[2Jb\u{7}\u{202e}"));
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']));
        assert!(text.contains("a\u{fffd}[2Jb"));
    }

    #[test]
    fn without_a_step_of_its_own_the_checks_say_what_to_do() {
        let mut report = sample::refused();
        report.next.clear();
        assert!(render(&report).contains("\nNext: set the marker\n      give `--staging-url`\n"));
    }
}
