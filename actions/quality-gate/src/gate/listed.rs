//! A gate that the policy lists. What it runs is looked at, so that it has to prove as much as one that is found.

use std::path::Path;

use ops_core::policy::{CommandLine, Gate as Section};
use serde_json::Value;

use super::collect::texts;
use super::scripts::{Kind, Script, script_asked_for};
use super::{Command, Gate, Proof, ToldTool, USUAL_TIMEOUT, Work};
use crate::commands::Tool;

/// None where the section only refines another gate.
pub(super) fn gate(section: &Section, root: &Path) -> Option<Gate> {
    let line = section.run.clone()?;
    let mut command = Command::new(line, root.to_owned());
    look(&mut command, &section.id.text, &scripts(root));
    Some(Gate {
        id: section.id.text.clone(),
        needs: texts(section.needs.as_deref().unwrap_or_default()),
        work: Work::Command(Box::new(command)),
        timeout: USUAL_TIMEOUT,
        on_unproven: section.on_unproven,
    })
}

/// Which tool the program is, and what it has to show, as the script or the tool says. Whatever runs tests by its name shows them;
/// a program of one's own that is called `lint` may look at anything.
fn look(command: &mut Command, id: &str, scripts: &[Script]) {
    let script = script_of(&command.line, scripts);
    let tool = script.map_or_else(|| Tool::of_line(&command.line), |script| Tool::of_script(&script.text));
    let is_npm = command.line.words().first().is_some_and(|program| program == "npm");
    command.told = tool.map(|tool| ToldTool { tool, separator: is_npm });
    let named = |name: &str| Kind::of(name).map(|kind| kind.proof);
    let by_script = script.and_then(|script| named(&script.name)).or_else(|| tool.map(Tool::proof));
    command.proof = match named(id) {
        Some(Proof::Tests) => Proof::Tests,
        _ => by_script.unwrap_or(Proof::End),
    };
    command.advice = script.and_then(|script| Tool::advice(&script.text, &script.name, id, command.proof));
}

/// The scripts of the package in `root`. What is wrong with it is told where its gates are looked for.
fn scripts(root: &Path) -> Vec<Script> {
    let text = std::fs::read_to_string(root.join("package.json")).unwrap_or_default();
    serde_json::from_str(&text).map(|package: Value| Script::all(&package)).unwrap_or_default()
}

/// The script that a package manager is asked to run, without further arguments.
fn script_of<'s>(line: &CommandLine, scripts: &'s [Script]) -> Option<&'s Script> {
    let words: Vec<&str> = line.words().iter().map(String::as_str).collect();
    let (name, _) = script_asked_for(&words).filter(|(_, more)| more.is_empty())?;
    scripts.iter().find(|script| script.name == name)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::json;

    use super::look;
    use crate::commands::Tool;
    use crate::gate::scripts::Script;
    use crate::gate::{Command, Proof};

    fn looked(id: &str, run: &str) -> (Option<Tool>, Proof) {
        let package =
            json!({ "scripts": { "test": "vitest run", "lint": "eslint .", "check": "biome check", "all": "a && b" } });
        let mut command = Command::new(run.parse().unwrap(), PathBuf::from("."));
        look(&mut command, id, &Script::all(&package));
        (command.told.map(|told| told.tool), command.proof)
    }

    #[test]
    fn a_gate_proves_what_its_script_its_tool_or_its_name_says() {
        for (id, run, tool, proof) in [
            ("unit", "true", None, Proof::Tests),
            ("test", "make test", None, Proof::Tests),
            ("lint", "./lint.sh", None, Proof::End),
            ("lint", "pnpm lint", Some(Tool::Eslint), Proof::Files),
            ("other", "pnpm test", Some(Tool::Vitest), Proof::Tests),
            ("other", "npm run lint", Some(Tool::Eslint), Proof::Files),
            ("other", "yarn run check", None, Proof::End),
            ("other", "npx jest", Some(Tool::Jest), Proof::Tests),
            ("other", "pnpm vitest run", Some(Tool::Vitest), Proof::Tests),
            ("other", "pnpm vitest run --reporter=junit", None, Proof::End),
            ("other", "pnpm run test --run", None, Proof::End),
            ("other", "npm run all", None, Proof::End),
            ("other", "./check.sh", None, Proof::End),
            ("build", "npm run all", None, Proof::End),
        ] {
            assert_eq!(looked(id, run), (tool, proof), "{id}: {run}");
        }
    }

    #[test]
    fn npm_takes_for_itself_what_stands_before_two_hyphens() {
        let mut command = Command::new("npm test".parse().unwrap(), PathBuf::from("."));
        look(&mut command, "unit", &Script::all(&json!({ "scripts": { "test": "jest" } })));
        assert!(command.told.unwrap().separator);
    }
}
