//! Which sources match which of a route's paths.

use std::iter;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Automaton, PatternError,
    automaton::{NEVER, State},
};

/// Some paths of a route: those that match these sources and no others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    /// For each source, whether it matches.
    pub(crate) matches: Vec<bool>,
    /// The shortest of these paths.
    pub(crate) witness: String,
}

/// How many states may be looked at.
const STATES: usize = 20_000;

/// Characters of paths, those first that read best.
const CHARACTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./~%!$&'()*+,;=:@[]|";

struct Reached {
    states: Vec<State>,
    /// How it was reached: from which, and by which character.
    from: Option<(usize, char)>,
}

/// Parts the paths of a route by the sources that match: each path is in one of the cases, and no case is without a path.
///
/// `sources` come with what stands before the route's path when they are asked (mostly nothing).
/// `literal` is how each path of the route begins, as far as that is known.
pub(crate) fn cases(
    route: &mut Automaton,
    literal: &str,
    sources: &mut [(&mut Automaton, &str)],
) -> Result<Vec<Case>, PatternError> {
    let mut start = vec![route.start()?];
    start.extend(after("", sources)?);
    // As long as there is only one way to go on, nothing has to be searched.
    let mut known = "";
    if let Some((first, others)) = start.split_first_mut() {
        let own = walk(route, *first, literal)?;
        if own != NEVER {
            known = literal;
            *first = own;
            others.copy_from_slice(&after(literal, sources)?);
        }
    }
    let characters = representatives(route, sources);
    let mut seen = FxHashSet::from_iter([start.clone()]);
    let mut reached = vec![Reached { states: start, from: None }];
    let mut cases: Vec<Case> = Vec::new();
    let mut next = 0;
    let mut after = Vec::with_capacity(sources.len() + 1);
    while let Some(here) = reached.get(next) {
        let states = here.states.clone();
        let Some((own, others)) = states.split_first() else { break };
        if route.may_end(*own) {
            let matches: Vec<bool> =
                sources.iter().zip(others).map(|((source, _), state)| source.may_end(*state)).collect();
            if !cases.iter().any(|case| case.matches == matches) {
                cases.push(Case { matches, witness: known.to_owned() + &path(&reached, next) });
            }
        }
        for character in &characters {
            let own = route.after(*own, *character)?;
            if own == NEVER {
                continue;
            }
            after.clear();
            after.push(own);
            for ((source, _), state) in sources.iter_mut().zip(others) {
                after.push(source.after(*state, *character)?);
            }
            if !seen.contains(&after) {
                if reached.len() >= STATES {
                    return Err(PatternError::TooLarge);
                }
                seen.insert(after.clone());
                reached.push(Reached { states: after.clone(), from: Some((next, *character)) });
            }
        }
        next += 1;
    }
    Ok(cases)
}

/// Where each source stands after this text, and after what stands before it.
pub(crate) fn after(text: &str, sources: &mut [(&mut Automaton, &str)]) -> Result<Vec<State>, PatternError> {
    let one = |(source, before): &mut (&mut Automaton, &str)| {
        let start = source.start()?;
        let start = walk(source, start, before)?;
        walk(source, start, text)
    };
    sources.iter_mut().map(one).collect()
}

fn walk(automaton: &mut Automaton, mut state: State, text: &str) -> Result<State, PatternError> {
    for character in text.chars() {
        state = automaton.after(state, character)?;
    }
    Ok(state)
}

fn path(reached: &[Reached], mut index: usize) -> String {
    let mut characters = Vec::new();
    while let Some((from, character)) = reached.get(index).and_then(|here| here.from) {
        characters.push(character);
        index = from;
    }
    characters.iter().rev().collect()
}

/// One character of each kind that route or sources tell apart.
fn representatives(route: &Automaton, sources: &[(&mut Automaton, &str)]) -> Vec<char> {
    let mut kinds: Vec<(char, usize)> = CHARACTERS.chars().map(|character| (character, 0)).collect();
    for automaton in iter::once(route).chain(sources.iter().map(|(source, _)| &**source)) {
        let mut numbers = FxHashMap::default();
        for (character, kind) in &mut kinds {
            let next = numbers.len();
            *kind = *numbers.entry((*kind, automaton.class(*character))).or_insert(next);
        }
    }
    // Kinds are numbered as they come.
    let mut number = 0;
    kinds.retain(|(_, kind)| {
        let is_new = *kind == number;
        number += usize::from(is_new);
        is_new
    });
    kinds.into_iter().map(|(character, _)| character).collect()
}
