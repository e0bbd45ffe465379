//! `--only`, `--skip` and `--shard`: which of the gates are asked.

use std::collections::BTreeSet;

use ops_core::Failure;

use super::{Asked, Gate, Work, units};
use crate::cli::Selection;

/// Leaves out what was not asked for. What a gate needs is always asked with it.
pub(super) fn select(all: Asked, selection: &Selection) -> Result<Asked, Failure> {
    for (flag, ids) in [("--only", &selection.only), ("--skip", &selection.skip)] {
        for id in ids {
            if !all.gates.iter().any(|gate| gate.is_called(id)) {
                let message =
                    format!("{flag} {id}: there is no such gate here; there are {}", units(&all.gates).join(", "));
                return Err(Failure::Input(message));
            }
        }
    }
    let is_any = |names: &[String], gate: &Gate| names.iter().any(|name| gate.is_called(name));
    let is_wanted = |gate: &&Gate| selection.only.is_empty() || is_any(&selection.only, gate);
    let mut wanted: Vec<&Gate> = all.gates.iter().filter(is_wanted).collect();
    if let Some(shard) = selection.shard {
        // Every part is computed from the same list, so each gate is in exactly one.
        let units = units(&all.gates);
        let is_here = |gate: &Gate| {
            units
                .iter()
                .position(|unit| *unit == gate.unit())
                .is_some_and(|place| place % shard.parts == shard.part - 1)
        };
        wanted.retain(|gate| is_here(gate));
        if wanted.is_empty() {
            let message =
                format!("--shard {}/{}: no gate is left for this part; ask for fewer parts", shard.part, shard.parts);
            return Err(Failure::Input(message));
        }
    }
    let wanted: Vec<&str> = wanted.iter().map(|gate| gate.id.as_str()).collect();
    let kept = with_needs(&all.gates, &wanted);
    let left_out: Vec<Gate> = all.gates.iter().filter(|gate| !kept.contains(&gate.id)).cloned().collect();
    let left_out = units(&left_out).into_iter().map(str::to_owned).collect();
    let gates: Vec<Gate> = (all.gates.into_iter())
        .filter(|gate| kept.contains(&gate.id))
        .map(|gate| if is_any(&selection.skip, &gate) { Gate { work: Work::Skipped, ..gate } } else { gate })
        .collect();
    Ok(Asked { left_out, gates, not_taken: all.not_taken, replaced: all.replaced })
}

fn with_needs(gates: &[Gate], wanted: &[&str]) -> BTreeSet<String> {
    let mut kept = BTreeSet::new();
    let mut open: Vec<&str> = wanted.to_vec();
    while let Some(id) = open.pop() {
        if kept.insert(id.to_owned()) {
            let gate = gates.iter().find(|gate| gate.id == id);
            open.extend(gate.into_iter().flat_map(|gate| &gate.needs).map(String::as_str));
        }
    }
    kept
}
