//! Headers: which ones a route really gets, from whatever sets them, and whether they are those that the policy asks for.
//!
//! `pattern` decides which paths a source means, `requirement` what is asked for, `rule` what is set, and `judge` puts a route's
//! paths, the rules and the requirements together.

pub(crate) mod judge;
pub(crate) mod pattern;
pub(crate) mod requirement;
pub(crate) mod rule;
pub(crate) mod text;
