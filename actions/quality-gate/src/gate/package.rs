//! The gates of a package, where no policy lists any: its package manager, and the scripts that it has.

use std::path::{Path, PathBuf};

use ops_core::Failure;
use ops_core::policy::{CommandLine, OnUnproven};
use ops_formats::Format;
use serde_json::Value;

use super::scripts::{KINDS, Kind, Script};
use super::{AUDIT, Command, Gate, ToldTool, USUAL_TIMEOUT, Work};
use crate::commands::Tool;

/// Who installs a package's dependencies and runs its scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manager {
    Pnpm,
    Npm,
    /// Version 1.
    YarnClassic,
    /// Version 2 and later.
    Yarn,
    Bun,
}

/// Lockfiles by name. Of yarn's the content says which yarn it is.
const LOCKFILES: [(&str, Manager); 6] = [
    ("pnpm-lock.yaml", Manager::Pnpm),
    ("package-lock.json", Manager::Npm),
    ("npm-shrinkwrap.json", Manager::Npm),
    ("yarn.lock", Manager::Yarn),
    ("bun.lock", Manager::Bun),
    ("bun.lockb", Manager::Bun),
];

impl Manager {
    fn name(self) -> &'static str {
        match self {
            Self::Pnpm => "pnpm",
            Self::Npm => "npm",
            Self::YarnClassic | Self::Yarn => "yarn",
            Self::Bun => "bun",
        }
    }

    fn install(self) -> &'static [&'static str] {
        match self {
            Self::Pnpm => &["pnpm", "install", "--frozen-lockfile"],
            Self::Npm => &["npm", "ci"],
            Self::YarnClassic => &["yarn", "install", "--frozen-lockfile"],
            Self::Yarn => &["yarn", "install", "--immutable"],
            Self::Bun => &["bun", "install", "--frozen-lockfile"],
        }
    }

    /// How it asks its registry for vulnerable packages, and what the answer is written in.
    fn audit(self) -> (&'static [&'static str], Format) {
        match self {
            Self::Pnpm => (&["pnpm", "audit", "--prod", "--json"], Format::PnpmAudit),
            Self::Npm => (&["npm", "audit", "--omit=dev", "--json"], Format::NpmAudit),
            Self::YarnClassic => (&["yarn", "audit", "--groups", "dependencies", "--json"], Format::YarnAudit),
            Self::Yarn => {
                (&["yarn", "npm", "audit", "--recursive", "--environment", "production", "--json"], Format::YarnAudit)
            }
            Self::Bun => (&["bun", "audit", "--prod", "--json"], Format::BunAudit),
        }
    }
}

/// A lockfile, and the manager that wrote it.
struct Lockfile {
    path: PathBuf,
    manager: Manager,
}

/// The gates of the package in `root`.
///
/// # Errors
/// If package.json is no JSON, or it is not clear who its package manager is.
pub(super) fn gates(root: &Path) -> Result<Vec<Gate>, Failure> {
    let text = match std::fs::read_to_string(root.join("package.json")) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let reason = "there is no package.json, and the policy lists no gates";
            let next = "write [gates.<name>] with `run = \"…\"` in ops.toml, or give the package's folder with --root";
            return Ok(vec![impossible("package", reason, next)]);
        }
        Err(error) => return Err(Failure::Input(format!("package.json cannot be read: {error}"))),
    };
    let package: Value =
        serde_json::from_str(&text).map_err(|error| Failure::Input(format!("package.json is no JSON: {error}")))?;
    let declared = declared(&package)?;
    let lockfile = lockfile(root, declared)?;
    let manager = lockfile.as_ref().map(|lockfile| lockfile.manager).or(declared).unwrap_or(Manager::Npm);
    let mut gates: Vec<Gate> = install(&package, lockfile.as_ref(), manager).into_iter().collect();
    let scripts = Script::all(&package);
    for kind in KINDS {
        let Some(found) = kind.find(&scripts) else { continue };
        let mut needs: Vec<String> =
            gates.iter().filter(|gate| gate.id == "install").map(|gate| gate.id.clone()).collect();
        needs
            .extend(kind.after.iter().filter(|id| gates.iter().any(|gate| gate.id == **id)).map(|id| (*id).to_owned()));
        let work = match found {
            Ok(script) => run_script(manager, script, kind, root)?,
            Err(script) => Work::Impossible {
                reason: format!(
                    "the script `{}` writes to files instead of checking them: {}",
                    script.name, script.text
                ),
                next: format!("add a script `{}` that only checks", kind.names.first().copied().unwrap_or(kind.id)),
            },
        };
        gates.push(gate(kind.id, needs, work));
    }
    gates.extend(lockfile.as_ref().filter(|_| installs(&package)).and_then(audit));
    if gates.is_empty() {
        let reason = "package.json has no script that a gate could run";
        let next = "add scripts such as `typecheck`, `lint` and `test`, or write [gates.<name>] with `run = \"…\"` in ops.toml";
        gates.push(impossible("package", reason, next));
    }
    Ok(gates)
}

fn gate(id: &str, needs: Vec<String>, work: Work) -> Gate {
    Gate { id: id.to_owned(), needs, work, timeout: USUAL_TIMEOUT, on_unproven: OnUnproven::default() }
}

fn impossible(id: &str, reason: &str, next: &str) -> Gate {
    gate(id, Vec::new(), Work::Impossible { reason: reason.to_owned(), next: next.to_owned() })
}

fn command(words: &[&str], folder: &Path) -> Result<Command, Failure> {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let line = CommandLine::new(words).map_err(Failure::Input)?;
    Ok(Command::new(line, folder.to_owned()))
}

fn run_script(manager: Manager, script: &Script, kind: &Kind, root: &Path) -> Result<Work, Failure> {
    let mut command = command(&[manager.name(), "run", &script.name], root)?;
    command.proof = kind.proof;
    // npm takes for itself what stands before a `--`; of the others some hand the `--` on.
    command.told = Tool::of_script(&script.text).map(|tool| ToldTool { tool, separator: manager == Manager::Npm });
    command.advice = Tool::advice(&script.text, &script.name, kind.id, kind.proof);
    Ok(Work::Command(Box::new(command)))
}

/// Whether a package has dependencies.
fn installs(package: &Value) -> bool {
    let kinds = ["dependencies", "devDependencies", "optionalDependencies"];
    kinds.iter().any(|kind| package[*kind].as_object().is_some_and(|all| !all.is_empty()))
}

/// The gate that asks the registry for vulnerable packages; it needs only the lockfile.
fn audit(lockfile: &Lockfile) -> Option<Gate> {
    let (words, format) = lockfile.manager.audit();
    let mut command = command(words, lockfile.path.parent()?).ok()?;
    command.format = Some(format);
    Some(gate(AUDIT, Vec::new(), Work::Command(Box::new(command))))
}

/// The gate that installs; none where there is nothing to install.
fn install(package: &Value, lockfile: Option<&Lockfile>, manager: Manager) -> Option<Gate> {
    match lockfile {
        Some(lockfile) => {
            let mut command = command(manager.install(), lockfile.path.parent()?).ok()?;
            command.lockfile = Some(lockfile.path.clone());
            Some(gate("install", Vec::new(), Work::Command(Box::new(command))))
        }
        None if installs(package) => Some(impossible(
            "install",
            "there is no lockfile, so what would be installed is not known",
            &format!("run `{} install` and commit the lockfile", manager.name()),
        )),
        None => None,
    }
}

/// What package.json says of its manager: the field `packageManager`, such as `pnpm@10.1.0`.
fn declared(package: &Value) -> Result<Option<Manager>, Failure> {
    let Some(text) = package["packageManager"].as_str() else { return Ok(None) };
    let (name, version) = text.split_once('@').unwrap_or((text, ""));
    match name {
        "pnpm" => Ok(Some(Manager::Pnpm)),
        "npm" => Ok(Some(Manager::Npm)),
        "bun" => Ok(Some(Manager::Bun)),
        "yarn" if version.starts_with("1.") => Ok(Some(Manager::YarnClassic)),
        "yarn" => Ok(Some(Manager::Yarn)),
        _ => Err(Failure::Input(format!(
            "package.json names the package manager `{text}`, and only pnpm, npm, yarn and bun are known; \
             write the gates' commands in ops.toml, [gates.<name>] with `run = \"…\"`"
        ))),
    }
}

/// The lockfile of the package, which may lie above it in a workspace.
fn lockfile(root: &Path, declared: Option<Manager>) -> Result<Option<Lockfile>, Failure> {
    let start = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    for folder in start.ancestors() {
        let there: Vec<&(&str, Manager)> = LOCKFILES.iter().filter(|(name, _)| folder.join(name).is_file()).collect();
        if !there.is_empty() {
            return choose(folder, &there, declared).map(Some);
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(None)
}

fn choose(folder: &Path, there: &[&(&'static str, Manager)], declared: Option<Manager>) -> Result<Lockfile, Failure> {
    let names = || ops_core::words::all_of(there.iter().map(|(name, _)| name));
    let fitting: Vec<&&(&'static str, Manager)> =
        there.iter().filter(|(_, manager)| declared.is_none_or(|wanted| wanted.name() == manager.name())).collect();
    let managers: std::collections::BTreeSet<&str> = fitting.iter().map(|(_, manager)| manager.name()).collect();
    let Some((name, found)) = fitting.first() else {
        let wanted = declared.map_or("", Manager::name);
        return Err(Failure::Input(format!(
            "package.json names the package manager {wanted}, and the lockfile here is {}; commit {wanted}'s lockfile and delete the other",
            names()
        )));
    };
    if managers.len() > 1 {
        return Err(Failure::Input(format!(
            "there are several lockfiles: {}; delete those that are not in use, or name the package manager in package.json, \
             such as \"packageManager\": \"pnpm@10.1.0\"",
            names()
        )));
    }
    let manager = match found {
        Manager::Yarn => declared.unwrap_or_else(|| yarn(&folder.join(name))),
        other => *other,
    };
    Ok(Lockfile { path: folder.join(name), manager })
}

/// Yarn 2 and later begin their lockfiles with `__metadata`.
fn yarn(path: &Path) -> Manager {
    let text = std::fs::read(path).unwrap_or_default();
    let head = String::from_utf8_lossy(text.get(..text.len().min(1_000)).unwrap_or_default()).into_owned();
    if head.contains("__metadata:") { Manager::Yarn } else { Manager::YarnClassic }
}

#[cfg(test)]
mod tests;
