//! What a gate runs: words, as a POSIX shell would split them, and no shell.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

/// A program and its arguments. At least the program is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommandLine(Vec<String>);

impl CommandLine {
    /// These words; the first is the program.
    ///
    /// # Errors
    /// If there is none, or one holds a NUL character, which no program can be given.
    pub fn new(words: Vec<String>) -> Result<Self, String> {
        if words.first().is_none_or(String::is_empty) {
            return Err("there is nothing to run; write a program and its arguments".to_owned());
        }
        if words.iter().any(|word| word.contains('\0')) {
            return Err("a NUL character cannot be given to a program".to_owned());
        }
        Ok(Self(words))
    }

    /// The program, and then its arguments.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for CommandLine {
    /// As a shell would read it back.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.0.iter().enumerate() {
            let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_./:=@%+,*".contains(character);
            let space = if index == 0 { "" } else { " " };
            if !word.is_empty() && word.chars().all(is_plain) {
                write!(formatter, "{space}{word}")?;
            } else {
                write!(formatter, "{space}'{}'", word.replace('\'', "'\\''"))?;
            }
        }
        Ok(())
    }
}

impl std::str::FromStr for CommandLine {
    type Err = String;

    /// Splits by the quoting rules of POSIX. What only a shell can do (`&&`, `|`, `$HOME`, `> file`) is refused, so that
    /// nothing means another thing than it seems to.
    fn from_str(text: &str) -> Result<Self, String> {
        Self::new(split(text)?)
    }
}

fn split(text: &str) -> Result<Vec<String>, String> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            ' ' | '\t' | '\n' => words.extend(word.take()),
            '\'' => loop {
                let word = word.get_or_insert_default();
                match rest.next() {
                    None => return Err(format!("a quotation mark is not closed: {text}")),
                    Some('\'') => break,
                    Some(inner) => word.push(inner),
                }
            },
            '"' => quoted(&mut rest, word.get_or_insert_default(), text)?,
            '\\' => match rest.next() {
                None => return Err(format!("a backslash stands at the end: {text}")),
                Some('\n') => {}
                Some(escaped) => word.get_or_insert_default().push(escaped),
            },
            '|' | '&' | ';' | '<' | '>' | '(' | ')' | '$' | '`' => return Err(needs_shell(character, text)),
            plain => word.get_or_insert_default().push(plain),
        }
    }
    words.extend(word);
    match words.first().and_then(|first| first.split_once('=')) {
        Some((name, _)) if is_name(name) => Err(needs_shell('=', text)),
        _ => Ok(words),
    }
}

/// What stands between double quotation marks, of which the first is read already.
fn quoted(rest: &mut std::str::Chars<'_>, word: &mut String, text: &str) -> Result<(), String> {
    loop {
        match rest.next() {
            None => return Err(format!("a quotation mark is not closed: {text}")),
            Some('"') => return Ok(()),
            Some(sign @ ('$' | '`')) => return Err(needs_shell(sign, text)),
            Some('\\') => match rest.next() {
                None => return Err(format!("a quotation mark is not closed: {text}")),
                Some('\n') => {}
                Some(escaped @ ('$' | '`' | '"' | '\\')) => word.push(escaped),
                Some(other) => word.extend(['\\', other]),
            },
            Some(plain) => word.push(plain),
        }
    }
}

fn is_name(text: &str) -> bool {
    let is_inner = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') && text.chars().all(is_inner)
}

fn needs_shell(sign: char, text: &str) -> String {
    let quoted = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("`{sign}` needs a shell, and gates run without one; quote it, or write [\"sh\", \"-c\", \"{quoted}\"]")
}

struct CommandVisitor;

impl<'de> Visitor<'de> for CommandVisitor {
    type Value = CommandLine;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("text or a list of words")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<CommandLine, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<CommandLine, A::Error> {
        let mut words = Vec::new();
        while let Some(word) = sequence.next_element()? {
            words.push(word);
        }
        CommandLine::new(words).map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for CommandLine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CommandVisitor)
    }
}

impl JsonSchema for CommandLine {
    fn schema_name() -> Cow<'static, str> {
        "CommandLine".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A program and its arguments, as one text or as a list of words",
            "anyOf": [
                { "type": "string", "pattern": "\\S" },
                { "type": "array", "items": { "type": "string" }, "minItems": 1 }
            ]
        })
    }
}

/// Names of variables, in which `*` stands for anything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Names(Vec<Name>);

impl Names {
    /// Whether this variable is among them.
    #[must_use]
    pub fn hold(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| crate::glob::matches(&pattern.0, name))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Name(String);

impl JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "VariableName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9_*]+$" })
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '*');
        if name.is_empty() || !name.chars().all(is_part) {
            let message = format!(
                "`{name}` is no variable's name; write the name alone, never its value, with * for any part of it"
            );
            return Err(de::Error::custom(message));
        }
        Ok(Self(name))
    }
}

#[cfg(test)]
mod tests {
    use super::CommandLine;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        text.parse::<CommandLine>().unwrap().words().to_vec()
    }

    #[test]
    fn words_are_split_as_a_shell_would() {
        assert_eq!(words("pnpm  lint\t--max-warnings=0"), ["pnpm", "lint", "--max-warnings=0"]);
        assert_eq!(
            words(r#"eslint 'src/**/*.ts' "a b" c\ d e"f"'g' '' \"x"#),
            ["eslint", "src/**/*.ts", "a b", "c d", "efg", "", "\"x"]
        );
        assert_eq!(words(r#"a "b\"c\\d\e\$" '$x'"#), ["a", "b\"c\\d\\e$", "$x"]);
        assert_eq!(words("a \\\n b"), ["a", "b"]);
    }

    #[test]
    fn what_needs_a_shell_is_refused_with_the_way_to_write_it() {
        for (text, sign) in [
            ("pnpm lint && pnpm test", "&"),
            ("a | b", "|"),
            ("a > b", ">"),
            ("echo $HOME", "$"),
            ("echo \"$HOME\"", "$"),
            ("a `b`", "`"),
            ("CI=1 pnpm test", "="),
        ] {
            let error = text.parse::<CommandLine>().unwrap_err();
            let quoted = text.replace('"', "\\\"");
            assert_eq!(
                error,
                format!(
                    "`{sign}` needs a shell, and gates run without one; quote it, or write [\"sh\", \"-c\", \"{quoted}\"]"
                )
            );
        }
    }

    #[test]
    fn what_is_not_complete_is_refused() {
        for (text, expected) in [
            ("", "there is nothing to run; write a program and its arguments"),
            ("''", "there is nothing to run; write a program and its arguments"),
            ("a 'b", "a quotation mark is not closed: a 'b"),
            ("a \"b", "a quotation mark is not closed: a \"b"),
            ("a \\", "a backslash stands at the end: a \\"),
        ] {
            assert_eq!(text.parse::<CommandLine>().unwrap_err(), expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(words in proptest::collection::vec("[^\\x00]{0,6}", 1..4)) {
            if let Ok(command) = CommandLine::new(words) {
                let is_assignment = command.words()[0].contains('=');
                prop_assume!(!is_assignment);
                prop_assert_eq!(command.to_string().parse::<CommandLine>(), Ok(command));
            }
        }

        #[test]
        fn any_text_is_split_or_refused(text in ".{0,40}") {
            let _ = text.parse::<CommandLine>();
        }
    }
}
