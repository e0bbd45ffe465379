use oxc_ast::ast;

use super::{Lowering, span};
use crate::module::{Call, Class, ClassMember, Expression, ExpressionId, Key, Source, Span};

impl Lowering<'_> {
    pub(super) fn class(&mut self, class: &ast::Class<'_>) -> ExpressionId {
        let decorators = self.decorators(&class.decorators);
        let superclass = class.heritage.as_ref().map(|heritage| self.expression(&heritage.expression));
        let mut members = Vec::with_capacity(class.body.body.len());
        for element in &class.body.body {
            members.extend(self.class_member(element));
        }
        let name = class.id.as_ref().map(|id| id.name.as_str().into());
        let lowered = Class { name, superclass, decorators, members: members.into() };
        let id = self.add(Expression::Class(Box::new(lowered)), span(class));
        if let Some(name) = &class.id {
            self.declare(name, Source::Class(id));
        }
        id
    }

    /// None for what is only a type, and for a setter: reading the property never calls it.
    fn class_member(&mut self, element: &ast::ClassElement<'_>) -> Option<ClassMember> {
        match element {
            ast::ClassElement::MethodDefinition(method) => {
                method.value.body.as_ref()?;
                let decorators = self.decorators(&method.decorators);
                let name = self.name_of(&method.key);
                let value = self.function_value(&method.value, name.clone());
                let member = ClassMember {
                    name,
                    span: span(&method.key),
                    is_static: method.r#static,
                    is_constructor: method.kind == ast::MethodDefinitionKind::Constructor,
                    decorators,
                    value,
                };
                (method.kind != ast::MethodDefinitionKind::Set).then_some(member)
            }
            ast::ClassElement::PropertyDefinition(field) => {
                let place = (&field.key, field.r#static);
                (!field.declare).then(|| self.field(place, &field.decorators, field.value.as_ref()))
            }
            ast::ClassElement::AccessorProperty(field) => {
                Some(self.field((&field.key, field.r#static), &field.decorators, field.value.as_ref()))
            }
            ast::ClassElement::StaticBlock(block) => {
                let span = span(&**block);
                let function = self.block_function(block);
                let callee = self.add(Expression::Function(function), span);
                let call = Call { callee, arguments: Box::default(), is_new: false };
                let value = self.add(Expression::Call(Box::new(call)), span);
                let span = Span { start: span.start, end: span.start.saturating_add(6) };
                Some(ClassMember {
                    name: None,
                    span,
                    is_static: true,
                    is_constructor: false,
                    decorators: Box::default(),
                    value: Some(value),
                })
            }
            ast::ClassElement::TSIndexSignature(_) => None,
        }
    }

    fn field(
        &mut self,
        (key, is_static): (&ast::PropertyKey<'_>, bool),
        decorators: &[ast::Decorator<'_>],
        value: Option<&ast::Expression<'_>>,
    ) -> ClassMember {
        let decorators = self.decorators(decorators);
        let name = self.name_of(key);
        // What is written in a field runs when an object is made, not when the module loads.
        self.functions += u32::from(!is_static);
        let value = value.map(|value| self.expression(value));
        self.functions -= u32::from(!is_static);
        ClassMember { name, span: span(key), is_static, is_constructor: false, decorators, value }
    }

    fn name_of(&mut self, key: &ast::PropertyKey<'_>) -> Option<crate::module::Name> {
        match self.key(key) {
            Key::Property(name) => Some(name),
            Key::Element(_) | Key::Other => None,
        }
    }
}
