//! `[migrations]`: where they are, and how they are applied.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::Duration;

/// The `[migrations]` section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Migrations {
    /// How the migrations are kept on disk. Found by itself unless this says otherwise.
    pub layout: Option<LayoutName>,
    /// The folder of the migrations, relative to the root. Found by itself unless this says otherwise.
    pub directory: Option<String>,
    /// What to do with a file that holds both transactional and non-transactional statements.
    pub mixed: Mixed,
    /// What to do with a pending migration that is older than an applied one.
    pub out_of_order: OutOfOrder,
    /// How long a statement may wait for a lock in the database.
    pub lock_timeout: Duration,
    /// How long a statement may run.
    pub statement_timeout: Duration,
    /// How long to wait for another run to finish.
    pub lock_wait: Duration,
    /// How often a statement is tried again after a lock timeout, where nothing was committed.
    pub retries: u32,
    /// Who applies the migrations.
    pub runner: Runner,
    /// The program and its arguments, where `runner = "command"`: `["pnpm", "prisma", "migrate", "deploy"]`.
    pub command: Vec<String>,
    /// Names of environment variables that each hold one database URL or several, one a line.
    pub targets: Vec<String>,
    /// How many databases are migrated at once.
    pub parallel: u16,
    /// What to do with the other databases when one fails.
    pub on_failure: OnFailure,
    /// Digests of statements that may destroy data: `sha256:` and at least 12 hexadecimal digits.
    pub allow_destructive: Vec<StatementDigest>,
    /// Tables with at most so many rows are locked, scanned and rewritten without a complaint.
    pub small_table_rows: u64,
    /// Tables with at least so many rows make every lock, scan and rewrite an error.
    pub large_table_rows: u64,
    /// Whether a comment that silences a hazard must say why.
    pub ignore_needs_reason: bool,
    /// The ledger's table, `schema.name`, where the layout lets one choose: dbmate, sqlx and plain.
    pub table: Option<String>,
}

impl Default for Migrations {
    fn default() -> Self {
        Self {
            layout: None,
            directory: None,
            mixed: Mixed::Split,
            out_of_order: OutOfOrder::Refuse,
            lock_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(15 * 60),
            lock_wait: Duration::from_secs(60),
            retries: 5,
            runner: Runner::Builtin,
            command: Vec::new(),
            targets: Vec::new(),
            parallel: 4,
            on_failure: OnFailure::Stop,
            allow_destructive: Vec::new(),
            small_table_rows: 10_000,
            large_table_rows: 1_000_000,
            ignore_needs_reason: true,
            table: None,
        }
    }
}

impl Migrations {
    /// Whether the policy lets the statement with this digest (`sha256:…`, in full) destroy data.
    #[must_use]
    pub fn allows_destructive(&self, digest: &str) -> bool {
        self.allow_destructive.iter().any(|allowed| allowed.matches(digest))
    }
}

/// How a tool keeps migrations on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LayoutName {
    /// `<folder>/<name>/migration.sql`.
    Prisma,
    /// `supabase/migrations/<version>_<name>.sql`.
    Supabase,
    /// A journal (0.x) or folders (1.0).
    Drizzle,
    /// `-- migrate:up` and `-- migrate:down` in one file.
    Dbmate,
    /// Rust's sqlx.
    Sqlx,
    /// SQL files, applied by their names.
    Plain,
}

impl LayoutName {
    /// The word that stands in the policy.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Prisma => "prisma",
            Self::Supabase => "supabase",
            Self::Drizzle => "drizzle",
            Self::Dbmate => "dbmate",
            Self::Sqlx => "sqlx",
            Self::Plain => "plain",
        }
    }
}

/// What to do with a file that holds both transactional and non-transactional statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mixed {
    /// Run each group of transactional statements in a transaction, and the others one by one.
    Split,
    /// Do not run the file.
    Refuse,
}

/// What to do with a pending migration that is older than an applied one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OutOfOrder {
    /// Do not run anything.
    Refuse,
    /// Run it.
    Allow,
}

/// Who applies the migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Runner {
    /// This action.
    Builtin,
    /// The tool that `command` names, between this action's guard and its verification.
    Command,
}

/// What to do with the other databases when one fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// Begin no more of them.
    Stop,
    /// Migrate them all the same.
    Continue,
}

/// The beginning of a statement's digest: `sha256:` and 12 to 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct StatementDigest(String);

impl StatementDigest {
    /// Whether the full digest `sha256:…` begins with this one.
    #[must_use]
    pub fn matches(&self, digest: &str) -> bool {
        digest.starts_with(&self.0)
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for StatementDigest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_digest = text.strip_prefix("sha256:").is_some_and(|digits| {
            (12..=64).contains(&digits.len()) && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        });
        if is_digest {
            return Ok(Self(text.to_owned()));
        }
        Err(format!(
            "`{text}` is not a statement's digest; write `sha256:` and 12 to 64 lower-case hexadecimal digits, as the plan prints them"
        ))
    }
}

impl<'de> Deserialize<'de> for StatementDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for StatementDigest {
    fn schema_name() -> Cow<'static, str> {
        "StatementDigest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^sha256:[0-9a-f]{12,64}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::{Migrations, StatementDigest};

    #[test]
    fn a_digest_allows_only_the_statement_it_begins() {
        let migrations =
            Migrations { allow_destructive: vec!["sha256:0123456789ab".parse().unwrap()], ..Migrations::default() };
        assert!(migrations.allows_destructive(&format!("sha256:0123456789ab{}", "0".repeat(52))));
        assert!(!migrations.allows_destructive(&format!("sha256:0123456789ac{}", "0".repeat(52))));
    }

    #[test]
    fn a_digest_that_could_mean_many_statements_is_refused() {
        for text in ["sha256:0123456789a", "0123456789ab", "sha256:0123456789AB", "sha256:", ""] {
            assert_eq!(
                text.parse::<StatementDigest>().unwrap_err(),
                format!(
                    "`{text}` is not a statement's digest; write `sha256:` and 12 to 64 lower-case hexadecimal digits, as the plan prints them"
                )
            );
        }
    }
}
