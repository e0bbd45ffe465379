//! What a module reads of its environment, and which names are given to every browser.

use crate::module::{Binding, Expression, ExpressionId, Imported, Key, Module, Name, Source, Span};

/// One read of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The variable; none where all of them are taken, or one whose name is computed.
    pub name: Option<Name>,
    /// Where.
    pub span: Span,
}

/// All reads of the environment in a file.
#[must_use]
pub fn reads(module: &Module) -> Vec<Read> {
    let part_of = |id: ExpressionId| is_part(module, id, 0);
    let mut reads = Vec::new();
    // What is read by name is no read of everything.
    let mut named: Vec<ExpressionId> = Vec::new();
    let mut whole: Vec<ExpressionId> = Vec::new();
    for (id, expression) in module.expressions() {
        match expression {
            Expression::Member { object, property } => match part_of(*object) {
                Some(Part::Environment) => {
                    named.push(*object);
                    reads.push(Read { name: Some(property.clone()), span: module.span(id) });
                }
                Some(part) => {
                    let inner = part.property(property);
                    if part == Part::Store && inner.is_some() {
                        named.push(*object);
                    }
                    // A name that was given to the environment is told where it gets it.
                    whole.extend(inner.filter(|inner| inner.is_readable()).map(|_| id));
                }
                None => {}
            },
            Expression::Index { object, .. } if part_of(*object) == Some(Part::Environment) => {
                named.push(*object);
                reads.push(Read { name: None, span: module.span(id) });
            }
            Expression::Call(call) => {
                let Some(part @ (Part::Lookup | Part::Everything)) = part_of(call.callee) else { continue };
                named.push(call.callee);
                let first = call.arguments.first().map(|argument| module.expression(argument.value));
                let name = match first {
                    Some(Expression::Text(name)) if part == Part::Lookup => Some(name.clone()),
                    _ => None,
                };
                reads.push(Read { name, span: module.span(id) });
            }
            _ => {}
        }
    }
    for (_, binding) in module.bindings() {
        reads.extend(read_by_binding(module, binding));
        if let Source::Value { initial: Some(initial), .. } = &binding.source
            && part_of(*initial).is_some_and(Part::is_readable)
        {
            named.push(*initial);
        }
    }
    let whole = whole.into_iter().filter(|id| !named.contains(id));
    reads.extend(whole.map(|id| Read { name: None, span: module.span(id) }));
    reads
}

/// `const { NAME } = process.env`, `const { env } = process`, `import { env } from "node:process"`.
fn read_by_binding(module: &Module, binding: &Binding) -> Option<Read> {
    let span = binding.span;
    match &binding.source {
        Source::Import { specifier, imported: Imported::Name(name) } if is_module(specifier) && name == "env" => {
            Some(Read { name: None, span })
        }
        Source::Value { initial: Some(initial), path } => {
            let (part, rest) = step(is_part(module, *initial, 0)?, path);
            match (part, rest.first()) {
                (Part::Environment, Some(Key::Property(name))) => Some(Read { name: Some(name.clone()), span }),
                (Part::Environment, _) | (Part::Store, None) => Some(Read { name: None, span }),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What an expression is on the way to the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// `globalThis`
    Global,
    /// `process`, `import.meta`, `Bun`
    Process,
    /// `process.env`
    Environment,
    /// `Deno`, `Netlify`
    Platform,
    /// `Deno.env`, which tells by its methods
    Store,
    /// `Deno.env.get`, and what else takes a variable's name
    Lookup,
    /// `Deno.env.toObject`
    Everything,
}

impl Part {
    fn property(self, name: &str) -> Option<Self> {
        match (self, name) {
            (Self::Global, "process" | "Bun") => Some(Self::Process),
            (Self::Process, "env") => Some(Self::Environment),
            // `import * as process from "node:process"`
            (Self::Process, "default") => Some(Self::Process),
            (Self::Global, "Deno" | "Netlify") => Some(Self::Platform),
            (Self::Platform, "env") => Some(Self::Store),
            (Self::Store, "get" | "has" | "set" | "delete") => Some(Self::Lookup),
            (Self::Store, "toObject") => Some(Self::Everything),
            _ => None,
        }
    }

    /// Whether who has it can read any variable.
    fn is_readable(self) -> bool {
        matches!(self, Self::Environment | Self::Store | Self::Lookup | Self::Everything)
    }
}

/// As far as a path leads, and what is left of it.
fn step(mut part: Part, mut path: &[Key]) -> (Part, &[Key]) {
    while let Some((Key::Property(name), rest)) = path.split_first() {
        let Some(next) = part.property(name) else { break };
        (part, path) = (next, rest);
    }
    (part, path)
}

fn is_part(module: &Module, id: ExpressionId, depth: u8) -> Option<Part> {
    if depth > 8 {
        return None;
    }
    match module.expression(id) {
        Expression::Global(name) => match name.as_str() {
            "process" | "Bun" => Some(Part::Process),
            "Deno" | "Netlify" => Some(Part::Platform),
            "globalThis" | "global" | "window" | "self" => Some(Part::Global),
            _ => None,
        },
        Expression::ImportMeta => Some(Part::Process),
        Expression::Member { object, property } => is_part(module, *object, depth + 1)?.property(property),
        Expression::Await(inner) => is_part(module, *inner, depth + 1),
        Expression::Call(call) => {
            let Expression::Global(name) = module.expression(call.callee) else { return None };
            let first = call.arguments.first()?;
            let Expression::Text(specifier) = module.expression(first.value) else { return None };
            (matches!(name.as_str(), "require" | "import") && is_module(specifier)).then_some(Part::Process)
        }
        Expression::Binding(binding) => match &module.binding(*binding).source {
            Source::Import { specifier, imported } if is_module(specifier) => match imported {
                Imported::Name(name) if name == "env" => Some(Part::Environment),
                Imported::Name(name) if name != "default" => None,
                _ => Some(Part::Process),
            },
            Source::Value { initial: Some(initial), path } => {
                let (part, rest) = step(is_part(module, *initial, depth + 1)?, path);
                rest.is_empty().then_some(part)
            }
            _ => None,
        },
        _ => None,
    }
}

fn is_module(specifier: &str) -> bool {
    matches!(specifier, "process" | "node:process")
}

const PREFIXES: [&str; 7] =
    ["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "GATSBY_", "PUBLIC_"];
const SECRETS: [&str; 8] =
    ["_SECRET_", "_TOKEN_", "_PASSWORD_", "_PRIVATE_", "_DATABASE_URL_", "_SERVICE_ROLE_", "_SECRETS_", "_PASSPHRASE_"];
const MEANT: [&str; 2] = ["_PUBLISHABLE_", "_ANON_"];

/// The beginning of a name by which a bundler gives the variable to every browser, and the rest.
#[must_use]
pub fn public(name: &str) -> Option<(&'static str, &str)> {
    PREFIXES.iter().find_map(|prefix| Some((*prefix, name.strip_prefix(prefix)?)))
}

/// The same beginning, where the rest says that it is a secret.
#[must_use]
pub fn given_away(name: &str) -> Option<&'static str> {
    let (prefix, rest) = public(name)?;
    let around = format!("_{rest}_");
    let is_secret = SECRETS.iter().any(|word| around.contains(word)) && !MEANT.iter().any(|word| around.contains(word));
    is_secret.then_some(prefix)
}

#[cfg(test)]
mod tests {
    use super::given_away;

    #[test]
    fn a_name_must_say_both() {
        for name in [
            "NEXT_PUBLIC_API_SECRET",
            "VITE_TOKEN",
            "NEXT_PUBLIC_DATABASE_URL",
            "NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY",
            "VITE_DB_PASSWORD",
            "NEXT_PUBLIC_PRIVATE_KEY",
            "REACT_APP_SECRET_KEY",
        ] {
            assert!(given_away(name).is_some(), "{name}");
        }
        for name in [
            "API_SECRET",
            "NEXT_PUBLIC_API_URL",
            "NEXT_PUBLIC_TOKENIZER",
            "NEXT_PUBLIC_SUPABASE_ANON_TOKEN",
            "VITE_STRIPE_PUBLISHABLE_TOKEN",
            "MY_NEXT_PUBLIC_SECRET",
            "NEXT_PUBLIC_SECRETARY",
        ] {
            assert!(given_away(name).is_none(), "{name}");
        }
    }
}
