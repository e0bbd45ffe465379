use oxc_ast::ast;

use super::pattern::Whole;
use super::{Lowering, index, span};
use crate::module::{
    Expression, ExpressionId, Function, FunctionId, Name, Parameter, Source, Statement, StatementKind,
};

impl Lowering<'_> {
    /// None for what has no body: an overload, a declaration of something elsewhere, an abstract method.
    pub(super) fn function(&mut self, syntax: &ast::Function<'_>, name: Option<Name>) -> Option<FunctionId> {
        let body = syntax.body.as_ref()?;
        let own = syntax.id.as_ref();
        let id = self.reserve();
        if let Some(own) = own {
            self.declare(own, Source::Function(id));
        }
        self.functions += 1;
        let (parameters, mut statements) = self.parameters(&syntax.params, id);
        statements.extend(self.statements(&body.statements));
        self.functions -= 1;
        let function = Function {
            name: own.map(|own| own.name.as_str().into()).or(name),
            span: span(syntax),
            is_async: syntax.r#async,
            is_arrow: false,
            is_generator: syntax.generator,
            directives: directives(&body.directives),
            parameters,
            body: statements,
            return_type: self.type_text(syntax.return_type.as_deref()),
            expressions: 0..0,
        };
        self.fill(id, function);
        Some(id)
    }

    pub(super) fn arrow(&mut self, syntax: &ast::ArrowFunctionExpression<'_>) -> FunctionId {
        let id = self.reserve();
        self.functions += 1;
        let (parameters, mut statements) = self.parameters(&syntax.params, id);
        let mut directives = Vec::new();
        match &syntax.body {
            ast::ArrowFunctionBody::FunctionBody(body) => {
                directives = self::directives(&body.directives);
                statements.extend(self.statements(&body.statements));
            }
            body => {
                let value = body.as_expression().map(|value| self.expression(value));
                statements.push(Statement { span: span(body), kind: StatementKind::Return(value) });
            }
        }
        self.functions -= 1;
        let function = Function {
            name: None,
            span: span(syntax),
            is_async: syntax.r#async,
            is_arrow: true,
            is_generator: false,
            directives,
            parameters,
            body: statements,
            return_type: self.type_text(syntax.return_type.as_deref()),
            expressions: 0..0,
        };
        self.fill(id, function);
        id
    }

    fn reserve(&mut self) -> FunctionId {
        let id = FunctionId(index(self.module.functions.len()));
        let start = index(self.module.expressions.len());
        self.module.functions.push(Function { expressions: start..start, ..Function::nothing() });
        id
    }

    fn fill(&mut self, id: FunctionId, function: Function) {
        let end = index(self.module.expressions.len());
        if let Some(place) = self.module.functions.get_mut(id.0 as usize) {
            *place = Function { expressions: place.expressions.start..end, ..function };
        }
    }

    /// And the statements that evaluate defaults inside of patterns.
    fn parameters(
        &mut self,
        parameters: &ast::FormalParameters<'_>,
        function: FunctionId,
    ) -> (Vec<Parameter>, Vec<Statement>) {
        let mut lowered = Vec::with_capacity(parameters.items.len() + usize::from(parameters.rest.is_some()));
        let mut defaults = Vec::new();
        for parameter in &parameters.items {
            let decorators = self.decorators(&parameter.decorators);
            let default = parameter.initializer.as_ref().map(|value| self.expression(value));
            lowered.push(Parameter {
                binding: self.parameter(&parameter.pattern, function, lowered.len(), &mut defaults),
                default,
                is_rest: false,
                type_text: self.type_text(parameter.type_annotation.as_deref()),
                decorators,
            });
        }
        if let Some(rest) = &parameters.rest {
            let decorators = self.decorators(&rest.decorators);
            lowered.push(Parameter {
                binding: self.parameter(&rest.rest.argument, function, lowered.len(), &mut defaults),
                default: None,
                is_rest: true,
                type_text: self.type_text(rest.type_annotation.as_deref()),
                decorators,
            });
        }
        (lowered, defaults)
    }

    /// Its binding, unless it is taken apart.
    fn parameter(
        &mut self,
        pattern: &ast::BindingPattern<'_>,
        function: FunctionId,
        place: usize,
        defaults: &mut Vec<Statement>,
    ) -> Option<crate::module::BindingId> {
        let parts = self.take_apart(pattern, Whole::Parameter { function, index: index(place) });
        for default in parts.defaults {
            let span = self.module.span(default);
            defaults.push(Statement { span, kind: StatementKind::Expression(default) });
        }
        match pattern {
            ast::BindingPattern::BindingIdentifier(_) => parts.bindings.first().copied(),
            _ => None,
        }
    }

    pub(super) fn decorators(&mut self, decorators: &[ast::Decorator<'_>]) -> Box<[ExpressionId]> {
        decorators.iter().map(|decorator| self.expression(&decorator.expression)).collect()
    }

    fn type_text(&self, annotation: Option<&ast::TSTypeAnnotation<'_>>) -> Option<Name> {
        let span = span(&annotation?.type_annotation);
        self.source.get(span.start as usize..span.end as usize).map(Name::from)
    }

    /// A function that has a name elsewhere: of a method, of a static block.
    pub(super) fn function_value(&mut self, function: &ast::Function<'_>, name: Option<Name>) -> Option<ExpressionId> {
        let id = self.function(function, name)?;
        Some(self.add(Expression::Function(id), span(function)))
    }

    /// Statements that run by themselves, as a function that is called at once.
    pub(super) fn block_function(&mut self, block: &ast::StaticBlock<'_>) -> FunctionId {
        let id = self.reserve();
        self.functions += 1;
        let body = self.statements(&block.body).into_vec();
        self.functions -= 1;
        self.fill(id, Function { span: span(block), body, ..Function::nothing() });
        id
    }
}

pub(super) fn directives(directives: &[ast::Directive<'_>]) -> Vec<Name> {
    directives.iter().map(|directive| directive.directive.as_str().into()).collect()
}
