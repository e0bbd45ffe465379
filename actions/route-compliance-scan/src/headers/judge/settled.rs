//! Sources that match whatever follows, or nothing of it: no path has to be searched for the difference.

use rustc_hash::FxHashMap;

use super::super::pattern::{Automaton, State, rest, settled};

/// What was found out.
#[derive(Default)]
pub(super) struct Settled {
    /// What can follow: without a `/` at the end, and with one.
    rests: [Option<Automaton>; 2],
    /// By the source's number, where it stands, and whether a `/` may be at the end.
    known: FxHashMap<(usize, State, bool), Option<bool>>,
}

impl Settled {
    /// Whether the source that stands here matches however a path goes on, or never does; nothing where that depends, or where
    /// it takes too long to find out.
    pub(super) fn of(
        &mut self,
        number: usize,
        source: &mut Automaton,
        here: State,
        may_end_in_slash: bool,
    ) -> Option<bool> {
        let Self { rests: [without, with], known } = self;
        *known.entry((number, here, may_end_in_slash)).or_insert_with(|| {
            let rest = match if may_end_in_slash { with } else { without } {
                Some(rest) => rest,
                none => none.insert(rest(may_end_in_slash).ok()?),
            };
            settled(rest, source, here).ok().flatten()
        })
    }
}
