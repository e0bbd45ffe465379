//! Workflow commands as the runner reads them (actions/runner: ActionCommand.cs, ActionCommandManager.cs, OutputManager.cs).

use std::collections::BTreeMap;

/// The longest message of an annotation, in characters.
const LONGEST_MESSAGE: usize = 4096;

const NAMES: [&str; 16] = [
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "internal-set-repo-path",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
];

/// A command that the runner obeyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowCommand {
    /// The name in lower case.
    pub name: String,
    /// The properties, unescaped.
    pub properties: BTreeMap<String, String>,
    /// The data, unescaped.
    pub data: String,
    /// Whether it stood in the old form `##[name]data`, which is found anywhere in a line.
    pub legacy: bool,
}

/// How bad an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// `::error::`
    Error,
    /// `::warning::`
    Warning,
    /// `::notice::`
    Notice,
}

/// An annotation as the runner shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// How bad it is.
    pub level: Level,
    /// The message, cut at 4,096 characters.
    pub message: String,
    /// The title.
    pub title: Option<String>,
    /// The file, as written.
    pub file: Option<String>,
    /// The first line, from 1.
    pub line: Option<u32>,
    /// The last line.
    pub end_line: Option<u32>,
    /// The first column, from 1; dropped where the runner drops it.
    pub column: Option<u32>,
    /// The last column.
    pub end_column: Option<u32>,
}

impl Annotation {
    pub(super) fn of(command: &WorkflowCommand) -> Option<Self> {
        let level = match command.name.as_str() {
            "error" => Level::Error,
            "warning" => Level::Warning,
            "notice" => Level::Notice,
            _ => return None,
        };
        let text = |name: &str| command.properties.get(name).cloned();
        let number = |name: &str| text(name).and_then(|value| value.parse().ok());
        let (mut line, mut end_line) = (number("line"), number("endline"));
        let (mut column, mut end_column): (Option<u32>, Option<u32>) = (number("col"), number("endcolumn"));
        if line.is_none() {
            line = end_line;
        }
        if end_line.is_none() {
            end_line = line;
        }
        if line.is_none() || line != end_line {
            (column, end_column) = (None, None);
        }
        if column.is_none() {
            column = end_column;
        }
        Some(Self {
            level,
            message: command.data.chars().take(LONGEST_MESSAGE).collect(),
            title: text("title"),
            file: text("file"),
            line,
            end_line,
            column,
            end_column,
        })
    }
}

pub(super) fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<WorkflowCommand> {
    let mut obeyed = Vec::new();
    let mut stop_token: Option<String> = None;
    for line in lines {
        let Some(command) = modern(line, stop_token.as_deref()).or_else(|| legacy(line, stop_token.as_deref())) else {
            continue;
        };
        match &stop_token {
            Some(token) if command.name.eq_ignore_ascii_case(token) => stop_token = None,
            Some(_) => {}
            None => {
                if command.name == "stop-commands" {
                    stop_token = Some(command.data.clone());
                }
                obeyed.push(command);
            }
        }
    }
    obeyed
}

fn known(name: &str, stop_token: Option<&str>) -> bool {
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
        || stop_token.is_some_and(|token| token.eq_ignore_ascii_case(name))
}

fn modern(line: &str, stop_token: Option<&str>) -> Option<WorkflowCommand> {
    let (head, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    known(name, stop_token).then(|| WorkflowCommand {
        name: name.to_lowercase(),
        properties: pairs(properties, ',', &[("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]),
        data: unescape(data, &[("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]),
        legacy: false,
    })
}

fn legacy(line: &str, stop_token: Option<&str>) -> Option<WorkflowCommand> {
    const ESCAPES: [(&str, &str); 5] = [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%")];
    let (head, data) = line.split_once("##[")?.1.split_once(']')?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    known(name, stop_token).then(|| WorkflowCommand {
        name: name.to_lowercase(),
        properties: pairs(properties, ';', &ESCAPES),
        data: unescape(data, &ESCAPES),
        legacy: true,
    })
}

fn pairs(text: &str, separator: char, escapes: &[(&str, &str)]) -> BTreeMap<String, String> {
    text.trim()
        .split(separator)
        .filter_map(|pair| pair.split_once('='))
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.trim().to_lowercase(), unescape(value, escapes)))
        .collect()
}

fn unescape(text: &str, escapes: &[(&str, &str)]) -> String {
    escapes.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
