//! Files that are read while others are still looked for. The rest is read when all are known, and which these are makes no
//! difference to any result.

use ops_typescript::module::Module;
use ops_typescript::parse::parse;
use ops_typescript::program::Program;
use ops_typescript::tree::{FileId, ReadError};
use rustc_hash::FxHashMap;

use super::{KEPT, Marks, is_code};

/// What was read of them.
#[derive(Default)]
pub(crate) struct Ahead {
    files: Vec<Read>,
}

struct Read {
    path: String,
    /// Where it is kept.
    text: Option<String>,
    marks: Marks,
    /// Where it is parsed whatever else there is.
    module: Option<Module>,
}

impl Ahead {
    /// Reads the file with this path, if it is code. One that cannot be read is left to whoever reads it next.
    pub(crate) fn read(&mut self, path: &str, text: impl FnOnce() -> Result<String, ReadError>) {
        if !is_code(path) {
            return;
        }
        let Ok(text) = text() else { return };
        let marks = Marks::of(&text);
        let module = marks.are_parsed(path).then(|| parse(path, &text));
        let is_kept = module.is_some() || text.len() <= KEPT;
        self.files.push(Read { path: path.to_owned(), text: is_kept.then_some(text), marks, module });
    }

    /// Hands over what was read, and tells the marks.
    pub(super) fn give(self, program: &Program) -> FxHashMap<FileId, Marks> {
        let give = |read: Read| {
            let file = program.tree().find(&read.path)?;
            if let Some(text) = read.text {
                program.keep(file, text, read.module);
            }
            Some((file, read.marks))
        };
        self.files.into_iter().filter_map(give).collect()
    }
}

#[cfg(test)]
mod tests {
    use ops_testing::TestDir;
    use ops_typescript::program::Program;
    use ops_typescript::tree::Tree;
    use proptest::prelude::*;

    use super::super::{KEPT, Purpose, Survey};
    use super::Ahead;
    use crate::discover::places::Places;

    /// What a survey tells of each file, where the files with a bit in `ahead` were read before.
    fn told(root: &std::path::Path, ahead: u32) -> Vec<String> {
        let program = Program::new(Tree::walk(root).unwrap());
        let mut read = Ahead::default();
        for (file, path) in program.tree().files() {
            if ahead >> file.index() & 1 == 1 {
                read.read(path, || program.tree().read(file));
            }
        }
        let survey = Survey::within(&program, Places::of(program.tree()), read, Purpose::Everything);
        let of = |(file, path)| {
            let is_unreadable = survey.unreadable.iter().any(|(unreadable, _)| *unreadable == file);
            let is_parsed = program.is_parsed(file);
            let text = program.source(file).len();
            format!("{path} {:?} {is_unreadable} {is_parsed} {text} {:?}", survey.marks_of(file), program.module(file))
        };
        program.tree().files().map(of).collect()
    }

    proptest! {
        #[test]
        fn whichever_files_are_read_ahead_the_survey_tells_the_same(ahead in 0_u32..512) {
            let long = format!("// {}\nimport express from 'express';\n", "a".repeat(KEPT));
            let folder = TestDir::of(&[
                ("actions.ts", "'use server';\nexport async function pay() {}\n"),
                ("app/api/a/route.ts", "export const GET = () => Response.json(1);\n"),
                ("broken.ts", "console.log(;\n"),
                ("long.ts", &long),
                ("package.json", "{ \"dependencies\": { \"next\": \"16.0.3\" } }"),
                ("plain.ts", "export const a = 1;\n"),
                ("read.test.ts", "console.log(process.env.A);\n"),
                ("reads.ts", "export const a = process.env.A;\n"),
            ]);
            folder.write("bytes.ts", [0xff, 0x00]);
            prop_assert_eq!(told(folder.path(), ahead), told(folder.path(), 0));
        }
    }

    #[test]
    fn what_is_parsed_in_any_case_is_parsed_ahead_and_a_long_text_is_not_kept() {
        let mut ahead = Ahead::default();
        let long = "a".repeat(KEPT + 1);
        for (path, text) in
            [("a.ts", "console.log(1)"), ("b.ts", "export const a = 1;"), ("c.md", "console.log(1)"), ("d.ts", &long)]
        {
            ahead.read(path, || Ok(text.to_owned()));
        }
        let told = |read: &super::Read| (read.path.clone(), read.text.is_some(), read.module.is_some());
        let read: Vec<_> = ahead.files.iter().map(told).collect();
        let of = |path: &str, is_kept, is_parsed| (path.to_owned(), is_kept, is_parsed);
        assert_eq!(read, [of("a.ts", true, true), of("b.ts", true, false), of("d.ts", false, false)]);
    }
}
