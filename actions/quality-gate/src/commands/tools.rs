//! Tools that write a report when they are told to, so that a script proves its work without a word of policy.

use std::path::Path;

use ops_core::policy::CommandLine;
use ops_formats::Format;

use crate::gate::Proof;

/// A tool that a script runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// `bun test`
    Bun,
    Eslint,
    Jest,
    Mocha,
    /// `node --test`, and what hands its arguments on to it
    Node,
    Playwright,
    Vitest,
}

/// What makes a tool write its report.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// Arguments, which come last.
    pub(crate) arguments: Vec<String>,
    /// Variables.
    pub(crate) variables: Vec<(&'static str, String)>,
}

impl Tool {
    const ALL: [Self; 7] =
        [Self::Bun, Self::Eslint, Self::Jest, Self::Mocha, Self::Node, Self::Playwright, Self::Vitest];

    /// The tool that a script consists of. None where it is another, where a shell puts several together, or where it is
    /// told already how to write.
    pub(crate) fn of_script(text: &str) -> Option<Self> {
        let line: CommandLine = without_assignments(text).parse().ok()?;
        let tool = Self::of_line(&line)?;
        let has_options = tool == Self::Node && text.contains(NODE_OPTIONS);
        (!has_options).then_some(tool)
    }

    /// The same of a program and its arguments.
    pub(crate) fn of_line(line: &CommandLine) -> Option<Self> {
        let words: Vec<&str> = line.words().iter().map(String::as_str).collect();
        let words = without_launchers(&words);
        let tool = Self::of_words(words)?;
        let is_told = |word: &&str| tool.own().iter().any(|flag| word == flag || word.starts_with(&format!("{flag}=")));
        // What stands behind `--` is no option any more, and nothing that is appended would be one.
        let is_fixed = words.iter().any(|word| *word == "--" || is_told(word));
        (!is_fixed).then_some(tool)
    }

    fn of_words(words: &[&str]) -> Option<Self> {
        match words {
            ["bun", "test", ..] => Some(Self::Bun),
            ["eslint", ..] => Some(Self::Eslint),
            ["jest", ..] => Some(Self::Jest),
            ["mocha", ..] => Some(Self::Mocha),
            ["node" | "tsx", rest @ ..] if rest.contains(&"--test") => Some(Self::Node),
            // As Jest's documentation says for modules: `node --experimental-vm-modules node_modules/jest/bin/jest.js`.
            ["node", rest @ ..] => {
                let program = rest.iter().find(|word| !word.starts_with('-'))?;
                [("jest", Self::Jest), ("mocha", Self::Mocha)].into_iter().find_map(|(name, tool)| {
                    let endings =
                        [format!("{name}/bin/{name}.js"), format!("{name}/bin/{name}"), format!(".bin/{name}")];
                    endings.iter().any(|ending| program.ends_with(ending)).then_some(tool)
                })
            }
            ["playwright", "test", ..] => Some(Self::Playwright),
            ["vitest", ..] => Some(Self::Vitest),
            _ => None,
        }
    }

    /// The options by which a script tells it already how to write.
    fn own(self) -> &'static [&'static str] {
        match self {
            Self::Bun => &["--reporter", "--reporter-outfile"],
            Self::Eslint => &["-f", "--format", "-o", "--output-file"],
            Self::Jest => &["--json", "--outputFile", "--reporters"],
            Self::Mocha => &["-R", "--reporter", "-O", "--reporter-option", "--reporter-options"],
            Self::Node => &["--test-reporter", "--test-reporter-destination"],
            Self::Playwright => &["--reporter"],
            Self::Vitest => &["--reporter", "--reporters", "--outputFile"],
        }
    }

    /// What its report is written in.
    pub(crate) fn format(self) -> Format {
        match self {
            Self::Bun | Self::Mocha | Self::Node => Format::Junit,
            Self::Eslint => Format::Eslint,
            Self::Jest => Format::Jest,
            Self::Playwright => Format::Playwright,
            Self::Vitest => Format::Vitest,
        }
    }

    /// What makes it write its report to `path`. `node_options` is what the variable of that name holds now.
    pub(crate) fn told(self, path: &Path, node_options: &str) -> Words {
        let path = path.to_string_lossy().into_owned();
        let arguments = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let only = |words: &[&str]| Words { arguments: arguments(words), ..Words::default() };
        match self {
            Self::Bun => only(&["--reporter=junit", &format!("--reporter-outfile={path}")]),
            Self::Eslint => only(&["--format", "json", "--output-file", &path]),
            Self::Jest => only(&["--json", &format!("--outputFile={path}")]),
            Self::Mocha => only(&["--reporter", "xunit", "--reporter-option", &format!("output={path}")]),
            // By the variable, since what stands behind a file's name is the file's and not Node.js's.
            Self::Node => {
                let destination = path.replace('\\', "\\\\").replace('"', "\\\"");
                let options = format!(
                    "{node_options} --test-reporter=spec --test-reporter-destination=stdout --test-reporter=junit \
                     \"--test-reporter-destination={destination}\""
                );
                Words { variables: vec![(NODE_OPTIONS, options.trim_start().to_owned())], ..Words::default() }
            }
            Self::Playwright => Words {
                arguments: arguments(&["--reporter=list,json"]),
                variables: vec![("PLAYWRIGHT_JSON_OUTPUT_NAME", path.clone()), ("PLAYWRIGHT_JSON_OUTPUT_FILE", path)],
            },
            Self::Vitest => only(&["--reporter=default", "--reporter=json", &format!("--outputFile.json={path}")]),
        }
    }

    /// What its report proves.
    pub(crate) fn proof(self) -> Proof {
        if self == Self::Eslint { Proof::Files } else { Proof::Tests }
    }

    /// What to write where a script that has such a tool in it cannot be told: in the script `name`, for the gate `id`.
    pub(crate) fn advice(text: &str, name: &str, id: &str, proof: Proof) -> Option<String> {
        let words: Vec<&str> = text.split([' ', '\t', '\n', ';', '&', '|', '(', ')']).collect();
        let begins_with =
            |tool: &Self| (0..words.len()).any(|at| words.get(at..).and_then(Self::of_words) == Some(*tool));
        let tool = Self::ALL.into_iter().filter(|tool| tool.proof() == proof).find(begins_with)?;
        let (program, told, file) = match tool {
            Self::Bun => ("bun test", "--reporter=junit --reporter-outfile=", "xml"),
            Self::Eslint => ("eslint", "--format json --output-file ", "json"),
            Self::Jest => ("jest", "--json --outputFile=", "json"),
            Self::Mocha => ("mocha", "--reporter xunit --reporter-option output=", "xml"),
            Self::Node => ("node --test", "--test-reporter=junit --test-reporter-destination=", "xml"),
            Self::Playwright => ("playwright test", "--reporter=json > ", "json"),
            Self::Vitest => ("vitest", "--reporter=json --outputFile=", "json"),
        };
        Some(format!(
            "write `{program} {told}{id}.{file}` in the script `{name}`, and `report = \"{id}.{file}\"` in [gates.{id}]"
        ))
    }
}

const NODE_OPTIONS: &str = "NODE_OPTIONS";

/// `CI=1 mocha` without the variables that it begins with.
fn without_assignments(text: &str) -> &str {
    let text = text.trim_start();
    match text.split_once([' ', '\t']) {
        Some((first, rest)) if is_assignment(first) && !first.contains(['"', '\'', '$', '`', '\\']) => {
            without_assignments(rest)
        }
        _ => text,
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_')
    })
}

/// A program without those before it that start it, and hand on the arguments that come last.
fn without_launchers<'w, 's>(words: &'w [&'s str]) -> &'w [&'s str] {
    let skip = |is_skipped: fn(&str) -> bool, rest: &'w [&'s str]| {
        let begin = rest.iter().position(|word| !is_skipped(word)).unwrap_or(rest.len());
        without_launchers(rest.get(begin..).unwrap_or_default())
    };
    match words {
        ["npx" | "bunx", rest @ ..] | ["pnpm" | "yarn", "exec", rest @ ..] | ["pnpm" | "yarn", rest @ ..] => {
            without_launchers(rest)
        }
        ["cross-env", rest @ ..] => skip(is_assignment, rest),
        ["c8" | "nyc", rest @ ..] => skip(|word| word.starts_with('-'), rest),
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Tool;
    use crate::gate::Proof;

    #[test]
    fn a_script_is_told_by_its_first_words() {
        for (text, tool) in [
            ("vitest run", Some(Tool::Vitest)),
            ("jest --ci", Some(Tool::Jest)),
            ("eslint . --max-warnings 0", Some(Tool::Eslint)),
            ("playwright test", Some(Tool::Playwright)),
            ("playwright show-report", None),
            ("eslint . && prettier --check .", None),
            ("mocha -f price", Some(Tool::Mocha)),
            ("mocha -R dot", None),
            ("node --test", Some(Tool::Node)),
            ("node --import tsx --test src/*.test.ts", Some(Tool::Node)),
            ("tsx --test", Some(Tool::Node)),
            ("node --test --test-reporter=tap", None),
            ("NODE_OPTIONS=--no-warnings node --test", None),
            ("node build.js", None),
            ("bun test", Some(Tool::Bun)),
            ("bun run test", None),
            ("vitest run --reporter=junit", None),
            ("eslint -f stylish .", None),
            ("jest -- src", None),
        ] {
            assert_eq!(Tool::of_script(text), tool, "{text}");
        }
    }

    #[test]
    fn what_only_starts_a_tool_is_passed_over() {
        for (text, tool) in [
            ("CI=1 TZ=UTC mocha", Some(Tool::Mocha)),
            ("NODE_OPTIONS=--experimental-vm-modules jest", Some(Tool::Jest)),
            ("node --experimental-vm-modules node_modules/jest/bin/jest.js --ci", Some(Tool::Jest)),
            ("cross-env NODE_ENV=test mocha", Some(Tool::Mocha)),
            ("c8 --all --reporter=lcov mocha", Some(Tool::Mocha)),
            ("c8 --reporter lcov mocha", None),
            ("npx vitest run", Some(Tool::Vitest)),
            ("pnpm vitest run", Some(Tool::Vitest)),
            ("yarn exec jest", Some(Tool::Jest)),
            ("pnpm test", None),
            ("A=$B mocha", None),
        ] {
            assert_eq!(Tool::of_script(text), tool, "{text}");
        }
    }

    #[test]
    fn node_is_told_by_its_variable_which_keeps_what_it_holds() {
        let words = Tool::Node.told(Path::new("/a \"b\"/unit"), "--no-warnings");
        assert_eq!(words.arguments, [""; 0]);
        assert_eq!(
            words.variables,
            [(
                "NODE_OPTIONS",
                "--no-warnings --test-reporter=spec --test-reporter-destination=stdout --test-reporter=junit \
                 \"--test-reporter-destination=/a \\\"b\\\"/unit\""
                    .to_owned()
            )]
        );
    }

    #[test]
    fn a_script_that_cannot_be_told_is_answered_with_what_to_write() {
        let advice = |text: &str| Tool::advice(text, "test", "unit", Proof::Tests);
        assert_eq!(
            advice("tsc && mocha dist").unwrap(),
            "write `mocha --reporter xunit --reporter-option output=unit.xml` in the script `test`, and `report = \"unit.xml\"` in [gates.unit]"
        );
        assert_eq!(
            advice("npm run build; node --test").unwrap(),
            "write `node --test --test-reporter=junit --test-reporter-destination=unit.xml` in the script `test`, and `report = \"unit.xml\"` in [gates.unit]"
        );
        assert_eq!(advice("ava"), None);
        assert_eq!(advice("eslint . && ava"), None);
        assert_eq!(
            Tool::advice("eslint . && prettier --check .", "lint", "lint", Proof::Files).unwrap(),
            "write `eslint --format json --output-file lint.json` in the script `lint`, and `report = \"lint.json\"` in [gates.lint]"
        );
    }
}
