//! Methods of objects that a class of the repository made: `new Auth().check(request)`, `this.auth.check(request)`.

use ops_typescript::module::{ClassMember, Expression, ExpressionId, FunctionId, Key, Name};
use ops_typescript::program::{At, Meaning, Trail};
use ops_typescript::tree::FileId;

use super::Prover;

/// How many fields and classes above lie between an object and its method.
const FAR: u8 = 6;

impl Prover<'_> {
    /// The method that a callee means, where the class of its object is known.
    pub(super) fn method(&self, callee: At<ExpressionId>, meaning: &Meaning) -> Option<At<FunctionId>> {
        let (class, path) = match meaning {
            Meaning::Part { of, path } => (self.class_of(*of)?, path),
            Meaning::Global { name, path } if name == "this" => (self.class_around(callee)?, path),
            _ => return None,
        };
        let is_replaced = [callee, class].iter().any(|place| self.replaces_one_of(path, place.file));
        (!is_replaced).then(|| self.method_at(class, path, FAR)).flatten()
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
        let Meaning::Value(object) = self.program.follow(object, &mut Trail::default()) else { return None };
        match self.program.module(object.file).expression(object.it) {
            Expression::Call(call) if call.is_new => self.class(object.with(call.callee)),
            _ => None,
        }
    }

    fn class(&self, name: At<ExpressionId>) -> Option<At<ExpressionId>> {
        let Meaning::Value(class) = self.program.follow(name, &mut Trail::default()) else { return None };
        matches!(self.program.module(class.file).expression(class.it), Expression::Class(_)).then_some(class)
    }

    /// The innermost class that something stands in.
    fn class_around(&self, inner: At<ExpressionId>) -> Option<At<ExpressionId>> {
        let module = self.program.module(inner.file);
        let span = self.span(inner);
        let classes = module.expressions().filter(|(_, one)| matches!(one, Expression::Class(_)));
        let around = classes.map(|(id, _)| inner.with(id)).filter(|class| self.span(*class).contains(span));
        let innermost = around.min_by_key(|class| self.span(*class).end - self.span(*class).start)?;
        // The methods of an abstract class are those of whatever extends it.
        let start = self.span(innermost).start as usize;
        let (before, after) = self.program.source(inner.file).split_at_checked(start)?;
        let is_abstract = before.trim_end().ends_with("abstract") || after.starts_with("abstract");
        (!is_abstract).then_some(innermost)
    }

    fn method_at(&self, class: At<ExpressionId>, path: &[Key], far: u8) -> Option<At<FunctionId>> {
        let far = far.checked_sub(1)?;
        let (Key::Property(name), rest) = path.split_first()? else { return None };
        let module = self.program.module(class.file);
        let Expression::Class(declared) = module.expression(class.it) else { return None };
        let is_meant = |one: &&ClassMember| !one.is_static && one.name.as_ref() == Some(name);
        let Some(member) = declared.members.iter().find(is_meant) else {
            let parent = self.class(class.with(declared.superclass?))?;
            // What it has of its own may stand for what the inherited method calls.
            return (!self.overrides(class, parent)).then(|| self.method_at(parent, path, far)).flatten();
        };
        let value = class.with(self.only_value(class, name, member)?);
        match module.expression(value.it) {
            Expression::Function(function) => rest.is_empty().then(|| class.with(*function)),
            _ => self.method_at(self.class_of(value)?, rest, far),
        }
    }

    fn overrides(&self, class: At<ExpressionId>, parent: At<ExpressionId>) -> bool {
        let (own, above) = (self.members(class), self.members(parent));
        own.iter()
            .any(|one| above.iter().any(|other| one.name.is_some() && one.name == other.name && !other.is_constructor))
    }

    fn members(&self, class: At<ExpressionId>) -> &[ClassMember] {
        match self.program.module(class.file).expression(class.it) {
            Expression::Class(declared) => &declared.members,
            _ => &[],
        }
    }

    /// What a member holds from its beginning to its end.
    fn only_value(&self, class: At<ExpressionId>, name: &Name, member: &ClassMember) -> Option<ExpressionId> {
        let module = self.program.module(class.file);
        let span = self.span(class);
        let written = module.expressions().filter_map(|(id, one)| match one {
            Expression::Assign { target, value } if span.contains(module.span(id)) => {
                let Expression::Member { object, property } = module.expression(*target) else { return None };
                let is_own = matches!(module.expression(*object), Expression::Global(this) if this == "this");
                (is_own && property == name).then_some(*value)
            }
            _ => None,
        });
        let mut values = member.value.into_iter().chain(written);
        let first = values.next()?;
        values.next().is_none().then_some(first)
    }
}
