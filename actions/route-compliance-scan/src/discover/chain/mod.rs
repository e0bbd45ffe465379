//! Applications that are put together by calls: `app.use(…)`, `app.get(…)`, `app.route(…)`.
//!
//! What a framework's calls mean is its [`Dialect`]. Here stands what is common: which application a call is made on, in
//! which order the calls happen, how routers are put into each other, and which routes a middleware stands before.
//!
//! A middleware that may not be there (in an `if`, in a function that nobody is seen to call) stands only before routes that
//! are there under the same condition.

mod cover;
mod files;
mod index;
mod layout;
mod line;
mod path;
mod read;
mod receiver;
mod scope;
#[cfg(test)]
pub(super) mod testing;
mod text;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use ops_typescript::module::{BindingId, Call, Expression, ExpressionId, FunctionId, Name, Span};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

pub(super) use self::files::files;
use self::layout::Standing;
pub(super) use self::layout::{Conditions, returns};
pub(super) use self::path::{Pattern, Style};
pub(super) use self::scope::{Scope, Scoped};
use crate::routes::{Framework, Layer, LayerKind, Route};

/// What the calls of one framework mean.
pub(super) struct Dialect {
    pub(super) framework: Framework,
    /// The methods of an application that matter, those that only change its prefix among them.
    pub(super) verbs: &'static [&'static str],
    /// Those whose result is the application with a longer prefix: `basePath`, Express' `route`.
    pub(super) prefixing: &'static [&'static str],
    /// How paths are written.
    pub(super) style: Style,
    /// Whether a call of this makes an application.
    pub(super) constructs: fn(&Meaning, &Call) -> bool,
    /// Whether a parameter of this type, or without a type of this name, is an application.
    pub(super) is_app_type: fn(&str) -> bool,
    /// What one call does.
    pub(super) read: fn(&Engine<'_>, &Registration, &Scope) -> Vec<Event>,
    /// Whether a middleware also stands before the routes of its application that were registered earlier.
    pub(super) reaches_back: bool,
}

/// An application, or a router: where it is made, or the parameter that it comes in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Origin {
    Made(At<ExpressionId>),
    Parameter(At<BindingId>),
}

impl Origin {
    fn file(self) -> FileId {
        match self {
            Self::Made(at) => at.file,
            Self::Parameter(at) => at.file,
        }
    }
}

/// What a call is made on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Receiver {
    pub(super) origin: Origin,
    /// The calls that made its prefix longer.
    pub(super) prefixes: Vec<At<ExpressionId>>,
}

/// A call that is made on an application, or gets one.
#[derive(Debug, Clone)]
pub(super) struct Registration {
    pub(super) call: At<ExpressionId>,
    pub(super) what: Registered,
    /// The calls that made the application's prefix longer.
    pub(super) prefixes: Vec<At<ExpressionId>>,
    standing: Standing,
}

#[derive(Debug, Clone)]
pub(super) enum Registered {
    /// A method of the application is called.
    Verb(Name),
    /// A function gets the application as this parameter.
    Given(At<FunctionId>, usize),
}

/// What answers, and to what.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) methods: Vec<Name>,
    pub(super) paths: Vec<Pattern>,
    /// What stands between the path and the handler.
    pub(super) layers: Vec<Scoped>,
    /// None where the framework itself answers.
    pub(super) handler: Option<Scoped>,
    /// What it tells those that stand before it.
    pub(super) settings: Option<Scoped>,
    pub(super) place: At<Span>,
}

/// What one call does to the application.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// Answers.
    Route(Answer),
    /// Stands before what is registered later.
    Use {
        paths: Vec<Pattern>,
        values: Vec<Scoped>,
        /// The paths that it lets pass.
        except: Vec<Pattern>,
    },
    /// Takes in another router.
    Mount { path: Pattern, what: Scoped },
    /// Runs a function with this application, or with a child of it, as its first parameter.
    Plugin { path: Pattern, function: At<FunctionId>, arguments: Vec<Scoped>, is_child: bool },
    /// Happens in a child of its own.
    Child(Vec<Event>),
}

/// Reads the applications of one framework.
pub(super) struct Engine<'p> {
    pub(super) program: &'p Program,
    pub(super) dialect: &'p Dialect,
    receivers: RefCell<HashMap<At<ExpressionId>, Option<Receiver>>>,
    registrations: RefCell<BTreeMap<Origin, Rc<Vec<Registration>>>>,
    indexed: RefCell<BTreeSet<FileId>>,
}

impl<'p> Engine<'p> {
    /// All routes of the applications that are made in these files, or that come into them as typed parameters.
    pub(super) fn routes(program: &'p Program, dialect: &'p Dialect, files: &[FileId]) -> Vec<Route> {
        let engine = Self {
            program,
            dialect,
            receivers: RefCell::default(),
            registrations: RefCell::default(),
            indexed: RefCell::default(),
        };
        for file in files {
            engine.index(*file);
        }
        let mut routes = engine.all_lines();
        // Two applications that one function set up answer alike.
        let mut seen = BTreeSet::new();
        routes.retain(|route| {
            let layers: Vec<_> = route.layers.iter().map(|layer| engine.told_apart(layer)).collect();
            seen.insert((route.place, route.path.clone(), route.method.clone(), layers))
        });
        routes
    }

    /// What tells a layer from others: its place, or what is called with the application.
    fn told_apart(&self, layer: &Layer) -> (Option<At<ExpressionId>>, &str) {
        let module = self.program.module(layer.value.file);
        match (layer.kind, module.expression(layer.value.it)) {
            (LayerKind::Setup, Expression::Call(call)) => {
                (None, self.program.text(layer.value.with(module.span(call.callee))))
            }
            _ => (Some(layer.value), ""),
        }
    }
}
