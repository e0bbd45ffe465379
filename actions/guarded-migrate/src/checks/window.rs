//! Is now a time at which changes are made?

use ops_core::Check;

use crate::situation::Situation;

const ID: &str = "window";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let inputs = situation.inputs;
    let environment = &inputs.environment;
    if let Some(freeze) = environment.frozen(situation.now) {
        return Check::fail(
            ID,
            format!("{} is frozen from {} to {}: {}", environment.name, freeze.from, freeze.to, freeze.reason),
            format!("wait until after {}, or change environments.{}.freezes", freeze.to, environment.name),
        );
    }
    if environment.windows.is_empty() {
        return Check::pass(ID, format!("{} may be changed at any time", environment.name));
    }
    let windows = environment.windows.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if environment.window_open(situation.now) {
        return Check::pass(ID, format!("{:.0} is within {windows}", situation.now));
    }
    Check::fail(
        ID,
        format!("{:.0} is outside {windows}", situation.now),
        format!("run it again within the window, or change environments.{}.windows", environment.name),
    )
}
