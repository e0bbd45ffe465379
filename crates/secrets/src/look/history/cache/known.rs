//! What a run knows before it looks, what the witnesses say of it, and what there is to keep afterwards.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use gix::ObjectId;
use rustc_hash::FxHashSet;

use super::super::commits::Commit;
use super::form::{Kept, Mark, Name, Said, Witness};
use crate::search::{Candidate, Place, What};

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

impl Sort {
    /// Whether a folder need not tell of it.
    pub(in super::super) fn is_silent(self) -> bool {
        self != Self::Held
    }

    fn of(said: &Said) -> Option<Self> {
        match said {
            Said::Clean => Some(Self::Clean),
            Said::NoText => Some(Self::NoText),
            Said::Large => Some(Self::Large),
            Said::Held(_) => Some(Self::Held),
            Said::Folder(_) | Said::Commit(_) | Said::Nothing => None,
        }
    }
}

impl From<Sort> for Said {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Clean => Self::Clean,
            Sort::Held => Self::Held(Vec::new()),
            Sort::NoText => Self::NoText,
            Sort::Large => Self::Large,
        }
    }
}

/// What is known of objects, by their places in the table of objects.
#[derive(Debug, Default)]
pub(in super::super) struct Known {
    /// The commits that the key was made of.
    first: Vec<ObjectId>,
    said: Vec<Option<Said>>,
    /// For each secret, by its number: where its witness is, if it is here, and which of the candidates there it is.
    witnesses: Vec<Option<(u32, usize)>>,
    /// For each secret, by its number: the position of its rule.
    rules: Vec<usize>,
    /// The contents that say what the candidates of others are.
    looked_into: FxHashSet<u32>,
    /// The names of objects that are not here, whose places come behind the table.
    absent: Vec<Name>,
    /// Whether all is here of which folders do not tell.
    is_whole: bool,
}

impl Known {
    /// What is kept of the objects that are here. `names` are theirs, in order, each with its place.
    pub(super) fn of(first: Vec<ObjectId>, kept: Kept, names: &[(Name, u32)]) -> Self {
        let mut known = Self { first, is_whole: true, ..Self::default() };
        let here = u32::try_from(names.len()).unwrap_or(u32::MAX);
        let mut names = names.iter().peekable();
        let mut places: Vec<u32> = Vec::with_capacity(kept.objects.len());
        for (name, said) in &kept.objects {
            while names.next_if(|(other, _)| other < name).is_some() {}
            places.push(match names.next_if(|(other, _)| other == name) {
                Some((_, place)) => *place,
                None => {
                    let is_told = said.others().next().is_some() || matches!(said, Said::Held(_) | Said::Nothing);
                    known.is_whole &= is_told;
                    known.absent.push(*name);
                    here.saturating_add(u32::try_from(known.absent.len() - 1).unwrap_or(u32::MAX))
                }
            });
        }
        let place = |number: u32| places.get(number as usize).copied().unwrap_or(u32::MAX);
        let is_here = |number: u32| place(number) < here;
        let witness =
            |witness: &Witness| is_here(witness.content).then(|| (place(witness.content), witness.index as usize));
        known.witnesses = kept.witnesses.iter().map(witness).collect();
        known.rules = kept.witnesses.iter().map(|witness| witness.rule as usize).collect();
        known.looked_into = known.witnesses.iter().flatten().map(|(place, _)| *place).collect();
        let has_witness = |mark: &Mark| known.witnesses.get(mark.secret as usize).is_some_and(Option::is_some);
        known.said.resize(here as usize, None);
        for ((_, said), number) in kept.objects.into_iter().zip(0..) {
            let counts = match &said {
                // What no witness here says is looked into again.
                Said::Held(marks) => marks.iter().all(has_witness) || known.looked_into.contains(&place(number)),
                Said::Folder(_) => known.is_whole,
                // The names of those that are not here stand in the commit alone.
                Said::Commit(_) => said.others().all(is_here),
                Said::Clean | Said::NoText | Said::Large => true,
                Said::Nothing => false,
            };
            if let Some(known) = known.said.get_mut(place(number) as usize).filter(|_| counts) {
                *known = Some(said.numbered(&place));
            }
        }
        known
    }

    /// What the object at this place says, where it is known.
    pub(in super::super) fn said(&self, place: u32) -> Option<&Said> {
        self.said.get(place as usize)?.as_ref()
    }

    /// What the content at this place is, where it is known.
    pub(in super::super) fn sort(&self, place: u32) -> Option<Sort> {
        self.said(place).and_then(Sort::of)
    }

    /// The commit at this place.
    pub(in super::super) fn commit(&self, place: u32) -> Option<&Commit> {
        if let Some(Said::Commit(commit)) = self.said(place) { Some(commit) } else { None }
    }

    /// What leads to anything in the folder at this place, with the hashes of its names.
    pub(in super::super) fn folder(&self, place: u32) -> Option<&[(u32, u32)]> {
        if let Some(Said::Folder(inner)) = self.said(place) { Some(inner) } else { None }
    }

    /// The first place that neither an object has nor what is known of.
    pub(in super::super) fn end(&self, table: usize) -> u32 {
        u32::try_from(table.saturating_add(self.absent.len())).unwrap_or(u32::MAX)
    }

    /// The names of objects that are told of and are not here, with their places behind those of the table.
    pub(super) fn absent(&self, table: usize) -> impl Iterator<Item = (Name, u32)> {
        self.absent.iter().copied().zip(u32::try_from(table).unwrap_or(u32::MAX)..)
    }

    /// The contents that say what the candidates of others are.
    pub(in super::super) fn witnesses(&self) -> &FxHashSet<u32> {
        &self.looked_into
    }

    /// How many contents are known to be this, and are not looked into.
    pub(in super::super) fn count(&self, sort: Sort) -> u64 {
        let known = (0..).zip(&self.said).filter(|(place, said)| {
            said.as_ref().and_then(Sort::of) == Some(sort) && !self.looked_into.contains(place)
        });
        known.count() as u64
    }

    /// What the candidates in the content at this place are known to be: the position of the rule, and the place.
    pub(in super::super) fn expected(&self, place: u32) -> Vec<(usize, Place)> {
        let Some(Said::Held(marks)) = self.said(place) else { return Vec::new() };
        let expected = |mark: &Mark| Some((*self.rules.get(mark.secret as usize)?, mark.place));
        marks.iter().filter_map(expected).collect()
    }

    /// Whether the history that it was made of began in these commits.
    pub(in super::super) fn is_of(&self, first: &[(ObjectId, ObjectId)]) -> bool {
        self.said.is_empty() || first.iter().map(|(commit, _)| commit).eq(&self.first)
    }

    /// The candidates of what is known to hold some: those of the witnesses as they were `read`, the others as the witnesses say. None if a
    /// witness says another thing than is known.
    pub(in super::super) fn candidates(
        &self,
        read: &BTreeMap<u32, Vec<Candidate>>,
    ) -> Option<BTreeMap<u32, Vec<Candidate>>> {
        let said = |witness: &Option<(u32, usize)>| witness.and_then(|(place, index)| read.get(&place)?.get(index));
        let secrets: Vec<Option<&Candidate>> = self.witnesses.iter().map(said).collect();
        let secret = |mark: &Mark| secrets.get(mark.secret as usize).copied().flatten();
        let agrees = |place: u32| {
            let (Some(Said::Held(marks)), Some(found)) = (self.said(place), read.get(&place)) else { return false };
            let same = |(mark, found): (&Mark, &Candidate)| {
                mark.place == found.place() && secret(mark).is_none_or(|secret| secret.what() == found.what())
            };
            marks.len() == found.len() && marks.iter().zip(found).all(same)
        };
        let here = |(place, said): (u32, &Option<Said>)| {
            let Some(Said::Held(marks)) = said else { return None };
            let told = || marks.iter().map(|mark| Some(secret(mark)?.at(mark.place))).collect();
            Some(read.get(&place).cloned().or_else(told).map(|found| (place, found)))
        };
        self.looked_into.iter().all(|place| agrees(*place)).then(|| (0..).zip(&self.said).filter_map(here).collect())?
    }
}

/// What there is to keep. `names` are those of all objects that are here, and of those that are not and are told of, each with its
/// place. `said` tells what is known, without the candidates.
pub(super) fn keep(
    mut names: Vec<(Name, u32)>,
    said: &dyn Fn(u32) -> Option<Said>,
    candidates: &BTreeMap<u32, Vec<Candidate>>,
) -> Kept {
    let end = names.iter().map(|(_, place)| place + 1).max().unwrap_or_default();
    let mut all: Vec<Option<Said>> = (0..end).map(said).collect();
    let mut is_told: Vec<bool> = all.iter().map(Option::is_some).collect();
    for other in all.iter().flatten().flat_map(Said::others) {
        is_told.get_mut(other as usize).into_iter().for_each(|is_told| *is_told = true);
    }
    names.retain(|(_, place)| is_told.get(*place as usize) == Some(&true));
    names.sort_unstable();
    let mut numbers = vec![u32::MAX; all.len()];
    let mut objects: Vec<(Name, Said)> = Vec::with_capacity(names.len());
    for (name, place) in names {
        if objects.last().is_none_or(|(last, _)| *last != name) {
            let said = all.get_mut(place as usize).and_then(Option::take);
            objects.push((name, said.unwrap_or(Said::Nothing)));
        }
        if let Some(number) = numbers.get_mut(place as usize) {
            *number = u32::try_from(objects.len() - 1).unwrap_or(u32::MAX);
        }
    }
    let number = |place: u32| numbers.get(place as usize).copied().unwrap_or(u32::MAX);
    let mut witnesses = Vec::new();
    let secrets = secrets(candidates, &number, &mut witnesses);
    let mark = |candidate: &Candidate| Mark {
        secret: secrets.get(&candidate.what()).copied().unwrap_or(u32::MAX),
        place: candidate.place(),
    };
    for (_, said) in &mut objects {
        *said = std::mem::replace(said, Said::Nothing).numbered(&number);
    }
    for (place, found) in candidates {
        if let Some((_, said)) = objects.get_mut(number(*place) as usize) {
            *said = Said::Held(found.iter().map(mark).collect());
        }
    }
    Kept { witnesses, objects }
}

/// Gives each secret a number and a witness.
fn secrets<'c>(
    candidates: &'c BTreeMap<u32, Vec<Candidate>>,
    number: &dyn Fn(u32) -> u32,
    witnesses: &mut Vec<Witness>,
) -> BTreeMap<What<'c>, u32> {
    // What says most comes first, so that few witnesses are enough.
    let mut by_weight: Vec<(u32, &[Candidate])> =
        candidates.iter().map(|(place, candidates)| (number(*place), candidates.as_slice())).collect();
    by_weight.sort_by_key(|(content, candidates)| (std::cmp::Reverse(candidates.len()), *content));
    let mut secrets = BTreeMap::new();
    for (content, candidates) in by_weight {
        for (index, candidate) in (0_u32..).zip(candidates) {
            if let Entry::Vacant(secret) = secrets.entry(candidate.what()) {
                secret.insert(u32::try_from(witnesses.len()).unwrap_or(u32::MAX));
                let (rule, _) = candidate.content();
                let rule = u32::try_from(rule).unwrap_or(u32::MAX);
                witnesses.push(Witness { content, index, rule });
            }
        }
    }
    secrets
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::super::super::testing::{OTHER, search};
    use super::super::super::commits::Commit;
    use super::{Kept, Known, Name, Said, Sort, keep};
    use crate::Settings;
    use crate::search::Candidate;
    use crate::testing::TOKEN;

    /// Contents at 0 to 3, a folder with the first of them at 4, one without anything at 5, a commit at 6. What is named at 7 is not here.
    fn names() -> Vec<(Name, u32)> {
        (0..8).map(|place| (Name::from(place) + 10, place)).collect()
    }

    fn here() -> Vec<(Name, u32)> {
        names()[..7].to_vec()
    }

    fn said(place: u32) -> Option<Said> {
        match place {
            0..=2 => Some(Said::Held(Vec::new())),
            3 => Some(Said::Clean),
            4 => Some(Said::Folder(vec![(0, 77), (7, 78)])),
            5 => Some(Said::Folder(Vec::new())),
            6 => Some(Said::Commit(Commit { tree: 4, parents: Vec::new(), time: -1 })),
            _ => None,
        }
    }

    /// What a run found: two contents that share a secret, one that has another one as well.
    fn found() -> BTreeMap<u32, Vec<Candidate>> {
        let search = search(Settings::default());
        let texts = [(0, TOKEN.to_owned()), (1, format!("{OTHER}\n\n{TOKEN}")), (2, format!("\n{TOKEN}"))];
        texts.map(|(place, text)| (place, search.candidates(text.as_bytes()).unwrap())).into()
    }

    fn kept() -> Kept {
        keep(names(), &said, &found())
    }

    fn known(kept: Kept, names: &[(Name, u32)]) -> Known {
        Known::of(Vec::new(), kept, names)
    }

    /// The candidates, once the witness was looked into.
    fn settled(kept: Kept) -> Option<BTreeMap<u32, Vec<Candidate>>> {
        let known = known(kept, &here());
        let mut read = found();
        read.retain(|place, _| known.witnesses().contains(place));
        known.candidates(&read)
    }

    #[test]
    fn one_witness_says_what_the_candidates_are() {
        let kept = kept();
        assert!(kept.witnesses.iter().all(|witness| witness.content == 1), "{:?}", kept.witnesses);
        assert_eq!(kept.objects[7].1, Said::Nothing);
        let known = known(kept.clone(), &here());
        assert_eq!([0, 1, 2, 3, 4, 9].map(|place| known.sort(place)), {
            let held = Some(Sort::Held);
            [held, held, held, Some(Sort::Clean), None, None]
        });
        assert_eq!((known.count(Sort::Held), known.count(Sort::Clean)), (2, 1));
        assert_eq!(settled(kept), Some(found()));
    }

    #[test]
    fn where_a_witness_says_another_thing_nothing_is_known() {
        let held = |kept: &mut Kept, change: &dyn Fn(&mut Vec<super::Mark>)| {
            let Said::Held(marks) = &mut kept.objects[1].1 else { panic!() };
            change(marks);
        };
        let changes: [&dyn Fn(&mut Kept); 6] = [
            &|kept| held(kept, &|marks| marks[0].place[1] += 1),
            &|kept| held(kept, &|marks| marks[0].secret = marks[1].secret),
            &|kept| held(kept, &|marks| marks.truncate(1)),
            &|kept| kept.objects[1].1 = Said::Clean,
            &|kept| kept.witnesses.swap(0, 1),
            &|kept| kept.witnesses.iter_mut().for_each(|witness| witness.index += 7),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut kept = kept();
            change(&mut kept);
            assert_eq!(settled(kept), None, "{number}");
        }
    }

    #[test]
    fn what_no_witness_here_says_is_not_known() {
        let mut without = here();
        without.remove(1);
        let known = known(kept(), &without);
        assert_eq!([0, 2, 3].map(|place| known.sort(place)), [None, None, Some(Sort::Clean)]);
        assert_eq!(known.candidates(&BTreeMap::new()), Some(BTreeMap::new()));
    }

    #[test]
    fn a_folder_tells_of_what_is_not_here_behind_the_table() {
        let known = known(kept(), &here());
        assert_eq!((known.folder(4), known.folder(5)), (Some(&[(0, 77), (7, 78)][..]), Some(&[][..])));
        assert_eq!((known.end(7), known.absent(7).collect::<Vec<_>>()), (8, vec![(17, 7)]));
        assert_eq!(known.said(6), said(6).as_ref());
    }

    #[test]
    fn folders_are_known_only_as_long_as_all_is_here_that_they_do_not_tell_of() {
        for (gone, are_known) in [(0, true), (2, true), (3, false), (5, false), (6, true)] {
            let mut without = here();
            without.retain(|(_, place)| *place != gone);
            // The last one takes the place of the one that is gone.
            if let Some(last) = without.last_mut() {
                last.1 = gone.min(last.1);
            }
            assert_eq!(known(kept(), &without).folder(4).is_some(), are_known, "{gone}");
        }
    }

    #[test]
    fn a_commit_is_known_only_with_its_tree_and_its_parents() {
        let mut without = here();
        without.retain(|(_, place)| *place != 4);
        without[5].1 = 4;
        assert_eq!(known(kept(), &without).commit(4), None);
    }
}
