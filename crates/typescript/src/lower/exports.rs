use oxc_ast::ast;

use super::{Lowering, span};
use crate::module::{
    BindingId, Export, Expression, ExpressionId, Imported, Name, Source, Span, Statement, StatementKind,
};

impl Lowering<'_> {
    pub(super) fn module_declaration(&mut self, declaration: &ast::ModuleDeclaration<'_>, into: &mut Vec<Statement>) {
        match declaration {
            ast::ModuleDeclaration::ImportDeclaration(import) => self.import(import),
            ast::ModuleDeclaration::ExportDeclaration(export) => {
                for binding in self.declaration(&export.declaration, into) {
                    self.export_binding(binding);
                }
            }
            ast::ModuleDeclaration::ExportNamedDeclaration(export) => {
                if export.export_kind.is_value() {
                    for specifier in &export.specifiers {
                        self.export_local(specifier);
                    }
                }
            }
            ast::ModuleDeclaration::ExportFromDeclaration(export) => self.export_from(export),
            ast::ModuleDeclaration::ExportAllDeclaration(export) => {
                let specifier: Name = export.source.value.as_str().into();
                match &export.exported {
                    _ if export.export_kind.is_type() => self.module.bare_imports.push(specifier),
                    None => self.export(Export::Star { specifier, span: span(&**export) }),
                    Some(name) => {
                        let (name, span) = (text(name), span(name));
                        self.export(Export::From { name, specifier, imported: Imported::All, span });
                    }
                }
            }
            ast::ModuleDeclaration::ExportDefaultDeclaration(export) => self.export_default(export, into),
            ast::ModuleDeclaration::TSExportAssignment(export) => {
                let span = span(&export.expression);
                let value = self.expression(&export.expression);
                into.push(Statement { span, kind: StatementKind::Expression(value) });
                self.export(Export::Local { name: Name::const_new("module.exports"), value, span });
            }
            ast::ModuleDeclaration::TSNamespaceExportDeclaration(_) => {}
        }
    }

    fn import(&mut self, import: &ast::ImportDeclaration<'_>) {
        let specifier: Name = import.source.value.as_str().into();
        let mut is_bare = true;
        if import.import_kind.is_value() {
            for one in import.specifiers.iter().flatten() {
                let (local, imported) = match one {
                    ast::ImportDeclarationSpecifier::ImportSpecifier(one) if one.import_kind.is_type() => continue,
                    ast::ImportDeclarationSpecifier::ImportSpecifier(one) => {
                        (&one.local, Imported::Name(text(&one.imported)))
                    }
                    ast::ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => {
                        (&one.local, Imported::Name(Name::const_new("default")))
                    }
                    ast::ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => (&one.local, Imported::All),
                };
                is_bare = false;
                self.declare(local, Source::Import { specifier: specifier.clone(), imported });
            }
        }
        if is_bare {
            self.module.bare_imports.push(specifier);
        }
    }

    /// `import name = require("specifier")`, and `import name = Namespace.member`.
    pub(super) fn import_equals(&mut self, import: &ast::TSImportEqualsDeclaration<'_>) -> Vec<BindingId> {
        let source = match &import.module_reference {
            _ if import.import_kind.is_type() => return Vec::new(),
            ast::TSModuleReference::ExternalModuleReference(module) => {
                Source::Import { specifier: module.expression.value.as_str().into(), imported: Imported::All }
            }
            ast::TSModuleReference::IdentifierReference(name) => {
                Source::Value { initial: Some(self.reference(name)), path: Box::default() }
            }
            ast::TSModuleReference::QualifiedName(name) => {
                Source::Value { initial: Some(self.qualified(name)), path: Box::default() }
            }
        };
        self.declare(&import.id, source).into_iter().collect()
    }

    fn qualified(&mut self, name: &ast::TSQualifiedName<'_>) -> ExpressionId {
        let around = span(name);
        let object = match &name.left {
            ast::TSTypeName::IdentifierReference(name) => self.reference(name),
            ast::TSTypeName::QualifiedName(name) => {
                self.deeper(around, |inner| inner.qualified(name)).unwrap_or(ExpressionId(0))
            }
            ast::TSTypeName::ThisExpression(this) => self.global("this", span(&**this)),
        };
        self.add(Expression::Member { object, property: name.right.name.as_str().into() }, around)
    }

    /// What a namespace exports is no export of the module.
    fn export(&mut self, export: Export) {
        if self.functions == 0 {
            self.module.exports.push(export);
        }
    }

    fn export_binding(&mut self, binding: BindingId) {
        let (name, span) = {
            let declared = self.module.binding(binding);
            (declared.name.clone(), declared.span)
        };
        let value = self.add(Expression::Binding(binding), span);
        self.export(Export::Local { name, value, span });
    }

    /// `export { local as name }`; nothing where `local` is a type.
    fn export_local(&mut self, specifier: &ast::ExportSpecifier<'_>) {
        if specifier.export_kind.is_type() {
            return;
        }
        let ast::ModuleExportName::IdentifierReference(local) = &specifier.local else { return };
        if self.symbol(local).is_some_and(|symbol| self.binding(symbol).is_none()) {
            return;
        }
        let value = self.reference(local);
        self.export(Export::Local { name: text(&specifier.exported), value, span: span(&specifier.exported) });
    }

    fn export_from(&mut self, export: &ast::ExportFromDeclaration<'_>) {
        let specifier: Name = export.source.value.as_str().into();
        let mut is_bare = true;
        if export.export_kind.is_value() {
            for one in export.specifiers.iter().filter(|one| one.export_kind.is_value()) {
                is_bare = false;
                let (specifier, imported) = (specifier.clone(), Imported::Name(text(&one.local)));
                let (name, span) = (text(&one.exported), span(&one.exported));
                self.export(Export::From { name, specifier, imported, span });
            }
        }
        if is_bare {
            self.module.bare_imports.push(specifier);
        }
    }

    fn export_default(&mut self, export: &ast::ExportDefaultDeclaration<'_>, into: &mut Vec<Statement>) {
        let around = span(&export.declaration);
        let mut place = around;
        let value = match &export.declaration {
            ast::ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                let Some(id) = self.function(function, None) else { return };
                match &function.id {
                    Some(name) => {
                        place = span(name);
                        self.named(name, Expression::Function(id))
                    }
                    None => self.add(Expression::Function(id), around),
                }
            }
            ast::ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                let value = self.class(class);
                let bindings: Vec<_> = class.id.iter().filter_map(|id| self.binding(id.symbol_id.get()?)).collect();
                self.declared_as(&bindings, Some(value), around, into);
                match &class.id {
                    Some(name) => {
                        place = span(name);
                        bindings.first().map_or(value, |id| self.add(Expression::Binding(*id), place))
                    }
                    None => value,
                }
            }
            ast::ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => return,
            declaration => {
                let Some(value) = declaration.as_expression() else { return };
                let value = self.expression(value);
                into.push(Statement { span: around, kind: StatementKind::Expression(value) });
                value
            }
        };
        self.export(Export::Local { name: Name::const_new("default"), value, span: place });
    }

    fn named(&mut self, name: &ast::BindingIdentifier<'_>, otherwise: Expression) -> ExpressionId {
        let binding = name.symbol_id.get().and_then(|symbol| self.binding(symbol));
        self.add(binding.map_or(otherwise, Expression::Binding), span(name))
    }

    /// `module.exports = …`, `module.exports.name = …` and `exports.name = …`, outside of functions.
    pub(super) fn export_of_assignment(&mut self, target: &ast::AssignmentTarget<'_>, value: ExpressionId) {
        if self.functions > 0 {
            return;
        }
        let Some(member) = target.as_member_expression() else { return };
        let Some(name) = member.static_property_name() else { return };
        let object = member.object().get_inner_expression();
        let name = match object {
            ast::Expression::Identifier(object) if self.is_global(object, "module") && name == "exports" => {
                Name::const_new("module.exports")
            }
            ast::Expression::Identifier(object) if self.is_global(object, "exports") => name.into(),
            object => match object.as_member_expression().map(|inner| (inner.object(), inner.static_property_name())) {
                Some((ast::Expression::Identifier(object), Some("exports"))) if self.is_global(object, "module") => {
                    name.into()
                }
                _ => return,
            },
        };
        let span: Span = span(member);
        self.export(Export::Local { name, value, span });
    }

    fn is_global(&self, identifier: &ast::IdentifierReference<'_>, name: &str) -> bool {
        identifier.name == name && self.symbol(identifier).is_none()
    }
}

fn text(name: &ast::ModuleExportName<'_>) -> Name {
    match name {
        ast::ModuleExportName::IdentifierName(name) => name.name.as_str().into(),
        ast::ModuleExportName::IdentifierReference(name) => name.name.as_str().into(),
        ast::ModuleExportName::StringLiteral(name) => name.value.as_str().into(),
    }
}
