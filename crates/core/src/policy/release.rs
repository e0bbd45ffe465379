//! `[release]`: how changes are named, versioned and told.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Duration;

/// The `[release]` section.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Release {
    /// The branch that releases come from.
    pub trunk: String,
    /// How a tag names a version; {version} stands for it, {name} for the package's name.
    pub tag: String,
    /// Patterns of the names that a branch may have. The trunk needs none.
    pub branches: Vec<String>,
    /// How long a branch should live.
    pub branch_age: Duration,
    /// The file that tells the changes, relative to the root.
    pub changelog: String,
    /// Patterns of the files whose change is told under Unreleased.
    pub changelog_for: Vec<String>,
    /// Whether a change of code without a test and without a reason is an error, and not a warning.
    pub require_tests: bool,
    /// Documents that change together with what they describe.
    pub docs: Vec<DocumentRule>,
    /// How large a change should be.
    pub size: Size,
    /// Flags that end.
    pub flags: Flags,
    /// The database's schema, and where it is described.
    pub schema: SchemaFiles,
    /// What the code reads from its environment.
    pub environment: EnvironmentContract,
    /// What workflows may use.
    pub actions: Actions,
    /// What is known to be vulnerable.
    pub dependencies: Dependencies,
}

impl Default for Release {
    fn default() -> Self {
        const BRANCHES: [&str; 10] = [
            "feat/**",
            "fix/**",
            "chore/**",
            "hotfix/**",
            "release/**",
            "changeset-release/**",
            "revert-*",
            "dependabot/**",
            "renovate/**",
            "gh-readonly-queue/**",
        ];
        Self {
            trunk: "main".to_owned(),
            tag: "v{version}".to_owned(),
            branches: BRANCHES.map(str::to_owned).to_vec(),
            branch_age: Duration::from_secs(2 * 86_400),
            changelog: "CHANGELOG.md".to_owned(),
            changelog_for: Vec::new(),
            require_tests: false,
            docs: Vec::new(),
            size: Size::default(),
            flags: Flags::default(),
            schema: SchemaFiles::default(),
            environment: EnvironmentContract::default(),
            actions: Actions::default(),
            dependencies: Dependencies::default(),
        }
    }
}

/// One entry of `[[release.docs]]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentRule {
    /// A pattern of files.
    pub when: String,
    /// A pattern of the documents, one of which changes together with them.
    pub touch: String,
}

/// The `[release.size]` section.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Size {
    /// From how many changed lines on somebody is warned.
    pub warning: u64,
    /// From how many changed lines on the gate fails. It never does unless this says so.
    pub error: Option<u64>,
    /// Patterns of files that do not count, beside lockfiles and what git knows as generated.
    pub exclude: Vec<String>,
}

impl Default for Size {
    fn default() -> Self {
        Self { warning: 400, error: None, exclude: Vec::new() }
    }
}

/// The `[release.flags]` section.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Flags {
    /// The file that lists the flags: JSON, TOML, or a TypeScript module. Nothing is asked without one.
    pub registry: Option<String>,
    /// How long a flag may stay that names no day of its own.
    pub max_age: Duration,
}

impl Default for Flags {
    fn default() -> Self {
        Self { registry: None, max_age: Duration::from_secs(30 * 86_400) }
    }
}

/// The `[release.schema]` section.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SchemaFiles {
    /// Patterns of the files that describe the database, a change of which needs a migration.
    pub files: Vec<String>,
    /// The document that describes the schema for people, and changes with it.
    pub document: Option<String>,
}

impl Default for SchemaFiles {
    fn default() -> Self {
        Self { files: vec!["**/schema.prisma".to_owned()], document: None }
    }
}

/// The `[release.environment]` section.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EnvironmentContract {
    /// The name of the file that lists every variable, without real values.
    pub example: String,
    /// Patterns of variables that need not be listed, beside those that the platform or a tool sets.
    pub ignore: Vec<String>,
}

impl Default for EnvironmentContract {
    fn default() -> Self {
        Self { example: ".env.example".to_owned(), ignore: Vec::new() }
    }
}

/// The `[release.actions]` section.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Actions {
    /// Patterns of actions that need no pin: "org/*", "actions/checkout".
    pub trusted: Vec<String>,
    /// Patterns of the runners' labels that may be used. All may, where there is none.
    pub runners: Vec<String>,
}

/// The `[release.dependencies]` section.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Dependencies {
    /// Advisories in the format of OSV, relative to the root: a folder of JSON files, or one file with a list or a line each.
    pub advisories: Option<String>,
    /// From which severity on the gate fails.
    pub fail_from: Level,
    /// Whether what only development needs fails it, too.
    pub development: bool,
    /// How many people other than its author approve what comes to the trunk's lockfiles. After a push there GitHub is asked who did.
    pub approvals: u8,
}

/// How bad an advisory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// CVSS below 4.
    Low,
    /// CVSS from 4.
    Moderate,
    /// CVSS from 7.
    #[default]
    High,
    /// CVSS from 9.
    Critical,
}

#[cfg(test)]
mod tests {
    use super::{Level, Release};
    use crate::Policy;

    fn read(text: &str) -> Release {
        Policy::parse("ops.toml", text).unwrap().release
    }

    #[test]
    fn an_empty_section_suits_a_new_user() {
        let release = read("");
        assert_eq!((&*release.trunk, &*release.tag, &*release.changelog), ("main", "v{version}", "CHANGELOG.md"));
        assert_eq!(release.branch_age.to_string(), "2d");
        assert_eq!((release.size.warning, release.size.error), (400, None));
        assert_eq!(release.flags.registry, None);
        assert_eq!(release.dependencies.fail_from, Level::High);
        assert_eq!(release, Release::default());
    }

    #[test]
    fn every_part_can_be_said() {
        let release = read(
            "[release]\ntrunk = \"trunk\"\nbranches = [\"task/*\"]\n[[release.docs]]\nwhen = \"prisma/**\"\ntouch = \"docs/schema.md\"\n\
             [release.size]\nerror = 2000\n[release.flags]\nregistry = \"flags.json\"\nmax_age = \"60d\"\n\
             [release.actions]\nrunners = [\"ubuntu-*\"]\n[release.dependencies]\nadvisories = \"osv\"\nfail_from = \"moderate\"\napprovals = 2\n",
        );
        assert_eq!((&*release.trunk, release.branches.len(), release.size.error), ("trunk", 1, Some(2000)));
        assert_eq!(release.docs[0].touch, "docs/schema.md");
        assert_eq!(release.flags.max_age.to_string(), "60d");
        assert_eq!((release.dependencies.fail_from, release.dependencies.approvals), (Level::Moderate, 2));
        let error = Policy::parse("ops.toml", "[release]\ntruck = \"main\"\n").unwrap_err().to_string();
        assert!(error.starts_with("ops.toml:2:1: unknown key `truck`, did you mean `trunk`?"), "{error}");
    }
}
