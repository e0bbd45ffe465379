//! Between the checks and the act: a plan is applied only in the form that this module hands out.

use ops_core::policy::Environment;
use ops_core::{Check, Verdict};

use crate::checks;
use crate::pending::Pending;
use crate::situation::{Facts, Situation};

/// A plan that passed every check. There is no other way to make one than [`admit`].
pub(crate) struct Guarded<'s, 'a> {
    situation: &'s Situation<'a>,
    facts: &'s Facts,
}

impl<'s, 'a> Guarded<'s, 'a> {
    /// What is going to be applied, in order.
    pub(crate) fn pending(&self) -> &'s [Pending<'a>] {
        &self.situation.pending
    }

    /// What the database said when the checks passed.
    pub(crate) fn facts(&self) -> &'s Facts {
        self.facts
    }
}

/// Asks every question that stands before an apply.
pub(crate) fn questions(situation: &Situation<'_>) -> Vec<Check> {
    let mut checks = checks::ask(checks::PLAN, situation);
    checks.extend(checks::ask(checks::MOMENT, situation));
    checks
}

/// The plan, if every answer is good enough.
pub(crate) fn admit<'s, 'a>(situation: &'s Situation<'a>, checks: &[Check]) -> Option<Guarded<'s, 'a>> {
    let facts = situation.facts()?;
    (verdict(checks, &situation.inputs.environment) == Verdict::Pass).then_some(Guarded { situation, facts })
}

/// The worst answer, leaving out unproven ones that the policy lets through.
pub(crate) fn verdict(checks: &[Check], environment: &Environment) -> Verdict {
    Verdict::worst(checks.iter().map(|check| {
        let let_through = environment.allow_unproven.iter().any(|id| *id == check.id);
        if check.verdict == Verdict::Unproven && let_through { Verdict::Pass } else { check.verdict }
    }))
}

#[cfg(test)]
mod tests {
    use ops_core::policy::Policy;
    use ops_core::{Check, Verdict};

    #[test]
    fn unproven_stops_unless_the_policy_lets_that_check_through() {
        let checks = [Check::pass("marker", ""), Check::unproven("staging", "", "")];
        let strict = Policy::default().environment("production");
        assert_eq!(super::verdict(&checks, &strict), Verdict::Unproven);
        let policy = Policy::parse("ops.toml", "[environments.production]\nallow_unproven = [\"staging\"]").unwrap();
        assert_eq!(super::verdict(&checks, &policy.environment("production")), Verdict::Pass);
        let failing = [Check::fail("staging", "", "")];
        assert_eq!(super::verdict(&failing, &policy.environment("production")), Verdict::Fail);
    }
}
