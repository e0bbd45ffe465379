//! The path syntax of path-to-regexp 6, in which Next.js, its proxy and vercel.json write their sources, as a regular
//! expression of JavaScript.
//!
//! Format: <https://github.com/pillarjs/path-to-regexp/tree/v6.1.0>. `:name`, `:name(pattern)`, `(pattern)`, `{prefix:name}?`, the
//! modifiers `?`, `*` and `+`, and `\` before a character that stands for itself.

use super::PatternError;

/// How the parts of a path are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Options {
    /// What a parameter without a pattern does not match.
    pub(crate) delimiters: &'static str,
    /// Whether a delimiter may follow at the end.
    pub(crate) may_end_in_delimiter: bool,
}

enum Token {
    Char(char),
    Escaped(char),
    Open,
    Close,
    Name,
    Pattern(String),
    Modifier(char),
}

enum Part {
    Text(String),
    Group { prefix: String, pattern: Option<String>, suffix: String, modifier: Option<char> },
}

/// The regular expression that path-to-regexp makes of a path, with `^` and `$`.
pub(crate) fn to_regex(path: &str, options: Options) -> Result<String, PatternError> {
    let mut regex = String::from("^");
    for part in Parser::new(path, options)?.parts()? {
        match part {
            Part::Text(text) => escape(&text, &mut regex),
            Part::Group { prefix, pattern: Some(pattern), suffix, modifier } => {
                group(&mut regex, &prefix, &pattern, &suffix, modifier);
            }
            Part::Group { prefix, pattern: None, suffix, modifier } => {
                regex.push_str("(?:");
                escape(&prefix, &mut regex);
                escape(&suffix, &mut regex);
                regex.push(')');
                regex.extend(modifier);
            }
        }
    }
    if options.may_end_in_delimiter {
        regex.push('[');
        escape(options.delimiters, &mut regex);
        regex.push_str("]?");
    }
    regex.push('$');
    Ok(regex)
}

fn group(regex: &mut String, prefix: &str, pattern: &str, suffix: &str, modifier: Option<char>) {
    if prefix.is_empty() && suffix.is_empty() {
        regex.push_str(&format!("({pattern})"));
        regex.extend(modifier);
        return;
    }
    regex.push_str("(?:");
    escape(prefix, regex);
    if let Some(repeated @ ('*' | '+')) = modifier {
        regex.push_str(&format!("((?:{pattern})(?:"));
        escape(suffix, regex);
        escape(prefix, regex);
        regex.push_str(&format!("(?:{pattern}))*)"));
        escape(suffix, regex);
        regex.push(')');
        if repeated == '*' {
            regex.push('?');
        }
        return;
    }
    regex.push_str(&format!("({pattern})"));
    escape(suffix, regex);
    regex.push(')');
    regex.extend(modifier);
}

/// Writes a text so that it stands for itself in a regular expression.
pub(crate) fn escape(text: &str, regex: &mut String) {
    for character in text.chars() {
        if ".+*?=^!:${}()[]|/\\".contains(character) {
            regex.push('\\');
        }
        regex.push(character);
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    default_pattern: String,
}

impl Parser {
    fn new(path: &str, options: Options) -> Result<Self, PatternError> {
        let mut default_pattern = String::from("[^");
        escape(options.delimiters, &mut default_pattern);
        default_pattern.push_str("]+?");
        Ok(Self { tokens: tokens(path)?.into_iter().peekable(), default_pattern })
    }

    fn parts(mut self) -> Result<Vec<Part>, PatternError> {
        let mut parts = Vec::new();
        let mut text = String::new();
        while let Some(token) = self.tokens.next() {
            match token {
                Token::Char(character) => {
                    let is_prefix = matches!(character, '.' | '/');
                    if is_prefix && matches!(self.tokens.peek(), Some(Token::Name | Token::Pattern(_))) {
                        flush(&mut text, &mut parts);
                        let part = self.parameter(character.to_string());
                        parts.push(part);
                    } else {
                        text.push(character);
                    }
                }
                Token::Escaped(character) => text.push(character),
                Token::Name => {
                    flush(&mut text, &mut parts);
                    let pattern = self.pattern().unwrap_or_else(|| self.default_pattern.clone());
                    parts.push(self.closed(String::new(), Some(pattern), String::new()));
                }
                Token::Pattern(pattern) => {
                    flush(&mut text, &mut parts);
                    parts.push(self.closed(String::new(), Some(pattern), String::new()));
                }
                Token::Open => {
                    flush(&mut text, &mut parts);
                    let part = self.braces()?;
                    parts.push(part);
                }
                Token::Close => return Err(PatternError::Path { what: "a `}` without `{`" }),
                Token::Modifier(_) => {
                    return Err(PatternError::Path { what: "a `?`, `*` or `+` that follows no parameter" });
                }
            }
        }
        flush(&mut text, &mut parts);
        Ok(parts)
    }

    fn parameter(&mut self, prefix: String) -> Part {
        let is_named = self.tokens.next_if(|token| matches!(token, Token::Name)).is_some();
        let pattern = self.pattern().or_else(|| is_named.then(|| self.default_pattern.clone()));
        self.closed(prefix, pattern, String::new())
    }

    fn braces(&mut self) -> Result<Part, PatternError> {
        let prefix = self.text();
        let is_named = self.tokens.next_if(|token| matches!(token, Token::Name)).is_some();
        let pattern = self.pattern().or_else(|| is_named.then(|| self.default_pattern.clone()));
        let suffix = self.text();
        match self.tokens.next() {
            Some(Token::Close) => Ok(self.closed(prefix, pattern, suffix)),
            _ => Err(PatternError::Path { what: "a `{` that is not closed after one parameter" }),
        }
    }

    fn closed(&mut self, prefix: String, pattern: Option<String>, suffix: String) -> Part {
        let modifier = match self.tokens.next_if(|token| matches!(token, Token::Modifier(_))) {
            Some(Token::Modifier(modifier)) => Some(modifier),
            _ => None,
        };
        Part::Group { prefix, pattern, suffix, modifier }
    }

    fn pattern(&mut self) -> Option<String> {
        match self.tokens.next_if(|token| matches!(token, Token::Pattern(_))) {
            Some(Token::Pattern(pattern)) => Some(pattern),
            _ => None,
        }
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        while let Some(Token::Char(character) | Token::Escaped(character)) =
            self.tokens.next_if(|token| matches!(token, Token::Char(_) | Token::Escaped(_)))
        {
            text.push(character);
        }
        text
    }
}

fn flush(text: &mut String, parts: &mut Vec<Part>) {
    if !text.is_empty() {
        parts.push(Part::Text(std::mem::take(text)));
    }
}

fn tokens(path: &str) -> Result<Vec<Token>, PatternError> {
    let mut tokens = Vec::new();
    let mut characters = path.chars().peekable();
    while let Some(character) = characters.next() {
        tokens.push(match character {
            '*' | '+' | '?' => Token::Modifier(character),
            '\\' => Token::Escaped(characters.next().ok_or(PatternError::Path { what: "a `\\` at the end" })?),
            '{' => Token::Open,
            '}' => Token::Close,
            ':' => {
                let mut length = 0;
                while characters.next_if(|next| next.is_ascii_alphanumeric() || *next == '_').is_some() {
                    length += 1;
                }
                if length == 0 {
                    return Err(PatternError::Path { what: "a `:` without a name" });
                }
                Token::Name
            }
            '(' => Token::Pattern(pattern(&mut characters)?),
            other => Token::Char(other),
        });
    }
    Ok(tokens)
}

/// What stands between `(` and its `)`; the `(` is behind us.
fn pattern(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, PatternError> {
    let unbalanced = PatternError::Path { what: "a `(` that is not closed" };
    let mut pattern = String::new();
    let mut depth = 1;
    if characters.peek() == Some(&'?') {
        return Err(PatternError::Path { what: "a pattern that begins with `?`" });
    }
    loop {
        let Some(character) = characters.next() else { return Err(unbalanced) };
        match character {
            '\\' => {
                let Some(escaped) = characters.next() else { return Err(unbalanced) };
                pattern.extend(['\\', escaped]);
                continue;
            }
            ')' => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            '(' => {
                depth += 1;
                if characters.peek() != Some(&'?') {
                    return Err(PatternError::Path { what: "a capturing group inside of a pattern" });
                }
            }
            _ => {}
        }
        pattern.push(character);
    }
    if pattern.is_empty() { Err(PatternError::Path { what: "an empty pattern" }) } else { Ok(pattern) }
}
