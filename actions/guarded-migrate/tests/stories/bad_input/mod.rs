//! Bad input: each kind has its own words, the right exit code, and leaves everything as it was.

mod connection;
mod files;
mod policy;
mod statements;
mod words;

use crate::story::Story;

/// What a run says on standard error that ends before anything was done: exit code 2, the verdict `fail` for the workflow.
fn complaint(story: &Story, words: &[&str]) -> String {
    let before = story.content();
    let outcome = story.run(words);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert_eq!(outcome.stdout, "", "{outcome}");
    assert_eq!(story.content(), before, "{outcome}");
    let text = outcome.stderr.strip_prefix("error: ").unwrap_or_else(|| panic!("{outcome}"));
    text.trim_end().to_owned()
}

/// The same with the other engine's URL, which holds a password that nobody may see.
fn complaint_about(url: &str) -> String {
    let story = Story::sqlite().migration("1_items.sql", "create table items (id int);").env("DATABASE_URL", url);
    let text = complaint(&story, &["plan"]);
    assert!(!text.contains("hunter2"), "{text}");
    text
}
