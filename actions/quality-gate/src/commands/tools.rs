//! Tools that write a report when they are told to, so that a script proves its work without a word of policy.

use std::path::Path;

use ops_core::policy::CommandLine;
use ops_formats::Format;

/// A tool that a script runs, by its first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Eslint,
    Jest,
    Playwright,
    Vitest,
}

impl Tool {
    /// The tool that a script consists of. None where it is another, where a shell puts several together, or where it is
    /// told already how to write.
    pub(crate) fn of_script(text: &str) -> Option<Self> {
        let line: CommandLine = text.parse().ok()?;
        let words: Vec<&str> = line.words().iter().map(String::as_str).collect();
        let tool = match words.as_slice() {
            ["eslint", ..] => Self::Eslint,
            ["jest", ..] => Self::Jest,
            ["playwright", "test", ..] => Self::Playwright,
            ["vitest", ..] => Self::Vitest,
            _ => return None,
        };
        let told =
            ["-f", "--format", "-o", "--output-file", "--json", "--outputFile", "--reporter", "--reporters", "--"];
        let is_told =
            words.iter().any(|word| told.iter().any(|flag| word == flag || word.starts_with(&format!("{flag}="))));
        (!is_told).then_some(tool)
    }

    /// What its report is written in.
    pub(crate) fn format(self) -> Format {
        match self {
            Self::Eslint => Format::Eslint,
            Self::Jest => Format::Jest,
            Self::Playwright => Format::Playwright,
            Self::Vitest => Format::Vitest,
        }
    }

    /// The arguments and the variables that make it write its report to `path`.
    pub(crate) fn told(self, path: &Path) -> (Vec<String>, Vec<(&'static str, String)>) {
        let path = path.to_string_lossy().into_owned();
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match self {
            Self::Eslint => (words(&["--format", "json", "--output-file", &path]), Vec::new()),
            Self::Jest => (words(&["--json", &format!("--outputFile={path}")]), Vec::new()),
            Self::Playwright => (
                words(&["--reporter=list,json"]),
                vec![("PLAYWRIGHT_JSON_OUTPUT_NAME", path.clone()), ("PLAYWRIGHT_JSON_OUTPUT_FILE", path)],
            ),
            Self::Vitest => {
                (words(&["--reporter=default", "--reporter=json", &format!("--outputFile.json={path}")]), Vec::new())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Tool;

    #[test]
    fn a_script_is_told_by_its_first_words() {
        for (text, tool) in [
            ("vitest run", Some(Tool::Vitest)),
            ("jest --ci", Some(Tool::Jest)),
            ("eslint . --max-warnings 0", Some(Tool::Eslint)),
            ("playwright test", Some(Tool::Playwright)),
            ("playwright show-report", None),
            ("eslint . && prettier --check .", None),
            ("mocha", None),
            ("vitest run --reporter=junit", None),
            ("eslint -f stylish .", None),
        ] {
            assert_eq!(Tool::of_script(text), tool, "{text}");
        }
    }
}
