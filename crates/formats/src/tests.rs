//! What holds for every report: a real one is read, half of one is not, and no bytes make a reader panic.

use std::path::{Path, PathBuf};

use ops_core::Severity;
use proptest::prelude::*;

use crate::{Format, Reading, Unreadable, detect, read, testing};

/// Which format a fixture is of, by its folder and its name.
fn format_of(folder: &str, file: &str) -> Format {
    let ending = file.rsplit('.').next().unwrap();
    let tool = folder.rsplit_once('-').map_or(folder, |(tool, _)| tool);
    match (tool, ending) {
        (_, "sarif") => Format::Sarif,
        (_, "info") => Format::Lcov,
        (_, "xml") if file == "cobertura.xml" => Format::Cobertura,
        (_, "json") if file == "coverage-summary.json" => Format::IstanbulSummary,
        (_, "xml") => Format::Junit,
        ("eslint", _) => Format::Eslint,
        ("biome", _) => Format::Biome,
        ("oxlint", _) => Format::Oxlint,
        ("typescript", _) => Format::Tsc,
        ("prettier", _) => Format::Prettier,
        ("playwright", _) => Format::Playwright,
        ("made", _) => Format::OsvScanner,
        ("semgrep", _) => Format::Semgrep,
        ("npm", _) => Format::NpmAudit,
        ("pnpm", _) => Format::PnpmAudit,
        ("yarn", _) => Format::YarnAudit,
        ("bun", _) => Format::BunAudit,
        ("jest", _) => Format::Jest,
        ("vitest", _) => Format::Vitest,
        _ => panic!("{folder}/{file} is of no known format"),
    }
}

/// Every fixture: its name, its format and its bytes.
fn fixtures() -> Vec<(String, Format, Vec<u8>)> {
    let mut fixtures = Vec::new();
    for folder in entries(&testing::fixtures()).into_iter().filter(|folder| folder.is_dir()) {
        for file in entries(&folder) {
            let (folder, name) = (name(&folder), name(&file));
            fixtures.push((format!("{folder}/{name}"), format_of(&folder, &name), std::fs::read(&file).unwrap()));
        }
    }
    assert!(!fixtures.is_empty());
    fixtures
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// What must be true of every reading.
fn sound(reading: &Reading) {
    let count = |what: &str| reading.counts.get(what).copied();
    let number = |what: &str| count(what).unwrap_or_default();
    let counted = number("passed") + number("failed") + number("skipped") + number("todo");
    match (count("tests"), count("failed_suites"), count("errors")) {
        // What fails outside of tests is no test, but a failure.
        (Some(tests), Some(outside), _) | (Some(tests), None, Some(outside)) => {
            assert_eq!(counted, tests + outside, "{:?}", reading.counts);
        }
        (Some(tests), None, None) => assert!(counted >= tests, "{:?}", reading.counts),
        (None, _, _) => assert_eq!(counted, 0, "{:?}", reading.counts),
    }
    assert!(number("flaky") <= number("tests"), "{:?}", reading.counts);
    let files = reading
        .coverage
        .iter()
        .flat_map(|coverage| coverage.files.iter().map(|file| file.totals).chain([coverage.totals]));
    for ratio in files.flat_map(|totals| [totals.lines, totals.statements, totals.functions, totals.branches]).flatten()
    {
        assert!(ratio.covered <= ratio.total, "{ratio:?}");
    }
    let errors = reading.issues.iter().filter(|issue| issue.severity == Severity::Error).count() as u64;
    for what in ["failed", "errors", "critical", "high", "unformatted"] {
        assert!(number(what) == 0 || errors > 0, "{what} are counted, but no issue is an error");
    }
    for issue in &reading.issues {
        assert!(issue.rule.contains('/') && !issue.message.is_empty(), "{issue:?}");
        for text in [&issue.rule, &issue.message, &issue.identity] {
            assert!(!text.chars().any(char::is_control), "{issue:?}");
        }
    }
}

#[test]
fn every_real_report_is_read_or_says_why_not() {
    for (name, format, bytes) in fixtures() {
        match read(format, &bytes) {
            Ok(reading) => sound(&reading),
            Err(Unreadable::NoResult(reason)) => assert!(!reason.is_empty(), "{name}"),
            Err(error) => panic!("{name}: {error}"),
        }
    }
}

#[test]
fn an_empty_report_is_of_no_format() {
    for format in Format::ALL {
        for empty in ["", "\n", " \t\r\n", "\u{feff}"] {
            assert_eq!(read(format, empty.as_bytes()), Err(Unreadable::Empty), "{format}");
        }
    }
}

/// A report that was cut off says nothing, or all that the whole one says. Only text without an end can say less, and then
/// what it says is still bad.
#[test]
fn half_a_report_is_unreadable() {
    for (name, format, bytes) in fixtures() {
        let Ok(whole) = read(format, &bytes) else { continue };
        let step = (bytes.len() / 200).max(1);
        for end in (0..bytes.len()).step_by(step).chain(bytes.len().saturating_sub(40)..bytes.len()) {
            let Ok(part) = read(format, &bytes[..end]) else { continue };
            let endless = match format {
                Format::Lcov => part.counts.get("files") < whole.counts.get("files"),
                _ => format.is_silent_when_clean() && begins(&whole, &part),
            };
            assert!(part == whole || endless, "{name}, {end} of {} bytes", bytes.len());
        }
    }
}

/// Whether the part has issues, and those are the first of the whole, if with fewer words.
fn begins(whole: &Reading, part: &Reading) -> bool {
    let mut pairs = part.issues.iter().zip(&whole.issues);
    !part.issues.is_empty() && pairs.all(|(part, whole)| part.rule == whole.rule && part.region == whole.region)
}

#[test]
fn a_report_of_another_format_is_refused_by_name() {
    for (name, format, bytes) in fixtures() {
        let Some(found) = detect(&bytes) else { continue };
        if (found, format) == (Format::PnpmAudit, Format::YarnAudit) {
            assert_eq!(read(found, &bytes), read(format, &bytes), "{name}");
            continue;
        }
        assert_eq!(found, format, "{name}");
        for other in Format::ALL.into_iter().filter(|other| *other != format) {
            if let Err(Unreadable::Malformed { reason, .. }) = read(other, &bytes) {
                assert!(
                    reason.ends_with(&format!("; this is no report of `{other}`, but one of `{format}`")),
                    "{name}: {reason}"
                );
            }
        }
    }
}

#[test]
fn what_is_nested_too_deeply_uses_up_no_stack() {
    for format in Format::ALL {
        for opened in ["[", "{\"a\":", "<testsuite>", "[{\"suites\":"] {
            assert!(read(format, opened.repeat(100_000).as_bytes()).is_err(), "{format}");
        }
    }
}

/// A real report with a few bytes changed.
fn bent() -> impl Strategy<Value = Vec<u8>> {
    let fixtures: Vec<Vec<u8>> =
        fixtures().into_iter().map(|(_, _, bytes)| bytes).filter(|bytes| bytes.len() < 8192).collect();
    (prop::sample::select(fixtures), prop::collection::vec((any::<prop::sample::Index>(), 0_u8..128), 1..6)).prop_map(
        |(mut bytes, changes)| {
            for (index, byte) in changes {
                let at = index.index(bytes.len());
                bytes[at] = byte;
            }
            bytes
        },
    )
}

proptest! {
    #[test]
    fn any_bytes_are_a_sound_reading_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[\\PC\u{1b}\n]{0,200}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let _ = detect(bytes);
            for format in Format::ALL {
                match read(format, bytes) {
                    Ok(reading) => sound(&reading),
                    Err(error) => prop_assert!(!error.to_string().is_empty()),
                }
            }
        }
    }

    #[test]
    fn a_bent_report_is_a_sound_reading_or_an_error(bytes in bent()) {
        let _ = detect(&bytes);
        for format in Format::ALL {
            if let Ok(reading) = read(format, &bytes) {
                sound(&reading);
            }
        }
    }
}
