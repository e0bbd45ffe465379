//! The base score of CVSS 3. Source: <https://www.first.org/cvss/v3.1/specification-document>, sections 7.1 and 7.4.

use super::Severity;

/// The severity that a vector such as `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H` has. `None` for other versions, and where a
/// metric is missing.
pub(super) fn severity(vector: &str) -> Option<Severity> {
    let score = score(vector)?;
    Some(match score {
        _ if score >= 9.0 => Severity::Critical,
        _ if score >= 7.0 => Severity::High,
        _ if score >= 4.0 => Severity::Moderate,
        _ => Severity::Low,
    })
}

/// From 0 to 10, with one digit behind the point.
pub(super) fn score(vector: &str) -> Option<f64> {
    let metrics = vector.strip_prefix("CVSS:3.0/").or_else(|| vector.strip_prefix("CVSS:3.1/"))?;
    let value = |name: &str| metrics.split('/').find_map(|metric| metric.strip_prefix(name)?.strip_prefix(':'));
    let changed = match value("S")? {
        "C" => true,
        "U" => false,
        _ => return None,
    };
    let impact_of = |name| match value(name)? {
        "H" => Some(0.56),
        "L" => Some(0.22),
        "N" => Some(0.0),
        _ => None,
    };
    let (confidentiality, integrity, availability) = (impact_of("C")?, impact_of("I")?, impact_of("A")?);
    let attack = match value("AV")? {
        "N" => 0.85,
        "A" => 0.62,
        "L" => 0.55,
        "P" => 0.2,
        _ => return None,
    };
    let complexity = match value("AC")? {
        "L" => 0.77,
        "H" => 0.44,
        _ => return None,
    };
    let privileges = match (value("PR")?, changed) {
        ("N", _) => 0.85,
        ("L", false) => 0.62,
        ("L", true) => 0.68,
        ("H", false) => 0.27,
        ("H", true) => 0.5,
        _ => return None,
    };
    let interaction = match value("UI")? {
        "N" => 0.85,
        "R" => 0.62,
        _ => return None,
    };
    let lost: f64 = 1.0 - (1.0 - confidentiality) * (1.0 - integrity) * (1.0 - availability);
    let impact = if changed { 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02).powi(15) } else { 6.42 * lost };
    if impact <= 0.0 {
        return Some(0.0);
    }
    let exploitability = 8.22 * attack * complexity * privileges * interaction;
    let sum: f64 = if changed { 1.08 * (impact + exploitability) } else { impact + exploitability };
    Some(round_up(sum.min(10.0)))
}

/// To the next tenth, as the specification does it to be the same on every machine.
fn round_up(score: f64) -> f64 {
    let hundred_thousandths = (score * 100_000.0).round();
    if hundred_thousandths % 10_000.0 == 0.0 {
        hundred_thousandths / 100_000.0
    } else {
        ((hundred_thousandths / 10_000.0).floor() + 1.0) / 10.0
    }
}
