//! A set of paths as an automaton that is made while it is walked.
//!
//! Look-ahead makes intersections and complements, so a state is not a set of places in the expression but a Boolean formula
//! over them. The formulas are kept as binary decision diagrams: equal formulas are the same state, so there are finitely many.

use rustc_hash::FxHashMap;

use super::{
    PatternError,
    regex::{Node, Set},
};

/// How many instructions an expression may have.
const INSTRUCTIONS: usize = 20_000;
/// How many nodes the diagrams may have, and how many steps the search for what follows a place may take.
const WORK: usize = 100_000;

enum Instruction {
    /// One character of the set, then on.
    Take(Set, usize),
    Split(usize, usize),
    Ahead {
        inner: usize,
        is_negative: bool,
        next: usize,
    },
    Start(usize),
    End(usize),
    /// The end of a look-ahead: whatever follows is fine.
    Accept,
    /// The end of the expression: nothing may follow.
    Stop,
}

/// A state of an [`Automaton`]: the paths that may still follow.
pub(crate) type State = u32;

/// From here on, no path is one.
pub(crate) const NEVER: State = 0;
const ALWAYS: State = 1;
const UNKNOWN: State = State::MAX;

/// The variable that is true where nothing follows. The other variables are the places of `Take`, plus one.
const AT_END: usize = 0;

/// A set of paths.
pub(crate) struct Automaton {
    program: Vec<Instruction>,
    first: usize,
    /// Variable, the formula where it is false, and where it is true. The first two are the constants.
    nodes: Vec<(usize, State, State)>,
    known: FxHashMap<(usize, State, State), State>,
    chosen: FxHashMap<(State, State, State), State>,
    following: FxHashMap<usize, State>,
    /// By state and class; [`UNKNOWN`] where nobody asked yet.
    derived: Vec<State>,
    classes: [u8; 128],
    class_sets: Vec<Set>,
}

impl Automaton {
    /// The paths that match from their first to their last character.
    pub(crate) fn new(node: &Node) -> Result<Self, PatternError> {
        let mut program = vec![Instruction::Stop, Instruction::Accept];
        let first = emit(&mut program, node, 0)?;
        let mut classes = [0; 128];
        let mut class_sets: Vec<Set> = vec![Set::MAX];
        for instruction in &program {
            let Instruction::Take(set, _) = instruction else { continue };
            for index in 0..class_sets.len() {
                let Some(whole) = class_sets.get_mut(index) else { continue };
                let (inside, outside) = (*whole & set, *whole & !set);
                if inside != 0 && outside != 0 {
                    *whole = inside;
                    class_sets.push(outside);
                }
            }
        }
        for (index, set) in class_sets.iter().enumerate() {
            for (character, class) in classes.iter_mut().enumerate() {
                if set >> character & 1 == 1 {
                    // There are at most 128 disjoint sets of 128 characters.
                    *class = u8::try_from(index).unwrap_or(u8::MAX);
                }
            }
        }
        Ok(Self {
            program,
            first,
            nodes: vec![(usize::MAX, NEVER, NEVER), (usize::MAX, ALWAYS, ALWAYS)],
            known: FxHashMap::default(),
            chosen: FxHashMap::default(),
            following: FxHashMap::default(),
            derived: Vec::new(),
            classes,
            class_sets,
        })
    }

    /// The state before the first character.
    pub(crate) fn start(&mut self) -> Result<State, PatternError> {
        self.closure(self.first, true)
    }

    /// The state after this character. Characters that aren't ASCII are in no path.
    pub(crate) fn after(&mut self, state: State, character: char) -> Result<State, PatternError> {
        let Some(class) = self.class(character) else { return Ok(NEVER) };
        self.derive(state, class)
    }

    /// Characters of the same class are not told apart.
    pub(crate) fn class(&self, character: char) -> Option<u8> {
        self.classes.get(character as usize).copied()
    }

    /// Whether a path may end here.
    pub(crate) fn may_end(&self, state: State) -> bool {
        match self.nodes.get(state as usize) {
            _ if state <= ALWAYS => state == ALWAYS,
            Some((AT_END, _, then)) => self.may_end(*then),
            Some((_, otherwise, _)) => self.may_end(*otherwise),
            None => false,
        }
    }

    /// Whether the set holds the path.
    pub(crate) fn holds(&mut self, path: &str) -> Result<bool, PatternError> {
        let mut state = self.start()?;
        for character in path.chars() {
            state = self.after(state, character)?;
        }
        Ok(self.may_end(state))
    }

    fn derive(&mut self, state: State, class: u8) -> Result<State, PatternError> {
        if state <= ALWAYS {
            return Ok(state);
        }
        let index = state as usize * self.class_sets.len() + usize::from(class);
        match self.derived.get(index) {
            Some(known) if *known != UNKNOWN => return Ok(*known),
            _ => {}
        }
        let Some((variable, otherwise, then)) = self.nodes.get(state as usize).copied() else { return Ok(NEVER) };
        let otherwise = self.derive(otherwise, class)?;
        let then = self.derive(then, class)?;
        let taken = self.taken(variable, class)?;
        let result = self.choose(taken, then, otherwise)?;
        if self.derived.len() <= index {
            self.derived.resize(index + 1, UNKNOWN);
        }
        if let Some(place) = self.derived.get_mut(index) {
            *place = result;
        }
        Ok(result)
    }

    /// What follows a place where a character of this class is taken.
    fn taken(&mut self, variable: usize, class: u8) -> Result<State, PatternError> {
        let place = variable.wrapping_sub(1);
        let Some(Instruction::Take(set, next)) = self.program.get(place) else { return Ok(NEVER) };
        let members = self.class_sets.get(usize::from(class)).copied().unwrap_or_default();
        let next = *next;
        if members & set == 0 {
            return Ok(NEVER);
        }
        if let Some(known) = self.following.get(&next) {
            return Ok(*known);
        }
        let state = self.closure(next, false)?;
        self.following.insert(next, state);
        Ok(state)
    }

    fn closure(&mut self, place: usize, at_start: bool) -> Result<State, PatternError> {
        let mut walk = Closure { at_start, on_the_way: Vec::new(), steps: 0 };
        walk.visit(self, place)
    }

    /// `condition ? then : otherwise`, as a formula.
    fn choose(&mut self, condition: State, then: State, otherwise: State) -> Result<State, PatternError> {
        match (condition, then, otherwise) {
            (ALWAYS, ..) => return Ok(then),
            (NEVER, ..) => return Ok(otherwise),
            (_, ALWAYS, NEVER) => return Ok(condition),
            _ if then == otherwise => return Ok(then),
            _ => {}
        }
        if let Some(known) = self.chosen.get(&(condition, then, otherwise)) {
            return Ok(*known);
        }
        let top =
            [condition, then, otherwise].into_iter().map(|state| self.variable(state)).min().unwrap_or(usize::MAX);
        let (c, t, o) = (self.halves(condition, top), self.halves(then, top), self.halves(otherwise, top));
        let when_false = self.choose(c.0, t.0, o.0)?;
        let when_true = self.choose(c.1, t.1, o.1)?;
        let result = self.node(top, when_false, when_true)?;
        self.chosen.insert((condition, then, otherwise), result);
        Ok(result)
    }

    fn variable(&self, state: State) -> usize {
        self.nodes.get(state as usize).map_or(usize::MAX, |node| node.0)
    }

    fn halves(&self, state: State, variable: usize) -> (State, State) {
        match self.nodes.get(state as usize) {
            Some((own, otherwise, then)) if *own == variable => (*otherwise, *then),
            _ => (state, state),
        }
    }

    fn node(&mut self, variable: usize, otherwise: State, then: State) -> Result<State, PatternError> {
        if otherwise == then {
            return Ok(then);
        }
        if let Some(known) = self.known.get(&(variable, otherwise, then)) {
            return Ok(*known);
        }
        if self.nodes.len() >= WORK {
            return Err(PatternError::TooLarge);
        }
        let state = u32::try_from(self.nodes.len()).map_err(|_| PatternError::TooLarge)?;
        self.nodes.push((variable, otherwise, then));
        self.known.insert((variable, otherwise, then), state);
        Ok(state)
    }
}

/// The search for what may be taken next, without taking anything.
struct Closure {
    at_start: bool,
    on_the_way: Vec<usize>,
    steps: usize,
}

impl Closure {
    fn visit(&mut self, automaton: &mut Automaton, place: usize) -> Result<State, PatternError> {
        self.steps += 1;
        if self.steps > WORK || self.on_the_way.len() > 2_000 {
            return Err(PatternError::TooLarge);
        }
        match automaton.program.get(place) {
            None => Ok(NEVER),
            Some(Instruction::Accept) => Ok(ALWAYS),
            Some(Instruction::Stop) => automaton.node(AT_END, NEVER, ALWAYS),
            Some(Instruction::Take(..)) => automaton.node(place + 1, NEVER, ALWAYS),
            Some(&Instruction::Start(next)) => {
                if self.at_start {
                    self.visit(automaton, next)
                } else {
                    Ok(NEVER)
                }
            }
            Some(&Instruction::End(next)) => {
                let end = automaton.node(AT_END, NEVER, ALWAYS)?;
                let rest = self.visit(automaton, next)?;
                automaton.choose(end, rest, NEVER)
            }
            Some(&Instruction::Split(left, right)) => {
                // A loop that takes nothing adds nothing.
                if self.on_the_way.contains(&place) {
                    return Ok(NEVER);
                }
                self.on_the_way.push(place);
                let left = self.visit(automaton, left)?;
                let right = self.visit(automaton, right)?;
                self.on_the_way.pop();
                automaton.choose(left, ALWAYS, right)
            }
            Some(&Instruction::Ahead { inner, is_negative, next }) => {
                let inner = self.visit(automaton, inner)?;
                let rest = self.visit(automaton, next)?;
                if is_negative { automaton.choose(inner, NEVER, rest) } else { automaton.choose(inner, rest, NEVER) }
            }
        }
    }
}

/// Adds the instructions of a node, after which `next` follows; gives the first one's place.
fn emit(program: &mut Vec<Instruction>, node: &Node, next: usize) -> Result<usize, PatternError> {
    if program.len() > INSTRUCTIONS {
        return Err(PatternError::TooLarge);
    }
    let instruction = match node {
        Node::Set(set) => Instruction::Take(*set, next),
        Node::Start => Instruction::Start(next),
        Node::End => Instruction::End(next),
        Node::Ahead { node, is_negative } => {
            let inner = emit(program, node, 1)?;
            Instruction::Ahead { inner, is_negative: *is_negative, next }
        }
        Node::Sequence(nodes) => {
            let mut place = next;
            for node in nodes.iter().rev() {
                place = emit(program, node, place)?;
            }
            return Ok(place);
        }
        Node::Choice(nodes) => {
            let mut places = Vec::with_capacity(nodes.len());
            for node in nodes {
                places.push(emit(program, node, next)?);
            }
            let mut place = places.pop().unwrap_or(next);
            for other in places.into_iter().rev() {
                program.push(Instruction::Split(other, place));
                place = program.len() - 1;
            }
            return Ok(place);
        }
        Node::Repeat { node, least, most } => return repeat(program, node, (*least, *most), next),
    };
    program.push(instruction);
    Ok(program.len() - 1)
}

fn repeat(
    program: &mut Vec<Instruction>,
    node: &Node,
    (least, most): (u32, Option<u32>),
    next: usize,
) -> Result<usize, PatternError> {
    let mut place = next;
    // Where the node adds no instruction, the bound on them would not end a long repetition.
    if least.max(most.unwrap_or(0)) as usize > INSTRUCTIONS {
        return Err(PatternError::TooLarge);
    }
    if let Some(most) = most {
        for _ in least..most {
            let body = emit(program, node, place)?;
            program.push(Instruction::Split(body, next));
            place = program.len() - 1;
        }
    } else {
        program.push(Instruction::Split(next, next));
        place = program.len() - 1;
        let body = emit(program, node, place)?;
        if let Some(split) = program.get_mut(place) {
            *split = Instruction::Split(body, next);
        }
    }
    for _ in 0..least {
        place = emit(program, node, place)?;
    }
    Ok(place)
}
