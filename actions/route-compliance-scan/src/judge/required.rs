//! Routes that the policy wants, such as the one that says whether the application is well.

use ops_core::fingerprint::of_content;
use ops_core::policy::RequiredRoute;
use ops_core::{Finding, Place, Severity};

use crate::routes::ANY;

const MISSING: &str = "route/missing";

/// Those that no route answers. `all` are the path and the method of each route.
pub(super) fn missing(required: &[(RequiredRoute, Place)], all: &[(String, String)]) -> Vec<Finding> {
    let is_there = |wanted: &RequiredRoute| {
        let answers = |method: &str| wanted.method.as_ref().is_none_or(|wanted| method == wanted || method == ANY);
        all.iter().any(|(path, method)| *path == wanted.path && answers(method))
    };
    required.iter().filter(|(wanted, _)| !is_there(wanted)).map(|(wanted, place)| finding(wanted, place)).collect()
}

fn finding(wanted: &RequiredRoute, place: &Place) -> Finding {
    let RequiredRoute { method, path } = wanted;
    let name = method.as_ref().map_or_else(|| path.clone(), |method| format!("{method} {path}"));
    Finding {
        rule: MISSING.into(),
        severity: Severity::Error,
        message: format!("no route answers {name}"),
        help: "Add the route, or correct its path: `route-compliance-scan inventory` lists those that there are."
            .to_owned(),
        fingerprint: of_content(&[MISSING, &name]),
        place: place.clone(),
        waived_by: None,
    }
}
