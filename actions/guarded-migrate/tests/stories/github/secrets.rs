//! Passwords and tokens reach no stream, no file and no comment.

use ops_testing::Postgres;

use super::ITEMS;
use crate::story::{Story, visible};

#[test]
fn a_wrong_password_is_never_shown() {
    let server = Postgres::configure().password().start();
    let database = server.create_database();
    for (written, plain) in [("hunter2", "hunter2"), ("p%40ss%2Fw%C3%B8rd", "p@ss/wørd")] {
        let (_, rest) = database.url.split_once('@').unwrap();
        let url = format!("postgres://postgres:{written}@{rest}");
        let story = Story::at(url).migration("1_items.sql", ITEMS).production();
        for words in [&["plan"][..], &["apply"], &["status"], &["marker", "set"], &["marker", "show"]] {
            let (outcome, report) = story.report(words);
            assert_eq!(outcome.code, Some(1), "{outcome}");
            for file in ["report", "sarif", "summary"] {
                let text = std::fs::read_to_string(&outcome.outputs[file]).unwrap();
                assert!(!text.contains(written) && !text.contains(plain), "{text}");
            }
            let seen = visible(&outcome);
            assert!(!seen.contains(written) && !seen.contains(plain), "{seen}");
            let connection = crate::story::said(&report, "connection");
            assert!(connection.contains("the password is wrong: set the right one in the secret"), "{connection}");
        }
    }
}

#[test]
fn a_password_in_a_url_that_cannot_be_read_is_never_shown() {
    for url in
        ["postgres://postgres:hunter2@", "mysql://root:hunter2@localhost/app", "postgres://postgres:hunter2@localhost"]
    {
        let story = Story::at(url.to_owned()).migration("1_items.sql", ITEMS).production();
        let outcome = story.run(&["apply"]);
        assert_eq!(outcome.code, Some(2), "{outcome}");
        assert!(!visible(&outcome).contains("hunter2"), "{outcome}");
    }
}

#[test]
fn what_a_migration_says_of_a_secret_is_hidden() {
    let server = Postgres::configure().password().start();
    let database = server.create_database();
    let sql = "do $$ begin raise exception 'the password is correct horse'; end $$;";
    let story = Story::at(database.url.clone()).migration("1_shout.sql", sql).production().marked();
    let outcome = story.run(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(visible(&outcome).contains("the password is"), "{outcome}");
    assert!(!visible(&outcome).contains("correct horse"), "{outcome}");
}
