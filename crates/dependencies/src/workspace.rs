//! Which folders belong to the workspace of a lockfile.

use ops_core::glob;
use serde_json::Value;

use crate::manifest::{Manifest, Unreadable};

/// The patterns of `pnpm-workspace.yaml`.
///
/// # Errors
/// It is not YAML.
pub fn pnpm_patterns(text: &str) -> Result<Vec<String>, Unreadable> {
    let listed = crate::text::yaml(text)?;
    let packages = listed.get("packages").and_then(Value::as_array);
    Ok(packages.into_iter().flatten().filter_map(|one| Some(one.as_str()?.to_owned())).collect())
}

/// The packages for which `pnpm-workspace.yaml` overrides the version.
///
/// # Errors
/// It is not YAML.
pub fn pnpm_overrides(text: &str) -> Result<Vec<String>, Unreadable> {
    let listed = crate::text::yaml(text)?;
    let overrides = crate::text::entries(listed.get("overrides"));
    Ok(overrides.filter_map(|(key, _)| crate::manifest::overridden_name(key)).collect())
}

/// Whether a folder, relative to the workspace's root, belongs to it. The root itself (`""`) always does.
#[must_use]
pub fn is_member(patterns: &[String], folder: &str) -> bool {
    if folder.is_empty() {
        return true;
    }
    let fits = |pattern: &str| {
        let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
        glob::matches(pattern, folder) || pattern.strip_suffix("/**").is_some_and(|whole| glob::matches(whole, folder))
    };
    let (without, with): (Vec<&String>, Vec<&String>) = patterns.iter().partition(|one| one.starts_with('!'));
    with.iter().any(|one| fits(one)) && !without.iter().any(|one| fits(one.trim_start_matches('!')))
}

/// The patterns of a workspace's root, whichever package manager it is for.
///
/// # Errors
/// `pnpm_workspace`, the text of `pnpm-workspace.yaml`, is not YAML.
pub fn patterns(root: &Manifest, pnpm_workspace: Option<&str>) -> Result<Vec<String>, Unreadable> {
    match pnpm_workspace {
        Some(text) => pnpm_patterns(text),
        None => Ok(root.workspaces.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_by_patterns_and_the_root_is_one() {
        let patterns = ["apps/*", "./packages/**", "!**/test/**"].map(str::to_owned);
        for folder in ["", "apps/web", "packages/a", "packages/a/b"] {
            assert!(is_member(&patterns, folder), "{folder}");
        }
        for folder in ["apps", "apps/web/e2e", "packages/test/a", "other"] {
            assert!(!is_member(&patterns, folder), "{folder}");
        }
    }

    #[test]
    fn pnpm_keeps_its_patterns_in_a_file_of_their_own() {
        let text = "packages:\n  - apps/*\noverrides:\n  foo@1: ^2.0.0\n";
        assert_eq!(patterns(&Manifest::default(), Some(text)).unwrap(), ["apps/*"]);
        assert_eq!(pnpm_overrides(text).unwrap(), ["foo"]);
        assert!(patterns(&Manifest::default(), Some("packages: [")).is_err());
    }
}
