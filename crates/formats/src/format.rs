//! The formats that are read, by the names that they have in a policy.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a report may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// ESLint's `json` or `json-with-metadata`.
    Eslint,
    /// What Biome prints.
    Biome,
    /// What oxlint prints.
    Oxlint,
    /// What tsc prints, with or without `--pretty`.
    Tsc,
    /// What Prettier prints with `--check` or `--list-different`.
    Prettier,
    /// Jest's `--json`.
    Jest,
    /// Vitest's `--reporter=json`.
    Vitest,
    /// JUnit's XML, whoever writes it.
    Junit,
    /// Playwright's `--reporter=json`.
    Playwright,
    /// lcov's tracefile, `lcov.info`.
    Lcov,
    /// Cobertura's XML.
    Cobertura,
    /// Istanbul's `coverage-summary.json`.
    IstanbulSummary,
    /// `npm audit --json`.
    NpmAudit,
    /// `pnpm audit --json`.
    PnpmAudit,
    /// `yarn audit --json` of yarn 1, or `yarn npm audit --json`.
    YarnAudit,
    /// `bun audit --json`.
    BunAudit,
    /// `osv-scanner --format json`.
    OsvScanner,
    /// SARIF 2.1.0, whoever writes it.
    Sarif,
    /// `semgrep --json`.
    Semgrep,
}

impl Format {
    /// Every format, in the order of the documentation.
    pub const ALL: [Self; 19] = [
        Self::Eslint,
        Self::Biome,
        Self::Oxlint,
        Self::Tsc,
        Self::Prettier,
        Self::Jest,
        Self::Vitest,
        Self::Junit,
        Self::Playwright,
        Self::Lcov,
        Self::Cobertura,
        Self::IstanbulSummary,
        Self::NpmAudit,
        Self::PnpmAudit,
        Self::YarnAudit,
        Self::BunAudit,
        Self::OsvScanner,
        Self::Sarif,
        Self::Semgrep,
    ];

    /// Its name in a policy.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Eslint => "eslint",
            Self::Biome => "biome",
            Self::Oxlint => "oxlint",
            Self::Tsc => "tsc",
            Self::Prettier => "prettier",
            Self::Jest => "jest",
            Self::Vitest => "vitest",
            Self::Junit => "junit",
            Self::Playwright => "playwright",
            Self::Lcov => "lcov",
            Self::Cobertura => "cobertura",
            Self::IstanbulSummary => "istanbul-summary",
            Self::NpmAudit => "npm-audit",
            Self::PnpmAudit => "pnpm-audit",
            Self::YarnAudit => "yarn-audit",
            Self::BunAudit => "bun-audit",
            Self::OsvScanner => "osv-scanner",
            Self::Sarif => "sarif",
            Self::Semgrep => "semgrep",
        }
    }

    /// Whether its tool prints nothing at all where nothing is wrong. An empty report is [`crate::Unreadable::Empty`] all the
    /// same: only who knows that the tool ran and ended with 0 can call it free of findings.
    #[must_use]
    pub fn is_silent_when_clean(self) -> bool {
        matches!(self, Self::Tsc | Self::Prettier | Self::YarnAudit)
    }

    /// Whether it is the answer of a package manager's service: an exit code says less than the report, since any vulnerable package,
    /// however harmless, and a service that does not answer end with the same one.
    #[must_use]
    pub fn is_audit(self) -> bool {
        matches!(self, Self::NpmAudit | Self::PnpmAudit | Self::YarnAudit | Self::BunAudit)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// There is no format of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown format `{name}`, {}", self.hint())]
pub struct UnknownFormat {
    name: String,
}

impl UnknownFormat {
    fn hint(&self) -> String {
        let distance = |format: &Format| strsim::damerau_levenshtein(&self.name, format.name());
        let nearest = Format::ALL.into_iter().min_by_key(distance);
        match nearest.filter(|format| distance(format) <= format.name().len().div_ceil(3)) {
            Some(format) => format!("did you mean `{format}`?"),
            None => format!("known are {}", Format::ALL.map(Format::name).join(", ")),
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let known = Self::ALL.into_iter().find(|format| format.name() == name);
        known.ok_or_else(|| UnknownFormat { name: crate::text::one_line(name) })
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn a_format_is_found_by_its_name_and_written_by_it() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
            assert_eq!(serde_json::to_value(format).unwrap(), format.name());
        }
    }

    #[test]
    fn an_unknown_name_is_told_with_the_nearest_one() {
        let told = |name: &str| name.parse::<Format>().unwrap_err().to_string();
        assert_eq!(told("es-lint"), "unknown format `es-lint`, did you mean `eslint`?");
        assert!(told("checkstyle").starts_with("unknown format `checkstyle`, known are eslint, biome, "));
    }
}
