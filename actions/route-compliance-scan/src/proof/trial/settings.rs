//! What a route tells the layers before it, and what a guard among them makes of it: `config: { allowAnonymous: true }`.

use ops_typescript::module::{Expression, ExpressionId, Key, Name, Property, Span};
use ops_typescript::program::{At, Meaning};

use super::course::Course;
use super::word::Word;
use super::{WORLDS, World};
use crate::proof::{Prover, Step};

/// The names that a layer reads the settings of its route by.
pub(super) const SETTINGS: [&str; 2] = ["config", "routeConfig"];

impl Prover<'_> {
    /// The setting by which a route is let past a guard before it.
    pub(in crate::proof) fn opened_by_settings(
        &self,
        layer: At<ExpressionId>,
        settings: At<ExpressionId>,
    ) -> Option<Step> {
        let Meaning::Value(object) = self.program.meaning(settings) else { return None };
        let Expression::Object(rows) = self.program.module(object.file).expression(object.it) else { return None };
        let known: Vec<(&Name, Word, At<&Property>)> =
            rows.iter().filter_map(|row| self.setting(object.with(row))).collect();
        let words: Vec<(&Name, Word)> = known.iter().map(|(name, word, _)| (*name, *word)).collect();
        let refuses = |world: World, words: &[(&Name, Word)]| {
            Course::new(self, world).with_settings(words.to_vec()).layer(layer).is_refusal()
        };
        let (_, _, row) = known.iter().enumerate().find_map(|(place, one)| {
            let turned = |word: &Word| {
                let mut others = words.clone();
                others.get_mut(place)?.1 = *word;
                Some(others)
            };
            let ways = match one.1 {
                // Nobody knows which it is.
                Word::Unknown => vec![(Word::Something, Word::Nothing), (Word::Nothing, Word::Something)],
                word @ Word::Truth(_) => vec![(word, word.turned())],
                _ => Vec::new(),
            };
            let opens = |(own, other): &(Word, Word)| {
                let (Some(own), Some(other)) = (turned(own), turned(other)) else { return false };
                WORLDS.into_iter().any(|world| !refuses(world, &own) && refuses(world, &other))
            };
            ways.iter().any(opens).then_some(one)
        })?;
        let end = self.span(row.with(row.it.value)).end;
        let place = row.with(Span { end, ..row.it.span });
        let what = format!("the setting `{}` of the route lets anybody past the guard", self.program.text(place));
        Some(Step { what, place })
    }

    fn setting<'r>(&self, row: At<&'r Property>) -> Option<(&'r Name, Word, At<&'r Property>)> {
        let Some(Key::Property(name)) = &row.it.key else { return None };
        let value = match self.program.meaning(row.with(row.it.value)) {
            Meaning::Value(value) => value,
            _ => row.with(row.it.value),
        };
        Some((name, self.literal(value), row))
    }
}
