//! Parses every file of TypeScript and JavaScript below a folder once, with all cores, as the documentation of oxc does it: an arena
//! for each file, the parser, and the scopes that whoever follows names needs. What a scan is measured against.

use std::path::Path;
use std::process::ExitCode;

use ops_typescript::tree::{FileId, Tree};
use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;
use rayon::prelude::*;

/// As whom this is compared with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    let arena = Allocator::default();
    let parsed = Parser::new(&arena, &source, kind).parse();
    let scopes = SemanticBuilder::new().build(&parsed.program);
    std::hint::black_box(&scopes.semantic);
    source.len()
}
