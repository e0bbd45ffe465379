//! What came to the trunk's lockfiles was approved by somebody else.

mod pushed;

use std::collections::BTreeSet;

use ops_core::{Finding, Place, Severity, Verdict};
use ops_github::{Client, FileApproval, GitHubError, Secret};

use super::rule::{count, judged, unknown};
use super::{BuiltIn, change};
use crate::outcome::Outcome;
use crate::situation::Situation;
use pushed::Update;

pub(super) const GATE: BuiltIn =
    BuiltIn { id: "updates", title: "What came to the trunk's lockfiles was approved", check };

rule! {
    /// ## What it does
    /// After a push to the trunk (`[release] trunk`), asks GitHub for each change of a lockfile that the push brought: which pull request
    /// it came by, and who approved that. An approval counts where it stands, is by a person who may write to the repository and who
    /// neither opened the pull request nor changed the lockfile in it, and where the lockfile that they saw holds every line that the
    /// commit brought to the trunk and that is still there. So squashed, rebased and merged changes count alike, also where the trunk got
    /// other changes meanwhile, and neither a push after the approval nor a line that a merge slips in does.
    ///
    /// It is asked where `[release.dependencies] approvals` says how many are needed, by GitHub's command line `gh`, which GitHub's
    /// runners carry. It needs the input `github-token` with the permissions `contents: read` and `pull-requests: read`. What GitHub
    /// does not answer is unproven. In a pull request nothing is asked: there a ruleset of the trunk that requires approvals stops
    /// the merge itself.
    ///
    /// ## Why is this bad
    /// A lockfile decides what code is installed and run, with every secret of the build. Nobody sees one malicious package more among
    /// thousands of lines, unless somebody was asked to look.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// pnpm update && git commit --all --message "Update" && git push origin main
    /// # after
    /// git switch --create chore/update && pnpm update && git commit --all --message "Update"
    /// gh pr create --fill --reviewer mona
    /// ```
    UNREVIEWED: "dependency/unreviewed-update", "A lockfile that nobody else approved"
}

const NEXT: &str = "Give the input github-token, with the permissions contents: read and pull-requests: read.";
const AGAIN: &str = "Set right what the reason names, then run this again.";

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let needed = usize::from(situation.policy.release.dependencies.approvals);
    let trunk = format!("refs/heads/{}", situation.policy.release.trunk);
    if needed == 0 || situation.event.name != "push" || situation.event.reference != trunk {
        return None;
    }
    let updates = match pushed::updates(situation) {
        Ok(updates) if updates.is_empty() => return None,
        Ok(updates) => updates,
        Err(reason) => {
            return Some(unknown(format!("{reason}, so what came to the lockfiles cannot be told"), change::NEXT));
        }
    };
    let Some(token) = situation.github_token else {
        return Some(unknown("there is no token to ask GitHub with", NEXT));
    };
    let (answers, unanswered) = ask(situation, token, &updates);
    let lacking = |(_, approval): &&(&Update, FileApproval)| approval.approvers.len() < needed;
    let findings =
        answers.iter().filter(lacking).map(|(update, approval)| unreviewed(update, approval, needed)).collect();
    let approvers: BTreeSet<&str> =
        answers.iter().flat_map(|(_, approval)| &approval.approvers).map(String::as_str).collect();
    let approvers = ops_core::words::all_of(approvers);
    let good = format!("{} of lockfiles, approved by {approvers}", count(answers.len(), "update"));
    let mut outcome = judged(good, findings, &Vec::from_iter(unanswered));
    if outcome.verdict == Verdict::Unproven {
        outcome.next = Some(AGAIN.to_owned());
    }
    Some(outcome.with("updates", updates.len() as u64))
}

/// What GitHub says of each update, up to the first that it does not answer, and why it does not.
fn ask<'u>(
    situation: &Situation<'_>,
    token: &str,
    updates: &'u [Update],
) -> (Vec<(&'u Update, FileApproval)>, Option<String>) {
    let mut answers = Vec::new();
    let mut all = async || {
        let client = Client::through_gh(situation.variables, &Secret::new(token), &situation.event.repository)?;
        for update in updates {
            let lines = update.lines.iter().map(Vec::as_slice).collect();
            answers.push((update, client.approvals_of_lines(&update.commit, &update.path, &lines).await?));
        }
        Ok::<(), GitHubError>(())
    };
    let asked = tokio::runtime::Builder::new_current_thread().enable_all().build().map(|runtime| {
        runtime.block_on(async {
            tokio::select! {
                asked = all() => asked.map_err(|error| error.to_string()),
                () = situation.stopped() => Err("the run was cancelled".to_owned()),
            }
        })
    });
    let unanswered = match asked {
        Ok(asked) => asked.err(),
        Err(error) => Some(format!("GitHub cannot be asked: {error}")),
    };
    (answers, unanswered)
}

fn unreviewed(update: &Update, approval: &FileApproval, needed: usize) -> Finding {
    let (short, author) = (update.commit.get(..7).unwrap_or_default(), &approval.author);
    let (message, help) = match approval.pull_request {
        Some(number) => (
            format!(
                "what {short} brought by pull request #{number} has {} of {}",
                approval.approvers.len(),
                count(needed, "approval")
            ),
            format!(
                "Have somebody other than {author} look at it and approve pull request #{number}, then run this again; or revert it."
            ),
        ),
        None => (
            format!("what {short} brought came without a pull request, from {author}"),
            "Revert it, and bring it in by a pull request; a ruleset of the trunk can require that.".to_owned(),
        ),
    };
    UNREVIEWED.finding(Severity::Error, Place::file(update.place.as_str()), &[&update.commit], message, help)
}

#[cfg(test)]
mod tests;
