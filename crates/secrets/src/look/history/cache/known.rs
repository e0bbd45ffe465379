//! What a run knows before it looks, and what the witnesses say of it.

use std::collections::BTreeMap;

use super::form::{Kept, Mark, Name, Witness};
use crate::search::{Candidate, Place};

/// What a content turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Sort {
    /// There is no candidate in it.
    Clean,
    /// There are candidates in it.
    Held,
    /// It is no text.
    NoText,
    /// It is larger than the policy says.
    Large,
}

/// What is known of contents, by their places in the table of objects.
#[derive(Debug, Default)]
pub(in super::super) struct Known {
    sorts: Vec<Option<Sort>>,
    held: BTreeMap<u32, Vec<Mark>>,
    /// For each secret, by its number: where its witness is, if it is here, and which of the candidates there it is.
    witnesses: Vec<Option<(u32, usize)>>,
    /// For each secret, by its number: the position of its rule.
    rules: Vec<usize>,
}

impl Known {
    /// What is kept of the contents that are here. `names` are theirs, in order, each with its place.
    pub(super) fn of(kept: Kept, names: &[(Name, u32)]) -> Self {
        let place = |name: &Name| {
            let found = names.binary_search_by(|(known, _)| known.cmp(name)).ok()?;
            names.get(found).map(|(_, place)| *place)
        };
        let mut known = Self::default();
        known.sorts.resize(names.iter().map(|(_, place)| *place as usize + 1).max().unwrap_or_default(), None);
        for (names, sort) in [(&kept.clean, Sort::Clean), (&kept.no_text, Sort::NoText)] {
            names.iter().filter_map(place).for_each(|place| known.set(place, sort));
        }
        for (name, marks) in kept.held {
            if let Some(place) = place(&name) {
                known.set(place, Sort::Held);
                known.held.insert(place, marks);
            }
        }
        let witness = |witness: &Witness| Some((place(&witness.name)?, witness.index as usize));
        known.witnesses = kept.witnesses.iter().map(witness).collect();
        known.rules = kept.witnesses.iter().map(|witness| witness.rule as usize).collect();
        known
    }

    fn set(&mut self, place: u32, sort: Sort) {
        if let Some(known) = self.sorts.get_mut(place as usize) {
            *known = Some(sort);
        }
    }

    /// What the content at this place is, where it is known.
    pub(in super::super) fn sort(&self, place: u32) -> Option<Sort> {
        self.sorts.get(place as usize).copied().flatten()
    }

    /// The contents that say what the candidates of others are, each at least once.
    pub(in super::super) fn witnesses(&self) -> impl Iterator<Item = u32> {
        self.witnesses.iter().flatten().map(|(place, _)| *place)
    }

    /// What the candidates in the content at this place are known to be: the position of the rule, and the place.
    pub(in super::super) fn expected(&self, place: u32) -> Vec<(usize, Place)> {
        let expected = |mark: &Mark| Some((*self.rules.get(mark.secret as usize)?, mark.place));
        self.held.get(&place).into_iter().flatten().filter_map(expected).collect()
    }

    /// How many contents are known to be this.
    pub(in super::super) fn count(&self, sort: Sort) -> u64 {
        self.sorts.iter().filter(|known| **known == Some(sort)).count() as u64
    }

    /// Adds the candidates of what is known to hold some, as the witnesses say, which were looked into. What no witness here
    /// says is no longer known; where one says another thing than is known, nothing is. Returns whether everything still is.
    pub(in super::super) fn settle(&mut self, candidates: &mut BTreeMap<u32, Vec<Candidate>>) -> bool {
        let Some(told) = self.told(candidates) else {
            *self = Self::default();
            return false;
        };
        let looked_into: Vec<u32> = self.witnesses().collect();
        looked_into.into_iter().for_each(|place| self.forget(place));
        let mut is_all = true;
        for (place, said) in told {
            match said {
                Some(said) => drop(candidates.insert(place, said)),
                None => {
                    self.forget(place);
                    is_all = false;
                }
            }
        }
        is_all
    }

    fn forget(&mut self, place: u32) {
        self.sorts.get_mut(place as usize).into_iter().for_each(|sort| *sort = None);
    }

    /// What the witnesses say of everything that was not read; none if one says another thing than is known.
    fn told(&self, read: &BTreeMap<u32, Vec<Candidate>>) -> Option<Vec<(u32, Option<Vec<Candidate>>)>> {
        let said = |witness: &Option<(u32, usize)>| witness.and_then(|(place, index)| read.get(&place)?.get(index));
        let secrets: Vec<Option<&Candidate>> = self.witnesses.iter().map(said).collect();
        let secret = |mark: &Mark| secrets.get(mark.secret as usize).copied().flatten();
        let agrees = |place: u32| {
            let (Some(marks), Some(found)) = (self.held.get(&place), read.get(&place)) else { return false };
            let same = |(mark, found): (&Mark, &Candidate)| {
                mark.place == found.place() && secret(mark).is_none_or(|secret| secret.what() == found.what())
            };
            marks.len() == found.len() && marks.iter().zip(found).all(same)
        };
        let others = self.held.iter().filter(|(place, _)| !read.contains_key(place));
        let here = |marks: &Vec<Mark>| marks.iter().map(|mark| Some(secret(mark)?.at(mark.place))).collect();
        self.witnesses().all(agrees).then(|| others.map(|(place, marks)| (*place, here(marks))).collect())
    }
}

/// What there is to keep of these contents, by their names, which come in order. `sort` tells what one is.
pub(super) fn keep(
    names: &[(Name, u32)],
    sort: &dyn Fn(u32) -> Option<Sort>,
    candidates: &BTreeMap<u32, Vec<Candidate>>,
) -> Kept {
    let mut kept = Kept::default();
    let mut held: Vec<(&Name, &[Candidate])> = Vec::new();
    for (name, place) in names {
        match sort(*place) {
            Some(Sort::Clean) => kept.clean.push(*name),
            Some(Sort::NoText) => kept.no_text.push(*name),
            Some(Sort::Held) => held.extend(candidates.get(place).map(|candidates| (name, candidates.as_slice()))),
            Some(Sort::Large) | None => {}
        }
    }
    // What says most comes first, so that few witnesses are enough.
    let mut by_weight = held.clone();
    by_weight.sort_by_key(|(name, candidates)| (std::cmp::Reverse(candidates.len()), *name));
    let mut numbers = BTreeMap::new();
    for (name, candidates) in by_weight {
        for (index, candidate) in (0_u32..).zip(candidates) {
            if let std::collections::btree_map::Entry::Vacant(number) = numbers.entry(candidate.what()) {
                number.insert(u32::try_from(kept.witnesses.len()).unwrap_or(u32::MAX));
                let (rule, _) = candidate.content();
                let rule = u32::try_from(rule).unwrap_or(u32::MAX);
                kept.witnesses.push(Witness { name: *name, index, rule });
            }
        }
    }
    let mark = |candidate: &Candidate| Mark {
        secret: numbers.get(&candidate.what()).copied().unwrap_or(u32::MAX),
        place: candidate.place(),
    };
    kept.held = held.iter().map(|(name, candidates)| (**name, candidates.iter().map(mark).collect())).collect();
    kept
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::super::super::testing::{OTHER, search};
    use super::{Kept, Known, Name, Sort, keep};
    use crate::Settings;
    use crate::search::Candidate;
    use crate::testing::TOKEN;

    const NAMES: [(Name, u32); 4] = [([1; 16], 7), ([2; 16], 5), ([3; 16], 6), ([4; 16], 9)];

    /// What a run found: two contents that share a secret, one that has another one as well, one with none.
    fn found() -> BTreeMap<u32, Vec<Candidate>> {
        let search = search(Settings::default());
        let texts = [(7, TOKEN.to_owned()), (5, format!("{OTHER}\n\n{TOKEN}")), (6, format!("\n{TOKEN}"))];
        texts.map(|(place, text)| (place, search.candidates(text.as_bytes()).unwrap())).into()
    }

    fn kept() -> Kept {
        let sort = |place| Some(if place == 9 { Sort::Clean } else { Sort::Held });
        keep(&NAMES, &sort, &found())
    }

    /// What is known, and the candidates, once the witness was looked into.
    fn settled(kept: Kept) -> (Known, BTreeMap<u32, Vec<Candidate>>, bool) {
        let mut known = Known::of(kept, &NAMES);
        let mut candidates = found();
        candidates.retain(|place, _| known.witnesses().any(|witness| witness == *place));
        let is_all = known.settle(&mut candidates);
        (known, candidates, is_all)
    }

    #[test]
    fn few_witnesses_say_what_the_candidates_are() {
        let kept = kept();
        assert!(kept.witnesses.iter().all(|witness| witness.name == [2; 16]), "{:?}", kept.witnesses);
        let (known, candidates, is_all) = settled(kept);
        assert_eq!((candidates, is_all), (found(), true));
        let sorts = [7, 5, 6, 9, 8, 99].map(|place| known.sort(place));
        assert_eq!(sorts, [Some(Sort::Held), None, Some(Sort::Held), Some(Sort::Clean), None, None]);
        assert_eq!((known.count(Sort::Held), known.count(Sort::Clean)), (2, 1));
    }

    #[test]
    fn where_a_witness_says_another_thing_nothing_is_known() {
        let changes: [&dyn Fn(&mut Kept); 5] = [
            &|kept| kept.held[1].1[0].place[1] += 1,
            &|kept| kept.held[1].1[0].secret = kept.held[1].1[1].secret,
            &|kept| kept.held[1].1.truncate(1),
            &|kept| drop(kept.held.remove(1)),
            &|kept| kept.witnesses.swap(0, 1),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut kept = kept();
            change(&mut kept);
            let (known, candidates, is_all) = settled(kept);
            assert!(!is_all, "{number}");
            assert_eq!(NAMES.map(|(_, place)| known.sort(place)), [None; 4], "{number}");
            assert_eq!(candidates.len(), 1, "{number}: what was looked into stays");
        }
    }

    #[test]
    fn what_no_witness_here_says_is_not_known() {
        let mut kept = kept();
        let gone = kept.held[0].1[0].secret as usize;
        kept.witnesses[gone].name = [5; 16];
        let (known, candidates, is_all) = settled(kept);
        assert!(!is_all);
        assert_eq!(candidates.len(), 1);
        assert_eq!(NAMES.map(|(_, place)| known.sort(place)), [None, None, None, Some(Sort::Clean)]);
    }
}
