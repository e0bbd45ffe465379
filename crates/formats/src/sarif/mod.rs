//! SARIF 2.1.0, as ESLint, semgrep, CodeQL, Snyk and others write it.

mod location;
mod log;
mod results;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::marker::PhantomData;

use log::{Component, Found, Invocation, Log, Message, Notification, Rule, Run, Suppression};
use ops_core::Severity;
use results::{Results, Stop, Take};

use crate::{Issue, Reading, Unreadable, json, text};

/// The list that is read apart from all others.
const RESULTS: &str = "results";

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    let log: Log<'_> = json::read_seed(report, RESULTS, PhantomData)?;
    if log.version != "2.1.0" {
        let reason = format!("expected 2.1.0, found {}", text::one_line(&log.version));
        return Err(Unreadable::malformed("version", reason));
    }
    if log.runs.is_empty() {
        return Err(Unreadable::malformed("runs", "no tool was run"));
    }
    if let Some(index) = log.runs.iter().position(|run| run.results.is_none()) {
        let reason = "the tool came to no results, or keeps them in another file";
        return Err(Unreadable::malformed(format!("runs[{index}].results"), reason));
    }
    let mut reading = Reading::default();
    for what in ["errors", "warnings", "notes", "suppressed", "rules"] {
        reading.count(what, 0);
    }
    let runs = log.runs.iter().map(|run| (run, Rules::of(run))).collect();
    let mut judge = Judge { runs, reading, wrong: None };
    let read = json::read_seed(report, RESULTS, Results(&mut judge));
    let Judge { runs, mut reading, wrong } = judge;
    if let Some(wrong) = wrong {
        return Err(wrong);
    }
    read?;
    for (run, rules) in &runs {
        reading.count("rules", rules.number);
        if let Some(artifacts) = &run.artifacts {
            reading.count("files", artifacts.len() as u64);
        }
        for invocation in run.invocations.iter().flatten() {
            read_invocation(run, invocation, &mut reading);
        }
    }
    Ok(reading)
}

/// Weighs one result after the other.
struct Judge<'r> {
    runs: Vec<(&'r Run<'r>, Rules<'r>)>,
    reading: Reading,
    /// Why the log cannot be relied on.
    wrong: Option<Unreadable>,
}

impl Take for Judge<'_> {
    fn take(&mut self, index: usize, number: usize, found: &Found<'_>) -> Result<(), Stop> {
        let Some((run, rules)) = self.runs.get(index) else { return Err(Stop) };
        let rule = rules.of_result(found);
        let severity = severity(found, rule).map_err(|level| {
            let reason = format!("unknown level `{}`", text::one_line(level));
            self.wrong = Some(Unreadable::malformed(format!("runs[{index}].results[{number}].level"), reason));
            Stop
        })?;
        // What passed, does not apply or is there for information only, and what was there before and is no more.
        let other = found.kind.as_deref().is_some_and(|kind| kind != "fail")
            || found.baseline_state.as_deref() == Some("absent");
        if other {
            self.reading.count("other", 1);
        } else if is_suppressed(found) {
            self.reading.count("suppressed", 1);
        } else {
            self.reading.weigh(issue(run, found, rule, severity));
        }
        Ok(())
    }
}

/// Only suppressions that nobody has yet to agree to, or has rejected, count.
fn is_suppressed(found: &Found<'_>) -> bool {
    let Some(suppressions) = &found.suppressions else { return false };
    let is_agreed = |one: &Suppression| one.status.as_deref().is_none_or(|status| status == "accepted");
    // Of more than are kept, nobody knows all.
    !suppressions.items.is_empty()
        && suppressions.items.len() == suppressions.number
        && suppressions.items.iter().all(is_agreed)
}

/// The rules of a run: of the tool itself, and of what extends it.
struct Rules<'r> {
    driver: &'r Component<'r>,
    extensions: &'r [Component<'r>],
    by_id: HashMap<&'r str, &'r Rule<'r>>,
    number: u64,
}

impl<'r> Rules<'r> {
    fn of(run: &'r Run<'r>) -> Self {
        let extensions = run.tool.extensions.as_deref().unwrap_or_default();
        let all = || {
            std::iter::once(&run.tool.driver)
                .chain(extensions)
                .filter_map(|component| component.rules.as_deref())
                .flatten()
        };
        // Where two components have a rule of one name, the tool's own comes first.
        let mut by_id = HashMap::new();
        for rule in all() {
            by_id.entry(&*rule.id).or_insert(rule);
        }
        Self { driver: &run.tool.driver, extensions, by_id, number: all().count() as u64 }
    }

    fn of_result(&self, found: &Found<'_>) -> Option<&'r Rule<'r>> {
        let reference = found.rule.as_ref();
        let id = found.rule_id.as_deref().or(reference.and_then(|reference| reference.id.as_deref()));
        let index = reference.and_then(|reference| reference.index).or(found.rule_index);
        let component = match reference.and_then(|reference| reference.tool_component.as_ref()) {
            None => Some(self.driver),
            Some(reference) => match reference.index.and_then(|index| usize::try_from(index).ok()) {
                Some(index) => self.extensions.get(index),
                None => self.extensions.iter().find(|extension| reference.name.as_deref() == Some(&extension.name)),
            },
        };
        let rules = component.and_then(|component| component.rules.as_deref()).unwrap_or_default();
        let indexed = index.and_then(|index| rules.get(usize::try_from(index).ok()?));
        // A result may name a part of a rule: `CA1000/1` is of the rule `CA1000`.
        let whole = |id: &str| id.rsplit_once('/').and_then(|(whole, _)| self.by_id.get(whole)).copied();
        indexed
            .filter(|rule| id.is_none_or(|id| id.starts_with(&*rule.id)))
            .or_else(|| id.and_then(|id| self.by_id.get(id).copied().or_else(|| whole(id))))
    }
}

/// The result's own level, or its rule's, or `warning`; worse where the rule is about security and says how grave it is. An
/// unknown level is given back.
fn severity<'f>(found: &'f Found<'_>, rule: Option<&'f Rule<'_>>) -> Result<Severity, &'f str> {
    let default = || rule?.default_configuration.as_ref()?.level.as_deref();
    let level = found.level.as_deref().or_else(default).unwrap_or("warning");
    let told = of_level(level).ok_or(level)?;
    let grave = rule.and_then(|rule| rule.properties.as_ref()?.security_severity.text()).map_or(Severity::Note, grave);
    // The worst comes first.
    Ok(told.min(grave))
}

/// A score from 0 to 10, or a word in its place, as rules that people write for semgrep have.
fn grave(security_severity: &str) -> Severity {
    let told = security_severity.trim();
    match told.parse::<f64>() {
        Ok(7.0..) => Severity::Error,
        Ok(4.0..) => Severity::Warning,
        Ok(_) => Severity::Note,
        Err(_) => match told.to_ascii_lowercase().as_str() {
            "critical" | "high" => Severity::Error,
            "medium" | "moderate" => Severity::Warning,
            _ => Severity::Note,
        },
    }
}

fn of_level(level: &str) -> Option<Severity> {
    match level {
        "error" => Some(Severity::Error),
        "warning" => Some(Severity::Warning),
        "note" | "none" => Some(Severity::Note),
        _ => None,
    }
}

fn issue(run: &Run<'_>, found: &Found<'_>, rule: Option<&Rule<'_>>, severity: Severity) -> Issue {
    let named = found.rule_id.as_deref().or(found.rule.as_ref().and_then(|rule| rule.id.as_deref()));
    let id = named.or(rule.map(|rule| &*rule.id)).unwrap_or("unnamed");
    let described = rule.and_then(|rule| rule.short_description.as_ref()?.text.as_deref()).unwrap_or(id);
    Issue {
        rule: text::rule(&run.tool.driver.name, id),
        severity,
        message: text::one_line_or(&words(found.message.as_ref(), rule), described),
        help: text::one_line(rule.and_then(|rule| rule.help_uri.as_deref()).unwrap_or_default()),
        region: location::region(run, found.locations.as_ref()),
        identity: String::new(),
    }
}

/// A message's text, or the rule's text of that name, with its arguments in their places.
fn words(message: Option<&Message<'_>>, rule: Option<&Rule<'_>>) -> String {
    let Some(message) = message else { return String::new() };
    let of_rule = || {
        let strings = rule?.message_strings.as_ref()?;
        let (_, template) = strings.0.iter().find(|(name, _)| Some(name.as_str()) == message.id.as_deref())?;
        template.text.as_deref()
    };
    let template = message.text.as_deref().or_else(of_rule).or(message.markdown.as_deref()).unwrap_or_default();
    let arguments = message.arguments.as_ref().map_or(&[][..], |arguments| &arguments.items);
    let mut words = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{').filter(|_| !arguments.is_empty()) {
        words.push_str(before);
        let named = after
            .split_once('}')
            .and_then(|(number, after)| Some((arguments.get(number.parse::<usize>().ok()?)?, after)));
        match named {
            Some((argument, after)) => {
                words.push_str(argument.get(..argument.floor_char_boundary(1_000)).unwrap_or_default());
                rest = after;
            }
            None => {
                words.push('{');
                rest = after;
            }
        }
        // More than is shown need not be put together.
        if words.len() > 16_000 {
            return words;
        }
    }
    words + rest
}

/// What the tool says of its run: what went wrong there may be why it found nothing.
fn read_invocation(run: &Run<'_>, invocation: &Invocation<'_>, reading: &mut Reading) {
    let notifications = [&invocation.tool_execution_notifications, &invocation.tool_configuration_notifications];
    let is_unsuccessful = invocation.execution_successful == Some(false);
    let (mut reasons, mut names_a_file) = (Vec::new(), false);
    for notification in notifications.into_iter().flatten().flatten() {
        let severity =
            notification.level.as_deref().map_or(Some(Severity::Warning), of_level).unwrap_or(Severity::Error);
        if severity == Severity::Note {
            continue;
        }
        let issue = notified(run, notification, severity);
        // What is wrong with a file can be mended there; what is wrong with the tool says nothing of the code.
        if is_unsuccessful && severity == Severity::Error && issue.region.is_none() {
            reasons.push(issue.message);
        } else {
            names_a_file |= severity == Severity::Error;
            reading.weigh(issue);
        }
    }
    if is_unsuccessful && !(names_a_file && reasons.is_empty()) {
        let tool = text::one_line(&run.tool.driver.name);
        let why = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join("; ")) };
        reading.unanswered.push(format!("{tool} says that its run was not successful{why}"));
    }
}

fn notified(run: &Run<'_>, notification: &Notification<'_>, severity: Severity) -> Issue {
    let id = notification.descriptor.as_ref().and_then(|descriptor| descriptor.id.as_deref()).unwrap_or("notification");
    Issue {
        rule: text::rule(&run.tool.driver.name, id),
        severity,
        message: text::one_line_or(
            &words(notification.message.as_ref(), None),
            "the tool could not do all of its work",
        ),
        help: String::new(),
        region: location::region(run, notification.locations.as_ref()),
        identity: String::new(),
    }
}
