use oxc_ast::ast::{self, Expression as Syntax};
use oxc_syntax::operator::{AssignmentOperator, LogicalOperator, UnaryOperator};

use super::{Lowering, span};
use crate::module::{Argument, Call, Expression, ExpressionId, Key, Logical, Name, Property, Span};

impl Lowering<'_> {
    pub(super) fn expression(&mut self, syntax: &Syntax<'_>) -> ExpressionId {
        let syntax = syntax.get_inner_expression();
        let span = span(syntax);
        self.deeper(span, |inner| inner.expression_inside(syntax, span)).unwrap_or(ExpressionId(0))
    }

    fn expression_inside(&mut self, syntax: &Syntax<'_>, span: Span) -> ExpressionId {
        let expression = match syntax {
            Syntax::Identifier(identifier) => return self.reference(identifier),
            Syntax::BooleanLiteral(literal) => Expression::Boolean(literal.value),
            Syntax::NullLiteral(_) => Expression::Null,
            Syntax::NumericLiteral(literal) => Expression::Number(literal.value),
            Syntax::StringLiteral(literal) => Expression::Text(literal.value.as_str().into()),
            Syntax::TemplateLiteral(template) => self.template(template),
            Syntax::RegExpLiteral(literal) => {
                Expression::Regex(format!("/{}/{}", literal.regex.pattern.text, literal.regex.flags).into())
            }
            Syntax::ArrayExpression(array) => {
                let items: Vec<_> = array.elements.iter().map(|element| self.element(element)).collect();
                Expression::Array(items.into())
            }
            Syntax::ObjectExpression(object) => {
                let mut properties = Vec::with_capacity(object.properties.len());
                for property in &object.properties {
                    properties.extend(self.property(property));
                }
                Expression::Object(properties.into())
            }
            Syntax::ArrowFunctionExpression(arrow) => Expression::Function(self.arrow(arrow)),
            Syntax::FunctionExpression(function) => match self.function(function, None) {
                Some(id) => Expression::Function(id),
                None => Expression::Other(Box::default()),
            },
            Syntax::ClassExpression(class) => return self.class(class),
            Syntax::AssignmentExpression(assignment) => return self.assignment(assignment),
            Syntax::AwaitExpression(awaited) => Expression::Await(self.expression(&awaited.argument)),
            Syntax::BinaryExpression(binary) => {
                let left = self.expression(&binary.left);
                Expression::Binary { operator: binary.operator.as_str(), left, right: self.expression(&binary.right) }
            }
            Syntax::PrivateInExpression(check) => {
                let name = private(&check.left);
                let left = self.add(Expression::Text(name), super::span(&check.left));
                Expression::Binary { operator: "in", left, right: self.expression(&check.right) }
            }
            Syntax::LogicalExpression(logical) => {
                let left = self.expression(&logical.left);
                Expression::Logical {
                    operator: operator(logical.operator),
                    left,
                    right: self.expression(&logical.right),
                }
            }
            Syntax::ConditionalExpression(choice) => {
                let test = self.expression(&choice.test);
                let then = self.expression(&choice.consequent);
                Expression::Conditional { test, then, otherwise: self.expression(&choice.alternate) }
            }
            Syntax::CallExpression(call) => return self.call(call),
            Syntax::NewExpression(call) => {
                let callee = self.expression(&call.callee);
                let arguments = self.arguments(&call.arguments);
                Expression::Call(Box::new(Call { callee, arguments, is_new: true }))
            }
            Syntax::ImportExpression(import) => {
                let callee = self.global("import", Span { start: span.start, end: span.start.saturating_add(6) });
                let given = std::iter::once(&import.source).chain(&import.options);
                let arguments =
                    given.map(|one| Argument { value: self.expression(one), is_spread: false }).collect::<Vec<_>>();
                Expression::Call(Box::new(Call { callee, arguments: arguments.into(), is_new: false }))
            }
            Syntax::TaggedTemplateExpression(tagged) => {
                let callee = self.expression(&tagged.tag);
                let holes = tagged.quasi.expressions.iter();
                let arguments =
                    holes.map(|hole| Argument { value: self.expression(hole), is_spread: false }).collect::<Vec<_>>();
                Expression::Call(Box::new(Call { callee, arguments: arguments.into(), is_new: false }))
            }
            Syntax::ChainExpression(chain) => match &chain.expression {
                ast::ChainElement::CallExpression(call) => return self.call(call),
                ast::ChainElement::TSNonNullExpression(inner) => return self.expression(&inner.expression),
                element => match element.as_member_expression() {
                    Some(member) => return self.member(member),
                    None => Expression::Other(Box::default()),
                },
            },
            Syntax::SequenceExpression(sequence) => return self.sequence(&sequence.expressions, span),
            Syntax::UnaryExpression(unary) => self.unary(unary),
            Syntax::UpdateExpression(update) => {
                let target = self.simple_target(&update.argument);
                let value = self.other(Vec::new(), span);
                Expression::Assign { target, value }
            }
            Syntax::YieldExpression(yielded) => {
                let part = yielded.argument.as_ref().map(|argument| self.expression(argument));
                Expression::Other(part.into_iter().collect())
            }
            Syntax::ThisExpression(_) => return self.global("this", span),
            Syntax::Super(_) => return self.global("super", span),
            Syntax::ImportMeta(_) => Expression::ImportMeta,
            Syntax::JSXElement(element) => return self.element_of_jsx(element),
            Syntax::JSXFragment(fragment) => return self.children_of_jsx(Vec::new(), &fragment.children, span),
            Syntax::V8IntrinsicExpression(_) | Syntax::NewTarget(_) | Syntax::BigIntLiteral(_) => {
                Expression::Other(Box::default())
            }
            syntax => match syntax.as_member_expression() {
                Some(member) => return self.member(member),
                None => Expression::Other(Box::default()),
            },
        };
        self.add(expression, span)
    }

    fn template(&mut self, template: &ast::TemplateLiteral<'_>) -> Expression {
        let text = |part: &ast::TemplateElement<'_>| {
            Name::from(part.value.cooked.as_ref().unwrap_or(&part.value.raw).as_str())
        };
        if let ([only], true) = (template.quasis.as_slice(), template.expressions.is_empty()) {
            return Expression::Text(text(only));
        }
        let holes: Vec<_> = template.expressions.iter().map(|hole| self.expression(hole)).collect();
        Expression::Template { texts: Box::new(template.quasis.iter().map(text).collect()), holes: holes.into() }
    }

    fn element(&mut self, element: &ast::ArrayExpressionElement<'_>) -> Argument {
        match element {
            ast::ArrayExpressionElement::SpreadElement(spread) => {
                Argument { value: self.expression(&spread.argument), is_spread: true }
            }
            ast::ArrayExpressionElement::Elision(hole) => {
                Argument { value: self.global("undefined", span(&**hole)), is_spread: false }
            }
            element => {
                let value = element.as_expression().map(|value| self.expression(value));
                Argument { value: value.unwrap_or(ExpressionId(0)), is_spread: false }
            }
        }
    }

    /// None for a setter: reading the property never calls it.
    fn property(&mut self, property: &ast::ObjectPropertyKind<'_>) -> Option<Property> {
        match property {
            ast::ObjectPropertyKind::SpreadProperty(spread) => {
                Some(Property { key: None, value: self.expression(&spread.argument), span: span(&**spread) })
            }
            ast::ObjectPropertyKind::ObjectProperty(property) => {
                let key = self.key(&property.key);
                let value = match (&property.value, &key) {
                    (Syntax::FunctionExpression(function), Key::Property(name))
                        if property.method || property.kind != ast::PropertyKind::Init =>
                    {
                        let function = self.function(function, Some(name.clone()))?;
                        self.add(Expression::Function(function), span(&property.value))
                    }
                    (value, _) => self.expression(value),
                };
                (property.kind != ast::PropertyKind::Set).then(|| Property {
                    key: Some(key),
                    value,
                    span: span(&property.key),
                })
            }
        }
    }

    /// A computed key is lowered too, so that it is among the module's expressions.
    pub(super) fn key(&mut self, key: &ast::PropertyKey<'_>) -> Key {
        match key {
            ast::PropertyKey::StaticIdentifier(name) => Key::Property(name.name.as_str().into()),
            ast::PropertyKey::PrivateIdentifier(name) => Key::Property(private(name)),
            key => match (key.static_name(), key.as_expression()) {
                (Some(name), _) => Key::Property((&*name).into()),
                (None, computed) => {
                    computed.map(|computed| self.expression(computed));
                    Key::Other
                }
            },
        }
    }

    pub(super) fn member(&mut self, member: &ast::MemberExpression<'_>) -> ExpressionId {
        let span = span(member);
        let expression = match member {
            ast::MemberExpression::StaticMemberExpression(member) => Expression::Member {
                object: self.expression(&member.object),
                property: member.property.name.as_str().into(),
            },
            ast::MemberExpression::PrivateFieldExpression(member) => {
                Expression::Member { object: self.expression(&member.object), property: private(&member.field) }
            }
            ast::MemberExpression::ComputedMemberExpression(member) => {
                let object = self.expression(&member.object);
                let constant = match member.expression.get_inner_expression() {
                    Syntax::StringLiteral(literal) => Some(literal.value.as_str()),
                    Syntax::TemplateLiteral(template) => template.single_quasi().map(|text| text.as_str()),
                    _ => None,
                };
                match constant {
                    Some(property) => Expression::Member { object, property: property.into() },
                    None => Expression::Index { object, index: self.expression(&member.expression) },
                }
            }
        };
        self.add(expression, span)
    }

    fn call(&mut self, call: &ast::CallExpression<'_>) -> ExpressionId {
        let callee = self.expression(&call.callee);
        let arguments = self.arguments(&call.arguments);
        self.add(Expression::Call(Box::new(Call { callee, arguments, is_new: false })), span(call))
    }

    fn arguments(&mut self, arguments: &[ast::Argument<'_>]) -> Box<[Argument]> {
        let mut lowered = Vec::with_capacity(arguments.len());
        for argument in arguments {
            match argument {
                ast::Argument::SpreadElement(spread) => {
                    lowered.push(Argument { value: self.expression(&spread.argument), is_spread: true });
                }
                argument => lowered.extend(
                    argument.as_expression().map(|value| Argument { value: self.expression(value), is_spread: false }),
                ),
            }
        }
        lowered.into()
    }

    /// `(0, name)` is how compilers write a call without `this`: it means its last part.
    fn sequence(&mut self, parts: &[Syntax<'_>], span: Span) -> ExpressionId {
        match parts {
            [first, last] if first.is_literal() => self.expression(last),
            parts => {
                let parts = parts.iter().map(|part| self.expression(part)).collect();
                self.other(parts, span)
            }
        }
    }

    fn unary(&mut self, unary: &ast::UnaryExpression<'_>) -> Expression {
        match (unary.operator, &unary.argument) {
            (UnaryOperator::LogicalNot, operand) => Expression::Not(self.expression(operand)),
            (UnaryOperator::UnaryNegation, Syntax::NumericLiteral(number)) => Expression::Number(-number.value),
            (_, operand) => Expression::Other([self.expression(operand)].into()),
        }
    }

    fn assignment(&mut self, assignment: &ast::AssignmentExpression<'_>) -> ExpressionId {
        let target = self.target(&assignment.left);
        let right = self.expression(&assignment.right);
        let span = span(assignment);
        let value = match assignment.operator {
            AssignmentOperator::Assign => {
                self.export_of_assignment(&assignment.left, right);
                right
            }
            operator => {
                let value = match (operator.to_logical_operator(), operator.to_binary_operator()) {
                    (Some(logical), _) => {
                        Expression::Logical { operator: self::operator(logical), left: target, right }
                    }
                    (None, Some(binary)) => Expression::Binary { operator: binary.as_str(), left: target, right },
                    (None, None) => Expression::Other([right].into()),
                };
                self.add(value, span)
            }
        };
        self.add(Expression::Assign { target, value }, span)
    }
}

fn operator(operator: LogicalOperator) -> Logical {
    match operator {
        LogicalOperator::And => Logical::And,
        LogicalOperator::Or => Logical::Or,
        LogicalOperator::Coalesce => Logical::Coalesce,
    }
}

pub(super) fn private(name: &ast::PrivateIdentifier<'_>) -> Name {
    let mut text = Name::const_new("#");
    text.push_str(name.name.as_str());
    text
}
