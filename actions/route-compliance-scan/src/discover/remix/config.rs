//! Routes that `app/routes.ts` names: `route("users/:id", "users/show.tsx", […])`, `index(…)`, `layout(…)`, `prefix(…)`.

use ops_typescript::module::{Argument, Expression, ExpressionId, Key};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use super::super::chain::{Pattern, Style};
use crate::routes::RoutePath;

/// How deep routes lie in routes.
const DEPTH: u8 = 16;

pub(super) fn file(program: &Program, app: &str) -> Option<FileId> {
    ["ts", "js", "mts", "mjs"].iter().find_map(|end| program.tree().find(&format!("{app}/routes.{end}")))
}

/// A route that is named there.
pub(super) struct Configured {
    pub(super) file: FileId,
    pub(super) path: RoutePath,
    /// The files of the routes and layouts that it lies in, the outermost first.
    pub(super) around: Vec<FileId>,
}

/// Nothing where there is no such file, or where it leaves it to the names of files.
pub(super) fn read(program: &Program, app: &str) -> Option<Vec<Configured>> {
    let file = file(program, app)?;
    let Meaning::Value(at) = program.meaning_of_export(file, "default") else { return None };
    let Expression::Array(items) = program.module(at.file).expression(at.it) else { return None };
    let mut reader = Reader { program, app, around: Vec::new(), found: Vec::new(), is_complete: true };
    reader.items(at.file, items, &Pattern::default(), DEPTH);
    (reader.is_complete || !reader.found.is_empty()).then_some(reader.found)
}

struct Reader<'p> {
    program: &'p Program,
    app: &'p str,
    around: Vec<FileId>,
    found: Vec<Configured>,
    is_complete: bool,
}

impl Reader<'_> {
    fn items(&mut self, file: FileId, items: &[Argument], base: &Pattern, depth: u8) {
        for item in items {
            self.item(At { file, it: item.value }, base, depth);
        }
    }

    fn item(&mut self, value: At<ExpressionId>, base: &Pattern, depth: u8) {
        let program = self.program;
        let at = match program.meaning(value) {
            Meaning::Value(at) if depth > 0 => at,
            _ => {
                self.is_complete = false;
                return;
            }
        };
        let call = match program.module(at.file).expression(at.it) {
            Expression::Array(items) => return self.items(at.file, items, base, depth - 1),
            Expression::Call(call) => call,
            _ => return self.is_complete = false,
        };
        let name = match program.meaning(at.with(call.callee)) {
            Meaning::Outside { path, .. } => match path.last() {
                Some(Key::Property(name)) => name.clone(),
                _ => return self.is_complete = false,
            },
            _ => return self.is_complete = false,
        };
        let texts: Vec<Option<String>> = call.arguments.iter().map(|one| self.text(at.with(one.value))).collect();
        let below = |text: &Option<String>| {
            let read = Pattern::read(text.as_deref().unwrap_or_default(), Style::WildcardMayBeEmpty);
            read.last().map_or_else(|| base.clone(), |path| path.below(base))
        };
        let (base, page) = match (name.as_str(), texts.as_slice()) {
            ("route", [path, page, ..]) => (below(path), page.clone()),
            ("index" | "layout", [page, ..]) => (base.clone(), page.clone()),
            ("prefix", [path, ..]) => (below(path), None),
            _ => return self.is_complete = false,
        };
        let above = self.around.len();
        if let Some(file) =
            page.and_then(|page| self.program.tree().find(&format!("{}/{}", self.app, page.trim_start_matches("./"))))
        {
            self.found.push(Configured { file, path: base.to_path(), around: self.around.clone() });
            self.around.push(file);
        }
        for (argument, _) in call.arguments.iter().zip(&texts).filter(|(_, text)| text.is_none()) {
            let inner = at.with(argument.value);
            if let Meaning::Value(list) = program.meaning(inner)
                && let Expression::Array(items) = program.module(list.file).expression(list.it)
            {
                self.items(list.file, items, &base, depth - 1);
            }
        }
        self.around.truncate(above);
    }

    fn text(&self, value: At<ExpressionId>) -> Option<String> {
        let Meaning::Value(at) = self.program.meaning(value) else { return None };
        match self.program.module(at.file).expression(at.it) {
            Expression::Text(text) => Some(text.to_string()),
            _ => None,
        }
    }
}
