//! `bun audit --json`, since bun 1.2.15: what the registry answers. Where it does not answer, bun prints nothing to standard output.

use crate::{Reading, Unreadable, advisories};

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    advisories::bulk(report)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    #[test]
    fn every_version_tells_the_same() {
        let told = "\
error audit/GHSA-rrrm-qjm4-v8hf marked <4.0.10: Inefficient Regular Expression Complexity in marked (high)
error audit/GHSA-xvch-5gv4-984h minimist <0.2.4 || >=1.0.0 <1.2.6: Prototype Pollution in minimist (critical)
warning audit/GHSA-vh95-rmgr-6w4m minimist <0.2.1 || >=1.0.0 <1.2.3: Prototype Pollution in minimist (moderate)
critical 1, high 1, info 0, low 0, moderate 1, vulnerabilities 3";
        for version in ["1.2.15", "1.4.5"] {
            assert_eq!(testing::told(Format::BunAudit, &format!("bun-{version}/found.json")), told, "bun {version}");
            let clean = testing::told(Format::BunAudit, &format!("bun-{version}/clean.json"));
            assert_eq!(clean, "critical 0, high 0, info 0, low 0, moderate 0, vulnerabilities 0");
        }
    }

    #[test]
    fn what_is_no_list_of_advisories_is_unreadable() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        assert_eq!(told("{\"a\": []}"), "a: this package has no advisory");
        assert!(told("{\"error\": \"down\"}").starts_with("line 1, column 16: invalid type: string"));
        assert_eq!(told("{\"a\": [{\"severity\""), "line 1, column 18: the report ends in the middle");
    }
}
