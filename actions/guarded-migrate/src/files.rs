//! The migrations as they stand in the repository.

use std::path::Path;

use ops_migrations::layout::{self, Found, LayoutError};
use ops_migrations::{Layout, Migration};

use crate::situation::Inputs;

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

    /// The migration with this identifier.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Migration> {
        self.migrations.iter().find(|migration| migration.id == id)
    }
}
