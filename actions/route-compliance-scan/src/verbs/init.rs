//! `init`: proposes a policy for a repository that has none, and a baseline with which its first run is green.

use std::fmt::Write as _;

use ops_core::baseline::Baseline;
use ops_core::exit::Failure;
use ops_core::output::Output;
use ops_core::words::count;
use ops_core::{Block, Check, Policy, Severity};

use crate::candidates::{self, Candidate};
use crate::judge;
use crate::report::Told;
use crate::result::Scanned;
use crate::scan::{Seen, scan};
use crate::settings::Inputs;

/// Guards that stand before fewer routes are more likely something else.
const MOST: usize = 8;

/// Looks, proposes, and writes where it was told to.
pub(crate) fn init(inputs: &Inputs, scanned: Scanned, write: bool, output: &mut Output) -> Result<Told, Failure> {
    if scanned.routes.is_empty() {
        let checks = judge::checks(&scanned, &inputs.policy, &[]).into_iter().take(1).collect();
        return Ok(Told { headline: "nothing to propose".to_owned(), ..Told::new(checks, Vec::new()) });
    }
    let candidates = candidates::find(&inputs.root, &inputs.policy.routes.exclude)?;
    let guards = guards(&candidates);
    if guards.is_empty() {
        let next = "name the wrapper or the call that protects a route under routes.guards in ops.toml";
        let check = Check::unproven("proposal", "nothing that stands before these routes looks like a guard", next);
        return Ok(Told { headline: "nothing to propose".to_owned(), ..Told::new(vec![check], scanned.routes) });
    }
    let section = section(&guards, inputs.baseline());
    let path = inputs.root.join(&inputs.policy_path);
    let old = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::Input(format!("{} cannot be read: {error}", inputs.policy_path))),
    };
    let has_section = !inputs.policy.routes.guards.is_empty() || old.lines().any(|line| line.trim() == "[routes]");
    let mut check = Check::pass("proposal", format!("{} that could be guards", count(guards.len(), "name")));
    let mut next = Vec::new();
    if !write {
        next.push("read the proposal, then run `route-compliance-scan init --write`".to_owned());
    } else if has_section {
        let summary = format!("{} has a section [routes] already, so nothing was written", inputs.policy_path);
        check = Check::fail(
            "proposal",
            summary,
            "take from the proposal below what is right, and run `route-compliance-scan baseline`",
        );
    } else {
        let gap = if old.is_empty() || old.ends_with("\n\n") { "" } else { "\n" };
        let text = format!("{old}{gap}{section}");
        let policy = Policy::parse(&inputs.policy_path, &text)?;
        let known = known(inputs, &policy)?;
        // The baseline first: a policy without it would fail.
        output.write_file(&inputs.root.join(inputs.baseline()), &known.render())?;
        output.write_file(&path, &text)?;
        next.push(format!(
            "read {} and {}, commit both, and add the action to a workflow",
            inputs.policy_path,
            inputs.baseline()
        ));
        check = Check::pass(
            "proposal",
            format!("{} written; the baseline knows {}", inputs.policy_path, count(known.len(), "finding")),
        );
    }
    let mut told = Told::new(vec![check], scanned.routes);
    told.headline = if write && !has_section { "written".to_owned() } else { "a proposal".to_owned() };
    told.next = next;
    told.blocks = vec![table(&guards), Block::Code { language: "toml", text: section }];
    Ok(told)
}

/// What would fail on the first run with the proposed policy.
fn known(inputs: &Inputs, policy: &Policy) -> Result<Baseline, Failure> {
    let inputs = Inputs { policy: policy.clone(), ..inputs.clone() };
    let mut scanned = scan(&inputs, &Seen::now(&inputs.root)?)?;
    let findings = judge::findings(&mut scanned, &inputs.policy, inputs.today());
    let counting = findings.iter().filter(|finding| finding.severity != Severity::Note);
    Ok(Baseline::of_findings(counting, &Baseline::default()))
}

/// Those that can end a request, the most used first.
fn guards(candidates: &[Candidate]) -> Vec<&Candidate> {
    let mut guards: Vec<&Candidate> = candidates.iter().filter(|candidate| candidate.can_refuse).collect();
    guards.sort_by(|a, b| b.routes.cmp(&a.routes).then_with(|| a.name.cmp(&b.name)));
    guards.truncate(MOST);
    guards
}

fn section(guards: &[&Candidate], baseline: &str) -> String {
    let text = |value: &str| toml_string(value);
    let mut section =
        "[routes]\n# Wrappers and calls that end a request which may not pass. Remove what is none.\nguards = [\n"
            .to_owned();
    for guard in guards {
        // Writing to a string cannot fail.
        let _ = writeln!(section, "    {}, # {}", text(&guard.name), count(guard.routes, "route"));
    }
    let _ = writeln!(section, "]\nbaseline = {}", text(baseline));
    section
}

/// A basic string of TOML.
fn toml_string(value: &str) -> String {
    let mut text = String::from("\"");
    for character in value.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            control if control.is_control() => {
                let _ = write!(text, "\\u{:04X}", u32::from(control));
            }
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

fn table(guards: &[&Candidate]) -> Block {
    let row = |guard: &&Candidate| vec![guard.name.clone(), guard.routes.to_string()];
    Block::Table { columns: vec!["guard", "routes"], rows: guards.iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use ops_core::Policy;
    use proptest::prelude::*;

    use super::{guards, section};
    use crate::candidates::Candidate;

    fn candidate(name: &str, routes: usize, can_refuse: bool) -> Candidate {
        Candidate { name: name.to_owned(), routes, can_refuse }
    }

    #[test]
    fn only_what_can_refuse_is_proposed_the_most_used_first() {
        let all = [
            candidate("withLog", 90, false),
            candidate("withKey", 3, true),
            candidate("@/lib/auth:withSession", 40, true),
        ];
        assert_eq!(
            section(&guards(&all), "ops-baseline.json"),
            "\
[routes]
# Wrappers and calls that end a request which may not pass. Remove what is none.
guards = [
    \"@/lib/auth:withSession\", # 40 routes
    \"withKey\", # 3 routes
]
baseline = \"ops-baseline.json\"
"
        );
    }

    proptest! {
        #[test]
        fn whatever_a_guard_is_called_the_proposal_is_a_policy_that_names_it(name in "\\PC{1,20}|[\\x00-\\x7f]{1,9}") {
            let all = [candidate(&name, 1, true)];
            let policy = Policy::parse("ops.toml", &section(&guards(&all), "b.json")).map_err(|error| error.to_string());
            prop_assert_eq!(policy.map(|policy| policy.routes.guards[0].text.clone()), Ok(name));
        }
    }
}
