use oxc_ast::ast;

use super::{Lowering, span};
use crate::module::{Expression, ExpressionId, Span};

impl Lowering<'_> {
    /// The component, the values of the attributes and the children. Tags of HTML and texts are left out.
    pub(super) fn element_of_jsx(&mut self, element: &ast::JSXElement<'_>) -> ExpressionId {
        let mut parts = Vec::new();
        match &element.opening_element.name {
            ast::JSXElementName::IdentifierReference(name) => parts.push(self.reference(name)),
            ast::JSXElementName::MemberExpression(member) => parts.push(self.member_of_jsx(member)),
            ast::JSXElementName::ThisExpression(this) => parts.push(self.global("this", span(&**this))),
            ast::JSXElementName::Identifier(_) | ast::JSXElementName::NamespacedName(_) => {}
        }
        for attribute in &element.opening_element.attributes {
            match attribute {
                ast::JSXAttributeItem::SpreadAttribute(spread) => parts.push(self.expression(&spread.argument)),
                ast::JSXAttributeItem::Attribute(attribute) => match &attribute.value {
                    Some(ast::JSXAttributeValue::ExpressionContainer(container)) => {
                        parts.extend(self.container_of_jsx(container));
                    }
                    Some(ast::JSXAttributeValue::Element(element)) => parts.extend(self.nested_jsx(element)),
                    Some(ast::JSXAttributeValue::Fragment(fragment)) => {
                        parts.push(self.children_of_jsx(Vec::new(), &fragment.children, span(&**fragment)));
                    }
                    Some(ast::JSXAttributeValue::StringLiteral(_)) | None => {}
                },
            }
        }
        self.children_of_jsx(parts, &element.children, span(element))
    }

    pub(super) fn children_of_jsx(
        &mut self,
        mut parts: Vec<ExpressionId>,
        children: &[ast::JSXChild<'_>],
        around: Span,
    ) -> ExpressionId {
        for child in children {
            match child {
                ast::JSXChild::Text(_) => {}
                ast::JSXChild::Element(element) => parts.extend(self.nested_jsx(element)),
                ast::JSXChild::Fragment(fragment) => {
                    let span = span(&**fragment);
                    parts
                        .extend(self.deeper(span, |inner| inner.children_of_jsx(Vec::new(), &fragment.children, span)));
                }
                ast::JSXChild::ExpressionContainer(container) => parts.extend(self.container_of_jsx(container)),
                ast::JSXChild::Spread(spread) => parts.push(self.expression(&spread.expression)),
            }
        }
        self.other(parts, around)
    }

    fn nested_jsx(&mut self, element: &ast::JSXElement<'_>) -> Option<ExpressionId> {
        self.deeper(span(element), |inner| inner.element_of_jsx(element))
    }

    fn container_of_jsx(&mut self, container: &ast::JSXExpressionContainer<'_>) -> Option<ExpressionId> {
        container.expression.as_expression().map(|value| self.expression(value))
    }

    fn member_of_jsx(&mut self, member: &ast::JSXMemberExpression<'_>) -> ExpressionId {
        let around = span(member);
        let object = match &member.object {
            ast::JSXMemberExpressionObject::IdentifierReference(name) => self.reference(name),
            ast::JSXMemberExpressionObject::ThisExpression(this) => self.global("this", span(&**this)),
            ast::JSXMemberExpressionObject::MemberExpression(member) => {
                self.deeper(around, |inner| inner.member_of_jsx(member)).unwrap_or(ExpressionId(0))
            }
        };
        self.add(Expression::Member { object, property: member.property.name.as_str().into() }, around)
    }
}
