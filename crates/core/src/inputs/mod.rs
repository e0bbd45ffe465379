//! What a run is told: the environment, the flags, and the inputs of a step, which become flags.

mod arguments;
mod common;

use std::collections::BTreeMap;

pub(crate) use arguments::arguments;
pub use common::{Common, Format};

/// The environment variables, read once in `main`: nothing downstream asks the process for them.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Environment {
    /// By name. A variable that is not UTF-8 is kept with `U+FFFD` in its place.
    pub variables: BTreeMap<String, String>,
}

impl std::fmt::Debug for Environment {
    /// Names only: the values hold secrets.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.variables.keys()).finish()
    }
}

impl Environment {
    /// The variables of this process.
    #[must_use]
    pub fn read() -> Self {
        let text = |value: std::ffi::OsString| value.to_string_lossy().into_owned();
        Self { variables: std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect() }
    }

    /// These variables and no others: for tests.
    #[must_use]
    pub fn from_pairs<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self { variables: pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }

    /// The value of a variable that is set and not empty: a step cannot tell an unset input from an empty one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;

    #[test]
    fn an_empty_variable_is_none_and_values_are_not_shown() {
        let environment = Environment::from_pairs([("EMPTY", ""), ("TOKEN", "secret")]);
        assert_eq!((environment.get("EMPTY"), environment.get("TOKEN")), (None, Some("secret")));
        assert_eq!(format!("{environment:?}"), "{\"EMPTY\", \"TOKEN\"}");
    }
}
