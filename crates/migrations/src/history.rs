//! Files and ledger side by side: what was applied, what waits, what went wrong.

/// Where one migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// In the ledger, with these bytes.
    Applied,
    /// Not in the ledger.
    Pending,
    /// In the ledger with other bytes.
    Edited,
    /// In the ledger, but its file is gone.
    Missing,
    /// Begun and never finished.
    Failed,
    /// Not in the ledger, though a later one is.
    OutOfOrder,
}
