//! The report as Markdown: a job's summary, or a pull request's comment.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    Block, Report,
    markup::{block as code_block, cell, inline},
    terminal::severity,
};
use crate::{Finding, runner::files::SUMMARY_LIMIT, words::count};

/// Room for the line that says what was left out.
const RESERVE: usize = 512;
/// The longest text of its own that a report begins with, in characters.
const LONGEST: usize = 4_000;
/// The longest list of findings, and of their remedies, that anybody reads.
const ROWS: usize = 200;
const REMEDIES: usize = 30;

/// Under 1 MiB, GitHub's limit.
#[must_use]
pub fn render(report: &Report) -> String {
    render_within(report, SUMMARY_LIMIT - 1)
}

/// At most `limit` bytes: 65,536 characters is the limit of a comment. The verdict and what to do always come first; what
/// does not fit is cut from the end, and the last line says so.
#[must_use]
pub fn render_within(report: &Report, limit: usize) -> String {
    let mut text = head(report);
    let mut parts = Vec::new();
    parts.extend(checks(report));
    parts.extend(findings(report));
    parts.extend(report.blocks.iter().map(block));
    let mut left_out = 0;
    for part in &parts {
        if left_out > 0 || text.len() + part.len() + 1 + RESERVE > limit {
            left_out += 1;
        } else {
            text.push('\n');
            text.push_str(part);
        }
    }
    if left_out > 0 {
        let parts = count(left_out, "more part");
        let _ = write!(text, "\n_{parts} did not fit here; the JSON report holds every fact._\n");
    }
    text
}

fn head(report: &Report) -> String {
    let title: Vec<String> = report.title_parts().into_iter().map(|part| inline(&short(part, 500))).collect();
    let mut text = format!("### {} {}\n", report.verdict.sign(), title.join(" · "));
    if !report.explanation.is_empty() {
        let paragraphs: Vec<String> = short(&report.explanation, LONGEST).split("\n\n").map(inline).collect();
        let _ = writeln!(text, "{}", paragraphs.join("\n\n"));
    }
    let steps = report.steps();
    match steps.as_slice() {
        [] => {}
        [step] => {
            let _ = writeln!(text, "**Next:** {}", inline(&short(step, LONGEST)));
        }
        steps => {
            text.push_str("**Next:**\n");
            for (index, step) in steps.iter().take(10).enumerate() {
                let _ = writeln!(text, "{}. {}", index + 1, inline(&short(step, 500)));
            }
        }
    }
    text
}

fn checks(report: &Report) -> Option<String> {
    if report.checks.is_empty() {
        return None;
    }
    let mut text = String::from("| check | verdict | evidence |\n|---|---|---|\n");
    for check in &report.checks {
        let (sign, word) = (check.verdict.sign(), check.verdict.word());
        let _ = writeln!(text, "| {} | {sign} {word} | {} |", cell(&check.id), cell(&short(&check.summary, 2_000)));
    }
    Some(text)
}

fn findings(report: &Report) -> Vec<String> {
    let (waived, open): (Vec<&Finding>, Vec<&Finding>) =
        report.sorted_findings().into_iter().partition(|finding| finding.waived_by.is_some());
    let mut parts = Vec::new();
    if !open.is_empty() || !waived.is_empty() {
        let mut text = String::from("| severity | place | finding |\n|---|---|---|\n");
        for finding in open.iter().chain(&waived).take(ROWS) {
            text.push_str(&row(finding));
        }
        let more = (open.len() + waived.len()).saturating_sub(ROWS);
        if more > 0 {
            let stand = if more == 1 { "stands" } else { "stand" };
            let _ = write!(text, "\n_{} {stand} in the JSON report._\n", count(more, "more finding"));
        }
        parts.push(text);
    }
    parts.extend(remedies(&open));
    parts
}

fn row(finding: &Finding) -> String {
    let place = format!("{}:{}", finding.place.path, finding.place.start_line);
    let weight = if finding.waived_by.is_some() { "waived" } else { severity(finding.severity) };
    let waiver = finding.waived_by.as_ref().map(|waiver| format!(" (waived by {})", cell(&short(waiver, 500))));
    let message = cell(&short(&finding.message, 2_000));
    format!(
        "| {weight} | {} | {message}{} <br>{} |\n",
        cell(&super::code(&short(&place, 500))),
        waiver.unwrap_or_default(),
        cell(&super::code(&finding.rule)),
    )
}

/// What to do about the findings, each remedy once.
fn remedies(open: &[&Finding]) -> Option<String> {
    let mut seen: BTreeMap<(&str, &str), ()> = BTreeMap::new();
    let mut text = String::from("<details><summary>What to do about each finding</summary>\n");
    for finding in open {
        let help = finding.help.trim();
        if help.is_empty() || seen.len() >= REMEDIES || seen.insert((&finding.rule, help), ()).is_some() {
            continue;
        }
        let place = format!("{}:{}", finding.place.path, finding.place.start_line);
        let _ = writeln!(
            text,
            "\n{} at {}:\n",
            inline(&super::code(&finding.rule)),
            inline(&super::code(&short(&place, 500)))
        );
        if help.contains('\n') {
            text.push_str(&code_block("text", &short(help, 4_000)));
        } else {
            let _ = writeln!(text, "{}", inline(&short(help, 4_000)));
        }
    }
    text.push_str("\n</details>\n");
    (!seen.is_empty()).then_some(text)
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(heading) => format!("#### {}\n", inline(heading)),
        Block::Paragraph(paragraph) => {
            let paragraphs: Vec<String> = paragraph.split("\n\n").map(inline).collect();
            format!("{}\n", paragraphs.join("\n\n"))
        }
        Block::Code { language, text } => code_block(language, text),
        Block::Table { columns, rows } => {
            let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
            let mut text = line(columns.iter().map(|column| cell(column)).collect());
            let _ = writeln!(text, "|{}", "---|".repeat(columns.len()));
            for row in rows {
                text.push_str(&line(row.iter().map(|value| cell(value)).collect()));
            }
            text
        }
    }
}

/// The beginning of a text, with `…` where it was cut.
fn short(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::sample, SUMMARY_LIMIT, render, render_within};
    use crate::{Block, Severity};

    #[test]
    fn a_refused_migration_says_what_happened_what_to_do_and_why() {
        let mut report = sample::refused();
        report.findings.clear();
        report.blocks.clear();
        assert_eq!(
            render(&report),
            "\
### ❌ guarded-migrate · production · refused, nothing was changed
This database says it is **dev**, and production was asked for.
**Next:** set production's `DATABASE_URL` in the environment's secrets.

| check | verdict | evidence |
|---|---|---|
| marker | ❌ fail | `bk_env_marker` says dev; expected prod |
| confirmation | ✅ pass | CONFIRM_PROD_MIGRATE=YES, NODE_ENV=production |
| staging | ⚠️ unproven | no staging database was given |
"
        );
    }

    #[test]
    fn findings_and_blocks_follow() {
        let mut report = sample::refused();
        report.checks.clear();
        let text = render(&report);
        assert_eq!(
            text.split_once("secrets.\n").unwrap().1,
            "
| severity | place | finding |
|---|---|---|
| error | `b.sql:3` | line 3 is wrong <br>`migration/drops-column` |
| warning | `b.sql:2` | line 2 is wrong <br>`migration/missing-timeout` |
| waived | `a.sql:1` | line 1 is wrong (waived by @\u{200b}platform: known) <br>`migration/drops-column` |

<details><summary>What to do about each finding</summary>

`migration/drops-column` at `b.sql:3`:

Do it in two steps.

`migration/missing-timeout` at `b.sql:2`:

Do it in two steps.

</details>

#### Plan

1 migration would run.

| migration | statements |
|---|---|
| 20260101_init | 2 |

```sql
drop table a;
```
"
        );
    }

    #[test]
    fn several_steps_are_a_list() {
        let mut report = sample::refused();
        report.next.clear();
        assert!(render(&report).contains("\n**Next:**\n1. set the marker\n2. give `--staging-url`\n\n"));
    }

    #[test]
    fn a_strangers_text_stays_text() {
        let text = render(&sample::with_text_everywhere("</details> | <script> @team\n# big `x"));
        let outside_of_fences: String = text.split("\n```").step_by(2).collect();
        let outside_of_spans: String = outside_of_fences.replace("\\`", "").split('`').step_by(2).collect();
        assert!(!outside_of_spans.contains("<script>") && !outside_of_fences.contains("\n# big"));
        let table = text.lines().find(|line| line.starts_with("| marker")).unwrap();
        assert_eq!(
            table,
            "| marker | ❌ fail | &lt;/details&gt; \\| &lt;script&gt; @\u{200b}team #\u{200b} big \\`x |"
        );
    }

    #[test]
    fn findings_beyond_what_anybody_reads_are_counted() {
        let end = |findings: u32| {
            let mut report = sample::refused();
            report.findings = (1..=findings).map(|line| sample::finding(Severity::Error, "a/b", "x", line)).collect();
            render(&report)
        };
        assert!(!end(200).contains("in the JSON report"));
        assert!(end(201).contains("\n_1 more finding stands in the JSON report._\n"));
        assert!(end(203).contains("\n_3 more findings stand in the JSON report._\n"));
    }

    #[test]
    fn what_does_not_fit_is_cut_from_the_end_and_said() {
        let mut report = sample::refused();
        report.blocks = vec![
            Block::Paragraph("first".to_owned()),
            Block::Code { language: "sql", text: "x".repeat(2 * SUMMARY_LIMIT) },
            Block::Paragraph("last".to_owned()),
        ];
        let text = render(&report);
        assert!(text.len() < SUMMARY_LIMIT);
        assert!(text.starts_with("### ❌ guarded-migrate"));
        assert!(text.ends_with("\nfirst\n\n_2 more parts did not fit here; the JSON report holds every fact._\n"));
    }

    #[test]
    fn however_much_there_is_the_limit_holds_and_the_verdict_is_there() {
        for length in [10, 5_000, 500_000] {
            for limit in [65_536, SUMMARY_LIMIT - 1] {
                let text = render_within(&sample::with_text_everywhere(&"|<@å".repeat(length)), limit);
                assert!(text.starts_with("### ❌ guarded-migrate"));
                assert!(text.len() <= limit, "{} > {limit}", text.len());
            }
        }
    }
}
