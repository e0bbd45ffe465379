//! A module as text. Names of this module are bare, others have a `$`; `?(…)` is something unknown after evaluating these;
//! spans are left out.

use crate::module::{
    Argument, Binding, Class, Export, Expression, ExpressionId, Function, Imported, Key, Logical, Module, Source,
    Statement, StatementKind,
};

pub(super) fn everything(module: &Module) -> String {
    let parts = [&bindings(module), &exports(module), &body(module), &format!("{:?}", module.bare_imports)];
    format!("{parts:#?}{:?}{:?}", module.directives, module.errors)
}

pub(super) fn body(module: &Module) -> String {
    statements(module, &module.body)
}

pub(super) fn exports(module: &Module) -> String {
    let one = |export: &Export| match export {
        Export::Local { name, value, .. } => format!("{name} = {}", expression(module, *value)),
        Export::From { name, specifier, imported, .. } => format!("{name} from {specifier:?} {}", from(imported)),
        Export::Star { specifier, .. } => format!("* from {specifier:?}"),
    };
    join(&module.exports, "\n", one)
}

pub(super) fn bindings(module: &Module) -> String {
    let one = |binding: &Binding| {
        let kind = if binding.is_constant { "" } else { "changing " };
        format!("{kind}{}: {}", binding.name, source(module, &binding.source))
    };
    join(&module.bindings, "\n", one)
}

fn source(module: &Module, source: &Source) -> String {
    match source {
        Source::Import { specifier, imported } => format!("import {specifier:?} {}", from(imported)),
        Source::Value { initial: None, path } => format!("value{}", keys(path)),
        Source::Value { initial: Some(initial), path } => format!("{}{}", expression(module, *initial), keys(path)),
        Source::Function(_) => "function".to_owned(),
        Source::Class(_) => "class".to_owned(),
        Source::Parameter { index, path, .. } => format!("parameter {index}{}", keys(path)),
        Source::Unknown => "unknown".to_owned(),
    }
}

fn from(imported: &Imported) -> &str {
    match imported {
        Imported::Name(name) => name,
        Imported::All => "*",
    }
}

fn keys(path: &[Key]) -> String {
    join(path, "", |key| match key {
        Key::Property(name) => format!(" .{name}"),
        Key::Element(index) => format!(" [{index}]"),
        Key::Other => " [?]".to_owned(),
    })
}

fn statements(module: &Module, body: &[Statement]) -> String {
    join(body, " ", |one| statement(module, one))
}

fn statement(module: &Module, statement: &Statement) -> String {
    let value = |id: &ExpressionId| expression(module, *id);
    let block = |body: &[Statement]| format!("{{ {} }}", statements(module, body));
    match &statement.kind {
        StatementKind::Expression(id) => format!("{};", value(id)),
        StatementKind::Declare { bindings, value: initial } => {
            let names = join(bindings, ", ", |id| module.binding(*id).name.to_string());
            format!("declare {names}{};", initial.map(|id| format!(" = {}", value(&id))).unwrap_or_default())
        }
        StatementKind::Return(None) => "return;".to_owned(),
        StatementKind::Return(Some(id)) => format!("return {};", value(id)),
        StatementKind::Throw(id) => format!("throw {};", value(id)),
        StatementKind::If { test, then, otherwise } if otherwise.is_empty() => {
            format!("if {} {}", value(test), block(then))
        }
        StatementKind::If { test, then, otherwise } => {
            format!("if {} {} else {}", value(test), block(then), block(otherwise))
        }
        StatementKind::Block(body) => block(body),
        StatementKind::Loop { head, body, after, at_least_once } => {
            let kind = if *at_least_once { "loop at least once" } else { "loop" };
            let after = if after.is_empty() { String::new() } else { format!(" then ({})", join(after, ", ", value)) };
            format!("{kind} ({}) {}{after}", join(head, ", ", value), block(body))
        }
        StatementKind::Switch { subject, cases } => {
            let cases = join(cases, " ", |case| {
                let test = case.test.map_or("default".to_owned(), |test| format!("case {}", value(&test)));
                format!("{test}: {}", block(&case.body))
            });
            format!("switch {} {{ {cases} }}", value(subject))
        }
        StatementKind::Try { body, handler, finalizer } => {
            let handler = handler.as_ref().map(|body| format!(" catch {}", block(body))).unwrap_or_default();
            format!("try {}{handler} finally {}", block(body), block(finalizer))
        }
        StatementKind::Jump { .. } => "jump;".to_owned(),
    }
}

pub(super) fn expression(module: &Module, id: ExpressionId) -> String {
    let value = |id: &ExpressionId| expression(module, *id);
    let argument = |one: &Argument| format!("{}{}", if one.is_spread { "..." } else { "" }, value(&one.value));
    match module.expression(id) {
        Expression::Binding(id) => module.binding(*id).name.to_string(),
        Expression::Global(name) => format!("${name}"),
        Expression::Member { object, property } => format!("{}.{property}", value(object)),
        Expression::Index { object, index } => format!("{}[{}]", value(object), value(index)),
        Expression::Call(call) => {
            let word = if call.is_new { "new " } else { "" };
            format!("{word}{}({})", value(&call.callee), join(&call.arguments, ", ", argument))
        }
        Expression::Function(id) => function(module, module.function(*id)),
        Expression::Class(one) => class(module, one),
        Expression::Object(properties) => {
            let properties = join(properties, ", ", |property| match &property.key {
                None => format!("...{}", value(&property.value)),
                Some(key) => format!("{}: {}", keys(std::slice::from_ref(key)).trim(), value(&property.value)),
            });
            format!("{{{properties}}}")
        }
        Expression::Array(items) => format!("[{}]", join(items, ", ", argument)),
        Expression::Text(text) => format!("{text:?}"),
        Expression::Template { texts, holes } => {
            format!("`{}` of {}", join(texts, "${}", ToString::to_string), join(holes, ", ", value))
        }
        Expression::Number(number) => number.to_string(),
        Expression::Boolean(is) => is.to_string(),
        Expression::Null => "null".to_owned(),
        Expression::Regex(literal) => literal.to_string(),
        Expression::Conditional { test, then, otherwise } => {
            format!("({} ? {} : {})", value(test), value(then), value(otherwise))
        }
        Expression::Logical { operator, left, right } => {
            let operator = match operator {
                Logical::And => "&&",
                Logical::Or => "||",
                Logical::Coalesce => "??",
            };
            format!("({} {operator} {})", value(left), value(right))
        }
        Expression::Not(operand) => format!("!{}", value(operand)),
        Expression::Binary { operator, left, right } => format!("({} {operator} {})", value(left), value(right)),
        Expression::Await(operand) => format!("await {}", value(operand)),
        Expression::Assign { target, value: right } => format!("({} = {})", value(target), value(right)),
        Expression::ImportMeta => "import.meta".to_owned(),
        Expression::Other(parts) => format!("?({})", join(parts, ", ", value)),
    }
}

pub(super) fn function(module: &Module, function: &Function) -> String {
    let value = |id: &ExpressionId| expression(module, *id);
    let parameters = join(&function.parameters, ", ", |parameter| {
        let decorators = join(&parameter.decorators, "", |id| format!("@{} ", value(id)));
        let rest = if parameter.is_rest { "..." } else { "" };
        let name = parameter.binding.map_or("_".to_owned(), |id| module.binding(id).name.to_string());
        let of = parameter.type_text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
        let default = parameter.default.map(|id| format!(" = {}", value(&id))).unwrap_or_default();
        format!("{decorators}{rest}{name}{of}{default}")
    });
    let words = [(function.is_async, "async "), (function.is_generator, "generator ")];
    let words: String = words.into_iter().filter_map(|(is, word)| is.then_some(word)).collect();
    let name = function.name.as_deref().unwrap_or_default();
    let of = function.return_type.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
    let directives = join(&function.directives, "", |text| format!("{text:?} "));
    format!("{words}function {name}({parameters}){of} {{ {directives}{} }}", statements(module, &function.body))
}

fn class(module: &Module, class: &Class) -> String {
    let value = |id: &ExpressionId| expression(module, *id);
    let decorators = |all: &[ExpressionId]| join(all, "", |id| format!("@{} ", value(id)));
    let members = join(&class.members, " ", |member| {
        let place = if member.is_static { "static " } else { "" };
        let kind = if member.is_constructor { "new " } else { "" };
        let name = member.name.as_deref().unwrap_or("?");
        let initial = member.value.map(|id| format!(" = {}", value(&id))).unwrap_or_default();
        format!("{}{place}{kind}{name}{initial};", decorators(&member.decorators))
    });
    let name = class.name.as_deref().unwrap_or_default();
    let superclass = class.superclass.map(|id| format!(" extends {}", value(&id))).unwrap_or_default();
    format!("{}class {name}{superclass} {{ {members} }}", decorators(&class.decorators))
}

fn join<T>(all: &[T], between: &str, one: impl Fn(&T) -> String) -> String {
    all.iter().map(one).collect::<Vec<_>>().join(between)
}
