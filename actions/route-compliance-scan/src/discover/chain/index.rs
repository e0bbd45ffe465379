//! The calls of a file that are made on an application, or get one.

use std::collections::BTreeMap;
use std::rc::Rc;

use ops_typescript::module::{Call, Expression, ExpressionId, FunctionId, Source};
use ops_typescript::program::At;
use ops_typescript::tree::FileId;

use super::layout::Layout;
use super::{Engine, Origin, Receiver, Registered, Registration, Scope};

impl Engine<'_> {
    /// Notes all registrations of a file, once.
    pub(super) fn index(&self, file: FileId) {
        if !self.indexed.borrow_mut().insert(file) {
            return;
        }
        let module = self.program.module(file);
        let layout = Layout::new(module);
        let mut found: BTreeMap<Origin, Vec<Registration>> = BTreeMap::new();
        for (id, expression) in module.expressions() {
            let Expression::Call(call) = expression else { continue };
            for (receiver, what) in self.registered(file, call) {
                let home = self.home(file, &layout, receiver.origin);
                let standing = layout.standing(id, home);
                let registration =
                    Registration { call: At { file, it: id }, what, prefixes: receiver.prefixes, standing };
                found.entry(receiver.origin).or_default().push(registration);
            }
        }
        let mut all = self.registrations.borrow_mut();
        for (origin, registrations) in found {
            let known = Rc::make_mut(all.entry(origin).or_default());
            known.extend(registrations);
            // A file that takes an application from another one runs after it.
            known
                .sort_by_key(|one| (one.call.file != origin.file(), one.call.file, one.standing.position, one.call.it));
        }
    }

    /// Everything that is registered on an application.
    pub(super) fn registrations(&self, origin: Origin) -> Rc<Vec<Registration>> {
        self.index(origin.file());
        self.registrations.borrow().get(&origin).cloned().unwrap_or_default()
    }

    fn registered(&self, file: FileId, call: &Call) -> Vec<(Receiver, Registered)> {
        let module = self.program.module(file);
        if let Expression::Member { object, property } = module.expression(call.callee)
            && self.dialect.verbs.contains(&property.as_str())
            && let Some(receiver) = self.receiver(At { file, it: *object })
        {
            return vec![(receiver, Registered::Verb(property.clone()))];
        }
        let mut found = Vec::new();
        for (number, argument) in call.arguments.iter().enumerate() {
            let may_be_app = match module.expression(argument.value) {
                Expression::Binding(_) | Expression::Call(_) => true,
                Expression::Member { object, .. } => {
                    matches!(module.expression(*object), Expression::Global(name) if name == "this")
                }
                _ => false,
            };
            if argument.is_spread || !may_be_app {
                continue;
            }
            let Some(receiver) = self.receiver(At { file, it: argument.value }) else { continue };
            if let Some(function) = self.called(At { file, it: call.callee }, call.is_new) {
                found.push((receiver, Registered::Given(function, number)));
            }
        }
        found
    }

    /// The function, or the constructor of the class, that is called.
    fn called(&self, callee: At<ExpressionId>, is_new: bool) -> Option<At<FunctionId>> {
        let value = Scope::default().see(callee);
        if !is_new {
            return self.function(&value);
        }
        let (class, Expression::Class(declared), _) = self.expression(&value)? else { return None };
        let constructor = declared.members.iter().find(|member| member.is_constructor)?.value?;
        self.function(&Scope::default().see(class.with(constructor)))
    }

    /// The function in which an application is made, or whose parameter it is.
    fn home(&self, file: FileId, layout: &Layout<'_>, origin: Origin) -> Option<FunctionId> {
        match origin {
            Origin::Made(at) if at.file == file => layout.function_around(self.program.module(file).span(at.it)),
            Origin::Parameter(at) if at.file == file => match self.program.module(file).binding(at.it).source {
                Source::Parameter { function, .. } => Some(function),
                _ => None,
            },
            _ => None,
        }
    }
}
