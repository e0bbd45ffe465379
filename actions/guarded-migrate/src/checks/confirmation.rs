//! Did somebody say, in so many words, that this is meant?

use ops_core::Check;

use crate::situation::{Inputs, Situation};

const ID: &str = "confirmation";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    of(situation.inputs)
}

/// The same before anything was looked at.
pub(crate) fn of(inputs: &Inputs) -> Check {
    let environment = &inputs.environment;
    let found = |name: &str| inputs.variables.get(name);

    let (mut wrong, mut wanted) = (Vec::new(), Vec::new());
    let mut right = Vec::new();
    if environment.protected
        && found(&environment.database_url).is_none()
        && inputs.policy.migrations.targets.is_empty()
    {
        wrong.push(format!("{} is not set", environment.database_url));
        wanted.push(format!("{}, from a secret of the environment", environment.database_url));
    }
    let always = environment.confirm.iter().map(|pair| (pair, ""));
    let if_set = environment.confirm_if_set.iter().map(|pair| (pair, " or not set"));
    for ((name, expected), or) in always.chain(if_set) {
        match found(name) {
            Some(value) if value == expected => {
                right.push(format!("{name}={expected}"));
                continue;
            }
            Some(value) => wrong.push(format!("{name} is {value:?}, expected {expected:?}{or}")),
            None if or.is_empty() => wrong.push(format!("{name} is not set, expected {expected:?}")),
            None => continue,
        }
        wanted.push(format!("{name}={expected}"));
    }

    if !wrong.is_empty() {
        return Check::fail(ID, wrong.join("; "), format!("set in the env of the step: {}", wanted.join(" ")));
    }
    if right.is_empty() {
        return Check::pass(ID, format!("{} asks for none", environment.name));
    }
    Check::pass(ID, right.join(", "))
}
