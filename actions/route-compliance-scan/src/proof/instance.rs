//! Methods of objects that a class of the repository made: `new Auth().check(request)`, `this.auth.check(request)`.

use ops_typescript::module::{ClassMember, Expression, ExpressionId, Function, FunctionId, Key, Name};
use ops_typescript::program::{At, Meaning};
use ops_typescript::tree::FileId;

use super::Prover;
use super::frame::Frame;

/// How many fields and classes above lie between an object and its method.
const FAR: u8 = 6;

/// A method, and the class of the object that it is called on, where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Method {
    pub(super) function: At<FunctionId>,
    pub(super) of: Option<At<ExpressionId>>,
}

impl Prover<'_> {
    /// The method that a callee means, where it can be no other.
    pub(super) fn method(&self, callee: At<ExpressionId>, meaning: &Meaning) -> Option<At<FunctionId>> {
        match *self.methods(callee, meaning, &Frame::default()) {
            [Some(Method { function, .. })] => Some(function),
            _ => None,
        }
    }

    /// The methods that a callee may mean; nothing for one that nobody can tell. None at all where the class of its object is
    /// not known.
    pub(super) fn methods(&self, callee: At<ExpressionId>, meaning: &Meaning, frame: &Frame) -> Vec<Option<Method>> {
        let found = match meaning {
            Meaning::Part { of, path } => self.class_of(*of).map(|class| vec![self.exact(class, path, callee.file)]),
            Meaning::Global { name, path } if name == "this" => {
                self.class_around(callee).map(|class| self.own_methods(class, path, callee.file, frame))
            }
            _ => None,
        };
        found.filter(|found| found.iter().any(Option::is_some)).unwrap_or_default()
    }

    /// Of an object of this class, and no other.
    fn exact(&self, class: At<ExpressionId>, path: &[Key], user: FileId) -> Option<Method> {
        let is_replaced = [user, class.file].iter().any(|file| self.replaces_one_of(path, *file));
        (!is_replaced).then(|| self.method_at(class, class, path, FAR)).flatten()
    }

    /// Of an object of this class or of one that extends it.
    fn own_methods(&self, class: At<ExpressionId>, path: &[Key], user: FileId, frame: &Frame) -> Vec<Option<Method>> {
        if let Some(exact) = frame.this().filter(|exact| self.extends(*exact, class)) {
            return vec![self.exact(exact, path, user)];
        }
        let Some(Key::Property(name)) = path.first() else { return Vec::new() };
        let here = self.exact(class, path, user).map(|one| Method { of: one.of.filter(|of| *of != class), ..one });
        let others = self.inherited_as(class, name);
        if here.is_none() && (others.is_empty() || !self.is_abstract(class)) {
            return Vec::new();
        }
        let others = others.into_iter().map(|member| {
            let module = self.program.module(member.file);
            match (path, module.expression(member.it.value?)) {
                ([_], Expression::Function(function)) if member.it.name.is_some() => {
                    Some(Method { function: member.with(*function), of: None })
                }
                _ => None,
            }
        });
        here.map(Some).into_iter().chain(others).collect()
    }

    /// Whether a file writes to a property with one of these names, of any object: `auth.check = async () => {}`.
    fn replaces_one_of(&self, names: &[Key], file: FileId) -> bool {
        let module = self.program.module(file);
        module.expressions().any(|(_, one)| {
            let Expression::Assign { target, .. } = one else { return false };
            let Expression::Member { object, property } = module.expression(*target) else { return false };
            let is_own = matches!(module.expression(*object), Expression::Global(this) if this == "this");
            !is_own && names.iter().any(|name| matches!(name, Key::Property(name) if name == property))
        })
    }

    /// The class that an object was made of.
    fn class_of(&self, object: At<ExpressionId>) -> Option<At<ExpressionId>> {
        let Meaning::Value(object) = self.program.meaning(object) else { return None };
        match self.program.module(object.file).expression(object.it) {
            Expression::Call(call) if call.is_new => self.class(object.with(call.callee)),
            _ => None,
        }
    }

    /// The class of the repository that a name means.
    pub(super) fn class(&self, name: At<ExpressionId>) -> Option<At<ExpressionId>> {
        let Meaning::Value(class) = self.program.meaning(name) else { return None };
        matches!(self.program.module(class.file).expression(class.it), Expression::Class(_)).then_some(class)
    }

    /// What a class extends, if that is of the repository.
    fn parent(&self, class: At<ExpressionId>) -> Option<At<ExpressionId>> {
        match self.program.module(class.file).expression(class.it) {
            Expression::Class(declared) => self.class(class.with(declared.superclass?)),
            _ => None,
        }
    }

    fn extends(&self, mut class: At<ExpressionId>, other: At<ExpressionId>) -> bool {
        for _ in 0..FAR {
            if class == other {
                return true;
            }
            let Some(parent) = self.parent(class) else { return false };
            class = parent;
        }
        false
    }

    /// The class whose object `this` is at a place.
    fn class_around(&self, inner: At<ExpressionId>) -> Option<At<ExpressionId>> {
        let module = self.program.module(inner.file);
        let span = self.span(inner);
        let classes = module.expressions().filter(|(_, one)| matches!(one, Expression::Class(_)));
        let around = classes.map(|(id, _)| inner.with(id)).filter(|class| self.span(*class).contains(span));
        let innermost = around.min_by_key(|class| self.span(*class).end - self.span(*class).start)?;
        let is_around = |member: &&ClassMember| {
            member.value.is_some_and(|value| module.span(value).contains(span)) && !member.is_static
        };
        let member = module.span(self.members(innermost).iter().find(is_around)?.value?);
        let has_own_this = |function: &Function| {
            !function.is_arrow
                && function.span != member
                && member.contains(function.span)
                && function.span.contains(span)
        };
        (!module.functions().any(|(_, function)| has_own_this(function))).then_some(innermost)
    }

    fn is_abstract(&self, class: At<ExpressionId>) -> bool {
        let start = self.span(class).start as usize;
        let (before, after) = self.program.source(class.file).split_at_checked(start).unwrap_or_default();
        before.trim_end().ends_with("abstract") || after.starts_with("abstract")
    }

    /// A method of an object of the class `of`, as far up as `class`.
    fn method_at(&self, of: At<ExpressionId>, class: At<ExpressionId>, path: &[Key], far: u8) -> Option<Method> {
        let far = far.checked_sub(1)?;
        let (Key::Property(name), rest) = path.split_first()? else { return None };
        let is_meant = |one: &&ClassMember| !one.is_static && one.name.as_ref() == Some(name);
        let Some(member) = self.members(class).iter().find(is_meant) else {
            let parent = self.parent(class)?;
            return self.written(class, name).next().is_none().then(|| self.method_at(of, parent, path, far)).flatten();
        };
        let value = class.with(self.only_value(class, name, member)?);
        match self.program.module(class.file).expression(value.it) {
            Expression::Function(function) => {
                rest.is_empty().then(|| Method { function: class.with(*function), of: Some(of) })
            }
            _ => {
                let class = self.class_of(value)?;
                self.method_at(class, class, rest, far)
            }
        }
    }

    pub(super) fn members(&self, class: At<ExpressionId>) -> &[ClassMember] {
        match self.program.module(class.file).expression(class.it) {
            Expression::Class(declared) => &declared.members,
            _ => &[],
        }
    }

    /// What a member holds from its beginning to its end.
    fn only_value(&self, class: At<ExpressionId>, name: &Name, member: &ClassMember) -> Option<ExpressionId> {
        let mut values = member.value.into_iter().chain(self.written(class, name));
        let first = values.next()?;
        values.next().is_none().then_some(first)
    }

    /// What a class writes to a member of its own: `this.auth = new Auth()`.
    fn written(&self, class: At<ExpressionId>, name: &Name) -> impl Iterator<Item = ExpressionId> {
        let module = self.program.module(class.file);
        let span = self.span(class);
        module.expressions().filter_map(move |(id, one)| match one {
            Expression::Assign { target, value } if span.contains(module.span(id)) => {
                let Expression::Member { object, property } = module.expression(*target) else { return None };
                let is_own = matches!(module.expression(*object), Expression::Global(this) if this == "this");
                (is_own && property == name).then_some(*value)
            }
            _ => None,
        })
    }
}
