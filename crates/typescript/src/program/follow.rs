//! What a name means: through constants, imports, re-exports, objects and what is taken apart.

use super::exported::Written;
use super::trail::{HopKind, Trail};
use super::{At, Program};
use crate::module::{Binding, BindingId, Call, Export, Expression, ExpressionId, FunctionId, Imported, Key, Name};
use crate::module::{Property, Source};
use crate::resolve::Resolved;
use crate::tree::FileId;

/// What a name, or an expression, means in the end.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// An expression that is no name: a call, an object, a class, a function.
    Value(At<ExpressionId>),
    /// A declared function.
    Function(At<FunctionId>),
    /// All that a file exports.
    Namespace(FileId),
    /// A parameter, or a part of one.
    Parameter {
        /// The binding.
        binding: At<BindingId>,
        /// The part.
        path: Vec<Key>,
    },
    /// A part of what an expression evaluates to, which nobody knows without running it: `const { GET } = serve()`.
    Part {
        /// The expression.
        of: At<ExpressionId>,
        /// The part.
        path: Vec<Key>,
    },
    /// Something from a dependency or from Node.
    Outside {
        /// The module's specifier, as the importing file has it.
        specifier: Name,
        /// The exported name (none: the whole module), and properties of it.
        path: Vec<Key>,
    },
    /// A name that nobody declares, and properties of it: `process.env`.
    Global {
        /// The name.
        name: Name,
        /// The properties.
        path: Vec<Key>,
    },
    /// An import, an export or a property that should be there and isn't.
    Missing {
        /// In words: what was looked for, and where.
        what: String,
    },
    /// A variable that changes, or something that was followed too long.
    Unknown {
        /// In words: why.
        why: String,
    },
}

impl Program {
    /// What an expression means.
    pub fn follow(&self, expression: At<ExpressionId>, trail: &mut Trail) -> Meaning {
        self.part_of(expression, Vec::new(), trail)
    }

    /// What a binding means.
    pub fn follow_binding(&self, binding: At<BindingId>, trail: &mut Trail) -> Meaning {
        self.part_of_binding(binding, Vec::new(), trail)
    }

    /// What a file exports under a name.
    pub fn follow_export(&self, file: FileId, name: &str, trail: &mut Trail) -> Meaning {
        self.part_of_export(file, name, Vec::new(), trail)
    }

    /// What a part of an expression means.
    pub fn follow_part(&self, expression: At<ExpressionId>, path: &[Key], trail: &mut Trail) -> Meaning {
        self.part_of(expression, path.iter().rev().cloned().collect(), trail)
    }

    /// What an expression means, for whoever does not ask how.
    pub fn meaning(&self, expression: At<ExpressionId>) -> Meaning {
        self.follow(expression, &mut Trail::unread())
    }

    /// The same of a part of it.
    pub fn meaning_of_part(&self, expression: At<ExpressionId>, path: &[Key]) -> Meaning {
        self.follow_part(expression, path, &mut Trail::unread())
    }

    /// The same of what a file exports under a name.
    pub fn meaning_of_export(&self, file: FileId, name: &str) -> Meaning {
        self.follow_export(file, name, &mut Trail::unread())
    }

    /// `path` is kept in reverse: its last key is taken first.
    fn part_of(&self, mut at: At<ExpressionId>, mut path: Vec<Key>, trail: &mut Trail) -> Meaning {
        loop {
            if trail.is_too_long() {
                return Meaning::Unknown { why: "it leads in a circle".to_owned() };
            }
            trail.see(at.file);
            let module = self.module(at.file);
            match (module.expression(at.it), path.last()) {
                (Expression::Binding(binding), _) => return self.part_of_binding(at.with(*binding), path, trail),
                (Expression::Global(name), _) => {
                    path.reverse();
                    return Meaning::Global { name: name.clone(), path };
                }
                (Expression::Member { object, property }, _) => {
                    path.push(Key::Property(property.clone()));
                    at.it = *object;
                }
                (Expression::Await(inner) | Expression::Assign { value: inner, .. }, _) => at.it = *inner,
                (Expression::Call(call), _) => match self.seen_through(at.file, call) {
                    Through::Value(value) => at.it = value,
                    Through::Module(specifier) => {
                        return self.part_of_module(at.file, &specifier, &Imported::All, path, trail);
                    }
                    Through::Nothing if path.is_empty() => return Meaning::Value(at),
                    Through::Nothing => return part(at, path),
                },
                (_, None) => return Meaning::Value(at),
                (Expression::Object(properties), Some(Key::Property(wanted))) => {
                    match self.property(at.file, properties, &wanted.clone(), &mut path, trail) {
                        Ok(value) => at.it = value,
                        Err(meaning) => return meaning,
                    }
                }
                (Expression::Array(items), Some(Key::Element(index))) => {
                    let before = items.get(..=*index as usize).filter(|items| items.iter().all(|item| !item.is_spread));
                    let Some(item) = before.and_then(<[_]>::last) else { return part(at, path) };
                    path.pop();
                    at.it = item.value;
                }
                (Expression::Class(class), Some(Key::Property(wanted))) => {
                    let member = class.members.iter().find(|one| one.is_static && one.name.as_ref() == Some(wanted));
                    let Some(value) = member.and_then(|member| member.value) else { return part(at, path) };
                    path.pop();
                    at.it = value;
                }
                (_, Some(_)) => return part(at, path),
            }
        }
    }

    /// The value of the property, taken off `path`; or what the whole path means, where a spread object has it.
    fn property(
        &self,
        file: FileId,
        properties: &[Property],
        wanted: &Name,
        path: &mut Vec<Key>,
        trail: &mut Trail,
    ) -> Result<ExpressionId, Meaning> {
        for property in properties.iter().rev() {
            match &property.key {
                Some(Key::Property(name)) if name == wanted => {
                    path.pop();
                    trail.pass(name, HopKind::Declared, At { file, it: property.span }, path);
                    return Ok(property.value);
                }
                Some(Key::Property(_) | Key::Element(_)) => {}
                Some(Key::Other) => {
                    return Err(Meaning::Unknown { why: format!("`{wanted}` may be a computed property") });
                }
                None => match self.part_of(At { file, it: property.value }, path.clone(), trail) {
                    Meaning::Missing { .. } => {}
                    found => return Err(found),
                },
            }
        }
        Err(Meaning::Missing { what: format!("the object has no `{wanted}`") })
    }

    fn part_of_binding(&self, at: At<BindingId>, mut path: Vec<Key>, trail: &mut Trail) -> Meaning {
        let binding: &Binding = self.module(at.file).binding(at.it);
        let kind = match binding.source {
            Source::Import { .. } => HopKind::Imported,
            _ => HopKind::Declared,
        };
        trail.pass(&binding.name, kind, at.with(binding.span), &path);
        if trail.is_too_long() {
            return Meaning::Unknown { why: "it leads in a circle".to_owned() };
        }
        match &binding.source {
            Source::Import { specifier, imported } => self.part_of_module(at.file, specifier, imported, path, trail),
            Source::Parameter { path: own, .. } => {
                path.extend(own.iter().rev().cloned());
                path.reverse();
                Meaning::Parameter { binding: at, path }
            }
            _ if !binding.is_constant => {
                Meaning::Unknown { why: format!("`{}` is assigned more than once", binding.name) }
            }
            Source::Value { initial: Some(initial), path: own } => {
                path.extend(own.iter().rev().cloned());
                self.part_of(at.with(*initial), path, trail)
            }
            Source::Function(function) if path.is_empty() => Meaning::Function(at.with(*function)),
            Source::Class(class) => self.part_of(at.with(*class), path, trail),
            Source::Function(_) | Source::Value { initial: None, .. } | Source::Unknown => {
                Meaning::Unknown { why: format!("nothing tells what `{}` is", binding.name) }
            }
        }
    }

    fn part_of_module(
        &self,
        from: FileId,
        specifier: &Name,
        imported: &Imported,
        mut path: Vec<Key>,
        trail: &mut Trail,
    ) -> Meaning {
        match self.resolve(from, specifier) {
            Resolved::File(file) => match (imported, path.pop()) {
                (Imported::Name(name), last) => {
                    path.extend(last);
                    self.part_of_export(file, name, path, trail)
                }
                (Imported::All, Some(Key::Property(name))) => self.part_of_export(file, &name, path, trail),
                (Imported::All, _) => {
                    trail.see(file);
                    Meaning::Namespace(file)
                }
            },
            Resolved::Outside { .. } | Resolved::Builtin => {
                if let Imported::Name(name) = imported {
                    path.push(Key::Property(name.clone()));
                }
                path.reverse();
                Meaning::Outside { specifier: specifier.clone(), path }
            }
            Resolved::Missing => Meaning::Missing {
                what: format!("{} imports `{specifier}`, and there is no such file", self.tree().path(from)),
            },
        }
    }

    fn part_of_export(&self, file: FileId, name: &str, mut path: Vec<Key>, trail: &mut Trail) -> Meaning {
        trail.see(file);
        let mut written = self.written_here(file, name);
        if written.is_none() {
            let search = self.written(file, name);
            written.clone_from(&search.found);
            trail.see_all(search);
        }
        match written {
            Some(Written::Export(file, place)) => match self.module(file).exports.get(place) {
                Some(Export::Local { name, value, span }) => {
                    trail.pass(name, HopKind::Exported, At { file, it: *span }, &path);
                    return self.part_of(At { file, it: *value }, path, trail);
                }
                Some(Export::From { name, specifier, imported, span }) => {
                    trail.pass(name, HopKind::Exported, At { file, it: *span }, &path);
                    if trail.is_too_long() {
                        return Meaning::Unknown { why: "it leads in a circle".to_owned() };
                    }
                    return self.part_of_module(file, specifier, imported, path, trail);
                }
                Some(Export::Star { .. }) | None => {}
            },
            Some(Written::Whole(file, value)) => {
                if name != "default" {
                    path.push(Key::Property(name.into()));
                }
                trail.see(file);
                return self.part_of(At { file, it: value }, path, trail);
            }
            Some(Written::Outside(specifier)) => {
                path.push(Key::Property(name.into()));
                path.reverse();
                return Meaning::Outside { specifier, path };
            }
            None => {}
        }
        Meaning::Missing {
            what: match self.module(file).errors.first() {
                Some(error) => format!("{} cannot be read: {}", self.tree().path(file), error.message),
                None => format!("{} exports no `{name}`", self.tree().path(file)),
            },
        }
    }

    /// Calls that give back what they are given, and calls that load a module.
    fn seen_through(&self, file: FileId, call: &Call) -> Through {
        let module = self.module(file);
        let Some(first) = call.arguments.first().filter(|argument| !argument.is_spread) else {
            return Through::Nothing;
        };
        match module.expression(call.callee) {
            Expression::Global(name) if name == "import" || name == "require" => match module.expression(first.value) {
                Expression::Text(specifier) => Through::Module(specifier.clone()),
                _ => Through::Nothing,
            },
            Expression::Member { object, property } => match (module.expression(*object), property.as_str()) {
                (Expression::Global(name), "freeze" | "seal") if name == "Object" => Through::Value(first.value),
                (Expression::Global(name), "resolve") if name == "Promise" => Through::Value(first.value),
                _ => Through::Nothing,
            },
            _ => Through::Nothing,
        }
    }
}

enum Through {
    Value(ExpressionId),
    Module(Name),
    Nothing,
}

fn part(of: At<ExpressionId>, mut path: Vec<Key>) -> Meaning {
    path.reverse();
    Meaning::Part { of, path }
}
