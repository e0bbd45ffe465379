//! One verb, one file.

pub(crate) mod baseline;
pub(crate) mod list;
pub(crate) mod run;
pub(crate) mod secrets;
