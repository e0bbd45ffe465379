//! Lines that GitHub takes for annotations, which some tools print in a workflow in place of what people read:
//! `::error file=a.ts,line=1,col=2,title=lint/rule::message`.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use ops_core::Severity;

use crate::{Region, text};

/// What such a line tells.
pub(crate) struct Annotation {
    pub(crate) severity: Severity,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) region: Option<Region>,
}

/// None where the line is none.
pub(crate) fn read(line: &str) -> Option<Annotation> {
    let (command, message) = line.strip_prefix("::")?.split_once("::")?;
    let (name, properties) = command.split_once(' ').unwrap_or((command, ""));
    let severity = match name {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        "notice" => Severity::Note,
        _ => return None,
    };
    let property = |name: &str| {
        let value = properties.split(',').find_map(|property| property.strip_prefix(name)?.strip_prefix('='));
        value.map(unescaped)
    };
    let number = |name: &str| property(name).and_then(|value| value.parse().ok()).unwrap_or_default();
    Some(Annotation {
        severity,
        title: property("title").unwrap_or_default(),
        message: unescaped(message),
        region: property("file").map(|file| Region {
            path: text::path(&file),
            start_line: number("line"),
            start_column: number("col"),
            end_line: number("endLine"),
            end_column: number("endColumn"),
        }),
    })
}

/// `%` last, so that what it escaped is not taken for another escape.
fn unescaped(value: &str) -> String {
    value.replace("%0A", "\n").replace("%0D", "\r").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
}
