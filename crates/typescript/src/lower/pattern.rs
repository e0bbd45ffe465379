use oxc_ast::ast;

use super::{Lowering, span};
use crate::module::{BindingId, Expression, ExpressionId, FunctionId, Key, Logical, Source, Span};

/// What is taken apart.
#[derive(Clone, Copy)]
pub(super) enum Whole {
    Value(Option<ExpressionId>),
    Parameter { function: FunctionId, index: u32 },
    Unknown,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) bindings: Vec<BindingId>,
    /// Defaults: evaluated where a part is missing.
    pub(super) defaults: Vec<ExpressionId>,
}

impl Lowering<'_> {
    pub(super) fn take_apart(&mut self, pattern: &ast::BindingPattern<'_>, whole: Whole) -> Parts {
        let mut parts = Parts::default();
        self.take_part(pattern, whole, &mut Vec::new(), &mut parts);
        parts
    }

    fn take_part(&mut self, pattern: &ast::BindingPattern<'_>, whole: Whole, path: &mut Vec<Key>, parts: &mut Parts) {
        match pattern {
            ast::BindingPattern::BindingIdentifier(name) => {
                let path = path.as_slice().into();
                let source = match whole {
                    Whole::Value(initial) => Source::Value { initial, path },
                    Whole::Parameter { function, index } => Source::Parameter { function, index, path },
                    Whole::Unknown => Source::Unknown,
                };
                parts.bindings.extend(self.declare(name, source));
            }
            pattern => {
                self.deeper(span(pattern), |inner| inner.take_parts(pattern, whole, path, parts));
            }
        }
    }

    fn take_parts(&mut self, pattern: &ast::BindingPattern<'_>, whole: Whole, path: &mut Vec<Key>, parts: &mut Parts) {
        let mut step = |inner: &mut Self, key: Key, pattern: &ast::BindingPattern<'_>| {
            path.push(key);
            inner.take_part(pattern, whole, path, parts);
            path.pop();
        };
        match pattern {
            ast::BindingPattern::BindingIdentifier(_) => {}
            ast::BindingPattern::ObjectPattern(object) => {
                for property in &object.properties {
                    let key = self.key(&property.key);
                    step(self, key, &property.value);
                }
                if let Some(rest) = &object.rest {
                    step(self, Key::Other, &rest.argument);
                }
            }
            ast::BindingPattern::ArrayPattern(array) => {
                for (index, element) in (0..).zip(&array.elements) {
                    if let Some(element) = element {
                        step(self, Key::Element(index), element);
                    }
                }
                if let Some(rest) = &array.rest {
                    step(self, Key::Other, &rest.argument);
                }
            }
            ast::BindingPattern::AssignmentPattern(assignment) => {
                let default = self.expression(&assignment.right);
                let default = self.sometimes(default, span(&**assignment));
                parts.defaults.push(default);
                match whole {
                    // The part, or else the default: neither alone is what the name stands for.
                    Whole::Value(_) => {
                        path.push(Key::Other);
                        self.take_part(&assignment.left, whole, path, parts);
                        path.pop();
                    }
                    Whole::Parameter { .. } | Whole::Unknown => {
                        self.take_part(&assignment.left, whole, path, parts);
                    }
                }
            }
        }
    }

    /// Something that is not always evaluated.
    fn sometimes(&mut self, right: ExpressionId, span: Span) -> ExpressionId {
        let left = self.other(Vec::new(), span);
        self.add(Expression::Logical { operator: Logical::Coalesce, left, right }, span)
    }

    pub(super) fn target(&mut self, target: &ast::AssignmentTarget<'_>) -> ExpressionId {
        if let Some(simple) = target.as_simple_assignment_target() {
            return self.simple_target(simple);
        }
        let around = span(target);
        let mut parts = Vec::new();
        self.deeper(around, |inner| inner.targets(target, &mut parts));
        self.other(parts, around)
    }

    fn targets(&mut self, target: &ast::AssignmentTarget<'_>, parts: &mut Vec<ExpressionId>) {
        let rest = match target {
            ast::AssignmentTarget::ArrayAssignmentTarget(array) => {
                for element in array.elements.iter().flatten() {
                    self.target_with_default(element, parts);
                }
                array.rest.as_ref()
            }
            ast::AssignmentTarget::ObjectAssignmentTarget(object) => {
                for property in &object.properties {
                    match property {
                        ast::AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(property) => {
                            parts.push(self.reference(&property.binding));
                            if let Some(default) = &property.init {
                                let default = self.expression(default);
                                parts.push(self.sometimes(default, span(&**property)));
                            }
                        }
                        ast::AssignmentTargetProperty::AssignmentTargetPropertyProperty(property) => {
                            self.key(&property.name);
                            self.target_with_default(&property.binding, parts);
                        }
                    }
                }
                object.rest.as_ref()
            }
            _ => None,
        };
        if let Some(rest) = rest {
            parts.push(self.target(&rest.target));
        }
    }

    fn target_with_default(&mut self, target: &ast::AssignmentTargetMaybeDefault<'_>, parts: &mut Vec<ExpressionId>) {
        match target {
            ast::AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(with_default) => {
                parts.push(self.target(&with_default.binding));
                let default = self.expression(&with_default.init);
                parts.push(self.sometimes(default, span(&**with_default)));
            }
            target => parts.extend(target.as_assignment_target().map(|target| self.target(target))),
        }
    }

    pub(super) fn simple_target(&mut self, target: &ast::SimpleAssignmentTarget<'_>) -> ExpressionId {
        match target {
            ast::SimpleAssignmentTarget::AssignmentTargetIdentifier(name) => self.reference(name),
            ast::SimpleAssignmentTarget::TSAsExpression(inner) => self.expression(&inner.expression),
            ast::SimpleAssignmentTarget::TSSatisfiesExpression(inner) => self.expression(&inner.expression),
            ast::SimpleAssignmentTarget::TSNonNullExpression(inner) => self.expression(&inner.expression),
            ast::SimpleAssignmentTarget::TSTypeAssertion(inner) => self.expression(&inner.expression),
            target => match target.as_member_expression() {
                Some(member) => self.member(member),
                None => self.other(Vec::new(), span(target)),
            },
        }
    }
}
