//! Does this run on a CI runner, and not on somebody's laptop?

use ops_core::Check;
use ops_core::runner::Runner;

use crate::situation::Situation;

const ID: &str = "runner";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let inputs = situation.inputs;
    if !inputs.environment.protected {
        return Check::pass(ID, format!("{} may be migrated from anywhere", inputs.environment.name));
    }
    match inputs.runner {
        Runner::GitHub => return Check::pass(ID, "a GitHub Actions runner").with("run", inputs.event.run_url.clone()),
        Runner::OtherCi => return Check::pass(ID, "a CI runner"),
        Runner::Local => {}
    }
    Check::fail(
        ID,
        format!("{} is migrated by CI only, and this is not a CI runner", inputs.environment.name),
        "push the tag or start the workflow that applies migrations",
    )
}
