//! Databases: connecting, who they are, the marker, the mutex, the catalog.
//!
//! PostgreSQL and SQLite stand behind one [`Connection`] that runs SQL text and answers in text.

pub mod catalog;
pub mod connection;
pub mod error;
pub mod identity;
pub mod marker;
pub mod mutex;
pub mod pooler;
pub mod quote;
pub mod server;
pub mod url;

pub use connection::{Canceller, Connection, Open, Row};
pub use error::DatabaseError;
pub use identity::Identity;
pub use url::{DatabaseUrl, Engine};
