//! What a call does to the world, as far as its name tells. It decides what may happen before the guard is asked.

use ops_typescript::module::{Call, ClassMember, Expression, ExpressionId, Key, Module, Name, Source};
use ops_typescript::program::{At, Meaning};

use super::Prover;
use super::harmless::{
    OF_REQUESTS, OWN, changes_nothing, is_about_the_request, is_harmless, is_of_the_language, is_spelled_harmless,
    makes_a_tool, only_computes, opens_connection,
};
use super::verbs::{MAKES, OF_COLLECTIONS, READS, STATEMENTS, WRITES, WRITES_WITHIN, starts_with_one_of};

/// What a call does. Ordered by how much it matters that somebody was asked before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Effect {
    /// It computes, logs, reads the request or makes an answer.
    None,
    /// It reads something that belongs to somebody.
    Read,
    /// It changes something.
    Write,
}

impl Prover<'_> {
    /// The effect of a call that leads out of the repository, or that nobody can follow.
    pub(super) fn outside_effect(&self, call: At<ExpressionId>) -> Effect {
        let module = self.program.module(call.file);
        let Expression::Call(what) = module.expression(call.it) else { return Effect::None };
        let callee = call.with(what.callee);
        if what.is_new {
            return self.effect_of_making(callee);
        }
        let words = self.words(callee);
        let Some(last) = words.last() else { return Effect::None };
        if is_spelled_harmless(&words) || self.is_from_harmless(callee, 8) {
            return Effect::None;
        }
        if self.is_own(callee, &words) {
            return Effect::None;
        }
        let meaning = self.program.meaning(callee);
        match &meaning {
            Meaning::Global { name, .. } if name == "fetch" => return self.effect_of_fetch(call, what),
            Meaning::Global { name, .. } if is_of_the_language(name) => return Effect::None,
            Meaning::Parameter { .. } if words.len() == 1 => return Effect::None,
            Meaning::Outside { .. } if words.len() == 1 && makes_a_tool(last) => return Effect::None,
            Meaning::Part { path, .. } if path.is_empty() => return Effect::None,
            Meaning::Part { of, .. } if self.is_plain(*of) => return Effect::None,
            _ => {}
        }
        if is_replacement(module, what, last) {
            return Effect::None;
        }
        // The promise itself was looked at before.
        if matches!(last.as_str(), "then" | "catch" | "finally") {
            return Effect::None;
        }
        if self.changes(call, callee, &words, &meaning) {
            Effect::Write
        } else if is_about_the_request(last)
            || only_computes(last)
            || opens_connection(&words)
            || self.is_caught(callee)
        {
            Effect::None
        } else if self.is_dropped(call) && !changes_nothing(&words) {
            // Nobody waits for what is read without a use for it.
            Effect::Write
        } else {
            Effect::Read
        }
    }

    /// What is done to make an object of a class; nothing, where that is not of the repository.
    fn effect_of_making(&self, name: At<ExpressionId>) -> Effect {
        let Some(class) = self.class(name) else { return Effect::None };
        let work = || {
            let own = self.members(class).iter().filter(|member| !member.is_static);
            let values = own.filter_map(|member| Some((member, class.with(member.value?))));
            let most = values.map(|(member, value)| self.effect_of_member(member, value)).max();
            let above = match self.program.module(class.file).expression(class.it) {
                Expression::Class(declared) => declared.superclass.map(|above| class.with(above)),
                _ => None,
            };
            most.max(above.map(|above| self.effect_of_making(above))).unwrap_or(Effect::None)
        };
        self.reach.making.ask(class, || Effect::None, work)
    }

    /// What a constructor, or the initial value of a field, does.
    fn effect_of_member(&self, member: &ClassMember, value: At<ExpressionId>) -> Effect {
        if let Expression::Function(function) = self.program.module(value.file).expression(value.it) {
            return if member.is_constructor { self.effect(value.with(*function), self.hops) } else { Effect::None };
        }
        let effect = |(call, callee)| match self.function_of(callee) {
            Some(function) => self.effect(function, self.hops),
            None => self.outside_effect(call),
        };
        self.calls_in(value.with(self.span(value))).map(effect).max().unwrap_or(Effect::None)
    }

    /// Whether a value is written here, or made of what every runtime has: its methods only compute.
    fn is_plain(&self, value: At<ExpressionId>) -> bool {
        let module = self.program.module(value.file);
        match module.expression(value.it) {
            Expression::Text(_) | Expression::Number(_) | Expression::Regex(_) | Expression::Template { .. } => true,
            Expression::Call(call) => {
                call.is_new
                    && matches!(
                        module.expression(call.callee),
                        Expression::Global(name) if matches!(name.as_str(), "Date" | "RegExp" | "URL" | "TextEncoder")
                    )
            }
            _ => false,
        }
    }

    /// Whether a call says by its name that it only tells or computes.
    pub(super) fn is_told_harmless(&self, callee: At<ExpressionId>) -> bool {
        is_spelled_harmless(&self.words(callee))
    }

    /// Whether a method says by its name that it gets something out of a store: `store.get`.
    pub(super) fn reads_by_name(&self, callee: At<ExpressionId>) -> bool {
        let words = self.words(callee);
        let [of @ .., last] = &*words else { return false };
        let is_request = |word: &Name| OF_REQUESTS.contains(&word.as_str());
        !of.is_empty() && !of.iter().any(is_request) && starts_with_one_of(last, &READS)
    }

    fn changes(&self, call: At<ExpressionId>, callee: At<ExpressionId>, words: &[Name], meaning: &Meaning) -> bool {
        if self.is_changing_statement(call, callee) {
            return true;
        }
        let Some(last) = words.last() else { return false };
        if opens_connection(words) || last.ends_with("Listener") {
            return false;
        }
        if WRITES_WITHIN.iter().any(|word| last.contains(word)) {
            return true;
        }
        if !starts_with_one_of(last, &WRITES) {
            return false;
        }
        let is_of_collections = OF_COLLECTIONS.contains(&last.as_str());
        if is_of_collections && (last == "push" || self.is_collection(callee, words)) {
            return false;
        }
        self.is_settled(call)
            || words.len() > 2
            || (matches!(meaning, Meaning::Outside { .. }) && !starts_with_one_of(last, &MAKES))
    }

    /// `sql`delete from …``, `pool.query("DELETE …")`
    fn is_changing_statement(&self, call: At<ExpressionId>, callee: At<ExpressionId>) -> bool {
        let module = self.program.module(call.file);
        let (whole, name) = (module.span(call.it), module.span(callee.it));
        let given = self.program.source(call.file).get(name.end as usize..whole.end as usize).unwrap_or_default();
        let quoted = given.trim_start_matches(|one: char| one == '(' || one.is_whitespace());
        let Some(text) = quoted.strip_prefix(['`', '"', '\'']) else { return false };
        let first: String = text.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
        let rest = text.trim_start().get(first.len()..).unwrap_or_default();
        rest.starts_with(char::is_whitespace) && STATEMENTS.contains(&first.to_ascii_lowercase().as_str())
    }

    fn effect_of_fetch(&self, call: At<ExpressionId>, what: &Call) -> Effect {
        let module = self.program.module(call.file);
        let method = what.arguments.iter().find_map(|argument| match module.expression(argument.value) {
            Expression::Object(properties) => properties
                .iter()
                .find(|one| matches!(&one.key, Some(Key::Property(name)) if name == "method"))
                .map(|one| module.expression(one.value)),
            _ => None,
        });
        match method {
            None => Effect::Read,
            Some(Expression::Text(text)) if matches!(text.as_str(), "GET" | "HEAD" | "get" | "head") => Effect::Read,
            Some(_) => Effect::Write,
        }
    }

    /// Whether a handler's own parameter offers what is called.
    pub(super) fn is_of_handler(&self, callee: At<ExpressionId>) -> bool {
        self.is_own(callee, &self.words(callee))
    }

    /// Whether a handler's own parameter offers it, also in a chain of calls: `res.status(200).json`.
    fn is_own(&self, mut callee: At<ExpressionId>, words: &[Name]) -> bool {
        let module = self.program.module(callee.file);
        let mut next = callee.it;
        loop {
            next = match module.expression(next) {
                Expression::Member { object, .. } | Expression::Await(object) => *object,
                Expression::Call(call) => {
                    callee.it = call.callee;
                    call.callee
                }
                _ => break,
            };
        }
        if !words.first().is_some_and(|first| OWN.contains(&first.as_str())) {
            return false;
        }
        match self.program.meaning(callee) {
            Meaning::Parameter { path, .. } => path.len() < 2 || path.first().is_some_and(is_part_of_request),
            _ => false,
        }
    }

    /// Whether it is a method of a caught error, which makes something of what it holds: `error.toResponse`.
    fn is_caught(&self, callee: At<ExpressionId>) -> bool {
        let module = self.program.module(callee.file);
        let Expression::Member { object, .. } = module.expression(callee.it) else { return false };
        let Expression::Binding(of) = module.expression(*object) else { return false };
        let of = module.binding(*of);
        // Enums and namespaces are written with a capital.
        matches!(of.source, Source::Unknown) && !of.name.starts_with(char::is_uppercase)
    }

    /// Whether what is called belongs to a `Map`, a `Set`, headers or an address.
    fn is_collection(&self, callee: At<ExpressionId>, words: &[Name]) -> bool {
        if words.iter().any(|word| OF_REQUESTS.contains(&word.as_str())) {
            return true;
        }
        let Expression::Member { object, .. } = self.program.module(callee.file).expression(callee.it) else {
            return false;
        };
        match self.program.meaning(callee.with(*object)) {
            Meaning::Value(of) => match self.program.module(of.file).expression(of.it) {
                Expression::Array(_) | Expression::Object(_) => true,
                Expression::Call(call) => {
                    call.is_new
                        && matches!(
                            self.program.module(of.file).expression(call.callee),
                            Expression::Global(name) if is_of_the_language(name)
                        )
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether somebody gets what a call promises: it is waited for, or returned.
    fn is_settled(&self, call: At<ExpressionId>) -> bool {
        let start = self.program.module(call.file).span(call.it).start as usize;
        let before = self.program.source(call.file).get(..start).unwrap_or_default().trim_end();
        ["await", "return", "void", "=>"].iter().any(|word| before.ends_with(word)) || self.is_among_promises(call)
    }

    /// Whether what is called comes from a package that only computes, also as a method of what came out of it:
    /// `createHash("sha256").update(text)`.
    fn is_from_harmless(&self, callee: At<ExpressionId>, depth: u8) -> bool {
        let next = match self.program.meaning(callee) {
            Meaning::Outside { specifier, .. } => return is_harmless(&specifier),
            Meaning::Global { name, .. } => return name == "crypto",
            Meaning::Value(of) | Meaning::Part { of, .. } if depth > 0 => of,
            _ => return false,
        };
        match self.program.module(next.file).expression(next.it) {
            Expression::Call(call) => self.is_from_harmless(next.with(call.callee), depth - 1),
            _ => false,
        }
    }

    /// The names that a callee is spelled with: `prisma`, `user`, `create`.
    fn words(&self, callee: At<ExpressionId>) -> Vec<Name> {
        let module = self.program.module(callee.file);
        let mut words = Vec::new();
        let mut next = callee.it;
        loop {
            match module.expression(next) {
                Expression::Member { object, property } => {
                    words.push(property.clone());
                    next = *object;
                }
                Expression::Call(call) => next = call.callee,
                Expression::Await(inner) => next = *inner,
                Expression::Binding(binding) => {
                    words.push(module.binding(*binding).name.clone());
                    break;
                }
                Expression::Global(name) => {
                    words.push(name.clone());
                    break;
                }
                _ => break,
            }
        }
        words.reverse();
        words
    }
}

/// `headers` of `request.headers.get`, `req` of `context.req.valid`
fn is_part_of_request(key: &Key) -> bool {
    const PARTS: [&str; 5] = ["nextUrl", "req", "request", "res", "response"];
    matches!(key, Key::Property(name) if PARTS.contains(&name.as_str()) || OF_REQUESTS.contains(&name.as_str()))
}

/// `text.replace(/a/, "b")`
fn is_replacement(module: &Module, call: &Call, name: &str) -> bool {
    let [pattern, _] = &*call.arguments else { return false };
    matches!(name, "replace" | "replaceAll")
        && matches!(
            module.expression(pattern.value),
            Expression::Text(_) | Expression::Regex(_) | Expression::Template { .. }
        )
}
