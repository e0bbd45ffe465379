//! In which order the calls of a file happen, and under which conditions.

use std::cell::OnceCell;
use std::collections::HashMap;

use ops_typescript::module::{Expression, ExpressionId, FunctionId, Module, Source, Span, Statement, StatementKind};

/// How many functions are seen through to the place of their call.
const DEPTH: u8 = 6;

/// When a call happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// The place in the order of its file.
    pub(super) position: ExpressionId,
    /// The regions that may not be executed.
    pub(super) conditions: Vec<Span>,
    /// The function and the list, where it happens once for each item: `list.forEach(function)`.
    pub(super) each: Option<(FunctionId, ExpressionId)>,
}

/// The regions of a file.
pub(super) struct Layout<'m> {
    module: &'m Module,
    functions: Nested<FunctionId>,
    conditions: Conditions,
    constructors: Vec<FunctionId>,
    /// `list.forEach(function)`: the call and the list.
    each: HashMap<FunctionId, (ExpressionId, ExpressionId)>,
    calls: OnceCell<HashMap<FunctionId, Vec<ExpressionId>>>,
}

impl<'m> Layout<'m> {
    pub(super) fn new(module: &'m Module) -> Self {
        let functions = Nested::new(module.functions().map(|(id, function)| (function.span, id)).collect());
        let mut constructors = Vec::new();
        let mut each = HashMap::new();
        for (id, expression) in module.expressions() {
            match expression {
                Expression::Class(class) => {
                    let made = class.members.iter().filter(|member| member.is_constructor).filter_map(|one| one.value);
                    constructors.extend(made.filter_map(|value| function_of(module, value)));
                }
                Expression::Call(call) => {
                    if let Expression::Member { object, property } = module.expression(call.callee)
                        && matches!(property.as_str(), "forEach" | "map")
                        && let Some(first) = call.arguments.first()
                        && let Some(function) = function_of(module, first.value)
                    {
                        each.insert(function, (id, *object));
                    }
                }
                _ => {}
            }
        }
        let conditions = Conditions::of(module);
        Self { module, functions, conditions, constructors, each, calls: OnceCell::new() }
    }

    /// The innermost function around a place.
    pub(super) fn function_around(&self, place: Span) -> Option<FunctionId> {
        self.functions.around(place).next().map(|(_, id)| id)
    }

    /// When a call happens, seen from the function `home` (none: the module itself).
    pub(super) fn standing(&self, call: ExpressionId, home: Option<FunctionId>) -> Standing {
        self.standing_within(call, home, DEPTH)
    }

    fn standing_within(&self, call: ExpressionId, home: Option<FunctionId>, depth: u8) -> Standing {
        let place = self.module.span(call);
        let around: Vec<(Span, FunctionId)> =
            self.functions.around(place).take_while(|(_, id)| Some(*id) != home).collect();
        let limit = home.map_or(Span { start: 0, end: u32::MAX }, |home| self.module.function(home).span);
        let Some((outermost, others)) = around.split_last() else {
            return Standing { position: call, conditions: self.conditions_in(limit, place), each: None };
        };
        let (span, function) = *outermost;
        let mut inner = self.conditions_in(span, place);
        inner.extend(others.iter().map(|(span, _)| *span));
        if self.constructors.contains(&function) {
            return Standing { position: call, conditions: inner, each: None };
        }
        let each = self.each.get(&function).copied();
        let at = match (each, self.calls().get(&function).map(Vec::as_slice)) {
            (Some((call, _)), _) => Some(call),
            (None, Some([call])) => Some(*call),
            _ => None,
        };
        let reached = at.filter(|at| depth > 0 && !span.contains(self.module.span(*at)));
        let Some(at) = reached.map(|at| self.standing_within(at, home, depth - 1)) else {
            let mut conditions = self.conditions_in(limit, span);
            conditions.push(span);
            conditions.extend(inner);
            return Standing { position: call, conditions, each: None };
        };
        let mut conditions = at.conditions;
        conditions.extend(inner);
        Standing { position: at.position, conditions, each: each.map(|(_, list)| (function, list)).or(at.each) }
    }

    fn conditions_in(&self, limit: Span, place: Span) -> Vec<Span> {
        self.conditions.around(place).filter(|span| limit.contains(*span)).collect()
    }

    /// The calls of each function of the file by its name, or where it stands.
    fn calls(&self) -> &HashMap<FunctionId, Vec<ExpressionId>> {
        self.calls.get_or_init(|| {
            let mut methods: HashMap<&str, Vec<FunctionId>> = HashMap::new();
            for (_, expression) in self.module.expressions() {
                let Expression::Class(class) = expression else { continue };
                for member in &class.members {
                    let function = member.value.and_then(|value| function_of(self.module, value));
                    if let (Some(name), Some(function)) = (&member.name, function) {
                        methods.entry(name).or_default().push(function);
                    }
                }
            }
            let mut found: HashMap<FunctionId, Vec<ExpressionId>> = HashMap::new();
            for (id, expression) in self.module.expressions() {
                let Expression::Call(call) = expression else { continue };
                let called = match self.module.expression(call.callee) {
                    Expression::Member { object, property }
                        if matches!(self.module.expression(*object), Expression::Global(this) if this == "this") =>
                    {
                        methods.get(property.as_str()).and_then(|all| <[FunctionId; 1]>::try_from(all.clone()).ok())
                    }
                    _ => function_of(self.module, call.callee).map(|function| [function]),
                };
                if let Some([function]) = called {
                    found.entry(function).or_default().push(id);
                }
            }
            found
        })
    }
}

/// The function that an expression of the file is, or names.
fn function_of(module: &Module, expression: ExpressionId) -> Option<FunctionId> {
    match module.expression(expression) {
        Expression::Function(function) => Some(*function),
        Expression::Binding(binding) => match &module.binding(*binding).source {
            Source::Function(function) => Some(*function),
            Source::Value { initial: Some(initial), path } if path.is_empty() => match module.expression(*initial) {
                Expression::Function(function) => Some(*function),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The regions of a file that may not be executed.
pub(in super::super) struct Conditions(Nested<()>);

impl Conditions {
    pub(in super::super) fn of(module: &Module) -> Self {
        let mut regions = Vec::new();
        conditional(&module.body, &mut regions);
        for (_, function) in module.functions() {
            conditional(&function.body, &mut regions);
        }
        for (_, expression) in module.expressions() {
            match expression {
                Expression::Conditional { then, otherwise, .. } => {
                    regions.extend([module.span(*then), module.span(*otherwise)]);
                }
                Expression::Logical { right, .. } => regions.push(module.span(*right)),
                _ => {}
            }
        }
        Self(Nested::new(regions.into_iter().map(|span| (span, ())).collect()))
    }

    /// Those around a place, innermost first.
    pub(in super::super) fn around(&self, place: Span) -> impl Iterator<Item = Span> {
        self.0.around(place).map(|(span, ())| span)
    }
}

/// The parts of statements that are not always executed.
fn conditional(body: &[Statement], found: &mut Vec<Span>) {
    for statement in body {
        match &statement.kind {
            StatementKind::If { then, otherwise, .. } => {
                found.extend([then, otherwise].into_iter().filter_map(|part| region(part)));
                conditional(then, found);
                conditional(otherwise, found);
            }
            StatementKind::Block(body) => conditional(body, found),
            StatementKind::Loop { body, .. } => {
                found.extend(region(body));
                conditional(body, found);
            }
            StatementKind::Switch { cases, .. } => {
                for case in cases {
                    found.extend(region(&case.body));
                    conditional(&case.body, found);
                }
            }
            StatementKind::Try { body, handler, finalizer } => {
                conditional(body, found);
                let handler = handler.as_deref().unwrap_or_default();
                found.extend(region(handler));
                conditional(handler, found);
                conditional(finalizer, found);
            }
            _ => {}
        }
    }
}

fn region(body: &[Statement]) -> Option<Span> {
    Some(Span { start: body.first()?.span.start, end: body.last()?.span.end })
}

/// The expressions that a function returns.
pub(in super::super) fn returns(body: &[Statement], found: &mut Vec<ExpressionId>) {
    for statement in body {
        match &statement.kind {
            StatementKind::Return(Some(value)) => found.push(*value),
            StatementKind::If { then, otherwise, .. } => {
                returns(then, found);
                returns(otherwise, found);
            }
            StatementKind::Block(body) => returns(body, found),
            StatementKind::Try { body, handler, .. } => {
                returns(body, found);
                returns(handler.as_deref().unwrap_or_default(), found);
            }
            _ => {}
        }
    }
}

/// Regions that lie in each other or apart.
struct Nested<T> {
    /// By start, the longer first; with the place of the next one around.
    regions: Vec<(Span, T, Option<usize>)>,
}

impl<T: Copy> Nested<T> {
    fn new(mut regions: Vec<(Span, T)>) -> Self {
        regions.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        let mut open: Vec<(usize, Span)> = Vec::new();
        let mut found = Vec::with_capacity(regions.len());
        for (number, (span, it)) in regions.into_iter().enumerate() {
            while open.last().is_some_and(|(_, around)| !around.contains(span)) {
                open.pop();
            }
            found.push((span, it, open.last().map(|(around, _)| *around)));
            open.push((number, span));
        }
        Self { regions: found }
    }

    /// All regions around a place, innermost first.
    fn around(&self, place: Span) -> impl Iterator<Item = (Span, T)> {
        let last = self.regions.partition_point(|(span, ..)| span.start <= place.start);
        let mut next = last.checked_sub(1);
        std::iter::from_fn(move || {
            let (span, it, around) = self.regions.get(next?)?;
            next = *around;
            Some((*span, *it))
        })
        .filter(move |(span, _)| span.contains(place))
    }
}
