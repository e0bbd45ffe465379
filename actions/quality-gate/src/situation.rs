//! What every built-in gate may look at. Nothing here is written.

use std::path::Path;

use jiff::civil::Date;
use ops_core::{Environment, Event, Policy, git::Git};

/// What every built-in gate may look at.
pub(crate) struct Situation<'a> {
    /// The repository's folder, or the part of it that is judged.
    pub(crate) root: &'a Path,
    /// What stands before a path of the root in a path of the repository: empty, or ending with `/`.
    pub(crate) prefix: &'a str,
    pub(crate) policy: &'a Policy,
    pub(crate) variables: &'a Environment,
    pub(crate) event: &'a Event,
    /// git in the root; none where this is no repository.
    pub(crate) git: Option<&'a Git>,
    /// The commit that the change began from, or why it is not known.
    pub(crate) base: Result<&'a str, &'a str>,
    pub(crate) today: Date,
}
