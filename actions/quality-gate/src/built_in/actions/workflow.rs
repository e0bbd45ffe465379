//! What a workflow, or an action that is made of steps, uses: actions, and runners.
//!
//! Source of the format: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax>.

use std::fmt;

use ops_core::Place;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

/// What one file uses, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Used {
    pub(crate) actions: Vec<Word>,
    /// Labels of runners. Where they are computed, the expression as it is written.
    pub(crate) runners: Vec<Word>,
}

/// A text of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) place: Place,
    /// The comment at the end of its line, without the sign.
    pub(crate) comment: String,
}

/// Reads a file.
///
/// # Errors
/// It is not YAML, or holds neither jobs nor steps where they belong.
pub(crate) fn read(path: &str, text: &str) -> Result<Used, String> {
    let file: Spanned<Node> = serde_saphyr::from_str(text).map_err(|error| {
        let reason = error.to_string();
        format!("{path} is not YAML: {}", reason.lines().next().unwrap_or_default())
    })?;
    let lines = lines(text);
    let mut reader = Reader { path, lines: &lines, used: Used::default() };
    let refused = |what: &str| format!("{path} has no {what}, so it cannot be read");
    if let Some(runs) = file.value.get("runs") {
        for step in runs.value.get("steps").into_iter().flat_map(|steps| steps.value.list()) {
            reader.action(step.value.get("uses"));
        }
        return Ok(reader.used);
    }
    let Some(Node::Map(jobs)) = file.value.get("jobs").map(|jobs| &jobs.value) else { return Err(refused("jobs")) };
    for (_, job) in jobs {
        reader.action(job.value.get("uses"));
        reader.runners(&job.value);
        for step in job.value.get("steps").into_iter().flat_map(|steps| steps.value.list()) {
            reader.action(step.value.get("uses"));
        }
    }
    Ok(reader.used)
}

/// A part of the file, each with its place.
#[derive(Debug, Clone)]
enum Node {
    Text(String),
    List(Vec<Spanned<Node>>),
    Map(Vec<(String, Spanned<Node>)>),
}

impl Node {
    fn get(&self, key: &str) -> Option<&Spanned<Node>> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    fn list(&self) -> &[Spanned<Node>] {
        match self {
            Self::List(list) => list,
            _ => &[],
        }
    }
}

struct Reader<'text> {
    path: &'text str,
    /// Each line as YAML counts them, with its number as git does.
    lines: &'text [(u32, &'text str)],
    used: Used,
}

impl Reader<'_> {
    fn action(&mut self, uses: Option<&Spanned<Node>>) {
        let Some(Spanned { value: Node::Text(text), .. }) = uses else { return };
        let word = uses.map(|uses| self.word(text, uses));
        self.used.actions.extend(word);
    }

    /// `runs-on` is a label, a list of them, or a group with labels.
    fn runners(&mut self, job: &Node) {
        let Some(on) = job.get("runs-on") else { return };
        let labels = match &on.value {
            Node::Map(_) => on.value.get("labels"),
            _ => Some(on),
        };
        let Some(labels) = labels else { return };
        let each = match &labels.value {
            Node::List(list) => list.iter().collect(),
            _ => vec![labels],
        };
        for label in each {
            let Node::Text(text) = &label.value else { continue };
            let known = matrix(job, text);
            for text in if known.is_empty() { vec![text.clone()] } else { known } {
                let word = self.word(&text, label);
                self.used.runners.push(word);
            }
        }
    }

    fn word(&self, text: &str, at: &Spanned<Node>) -> Word {
        let number = |number: u64| u32::try_from(number).unwrap_or(1).max(1);
        let (line, column) = (number(at.referenced.line()), number(at.referenced.column()));
        let index = usize::try_from(line).unwrap_or(1).saturating_sub(1);
        let (line, written) = self.lines.get(index).copied().unwrap_or((line, ""));
        let length = u32::try_from(text.chars().count()).unwrap_or(0);
        let place = Place {
            path: self.path.to_owned(),
            start_line: line,
            start_column: column,
            end_line: line,
            end_column: column.saturating_add(length),
        };
        let comment = written.split_once(" #").map_or("", |(_, comment)| comment).trim();
        Word { text: text.to_owned(), place, comment: comment.to_owned() }
    }
}

/// What `${{ matrix.KEY }}` stands for, where the matrix is written out.
fn matrix(job: &Node, text: &str) -> Vec<String> {
    let inner = text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).map(str::trim);
    let Some(key) = inner.and_then(|inner| inner.strip_prefix("matrix.")) else { return Vec::new() };
    let Some(matrix) = job.get("strategy").and_then(|strategy| strategy.value.get("matrix")) else {
        return Vec::new();
    };
    let texts = |node: &Spanned<Node>| match &node.value {
        Node::Text(text) => Some(text.clone()),
        _ => None,
    };
    let own = matrix.value.get(key).into_iter().flat_map(|list| list.value.list());
    let included = matrix.value.get("include").into_iter().flat_map(|list| list.value.list());
    let included = included.filter_map(|one| one.value.get(key));
    own.chain(included).filter_map(texts).collect()
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any part of a workflow")
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::List(Vec::new()))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::List(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(one) = access.next_element()? {
            list.push(one);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = access.next_entry::<Node, Spanned<Node>>()? {
            // Keys that are no text name nothing that is asked for.
            let key = if let Node::Text(key) = key { key } else { String::new() };
            entries.push((key, value));
        }
        Ok(Node::Map(entries))
    }
}

/// To YAML a carriage return alone ends a line, to git it is a part of one.
fn lines(text: &str) -> Vec<(u32, &str)> {
    let numbered = (1_u32..).zip(text.split('\n'));
    numbered
        .flat_map(|(number, line)| line.strip_suffix('\r').unwrap_or(line).split('\r').map(move |part| (number, part)))
        .collect()
}
