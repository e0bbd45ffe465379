//! The migrations as they stand in the repository.

use std::path::Path;

use ops_core::fingerprint::of_content;
use ops_core::{Finding, Place, Severity};
use ops_migrations::layout::{self, Found, LayoutError};
use ops_migrations::{Layout, Migration};

use ops_database::{DatabaseUrl, Engine};

use crate::observe::dialect;
use crate::situation::Inputs;
use crate::targets::Target;

/// The rule about files that their tool passes over.
pub(crate) const NEVER_RUNS: &str = "migration/never-runs";

/// The migrations, and how they are kept.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) found: Found,
    /// In the order in which they are applied.
    pub(crate) migrations: Vec<Migration>,
    /// SQL files that the tool passes over.
    passed_over: Vec<String>,
}

impl Files {
    /// Finds and reads them. Flags win over the policy.
    pub(crate) fn read(inputs: &Inputs) -> Result<Self, Vec<LayoutError>> {
        let policy = &inputs.policy.migrations;
        let wanted = inputs
            .layout
            .as_deref()
            .or(policy.layout.map(ops_core::policy::LayoutName::word))
            .and_then(Layout::from_word);
        let directory = inputs.directory.as_deref().or(policy.directory.as_deref());
        let root: &Path = &inputs.root;
        let found = layout::detect(root, wanted, directory).map_err(|error| vec![error])?;
        let migrations = layout::read(root, &found)?;
        let passed_over = layout::passed_over(root, &found, &migrations)?;
        Ok(Self { found, migrations, passed_over })
    }

    /// Whether the files are for the engines of these databases.
    pub(crate) fn suit(&self, targets: &[Target]) -> Result<(), LayoutError> {
        let mut urls = targets.iter().filter_map(|target| target.url.as_ref());
        urls.try_for_each(|url| self.found.check_dialect(dialect(url.engine())))
    }

    /// A warning for each file that looks like a migration and never runs.
    pub(crate) fn never_run(&self) -> impl Iterator<Item = Finding> {
        let layout = self.found.layout;
        let (message, help) = if layout == Layout::Drizzle && !self.found.drizzle_folders {
            (
                "this file never runs: meta/_journal.json does not list it",
                "let `drizzle-kit generate` list it, or move it away",
            )
        } else {
            ("this file never runs: its name is not one of a migration", "rename it, or move it out of the folder")
        };
        self.passed_over.iter().map(move |path| Finding {
            rule: NEVER_RUNS.into(),
            severity: Severity::Warning,
            message: format!("{message} ({layout})"),
            help: help.to_owned(),
            place: Place::file(&**path),
            fingerprint: of_content(&[NEVER_RUNS, path]),
            waived_by: None,
        })
    }

    /// The schema that unqualified names go to, where the URL or the tool says so: Prisma's is `public` by default, whatever
    /// the search path of the role.
    pub(crate) fn schema<'u>(&self, url: &'u DatabaseUrl) -> Option<&'u str> {
        let usual = (self.found.layout == Layout::Prisma && url.engine() == Engine::Postgres).then_some("public");
        url.schema().or(usual)
    }

    /// The migration with this identifier.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Migration> {
        self.migrations.iter().find(|migration| migration.id == id)
    }
}
