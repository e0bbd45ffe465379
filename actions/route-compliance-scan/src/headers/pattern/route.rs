//! The set of paths that a route answers.

use super::{
    Automaton, PatternError,
    regex::{Node, Set, range, single},
};

/// Whether a route also answers with a `/` at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Slash {
    /// No: the framework redirects (Next.js).
    Never,
    /// Both ways (functions on Vercel).
    Optional,
}

/// What a path is made of after the browser's encoding, without `/`.
/// Source: <https://url.spec.whatwg.org/#path-percent-encode-set>.
const SEGMENT: Set = range('!', '~')
    & !(single('/') | single('#') | single('?') | single('\\') | single('"') | single('<') | single('>'))
    & !(single('`') | single('{') | single('}') | single('^'));

/// The paths of a route in normal form: `/api/{id}`, `/api/{rest+}`, `/api/{rest*}`, `/api/{id?}`, `/file.{type}`.
pub(crate) fn route(path: &str, slash: Slash) -> Result<Automaton, PatternError> {
    let mut nodes = Vec::new();
    let mut may_be_empty = true;
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let (node, is_optional) = segment(part);
        may_be_empty &= is_optional;
        nodes.push(node);
    }
    let nodes = Node::Sequence(nodes);
    let slash = match slash {
        Slash::Never => Node::Sequence(Vec::new()),
        Slash::Optional => optional(character('/')),
    };
    let whole = Node::Sequence(vec![nodes, slash]);
    if !may_be_empty {
        return Automaton::new(&whole);
    }
    // The empty path is written `/`.
    let something = Node::Ahead { node: Box::new(Node::Set(Set::MAX)), is_negative: false };
    Automaton::new(&Node::Choice(vec![character('/'), Node::Sequence(vec![something, whole])]))
}

/// How each path of the route begins: the parts before the first parameter.
pub(crate) fn literal(path: &str) -> &str {
    let Some((before, _)) = path.split_once('{') else { return path.trim_end_matches('/') };
    before.rsplit_once('/').map_or("", |(before, _)| before)
}

/// What follows in a path that begins so, with parameters that have no names: two of the same shape answer the same paths. None
/// where parts of the path are written in an unusual way.
pub(crate) fn shape(path: &str, literal: &str) -> Option<String> {
    let rest = path.strip_prefix(literal).filter(|_| path.is_ascii() && !path.contains("//"))?;
    let mut shape = String::with_capacity(rest.len());
    let mut is_name = false;
    for character in rest.chars() {
        is_name &= !matches!(character, '}' | '+' | '*' | '?');
        if !is_name {
            shape.push(character);
        }
        is_name |= character == '{';
    }
    // The path `/` is the one that the rest alone tells nothing of.
    Some(if literal.is_empty() { format!("/{shape}") } else { shape })
}

/// Whether nothing can follow such a shape's beginning but what [`rest`] holds.
pub(crate) fn is_of_segments(shape: &str) -> bool {
    let mut is_parameter = false;
    shape.chars().all(|character| {
        match character {
            '{' => is_parameter = true,
            '}' => is_parameter = false,
            _ => return is_parameter || character == '/' || SEGMENT & single(character) != 0,
        }
        true
    })
}

/// Segments of whatever number, and perhaps a `/` at the end: all that can follow the beginning of a route's paths.
pub(crate) fn rest(may_end_in_slash: bool) -> Result<Automaton, PatternError> {
    let text = Node::Repeat { node: Box::new(Node::Set(SEGMENT)), least: 1, most: None };
    let segment = Node::Sequence(vec![character('/'), text]);
    let segments = Node::Repeat { node: Box::new(segment), least: 0, most: None };
    let end = if may_end_in_slash { optional(character('/')) } else { Node::Sequence(Vec::new()) };
    Automaton::new(&Node::Sequence(vec![segments, end]))
}

/// One part between slashes, with the slash before it, and whether it may be left out.
fn segment(part: &str) -> (Node, bool) {
    let one = || Node::Sequence(vec![character('/'), parameter()]);
    match part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) if name.ends_with('+') => (Node::Repeat { node: Box::new(one()), least: 1, most: None }, false),
        Some(name) if name.ends_with('*') => (Node::Repeat { node: Box::new(one()), least: 0, most: None }, true),
        Some(name) if name.ends_with('?') => (optional(one()), true),
        Some(name) if !name.contains(['{', '}']) => (one(), false),
        _ => (Node::Sequence(vec![character('/'), mixed(part)]), false),
    }
}

/// Text with parameters in between: `{name}.json`.
fn mixed(part: &str) -> Node {
    let mut nodes = Vec::new();
    let mut rest = part;
    while let Some((text, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        nodes.extend(text.chars().map(character));
        nodes.push(Node::Repeat { node: Box::new(Node::Set(SEGMENT)), least: 1, most: None });
        rest = after;
    }
    nodes.extend(rest.chars().map(character));
    Node::Sequence(nodes)
}

/// Any text but `.` and `..`, which mean another folder.
fn parameter() -> Node {
    let dots =
        Node::Sequence(vec![character('.'), optional(character('.')), Node::Choice(vec![character('/'), Node::End])]);
    Node::Sequence(vec![
        Node::Ahead { node: Box::new(dots), is_negative: true },
        Node::Repeat { node: Box::new(Node::Set(SEGMENT)), least: 1, most: None },
    ])
}

fn optional(node: Node) -> Node {
    Node::Repeat { node: Box::new(node), least: 0, most: Some(1) }
}

fn character(character: char) -> Node {
    Node::Set(single(character))
}
