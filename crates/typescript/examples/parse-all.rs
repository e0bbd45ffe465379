//! Parses every file of TypeScript and JavaScript below a folder once, with oxc's parser and all cores, and does nothing else:
//! what a scan is measured against.

use std::cell::RefCell;
use std::path::Path;
use std::process::ExitCode;

use ops_typescript::tree::{FileId, Tree};
use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;
use rayon::prelude::*;

thread_local! {
    static ARENA: RefCell<Allocator> = RefCell::new(Allocator::new());
}

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]
fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: parse-all FOLDER");
        return ExitCode::from(2);
    };
    let tree = match Tree::walk(Path::new(&folder)) {
        Ok(tree) => tree,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    let files: Vec<(FileId, SourceType)> =
        tree.files().filter_map(|(file, path)| Some((file, SourceType::from_path(path).ok()?))).collect();
    let bytes: usize = files.par_iter().map(|(file, kind)| parse(&tree, *file, *kind)).sum();
    println!("{} files, {bytes} bytes", files.len());
    ExitCode::SUCCESS
}

fn parse(tree: &Tree, file: FileId, kind: SourceType) -> usize {
    let Ok(source) = tree.read(file) else { return 0 };
    ARENA.with_borrow_mut(|arena| {
        let parsed = Parser::new(arena, &source, kind).parse();
        std::hint::black_box(&parsed.program);
        drop(parsed);
        arena.reset();
    });
    source.len()
}
