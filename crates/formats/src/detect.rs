//! Which format a report is written in, by what stands in it.

use crate::{
    Format, biome, json, oxlint, prettier, text, tsc,
    xml::{Document, Part},
};

/// The format that a report is written in, if it can be told. An empty array could be of many, and is of none.
#[must_use]
pub fn detect(bytes: &[u8]) -> Option<Format> {
    let text = text::of(bytes).ok()?;
    match text.trim_start().chars().next()? {
        '<' => of_xml(text),
        '{' | '[' => of_names(&json::names(text)),
        _ => of_text(text),
    }
}

fn of_xml(text: &str) -> Option<Format> {
    let mut document = Document::new(text);
    let Ok(Some(Part::Open(root))) = document.next() else { return None };
    match root.name.as_str() {
        "testsuites" | "testsuite" => Some(Format::Junit),
        "coverage" if root.text("line-rate").is_ok_and(|rate| rate.is_some()) => Some(Format::Cobertura),
        _ => None,
    }
}

/// What may stand at the top of osv-scanner's report.
const OSV_SCANNER: [&str; 4] = ["results", "experimental_config", "license_summary", "image_metadata"];

/// By the names at the top of a JSON document.
fn of_names(names: &[String]) -> Option<Format> {
    let has = |name: &str| names.iter().any(|found| found == name);
    match () {
        () if has("filePath") && has("messages") => Some(Format::Eslint),
        () if has("results") && has("metadata") => Some(Format::Eslint),
        () if has("testResults") && has("numRuntimeErrorTestSuites") => Some(Format::Jest),
        () if has("testResults") && has("numTotalTests") => Some(Format::Vitest),
        () if has("suites") && has("stats") && has("errors") => Some(Format::Playwright),
        () if has("auditReportVersion") || has("advisories") && has("runId") => Some(Format::NpmAudit),
        // yarn 2 and 3 print the very same, which is read alike.
        () if has("advisories") && has("metadata") => Some(Format::PnpmAudit),
        () if has("type") && has("data") || has("value") && has("children") => Some(Format::YarnAudit),
        () if has("runs") && has("version") => Some(Format::Sarif),
        () if has("results") && has("errors") && has("paths") => Some(Format::Semgrep),
        () if has("results") && names.iter().all(|name| OSV_SCANNER.contains(&name.as_str())) => {
            Some(Format::OsvScanner)
        }
        () if has("total") && names.iter().all(|name| name == "total" || name.contains(['/', '\\'])) => {
            Some(Format::IstanbulSummary)
        }
        () => None,
    }
}

fn of_text(text: &str) -> Option<Format> {
    if text.lines().any(|line| line.starts_with("SF:")) && text.lines().any(|line| line == "end_of_record") {
        return Some(Format::Lcov);
    }
    // A list of paths is of no one: the other lines of Prettier are.
    let prettier = text
        .lines()
        .any(|line| ["Checking formatting", "[warn] ", "[error] "].iter().any(|start| line.starts_with(start)));
    match () {
        () if prettier && prettier::read(text).is_ok() => Some(Format::Prettier),
        () if biome::is(text) => Some(Format::Biome),
        () if oxlint::is(text) => Some(Format::Oxlint),
        () if tsc::read(text).is_ok() => Some(Format::Tsc),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::detect;
    use crate::{Format, testing};

    #[test]
    fn every_fixture_is_told_by_what_stands_in_it() {
        let cases = [
            ("eslint-10/findings.json", Format::Eslint),
            ("eslint-10/with-metadata.json", Format::Eslint),
            ("biome-2.6.8/lint.txt", Format::Biome),
            ("biome-2.6.8/workflow.txt", Format::Biome),
            ("oxlint-1.94.0/lint.txt", Format::Oxlint),
            ("typescript-7/plain.txt", Format::Tsc),
            ("typescript-7/pretty.txt", Format::Tsc),
            ("jest-30/findings.json", Format::Jest),
            ("vitest-4/findings.json", Format::Vitest),
            ("vitest-4/junit.xml", Format::Junit),
            ("prettier-3/check.txt", Format::Prettier),
            ("playwright-1.65/findings.json", Format::Playwright),
            ("playwright-1.65/junit.xml", Format::Junit),
            ("npm-11/found.json", Format::NpmAudit),
            ("npm-6/found.json", Format::NpmAudit),
            ("pnpm-10/found.json", Format::PnpmAudit),
            ("pnpm-12/found.json", Format::PnpmAudit),
            ("yarn-1.22/found.json", Format::YarnAudit),
            ("yarn-4.18.1/found.json", Format::YarnAudit),
            ("made-up/osv-scanner.json", Format::OsvScanner),
            ("made-up/codeql.sarif", Format::Sarif),
            ("eslint-9/findings.sarif", Format::Sarif),
            ("semgrep-1.182.0/found.json", Format::Semgrep),
            ("jest-30/lcov.info", Format::Lcov),
            ("jest-30/cobertura.xml", Format::Cobertura),
            ("jest-30/coverage-summary.json", Format::IstanbulSummary),
        ];
        for (name, format) in cases {
            assert_eq!(detect(&testing::fixture(name)), Some(format), "{name}");
        }
    }

    #[test]
    fn what_could_be_anything_is_nothing() {
        for text in ["", "[]", "{}", "{", "<html/>", "hello\n", "\u{0}"] {
            assert_eq!(detect(text.as_bytes()), None, "{text}");
        }
    }
}
