//! The flags that every action has.

use std::path::{Path, PathBuf};

use super::Environment;
use crate::{Policy, exit::Failure, runner::Runner};

/// The flags that every action has.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Common {
    /// The repository's folder; every path in a report is relative to it. Example: --root packages/shop
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub root: PathBuf,

    /// The policy file; `ops.toml` in the root unless given. Example: --policy config/ops.toml
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,

    /// The environment that is meant, by its name in the policy. Example: --environment production
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,

    /// What is printed; `github` within a GitHub workflow and `text` elsewhere unless given. Example: --format json
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// Where the JSON report is written. Example: --report out/report.json
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// Where the SARIF log for code scanning is written. Example: --sarif out/results.sarif
    #[arg(long, value_name = "FILE")]
    pub sarif: Option<PathBuf>,

    /// Where the Markdown summary is written. Example: --summary out/summary.md
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
}

/// What is printed on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text for a terminal.
    Text,
    /// The same text and GitHub's annotations.
    Github,
    /// The JSON report.
    Json,
    /// The SARIF log.
    Sarif,
    /// The Markdown summary.
    Markdown,
}

impl Default for Common {
    /// What an empty command line means.
    fn default() -> Self {
        Self {
            root: PathBuf::from("."),
            policy: None,
            environment: None,
            format: None,
            report: None,
            sarif: None,
            summary: None,
        }
    }
}

impl Common {
    /// The format that was asked for, or the usual one of this runner.
    #[must_use]
    pub fn format_for(&self, runner: Runner) -> Format {
        self.format.unwrap_or(if runner == Runner::GitHub { Format::Github } else { Format::Text })
    }

    /// The policy file's path.
    #[must_use]
    pub fn policy_path(&self) -> PathBuf {
        self.policy.clone().unwrap_or_else(|| self.root.join("ops.toml"))
    }

    /// Reads the policy that was asked for, and none that merely lies in the root: where anybody may have written what is there.
    ///
    /// # Errors
    /// As [`Common::load_policy`].
    pub fn load_given_policy(&self) -> Result<Policy, Failure> {
        self.check_root()?;
        if self.policy.is_some() { self.load_policy() } else { Ok(Policy::default()) }
    }

    /// Reads the policy.
    ///
    /// # Errors
    /// If the root is not a folder, if a policy was asked for that is not there, or if the policy is wrong.
    pub fn load_policy(&self) -> Result<Policy, Failure> {
        self.check_root()?;
        let path = self.policy_path();
        if self.policy.is_some() && !path.exists() {
            let message = format!("the policy {} is not there; write the file, or leave --policy away", path.display());
            return Err(Failure::Input(message));
        }
        Ok(Policy::load_as(&self.policy_name(), &path)?)
    }

    fn check_root(&self) -> Result<(), Failure> {
        let refusal = || format!("the root {} is not a folder; give one with --root", self.root.display());
        if self.root.is_dir() { Ok(()) } else { Err(Failure::Input(refusal())) }
    }

    /// The policy file's path relative to the root; as it was given where it is outside.
    fn policy_name(&self) -> String {
        let path = self.policy_path();
        let inner = match (path.canonicalize(), self.root.canonicalize()) {
            (Ok(path), Ok(root)) => path.strip_prefix(root).map(Path::to_owned).ok(),
            _ => path.strip_prefix(&self.root).map(Path::to_owned).ok(),
        };
        inner.unwrap_or(path).to_string_lossy().into_owned()
    }

    /// The root's path within the workspace, with `/` at its end unless it is the workspace itself. GitHub's
    /// annotations and code scanning take paths from there.
    #[must_use]
    pub fn prefix(&self, environment: &Environment) -> String {
        let workspace = environment.get("GITHUB_WORKSPACE").map_or(PathBuf::from("."), PathBuf::from);
        let within = |root: &Path, workspace: &Path| {
            let root = root.canonicalize().ok()?;
            let inner = root.strip_prefix(workspace.canonicalize().ok()?).ok()?;
            let parts: Vec<_> = inner.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            Some(parts.iter().map(|part| format!("{part}/")).collect::<String>())
        };
        within(&self.root, &workspace).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Common, Format};
    use crate::{inputs::Environment, runner::Runner};
    use clap::{Args, CommandFactory, FromArgMatches};

    #[derive(clap::Parser)]
    struct Program {
        #[command(flatten)]
        common: Common,
    }

    #[test]
    fn an_empty_command_line_is_the_default() {
        let matches = Program::command().get_matches_from(["program"]);
        assert_eq!(Program::from_arg_matches(&matches).unwrap().common, Common::default());
        assert_eq!(Common::default().format_for(Runner::GitHub), Format::Github);
        assert_eq!(Common::default().format_for(Runner::Local), Format::Text);
    }

    #[test]
    fn every_flag_has_an_example() {
        for argument in Common::augment_args(clap::Command::new("program")).get_arguments() {
            let help = argument.get_help().unwrap().to_string();
            assert!(help.contains(&format!("Example: --{}", argument.get_long().unwrap())), "{help}");
        }
    }

    #[test]
    fn a_policy_that_was_asked_for_must_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let common = Common { root: root.clone(), ..Common::default() };
        assert!(common.load_policy().is_ok());
        std::fs::create_dir(root.join("config")).unwrap();
        std::fs::write(root.join("config/ops.toml"), "x = 1").unwrap();
        let wrong = Common { policy: Some(root.join("config/ops.toml")), ..common.clone() };
        assert!(wrong.load_policy().unwrap_err().to_string().starts_with("config/ops.toml:1:1: unknown key `x`"));
        let missing = Common { policy: Some("no/such.toml".into()), ..common };
        assert_eq!(
            missing.load_policy().unwrap_err().to_string(),
            "the policy no/such.toml is not there; write the file, or leave --policy away"
        );
        let nowhere = Common { root: "no/such/folder".into(), ..Common::default() };
        assert_eq!(
            nowhere.load_policy().unwrap_err().to_string(),
            "the root no/such/folder is not a folder; give one with --root"
        );
    }

    #[test]
    fn paths_begin_at_the_workspace() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("packages/db");
        std::fs::create_dir_all(&root).unwrap();
        let environment = Environment::from_pairs([("GITHUB_WORKSPACE", folder.path().to_str().unwrap())]);
        let prefix =
            |root: &std::path::Path| Common { root: root.to_owned(), ..Common::default() }.prefix(&environment);
        assert_eq!(prefix(&root), "packages/db/");
        assert_eq!(prefix(folder.path()), "");
        assert_eq!(prefix(std::path::Path::new("/")), "");
    }
}
