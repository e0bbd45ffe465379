//! Headers: which ones a route really gets, from whatever sets them, and whether they are those that the policy asks for.
//!
//! `pattern` decides which paths a source means, `requirement` what is asked for, `rule` what is set, and `judge` puts a route's
//! paths, the rules and the requirements together. `application` finds the files that have a say.

pub(crate) mod application;
pub(crate) mod judge;
pub(crate) mod pattern;
pub(crate) mod requirement;
pub(crate) mod rule;
pub(crate) mod sources;
pub(crate) mod text;
