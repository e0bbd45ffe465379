//! Which application a call is made on.

use ops_typescript::module::{Call, Expression, ExpressionId, FunctionId, Key, Module, Name, Source, Span};
use ops_typescript::program::{At, Meaning};
use ops_typescript::tree::FileId;

use super::layout::returns;
use super::{Engine, Origin, Receiver, Scope, Scoped};

/// How many functions and chained calls are seen through.
const DEPTH: u16 = 400;

impl Engine<'_> {
    /// The application that an expression is, if it is one.
    pub(super) fn receiver(&self, at: At<ExpressionId>) -> Option<Receiver> {
        self.receiver_within(at, DEPTH)
    }

    /// The same for a value whose parameters are known.
    pub(in super::super) fn router(&self, value: &Scoped) -> Option<(Receiver, Scope)> {
        let (meaning, scope) = self.meaning(value);
        let receiver = match meaning {
            Meaning::Value(at) => self.receiver(at),
            Meaning::Parameter { .. } => self.receiver(value.at),
            other => self.receiver_of(&other, DEPTH),
        };
        receiver.map(|receiver| (receiver, scope))
    }

    fn receiver_within(&self, at: At<ExpressionId>, depth: u16) -> Option<Receiver> {
        if let Some(known) = self.receivers.borrow().get(&at) {
            return known.clone();
        }
        let depth = depth.checked_sub(1)?;
        // Whatever leads back to here is no application.
        self.receivers.borrow_mut().insert(at, None);
        let meaning = self.follow(at, &[]);
        let found = match &meaning {
            Meaning::Value(value) if *value != at => self.receiver_within(*value, depth),
            Meaning::Value(value) => self.receiver_of_value(*value, depth),
            Meaning::Global { name, path } if name == "this" => self.field_of_this(at, path, depth),
            Meaning::Unknown { .. } => self.assigned_later(at, depth),
            other => self.receiver_of(other, depth),
        };
        self.receivers.borrow_mut().insert(at, found.clone());
        found
    }

    fn receiver_of(&self, meaning: &Meaning, depth: u16) -> Option<Receiver> {
        match meaning {
            Meaning::Parameter { binding, path } if path.is_empty() => {
                Some(Receiver { origin: Origin::Parameter(*binding), prefixes: Vec::new() })
            }
            Meaning::Part { of, path } => self.field_of_new(*of, path, depth),
            _ => None,
        }
    }

    fn receiver_of_value(&self, at: At<ExpressionId>, depth: u16) -> Option<Receiver> {
        let module = self.program.module(at.file);
        let Expression::Call(call) = module.expression(at.it) else { return None };
        let made = || Some(Receiver { origin: Origin::Made(at), prefixes: Vec::new() });
        if self.constructs(at.file, call) {
            return made();
        }
        if let Expression::Member { object, property } = module.expression(call.callee)
            && let Some(mut receiver) = self.receiver_within(at.with(*object), depth)
        {
            if self.dialect.prefixing.contains(&property.as_str()) {
                receiver.prefixes.push(at);
            }
            return Some(receiver);
        }
        match self.factory(at)? {
            Made::Inside(..) => made(),
            Made::Argument(argument) => self.receiver_within(argument, depth),
        }
    }

    fn constructs(&self, file: FileId, call: &Call) -> bool {
        let callee = self.follow(At { file, it: call.callee }, &[]);
        (self.dialect.constructs)(&callee, call)
    }

    /// What a call of a function of the repository hands back, if it is an application.
    pub(super) fn factory(&self, at: At<ExpressionId>) -> Option<Made> {
        let module = self.program.module(at.file);
        let Expression::Call(call) = module.expression(at.it) else { return None };
        if call.is_new {
            return None;
        }
        let function = self.function(&Scope::default().see(at.with(call.callee)))?;
        let declared = self.program.module(function.file).function(function.it);
        let mut returned = Vec::new();
        returns(&declared.body, &mut returned);
        let found = returned.iter().find_map(|one| self.receiver(function.with(*one)));
        let Some(receiver) = found else {
            return returned.iter().find_map(|one| self.made_by_argument(function.with(*one), at.with(call)));
        };
        match receiver.origin {
            Origin::Made(_) => Some(Made::Inside(function, receiver)),
            Origin::Parameter(binding) => match &self.program.module(binding.file).binding(binding.it).source {
                Source::Parameter { function: owner, index, .. } if binding.with(*owner) == function => {
                    let argument = call.arguments.get(usize::try_from(*index).ok()?)?;
                    Some(Made::Argument(at.with(argument.value)))
                }
                _ => None,
            },
        }
    }

    /// What a function makes that is given to the call and called by it: `onlyIf(() => router)`.
    fn made_by_argument(&self, returned: At<ExpressionId>, call: At<&Call>) -> Option<Made> {
        let Expression::Call(inner) = self.program.module(returned.file).expression(returned.it) else { return None };
        let Meaning::Parameter { binding, path } = self.follow(returned.with(inner.callee), &[]) else { return None };
        let Source::Parameter { index, .. } = self.program.module(binding.file).binding(binding.it).source else {
            return None;
        };
        let argument = call.it.arguments.get(usize::try_from(index).ok()?).filter(|_| path.is_empty())?;
        let function = self.function(&Scope::default().see(call.with(argument.value)))?;
        let mut answers = Vec::new();
        returns(&self.program.module(function.file).function(function.it).body, &mut answers);
        let mut made = answers.into_iter().map(|answer| function.with(answer));
        made.find(|answer| self.receiver(*answer).is_some()).map(Made::Argument)
    }

    /// `this.app`, of the class around.
    fn field_of_this(&self, at: At<ExpressionId>, path: &[Key], depth: u16) -> Option<Receiver> {
        let [Key::Property(name)] = path else { return None };
        let module = self.program.module(at.file);
        let place = module.span(at.it);
        let classes = module
            .expressions()
            .filter(|(id, expression)| matches!(expression, Expression::Class(_)) && module.span(*id).contains(place));
        let class = classes.min_by_key(|(id, _)| module.span(*id).end - module.span(*id).start)?.0;
        self.field_of_class(at.with(class), name, depth)
    }

    /// `new Server().app`, `Server.getInstance().app`
    fn field_of_new(&self, of: At<ExpressionId>, path: &[Key], depth: u16) -> Option<Receiver> {
        let [Key::Property(name)] = path else { return None };
        let module = self.program.module(of.file);
        let Expression::Call(call) = module.expression(of.it) else { return None };
        let (class, method) = match module.expression(call.callee) {
            _ if call.is_new => (call.callee, None),
            Expression::Member { object, property } => (*object, Some(property)),
            _ => return None,
        };
        let Meaning::Value(class) = self.follow(of.with(class), &[]) else { return None };
        if method.is_some_and(|method| !self.makes_itself(class, method)) {
            return None;
        }
        self.field_of_class(class, name, depth)
    }

    /// Whether a static method makes an instance of its class: `static getInstance() { return (Server.it ??= new Server()) }`.
    fn makes_itself(&self, class: At<ExpressionId>, name: &Name) -> bool {
        let module = self.program.module(class.file);
        let Expression::Class(declared) = module.expression(class.it) else { return false };
        let method = declared.members.iter().find(|member| member.is_static && member.name.as_ref() == Some(name));
        let Some(around) = method.and_then(|method| method.value).map(|value| module.span(value)) else { return false };
        module.expressions().any(|(id, expression)| match expression {
            Expression::Call(made) if made.is_new && around.contains(module.span(id)) => {
                matches!(module.expression(made.callee), Expression::Global(this) if this == "this")
                    || self.follow(class.with(made.callee), &[]) == Meaning::Value(class)
            }
            _ => false,
        })
    }

    fn field_of_class(&self, class: At<ExpressionId>, name: &Name, depth: u16) -> Option<Receiver> {
        let module = self.program.module(class.file);
        let Expression::Class(declared) = module.expression(class.it) else { return None };
        let member = declared.members.iter().find(|member| member.name.as_ref() == Some(name));
        let initial = member.and_then(|member| member.value);
        let found = initial.and_then(|value| self.receiver_within(class.with(value), depth));
        found.or_else(|| {
            let around = module.span(class.it);
            self.assigned(class.file, around, depth, |target| match module.expression(target) {
                Expression::Member { object, property } => {
                    property == name && matches!(module.expression(*object), Expression::Global(this) if this == "this")
                }
                _ => false,
            })
        })
    }

    /// `let app; app = express()`
    fn assigned_later(&self, at: At<ExpressionId>, depth: u16) -> Option<Receiver> {
        let module = self.program.module(at.file);
        let Expression::Binding(binding) = module.expression(at.it) else { return None };
        let everywhere = Span { start: 0, end: u32::MAX };
        self.assigned(at.file, everywhere, depth, |target| *module.expression(target) == Expression::Binding(*binding))
    }

    /// The one application that is written to a target.
    fn assigned(
        &self,
        file: FileId,
        around: Span,
        depth: u16,
        is_target: impl Fn(ExpressionId) -> bool,
    ) -> Option<Receiver> {
        let module: &Module = self.program.module(file);
        let mut found = module.expressions().filter_map(|(id, expression)| match expression {
            Expression::Assign { target, value } if around.contains(module.span(id)) && is_target(*target) => {
                self.receiver_within(At { file, it: *value }, depth)
            }
            _ => None,
        });
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }
}

/// What a function that was called hands back.
pub(super) enum Made {
    /// An application that it makes.
    Inside(At<FunctionId>, Receiver),
    /// The application that it was given.
    Argument(At<ExpressionId>),
}
