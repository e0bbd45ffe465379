//! Text to [`Module`].

mod backtracking;
mod stack;

use std::cell::RefCell;
use std::iter;
use std::sync::OnceLock;
use std::thread;

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{SemanticBuilder, Stats};
use oxc_span::SourceType;
use rayon::{ThreadPool, ThreadPoolBuilder};

use self::stack::Stack;
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
            let module = parse_on(&mut arena, path, source);
            if arena.capacity() > KEPT {
                *arena = Allocator::new();
            } else {
                arena.reset();
            }
            module
        }
        Err(_) => parse_on(&mut Allocator::new(), path, source),
    })
}

/// Does work on threads that have room for parsing nearly any file; elsewhere larger files are parsed on threads of their own.
/// Also what the work does with rayon is done on them. They stay for the next such work, with the memory that they have.
pub fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    let build = || ThreadPoolBuilder::new().stack_size(stack::OURS).start_handler(|_| stack::is_ours()).build().ok();
    match POOL.get_or_init(build) {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

/// Whether the name of a file says that it is TypeScript or JavaScript. Such files say nothing of where modules lie.
pub(crate) fn is_code(path: &str) -> bool {
    SourceType::from_path(path).is_ok()
}

fn parse_on(arena: &mut Allocator, path: &str, source: &str) -> Module {
    match Stack::of(source) {
        Stack::Here => parse_in(arena, path, source),
        Stack::Own(bytes) => thread::scope(|scope| {
            let parser =
                thread::Builder::new().stack_size(bytes).spawn_scoped(scope, move || parse_in(arena, path, source));
            match parser.map(thread::ScopedJoinHandle::join) {
                Ok(Ok(module)) => module,
                Ok(Err(_)) => refused("the parser failed; this is a defect of the parser".to_owned()),
                Err(error) => refused(format!("there is no memory for parsing a file that may be this deep: {error}")),
            }
        }),
        Stack::TooMuch => refused("the file has so many brackets and operators that parsing it is not safe".to_owned()),
    }
}

fn parse_in(arena: &Allocator, path: &str, source: &str) -> Module {
    if u32::try_from(source.len()).is_err() {
        return refused("the file is larger than 4 GiB".to_owned());
    }
    let options =
        ParseOptions { allow_return_outside_function: true, preserve_parens: false, ..ParseOptions::default() };
    let diagnostics = if path.ends_with(".json") {
        let kind = SourceType::cjs().with_script(true);
        match Parser::new(arena, source, kind).with_options(options).parse_expression() {
            Ok(value) => return lower::value(&value, source).unwrap_or_else(with_error),
            Err(diagnostics) => Some(diagnostics),
        }
    } else {
        let Ok(kind) = SourceType::from_path(path) else {
            return refused("the file is neither TypeScript nor JavaScript".to_owned());
        };
        let kind = if kind.is_javascript() { kind.with_jsx(true) } else { kind };
        if kind.is_typescript() && !backtracking::is_bounded(source) {
            return refused(
                "the file nests so many `<` in brackets that may be types or comparisons that parsing it would not end"
                    .to_owned(),
            );
        }
        // Without an import or an export it is taken for a script first, where `for await` has no place.
        let as_module = kind.is_unambiguous().then(|| kind.with_module(true));
        let mut diagnostics = None;
        for kind in iter::once(kind).chain(as_module) {
            let parsed = Parser::new(arena, source, kind).with_options(options).parse();
            if !parsed.panicked && !parsed.diagnostics.has_errors() {
                let program = arena.alloc(parsed.program);
                let scoping = SemanticBuilder::new().with_stats(guess(source)).build(program).semantic.into_scoping();
                return lower::module(program, &scoping).unwrap_or_else(with_error);
            }
            diagnostics.get_or_insert(parsed.diagnostics);
        }
        diagnostics
    };
    let mut errors = Vec::new();
    if let Some(diagnostics) = diagnostics {
        for diagnostic in diagnostics.errors() {
            let mut span = Span::default();
            if let Some(label) = diagnostic.labels.first() {
                let start = label.offset();
                span = Span { start, end: start.saturating_add(label.len()) };
            }
            errors.push(SyntaxError { message: diagnostic.message.to_string(), span });
        }
    }
    if errors.is_empty() {
        return refused("the parser gave up".to_owned());
    }
    Module { errors, ..Module::default() }
}

/// About as many of each as code of this length has. Counting them takes a walk over the whole tree; a wrong guess only costs
/// an allocation.
fn guess(source: &str) -> Stats {
    let length = u32::try_from(source.len()).unwrap_or(u32::MAX);
    Stats::new(length / 8, length / 128, length / 96, length / 40)
}

fn refused(message: String) -> Module {
    with_error(SyntaxError { message, span: Span::default() })
}

fn with_error(error: SyntaxError) -> Module {
    Module { errors: vec![error], ..Module::default() }
}
