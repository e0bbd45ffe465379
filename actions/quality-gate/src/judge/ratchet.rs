//! The file of numbers that must never get worse.

use std::collections::BTreeMap;
use std::path::Path;

use ops_core::exit::Failure;
use ops_core::policy::Number;
use serde::{Deserialize, Serialize};

use super::Reason;

/// The numbers of each gate, as they were written down.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ratchet {
    schema: u32,
    gates: BTreeMap<String, BTreeMap<Number, f64>>,
}

impl Ratchet {
    /// These numbers, by gate.
    pub(crate) fn of(gates: impl IntoIterator<Item = (String, BTreeMap<Number, f64>)>) -> Self {
        Self { schema: 1, gates: gates.into_iter().filter(|(_, numbers)| !numbers.is_empty()).collect() }
    }

    /// Reads the file at `path`, whose name in errors is `name`. No file there has no numbers.
    pub(crate) fn read(name: &str, path: &Path) -> Result<Self, Failure> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Failure::Input(format!("{name} cannot be read: {error}"))),
        };
        let read: Self = serde_json::from_str(&text)
            .map_err(|error| Failure::Input(format!("{name}: {error}; write it anew with quality-gate baseline")))?;
        if read.schema != 1 {
            let message = format!(
                "{name} has schema {}, and only 1 is known; write it anew with quality-gate baseline",
                read.schema
            );
            return Err(Failure::Input(message));
        }
        Ok(read)
    }

    /// The file's text: the same numbers, the same bytes.
    pub(crate) fn render(&self) -> String {
        // Words and finite numbers always are JSON.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// How many numbers it has.
    pub(crate) fn len(&self) -> usize {
        self.gates.values().map(BTreeMap::len).sum()
    }

    /// What got worse, of the numbers that the policy names.
    pub(super) fn conditions(&self, id: &str, named: &[Number], now: &BTreeMap<Number, f64>) -> Vec<Reason> {
        named.iter().filter_map(|number| self.condition(id, *number, now.get(number).copied())).collect()
    }

    fn condition(&self, id: &str, number: Number, now: Option<f64>) -> Option<Reason> {
        let word = number.word();
        let percent = if matches!(number, Number::Warnings | Number::Skipped | Number::Flaky | Number::Tests) {
            ""
        } else {
            " %"
        };
        let Some(now) = now else {
            let next = format!("name a report that counts them: `report` of [gates.{id}]");
            return Some(Reason::unproven(format!("no report tells its {word}"), next));
        };
        let Some(before) = self.gates.get(id).and_then(|numbers| numbers.get(&number)).copied() else {
            let next = "run quality-gate baseline and commit the file that it writes";
            return Some(Reason::unproven(
                format!("it is not written down how many {word} there may be: now {now}{percent}"),
                next,
            ));
        };
        let is_worse = if number.falls() { now > before } else { now < before };
        let verb = if number.falls() { "rose" } else { "fell" };
        is_worse.then(|| {
            let text = format!("{word} {verb} from {before}{percent} to {now}{percent}");
            Reason::fail(text, format!("bring {word} back to {before}{percent}"))
        })
    }
}
