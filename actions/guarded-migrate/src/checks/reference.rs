//! Does the change come from a tag or branch that may reach this environment?

use ops_core::Check;

use crate::situation::Situation;

const ID: &str = "ref";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let inputs = situation.inputs;
    let environment = &inputs.environment;
    let allowed = environment.refs.join(", ");
    let next = format!("run it from one of {allowed}, or change environments.{}.refs", environment.name);
    match inputs.event.reference.as_str() {
        _ if environment.refs.iter().any(|pattern| pattern == "*") => {
            Check::pass(ID, format!("{} takes every ref", environment.name))
        }
        "" => Check::unproven(ID, format!("GITHUB_REF is not set; expected one of {allowed}"), next),
        reference if environment.allows_ref(reference) => Check::pass(ID, format!("{reference} is one of {allowed}")),
        reference => Check::fail(ID, format!("{reference} is not one of {allowed}"), next),
    }
}
