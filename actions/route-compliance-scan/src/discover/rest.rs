//! Handlers that tell some methods apart and do something for all others, too: `if (request.method === "HEAD") return …; work();`.

use ops_typescript::module::{Expression, ExpressionId, FunctionId, Logical, Module, Source, Statement, StatementKind};
use ops_typescript::program::{At, Program};

use super::dispatch::is_method;

/// Whether a function that compares the request's method does anything but refuse for a method that it doesn't name.
pub(super) fn is_served(program: &Program, function: At<FunctionId>) -> bool {
    let module = program.module(function.file);
    let mut walk = Walk { program, module, function, has_asked: false, works: false };
    walk.statements(&module.function(function.it).body);
    walk.works
}

struct Walk<'p> {
    program: &'p Program,
    module: &'p Module,
    function: At<FunctionId>,
    /// What is done before the method is asked for concerns all methods.
    has_asked: bool,
    works: bool,
}

impl Walk<'_> {
    /// Walks the way of a method that nothing names; whether it ends here.
    fn statements(&mut self, statements: &[Statement]) -> bool {
        statements.iter().any(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &Statement) -> bool {
        match &statement.kind {
            StatementKind::If { test, then, otherwise } => match self.holds(*test) {
                Some(holds) => {
                    self.has_asked = true;
                    self.statements(if holds { then } else { otherwise })
                }
                None => {
                    self.look(*test);
                    let ends = self.statements(then);
                    self.statements(otherwise) && ends
                }
            },
            StatementKind::Switch { subject, cases } if is_method(self.program, self.function.with(*subject)) => {
                self.has_asked = true;
                let other = cases.iter().skip_while(|case| case.test.is_some());
                other.into_iter().any(|case| self.statements(&case.body))
            }
            StatementKind::Switch { subject, cases } => {
                self.look(*subject);
                for case in cases {
                    self.statements(&case.body);
                }
                false
            }
            StatementKind::Block(body) => self.statements(body),
            StatementKind::Loop { head, body, after, .. } => {
                head.iter().for_each(|one| self.look(*one));
                self.statements(body);
                after.iter().for_each(|one| self.look(*one));
                false
            }
            // What is done about an error is no service.
            StatementKind::Try { body, finalizer, .. } => self.statements(body) || self.statements(finalizer),
            StatementKind::Return(value) => {
                value.iter().for_each(|value| self.look(*value));
                true
            }
            StatementKind::Throw(_) => true,
            StatementKind::Expression(value) => {
                self.look(*value);
                false
            }
            StatementKind::Declare { value, .. } => {
                value.iter().for_each(|value| self.look(*value));
                false
            }
            StatementKind::Jump { .. } => false,
        }
    }

    /// What a condition is for a method that nothing names; none where it asks for something else.
    fn holds(&self, test: ExpressionId) -> Option<bool> {
        let is_method = |id: ExpressionId| is_method(self.program, self.function.with(id));
        match self.module.expression(test) {
            Expression::Not(inner) => self.holds(*inner).map(|holds| !holds),
            Expression::Logical { operator, left, right } => match (operator, self.holds(*left), self.holds(*right)) {
                (Logical::And, Some(false), _) | (Logical::And, _, Some(false)) => Some(false),
                (Logical::Or, Some(true), _) | (Logical::Or, _, Some(true)) => Some(true),
                (Logical::And, Some(true), Some(true)) => Some(true),
                (Logical::Or, Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Expression::Binary { operator, left, right } if is_method(*left) || is_method(*right) => match *operator {
                "===" | "==" => Some(false),
                "!==" | "!=" => Some(true),
                _ => None,
            },
            Expression::Call(call) => {
                let Expression::Member { property, .. } = self.module.expression(call.callee) else { return None };
                let asks = call.arguments.first().is_some_and(|argument| is_method(argument.value));
                (asks && matches!(property.as_str(), "includes" | "has")).then_some(false)
            }
            _ => None,
        }
    }

    /// Looks for work in an expression, once the method was asked for.
    fn look(&mut self, id: ExpressionId) {
        if !self.has_asked || self.works {
            return;
        }
        let around = self.module.span(id);
        self.works = self.module.expressions().any(|(inner, expression)| {
            let Expression::Call(call) = expression else { return false };
            around.contains(self.module.span(inner)) && !self.is_answer(call.callee, call.is_new)
        });
    }

    /// Whether a call only answers, refuses or tells: `response.status(405)`, `new Error()`, `Response.json()`, `console.log()`.
    fn is_answer(&self, callee: ExpressionId, is_new: bool) -> bool {
        match self.module.expression(callee) {
            Expression::Member { object, .. } | Expression::Index { object, .. } => self.is_answer(*object, is_new),
            Expression::Call(call) => self.is_answer(call.callee, is_new),
            Expression::Global(name) => {
                matches!(name.as_str(), "Response" | "console" | "JSON" | "Object" | "String" | "Date" | "Headers")
                    || name.ends_with("Error")
            }
            Expression::Binding(binding) => {
                let binding = self.module.binding(*binding);
                // The request and the response, as far as this function has them.
                let is_own =
                    matches!(&binding.source, Source::Parameter { function, .. } if *function == self.function.it);
                let name = binding.name.as_str();
                is_own || matches!(name, "NextResponse" | "logger" | "log") || is_new && name.ends_with("Error")
            }
            Expression::Array(_) | Expression::Text(_) | Expression::Template { .. } => true,
            _ => false,
        }
    }
}
