//! How large what a gate builds may be.

use ops_core::policy::Bytes;

use super::Reason;
use crate::commands::{Weighed, Weight};

/// What is wrong with what was built, by the policy's limits.
pub(super) fn conditions(bundles: &[Weighed]) -> Vec<Reason> {
    let of = |bundle: &Weighed| match &bundle.weight {
        Err(problem) => vec![Reason::unproven(problem.reason.clone(), problem.next.clone())],
        Ok(weight) => {
            let raw = bundle.limit.raw.map(|most| (weight.raw, most, ""));
            let gzip = bundle.limit.gzip.zip(weight.gzip).map(|(most, gzip)| (gzip, most, " packed"));
            let over = raw.into_iter().chain(gzip).filter(|(size, most, _)| size > most);
            over.map(|(size, most, how)| too_large(&bundle.pattern, weight, size, most, how)).collect()
        }
    };
    bundles.iter().flat_map(of).collect()
}

fn too_large(pattern: &str, weight: &Weight, size: Bytes, most: Bytes, how: &str) -> Reason {
    // Where both look the same, the bytes tell.
    let (shown, allowed) = match (size.to_string(), most.to_string()) {
        (one, other) if one == other => (format!("{} B", size.count()), format!("{} B", most.count())),
        both => both,
    };
    let text = format!("`{pattern}` has {shown}{how}, and the policy allows {allowed}");
    Reason::fail(text, format!("see what made it grow; the largest file is `{}`", weight.largest))
}

/// How large something is that is not too large.
pub(super) fn words(bundle: &Weighed) -> Option<String> {
    let weight = bundle.weight.as_ref().ok()?;
    let is_over = |size: Option<Bytes>, most: Option<Bytes>| size.zip(most).is_some_and(|(size, most)| size > most);
    if is_over(Some(weight.raw), bundle.limit.raw) || is_over(weight.gzip, bundle.limit.gzip) {
        return None;
    }
    let packed = weight.gzip.map(|gzip| format!(", {gzip} packed")).unwrap_or_default();
    Some(format!("`{}` has {}{packed}", bundle.pattern, weight.raw))
}
