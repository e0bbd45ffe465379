//! What is known already: the policy's exceptions and the baseline.

use jiff::civil::Date;
use ops_core::Finding;
use ops_core::baseline::{self, Baseline};
use ops_core::exit::Failure;
use ops_core::policy::Waivers;

use crate::settings::Inputs;

/// The exceptions of the policy, and the known findings.
pub(crate) struct Known<'i> {
    waivers: &'i Waivers,
    baseline: Option<Baseline>,
    /// The baseline's name, relative to the root.
    name: &'i str,
    today: Date,
}

impl<'i> Known<'i> {
    /// Reads the baseline.
    pub(crate) fn read(inputs: &'i Inputs) -> Result<Self, Failure> {
        let name = inputs.baseline();
        let baseline = Baseline::read(name, &inputs.root.join(name))?;
        Ok(Self { waivers: &inputs.policy.waivers, baseline, name, today: inputs.today() })
    }

    /// Marks what is waived or known.
    pub(crate) fn excuse(&self, findings: &mut [Finding]) {
        self.waivers.apply(findings, self.today);
        if let Some(baseline) = &self.baseline {
            baseline.apply(findings, self.name, self.today);
        }
    }

    /// Marks the findings of the whole run, and returns what is to be said of the exceptions themselves. What belongs to
    /// another action, and what a gate that was not asked would have found, is left alone.
    pub(crate) fn excuse_all(&self, findings: &mut [Finding], everything_was_asked: bool) -> Vec<Finding> {
        let found: std::collections::BTreeSet<String> =
            findings.iter().map(|finding| finding.rule.to_string()).collect();
        let mut said = self.waivers.concerning(|waiver| found.contains(&*waiver.rule)).apply(findings, self.today);
        if let Some(known) = &self.baseline {
            let notes = known.apply(findings, self.name, self.today);
            said.extend(notes.into_iter().filter(|note| everything_was_asked || note.rule != baseline::GONE));
        }
        said
    }
}

impl<'i> Known<'i> {
    /// The exceptions of the policy alone.
    pub(crate) fn waivers_only(inputs: &'i Inputs) -> Self {
        Self { waivers: &inputs.policy.waivers, baseline: None, name: inputs.baseline(), today: inputs.today() }
    }
}
