//! `ops.toml`: everything a team decides. An absent or an empty file is a good policy.

mod amount;
mod bytes;
mod database;
mod day;
mod duration;
mod environments;
mod error;
mod gates;
mod migrations;
mod release;
mod routes;
mod secrets;
#[cfg(test)]
mod tests;
mod waivers;
mod window;

use std::{collections::BTreeMap, path::Path};

use schemars::JsonSchema;
use serde::{Deserialize, de::IgnoredAny};
use sha2::{Digest, Sha256};
use toml::Spanned;

pub use bytes::Bytes;
pub use database::Database;
pub use day::{Day, Moment};
pub use duration::Duration;
pub use environments::{Environment, EnvironmentSection, Freeze};
pub use error::PolicyError;
use gates::GatesSection;
pub use gates::{
    Bundle, BundleLimit, CommandLine, CoverageGoals, Gate, Gates, Names, Number, OnUnproven, Paths, Percent,
};
pub use migrations::{LayoutName, Migrations, Mixed, OnFailure, OutOfOrder, Runner, StatementDigest};
pub use release::{Actions, Dependencies, DocumentRule, EnvironmentContract, Flags, Level, Release, SchemaFiles, Size};
pub use routes::{AcceptedProof, Method, PublicRoute, PublicRoutes, RequiredRoute, Routes, Written};
pub use secrets::Secrets;
pub use waivers::{Waiver, Waivers, Words};
pub use window::Window;

use crate::Place;
use routes::RoutesSection;

/// Everything a team decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The environments that the policy mentions. [`Policy::environment`] says what each means.
    pub environments: BTreeMap<String, EnvironmentSection>,
    /// How migrations are applied.
    pub migrations: Migrations,
    /// Names of what is kept in a database.
    pub database: Database,
    /// What guards a route, and what else must be true of it.
    pub routes: Routes,
    /// What must pass before a change is merged.
    pub gates: Gates,
    /// How changes are named, versioned and told.
    pub release: Release,
    /// What is looked for as a secret, and where not.
    pub secrets: Secrets,
    /// Exceptions.
    pub waivers: Waivers,
    /// `sha256:…` of the file's bytes; of no bytes where there is no file.
    pub digest: String,
    /// What the file says, to show a line of it.
    text: String,
}

/// The file as it is written.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "ops.toml", description = "The policy of ops-actions: everything a team decides.")]
pub(crate) struct PolicyFile {
    /// Where changes go, and what must be true before they do.
    environments: BTreeMap<String, EnvironmentSection>,
    /// Where migrations are, and how they are applied.
    migrations: Migrations,
    /// The names of what is kept in a database.
    database: Database,
    /// Exceptions, each with an owner, a reason and an end.
    #[schemars(with = "Vec<Waiver>")]
    waivers: Vec<Spanned<Waiver>>,
    /// What guards a route, and what else must be true of it.
    routes: RoutesSection,
    /// What must pass before a change is merged.
    gates: GatesSection,
    /// How changes are named, versioned and told.
    release: Release,
    /// What is looked for as a secret, and where not.
    secrets: Secrets,
    // Sections of actions that read them on their own terms.
    /// Read by promote-deploy.
    #[schemars(with = "serde_json::Value")]
    deploy: IgnoredAny,
    /// Read by drift-check.
    #[schemars(with = "serde_json::Value")]
    drift: IgnoredAny,
    /// Read by guarded-migrate and drift-check.
    #[schemars(with = "serde_json::Value")]
    backup: IgnoredAny,
    /// Read by every action.
    #[schemars(with = "serde_json::Value")]
    attestations: IgnoredAny,
    /// Read by every action.
    #[schemars(with = "serde_json::Value")]
    alerts: IgnoredAny,
}

impl Policy {
    /// Reads the policy at `path`. No file there is the empty policy.
    ///
    /// # Errors
    /// If the file cannot be read, is not UTF-8 or TOML, or holds an unknown key or a wrong value.
    pub fn load(path: &Path) -> Result<Self, PolicyError> {
        Self::load_as(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy(), path)
    }

    /// The same, with the name that stands in errors and findings: the path relative to the root.
    ///
    /// # Errors
    /// As [`Policy::load`].
    pub fn load_as(name: &str, path: &Path) -> Result<Self, PolicyError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(PolicyError::unreadable(&path.to_string_lossy(), &error)),
        };
        match std::str::from_utf8(&bytes) {
            Ok(text) => Self::parse(name, text),
            Err(error) => Err(PolicyError::not_utf8(name, &bytes, error.valid_up_to())),
        }
    }

    /// Reads the policy that `text` is. `file_name` stands in errors and findings.
    ///
    /// # Errors
    /// If the text is not TOML, or holds an unknown key or a wrong value.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, PolicyError> {
        let file: PolicyFile = toml::from_str(text).map_err(|error| PolicyError::from_toml(file_name, text, &error))?;
        let place = |span| Place::in_text(file_name, text, span);
        let waivers = file.waivers.into_iter().map(|waiver| {
            let place = place(waiver.span());
            (waiver.into_inner(), place)
        });
        Ok(Self {
            environments: file.environments,
            migrations: file.migrations,
            database: file.database,
            waivers: Waivers::new(waivers.collect()),
            routes: file.routes.placed(place),
            gates: file.gates.placed(place),
            release: file.release,
            secrets: file.secrets,
            digest: crate::fingerprint::hexadecimal("sha256:", &Sha256::digest(text.as_bytes())),
            text: text.to_owned(),
        })
    }

    /// The refusal of what stands at `place`, shown as the policy's own errors are: for what only an action can find wrong.
    #[must_use]
    pub fn refuse(&self, place: &Place, message: impl Into<String>) -> PolicyError {
        PolicyError::at_place(place, &self.text, message.into())
    }

    /// What is wrong with the name of an environment that a user gave. A name that is nearly another one is a slip of the
    /// pen, and would be another environment, perhaps without protection; once the policy mentions environments, every
    /// name must be one of them or a usual one.
    #[must_use]
    pub fn doubt_environment(&self, name: &str) -> Option<String> {
        let known = || self.environments.keys().map(String::as_str).chain(environments::USUAL.iter().copied());
        if known().any(|known| known == name) {
            return None;
        }
        let nearest = error::nearest(name, known());
        if self.environments.is_empty() && nearest.is_none() {
            return None;
        }
        let meant = nearest.map(|nearest| format!("did you mean `{nearest}`? Otherwise ")).unwrap_or_default();
        Some(format!("unknown environment `{name}`; {meant}write a section [environments.{name}] in the policy"))
    }

    /// What the policy says of the environment called `name`, whether it mentions it or not.
    #[must_use]
    pub fn environment(&self, name: &str) -> Environment {
        self.environments.get(name).unwrap_or(&EnvironmentSection::default()).resolve(name)
    }
}

impl Default for Policy {
    /// The policy of an empty file.
    fn default() -> Self {
        Self {
            environments: BTreeMap::new(),
            migrations: Migrations::default(),
            database: Database::default(),
            routes: Routes::default(),
            gates: Gates::default(),
            release: Release::default(),
            secrets: Secrets::default(),
            waivers: Waivers::default(),
            digest: crate::fingerprint::hexadecimal("sha256:", &Sha256::digest(b"")),
            text: String::new(),
        }
    }
}
