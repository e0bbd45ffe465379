use oxc_ast::ast::{self, Statement as Syntax};

use super::pattern::{Parts, Whole};
use super::{Lowering, span};
use crate::module::{BindingId, Case, Expression, ExpressionId, Span, Statement, StatementKind};

impl Lowering<'_> {
    pub(super) fn statements(&mut self, statements: &[Syntax<'_>]) -> Box<[Statement]> {
        let mut into = Vec::with_capacity(statements.len());
        for statement in statements {
            self.statement(statement, &mut into);
        }
        into.into_boxed_slice()
    }

    /// The statement, or what its braces hold.
    fn body(&mut self, statement: &Syntax<'_>) -> Box<[Statement]> {
        let mut into = Vec::new();
        self.body_into(statement, &mut into);
        into.into_boxed_slice()
    }

    fn body_into(&mut self, statement: &Syntax<'_>, into: &mut Vec<Statement>) {
        match statement {
            Syntax::BlockStatement(block) => {
                self.deeper(span(statement), |inner| {
                    for statement in &block.body {
                        inner.statement(statement, into);
                    }
                });
            }
            statement => self.statement(statement, into),
        }
    }

    pub(super) fn statement(&mut self, statement: &Syntax<'_>, into: &mut Vec<Statement>) {
        let span = span(statement);
        self.deeper(span, |inner| inner.statement_inside(statement, span, into));
    }

    fn statement_inside(&mut self, statement: &Syntax<'_>, span: Span, into: &mut Vec<Statement>) {
        let kind = match statement {
            Syntax::ExpressionStatement(statement) => StatementKind::Expression(self.expression(&statement.expression)),
            Syntax::ReturnStatement(statement) => {
                StatementKind::Return(statement.argument.as_ref().map(|value| self.expression(value)))
            }
            Syntax::ThrowStatement(statement) => StatementKind::Throw(self.expression(&statement.argument)),
            Syntax::IfStatement(choice) => {
                let test = self.expression(&choice.test);
                let then = self.body(&choice.consequent);
                let otherwise = choice.alternate.as_ref().map(|other| self.body(other)).unwrap_or_default();
                StatementKind::If { test, then, otherwise }
            }
            Syntax::BlockStatement(block) => StatementKind::Block(self.statements(&block.body)),
            Syntax::LabeledStatement(labelled) => StatementKind::Block(self.body(&labelled.body)),
            Syntax::WithStatement(with) => {
                let object = self.expression(&with.object);
                let mut body = vec![Statement { span, kind: StatementKind::Expression(object) }];
                self.body_into(&with.body, &mut body);
                StatementKind::Block(body.into())
            }
            Syntax::WhileStatement(repeat) => {
                let head = [self.expression(&repeat.test)].into();
                StatementKind::Loop { head, body: self.body(&repeat.body), after: [].into(), at_least_once: false }
            }
            Syntax::DoWhileStatement(repeat) => {
                let body = self.body(&repeat.body);
                let after = [self.expression(&repeat.test)].into();
                StatementKind::Loop { head: [].into(), body, after, at_least_once: true }
            }
            Syntax::ForStatement(repeat) => self.for_statement(repeat, span),
            Syntax::ForInStatement(repeat) => {
                let head = self.expression(&repeat.right);
                self.for_each(&repeat.left, head, &repeat.body)
            }
            Syntax::ForOfStatement(repeat) => {
                let mut head = self.expression(&repeat.right);
                if repeat.r#await {
                    head = self.add(Expression::Await(head), super::span(&repeat.right));
                }
                self.for_each(&repeat.left, head, &repeat.body)
            }
            Syntax::SwitchStatement(switch) => {
                let subject = self.expression(&switch.discriminant);
                let mut cases = Vec::with_capacity(switch.cases.len());
                for case in &switch.cases {
                    let test = case.test.as_ref().map(|test| self.expression(test));
                    cases.push(Case { test, body: self.statements(&case.consequent) });
                }
                StatementKind::Switch { subject, cases: cases.into() }
            }
            Syntax::TryStatement(statement) => self.try_statement(statement),
            Syntax::BreakStatement(jump) => StatementKind::Jump { to_label: jump.label.is_some() },
            Syntax::ContinueStatement(jump) => StatementKind::Jump { to_label: jump.label.is_some() },
            Syntax::DebuggerStatement(_) | Syntax::EmptyStatement(_) => return,
            statement => {
                if let Some(declaration) = statement.as_declaration() {
                    self.declaration(declaration, into);
                } else if let Some(declaration) = statement.as_module_declaration() {
                    self.module_declaration(declaration, into);
                }
                return;
            }
        };
        into.push(Statement { span, kind });
    }

    fn for_statement(&mut self, repeat: &ast::ForStatement<'_>, span: Span) -> StatementKind {
        let mut before = Vec::new();
        match &repeat.init {
            Some(ast::ForStatementInit::VariableDeclaration(variables)) => {
                self.variables(variables, &mut before);
            }
            Some(init) => {
                let value = init.as_expression().map(|value| self.expression(value));
                let kinds = value.map(StatementKind::Expression);
                before.extend(kinds.map(|kind| Statement { span: super::span(init), kind }));
            }
            None => {}
        }
        let head = repeat.test.iter().map(|test| self.expression(test)).collect();
        let body = self.body(&repeat.body);
        let after = repeat.update.iter().map(|update| self.expression(update)).collect();
        let kind = StatementKind::Loop { head, body, after, at_least_once: false };
        if before.is_empty() {
            return kind;
        }
        before.push(Statement { span, kind });
        StatementKind::Block(before.into())
    }

    fn for_each(&mut self, left: &ast::ForStatementLeft<'_>, head: ExpressionId, body: &Syntax<'_>) -> StatementKind {
        let mut statements = Vec::new();
        match left {
            ast::ForStatementLeft::VariableDeclaration(variables) => {
                for variable in &variables.declarations {
                    let parts = self.take_apart(&variable.id, Whole::Value(None));
                    let value = self.other(Vec::new(), span(variable));
                    self.declared(parts, Some(value), span(variable), &mut statements);
                }
            }
            left => {
                if let Some(target) = left.as_assignment_target() {
                    let span = span(target);
                    let target = self.target(target);
                    let value = self.other(Vec::new(), span);
                    let assign = self.add(Expression::Assign { target, value }, span);
                    statements.push(Statement { span, kind: StatementKind::Expression(assign) });
                }
            }
        }
        self.body_into(body, &mut statements);
        StatementKind::Loop { head: [head].into(), body: statements.into(), after: [].into(), at_least_once: false }
    }

    fn try_statement(&mut self, statement: &ast::TryStatement<'_>) -> StatementKind {
        let body = self.statements(&statement.block.body);
        let handler = statement.handler.as_ref().map(|handler| {
            let mut statements = Vec::with_capacity(handler.body.body.len());
            if let Some(parameter) = &handler.param {
                let parts = self.take_apart(&parameter.pattern, Whole::Unknown);
                self.declared(parts, None, span(parameter), &mut statements);
            }
            for statement in &handler.body.body {
                self.statement(statement, &mut statements);
            }
            statements.into_boxed_slice()
        });
        let finalizer = statement.finalizer.as_ref().map(|block| self.statements(&block.body));
        StatementKind::Try { body, handler, finalizer: finalizer.unwrap_or_default() }
    }

    /// The names that it gives, for who exports them.
    pub(super) fn declaration(
        &mut self,
        declaration: &ast::Declaration<'_>,
        into: &mut Vec<Statement>,
    ) -> Vec<BindingId> {
        match declaration {
            ast::Declaration::VariableDeclaration(variables) => self.variables(variables, into),
            ast::Declaration::FunctionDeclaration(function) => {
                if self.function(function, None).is_none() {
                    return Vec::new();
                }
                self.name(function.id.as_ref())
            }
            ast::Declaration::ClassDeclaration(class) if !class.declare => {
                let value = self.class(class);
                let bindings = self.name(class.id.as_ref());
                self.declared_as(&bindings, Some(value), span(&**class), into);
                bindings
            }
            ast::Declaration::TSEnumDeclaration(syntax) if !syntax.declare => {
                let initial = syntax.body.members.iter().filter_map(|member| member.initializer.as_ref());
                let values = initial.map(|value| self.expression(value)).collect::<Vec<_>>();
                let value = (!values.is_empty()).then(|| self.other(values, span(&**syntax)));
                let bindings = self.name(Some(&syntax.id));
                self.declared_as(&bindings, value, span(&**syntax), into);
                bindings
            }
            ast::Declaration::TSNamespaceDeclaration(namespace) if !namespace.declare => {
                self.namespace(namespace, into);
                self.name(Some(&namespace.id))
            }
            ast::Declaration::TSImportEqualsDeclaration(import) => self.import_equals(import),
            _ => Vec::new(),
        }
    }

    fn name(&self, name: Option<&ast::BindingIdentifier<'_>>) -> Vec<BindingId> {
        name.and_then(|name| self.binding(name.symbol_id.get()?)).into_iter().collect()
    }

    fn variables(&mut self, variables: &ast::VariableDeclaration<'_>, into: &mut Vec<Statement>) -> Vec<BindingId> {
        let mut bindings = Vec::new();
        if variables.declare {
            return bindings;
        }
        for variable in &variables.declarations {
            let value = variable.init.as_ref().map(|value| self.expression(value));
            let parts = self.take_apart(&variable.id, Whole::Value(value));
            bindings.extend_from_slice(&parts.bindings);
            self.declared(parts, value, span(variable), into);
        }
        bindings
    }

    fn declared(&mut self, parts: Parts, value: Option<ExpressionId>, span: Span, into: &mut Vec<Statement>) {
        let bindings = parts.bindings.into();
        into.push(Statement { span, kind: StatementKind::Declare { bindings, value } });
        for default in parts.defaults {
            into.push(Statement { span: self.module.span(default), kind: StatementKind::Expression(default) });
        }
    }

    pub(super) fn declared_as(
        &mut self,
        bindings: &[BindingId],
        value: Option<ExpressionId>,
        span: Span,
        into: &mut Vec<Statement>,
    ) {
        into.push(Statement { span, kind: StatementKind::Declare { bindings: bindings.into(), value } });
    }

    fn namespace(&mut self, namespace: &ast::TSNamespaceDeclaration<'_>, into: &mut Vec<Statement>) {
        let mut body = Vec::new();
        self.functions += 1;
        self.deeper(span(namespace), |inner| match &namespace.body {
            ast::TSNamespaceDeclarationBody::TSNamespaceDeclaration(nested) => inner.namespace(nested, &mut body),
            ast::TSNamespaceDeclarationBody::TSModuleBlock(block) => {
                for statement in &block.body {
                    inner.statement(statement, &mut body);
                }
            }
        });
        self.functions -= 1;
        if !body.is_empty() {
            into.push(Statement { span: span(namespace), kind: StatementKind::Block(body.into()) });
        }
    }
}
