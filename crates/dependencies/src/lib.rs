//! What a lockfile installs, and what is known to be vulnerable of it. Opens no connection.

pub mod advisory;
pub mod lockfile;
pub mod manifest;
mod text;
pub mod workspace;

pub use advisory::Advisories;
pub use lockfile::{Kind, Lockfile, Package};
pub use manifest::{Group, Manifest};
