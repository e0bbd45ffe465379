//! What a guard does about a request that brings nothing, with what it was called with: `authenticate("jwt", false)`.

mod course;
mod settings;
mod word;

use ops_typescript::module::{BindingId, Call, FunctionId, Source};
use ops_typescript::program::At;

use self::course::Course;
use self::word::Word;
use super::frame::Frame;
use super::{Prover, Step};

/// How many arguments of a call are told apart.
const ARGUMENTS: usize = 6;

/// What a function was called with.
pub(super) type Arguments = [Word; ARGUMENTS];

/// What goes wrong meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum World {
    /// Nothing: who comes is just not known.
    Plain,
    /// Callbacks are handed an error.
    Errors,
    /// What is tried fails.
    Failing,
}

const WORLDS: [World; 3] = [World::Plain, World::Errors, World::Failing];

impl Prover<'_> {
    /// The argument by which the call of a guard lets anybody pass whom it would refuse with another.
    pub(super) fn opened_by_argument(&self, at: At<()>, call: &Call, frame: &Frame) -> Option<Step> {
        let function = self.function_of(at.with(call.callee)).filter(|_| !call.is_new)?;
        let arguments = self.arguments(function, at, call, frame);
        let place = self.reach.opening.ask((function, arguments), || None, || self.opening(function, arguments))?;
        let given = call.arguments.get(place);
        let what = match given {
            Some(argument) => {
                let written = self.program.text(at.with(self.span(at.with(argument.value))));
                format!("the argument `{written}` lets anybody past the guard")
            }
            None => format!("the guard lets anybody pass without its argument {}", place + 1),
        };
        let place = given.map_or(call.callee, |argument| argument.value);
        Some(Step { what, place: at.with(self.span(at.with(place))) })
    }

    fn arguments(&self, function: At<FunctionId>, at: At<()>, call: &Call, frame: &Frame) -> Arguments {
        let declared = self.program.module(function.file).function(function.it);
        let known = call.arguments.iter().take_while(|argument| !argument.is_spread).count();
        let word = |place: usize| match (call.arguments.get(place), declared.parameters.get(place)) {
            (Some(argument), _) if place < known => self.literal(
                self.given_value(at.with(argument.value), frame).map_or(at.with(argument.value), |given| given.at),
            ),
            (None, Some(parameter)) if known == call.arguments.len() && !parameter.is_rest => {
                parameter.default.map_or(Word::Nothing, |default| self.literal(function.with(default)))
            }
            _ => Word::Unknown,
        };
        std::array::from_fn(word)
    }

    /// The first argument that, with others perhaps, decides that nobody is refused.
    fn opening(&self, function: At<FunctionId>, arguments: Arguments) -> Option<usize> {
        let is_among = |choice: u8, place: usize| choice >> place & 1 == 1;
        let may_decide =
            |place: usize| arguments.get(place).is_some_and(|word| self.may_decide(function, place, *word));
        let choices = (1..1 << ARGUMENTS)
            .filter(|choice| (0..ARGUMENTS).all(|place| !is_among(*choice, place) || may_decide(place)));
        let choices: Vec<u8> = choices.collect();
        let turned = |choice: u8| {
            let mut others = arguments;
            let chosen = others.iter_mut().enumerate().filter(|(place, _)| is_among(choice, *place));
            chosen.for_each(|(_, word)| *word = word.turned());
            others
        };
        let refuses = |world, arguments: Arguments| Course::new(self, world).function(function, arguments).is_refusal();
        let mut open = WORLDS.into_iter().filter(|world| !choices.is_empty() && !refuses(*world, arguments));
        let choice = open.find_map(|world| choices.iter().find(|choice| refuses(world, turned(**choice))))?;
        (0..ARGUMENTS).find(|place| is_among(*choice, *place))
    }

    /// Whether a parameter is a switch that was set: what is called, or is of another type, is none.
    fn may_decide(&self, function: At<FunctionId>, place: usize, word: Word) -> bool {
        let module = self.program.module(function.file);
        let Some(parameter) = module.function(function.it).parameters.get(place) else { return false };
        let Some(binding) = parameter.binding.filter(|_| !parameter.is_rest) else { return false };
        match word {
            Word::Truth(_) => true,
            Word::Nothing => match &parameter.type_text {
                Some(written) => written.contains("boolean"),
                None => !self.is_called(function.with(binding)),
            },
            Word::Text(_) | Word::Function(_) | Word::Something | Word::Unknown => false,
        }
    }

    fn is_called(&self, binding: At<BindingId>) -> bool {
        let Source::Parameter { function, .. } = self.program.module(binding.file).binding(binding.it).source else {
            return false;
        };
        self.handler_calls(binding.with(function)).iter().any(|(_, (given, _))| *given == binding)
    }
}
