//! Guards that stand in a chain of calls before a handler: `base.use(guard).query(handler)`, `compose(log, guard)(handler)`.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use ops_typescript::module::{Call, Expression, ExpressionId, Key};
use ops_typescript::program::{At, Meaning, Trail};
use ops_typescript::tree::FileId;

use super::definition::Target;
use super::frame::Frame;
use super::show::Question;
use super::throws::last_name;
use super::{Prover, Step, fuel};

/// How long a chain is followed.
const DEPTH: u8 = 12;

/// A guard that is applied to what follows.
#[derive(Debug)]
pub(super) struct Applied {
    /// The hops to it.
    pub(super) steps: Vec<Step>,
    /// The option by which it lets anybody pass.
    pub(super) opened: Option<Step>,
}

impl Applied {
    fn plain(steps: Vec<Step>) -> Self {
        Self { steps, opened: None }
    }
}

impl Prover<'_> {
    /// The hops to a guard that a call applies: `guard(handler)`, `guard(options)(handler)`, `base.use(guard).query(handler)`,
    /// `compose(log, guard)(handler)`.
    pub(super) fn call_guard(&self, at: At<ExpressionId>, call: &Call, frame: &Frame, depth: u8) -> Option<Applied> {
        if !fuel::step() {
            return None;
        }
        let module = self.program.module(at.file);
        if let Some(steps) = self.as_guard(at.with(call.callee), frame) {
            self.note_around(at, call, frame);
            let opened = self.opened_by(at.with(()), call, frame).or_else(|| self.only_told(at.with(()), call));
            return Some(Applied { steps, opened });
        }
        if self.takes_guards(at.with(call.callee), frame, depth) {
            for argument in &call.arguments {
                if let Some(applied) = self.handed_over(at.with(argument.value), frame, depth) {
                    return Some(applied);
                }
            }
        }
        match module.expression(call.callee) {
            Expression::Member { property, .. } if lets_others_pass(property) => None,
            Expression::Member { property, .. } if matches!(property.as_str(), "reduce" | "reduceRight") => {
                self.folded(at, call, frame, depth)
            }
            Expression::Member { property, .. } if takes_from_list(property) => None,
            Expression::Member { object, property } => {
                let builds = self.as_guard(at.with(*object), frame).is_none() || is_builder_method(property);
                let applied = builds.then(|| self.chain_guard(at.with(*object), frame, depth + 1)).flatten()?;
                // `guard.bind(null, options)`
                let is_call = matches!(property.as_str(), "bind" | "call" | "apply");
                let opened = applied.opened.or_else(|| self.opened_by(at.with(()), call, frame).filter(|_| is_call));
                Some(Applied { opened, ..applied })
            }
            Expression::Call(_) => {
                let applied = self.chain_guard(at.with(call.callee), frame, depth + 1)?;
                self.note_around(at, call, frame);
                Some(Applied { opened: applied.opened.or_else(|| self.opened_by(at.with(()), call, frame)), ..applied })
            }
            _ => None,
        }
    }

    /// What a chain of calls and properties starts at: `base` of `base.use(guard).query`.
    pub(super) fn start(&self, mut chain: At<ExpressionId>) -> At<ExpressionId> {
        let module = self.program.module(chain.file);
        loop {
            chain.it = match module.expression(chain.it) {
                Expression::Member { object, .. } => *object,
                Expression::Call(call) => call.callee,
                _ => return chain,
            };
        }
    }

    /// Remembers what stands around a function: `guard(handler)`, `guard(options)(handler)`.
    fn note_around(&self, at: At<ExpressionId>, call: &Call, frame: &Frame) {
        let mut guard = call.callee;
        while let Expression::Call(inner) = self.program.module(at.file).expression(guard) {
            guard = inner.callee;
        }
        let Some(target) = Target::of(&self.program.meaning(at.with(guard))) else { return };
        if call.arguments.iter().any(|argument| self.holds_function(at.with(argument.value), frame, 0)) {
            self.around.remember(target);
        }
    }

    /// Whether a value is a function, is made of one, or has one in it. What a method makes of a function,
    /// `list.filter(one => …)`, is none.
    pub(super) fn holds_function(&self, value: At<ExpressionId>, frame: &Frame, depth: u8) -> bool {
        if depth > DEPTH || !fuel::step() {
            return false;
        }
        let (file, parts): (FileId, Vec<ExpressionId>) = match self.program.meaning(value) {
            Meaning::Function(_) => return true,
            Meaning::Parameter { binding, path } if path.is_empty() => {
                let Some((argument, caller)) = frame.argument(self.program, binding) else { return false };
                return self.holds_function(argument, &caller, depth + 1);
            }
            Meaning::Value(at) => {
                let module = self.program.module(at.file);
                let parts = match module.expression(at.it) {
                    Expression::Function(_) => return true,
                    Expression::Object(rows) => rows.iter().map(|row| row.value).collect(),
                    Expression::Array(items) => items.iter().map(|item| item.value).collect(),
                    Expression::Call(call) if !matches!(module.expression(call.callee), Expression::Member { .. }) => {
                        call.arguments.iter().map(|argument| argument.value).collect()
                    }
                    Expression::Conditional { then, otherwise, .. } => vec![*then, *otherwise],
                    _ => return false,
                };
                (at.file, parts)
            }
            _ => return false,
        };
        parts.into_iter().any(|it| self.holds_function(At { file, it }, frame, depth + 1))
    }

    /// The hops to the guard that a builder carries: `protectedProcedure`, `app.use(guard)`.
    pub(super) fn chain_guard(&self, expression: At<ExpressionId>, frame: &Frame, depth: u8) -> Option<Applied> {
        if depth > DEPTH {
            return None;
        }
        if let Some(steps) = self.as_guard(expression, frame) {
            return Some(Applied::plain(steps));
        }
        let mut trail = Trail::default();
        let at = match self.program.follow(expression, &mut trail) {
            Meaning::Value(at) | Meaning::Part { of: at, .. } => at,
            _ => return None,
        };
        match self.program.module(at.file).expression(at.it) {
            Expression::Call(call) => {
                let applied = self.call_guard(at, call, frame, depth + 1);
                let mut applied = applied.or_else(|| self.used(at, call, frame).map(Applied::plain))?;
                if at.file != expression.file
                    && let Some(hop) = trail.hops.first()
                {
                    applied.steps.insert(0, Step { what: format!("`{}`", hop.name), place: hop.at });
                }
                Some(applied)
            }
            Expression::Array(items) => {
                items.iter().find_map(|item| self.chain_guard(at.with(item.value), frame, depth + 1))
            }
            _ => None,
        }
    }

    /// A middleware of a builder that reaches a guard before it goes on: `base.use(async ({ next }) => …)`.
    fn used(&self, at: At<ExpressionId>, call: &Call, frame: &Frame) -> Option<Vec<Step>> {
        let Expression::Member { property, .. } = self.program.module(at.file).expression(call.callee) else {
            return None;
        };
        if !matches!(property.as_str(), "use" | "middleware" | "with" | "derive" | "resolve" | "onBeforeHandle") {
            return None;
        }
        let goes_on = matches!(property.as_str(), "derive" | "resolve" | "onBeforeHandle");
        let question = Question { method: None, always: true, goes_on, home: at.file };
        let mut trail = Trail::default();
        let given = self.given(at.file, &call.arguments, &[], frame, &mut trail);
        let shown = given.iter().map(|one| self.show_callable(one, question, &mut trail));
        shown.filter(|one| one.class.is_guarded()).map(|one| one.chain).next()
    }

    /// Whether something is taken to put before a handler the guards that it gets: it comes from outside of the repository, and
    /// its name says nothing else. What the repository defines is followed instead.
    fn takes_guards(&self, callee: At<ExpressionId>, frame: &Frame, depth: u8) -> bool {
        if depth > DEPTH {
            return false;
        }
        let meaning = self.program.meaning(callee);
        if last_name(&meaning).is_some_and(|name| lets_others_pass(&name)) {
            return false;
        }
        let module = self.program.module(callee.file);
        match module.expression(callee.it) {
            Expression::Binding(binding) if lets_others_pass(&module.binding(*binding).name) => return false,
            Expression::Member { property, .. } if lets_others_pass(property) => return false,
            _ => {}
        }
        match meaning {
            Meaning::Function(_) => false,
            Meaning::Value(at) => match self.program.module(at.file).expression(at.it) {
                Expression::Function(_) | Expression::Class(_) => false,
                Expression::Call(call) => self.takes_guards(at.with(call.callee), frame, depth + 1),
                Expression::Conditional { then, otherwise, .. } => {
                    [then, otherwise].into_iter().all(|side| self.takes_guards(at.with(*side), frame, depth + 1))
                }
                _ => true,
            },
            Meaning::Parameter { binding, path } if path.is_empty() => frame
                .argument(self.program, binding)
                .is_none_or(|(argument, caller)| self.takes_guards(argument, &caller, depth + 1)),
            _ => true,
        }
    }

    /// A guard that is handed over to something that puts it before a handler.
    fn handed_over(&self, argument: At<ExpressionId>, frame: &Frame, depth: u8) -> Option<Applied> {
        if depth > DEPTH {
            return None;
        }
        let module = self.program.module(argument.file);
        match module.expression(argument.it) {
            Expression::Binding(_) | Expression::Member { .. } => {
                self.as_guard(argument, frame).map(Applied::plain).or_else(|| match self.program.meaning(argument) {
                    Meaning::Value(at)
                        if matches!(self.program.module(at.file).expression(at.it), Expression::Array(_)) =>
                    {
                        self.handed_over(at, frame, depth + 1)
                    }
                    _ => None,
                })
            }
            Expression::Call(call) if self.has_no_function(argument.file, call) => {
                let steps = self.as_guard(argument.with(call.callee), frame)?;
                Some(Applied { steps, opened: self.opened_by(argument.with(()), call, frame) })
            }
            Expression::Array(items) => {
                items.iter().find_map(|item| self.handed_over(argument.with(item.value), frame, depth + 1))
            }
            Expression::Object(properties) => properties.iter().find_map(|property| {
                let Some(Key::Property(name)) = &property.key else { return None };
                if !is_place_for_guards(name) {
                    return None;
                }
                self.handed_over(argument.with(property.value), frame, depth + 1)
            }),
            _ => None,
        }
    }

    /// Whether a call gets no function: then it makes a guard, and is none around a handler.
    fn has_no_function(&self, file: FileId, call: &Call) -> bool {
        let module = self.program.module(file);
        !call.arguments.iter().any(|argument| matches!(module.expression(argument.value), Expression::Function(_)))
    }
}

/// Names of what lets pass some whom the guard in its hands would not.
fn lets_others_pass(name: &str) -> bool {
    let words = ["unless", "optional", "maybe", "skip", "except", "public", "anonymous", "without", "bypass"];
    let name = name.as_bytes();
    let starts = |word: &str| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()));
    words.into_iter().any(starts)
        || ["not", "open", "off"].into_iter().any(|word| name.eq_ignore_ascii_case(word.as_bytes()))
}

/// Methods of lists that may give something else than all that is in them.
fn takes_from_list(name: &str) -> bool {
    let names = ["at", "fill", "filter", "find", "findLast", "flatMap", "map", "pop", "shift", "slice", "splice"];
    names.contains(&name)
}

/// Methods of builders that keep the guards that the builder has.
fn is_builder_method(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let parts = ["action", "schema", "concat", "meta", "query", "mutation", "subscription", "procedure", "handle"];
    let names = [
        "use",
        "middleware",
        "with",
        "derive",
        "resolve",
        "input",
        "output",
        "errors",
        "route",
        "router",
        "extend",
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "options",
        "all",
        "prefix",
        "tag",
        "callable",
        "onerror",
        "onstart",
        "onsuccess",
        "oncomplete",
        "retry",
        "timeout",
        "bind",
        "call",
        "apply",
    ];
    names.contains(&name.as_str()) || parts.iter().any(|part| name.contains(part))
}

/// Names under which frameworks take what runs before a handler.
fn is_place_for_guards(name: &str) -> bool {
    const PARTS: [&str; 10] =
        ["middleware", "guard", "before", "prehandler", "onrequest", "hooks", "auth", "protect", "session", "use"];
    static FIND: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(PARTS).ok());
    FIND.as_ref().is_none_or(|find| find.is_match(name))
}
