//! How much of the code the tests must run.

use crate::story::{Story, gates};

const LCOV: &str = "TN:\nSF:src/a.ts\nDA:1,1\nDA:2,1\nDA:3,0\nDA:4,1\nLF:4\nLH:3\nBRDA:1,0,0,1\nBRDA:1,0,1,-\nBRF:2\nBRH:1\nend_of_record\n";

fn story(goals: &str) -> Story {
    let policy =
        format!("[gates.unit]\nrun = \"cp made lcov.info\"\nreport = \"lcov.info\"\n[gates.unit.coverage]\n{goals}\n");
    Story::with(&policy).file("made", LCOV).file("src/a.ts", "1\n2\n3\n4\n").file("src/b.ts", "1\n")
}

fn told(goals: &str, code: i32) -> String {
    gates(&story(goals).report(&["--only", "unit"], code)).remove(0)
}

#[test]
fn thresholds_of_the_whole_and_of_some_paths() {
    assert_eq!(told("lines = 75\nbranches = 50", 0), "unit pass: 75 % of lines covered");
    assert_eq!(
        told("lines = 80", 1),
        "unit fail: 75 % of lines covered; 75.0 % of lines covered, and the policy wants 80 %"
    );
    assert_eq!(
        told("branches = 50.01", 1),
        "unit fail: 75 % of lines covered; 50.0 % of branches covered, and the policy wants 50.01 %"
    );
    assert_eq!(
        told("paths = { \"src/*.ts\" = 90 }", 1),
        "unit fail: 75 % of lines covered; 75.0 % of lines of src/*.ts covered, and the policy wants 90 %"
    );
    assert_eq!(
        told("paths = { \"lib/**\" = 90 }", 3),
        "unit unproven: 75 % of lines covered; no report tells the coverage of lines of lib/**"
    );
    assert_eq!(
        told("statements = 1", 3),
        "unit unproven: 75 % of lines covered; no report tells the coverage of statements"
    );
}

#[test]
fn without_a_report_of_coverage_nothing_is_known() {
    let policy = "[gates.unit]\nrun = \"true\"\n[gates.unit.coverage]\nlines = 1\n";
    assert_eq!(
        gates(&Story::with(policy).report(&[], 3)),
        ["unit unproven: ended with 0; nothing shows how many tests ran; no report tells its coverage"]
    );
}

/// A change of line 3, which no test runs, and of line 4, which one does.
fn changed(goal: &str) -> Story {
    let story = story(goal);
    story.repository.git_init();
    story.repository.write("src/a.ts", "1\n2\nold\nold\n");
    let base = story.repository.commit("Begin");
    story.repository.git(&["tag", "base", &base]);
    story.repository.write("src/a.ts", "1\n2\n3\n4\n");
    story.repository.commit("Change");
    story
}

fn of_change(story: &Story, code: i32) -> String {
    gates(&story.report(&["--only", "unit", "--base", "base"], code)).remove(0)
}

#[test]
fn lines_of_the_change_are_judged_by_themselves() {
    assert_eq!(of_change(&changed("changed = 50"), 0), "unit pass: 75 % of lines covered");
    let report = changed("changed = 51").report(&["--only", "unit", "--base", "base"], 1);
    assert_eq!(
        gates(&report),
        ["unit fail: 75 % of lines covered; 50.0 % of the 2 lines of the change covered, and the policy wants 51 %"]
    );
    assert_eq!(report["checks"][0]["id"], "unit");
    assert_eq!(report["next"][0], "unit: test src/a.ts:3");
}

#[test]
fn changed_code_that_no_report_knows_is_told() {
    let story = changed("changed = 50").file("src/b.ts", "2\n").file("src/b.test.ts", "2\n").file("notes.md", "2\n");
    story.repository.commit("More");
    assert_eq!(of_change(&story, 3), "unit unproven: 75 % of lines covered; no coverage is known of `src/b.ts`");
}

#[test]
fn without_a_base_the_change_is_not_known() {
    assert_eq!(
        told("changed = 50", 3),
        "unit unproven: 75 % of lines covered; the coverage of the change is not known: this folder is no git repository"
    );
    let story = changed("changed = 50");
    story.repository.git(&["branch", "-m", "work"]);
    assert_eq!(
        gates(&story.report(&["--only", "unit"], 3)),
        [
            "unit unproven: 75 % of lines covered; the coverage of the change is not known: no commit to compare with is known; give one with --base"
        ]
    );
}
