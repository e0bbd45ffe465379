//! The action's own facts, for programs.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::{Report, json};

/// The contract's `details`: whatever has a form in JSON. It becomes text in one go, so that a long list is never copied into a
/// tree of values first.
#[derive(Clone)]
pub struct Details(Arc<dyn Facts>);

impl Details {
    /// These facts, whose keys are texts. Secrets in them are the report's to hide.
    pub fn of(facts: impl Serialize + Send + Sync + 'static) -> Self {
        Self(Arc::new(facts))
    }

    /// The same as a tree of values.
    #[must_use]
    pub fn value(&self) -> Value {
        self.0.value()
    }

    /// The whole report as text, with these facts in their place.
    pub(super) fn render(&self, report: &Report) -> String {
        self.0.render(report)
    }
}

impl Default for Details {
    fn default() -> Self {
        Self::of(())
    }
}

impl fmt::Debug for Details {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(formatter)
    }
}

impl PartialEq for Details {
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value()
    }
}

/// What is asked of facts of an unknown type. A trait for any serializer cannot be asked of them.
trait Facts: Send + Sync {
    fn value(&self) -> Value;
    fn render(&self, report: &Report) -> String;
}

impl<T: Serialize + Send + Sync> Facts for T {
    fn value(&self) -> Value {
        // Every key is a text, which is all that could fail.
        serde_json::to_value(self).unwrap_or_default()
    }

    fn render(&self, report: &Report) -> String {
        json::render_with(report, self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::Details;
    use crate::report::{Report, json, sample};

    #[derive(Serialize)]
    struct Route {
        path: &'static str,
        line: u32,
        headers: BTreeMap<&'static str, Option<bool>>,
    }

    #[test]
    fn facts_become_the_text_that_their_values_become() {
        let route =
            || Route { path: "/a \"b\" ##[c", line: 4, headers: BTreeMap::from([("X", Some(true)), ("Y", None)]) };
        let details = Details::of(vec![route(), route()]);
        let of = |details| json::render(&Report { details, ..sample::refused() });
        assert_eq!(of(details.clone()), of(Details::of(details.value())));
        assert_eq!(details.value()[1]["headers"]["X"], true);
    }
}
