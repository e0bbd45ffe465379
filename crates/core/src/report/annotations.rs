//! The report as annotations of a workflow's run.

use super::{Check, Report, markup::visible_lines};
use crate::{Severity, Verdict, finding::Finding, runner::commands::command, words::count};

/// GitHub shows ten errors, ten warnings and ten notices of a step, and adds an error of its own when the step fails.
const BUDGETS: [(Severity, &str, usize); 3] =
    [(Severity::Error, "error", 9), (Severity::Warning, "warning", 10), (Severity::Note, "notice", 10)];

/// The longest message that the runner does not cut, in UTF-16 units.
const MESSAGE_LIMIT: usize = 4_096;

/// One annotation to be.
struct Annotation<'a> {
    place: Option<&'a crate::Place>,
    title: &'a str,
    message: String,
}

/// The workflow commands, one a line, worst first. Failed checks come before findings of the same weight; waived
/// findings do not come at all, and neither do checks that findings tell of. `prefix` leads from the workspace to the root: see [`crate::inputs::Common::prefix`].
#[must_use]
pub fn render(report: &Report, prefix: &str) -> String {
    let findings = report.sorted_findings();
    let mut lines = String::new();
    for (severity, name, budget) in BUDGETS {
        let is_due = |check: &&Check| weight(check, report.verdict) == Some(severity);
        let checks = report.checks.iter().filter(|check| !check.is_told_by_findings).filter(is_due);
        let mut annotations: Vec<Annotation<'_>> = checks
            .map(|check| Annotation {
                place: None,
                title: &check.id,
                message: with_help(&check.summary, check.next.as_deref()),
            })
            .collect();
        let of_this_weight = |finding: &&&Finding| finding.severity == severity && finding.waived_by.is_none();
        annotations.extend(findings.iter().filter(of_this_weight).map(|finding| Annotation {
            place: Some(&finding.place),
            title: &finding.rule,
            message: with_help(&finding.message, Some(&finding.help)),
        }));
        let more = annotations.len().saturating_sub(budget);
        annotations.truncate(budget);
        let last = annotations.len().saturating_sub(1);
        for (index, annotation) in annotations.iter().enumerate() {
            let note = if more > 0 && index == last {
                format!("\n({} in the job's summary)", count(more, &format!("more {name}")))
            } else {
                String::new()
            };
            lines.push_str(&line(name, annotation, &note, prefix));
            lines.push('\n');
        }
    }
    lines
}

/// A check that could not be answered is an error only where that is what stopped the run.
fn weight(check: &Check, run: Verdict) -> Option<Severity> {
    match check.verdict {
        Verdict::Pass => None,
        Verdict::Fail => Some(Severity::Error),
        Verdict::Unproven if run == Verdict::Unproven && !check.is_let_pass => Some(Severity::Error),
        Verdict::Unproven => Some(Severity::Warning),
    }
}

fn with_help(message: &str, help: Option<&str>) -> String {
    match help.map(str::trim).filter(|help| !help.is_empty()) {
        Some(help) => format!("{message}\n{help}"),
        None => message.to_owned(),
    }
}

fn line(name: &str, annotation: &Annotation<'_>, note: &str, prefix: &str) -> String {
    let message = format!("{}{note}", cut(&visible_lines(&annotation.message), MESSAGE_LIMIT - note.len()));
    let Some(place) = annotation.place else {
        return command(name, &[("title", annotation.title)], &message);
    };
    let file = format!("{prefix}{}", place.path);
    let (start, end) = (place.start_line.to_string(), place.end_line.to_string());
    let (column, end_column) = (place.start_column.to_string(), place.end_column.to_string());
    let mut properties = vec![("file", file.as_str()), ("line", &start), ("endLine", &end)];
    // The runner drops columns that belong to different lines.
    if place.start_line == place.end_line {
        properties.extend([("col", column.as_str()), ("endColumn", &end_column)]);
    }
    properties.push(("title", annotation.title));
    command(name, &properties, &message)
}

/// The beginning of `text` that has at most `limit` UTF-16 units, with `…` at its end where it was cut.
fn cut(text: &str, limit: usize) -> String {
    if text.encode_utf16().count() <= limit {
        return text.to_owned();
    }
    let mut length = 1;
    let fits = |character: &char| {
        length += character.len_utf16();
        length <= limit
    };
    let mut beginning: String = text.chars().take_while(fits).collect();
    beginning.push('…');
    beginning
}

#[cfg(test)]
mod tests {
    use super::{super::sample, cut, render};
    use crate::{Check, Severity, Verdict};
    use proptest::prelude::*;

    #[test]
    fn checks_and_findings_stand_at_their_places_worst_first() {
        assert_eq!(
            render(&sample::refused(), "packages/db/"),
            "::error title=marker::`bk_env_marker` says dev; expected prod%0Aset the marker\n\
             ::error file=packages/db/b.sql,line=3,endLine=3,col=1,endColumn=5,title=migration/drops-column::line 3 is wrong%0ADo it in two steps.\n\
             ::warning title=staging::no staging database was given%0Agive `--staging-url`\n\
             ::warning file=packages/db/b.sql,line=2,endLine=2,col=1,endColumn=5,title=migration/missing-timeout::line 2 is wrong%0ADo it in two steps.\n"
        );
    }

    #[test]
    fn a_check_that_findings_tell_of_takes_no_place_of_theirs() {
        let mut report = sample::refused();
        report.checks = vec![Check { is_told_by_findings: true, ..Check::fail("lint", "1 error", "mend it") }];
        let text = render(&report, "");
        assert!(text.contains("line 3 is wrong") && !text.contains("lint"), "{text}");
    }

    #[test]
    fn an_unanswered_question_is_an_error_where_it_stopped_the_run() {
        let mut report = sample::refused();
        report.verdict = Verdict::Unproven;
        report.findings.clear();
        let let_pass = Check { is_let_pass: true, ..Check::unproven("audit", "no answer", "") };
        report.checks = vec![let_pass, Check::unproven("staging", "not known", "")];
        assert_eq!(render(&report, ""), "::error title=staging::not known\n::warning title=audit::no answer\n");
    }

    #[test]
    fn the_budget_is_kept_and_the_last_one_says_how_many_more() {
        let mut report = sample::refused();
        report.checks.clear();
        report.findings = (1..=30)
            .flat_map(|line| {
                [Severity::Error, Severity::Warning, Severity::Note]
                    .map(|severity| sample::finding(severity, "a/b", "x", line))
            })
            .collect();
        let text = render(&report, "");
        let count = |name: &str| text.lines().filter(|line| line.starts_with(name)).count();
        assert_eq!((count("::error "), count("::warning "), count("::notice ")), (9, 10, 10));
        let last = text.lines().rfind(|line| line.starts_with("::error ")).unwrap();
        assert!(last.contains("line=9,") && last.ends_with("%0A(21 more errors in the job's summary)"), "{last}");
        assert_eq!(text.matches("more notices").count(), 1);
    }

    #[test]
    fn a_strangers_text_gives_no_orders() {
        let text = render(&sample::with_text_everywhere("x\n::set-env name=y::z ##[add-path]\r::stop"), "");
        assert!(text.lines().all(|line| line.starts_with("::error ") || line.starts_with("::warning ")));
        assert!(!text.contains("##[") && !text.contains('\r'));
    }

    #[test]
    fn a_long_message_keeps_the_note_about_the_others() {
        let mut report = sample::refused();
        report.checks.clear();
        report.findings = (1..=11).map(|line| sample::finding(Severity::Error, "a/b", "x", line)).collect();
        for finding in &mut report.findings {
            finding.message = "å𝄞".repeat(4_096);
        }
        for line in render(&report, "").lines() {
            let message = line.rsplit_once("::").unwrap().1.replace("%0A", "\n");
            assert!(message.encode_utf16().count() <= 4_096);
        }
        assert!(render(&report, "").contains("…%0A(2 more errors"));
    }

    proptest! {
        #[test]
        fn what_is_cut_is_a_beginning(text in any::<String>(), limit in 1_usize..50) {
            let beginning = cut(&text, limit);
            prop_assert!(beginning.encode_utf16().count() <= limit);
            prop_assert!(text.starts_with(beginning.trim_end_matches('…')));
        }
    }
}
