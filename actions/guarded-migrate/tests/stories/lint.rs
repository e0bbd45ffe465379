//! `lint`: hazards in files, without a database.

use ops_testing::{Event, FakeRunner};

use crate::story::{Story, said};

const ITEMS: &str = "create table items (id bigint primary key, note text);\n";
const DROPS: &str = "alter table items drop column note;\n";

/// A repository with one merged migration and a branch `topic`; no database, no token, as on a fork's pull request.
fn topic() -> (Story, String) {
    let story = Story::postgres().migration("1_items.sql", ITEMS).without("DATABASE_URL");
    let base = story.repository.git_init();
    story.repository.git(&["switch", "--quiet", "--create", "topic"]);
    (story, base)
}

fn commit(story: Story) -> (Story, String) {
    let head = story.repository.commit("Change");
    (story, head)
}

#[test]
fn all_files_are_looked_at_where_nothing_says_what_changed() {
    let story =
        Story::postgres().migration("1_items.sql", ITEMS).migration("2_drop.sql", DROPS).without("DATABASE_URL");
    let (outcome, report) = story.report(&["lint"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(report["headline"], "would be refused");
    assert_eq!(said(&report, "changes"), "pass: 2 files, all there are");
    assert!(said(&report, "hazards").starts_with("pass: no other errors, "), "{report:#}");
    let allow = check_digest(&report);
    assert_eq!(
        said(&report, "destructive"),
        format!(
            "fail: data would be destroyed, which is not allowed, in 1 statement: migrations/2_drop.sql:1\n\
             next: after review, add to the policy's [migrations]: allow_destructive = [\"{allow}\"], and give --backup-reference"
        )
    );
    let finding = &report["findings"][0];
    assert_eq!((finding["rule"].as_str(), finding["start_line"].as_u64()), (Some("migration/drops-column"), Some(1)));
}

/// The beginning of the digest of the last migration's first statement, as the plan prints it.
fn check_digest(report: &serde_json::Value) -> String {
    let migrations = report["details"]["migrations"].as_array().expect("migrations");
    let digest = migrations.last().expect("a migration")["statements"][0]["sql_digest"].as_str().expect("a digest");
    digest.chars().take("sha256:".len() + 16).collect()
}

#[test]
fn what_the_policy_allows_passes_without_a_backup_since_nothing_is_done() {
    let story =
        Story::postgres().migration("1_items.sql", ITEMS).migration("2_drop.sql", DROPS).without("DATABASE_URL");
    let allow = check_digest(&story.report(&["lint"]).1);
    let story = story.policy(&format!("[migrations]\nallow_destructive = [\"{allow}\"]\n"));
    let report = story.passed(&["lint"]);
    assert_eq!(said(&report, "destructive"), "pass: 1 statement may destroy data");
    assert_eq!(report["findings"][0]["waived_by"], "migrations.allow_destructive");
}

#[test]
fn a_pull_request_is_compared_with_its_base_by_itself() {
    let (story, base) = topic();
    let (story, head) = commit(story.migration("2_drop.sql", DROPS));
    let runner = FakeRunner::new(story.root()).event(&Event::fork_pull_request(7, &head, &base));
    let story = Story { runner, ..story };
    let (outcome, report) = story.report(&["lint"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(said(&report, "changes"), "pass: 1 files added, none that was merged before is altered");
    assert_eq!(report["details"]["pending"], serde_json::json!(["2"]));
    let files: Vec<_> = outcome.annotations.iter().filter_map(|annotation| annotation.file.as_deref()).collect();
    assert_eq!(files, ["migrations/2_drop.sql"], "{outcome}");
}

#[test]
fn so_is_a_group_in_the_merge_queue() {
    let (story, base) = topic();
    let (story, head) = commit(story.migration("2_note.sql", "comment on table items is 'goods';\n"));
    let runner = FakeRunner::new(story.root()).event(&Event::merge_group(&head, &base));
    let report = Story { runner, ..story }.passed(&["lint"]);
    assert_eq!(report["headline"], "1 files, nothing in the way");
}

#[test]
fn a_merged_file_that_is_edited_or_deleted_fails() {
    let (story, base) = topic();
    let (story, _) = commit(story.migration("1_items.sql", "create table items (id bigint primary key);\n"));
    let words = ["lint", "--base", &base];
    let (outcome, report) = story.report(&words);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let next = "next: put the old bytes back, and write a new migration";
    let said_of_changes = format!("fail: merged before, and altered here: migrations/1_items.sql\n{next}");
    assert_eq!(said(&report, "changes"), said_of_changes);
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "migration/edited");
    assert_eq!(finding["path"], "migrations/1_items.sql");
    assert_eq!(finding["message"], "this migration was merged before, so it may have run somewhere with its old bytes");

    // A rename is a deletion and a new file.
    std::fs::rename(story.root().join("migrations/1_items.sql"), story.root().join("migrations/2_items.sql")).unwrap();
    let (story, _) = commit(story);
    let (outcome, report) = story.report(&words);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(said(&report, "changes"), said_of_changes);
}

#[test]
fn a_file_that_is_new_on_the_branch_may_be_edited_there() {
    let (story, base) = topic();
    let (story, _) = commit(story.migration("2_note.sql", "comment on table items is 'godos';\n"));
    let (story, _) = commit(story.migration("2_note.sql", "comment on table items is 'goods';\n"));
    story.passed(&["lint", "--base", &base]);
}

#[test]
fn what_main_gained_meanwhile_is_not_this_branchs_change() {
    let (story, _) = topic();
    let (story, _) = commit(story.migration("2_note.sql", "comment on table items is 'goods';\n"));
    story.repository.git(&["switch", "--quiet", "main"]);
    let (story, _) = commit(story.migration("3_drop.sql", DROPS));
    story.repository.git(&["switch", "--quiet", "topic"]);
    let report = story.passed(&["lint", "--base", "main"]);
    assert_eq!(report["details"]["pending"], serde_json::json!(["2"]));
}

#[test]
fn without_the_base_in_the_clone_the_answer_is_unproven() {
    let (story, base) = topic();
    let (story, head) = commit(story.migration("2_note.sql", "comment on table items is 'goods';\n"));
    let shallow = Story::sqlite();
    let from = format!("file://{}", story.root().display().to_string().replace('%', "%25"));
    shallow.repository.git(&["clone", "--quiet", "--depth=1", "--branch=topic", &from, "clone"]);
    let root = shallow.root().join("clone");
    let runner = FakeRunner::new(&root).event(&Event::pull_request(7, &head, &base));
    let (outcome, report) = Story { runner, ..shallow }.report(&["lint"]);
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert_eq!(report["headline"], "cannot be proven");
    assert_eq!(
        said(&report, "changes"),
        format!(
            "unproven: what changed is not known: the commit {base} is not in this clone\n\
             next: run in a checkout with enough history (fetch-depth: 0), or name another commit with --base"
        )
    );
}

#[test]
fn a_base_that_is_a_flag_or_no_repository_at_all_is_unproven_too() {
    let (story, _) = topic();
    let (outcome, report) = story.report(&["lint", "--base=--output=/tmp/x"]);
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert!(said(&report, "changes").contains("--output=/tmp/x is not a revision"), "{outcome}");
    let bare = Story::sqlite().migration("1_items.sql", ITEMS);
    let (outcome, report) = bare.report(&["lint", "--base", "main"]);
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert!(said(&report, "changes").contains("not a git repository"), "{outcome}");
}

#[test]
fn an_ignore_comment_counts_with_a_reason() {
    let lock = "lock table items in access exclusive mode;\n";
    let story = |comment: &str, policy: &str| {
        let story = Story::postgres().without("DATABASE_URL").policy(policy).migration("1_items.sql", ITEMS);
        story.migration("2_lock.sql", &format!("{comment}{lock}"))
    };
    let finding = |story: &Story| story.report(&["lint"]).1["findings"][0].clone();

    let with_reason = story("-- ops-ignore migration/locks-table: the release before this one is gone\n", "");
    assert_eq!(finding(&with_reason)["rule"], "migration/locks-table");
    assert_eq!(finding(&with_reason)["waived_by"], "comment in the file: the release before this one is gone");
    let bare = "-- ops-ignore migration/locks-table\n";
    let without = finding(&story(bare, ""));
    assert_eq!(without["waived_by"], serde_json::Value::Null);
    let help = without["help"].as_str().unwrap();
    assert!(
        help.ends_with("The ignore comment counts only with a reason: `-- ops-ignore rule: why it is safe`."),
        "{help}"
    );
    let lenient = story(bare, "[migrations]\nignore_needs_reason = false\n");
    assert_eq!(finding(&lenient)["waived_by"], "comment in the file: no reason given");
}

const WAIVER: &str = "[[waivers]]\nrule = \"migration/edited\"\npath = \"migrations/2_*.sql\"\nowner = \"@platform\"\n\
                      reason = \"done in the night\"\n";

fn waived(rule: &str, last_day: &str) -> String {
    WAIVER.replace("migration/edited", rule) + &format!("expires = {last_day}\n")
}

/// An error that is no loss of data, and is waived by the policy.
#[test]
fn a_waiver_in_the_policy_lets_an_error_through_until_its_last_day() {
    let sql = "alter type mood add value 'sad';\ninsert into moods (mood) values ('sad');\n";
    let story = |policy: &str| {
        let story = Story::postgres().without("DATABASE_URL").policy(policy).migration("1_items.sql", ITEMS);
        story.migration("2_mood.sql", sql)
    };
    let (outcome, report) = story("").report(&["lint"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let errors = report["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error");
    let rules: std::collections::BTreeSet<_> = errors.map(|finding| finding["rule"].as_str().unwrap()).collect();
    assert_eq!(rules.into_iter().collect::<Vec<_>>(), ["migration/uses-new-enum-value"], "{outcome}");

    let (_, report) = story(&waived("migration/uses-new-enum-value", "2999-12-31")).report(&["lint"]);
    assert!(said(&report, "hazards").starts_with("pass: no errors"), "{report:#}");
    let waived_finding = |report: &serde_json::Value, rule: &str| {
        let findings = report["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["rule"] == rule).unwrap_or_else(|| panic!("{report:#}")).clone()
    };
    let finding = waived_finding(&report, "migration/uses-new-enum-value");
    assert_eq!(finding["waived_by"], "@platform: done in the night");

    let (outcome, report) = story(&waived("migration/uses-new-enum-value", "2020-01-01")).report(&["lint"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let finding = waived_finding(&report, "policy/expired-waiver");
    assert_eq!((finding["path"].as_str(), finding["start_line"].as_u64()), (Some("ops.toml"), Some(1)));
}

#[test]
fn a_waiver_never_lets_data_be_destroyed() {
    let story = Story::postgres().without("DATABASE_URL").policy(&waived("migration/drops-column", "2999-12-31"));
    let (outcome, report) = story.migration("1_items.sql", ITEMS).migration("2_drop.sql", DROPS).report(&["lint"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(report["findings"][0]["rule"], "migration/drops-column");
    assert_eq!(report["findings"][0]["waived_by"], serde_json::Value::Null);
}

#[test]
fn a_waiver_that_covers_nothing_is_told_unless_it_is_about_another_action_or_other_files() {
    let rules = |policy: &str| -> Vec<String> {
        let story = Story::postgres().without("DATABASE_URL").policy(policy).migration("2_items.sql", ITEMS);
        let report = story.passed(&["lint"]);
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(rules(&waived("migration/locks-table", "2999-12-31")), ["policy/unused-waiver"]);
    assert_eq!(rules(&waived("route/unguarded", "2999-12-31")), [""; 0]);
    assert_eq!(rules(&waived("migration/locks-table", "2999-12-31").replace("2_*", "1_*")), [""; 0]);
}

#[test]
fn sqlite_files_are_judged_as_sqlites() {
    // SQLite has no ALTER COLUMN and no int that overflows; PostgreSQL's rules would say much about this.
    let sql =
        "create table items (id integer primary key autoincrement);\npragma foreign_keys = off;\ndrop table goods;\n";
    let prisma = Story::sqlite()
        .file("prisma/migrations/20260105090000_init/migration.sql", sql)
        .file("prisma/migrations/migration_lock.toml", "provider = \"sqlite\"\n")
        .without("DATABASE_URL");
    let rules = |story: &Story| -> Vec<String> {
        let (outcome, report) = story.report(&["lint"]);
        assert_eq!(outcome.code, Some(1), "{outcome}");
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(rules(&prisma), ["migration/drops-table"]);
    // Plain SQL does not say its engine; the URL does, and nothing is opened.
    let plain = Story::sqlite().migration("1_items.sql", sql);
    assert_eq!(rules(&plain), ["migration/drops-table"]);
    assert!(!plain.root().join("dev.db").exists());
}

#[test]
fn what_is_not_committed_yet_is_looked_at_too() {
    let (story, base) = topic();
    let story = story.migration("2_drop.sql", DROPS);
    let (outcome, report) = story.report(&["lint", "--base", &base]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(report["findings"][0]["path"], "migrations/2_drop.sql");
    let story = story.migration("1_items.sql", &format!("{ITEMS}-- more\n"));
    let (_, report) = story.report(&["lint", "--base", &base]);
    assert!(said(&report, "changes").starts_with("fail: merged before, and altered here: migrations/1_items.sql"));
}
