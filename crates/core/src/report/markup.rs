//! Text that strangers had a hand in, made harmless in Markdown.

use std::fmt::Write as _;

/// Text with its code spans and bold words, on one line, for a paragraph.
///
/// Of Markdown only `` `code` `` and `**bold words**` (letters, digits, spaces, `-`, `_`, `.`) keep their meaning;
/// everything else is shown as it is written: no HTML, links, mentions, references or line breaks come to life.
pub(crate) fn inline(text: &str) -> String {
    render(text, false)
}

/// The same for a table's cell, where a bar would end the cell even in a code span.
pub(crate) fn cell(text: &str) -> String {
    render(text, true)
}

/// Text that is shown as a code span wherever Markdown is rendered: for values of strangers within sentences.
///
/// Backticks in it become `'`, since a sentence cannot say where its own span ends.
#[must_use]
pub fn code(text: &str) -> String {
    format!("`{}`", one_line(text).replace('`', "'"))
}

/// Text that holds no code span and no bold words, for values of strangers within sentences.
#[must_use]
pub fn plain(text: &str) -> String {
    one_line(text).replace('`', "'").replace("**", "* *")
}

/// The text without the signs of its bold words, for where nothing is bold.
pub(crate) fn unbolded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(position) = rest.find(['`', '*']) {
        let (before, from) = rest.split_at_checked(position).unwrap_or((rest, ""));
        out.push_str(before);
        if let Some((content, after)) = code_span(from) {
            out.extend(["`", content, "`"]);
            rest = after;
        } else if let Some((content, after)) = bold(from) {
            out.push_str(content);
            rest = after;
        } else {
            out.push_str(from.get(..1).unwrap_or_default());
            rest = from.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// A code block with a fence that the text cannot close.
pub(crate) fn block(language: &str, text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let language: String = language.chars().filter(char::is_ascii_alphanumeric).collect();
    let text: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|character| if character == '\n' || character == '\t' { character } else { visible(character) })
        .collect();
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

fn render(text: &str, in_cell: bool) -> String {
    let text = one_line(text);
    let text = text.trim();
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(position) = rest.find(['`', '*']) {
        let (before, from) = rest.split_at_checked(position).unwrap_or((rest, ""));
        escape(before, out.is_empty(), &mut out);
        if let Some((content, after)) = code_span(from) {
            push_code(content, in_cell, &mut out);
            rest = after;
        } else if let Some((content, after)) = bold(from) {
            let _ = write!(out, "**{}**", content.replace('_', "\\_"));
            rest = after;
        } else {
            let sign = if from.starts_with('*') { "*" } else { "`" };
            let _ = write!(out, "\\{sign}");
            rest = from.strip_prefix(sign).unwrap_or_default();
        }
    }
    escape(rest, out.is_empty(), &mut out);
    out
}

/// The content of a leading code span, and what follows it.
fn code_span(text: &str) -> Option<(&str, &str)> {
    let (content, after) = text.strip_prefix('`')?.split_once('`')?;
    (!content.trim().is_empty()).then_some((content, after))
}

/// The content of leading bold words, and what follows them.
fn bold(text: &str) -> Option<(&str, &str)> {
    let (content, after) = text.strip_prefix("**")?.split_once("**")?;
    let is_word = |character: char| character.is_alphanumeric() || matches!(character, ' ' | '-' | '_' | '.');
    let is_tight = content.starts_with(char::is_alphanumeric) && content.ends_with(char::is_alphanumeric);
    (is_tight && content.chars().all(is_word)).then_some((content, after))
}

fn push_code(content: &str, in_cell: bool, out: &mut String) {
    if !in_cell || !content.contains('|') {
        let _ = write!(out, "`{content}`");
        return;
    }
    // A span of backticks in a cell cannot hold a bar after a backslash; an element of HTML can hold anything.
    out.push_str("<code>");
    for character in content.chars() {
        if character.is_ascii_punctuation() {
            let _ = write!(out, "&#{};", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out.push_str("</code>");
}

/// Zero-width space: breaks a mention, a reference or a bare address without being seen.
const BREAK: char = '\u{200b}';

fn escape(text: &str, at_start: bool, out: &mut String) {
    let characters: Vec<char> = text.chars().collect();
    for (index, character) in characters.iter().copied().enumerate() {
        let previous = index.checked_sub(1).and_then(|before| characters.get(before)).copied();
        let next = characters.get(index + 1).copied();
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '[' | ']' | '|' | '~' | '!' => out.extend(['\\', character]),
            '_' => {
                let is_inner = previous.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
                if !is_inner {
                    out.push('\\');
                }
                out.push('_');
            }
            '@' => out.extend(['@', BREAK]),
            '#' if at_start && index == 0 => out.extend(['\\', '#', BREAK]),
            '#' => out.extend(['#', BREAK]),
            ':' if next == Some('/') => out.extend([':', BREAK]),
            '.' if previous.is_some_and(|letter| letter.eq_ignore_ascii_case(&'w')) => out.extend([BREAK, '.']),
            '-' | '+' | '=' if at_start && index == 0 => out.extend(['\\', character]),
            '.' | ')' if at_start && is_all_digits(characters.get(..index)) => out.extend(['\\', character]),
            other => out.push(other),
        }
    }
}

fn is_all_digits(characters: Option<&[char]>) -> bool {
    characters.is_some_and(|characters| !characters.is_empty() && characters.iter().all(char::is_ascii_digit))
}

/// Line breaks and tabs become spaces; what nobody can see, or what turns the direction of text, becomes `U+FFFD`.
pub(crate) fn one_line(text: &str) -> String {
    text.replace("\r\n", " ")
        .chars()
        .map(|character| if character.is_whitespace() { ' ' } else { visible(character) })
        .collect()
}

/// As [`one_line`], for each line of a text with several.
pub(crate) fn visible_lines(text: &str) -> String {
    text.lines().map(|line| one_line(line).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn visible(character: char) -> char {
    match character {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' => '\u{fffd}',
        control if control.is_control() => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{block, cell, code, inline, plain, unbolded};
    use proptest::prelude::*;

    #[test]
    fn code_and_bold_words_keep_their_meaning() {
        assert_eq!(
            inline("This database says it is **dev**; see `DATABASE_URL`."),
            "This database says it is **dev**; see `DATABASE_URL`."
        );
        assert_eq!(cell("`a|b` or c|d"), "<code>a&#124;b</code> or c\\|d");
    }

    #[test]
    fn where_nothing_is_bold_only_the_signs_of_bold_words_go() {
        assert_eq!(unbolded("**dev** not `app/**/x`, **, 2*3 and **<b>**"), "dev not `app/**/x`, **, 2*3 and **<b>**");
    }

    #[test]
    fn everything_else_is_shown_as_it_is_written() {
        assert_eq!(
            inline("<img src=x> & [a](b) ![c](d) *e* _f_ ~~g~~"),
            "&lt;img src=x&gt; &amp; \\[a\\](b) \\!\\[c\\](d) \\*e\\* \\_f\\_ \\~\\~g\\~\\~"
        );
        assert_eq!(inline("bk_env_marker"), "bk_env_marker");
        assert_eq!(inline("one ` backtick and **<b>**"), "one \\` backtick and \\*\\*&lt;b&gt;\\*\\*");
    }

    #[test]
    fn nobody_is_mentioned_and_nothing_is_linked() {
        assert_eq!(
            inline("@team #12 https://x.example www.x.example"),
            "@\u{200b}team #\u{200b}12 https:\u{200b}//x.example www\u{200b}.x.example"
        );
    }

    #[test]
    fn text_stays_on_its_line_and_in_its_direction() {
        assert_eq!(inline("a\r\nb\n\tc\u{202e}d\u{1b}[31m"), "a b  c\u{fffd}d\u{fffd}\\[31m");
        assert_eq!(inline("# not a heading"), "\\#\u{200b} not a heading");
        assert_eq!(inline("- no item"), "\\- no item");
        assert_eq!(inline("12. no item"), "12\\. no item");
    }

    #[test]
    fn a_fence_is_longer_than_any_in_its_text() {
        assert_eq!(block("sql", "a\n````\nb\n"), "`````sql\na\n````\nb\n`````\n");
        assert_eq!(block("s`q l", "x"), "```sql\nx\n```\n");
    }

    #[test]
    fn a_strangers_value_cannot_leave_its_span() {
        assert_eq!(inline(&format!("branch {} is", code("a`<b>`\n@c"))), "branch `a'<b>' @c` is");
        assert_eq!(plain("a `b` **c**"), "a 'b' * *c* *");
    }

    proptest! {
        #[test]
        fn a_cell_never_ends_early(text in "(`|\\*\\*|\\||<|>|\\\\|\\n|[a-c@# ]){0,30}") {
            let cell = cell(&text);
            prop_assert!(!cell.contains(['\n', '\r']));
            for (index, _) in cell.match_indices('|') {
                let backslashes = cell[..index].chars().rev().take_while(|character| *character == '\\').count();
                prop_assert!(backslashes % 2 == 1, "{cell}");
            }
        }
    }
}
