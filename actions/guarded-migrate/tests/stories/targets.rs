//! Many databases: the URLs of tenants, a few at a time, and one account of all of them.

mod failing;
mod together;

use ops_testing::{Database, Postgres};
use serde_json::Value;

use crate::story::{Story, visible};

const ITEMS: &str = "create table items (id int primary key);";

/// The tenants' databases; dropped with the story.
struct Tenants {
    story: Story,
    databases: Vec<Database>,
}

impl Tenants {
    /// So many empty PostgreSQL databases in the variable `TENANT_URLS`, each marked, and a policy that names it.
    fn postgres(count: usize, policy: &str) -> Self {
        let databases: Vec<Database> = (0..count).map(|_| Postgres::shared().create_database()).collect();
        let urls: Vec<String> = databases.iter().map(|database| database.url.clone()).collect();
        Self { databases, ..Self::at(&urls, policy) }
    }

    /// The same with any URLs.
    fn at(urls: &[String], policy: &str) -> Self {
        let text = format!("[migrations]\ntargets = [\"TENANT_URLS\"]\n{policy}");
        let story = Story::at("unused".to_owned())
            .without("DATABASE_URL")
            .policy(&text)
            .env("TENANT_URLS", &urls.join("\n"))
            .migration("1_items.sql", ITEMS);
        for number in 1..=urls.len() {
            let outcome = story.run(&["marker", "set", "--target", &format!("TENANT_URLS/{number}")]);
            assert_eq!(outcome.code, Some(0), "{outcome}");
        }
        Self { story, databases: Vec::new() }
    }

    /// What this query says in each database.
    fn sql(&self, sql: &str) -> Vec<String> {
        self.databases.iter().map(|database| ops_testing::psql(&database.url, sql)).collect()
    }

    fn items(&self) -> Vec<String> {
        self.sql("select count(*) from pg_class where relname = 'items'")
    }
}

/// A field of each target in a report.
fn each(report: &Value, field: &str) -> Vec<Value> {
    let targets = report["details"]["targets"].as_array().unwrap_or_else(|| panic!("no targets in {report:#}"));
    targets.iter().map(|target| target[field].clone()).collect()
}

#[test]
fn every_database_of_every_variable_is_migrated_and_told() {
    let tenants = Tenants::postgres(3, "");
    let Tenants { story, databases } = tenants;
    let urls: Vec<&str> = databases.iter().map(|database| database.url.as_str()).collect();
    let story = story
        .policy("[migrations]\ntargets = [\"TENANT_URLS\", \"MORE_URLS\"]\n")
        .env("TENANT_URLS", &format!("\n  {}  \n\n{}\n", urls[0], urls[1]))
        .env("MORE_URLS", urls[2]);
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert_eq!(report["headline"], "3 of 3 databases passed");
    assert_eq!(each(&report, "target"), ["TENANT_URLS/1", "TENANT_URLS/2", "MORE_URLS/1"]);
    assert_eq!(each(&report, "verdict"), ["pass"; 3]);
    assert_eq!(each(&report, "applied"), vec![serde_json::json!(["1"]); 3]);
    assert_eq!(each(&report, "outcome"), ["1 migration applied"; 3]);
    assert_eq!(Tenants { story, databases }.items(), ["1"; 3]);
}

#[test]
fn one_bad_url_refuses_before_any_database_is_touched() {
    let tenants = Tenants::postgres(1, "");
    let good = &tenants.databases[0].url;
    let urls = format!("{good}\npostgres://owner:hunter2-hunter2@127.0.0.1:1\nmysql://root:hunter2-hunter2@host/app\n");
    let story = tenants.story.env("TENANT_URLS", &urls);
    let outcome = story.run(&["apply"]);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert_eq!(
        outcome.stderr,
        "error: TENANT_URLS/2: the connection URL names no database; end it with /DATABASE, as in \
         postgres://USER:PASSWORD@HOST/DATABASE\n\
         TENANT_URLS/3: the connection URL starts with neither postgres://, postgresql://, file: nor sqlite:\n"
    );
    assert_eq!(ops_testing::psql(good, "select count(*) from pg_class where relname = 'items'"), "0");
}

#[test]
fn a_variable_without_a_url_is_refused_though_another_has_some() {
    for (name, value) in [("MORE_URLS", ""), ("MORE_URLS", " \n \n"), ("ANOTHER", "file:./x.db")] {
        let story = Tenants::at(&["file:./one.db".to_owned()], "").story;
        let story = story.policy("[migrations]\ntargets = [\"TENANT_URLS\", \"MORE_URLS\"]\n").env(name, value);
        let outcome = story.run(&["apply"]);
        assert_eq!(outcome.code, Some(2), "{outcome}");
        assert_eq!(
            outcome.stderr,
            "error: migrations.targets names MORE_URLS, which holds no URL: set it to one URL a line\n"
        );
    }
}

#[test]
fn the_matrix_names_each_target_with_its_plan_and_a_job_applies_just_that_plan() {
    let tenants = Tenants::postgres(3, "");
    // The third then has nothing pending.
    let outcome = tenants.story.run(&["apply", "--target", "TENANT_URLS/3"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let Tenants { story, databases } = tenants;
    let on_github = Story { runner: ops_testing::FakeRunner::new(story.repository.path()), ..story };
    let urls: Vec<&str> = databases.iter().map(|database| database.url.as_str()).collect();
    let story = on_github.env("TENANT_URLS", &urls.join("\n"));
    let outcome = story.run(&["plan"]);
    let matrix: Value = serde_json::from_str(&outcome.outputs["matrix"]).unwrap();
    let include = matrix["include"].as_array().unwrap();
    let names: Vec<_> = include.iter().map(|one| one["target"].as_str().unwrap()).collect();
    assert_eq!(names, ["TENANT_URLS/1", "TENANT_URLS/2"], "{outcome}");
    assert_eq!(include[0]["pending"], 1);
    let digests: Vec<_> = include.iter().map(|one| one["plan-digest"].as_str().unwrap()).collect();
    assert_ne!(digests[0], digests[1], "a plan is of one database");

    let job = |target: &str, digest: &str| story.report(&["apply", "--target", target, "--plan-digest", digest]);
    let (outcome, report) = job("TENANT_URLS/1", digests[1]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(report["headline"], "refused, nothing was changed");
    let (outcome, report) = job("TENANT_URLS/1", digests[0]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert_eq!(report["details"]["target"], "TENANT_URLS/1");
    assert_eq!(report["details"]["applied"], serde_json::json!(["1"]));
    assert_eq!(Tenants { story, databases }.items(), ["1", "0", "1"]);
}

#[test]
fn the_plans_of_all_databases_together_admit_one_apply_of_all() {
    let tenants = Tenants::postgres(2, "");
    let (_, plan) = tenants.story.report(&["plan"]);
    let digests: Vec<String> =
        each(&plan, "plan_digest").iter().map(|digest| digest.as_str().unwrap().to_owned()).collect();
    let (outcome, report) = tenants.story.report(&["apply", "--plan-digest", &digests[1]]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(each(&report, "verdict")[0], "fail", "the plan of the second admits nothing in the first");
    assert_eq!(tenants.items()[0], "0");
    let (_, plan) = tenants.story.report(&["plan"]);
    let digests: Vec<String> =
        each(&plan, "plan_digest").iter().map(|digest| digest.as_str().unwrap().to_owned()).collect();
    let outcome = tenants.story.run(&["apply", "--plan-digest", &digests.join(",")]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert_eq!(tenants.items(), ["1"; 2]);
}

#[test]
fn no_password_of_any_url_is_ever_seen() {
    let tenants = Tenants::postgres(2, "on_failure = \"continue\"");
    // The server trusts everybody, so any password will do; nobody listens at the third.
    let with =
        |database: &Database, password: &str| database.url.replace("postgres@", &format!("postgres:{password}@"));
    let urls = [
        with(&tenants.databases[0], "first-secret"),
        with(&tenants.databases[1], "second%2Fsecret"),
        "postgres://owner:third-secret@127.0.0.1:1/shop".to_owned(),
    ];
    let story = Story { runner: ops_testing::FakeRunner::new(tenants.story.repository.path()), ..tenants.story };
    let story = story.env("TENANT_URLS", &urls.join("\n"));
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let seen = format!("{}{report}", visible(&outcome));
    for secret in ["first-secret", "second%2Fsecret", "second/secret", "third-secret"] {
        assert!(!seen.contains(secret), "{outcome}");
    }
    assert!(urls.iter().all(|url| outcome.masks.contains(url)), "{:?}", outcome.masks);
}
