//! `plan`: what apply would do, and what stands in its way.

use ops_core::exit::Failure;
use ops_core::{Block, Verdict};

use crate::checks;
use crate::files::Files;
use crate::observe;
use crate::situation::{Inputs, Situation};
use crate::targets::Target;
use crate::told::Told;

/// Reads everything, asks what a plan must survive, changes nothing.
pub(crate) async fn plan(inputs: &Inputs, files: &Files, target: &Target) -> Result<Told, Failure> {
    let situation = observe::look(inputs, files, target).await.map_err(crate::unreadable_ledger)?;
    Ok(tell(&situation))
}

fn tell(situation: &Situation<'_>) -> Told {
    let mut told = Told::of_situation(situation, checks::ask(checks::PLAN, situation));
    if situation.facts().is_none() {
        let text = "Without a database nobody knows which of these files are pending, so all of them are here.";
        told.blocks.push(Block::Paragraph(text.to_owned()));
    }
    if situation.inputs.environment.protected {
        told.blocks.push(Block::Paragraph(
            "Apply also asks for the confirmation, a CI runner, an allowed ref, an open window and the approvals."
                .to_owned(),
        ));
    }
    if let Some(digest) = &told.plan_digest {
        told.blocks.push(Block::Paragraph(format!("Plan digest: {}", ops_core::report::code(digest))));
    }
    let pending = told.pending.len();
    let headline = match (told.verdict, pending) {
        (Verdict::Pass, 0) => "nothing to apply".to_owned(),
        (Verdict::Pass, 1) => "1 migration to apply".to_owned(),
        (Verdict::Pass, _) => format!("{pending} migrations to apply"),
        (Verdict::Fail, _) => "would be refused".to_owned(),
        (Verdict::Unproven, _) => "cannot be proven".to_owned(),
    };
    told.headed(headline)
}
