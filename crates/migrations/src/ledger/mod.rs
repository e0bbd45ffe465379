//! The table in which a tool records what it applied.

use crate::{Dialect, Layout};

/// A tool's ledger in one database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    layout: Layout,
    dialect: Dialect,
}

impl Ledger {
    /// The tool whose ledger this is.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The engine that the ledger lives in.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }
}
