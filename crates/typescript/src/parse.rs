//! Text to [`Module`].

use std::cell::RefCell;

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;

use crate::lower;
use crate::module::{Module, Span, SyntaxError};

/// An arena that grew larger than this, in bytes, is given back.
const KEPT: usize = 16 << 20;

thread_local! {
    static ARENA: RefCell<Allocator> = RefCell::new(Allocator::new());
}

/// Parses a file. The path's extension says what it is: `.ts .tsx .mts .cts .js .jsx .mjs .cjs`, or `.json`, whose value is
/// the default export. What cannot be parsed has errors, and nothing else.
#[must_use]
pub fn parse(path: &str, source: &str) -> Module {
    ARENA.with(|arena| match arena.try_borrow_mut() {
        Ok(mut arena) => {
            let module = parse_in(&arena, path, source);
            if arena.capacity() > KEPT {
                *arena = Allocator::new();
            } else {
                arena.reset();
            }
            module
        }
        Err(_) => parse_in(&Allocator::new(), path, source),
    })
}

fn parse_in(arena: &Allocator, path: &str, source: &str) -> Module {
    if u32::try_from(source.len()).is_err() {
        return refused("the file is larger than 4 GiB".to_owned(), Span::default());
    }
    let options =
        ParseOptions { allow_return_outside_function: true, preserve_parens: false, ..ParseOptions::default() };
    let diagnostics = if path.ends_with(".json") {
        let kind = SourceType::ts().with_script(true);
        match Parser::new(arena, source, kind).with_options(options).parse_expression() {
            Ok(value) => return lower::value(&value, source).unwrap_or_else(with_error),
            Err(diagnostics) => diagnostics,
        }
    } else {
        let Ok(kind) = SourceType::from_path(path) else {
            return refused("the file is neither TypeScript nor JavaScript".to_owned(), Span::default());
        };
        let kind = if kind.is_javascript() { kind.with_jsx(true) } else { kind };
        let parsed = Parser::new(arena, source, kind).with_options(options).parse();
        if !parsed.panicked && !parsed.diagnostics.has_errors() {
            let program = arena.alloc(parsed.program);
            let scoping = SemanticBuilder::new().build(program).semantic.into_scoping();
            return lower::module(program, &scoping).unwrap_or_else(with_error);
        }
        parsed.diagnostics
    };
    let mut errors = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics.errors() {
        let label = diagnostic.labels.first();
        let start = label.and_then(|label| u32::try_from(label.offset()).ok()).unwrap_or(0);
        let length = label.and_then(|label| u32::try_from(label.len()).ok()).unwrap_or(0);
        let span = Span { start, end: start.saturating_add(length) };
        errors.push(SyntaxError { message: diagnostic.message.to_string(), span });
    }
    if errors.is_empty() {
        return refused("the parser gave up".to_owned(), Span::default());
    }
    Module { errors, ..Module::default() }
}

fn refused(message: String, span: Span) -> Module {
    with_error(SyntaxError { message, span })
}

fn with_error(error: SyntaxError) -> Module {
    Module { errors: vec![error], ..Module::default() }
}
