//! The command line. An input `x` of action.yml is the flag `--x` and the variable `INPUT_X`.

use clap::{Args, Parser, Subcommand, ValueEnum};
use ops_core::inputs::Common;
use ops_core::program::ActionArguments;

/// Applies the right migrations to the right database, or none.
///
/// The database's URL is read from the environment variable that the policy names, DATABASE_URL unless it says otherwise.
///
/// Exit codes: 0 pass, 1 fail, 2 the input or the policy is wrong (nothing was done), 3 unproven.
#[derive(Debug, Parser)]
#[command(name = "guarded-migrate", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Shows what `apply` would do, and what stands in its way. Changes nothing.
    Plan(Plan),
    /// Applies every pending migration, if every check passes.
    Apply(Apply),
    /// Compares the files with the ledger. Changes nothing.
    Status(Status),
    /// Looks for hazards in migration files, without a database.
    Lint(Lint),
    /// Settles a failed, edited or missing migration in the ledger. Runs none of its SQL.
    Resolve(Resolve),
    /// Sets or shows the marker that says which environment a database is.
    Marker {
        #[command(subcommand)]
        verb: Marker,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Marker {
    /// Writes which environment this database is, and binds that to the database's identity.
    Set(MarkerSet),
    /// Shows what the marker says, and whether it belongs to this database.
    Show(MarkerShow),
}

#[derive(Debug, Args)]
pub(crate) struct Source {
    /// How the migrations are kept on disk; found by itself where it is clear. Example: --layout prisma
    #[arg(long, value_name = "LAYOUT", value_parser = ["prisma", "supabase", "drizzle", "dbmate", "sqlx", "plain"])]
    pub(crate) layout: Option<String>,
    /// The folder of the migrations, relative to the root. Example: --directory apps/web/prisma/migrations
    #[arg(long, value_name = "FOLDER")]
    pub(crate) directory: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct GitHub {
    /// Keeps one comment on the pull request up to date with the summary. Example: --comment
    #[arg(long)]
    pub(crate) comment: bool,
    /// The token for comments and approvals. Give it as INPUT_GITHUB_TOKEN, never on a command line. Example: --github-token ghs_…
    #[arg(long, value_name = "TOKEN")]
    pub(crate) github_token: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Destructive {
    /// Statements that may destroy data, by the digests that the plan prints, separated by commas. Example: --allow-destructive sha256:9f86d081884c
    #[arg(long, value_name = "DIGESTS", value_delimiter = ',')]
    pub(crate) allow_destructive: Vec<String>,
    /// The backup to return to if it was the wrong data. Example: --backup-reference snap-2027-03-31
    #[arg(long, value_name = "REFERENCE")]
    pub(crate) backup_reference: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Target {
    /// Of many databases, only this one, by the name that the plan's matrix gives. Example: --target TENANT_URLS/2
    #[arg(long, value_name = "NAME")]
    pub(crate) target: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) destructive: Destructive,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) github: GitHub,
}

#[derive(Debug, Args)]
pub(crate) struct Apply {
    #[command(flatten)]
    pub(crate) plan: Plan,
    /// Refuses unless the plan is still the one with this digest. Example: --plan-digest sha256:2c26b46b68ff…
    #[arg(long, value_name = "DIGEST")]
    pub(crate) plan_digest: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct Lint {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) github: GitHub,
    /// Looks only at files that changed since this commit; on a pull request its base unless this says otherwise. Example: --base origin/main
    #[arg(long, value_name = "REVISION")]
    pub(crate) base: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Resolve {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) target: Target,
    /// The migration, by the name that `status` shows. Example: --migration 20270331120000_add_orders
    #[arg(long, value_name = "NAME")]
    pub(crate) migration: String,
    /// What the ledger shall say of it. Example: --as rolled-back
    #[arg(long, value_name = "STATE")]
    pub(crate) r#as: Resolution,
}

/// What the ledger shall say of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Resolution {
    /// It is in the database, with the bytes that the file has now.
    Applied,
    /// It is not in the database.
    RolledBack,
}

#[derive(Debug, Args)]
pub(crate) struct MarkerSet {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) target: Target,
    /// What the marker says now, if it says something else: a marker is never replaced by accident. Example: --replace dev
    #[arg(long, value_name = "MARKER")]
    pub(crate) replace: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct MarkerShow {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) target: Target,
}

impl ActionArguments for Arguments {
    fn common(&self) -> &Common {
        self.verb.common()
    }
}

impl Verb {
    /// What all verbs share.
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::Plan(flags) => &flags.common,
            Self::Apply(flags) => &flags.plan.common,
            Self::Status(flags) => &flags.common,
            Self::Lint(flags) => &flags.common,
            Self::Resolve(flags) => &flags.common,
            Self::Marker { verb: Marker::Set(flags) } => &flags.common,
            Self::Marker { verb: Marker::Show(flags) } => &flags.common,
        }
    }

    /// The name that stands in the report.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Plan(_) => "plan",
            Self::Apply(_) => "apply",
            Self::Status(_) => "status",
            Self::Lint(_) => "lint",
            Self::Resolve(_) => "resolve",
            Self::Marker { verb: Marker::Set(_) } => "marker set",
            Self::Marker { verb: Marker::Show(_) } => "marker show",
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_flags_are_the_inputs_of_the_action() {
        ops_testing::assert_is_the_command_line_of(super::Arguments::command(), include_str!("../action.yml"));
    }
}
