//! What other tools write: lint, test, coverage, audit and scan reports, read without trust.
//!
//! Nothing here opens a file or knows what a gate is. A report comes in as bytes and goes out as a [`Reading`], or as an
//! [`Unreadable`] that says why it cannot be relied on: what is unknown, cut off or at odds with itself is never free of
//! findings. `docs/formats.md` tells what is read of each format.

mod advisories;
mod biome;
mod bun_audit;
mod cobertura;
mod coverage;
mod detect;
mod eslint;
mod format;
mod istanbul_summary;
mod jest;
mod json;
mod junit;
mod lcov;
mod linter;
mod npm_audit;
mod osv_scanner;
mod oxlint;
mod playwright;
mod pnpm_audit;
mod prettier;
mod reading;
mod sarif;
mod semgrep;
mod suites;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;
mod tsc;
mod vitest;
mod workflow_command;
mod xml;
mod yarn_audit;

pub use coverage::{Coverage, FileCoverage, Line, Ratio, Totals};
pub use detect::detect;
pub use format::{Format, UnknownFormat};
pub use reading::{Issue, Reading, Region, Unreadable};
pub use text::one_line;

/// The most bytes that a report may have.
pub const LARGEST: usize = 256 * 1024 * 1024;

/// Reads a report that a tool of this format wrote.
///
/// # Errors
/// If the report is empty, too large, cut off, of another shape, at odds with itself, or tells of no result.
pub fn read(format: Format, bytes: &[u8]) -> Result<Reading, Unreadable> {
    let read = text::of(bytes).and_then(|text| match format {
        Format::Eslint => eslint::read(text),
        Format::Biome => biome::read(text),
        Format::Oxlint => oxlint::read(text),
        Format::Tsc => tsc::read(text),
        Format::Prettier => prettier::read(text),
        Format::Jest => jest::read(text),
        Format::Vitest => vitest::read(text),
        Format::Junit => junit::read(text),
        Format::Playwright => playwright::read(text),
        Format::Lcov => lcov::read(text),
        Format::Cobertura => cobertura::read(text),
        Format::IstanbulSummary => istanbul_summary::read(text),
        Format::NpmAudit => npm_audit::read(text),
        Format::PnpmAudit => pnpm_audit::read(text),
        Format::YarnAudit => yarn_audit::read(text),
        Format::BunAudit => bun_audit::read(text),
        Format::OsvScanner => osv_scanner::read(text),
        Format::Sarif => sarif::read(text),
        Format::Semgrep => semgrep::read(text),
    });
    read.map_err(|error| error.unless_it_is(format, bytes))
}
