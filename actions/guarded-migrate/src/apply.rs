//! `apply`: plan, guard, act, verify; and an audit trail of it.

use std::time::Duration;

use ops_core::exit::Failure;
use ops_core::fingerprint::of_content;
use ops_core::policy::Runner;
use ops_core::words::count;
use ops_core::{Block, Check, Finding, Severity, Verdict};
use ops_database::DatabaseUrl;

use crate::act::setting::Setting;
use crate::act::{self, Held, Outcome};
use crate::approach::{self, Approach, Locked, REFUSED, foreign_keys, refusal};
use crate::bookkeeping::{self, Author, Bookkeeping, Event};
use crate::files::Files;
use crate::guard::{self, Guarded};
use crate::observe;
use crate::situation::{Inputs, Situation};
use crate::stop::Stop;
use crate::targets::Target;
use crate::tenants::Shared;
use crate::told::Told;

/// What a run that was asked to stop may still take to read back and to record its end.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Applies the pending migrations to one database, or none.
pub(crate) async fn apply(
    inputs: &Inputs,
    files: &Files,
    target: &Target,
    stop: &Stop,
    output: &Shared<'_>,
) -> Result<Told, Failure> {
    let Some(url) = &target.url else {
        let situation = observe::situation(inputs, files, None, None).await.map_err(crate::unreadable_ledger)?;
        return Ok(refusal(&situation));
    };
    let mut stopping = stop.clone();
    // Up to here nothing was changed, so that all of it may simply be dropped.
    let approach = tokio::select! {
        approach = approach::approach(inputs, files, url, stop) => approach?,
        () = stopping.asked() => {
            let check = Check::fail("apply", "asked to stop before anything was changed", "run apply again");
            return Ok(Told::of_checks(vec![check], REFUSED));
        }
    };
    let Locked { situation, checks, held } = match approach {
        Approach::Over(told) => return Ok(*told),
        Approach::Locked(locked) => *locked,
    };
    match guard::admit(&situation, &checks) {
        Some(guarded) if !guarded.pending().is_empty() => {
            let told = Told::of_situation(&situation, checks);
            Ok(act(&guarded, &situation, url, stop, output, held, told).await)
        }
        admitted => {
            held.release().await;
            let headline = if admitted.is_some() { "nothing to apply: another run was first" } else { REFUSED };
            Ok(Told::of_situation(&situation, checks).headed(headline))
        }
    }
}

async fn act(
    guarded: &Guarded<'_, '_>,
    situation: &Situation<'_>,
    url: &DatabaseUrl,
    stop: &Stop,
    output: &Shared<'_>,
    held: Held,
    mut told: Told,
) -> Told {
    let inputs = situation.inputs;
    let facts = guarded.facts();
    let bookkeeping = Bookkeeping::new(url.engine(), &inputs.policy.database.schema);
    let author = author(inputs, told.plan_digest.clone());
    let planned = told.pending.clone();
    let setting = Setting {
        engine: url.engine(),
        ledger: &facts.ledger,
        bookkeeping: &bookkeeping,
        author: &author,
        policy: &inputs.policy.migrations,
        schema: situation.files.schema(url),
        foreign_keys: foreign_keys(inputs, &facts.ledger, url),
    };

    let (outcome, held) = match act::prepare(&setting, facts, url, stop, held).await {
        Err((halt, held)) => {
            if let Some(held) = held {
                held.release().await;
            }
            told.add(halt.check);
            return told.headed("stopped before the first migration");
        }
        Ok(held) if setting.policy.runner == Runner::Command => {
            let (outcome, held) = act::command::run(guarded, situation, &setting, url, stop, output, held).await;
            (outcome, Some(held))
        }
        Ok(held) => act::apply(guarded, &setting, url, stop, held).await,
    };
    let Outcome { applied, transcript, halt } = outcome;
    if let Some(text) = transcript {
        told.blocks.push(Block::Code { language: "text", text });
    }
    let complete = halt.is_none();
    match halt {
        None => told.add(Check::pass("apply", format!("{} of {} applied", applied.len(), planned.len()))),
        Some(halt) => {
            if let Some((place, message)) = halt.finding {
                told.findings.push(Finding {
                    rule: "migration/refused-by-database".into(),
                    severity: Severity::Error,
                    fingerprint: of_content(&["migration/refused-by-database", &message]),
                    message,
                    help: halt.check.next.clone().unwrap_or_default(),
                    place,
                    waived_by: None,
                });
            }
            told.add(halt.check);
        }
    }
    if let Some(held) = held {
        let expected = if complete { &planned } else { &applied };
        for check in last_words(situation, &setting, held, told.verdict, expected, &applied, stop).await {
            told.add(check);
        }
    }
    let headline = match (complete, told.verdict) {
        (true, Verdict::Pass) => format!("{} applied", count(applied.len(), "migration")),
        (true, _) => format!("{} applied, but not as planned", count(applied.len(), "migration")),
        (false, _) => format!("stopped: {} of {} applied", applied.len(), planned.len()),
    };
    told.mark_applied(&applied);
    told.rename_pending(&format!("{} planned", planned.len()));
    told.applied = applied;
    told.headed(headline)
}

/// Reads back, records the end, gives the lock back. A run that was asked to stop has little time for it.
async fn last_words(
    situation: &Situation<'_>,
    setting: &Setting<'_>,
    mut held: Held,
    verdict: Verdict,
    expected: &[String],
    applied: &[String],
    stop: &Stop,
) -> Vec<Check> {
    let mut stopping = stop.clone();
    let too_late = async {
        stopping.asked().await;
        tokio::time::sleep(LAST_WORDS).await;
    };
    let words = async {
        let mut checks = act::verify::verify(situation, &mut held, expected).await;
        let worst = checks.iter().map(|check| check.verdict).fold(verdict, Verdict::max);
        checks.push(finish(&mut held, setting, worst, applied).await);
        held.release().await;
        checks
    };
    tokio::select! {
        checks = words => checks,
        () = too_late => vec![Check::unproven(
            "ledger-after",
            "the run was asked to stop before the database could be read again",
            "run guarded-migrate status",
        )],
    }
}

async fn finish(held: &mut Held, setting: &Setting<'_>, verdict: Verdict, applied: &[String]) -> Check {
    let note = format!("{}: {} applied", verdict.word(), applied.len());
    let event = Event { event: "finished", note: Some(&note), ..Event::default() };
    match held.session.connection().run(&setting.bookkeeping.append(setting.author, &event)).await {
        Ok(()) => Check::pass("audit", "this run stands in the audit trail").with("run", setting.author.run.clone()),
        Err(error) => Check::unproven(
            "audit",
            format!("the end of this run could not be recorded: {error}"),
            "run guarded-migrate status",
        ),
    }
}

/// Who is at work, as far as the runner tells.
pub(crate) fn author(inputs: &Inputs, plan_digest: Option<String>) -> Author {
    Author {
        run: bookkeeping::random_name(),
        environment: inputs.environment.name.clone(),
        actor: inputs.actor(),
        run_url: inputs.event.run_url.clone().unwrap_or_default(),
        commit: inputs.event.sha.clone().unwrap_or_default(),
        plan_digest: plan_digest.unwrap_or_default(),
    }
}
