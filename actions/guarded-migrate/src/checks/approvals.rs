//! Did somebody other than its author approve each pending file, after its last change?

use ops_core::Check;
use ops_core::words::count;

use crate::situation::{Approvals, Situation};

const ID: &str = "approvals";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let needed = usize::from(situation.inputs.environment.approvals);
    let approvals = match &situation.approvals {
        Approvals::NotAsked => return Check::pass(ID, format!("{} asks for none", situation.inputs.environment.name)),
        Approvals::NoToken => {
            return Check::unproven(
                ID,
                "there is no token to ask GitHub with",
                "give the input github-token, with the permissions contents: read and pull-requests: read",
            );
        }
        Approvals::Refused(reason) => {
            return Check::unproven(
                ID,
                reason.clone(),
                "give the job the permissions contents: read and pull-requests: read",
            );
        }
        Approvals::Answered(approvals) => approvals,
    };
    let lacking: Vec<_> = approvals.iter().filter(|file| file.approvers.len() < needed).collect();
    let Some(first) = lacking.first() else {
        return Check::pass(
            ID,
            format!(
                "{} with {} after the last change",
                count(approvals.len(), "pending file"),
                count(needed, "approval")
            ),
        );
    };
    let files =
        lacking.iter().map(|file| format!("{} ({} of {needed})", file.path, file.approvers.len())).collect::<Vec<_>>();
    let next = match first.pull_request {
        Some(number) => format!("have pull request #{number} approved by someone other than {}", first.author),
        None => format!("bring {} in by a pull request: its last change came without one", first.path),
    };
    Check::fail(ID, format!("not approved after the last change: {}", files.join(", ")), next)
}
