//! The answer of npm's registry to a list of packages, as yarn 4.0.0 and bun print it: an object of packages, each with its
//! advisories, and `{}` where there are none. Source: <https://docs.npmjs.com/cli/commands/npm-audit>, "Bulk Advisory Endpoint".

use serde::Deserialize;

use super::{Advisory, Audit, Level};
use crate::{
    Reading, Unreadable,
    json::{self, Mixed, Pairs},
    text,
};

#[derive(Deserialize)]
struct Known {
    #[serde(default)]
    id: Mixed<()>,
    url: Option<String>,
    title: String,
    severity: Level,
    vulnerable_versions: Option<String>,
}

pub(crate) fn bulk(report: &str) -> Result<Reading, Unreadable> {
    let mut audit = Audit::new();
    for (package, known) in json::read::<Pairs<Vec<Known>>>(report)?.0 {
        if known.is_empty() {
            return Err(Unreadable::malformed(text::one_line(&package), "this package has no advisory"));
        }
        for advisory in &known {
            let id = advisory.id.text().unwrap_or_default();
            let (url, range) = (advisory.url.as_deref(), advisory.vulnerable_versions.as_deref());
            let (url, range, title) = (url.unwrap_or_default(), range.unwrap_or_default(), advisory.title.as_str());
            audit.add(advisory.severity, &Advisory { id, url, package: &package, range, title, ..Advisory::default() });
        }
    }
    Ok(audit.reading)
}
