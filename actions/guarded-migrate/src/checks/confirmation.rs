//! Did somebody say, in so many words, that this is meant?

use ops_core::Check;

use crate::situation::Situation;

const ID: &str = "confirmation";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let inputs = situation.inputs;
    let environment = &inputs.environment;
    let found = |name: &str| inputs.variables.get(name);

    let mut wrong = Vec::new();
    let mut right = Vec::new();
    if environment.protected
        && found(&environment.database_url).is_none()
        && inputs.policy.migrations.targets.is_empty()
    {
        wrong.push(format!("{} is not set", environment.database_url));
    }
    for (name, expected) in &environment.confirm {
        match found(name) {
            Some(value) if value == expected => right.push(format!("{name}={expected}")),
            Some(value) => wrong.push(format!("{name} is {value:?}, expected {expected:?}")),
            None => wrong.push(format!("{name} is not set, expected {expected:?}")),
        }
    }
    for (name, expected) in &environment.confirm_if_set {
        match found(name) {
            Some(value) if value == expected => right.push(format!("{name}={expected}")),
            Some(value) => wrong.push(format!("{name} is {value:?}, expected {expected:?} or not set")),
            None => {}
        }
    }

    if !wrong.is_empty() {
        let wanted: Vec<_> = environment.confirm.iter().map(|(name, value)| format!("{name}={value}")).collect();
        return Check::fail(ID, wrong.join("; "), format!("set in the env of the applying step: {}", wanted.join(" ")));
    }
    if right.is_empty() {
        return Check::pass(ID, format!("{} asks for none", environment.name));
    }
    Check::pass(ID, right.join(", "))
}
