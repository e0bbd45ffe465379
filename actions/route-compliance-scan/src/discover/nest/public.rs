//! Marks that a guard looks for to let a request pass: `@Public()`.

use ops_typescript::module::{Expression, ExpressionId, Key, Name};
use ops_typescript::program::{At, Meaning, Program};

use super::super::chain::returns;
use super::decorator::Decorator;

/// How many classes a guard inherits from.
const DEPTH: u8 = 6;

/// What decorators set and guards ask for.
#[derive(PartialEq, Eq)]
enum Mark {
    Text(Name),
    Thing(At<ExpressionId>),
}

/// Whether one of the decorators makes a guard let the request pass.
pub(super) fn lets_pass(program: &Program, guard: At<ExpressionId>, decorators: &[&Decorator]) -> bool {
    let marks: Vec<Mark> = decorators.iter().filter_map(|one| mark_of(program, one.at)).collect();
    !marks.is_empty() && asks_for(program, guard, &marks, DEPTH)
}

/// The mark that a decorator sets, if by its name it opens something. `@Roles()` sets one that closes.
fn mark_of(program: &Program, decorator: At<ExpressionId>) -> Option<Mark> {
    let module = program.module(decorator.file);
    let callee = match module.expression(decorator.it) {
        Expression::Call(call) => decorator.with(call.callee),
        _ => decorator,
    };
    let text = program.text(callee.with(module.span(callee.it))).to_ascii_lowercase();
    let opens =
        ["public", "skip", "anonym", "noauth", "unauth", "optional", "allow", "open", "bypass", "without", "ignore"];
    if !opens.iter().any(|word| text.contains(word)) {
        return None;
    }
    if let Some(function) = super::function(program, callee) {
        let mut returned = Vec::new();
        returns(&program.module(function.file).function(function.it).body, &mut returned);
        return returned.into_iter().find_map(|one| set_by(program, function.with(one)));
    }
    match program.meaning(callee) {
        Meaning::Value(at) => set_by(program, at).or(Some(Mark::Thing(at))),
        _ => None,
    }
}

/// `SetMetadata(mark, true)`
fn set_by(program: &Program, value: At<ExpressionId>) -> Option<Mark> {
    let Meaning::Value(at) = program.meaning(value) else { return None };
    let module = program.module(at.file);
    let Expression::Call(call) = module.expression(at.it) else { return None };
    let callee = program.meaning(at.with(call.callee));
    let Meaning::Outside { path, .. } = callee else { return None };
    match path.last() {
        Some(Key::Property(name)) if name == "SetMetadata" => mark(program, at.with(call.arguments.first()?.value)),
        Some(Key::Property(name)) if name == "applyDecorators" => {
            call.arguments.iter().find_map(|one| set_by(program, at.with(one.value)))
        }
        _ => None,
    }
}

fn mark(program: &Program, value: At<ExpressionId>) -> Option<Mark> {
    match program.meaning(value) {
        Meaning::Value(at) => Some(match program.module(at.file).expression(at.it) {
            Expression::Text(text) => Mark::Text(text.clone()),
            _ => Mark::Thing(at),
        }),
        _ => None,
    }
}

/// Whether the class of a guard asks for one of the marks: `reflector.getAllAndOverride(mark, …)`.
fn asks_for(program: &Program, guard: At<ExpressionId>, marks: &[Mark], depth: u8) -> bool {
    let Meaning::Value(mut at) = program.meaning(guard) else { return false };
    if let Expression::Call(call) = program.module(at.file).expression(at.it) {
        match program.meaning(at.with(call.callee)) {
            Meaning::Value(made) => at = made,
            _ => return false,
        }
    }
    let module = program.module(at.file);
    let Expression::Class(class) = module.expression(at.it) else { return false };
    let around = module.span(at.it);
    let asks = module.expressions().any(|(id, expression)| {
        let Expression::Call(call) = expression else { return false };
        let span = module.span(id);
        if span.start < around.start || around.end < span.end {
            return false;
        }
        let Expression::Member { property, .. } = module.expression(call.callee) else { return false };
        let is_asked = matches!(property.as_str(), "get" | "getAll" | "getAllAndOverride" | "getAllAndMerge");
        let first = call.arguments.first().filter(|_| is_asked);
        first.and_then(|first| mark(program, at.with(first.value))).is_some_and(|mark| marks.contains(&mark))
    });
    asks || class.superclass.is_some_and(|parent| depth > 0 && asks_for(program, at.with(parent), marks, depth - 1))
}
