//! The migrations as they stand in the repository.

use std::path::Path;

use ops_migrations::layout::{self, Found, LayoutError};
use ops_migrations::{Layout, Migration};

use crate::observe::dialect;
use crate::situation::Inputs;
use crate::targets::Target;

/// The migrations, and how they are kept.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) found: Found,
    /// In the order in which they are applied.
    pub(crate) migrations: Vec<Migration>,
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
        Ok(Self { found, migrations })
    }

    /// Whether the files are for the engines of these databases.
    pub(crate) fn suit(&self, targets: &[Target]) -> Result<(), LayoutError> {
        let mut urls = targets.iter().filter_map(|target| target.url.as_ref());
        urls.try_for_each(|url| self.found.check_dialect(dialect(url.engine())))
    }

    /// The migration with this identifier.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Migration> {
        self.migrations.iter().find(|migration| migration.id == id)
    }
}
