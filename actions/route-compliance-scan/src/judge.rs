//! What was found, compared with what the policy asks for: proofs become findings, findings become answers.

use jiff::civil::Date;
use ops_core::exit::Failure;
use ops_core::fingerprint::of_content;
use ops_core::policy::{AcceptedProof, Policy, Waiver};
use ops_core::words::{all_of, count, one_of};
use ops_core::{Check, Finding, Place, Severity, Verdict};
use rayon::prelude::*;

use crate::result::{Proof, ProvedRoute, Scanned};

mod required;

pub(crate) const UNGUARDED: &str = "route/unguarded";
pub(crate) const UNPROVEN: &str = "route/unproven";
pub(crate) const UNREADABLE: &str = "route/unreadable";

/// A policy that names a guard which is nowhere proves nothing, however many routes there are: it is wrong.
pub(crate) fn refuse_unknown_guards(policy: &Policy, scanned: &Scanned) -> Result<(), Failure> {
    let Some((index, near)) = scanned.unknown_guards.first() else { return Ok(()) };
    let Some(guard) = policy.routes.guards.get(*index) else { return Ok(()) };
    let meant = match near.as_slice() {
        [] => "write a name that is there, or remove it".to_owned(),
        near => format!("did you mean {}?", one_of(near.iter().map(|name| format!("`{name}`")))),
    };
    let message = format!("no file defines or imports the guard `{}`; {meant}", guard.text);
    Err(policy.refuse(&guard.place, message).into())
}

/// Marks the routes that the policy leaves open on purpose.
pub(crate) fn open_on_purpose(routes: &mut [ProvedRoute], policy: &Policy, today: Date) {
    for route in routes.iter_mut().filter(|route| matches!(route.proof, Proof::None | Proof::Unproven)) {
        if let Some(public) = policy.routes.public.covering(&route.path, &route.method, today) {
            route.proof = Proof::Waived;
            route.reason = Some(format!("open on purpose, {}: {}", &*public.owner, &*public.reason));
        }
    }
}

/// Every finding about routes and files, those of the rules among them, before anything is waived. Routes that are open on purpose are
/// marked.
pub(crate) fn findings(scanned: &mut Scanned, policy: &Policy, today: Date) -> Vec<Finding> {
    let key = |route: &ProvedRoute| (route.path.clone(), route.method.clone());
    let passed_over = scanned.passed_over().iter().map(|route| (route.path.clone(), route.method.clone()));
    let bare = |route: &&ProvedRoute| matches!(route.proof, Proof::None | Proof::Unproven);
    let needs: Vec<(String, String)> = scanned.routes.iter().filter(bare).map(key).collect();
    let all: Vec<(String, String)> = scanned.routes.iter().map(key).chain(passed_over).collect();
    open_on_purpose(&mut scanned.routes, policy, today);
    let mut findings = std::mem::take(&mut scanned.findings);
    // Without a guard's name nothing can be said of any route.
    if !policy.routes.guards.is_empty() {
        findings.par_extend(scanned.routes.par_iter().filter_map(|route| about(route, &policy.routes.accept)));
    }
    if !all.is_empty() {
        let public = &policy.routes.public;
        findings.extend(public.doubts(&borrowed(&needs), &borrowed(&all), today));
    }
    findings.extend(required::missing(&policy.routes.required, &all));
    findings.extend(scanned.problems.iter().map(|problem| Finding {
        rule: UNREADABLE.into(),
        severity: Severity::Warning,
        message: format!("{}, so that nobody knows which routes are here", problem.message),
        help: "Mend the file, or leave it out with routes.exclude.".to_owned(),
        place: spot(&problem.file, problem.line, problem.column),
        fingerprint: of_content(&[UNREADABLE, &problem.file, &problem.message]),
        waived_by: None,
    }));
    findings
}

fn borrowed(keys: &[(String, String)]) -> Vec<(&str, &str)> {
    keys.iter().map(|(path, method)| (path.as_str(), method.as_str())).collect()
}

fn spot(file: &str, line: u32, column: u32) -> Place {
    Place { path: file.to_owned(), start_line: line, start_column: column, end_line: line, end_column: column }
}

fn about(route: &ProvedRoute, accept: &[AcceptedProof]) -> Option<Finding> {
    if route.proof.is_accepted(accept) {
        return None;
    }
    let name = format!("{} {}", route.method, route.path);
    let reason = |before: &str| route.reason.as_ref().map(|reason| format!("{before}{reason}")).unwrap_or_default();
    let (rule, severity, message) = match route.proof {
        Proof::Unproven => {
            (UNPROVEN, Severity::Warning, format!("{name} cannot be shown to be guarded{}", reason(": ")))
        }
        Proof::None => (UNGUARDED, Severity::Error, format!("{name} has no guard{}", reason(": "))),
        Proof::Waived => {
            let message = format!("{name} is open on purpose, which routes.accept does not take for enough");
            (UNGUARDED, Severity::Error, message)
        }
        other => {
            let word = other.word();
            let message =
                format!("the only guard of {name} is of the kind {word}, which routes.accept does not take for enough");
            (UNGUARDED, Severity::Error, message)
        }
    };
    let explain = format!("route-compliance-scan explain '{}' {}", route.path, route.method);
    let help = match route.proof {
        Proof::Unproven => format!("See each hop with `{explain}`, and make the one that stopped it plain."),
        Proof::None => {
            "Wrap the handler in a guard, or name it under [[routes.public]] with an owner, a reason and an end."
                .to_owned()
        }
        _ => format!("Guard the handler itself; `{explain}` shows what there is."),
    };
    Some(Finding {
        rule: rule.into(),
        severity,
        message,
        help,
        place: spot(&route.file, route.line, route.column),
        fingerprint: fingerprint(rule, route),
        waived_by: None,
    })
}

/// The name of a finding about a route: the same in whatever file its handler stands.
pub(crate) fn fingerprint(rule: &str, route: &ProvedRoute) -> String {
    of_content(&[rule, &route.path, &route.method])
}

/// Whether an exception of the policy is for a rule of this action.
pub(crate) fn is_ours(waiver: &Waiver) -> bool {
    waiver.rule.starts_with("route/")
}

/// Routes whose finding was waived by the policy are waived, too.
pub(crate) fn mark_waived(routes: &mut [ProvedRoute], findings: &[Finding]) {
    for finding in findings.iter().filter(|finding| [UNGUARDED, UNPROVEN].contains(&&*finding.rule)) {
        let Some(waiver) = &finding.waived_by else { continue };
        let is_it = |route: &&mut ProvedRoute| {
            fingerprint(&finding.rule, route) == finding.fingerprint && route.file == finding.place.path
        };
        for route in routes.iter_mut().filter(is_it) {
            route.proof = Proof::Waived;
            route.reason = Some(format!("waived by {waiver}"));
        }
    }
}

/// The questions of every scan with their answers. `findings` are those that count, waived ones among them.
pub(crate) fn checks(scanned: &Scanned, policy: &Policy, findings: &[Finding]) -> Vec<Check> {
    let open: Vec<&Finding> = findings.iter().filter(|finding| finding.waived_by.is_none()).collect();
    let mut checks = vec![routes(scanned), guards(scanned, policy, &open)];
    checks.extend(rules(&open));
    checks.extend(files(&open));
    checks.extend(scanned.checks.iter().cloned());
    checks
}

fn routes(scanned: &Scanned) -> Check {
    if scanned.routes.is_empty() && scanned.passed_over().is_empty() {
        let next =
            "give the folder of the app with --root; if its framework is none of these, its routes cannot be proven";
        let summary = format!("no routes found; looked for those of {}", count(scanned.looked_for.len(), "kind"));
        return Check::unproven("routes", summary, next).with("looked_for", scanned.looked_for.clone());
    }
    let number = scanned.routes.len() + scanned.passed_over().len();
    let proven = scanned.routes.iter().map(|route| (route.file.as_str(), route.framework));
    let all = proven.chain(scanned.passed_over().iter().map(|route| (route.file.as_str(), route.framework)));
    let (mut files, mut frameworks): (Vec<&str>, Vec<&str>) = all.unzip();
    files.sort_unstable();
    files.dedup();
    frameworks.sort_unstable();
    frameworks.dedup();
    let summary = format!("{} in {} ({})", count(number, "route"), count(files.len(), "file"), frameworks.join(", "));
    Check::pass("routes", summary).with("routes", number).with("files", files.len())
}

fn guards(scanned: &Scanned, policy: &Policy, open: &[&Finding]) -> Check {
    const ID: &str = "guards";
    if policy.routes.guards.is_empty() {
        let next = "run `route-compliance-scan init`, which proposes guards, and write routes.guards into ops.toml";
        return Check::unproven(ID, "the policy names no guards, so no route can be shown to have one", next);
    }
    let of = |rule: &str| open.iter().filter(|finding| finding.rule == rule).count();
    let (bare, unproven, all) = (of(UNGUARDED), of(UNPROVEN), scanned.routes.len() + scanned.passed_over().len());
    let accepted = scanned.routes.iter().filter(|route| route.proof.is_accepted(&policy.routes.accept)).count();
    let check = match (bare, unproven) {
        (0, 0) if all == 0 => Check::unproven(ID, "there is no route to guard", "see the check before this one"),
        (0, 0) => Check::pass(
            ID,
            format!("{accepted} of {all} routes are guarded or open on purpose{}", known(all, accepted)),
        ),
        (0, unproven) => Check::unproven(
            ID,
            format!("{unproven} of {all} routes cannot be shown to be guarded"),
            "make the hop plain that each finding names, or name the wrapper under routes.guards",
        ),
        (bare, unproven) => Check::fail(
            ID,
            bare_routes(all, bare, unproven),
            "guard each route that is named below, or write [[routes.public]] for it",
        ),
    };
    check.with("accepted", accepted).with("unguarded", bare).with("unproven", unproven)
}

fn bare_routes(all: usize, bare: usize, unproven: usize) -> String {
    let have = if bare == 1 { "has" } else { "have" };
    let others = if unproven > 0 { format!(", and {unproven} cannot be shown to have one") } else { String::new() };
    format!("{bare} of {all} routes {have} no guard that the policy accepts{others}")
}

/// Routes that neither pass nor count: the baseline or the comparison leaves them out.
fn known(all: usize, accepted: usize) -> String {
    match all.saturating_sub(accepted) {
        0 => String::new(),
        rest => format!("; {rest} others do not count in this run"),
    }
}

fn rules(open: &[&Finding]) -> Option<Check> {
    let of_rules: Vec<&&Finding> =
        open.iter().filter(|finding| ![UNGUARDED, UNPROVEN, UNREADABLE].contains(&&*finding.rule)).collect();
    let mut errors: Vec<&str> =
        of_rules.iter().filter(|finding| finding.severity == Severity::Error).map(|finding| &*finding.rule).collect();
    let number = errors.len();
    errors.sort_unstable();
    errors.dedup();
    Some(match number {
        0 => {
            let warnings = of_rules.iter().filter(|finding| finding.severity == Severity::Warning).count();
            Check::pass("rules", format!("no error, {}", count(warnings, "warning")))
        }
        number => Check::fail(
            "rules",
            format!("{}: {}", count(number, "error"), all_of(errors)),
            "do what stands below each finding, or write [[waivers]] for it",
        ),
    })
}

fn files(open: &[&Finding]) -> Option<Check> {
    let unreadable: Vec<&str> =
        open.iter().filter(|finding| finding.rule == UNREADABLE).map(|finding| finding.place.path.as_str()).collect();
    let first = unreadable.first()?;
    let summary = match unreadable.len() {
        1 => format!("{first} cannot be read, so that its routes are not known"),
        many => format!("{many} files cannot be read, {first} among them, so that their routes are not known"),
    };
    Some(Check::unproven("files", summary, "mend the files, or leave them out with routes.exclude"))
}

/// The verdict of all answers.
pub(crate) fn verdict(checks: &[Check]) -> Verdict {
    Verdict::worst(checks.iter().map(|check| check.verdict))
}

#[cfg(test)]
mod tests;
