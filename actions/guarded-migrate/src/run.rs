//! One run, from the command line to the exit code.

use std::process::ExitCode;

use jiff::Timestamp;
use ops_core::exit::{self, Failure};
use ops_core::inputs::Environment;
use ops_core::output::Output;
use ops_core::policy;
use ops_core::runner::{Event, Runner};

use crate::cli::{self, Arguments, Destructive, GitHub, Marker, Source, Verb};
use crate::comment;
use crate::digest;
use crate::files::Files;
use crate::report;
use crate::situation::Inputs;
use crate::stop::Stop;
use crate::targets::{self, Target};
use crate::told::Told;
use crate::{apply, lint, marker, plan, resolve, status, tenants};

/// Which environment is meant where nobody says so: the one with the strictest guard.
const USUAL_ENVIRONMENT: &str = "production";

const NO_COMMAND: &str = "migrations.runner is \"command\", but migrations.command names no program: \
                          write command = [\"pnpm\", \"prisma\", \"migrate\", \"deploy\"] there, or leave runner out";

/// Runs one verb, from the flags to the exit code.
pub(crate) fn run(arguments: &Arguments, environment: &Environment, output: &mut Output) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Unexpected(format!("the runtime cannot start: {error}")))?;
    let ended = runtime.block_on(perform(&arguments.verb, environment, output));
    // A thread that waits for a name server does not hold up the end.
    runtime.shutdown_background();
    ended
}

async fn perform(verb: &Verb, environment: &Environment, output: &mut Output) -> Result<ExitCode, Failure> {
    let inputs = resolve_inputs(verb, environment, output)?;
    let stop = match verb {
        Verb::Apply(_) => {
            Stop::listen().map_err(|error| Failure::Unexpected(format!("signals cannot be caught: {error}")))?
        }
        // The others change nothing, or one row: a signal ends them.
        _ => Stop::never(),
    };
    let told = dispatch(verb, &inputs, &stop, output).await?;
    let outputs = report::outputs(&told);
    let mut report = report::compose(&inputs, verb.name(), told);
    if verb.github().is_some_and(|github| github.comment) {
        report.findings.extend(comment::publish(&inputs, &report, stop).await);
    }
    let outputs: Vec<(&str, &str)> = outputs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(exit::finish(report, &outputs, verb.common(), environment, output))
}

async fn dispatch(verb: &Verb, inputs: &Inputs, stop: &Stop, output: &mut Output) -> Result<Vec<Told>, Failure> {
    let files = || Files::read(inputs).map_err(|errors| Failure::Input(lines(&errors)));
    let targets = |target: &cli::Target| targets::resolve(inputs, target.target.as_deref());
    let both = |target: &cli::Target| {
        let (files, targets) = (files()?, targets(target)?);
        files.suit(&targets).map_err(|error| Failure::Input(error.to_string()))?;
        Ok::<_, Failure>((files, targets))
    };
    match verb {
        Verb::Lint(flags) => {
            // Only the engine matters here. A URL that cannot be read is the concern of runs that need it.
            let target = targets::resolve(inputs, None).unwrap_or_default().into_iter().next();
            let base = flags.base.clone().or_else(|| inputs.event.base.clone());
            Ok(vec![lint::lint(inputs, &files()?, target.and_then(|target| target.url).as_ref(), base.as_deref())])
        }
        Verb::Plan(flags) => {
            let (files, targets) = both(&flags.target)?;
            tenants::each(inputs, &targets, |target| plan::plan(inputs, &files, target)).await
        }
        Verb::Status(flags) => {
            let (files, targets) = both(&flags.target)?;
            tenants::each(inputs, &targets, |target| status::status(inputs, &files, target)).await
        }
        Verb::Apply(flags) => {
            let (files, targets) = both(&flags.plan.target)?;
            let output = &tenants::Shared::new(output);
            tenants::until_failure(inputs, &targets, stop, |target| apply::apply(inputs, &files, target, stop, output))
                .await
        }
        Verb::Resolve(flags) => {
            let (files, targets) = both(&flags.target)?;
            let target = one(targets)?;
            Ok(vec![resolve::resolve(inputs, &files, &target, &flags.migration, flags.r#as).await?])
        }
        Verb::Marker { verb: Marker::Set(flags) } => {
            let target = one(targets(&flags.target)?)?;
            Ok(vec![marker::set(inputs, &target, flags.replace.as_deref()).await?])
        }
        Verb::Marker { verb: Marker::Show(flags) } => {
            let target = one(targets(&flags.target)?)?;
            Ok(vec![marker::show(inputs, &target).await?])
        }
    }
}

/// The only target, for verbs that must not reach several databases at once.
fn one(mut targets: Vec<Target>) -> Result<Target, Failure> {
    match (targets.pop(), targets.is_empty()) {
        (Some(target), true) => Ok(target),
        _ => Err(Failure::Input("the policy names several databases: choose one with --target".to_owned())),
    }
}

fn lines<E: ToString>(errors: &[E]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn resolve_inputs(verb: &Verb, environment: &Environment, output: &mut Output) -> Result<Inputs, Failure> {
    let common = verb.common();
    let policy = common.load_policy()?;
    if policy.migrations.runner == policy::Runner::Command
        && policy.migrations.command.first().is_none_or(String::is_empty)
    {
        return Err(Failure::Input(NO_COMMAND.to_owned()));
    }
    let name = common.environment.as_deref().unwrap_or(USUAL_ENVIRONMENT);
    if let Some(doubt) = policy.doubt_environment(name) {
        return Err(Failure::Input(doubt));
    }
    let resolved = policy.environment(name);
    for variable in policy.migrations.targets.iter().chain([&resolved.database_url]) {
        for line in environment.get(variable).unwrap_or_default().lines() {
            output.add_secret(line);
        }
    }
    let (source, destructive, github) = (verb.source(), verb.destructive(), verb.github());
    let token = github.and_then(|github| github.github_token.clone());
    if let Some(token) = &token {
        output.add_secret(token);
    }
    let mut allow_destructive = policy.migrations.allow_destructive.clone();
    for digest in destructive.map(|flags| flags.allow_destructive.as_slice()).unwrap_or_default() {
        allow_destructive
            .push(digest.parse().map_err(|error| Failure::Input(format!("--allow-destructive: {error}")))?);
    }
    let plan_digest = match verb {
        Verb::Apply(flags) => flags.plan_digest.clone(),
        _ => None,
    };
    if let Some(digest) = plan_digest.as_deref().filter(|digests| !digests.split(',').all(digest::is_one)) {
        let wanted = "it is sha256: and 64 hexadecimal digits, as plan prints it, or a list of those with commas";
        return Err(Failure::Input(format!("--plan-digest: {digest:?} is not the digest of a plan: {wanted}")));
    }
    Ok(Inputs {
        root: common.root.clone(),
        prefix: common.prefix(environment),
        environment: resolved,
        variables: environment.clone(),
        event: Event::read(environment),
        runner: Runner::detect(environment),
        now: Timestamp::now(),
        layout: source.and_then(|source| source.layout.clone()),
        directory: source.and_then(|source| source.directory.clone()),
        allow_destructive,
        backup_reference: destructive.and_then(|flags| flags.backup_reference.clone()),
        plan_digest,
        github_token: token,
        redactor: output.redactor(),
        policy,
    })
}

impl Verb {
    fn source(&self) -> Option<&Source> {
        match self {
            Self::Plan(flags) => Some(&flags.source),
            Self::Apply(flags) => Some(&flags.plan.source),
            Self::Status(flags) => Some(&flags.source),
            Self::Lint(flags) => Some(&flags.source),
            Self::Resolve(flags) => Some(&flags.source),
            Self::Marker { .. } => None,
        }
    }

    fn destructive(&self) -> Option<&Destructive> {
        match self {
            Self::Plan(flags) => Some(&flags.destructive),
            Self::Apply(flags) => Some(&flags.plan.destructive),
            _ => None,
        }
    }

    fn github(&self) -> Option<&GitHub> {
        match self {
            Self::Plan(flags) => Some(&flags.github),
            Self::Apply(flags) => Some(&flags.plan.github),
            Self::Lint(flags) => Some(&flags.github),
            _ => None,
        }
    }
}
