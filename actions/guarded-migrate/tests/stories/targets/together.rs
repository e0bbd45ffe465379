//! Several databases at once: so many and no more, and the same one twice.

use super::{Tenants, each};

#[test]
fn twenty_sqlite_databases() {
    let urls: Vec<String> = (1..=20).map(|number| format!("file:./tenant {number}.db")).collect();
    let story = Tenants::at(&urls, "").story.migration("2_more.sql", "create table more (id integer primary key);");
    let report = story.passed(&["apply"]);
    assert_eq!(report["headline"], "20 of 20 databases passed");
    assert_eq!(each(&report, "outcome"), vec!["2 migrations applied"; 20]);
    let report = story.passed(&["status"]);
    assert_eq!(each(&report, "pending"), vec![serde_json::json!([]); 20]);
}

#[test]
fn five_postgres_databases_and_never_more_at_once_than_the_policy_says() {
    for width in [1, 2] {
        let tenants = Tenants::postgres(5, &format!("parallel = {width}"));
        let spans = "create table spans (began timestamptz, ended timestamptz); \
                     insert into spans values (clock_timestamp(), null); \
                     do $$ begin perform pg_sleep(0.2); end $$; \
                     update spans set ended = clock_timestamp() where ended is null;";
        let story = tenants.story.migration("2_spans.sql", spans);
        let report = story.passed(&["apply"]);
        assert_eq!(report["headline"], "5 of 5 databases passed");
        let tenants = Tenants { story, ..tenants };
        let seconds = "select extract(epoch from began) || ' ' || extract(epoch from ended) from spans";
        let spans: Vec<(f64, f64)> = (tenants.sql(seconds).iter())
            .map(|line| line.split_once(' ').unwrap())
            .map(|(began, ended)| (began.parse().unwrap(), ended.parse().unwrap()))
            .collect();
        let at_once = |moment: f64| spans.iter().filter(|(began, ended)| (*began..=*ended).contains(&moment)).count();
        let most = spans.iter().map(|(began, _)| at_once(*began)).max().unwrap();
        assert!(most <= width, "{most} at once: {spans:?}");
    }
}

#[test]
fn the_same_postgres_database_under_two_names_is_migrated_once() {
    let one = ops_testing::Postgres::shared().create_database();
    let other_spelling = one.url.replace("127.0.0.1", "localhost");
    assert_ne!(one.url, other_spelling);
    let tenants = Tenants::at(std::slice::from_ref(&one.url), "lock_wait = \"30s\"");
    let story = tenants.story.env("TENANT_URLS", &format!("{}\n{other_spelling}\n{}", one.url, one.url));
    let report = story.passed(&["apply"]);
    let mut outcomes: Vec<String> =
        each(&report, "outcome").iter().map(|outcome| outcome.as_str().unwrap().to_owned()).collect();
    outcomes.sort();
    let applied = outcomes.iter().filter(|outcome| *outcome == "1 migration applied").count();
    assert_eq!(applied, 1, "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| outcome == "1 migration applied" || outcome.starts_with("nothing to apply")));
    assert_eq!(ops_testing::psql(&one.url, "select count(*) from ops_actions.migrations"), "1");
}

#[test]
fn the_same_sqlite_file_under_two_names_is_migrated_once() {
    let story = Tenants::at(&["file:./shop.db".to_owned()], "").story;
    let story = story.env("TENANT_URLS", "file:./shop.db\nsqlite:shop.db\nfile:./../shop link.db");
    let folder = story.root().to_owned();
    std::os::unix::fs::symlink(folder.join("shop.db"), folder.join("../shop link.db")).unwrap();
    let report = story.passed(&["apply"]);
    let outcomes = each(&report, "outcome");
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "1 migration applied").count(), 1, "{outcomes:?}");
}
