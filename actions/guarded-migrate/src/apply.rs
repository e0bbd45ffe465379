//! `apply`: plan, guard, act, verify; and an audit trail of it.

use ops_core::exit::Failure;
use ops_core::fingerprint::of_content;
use ops_core::policy::Runner;
use ops_core::{Block, Check, Finding, Severity, Verdict};
use ops_database::mutex::{Mutex, MutexError};
use ops_database::{Connection, DatabaseError, DatabaseUrl, Open};

use crate::act::migration::Setting;
use crate::act::session::Session;
use crate::act::{self, Held, Outcome};
use crate::bookkeeping::{self, Author, Bookkeeping, Event};
use crate::files::Files;
use crate::guard::{self, Guarded};
use crate::observe;
use crate::situation::{Inputs, Situation};
use crate::stop::Stop;
use crate::targets::Target;
use crate::tenants::Shared;
use crate::told::Told;

const REFUSED: &str = "refused, nothing was changed";

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
    let mut connection = match Connection::open(url, Open::Existing).await {
        Ok(connection) => connection,
        Err(error) => {
            let situation = observe::situation(inputs, files, Some(url), Some(Err(error)))
                .await
                .map_err(crate::unreadable_ledger)?;
            return Ok(refusal(&situation));
        }
    };
    let told = guarded(inputs, files, url, &mut connection).await?;
    let told = match told {
        Some(told) => told,
        None => return locked(inputs, files, url, connection, stop, output).await,
    };
    connection.close().await;
    Ok(told)
}

/// The first look, before the lock: most refusals end here, and cost nobody a wait.
async fn guarded(
    inputs: &Inputs,
    files: &Files,
    url: &DatabaseUrl,
    connection: &mut Connection,
) -> Result<Option<Told>, Failure> {
    let situation =
        observe::situation(inputs, files, Some(url), Some(Ok(connection))).await.map_err(crate::unreadable_ledger)?;
    let checks = guard::questions(&situation);
    let Some(guarded) = guard::admit(&situation, &checks) else { return Ok(Some(refusal(&situation))) };
    if guarded.pending().is_empty() {
        return Ok(Some(Told::of_situation(&situation, checks).headed("nothing to apply")));
    }
    Ok(None)
}

/// The second look, under the lock: the world may have moved while this run waited. Then the act.
async fn locked(
    inputs: &Inputs,
    files: &Files,
    url: &DatabaseUrl,
    mut connection: Connection,
    stop: &Stop,
    output: &Shared<'_>,
) -> Result<Told, Failure> {
    let ledger =
        observe::ledger(&mut connection, inputs, files).await.map_err(|error| Failure::Input(error.to_string()))?;
    let keys = match inputs.policy.migrations.runner {
        Runner::Builtin => ledger.advisory_keys(&url.database()),
        // The tool takes its own lock; holding it here would stop the very tool that this run starts.
        Runner::Command => Vec::new(),
    };
    let patience = inputs.policy.migrations.lock_wait.as_std();
    let mut stopping = stop.clone();
    let acquired = tokio::select! {
        acquired = Mutex::acquire(&mut connection, &keys, patience) => Some(acquired),
        () = stopping.asked() => None,
    };
    let situation = observe::situation(inputs, files, Some(url), Some(Ok(&mut connection)))
        .await
        .map_err(crate::unreadable_ledger)?;
    let mut checks = guard::questions(&situation);
    let mutex = match acquired {
        Some(Ok(mutex)) => mutex,
        Some(Err(error)) => {
            checks.push(no_lock(&error));
            connection.close().await;
            return Ok(Told::of_situation(&situation, checks).headed(REFUSED));
        }
        None => {
            checks.push(Check::fail("lock", "asked to stop while waiting for the migration lock", "run apply again"));
            connection.close().await;
            return Ok(Told::of_situation(&situation, checks).headed(REFUSED));
        }
    };
    checks.push(Check::pass("lock", "this run alone holds the migration lock"));
    let held = Held { session: Session::new(connection, stop.clone()), mutex };
    match guard::admit(&situation, &checks) {
        None => {
            held.release().await;
            Ok(Told::of_situation(&situation, checks).headed(REFUSED))
        }
        Some(guarded) if guarded.pending().is_empty() => {
            held.release().await;
            Ok(Told::of_situation(&situation, checks).headed("nothing to apply: another run was first"))
        }
        Some(guarded) => {
            let told = Told::of_situation(&situation, checks);
            Ok(act(&guarded, &situation, url, stop, output, held, told).await)
        }
    }
}

fn no_lock(error: &MutexError) -> Check {
    Check::fail(
        "lock",
        error.to_string(),
        "wait for the other run to end, or raise migrations.lock_wait, and run apply again",
    )
}

fn refusal(situation: &Situation<'_>) -> Told {
    Told::of_situation(situation, guard::questions(situation)).headed(REFUSED)
}

async fn act(
    guarded: &Guarded<'_, '_>,
    situation: &Situation<'_>,
    url: &DatabaseUrl,
    stop: &Stop,
    output: &Shared<'_>,
    mut held: Held,
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
        schema: url.schema(),
        database_name: url.database(),
    };

    if let Err(error) = prepare(&mut held, &setting).await {
        told.add(Check::fail(
            "apply",
            format!("the ledger could not be prepared: {error}"),
            "put that right and run apply again",
        ));
        held.release().await;
        return told.headed(REFUSED);
    }
    let (outcome, held) = match inputs.policy.migrations.runner {
        Runner::Builtin => act::apply(guarded, &setting, url, stop, held).await,
        Runner::Command => {
            let (outcome, held) = act::command::run(guarded, situation, &setting, url, stop, output, held).await;
            (outcome, Some(held))
        }
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
    if let Some(mut held) = held {
        for check in act::verify::verify(situation, facts, &mut held, if complete { &planned } else { &applied }).await
        {
            told.add(check);
        }
        told.add(finish(&mut held, &setting, told.verdict, &applied).await);
        held.release().await;
    }
    let headline = match (complete, told.verdict) {
        (true, Verdict::Pass) => format!("{} applied", count(applied.len())),
        (true, _) => format!("{} applied, but not as planned", count(applied.len())),
        (false, _) => format!("stopped: {} of {} applied", applied.len(), planned.len()),
    };
    for migration in &mut told.migrations {
        let id = migration.get("id").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        if applied.contains(&id) {
            migration["state"] = "applied".into();
        }
    }
    told.pending.retain(|id| !applied.contains(id));
    told.rename_pending(&format!("{} planned", planned.len()));
    told.applied = applied;
    told.headed(headline)
}

fn count(number: usize) -> String {
    if number == 1 { "1 migration".to_owned() } else { format!("{number} migrations") }
}

/// Makes the ledger and the bookkeeping where they are missing. The first change to the database.
async fn prepare(held: &mut Held, setting: &Setting<'_>) -> Result<(), DatabaseError> {
    let began = Event { event: "began", ..Event::default() };
    let ledger = match setting.policy.runner {
        Runner::Builtin => setting.ledger.create(),
        // The tool makes its own.
        Runner::Command => String::new(),
    };
    let script = format!(
        "begin;\n{}{ledger}\n{}commit;",
        setting.bookkeeping.create(),
        setting.bookkeeping.append(setting.author, &began)
    );
    let connection = held.session.connection();
    let prepared = connection.run(&script).await;
    if prepared.is_err() {
        // The session may be gone, and its transaction with it.
        connection.run("rollback").await.ok();
    }
    prepared
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
