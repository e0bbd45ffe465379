//! One verb, one file: each takes what a look at the repository found, and tells what it was asked.

pub(crate) mod baseline;
pub(crate) mod explain;
pub(crate) mod init;
pub(crate) mod inventory;
pub(crate) mod scan;
