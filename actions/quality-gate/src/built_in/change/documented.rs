//! Documents change together with what they describe.

use ops_core::{Place, Severity, glob};

use super::{changed, unanswered};
use crate::built_in::BuiltIn;
use crate::built_in::rule::{count, judged};
use crate::outcome::Outcome;
use crate::situation::Situation;

pub(in crate::built_in) const GATE: BuiltIn =
    BuiltIn { id: "docs", title: "Documents change with what they describe", check };

rule! {
    /// ## What it does
    /// Finds a change of files that an entry of `[[release.docs]]` names in `when` without a change of any file that it names in
    /// `touch`. Asks nothing where the policy has no entry.
    ///
    /// ## Why is this bad
    /// A document that is wrong is worse than none: people act on it.
    ///
    /// ## Instead
    /// ```toml
    /// # ops.toml
    /// [[release.docs]]
    /// when = "prisma/**"
    /// touch = "docs/schema.md"
    /// # before: the change holds prisma/schema.prisma
    /// # after: the change holds prisma/schema.prisma and docs/schema.md
    /// ```
    UNDOCUMENTED: "release/undocumented", "What a document describes changed, and not the document"
}

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let rules = &situation.policy.release.docs;
    if rules.is_empty() {
        return None;
    }
    let changed = match changed(situation) {
        Ok(changed) => changed,
        Err(reason) => return unanswered(reason),
    };
    let find = |pattern: &str| changed.keys().find(|path| glob::matches(pattern, path));
    let mut findings = Vec::new();
    for rule in rules {
        if let (Some(path), None) = (find(&rule.when), find(&rule.touch)) {
            let message = format!("{path} changed, and {} did not", rule.touch);
            let help = format!("Bring {} in step with it; it is named in `[[release.docs]]`.", rule.touch);
            let place = Place::file(path.as_str());
            findings.push(UNDOCUMENTED.finding(Severity::Error, place, &[&rule.touch], message, help));
        }
    }
    Some(judged(format!("{} kept", count(rules.len(), "rule")), findings, &[]))
}

#[cfg(test)]
mod tests {
    use super::GATE;
    use crate::built_in::testing::Repository;

    const POLICY: &str = "[[release.docs]]\nwhen = \"prisma/**\"\ntouch = \"docs/schema*.md\"\n";

    fn changed(files: &[(&str, &str)]) -> Repository {
        Repository::with(&[("prisma/schema.prisma", "1"), ("docs/schema.md", "1")]).change("Change", files)
    }

    #[test]
    fn the_document_changes_with_it() {
        let both = changed(&[("prisma/schema.prisma", "2"), ("docs/schema.md", "2")]).policy(POLICY);
        assert_eq!(both.verdict(&GATE), "pass: 1 rule kept");
        assert_eq!(changed(&[("src/a.ts", "2")]).policy(POLICY).verdict(&GATE), "pass: 1 rule kept");
    }

    #[test]
    fn what_changes_alone_is_told() {
        let alone = changed(&[("prisma/schema.prisma", "2")]);
        assert_eq!(alone.verdict(&GATE), "not asked", "without a rule");
        let alone = alone.policy(POLICY);
        assert_eq!(
            alone.finds(&GATE),
            [
                "error release/undocumented prisma/schema.prisma:1: prisma/schema.prisma changed, and docs/schema*.md did not"
            ]
        );
        assert_eq!(
            alone.asks(&GATE).unwrap().next.as_deref(),
            Some("Bring docs/schema*.md in step with it; it is named in `[[release.docs]]`.")
        );
    }
}
