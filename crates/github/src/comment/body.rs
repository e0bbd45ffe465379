//! The comment's text: the marker first, and never longer than GitHub takes.

use crate::GitHubError;

/// GitHub refuses 65,537 characters and more; one less leaves no doubt.
const MAXIMUM: usize = 65_535;
const CLOSING: &str = "_Cut here: GitHub takes no longer comment. The job's summary has all of it._";
/// Kept free for what closes an open code block or an open `<details>`.
const SPARE: usize = 500;

/// The marker's line and the body, cut at a line's end where it would be too long.
pub(super) fn compose(marker: &str, body: &str) -> Result<String, GitHubError> {
    check(marker)?;
    let text =
        if body.trim_start().starts_with(marker) { body.trim_start().to_owned() } else { format!("{marker}\n{body}") };
    if text.chars().count() <= MAXIMUM {
        return Ok(text);
    }
    let room = MAXIMUM - SPARE - CLOSING.len();
    let end = text.char_indices().nth(room).map_or(text.len(), |(index, _)| index);
    let kept = text.get(..end).unwrap_or_default();
    let line_end = kept.rfind('\n').filter(|at| *at > marker.len());
    let kept = kept.get(..line_end.unwrap_or(end)).unwrap_or_default();
    Ok(format!("{kept}\n{}\n{CLOSING}", closers(kept)))
}

/// What the kept part leaves open would swallow the closing line.
fn closers(kept: &str) -> String {
    let mut closers = String::new();
    if let Some(fence) = open_fence(kept) {
        closers.push_str(&fence);
        closers.push('\n');
    }
    let opened = kept.matches("<details").count();
    let closed = kept.matches("</details>").count();
    for _ in 0..opened.saturating_sub(closed).min(10) {
        closers.push_str("\n</details>\n");
    }
    closers
}

/// The fence of the code block that is open at the end. CommonMark: at least as many of the same character close it.
fn open_fence(kept: &str) -> Option<String> {
    let mut open: Option<String> = None;
    for line in kept.lines() {
        let line = line.trim_start();
        let Some(mark) = line.chars().next().filter(|c| matches!(c, '`' | '~')) else {
            continue;
        };
        let fence: String = line.chars().take_while(|c| *c == mark).take(100).collect();
        if fence.len() < 3 {
            continue;
        }
        match &open {
            None => open = Some(fence),
            Some(first) if fence.starts_with(first.as_str()) && line.trim_end().len() == fence.len() => {
                open = None;
            }
            Some(_) => {}
        }
    }
    open
}

fn check(marker: &str) -> Result<(), GitHubError> {
    let inner = marker.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
    let valid = inner.is_some_and(|inner| {
        !inner.trim().is_empty() && !inner.contains("-->") && !inner.contains(char::is_control) && inner.len() <= 200
    });
    if valid { Ok(()) } else { Err(GitHubError::Marker { value: marker.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CLOSING, MAXIMUM, compose};

    const MARKER: &str = "<!-- ops-actions: plan -->";

    #[test]
    fn the_marker_comes_first_and_once() {
        assert_eq!(compose(MARKER, "hello").unwrap(), format!("{MARKER}\nhello"));
        assert_eq!(compose(MARKER, &format!("\n{MARKER}\nhello")).unwrap(), format!("{MARKER}\nhello"));
    }

    #[test]
    fn a_marker_that_would_show_or_end_early_is_refused() {
        for marker in ["", "plan", "<!---->", "<!-- a --> b -->", "<!-- a\n -->"] {
            assert_eq!(
                compose(marker, "x").unwrap_err().to_string(),
                format!(
                    "use {marker:?} as the marker of a comment: expected one HTML comment on one line, like `<!-- ops-actions: plan -->`"
                )
            );
        }
    }

    #[test]
    fn a_long_body_is_cut_at_a_lines_end_and_closes_what_it_opened() {
        let body = format!("<details><summary>SQL</summary>\n\n````sql\n```\n{}", "select 'é';\n".repeat(10_000));
        let text = compose(MARKER, &body).unwrap();
        assert!(text.chars().count() <= MAXIMUM);
        assert!(text.chars().count() > 60_000);
        assert!(
            text.ends_with(&format!("select 'é';\n````\n\n</details>\n\n{CLOSING}")),
            "{}",
            &text[text.len() - 200..]
        );
    }

    #[test]
    fn the_longest_body_that_fits_is_not_cut() {
        let body = "é".repeat(MAXIMUM - MARKER.len() - 1);
        assert_eq!(compose(MARKER, &body).unwrap(), format!("{MARKER}\n{body}"));
        assert!(compose(MARKER, &format!("{body}é")).unwrap().ends_with(CLOSING));
    }

    proptest! {
        #[test]
        fn every_body_fits_and_starts_with_the_marker(part in "(?s).{0,40}", times in 0_usize..6_000) {
            let text = compose(MARKER, &part.repeat(times)).unwrap();
            prop_assert!(text.starts_with(MARKER));
            prop_assert!(text.chars().count() <= MAXIMUM);
        }
    }
}
