//! `runner = "command"`: a foreign tool applies the migrations, between the same guard and the same verification.

use ops_core::inputs::Environment;
use ops_core::process::{self, Ended, ProcessError};
use ops_core::{Check, Verdict};
use ops_database::DatabaseUrl;

use super::setting::Setting;
use super::{Halt, Held, Outcome};
use crate::guard::Guarded;
use crate::observe;
use crate::pending::Pending;
use crate::situation::{Inputs, Situation};
use crate::stop::Stop;
use crate::tenants::Shared;

/// Runs the tool. The plan is what its ledger must say afterwards.
pub(crate) async fn run(
    guarded: &Guarded<'_, '_>,
    situation: &Situation<'_>,
    setting: &Setting<'_>,
    url: &DatabaseUrl,
    stop: &Stop,
    output: &Shared<'_>,
    mut held: Held,
) -> (Outcome, Held) {
    let inputs = situation.inputs;
    let words = &inputs.policy.migrations.command;
    let line = words.join(" ");
    let mut stopping = stop.clone();
    let ended = {
        let mut output = output.lock().await;
        output.complain(&format!("guarded-migrate runs `{line}` on {}", url.place()));
        process::run(words, &inputs.root, &environment(inputs, url), stopping.asked(), &mut output).await
    };
    let mut outcome = Outcome {
        transcript: ended.as_ref().ok().map(|ended| ended.last_lines.join("\n")).filter(|text| !text.is_empty()),
        ..Outcome::default()
    };
    let (how, ended_well) = describe(&ended);
    let entries = match observe::entries(held.session.connection(), &guarded.facts().ledger).await {
        Ok(entries) => entries,
        Err(error) => {
            outcome.halt = Some(halt(
                Verdict::Unproven,
                format!("`{line}` {how}, but what it did could not be read back: {error}"),
                "when the database answers again, run guarded-migrate status: it tells what is in the ledger",
            ));
            return (outcome, held);
        }
    };
    let is_applied = |pending: &&Pending<'_>| {
        let id = &pending.migration.id;
        entries.iter().any(|entry| entry.id == *id && entry.outcome == ops_migrations::ledger::Outcome::Applied)
    };
    let (applied, lacking): (Vec<_>, Vec<_>) = guarded.pending().iter().partition(is_applied);
    outcome.applied = applied.iter().map(|pending| pending.migration.id.clone()).collect();
    // Ledgers without checksums are proven by this trail later on.
    let trail: String = applied.into_iter().map(|pending| setting.applied(pending)).collect();
    if !trail.is_empty()
        && let Err(error) = held.session.connection().run(&trail).await
    {
        tracing::warn!(%error, "the audit trail lacks what the command applied");
    }
    if !ended_well {
        outcome.halt = Some(halt(
            Verdict::Fail,
            format!("`{line}` {how}"),
            "read what the command printed, put that right and run apply again",
        ));
    } else if !lacking.is_empty() {
        let names: Vec<_> = lacking.iter().map(|pending| pending.migration.id.as_str()).collect();
        outcome.halt = Some(halt(
            Verdict::Fail,
            format!("`{line}` {how}, but its ledger lacks {}", ops_core::words::first_of(&names)),
            format!(
                "check that the command reads {} and the folder {}, then run apply again",
                inputs.environment.database_url, situation.files.found.directory
            ),
        ));
    }
    (outcome, held)
}

/// This run's variables, with this target's URL where the tool looks for it. The action's own inputs are none of the
/// tool's business: one of them is a token.
fn environment(inputs: &Inputs, url: &DatabaseUrl) -> Environment {
    let mut environment = inputs.variables.clone();
    environment.variables.retain(|name, _| !name.starts_with("INPUT_"));
    environment.variables.insert(inputs.environment.database_url.clone(), url.expose().to_owned());
    environment
}

/// How the tool ended, in words that follow its name, and whether that was well.
fn describe(ended: &Result<Ended, ProcessError>) -> (String, bool) {
    match ended {
        Err(error) => (format!("did not run to its end: {error}"), false),
        Ok(Ended { cancelled: true, .. }) => ("was stopped with this run".to_owned(), false),
        Ok(Ended { code: None, .. }) => ("was ended by a signal".to_owned(), false),
        Ok(Ended { code: Some(code), .. }) => (format!("ended with exit code {code}"), *code == 0),
    }
}

fn halt(verdict: Verdict, summary: String, next: impl Into<String>) -> Halt {
    let check = match verdict {
        Verdict::Unproven => Check::unproven("apply", summary, next),
        _ => Check::fail("apply", summary, next),
    };
    Halt { check, finding: None }
}
