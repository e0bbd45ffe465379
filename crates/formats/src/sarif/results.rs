//! The results of a log, one after the other: a log may have a hundred thousand, and none is kept.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::log::Found;

/// Takes a result: the numbers of its run and of itself in that run.
pub(super) trait Take {
    /// Takes it, or says to stop.
    fn take(&mut self, run: usize, number: usize, found: &Found<'_>) -> Result<(), Stop>;
}

/// No further result is wanted.
pub(super) struct Stop;

/// Reads a log, in which everything but the results is passed over.
pub(super) struct Results<'t, T>(pub(super) &'t mut T);

impl<'a, T: Take> DeserializeSeed<'a> for Results<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(At { take: self.0, name: "runs", run: None })
    }
}

/// What is looked for in an object, and the run that it belongs to.
struct At<'t, T> {
    take: &'t mut T,
    name: &'static str,
    run: Option<usize>,
}

impl<'a, T: Take> Visitor<'a> for At<'_, T> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.run.is_none() { "a log" } else { "a run" })
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<std::borrow::Cow<'a, str>>()? {
            if name == self.name {
                map.next_value_seed(List { take: &mut *self.take, run: self.run })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// A list of runs, or of the results of a run.
struct List<'t, T> {
    take: &'t mut T,
    run: Option<usize>,
}

impl<'a, T: Take> DeserializeSeed<'a> for List<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        // A run need not have results: `null`.
        deserializer.deserialize_any(self)
    }
}

impl<'a, T: Take> Visitor<'a> for List<'_, T> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a sequence")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut sequence: A) -> Result<(), A::Error> {
        let mut number = 0;
        match self.run {
            None => {
                while sequence.next_element_seed(Run { take: &mut *self.take, run: number })?.is_some() {
                    number += 1;
                }
            }
            Some(run) => {
                while let Some(found) = sequence.next_element::<Found<'a>>()? {
                    self.take.take(run, number, &found).map_err(|Stop| A::Error::custom("stopped"))?;
                    number += 1;
                }
            }
        }
        Ok(())
    }
}

struct Run<'t, T> {
    take: &'t mut T,
    run: usize,
}

impl<'a, T: Take> DeserializeSeed<'a> for Run<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(At { take: self.take, name: "results", run: Some(self.run) })
    }
}
