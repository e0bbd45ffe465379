//! Paths that are put together: templates, sums, constants of other files.

use ops_typescript::module::{Expression, Key, Logical, Name};
use ops_typescript::program::Meaning;

use super::path::HOLE;
use super::{Engine, Pattern, Scope, Scoped};

/// How deep texts are put together.
const DEPTH: u8 = 8;

impl Engine<'_> {
    /// The text, if all of it is known.
    pub(in super::super) fn text(&self, value: &Scoped) -> Option<Name> {
        let text = self.written(value, DEPTH)?;
        (!text.contains(HOLE.0)).then(|| text.into())
    }

    /// The paths that a value stands for, where it may be one: a text, a pattern, or several.
    pub(in super::super) fn paths(&self, value: &Scoped) -> Option<Vec<Pattern>> {
        if let Some((at, expression, scope)) = self.expression(value) {
            match expression {
                Expression::Regex(written) => return Some(vec![Pattern::expression(written)]),
                Expression::Array(items) => {
                    let texts = items.iter().map(|item| self.paths(&scope.see(at.with(item.value))));
                    let texts: Option<Vec<Vec<Pattern>>> = texts.collect();
                    return texts.filter(|texts| !texts.is_empty()).map(|texts| texts.concat());
                }
                _ => {}
            }
        }
        let text = self.written(value, DEPTH)?;
        Some(Pattern::read(&text, self.dialect.style))
    }

    /// The paths that a value stands for that can be nothing else.
    pub(in super::super) fn certain_paths(&self, value: &Scoped) -> Vec<Pattern> {
        self.paths(value).unwrap_or_else(|| Pattern::read(&self.hole(value), self.dialect.style))
    }

    /// Nothing for what is no text. Unknown parts are marked.
    fn written(&self, value: &Scoped, depth: u8) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let (at, expression, scope) = match self.meaning(value) {
            (Meaning::Value(at), scope) => (at, self.program.module(at.file).expression(at.it), scope),
            (meaning, _) => return is_named_like_path(&meaning).then(|| self.hole(value)),
        };
        let inner = |id| self.written(&scope.see(at.with(id)), depth);
        match expression {
            Expression::Text(text) => Some(text.to_string()),
            Expression::Number(number) => Some(number.to_string()),
            Expression::Template { texts, holes } => {
                let mut written = String::new();
                for (number, text) in texts.iter().enumerate() {
                    written.push_str(text);
                    if let Some(hole) = holes.get(number) {
                        written.push_str(&inner(*hole).unwrap_or_else(|| self.hole(&scope.see(at.with(*hole)))));
                    }
                }
                Some(written)
            }
            Expression::Binary { operator: "+", left, right } => match (inner(*left), inner(*right)) {
                (None, None) => None,
                (left_text, right_text) => {
                    let left_text = left_text.unwrap_or_else(|| self.hole(&scope.see(at.with(*left))));
                    Some(left_text + &right_text.unwrap_or_else(|| self.hole(&scope.see(at.with(*right)))))
                }
            },
            Expression::Logical { operator: Logical::Or | Logical::Coalesce, left, right } => {
                let left = inner(*left).filter(|text| !text.contains(HOLE.0));
                left.or_else(|| inner(*right))
            }
            Expression::Conditional { then, otherwise, .. } => {
                let (then, otherwise) = (inner(*then)?, inner(*otherwise)?);
                Some(if then == otherwise { then } else { self.hole(value) })
            }
            _ => None,
        }
    }

    /// A part that nobody knows, by the name that stands there.
    fn hole(&self, value: &Scoped) -> String {
        let module = self.program.module(value.at.file);
        let text = self.program.text(value.at.with(module.span(value.at.it)));
        let name: String = match text.len() {
            0..=40 => text.chars().filter(|one| one.is_alphanumeric() || "_.".contains(*one)).collect(),
            _ => "unknown".to_owned(),
        };
        format!("{}{name}{}", HOLE.0, HOLE.1)
    }
}

/// Whether something unknown is called like a path, or comes from the environment.
fn is_named_like_path(meaning: &Meaning) -> bool {
    let path = match meaning {
        Meaning::Global { name, path } if name == "process" => return !path.is_empty(),
        Meaning::Part { path, .. }
        | Meaning::Parameter { path, .. }
        | Meaning::Outside { path, .. }
        | Meaning::Global { path, .. } => path,
        _ => return false,
    };
    let Some(Key::Property(name)) = path.last() else { return false };
    let name = name.to_ascii_lowercase();
    ["path", "prefix", "url", "route", "base", "endpoint"].iter().any(|word| name.ends_with(word))
}

impl Scope {
    /// Several expressions, seen from here.
    pub(in super::super) fn see_all<'a>(
        &'a self,
        file: ops_typescript::tree::FileId,
        all: impl IntoIterator<Item = ops_typescript::module::ExpressionId> + 'a,
    ) -> impl Iterator<Item = Scoped> + 'a {
        all.into_iter().map(move |it| self.see(ops_typescript::program::At { file, it }))
    }
}
