//! The syntax tree to a [`Module`].
//!
//! What is evaluated only sometimes and has no form of its own (the default of a destructured name) becomes the right side of
//! a `??` with an unknown left side. Computed keys are expressions of the module that nothing refers to.

mod class;
mod exports;
mod expression;
mod function;
mod jsx;
mod pattern;
mod statement;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::mem::take;

use oxc_ast::ast;
use oxc_semantic::{Scoping, SymbolId};
use oxc_span::GetSpan;

use crate::module::{Binding, BindingId, Export, Expression, ExpressionId, Module, Name, Source, Span, SyntaxError};

/// How deep statements and expressions may be nested: whoever walks a module may do it by recursion.
const LIMIT: u32 = 512;

/// A whole file.
pub(crate) fn module(program: &ast::Program<'_>, scoping: &Scoping) -> Result<Module, SyntaxError> {
    let mut lowering = Lowering::new(program.source_text, Some(scoping));
    lowering.module.directives = function::directives(&program.directives);
    lowering.module.body = lowering.statements(&program.body).into_vec();
    lowering.finish()
}

/// A file that is one value, without names.
pub(crate) fn value(value: &ast::Expression<'_>, source: &str) -> Result<Module, SyntaxError> {
    let mut lowering = Lowering::new(source, None);
    let span = span(value);
    let value = lowering.expression(value);
    lowering.module.exports.push(Export::Local { name: Name::const_new("default"), value, span });
    lowering.finish()
}

/// How many expressions a thread keeps room for.
const KEPT: usize = 1 << 16;

thread_local! {
    /// Where expressions are put together, with their regions.
    static ROOM: Cell<(Vec<Expression>, Vec<Span>)> = const { Cell::new((Vec::new(), Vec::new())) };
}

struct Lowering<'a> {
    source: &'a str,
    scoping: Option<&'a Scoping>,
    /// By symbol. Types have none.
    symbols: Vec<Option<BindingId>>,
    module: Module,
    depth: u32,
    /// In how many functions.
    functions: u32,
    too_deep: Option<Span>,
}

impl<'a> Lowering<'a> {
    fn new(source: &'a str, scoping: Option<&'a Scoping>) -> Self {
        let mut lowering = Self {
            source,
            scoping,
            symbols: Vec::new(),
            module: Module::default(),
            depth: 0,
            functions: 0,
            too_deep: None,
        };
        (lowering.module.expressions, lowering.module.spans) = ROOM.take();
        if let Some(scoping) = scoping {
            lowering.declare_all(scoping);
        }
        lowering
    }

    /// All names have their binding at once, since functions are used before they are declared.
    fn declare_all(&mut self, scoping: &Scoping) {
        self.symbols.reserve_exact(scoping.symbols_len());
        self.module.bindings.reserve_exact(scoping.symbols_len());
        for symbol in scoping.symbol_ids() {
            let id = BindingId(index(self.module.bindings.len()));
            let is_value = scoping.symbol_flags(symbol).is_value();
            self.symbols.push(is_value.then_some(id));
            if is_value {
                self.module.bindings.push(Binding {
                    name: scoping.symbol_name(symbol).into(),
                    span: span(&scoping.symbol_span(symbol)),
                    is_constant: !scoping.symbol_is_mutated(symbol),
                    source: Source::Unknown,
                });
            }
        }
    }

    fn finish(mut self) -> Result<Module, SyntaxError> {
        // How many there are is only known now, and most files have few.
        let (mut expressions, mut spans) = (take(&mut self.module.expressions), take(&mut self.module.spans));
        self.module.expressions.append(&mut expressions);
        self.module.spans.extend_from_slice(&spans);
        spans.clear();
        if expressions.capacity() <= KEPT {
            ROOM.set((expressions, spans));
        }
        if let Some(span) = self.too_deep {
            let message = format!("the code is nested more than {LIMIT} levels deep");
            return Err(SyntaxError { message, span });
        }
        Ok(self.module)
    }

    fn add(&mut self, expression: Expression, span: Span) -> ExpressionId {
        let id = ExpressionId(index(self.module.expressions.len()));
        self.module.expressions.push(expression);
        self.module.spans.push(span);
        id
    }

    /// Evaluates these to something unknown.
    fn other(&mut self, parts: Vec<ExpressionId>, span: Span) -> ExpressionId {
        self.add(Expression::Other(parts.into_boxed_slice()), span)
    }

    fn global(&mut self, name: &'static str, span: Span) -> ExpressionId {
        self.add(Expression::Global(Name::const_new(name)), span)
    }

    fn reference(&mut self, identifier: &ast::IdentifierReference<'_>) -> ExpressionId {
        let expression = match self.meant(identifier) {
            Some(binding) => Expression::Binding(binding),
            None => Expression::Global(identifier.name.as_str().into()),
        };
        self.add(expression, span(identifier))
    }

    fn symbol(&self, identifier: &ast::IdentifierReference<'_>) -> Option<SymbolId> {
        self.scoping?.get_reference(identifier.reference_id.get()?).symbol_id()
    }

    fn meant(&self, identifier: &ast::IdentifierReference<'_>) -> Option<BindingId> {
        self.binding(self.symbol(identifier)?)
    }

    fn binding(&self, symbol: SymbolId) -> Option<BindingId> {
        self.symbols.get(symbol.index()).copied().flatten()
    }

    /// Says what a declared name stands for. One that is declared twice is not constant.
    fn declare(&mut self, identifier: &ast::BindingIdentifier<'_>, source: Source) -> Option<BindingId> {
        let id = self.binding(identifier.symbol_id.get()?)?;
        let binding = self.module.bindings.get_mut(id.0 as usize)?;
        binding.is_constant &= binding.source == Source::Unknown;
        binding.source = source;
        Some(id)
    }

    /// Does it one level deeper, unless that is too deep.
    fn deeper<T>(&mut self, span: Span, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= LIMIT {
            self.too_deep = self.too_deep.or(Some(span));
            return None;
        }
        self.depth += 1;
        let done = work(self);
        self.depth -= 1;
        Some(done)
    }
}

fn span(of: &impl GetSpan) -> Span {
    let span = of.span();
    Span { start: span.start, end: span.end }
}

/// Files have less than 2^32 bytes, and so have less than 2^32 of anything.
fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
