//! Migrations as files and as rows: layouts on disk, ledgers in the database, statements, hazards.
//!
//! This crate opens no connection. A ledger hands out SQL and reads rows of text; whoever holds a connection runs it.

pub mod hazards;
pub mod history;
pub mod layout;
pub mod ledger;
pub mod migration;
pub mod statement;
pub mod steps;

pub use history::State;
pub use layout::{Found, Layout};
pub use ledger::Ledger;
pub use migration::{Dialect, Migration};
pub use statement::{Statement, TransactionNeed};
pub use steps::{Mixed, Step, steps};
