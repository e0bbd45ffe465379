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
    // As long as there is only one way to go on, nothing has to be searched.
    let start = route.start()?;
    let own = walk(route, start, literal)?;
    let (known, own) = if own == NEVER { ("", start) } else { (literal, own) };
    let start = [vec![own], after(known, sources)?].concat();
    let mut automata: Vec<&mut Automaton> = sources.iter_mut().map(|(source, _)| &mut **source).collect();
    let mut cases = parted(route, start, &mut automata)?;
    cases.iter_mut().for_each(|case| case.witness.insert_str(0, known));
    Ok(cases)
}

/// Whether a source that stands here matches however a path of `route` goes on, or matches none; nothing where that depends.
pub(crate) fn settled(
    route: &mut Automaton,
    source: &mut Automaton,
    here: State,
) -> Result<Option<bool>, PatternError> {
    if here == NEVER {
        return Ok(Some(false));
    }
    let start = vec![route.start()?, here];
    let cases = parted(route, start, &mut [source])?;
    Ok(if let [only] = cases.as_slice() { only.matches.first().copied() } else { None })
}

/// The cases of what follows where the route and the sources stand so.
fn parted(route: &mut Automaton, start: Vec<State>, sources: &mut [&mut Automaton]) -> Result<Vec<Case>, PatternError> {
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
            let matches: Vec<bool> = sources.iter().zip(others).map(|(source, state)| source.may_end(*state)).collect();
            if !cases.iter().any(|case| case.matches == matches) {
                cases.push(Case { matches, witness: path(&reached, next) });
            }
        }
        for character in &characters {
            let own = route.after(*own, *character)?;
            if own == NEVER {
                continue;
            }
            after.clear();
            after.push(own);
            for (source, state) in sources.iter_mut().zip(others) {
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
fn representatives(route: &Automaton, sources: &[&mut Automaton]) -> Vec<char> {
    let mut kinds: Vec<(char, usize)> = CHARACTERS.chars().map(|character| (character, 0)).collect();
    for automaton in iter::once(route).chain(sources.iter().map(|source| &**source)) {
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
