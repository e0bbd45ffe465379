//! Branches are named by what they are for, and do not live long.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ops_core::policy::Release;
use ops_core::{Finding, Place, Severity, glob};

use super::NEXT;
use crate::built_in::BuiltIn;
use crate::built_in::rule::judged;
use crate::outcome::Outcome;
use crate::situation::Situation;

pub(in crate::built_in) const GATE: BuiltIn =
    BuiltIn { id: "branch", title: "The branch is named by its purpose, and young", check };

rule! {
    /// ## What it does
    /// Compares the branch's name with the patterns of `[release] branches`: `feat/**`, `fix/**`, `chore/**`, `hotfix/**`, releases,
    /// and what bots make. It is a warning by the usual patterns, and an error by the policy's own. The trunk, tags, and branches
    /// of forks are not asked.
    ///
    /// ## Why is this bad
    /// The name is what people see in a list of fifty. `patch-3` tells neither what it is nor whether it may be deleted.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// git checkout -b patch-3
    /// # after
    /// git checkout -b fix/cart-loses-items
    /// ```
    NAME: "release/branch-name", "A branch that is not named by its purpose"
}

rule! {
    /// ## What it does
    /// Finds a branch whose first commit after it left the trunk is older than `[release] branch_age`, two days unless the policy says
    /// otherwise. Branches of bots and of releases may be older.
    ///
    /// ## Why is this bad
    /// The longer a branch lives, the more of the trunk it does not know, and the larger the change that somebody must review at once.
    ///
    /// ## Instead
    /// ```sh
    /// # before: three weeks of work on one branch
    /// git log --format=%ad main..feat/cart
    /// # after: the part that is done is merged behind a flag, the rest begins anew
    /// git checkout -b feat/cart-totals main
    /// ```
    AGE: "release/branch-age", "A branch that lives too long"
}

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let name = name(situation)?;
    let release = &situation.policy.release;
    if name == release.trunk {
        return None;
    }
    let mut findings = Vec::new();
    // How others name theirs is theirs to decide.
    if !situation.event.from_fork {
        findings.extend(named(release, &name));
    }
    let mut unread = Vec::new();
    if !is_long_lived(&name) {
        match situation.commits() {
            Ok(commits) => {
                let first = commits.iter().filter_map(|commit| day(commit.written)).min();
                findings.extend(first.and_then(|first| old(release, situation.today, &name, first)));
            }
            Err(reason) => unread.push(format!("how old {name} is cannot be told: {reason}")),
        }
    }
    let mut outcome = judged(name, findings, &unread);
    if let Some(next) = outcome.next.as_mut().filter(|_| !unread.is_empty()) {
        NEXT.clone_into(next);
    }
    Some(outcome)
}

/// The branch that is judged; none for a tag, the merge queue, and where git is on no branch.
fn name(situation: &Situation<'_>) -> Option<String> {
    let event = &situation.event;
    if event.pull_request.is_some() {
        return situation.variables.get("GITHUB_HEAD_REF").map(str::to_owned);
    }
    if !event.reference.is_empty() {
        let name = event.reference.strip_prefix("refs/heads/")?;
        return (event.name != "merge_group").then(|| name.to_owned());
    }
    let told = situation.git?.text(&["symbolic-ref", "--quiet", "--short", "HEAD"]).ok()?;
    Some(told.trim().to_owned()).filter(|name| !name.is_empty())
}

fn named(release: &Release, name: &str) -> Option<Finding> {
    if release.branches.iter().any(|pattern| glob::matches(pattern, name)) {
        return None;
    }
    let is_usual = release.branches == Release::default().branches;
    let severity = if is_usual { Severity::Warning } else { Severity::Error };
    let message = format!("the branch {name} is named by none of {}", release.branches.join(", "));
    let help = "Rename it, as in `git branch -m fix/what-it-mends`, or add the pattern to `[release] branches`.";
    Some(NAME.finding(severity, Place::file("ops.toml"), &[name], message, help))
}

fn old(release: &Release, today: Date, name: &str, first: Date) -> Option<Finding> {
    let limit = i64::try_from(release.branch_age.as_millis() / 86_400_000).unwrap_or(i64::MAX);
    let days = i64::from(today.since(first).ok()?.get_days());
    if days <= limit {
        return None;
    }
    let message = format!("the branch {name} began on {first}, {days} days ago; {} is the limit", release.branch_age);
    let help = "Merge what is done, behind a flag where it must not be seen yet, and begin anew for the rest.";
    Some(AGE.finding(Severity::Warning, Place::file("ops.toml"), &[name], message, help))
}

fn is_long_lived(name: &str) -> bool {
    const STARTS: [&str; 5] = ["release/", "changeset-release/", "dependabot/", "renovate/", "gh-readonly-queue/"];
    STARTS.iter().any(|start| name.starts_with(start))
}

fn day(seconds: i64) -> Option<Date> {
    Some(Timestamp::from_second(seconds).ok()?.to_zoned(TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::GATE;
    use crate::built_in::testing::Repository;

    /// On a branch with one commit of 2026-01-01.
    fn on(branch: &str) -> Repository {
        let mut repository = Repository::with(&[("a", "1")]);
        repository.folder.git(&["checkout", "--quiet", "-b", branch]);
        repository.today = date(2026, 1, 3);
        repository.change("Work", &[("a", "2")])
    }

    #[test]
    fn a_young_branch_with_a_good_name_passes() {
        for name in ["feat/cart", "fix/a/b", "chore/x", "hotfix/x", "dependabot/npm_and_yarn/zod-3"] {
            assert_eq!(on(name).verdict(&GATE), format!("pass: {name}"));
        }
    }

    #[test]
    fn another_name_is_a_warning_and_an_error_by_the_policys_own() {
        let usual = on("patch-3");
        assert_eq!(
            usual.finds(&GATE),
            [
                "warning release/branch-name ops.toml:1: the branch patch-3 is named by none of feat/**, fix/**, chore/**, hotfix/**, release/**, changeset-release/**, revert-*, dependabot/**, renovate/**, gh-readonly-queue/**"
            ]
        );
        let own = usual.policy("[release]\nbranches = [\"task/*\"]\n");
        assert_eq!(own.verdict(&GATE), "fail: ops.toml: the branch patch-3 is named by none of task/*");
    }

    #[test]
    fn more_than_two_days_are_told() {
        let mut repository = on("feat/cart");
        repository.today = date(2026, 1, 4);
        assert_eq!(
            repository.finds(&GATE),
            [
                "warning release/branch-age ops.toml:1: the branch feat/cart began on 2026-01-01, 3 days ago; 2d is the limit"
            ]
        );
        let patient = repository.policy("[release]\nbranch_age = \"14d\"\n");
        assert_eq!(patient.verdict(&GATE), "pass: feat/cart");
        let mut bot = on("renovate/zod");
        bot.today = date(2026, 3, 1);
        assert_eq!(bot.verdict(&GATE), "pass: renovate/zod");
    }

    #[test]
    fn the_trunk_tags_and_the_queue_are_not_asked() {
        assert_eq!(Repository::with(&[("a", "1")]).verdict(&GATE), "not asked");
        for (name, reference) in [
            ("push", "refs/tags/v1.0.0"),
            ("push", "refs/heads/main"),
            ("merge_group", "refs/heads/gh-readonly-queue/main/pr-1"),
        ] {
            let mut repository = on("patch-3");
            (repository.event.name, repository.event.reference) = (name.to_owned(), reference.to_owned());
            assert_eq!(repository.verdict(&GATE), "not asked", "{reference}");
        }
    }

    #[test]
    fn a_forks_branch_may_have_any_name_and_is_asked_for_its_age() {
        let mut repository = on("feat/x").variables(&[("GITHUB_HEAD_REF", "patch-3")]);
        (repository.event.pull_request, repository.event.from_fork) = (Some(1), true);
        assert_eq!(repository.verdict(&GATE), "pass: patch-3");
        repository.base = Err("this clone does not reach back to where the work since main began".to_owned());
        assert_eq!(
            repository.verdict(&GATE),
            "unproven: how old patch-3 is cannot be told: this clone does not reach back to where the work since main began"
        );
        assert_eq!(repository.asks(&GATE).unwrap().next.as_deref(), Some(super::NEXT));
    }
}
