//! Every gate, from the policy, the repository and this program, in an order in which each follows what it needs.

use std::collections::BTreeSet;

use ops_core::policy::{CoverageGoals, Gate as Section, Written};
use ops_core::words::all_of;
use ops_core::{Failure, PolicyError};

use ops_formats::Format;

use super::{AUDIT, Asked, Command, Conditions, Gate, USUAL_TIMEOUT, Work, listed, package};
use crate::built_in;
use crate::commands::Reports;
use crate::settings::Inputs;

/// Every gate that is enabled.
pub(super) fn collect(inputs: &Inputs) -> Result<Asked, Failure> {
    let policy = &inputs.policy.gates;
    let lists_gates = policy.gates.iter().any(|gate| gate.run.is_some());
    let discovers = policy.discover.unwrap_or(!lists_gates);
    let mut found = if discovers { package::gates(&inputs.root)? } else { Vec::new() };
    if inputs.policy.release.dependencies.advisories.is_some() {
        // The advisories on disk answer the same question without a service.
        found.retain(|gate| gate.id != AUDIT);
    }
    let not_taken = if policy.discover.is_none() && lists_gates { not_taken(inputs) } else { Vec::new() };
    let built_in = built_in::ALL.iter().map(|built_in| Gate {
        id: built_in.id.to_owned(),
        needs: Vec::new(),
        work: Work::BuiltIn(built_in),
        timeout: USUAL_TIMEOUT,
        on_unproven: ops_core::policy::OnUnproven::default(),
    });
    let mut gates: Vec<Gate> = found.into_iter().chain(built_in).collect();
    let (mut disabled, mut replaced) = (BTreeSet::new(), Vec::new());
    for section in &policy.gates {
        let position = gates.iter().position(|gate| gate.id == section.id.text);
        if !section.enabled {
            disabled.insert(section.id.text.clone());
        }
        match (position, listed::gate(section, &inputs.root)) {
            (Some(position), Some(new)) => {
                let old = gates.splice(position..=position, [new]);
                replaced.extend(old.filter(Gate::is_built_in).map(|gate| gate.id));
            }
            (None, Some(new)) => gates.push(new),
            (None, None) if section.enabled => return Err(nothing_to_run(section, &gates, inputs).into()),
            _ => {}
        }
        if let Some(gate) = gates.iter_mut().find(|gate| gate.id == section.id.text) {
            refine(gate, section, inputs)?;
        }
    }
    check_needs(&gates, &disabled, inputs)?;
    let is_audited = gates.iter().any(|gate| gate.id == AUDIT && !disabled.contains(AUDIT));
    if is_audited && inputs.policy.release.dependencies.advisories.is_none() {
        gates.retain(|gate| gate.id != built_in::DEPENDENCIES);
    }
    gates.retain(|gate| !disabled.contains(&gate.id));
    gates.iter_mut().for_each(|gate| gate.needs.retain(|need| !disabled.contains(need)));
    // Programs first: they take their time.
    gates.sort_by_key(Gate::is_built_in);
    Ok(Asked { gates: sorted(gates, inputs)?, left_out: Vec::new(), not_taken, replaced })
}

/// Scripts that would be gates if the policy listed none. What cannot be found does not matter then.
fn not_taken(inputs: &Inputs) -> Vec<String> {
    let found = package::gates(&inputs.root).unwrap_or_default();
    let is_script = |gate: &Gate| matches!(gate.work, Work::Command(_)) && gate.id != "install";
    let not_taken = found.into_iter().filter(|gate| is_script(gate) && inputs.policy.gates.of(&gate.id).is_none());
    not_taken.map(|gate| gate.id).collect()
}

pub(super) fn texts(written: &[Written]) -> Vec<String> {
    written.iter().map(|written| written.text.clone()).collect()
}

/// What the policy says of a gate that is there already.
fn refine(gate: &mut Gate, section: &Section, inputs: &Inputs) -> Result<(), PolicyError> {
    if let Some(needs) = &section.needs {
        gate.needs = texts(needs);
    }
    if let Some(timeout) = section.timeout {
        gate.timeout = timeout.as_std();
    }
    gate.on_unproven = section.on_unproven;
    let refuse = |message: String| Err(inputs.policy.refuse(&section.id.place, message));
    match &mut gate.work {
        Work::BuiltIn(_) if says_of_reports(section) => {
            refuse(format!("`{}` is built in and has no report, so there is nothing to say of one", gate.id))
        }
        Work::Command(command) => refine_command(command, section, inputs),
        Work::BuiltIn(_) | Work::Impossible { .. } | Work::Skipped => Ok(()),
    }
}

fn says_of_reports(section: &Section) -> bool {
    !section.report.is_empty()
        || section.format.is_some()
        || section.warnings.is_some()
        || section.coverage != CoverageGoals::default()
        || !section.bundle.is_empty()
        || !section.ratchet.is_empty()
}

fn refine_command(command: &mut Command, section: &Section, inputs: &Inputs) -> Result<(), PolicyError> {
    command.pass = section.pass.clone();
    command.withhold = section.withhold.clone();
    if let Some(written) = &section.format {
        let format = written.text.parse::<Format>();
        command.format = Some(format.map_err(|error| inputs.policy.refuse(&written.place, error.to_string()))?);
        command.told = None;
    }
    if !section.report.is_empty() {
        command.reports = Reports::At(section.report.to_vec());
        command.told = None;
    }
    command.conditions = Conditions {
        warnings: section.warnings,
        coverage: section.coverage.clone(),
        bundle: section.bundle.clone(),
        ratchet: section.ratchet.clone(),
    };
    Ok(())
}

fn nothing_to_run(section: &Section, gates: &[Gate], inputs: &Inputs) -> PolicyError {
    let message = format!(
        "the gate `{}` is neither built in nor found here, so it needs `run = \"…\"`; there are {}",
        section.id.text,
        known(gates)
    );
    inputs.policy.refuse(&section.id.place, message)
}

/// The gates that run something, by name; `list` shows the others.
fn known(gates: &[Gate]) -> String {
    let programs = gates.iter().filter(|gate| !gate.is_built_in());
    all_of(programs.map(|gate| gate.id.clone()).chain(["those built in".to_owned()]))
}

fn check_needs(gates: &[Gate], disabled: &BTreeSet<String>, inputs: &Inputs) -> Result<(), PolicyError> {
    for section in &inputs.policy.gates.gates {
        for need in section.needs.iter().flatten() {
            if need.text == section.id.text {
                let message = format!("the gate `{}` needs itself", need.text);
                return Err(inputs.policy.refuse(&need.place, message));
            }
            if !gates.iter().any(|gate| gate.id == need.text) && !disabled.contains(&need.text) {
                let message = format!("there is no gate `{}` to need; there are {}", need.text, known(gates));
                return Err(inputs.policy.refuse(&need.place, message));
            }
        }
    }
    Ok(())
}

/// Each after what it needs, otherwise as they were.
fn sorted(mut gates: Vec<Gate>, inputs: &Inputs) -> Result<Vec<Gate>, PolicyError> {
    let mut sorted: Vec<Gate> = Vec::new();
    while !gates.is_empty() {
        let is_known = |need: &String| sorted.iter().any(|gate| gate.id == *need);
        let Some(position) = gates.iter().position(|gate| gate.needs.iter().all(is_known)) else {
            return Err(circle(&gates, inputs));
        };
        sorted.push(gates.remove(position));
    }
    Ok(sorted)
}

/// The first circle among gates that all need another of them.
fn circle(gates: &[Gate], inputs: &Inputs) -> PolicyError {
    let next = |gate: &Gate| gates.iter().find(|other| gate.needs.contains(&other.id));
    let mut way: Vec<&Gate> = gates.first().into_iter().collect();
    while let Some(gate) = way.last().and_then(|gate| next(gate)) {
        if let Some(begin) = way.iter().position(|earlier| earlier.id == gate.id) {
            way.drain(..begin);
            way.push(gate);
            break;
        }
        way.push(gate);
    }
    let ids: Vec<&str> = way.iter().map(|gate| gate.id.as_str()).collect();
    let message = format!("these gates need each other, so none can begin: {}", ids.join(" -> "));
    // What was found needs no circle, so some gate of it has its needs from the policy.
    let in_policy = way.iter().find_map(|gate| inputs.policy.gates.of(&gate.id)?.needs.as_ref()?.first());
    let place = in_policy.map_or_else(|| ops_core::Place::file("ops.toml"), |need| need.place.clone());
    inputs.policy.refuse(&place, message)
}
