//! `pnpm audit --json`: npm 6's shape, since pnpm 11 with fewer fields. Where the registry does not answer, pnpm 12 prints nothing.

use crate::{Reading, Unreadable, advisories::Answer, json};

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    json::read::<Answer>(report)?.read()
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    #[test]
    fn every_version_tells_the_same() {
        let told = "\
error audit/GHSA-rrrm-qjm4-v8hf marked <4.0.10: Inefficient Regular Expression Complexity in marked (high)
warning audit/GHSA-vh95-rmgr-6w4m minimist <0.2.1 || >=1.0.0 <1.2.3: Prototype Pollution in minimist (moderate)
error audit/GHSA-xvch-5gv4-984h minimist <0.2.4 || >=1.0.0 <1.2.6: Prototype Pollution in minimist (critical)
critical 1, high 1, info 0, low 0, moderate 1, packages 4, vulnerabilities 3";
        for version in [8, 9, 10, 11, 12] {
            assert_eq!(testing::told(Format::PnpmAudit, &format!("pnpm-{version}/found.json")), told, "pnpm {version}");
            let clean = testing::told(Format::PnpmAudit, &format!("pnpm-{version}/clean.json"));
            assert_eq!(clean, "critical 0, high 0, info 0, low 0, moderate 0, packages 4, vulnerabilities 0");
        }
        let issues = crate::read(Format::PnpmAudit, &testing::fixture("pnpm-12/found.json")).unwrap().issues;
        assert_eq!(
            issues[1].help,
            "Fixed in >=1.2.3. Brought by minimist, mkdirp. https://github.com/advisories/GHSA-vh95-rmgr-6w4m"
        );
    }

    #[test]
    fn an_audit_that_did_not_take_place_has_no_result() {
        for version in [8, 9, 10, 11] {
            let told = testing::told(Format::PnpmAudit, &format!("pnpm-{version}/unavailable.json"));
            assert!(
                told.starts_with("unreadable: the tool could not do its work: The audit endpoint (at http://"),
                "{told}"
            );
        }
    }

    #[test]
    fn what_is_counted_but_not_listed_is_told() {
        let report = r#"{"advisories": {}, "metadata": {"vulnerabilities":
            {"info": 0, "low": 2, "moderate": 0, "high": 1, "critical": 0}, "dependencies": 7}}"#;
        assert_eq!(
            testing::words(&read(report).unwrap()),
            "note audit/unlisted the report counts 2 low vulnerabilities, and lists none\n\
             error audit/unlisted the report counts 1 high vulnerabilities, and lists none\n\
             critical 0, high 1, info 0, low 2, moderate 0, packages 7, vulnerabilities 3"
        );
    }

    #[test]
    fn an_error_comes_before_any_advisory() {
        let report = r#"{"error": {"code": "E1"}, "advisories": {}, "metadata": {"vulnerabilities":
            {"info": 0, "low": 0, "moderate": 0, "high": 0, "critical": 0}, "dependencies": 7}}"#;
        assert_eq!(read(report).unwrap_err().to_string(), "the tool could not do its work: E1");
    }
}
