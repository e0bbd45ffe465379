//! SIGKILL in the middle of `baseline`: what stands there is the old file or the new one, never a half.

use std::process::Stdio;

use crate::story::{OPEN, PROGRAM, Story};

const FILE: &str = "ops-baseline.json";
/// Enough that the file takes a while to write.
const ROUTES: usize = 800;
/// How many kills must meet the file while it is written, and how many are tried for it.
const MET: usize = 3;
const TRIED: usize = 200;

#[test]
fn killed_while_it_is_written_the_baseline_is_the_old_one_or_the_new_one() {
    let story = Story::app().route("old", OPEN);
    story.report(&["baseline"], 0);
    let old = story.repository.read(FILE);
    let story = story.file("package.json", r#"{ "dependencies": { "next": "16.0.3", "express": "5.1.0" } }"#);
    let story = story.file("server.ts", express(ROUTES));
    story.report(&["baseline"], 0);
    let new = story.repository.read(FILE);
    assert!(new.len() > 100 * old.len());

    let mut met = 0;
    for _ in 0..TRIED {
        story.repository.write(FILE, &old);
        met += usize::from(killed_while_writing(&story));
        let left = story.repository.read(FILE);
        assert!(left == old || left == new, "a half of {} bytes", left.len());
        if met == MET {
            break;
        }
    }
    assert_eq!(met, MET, "so many of {TRIED} kills met the file while it was written");
    story.report(&["baseline"], 0);
    assert_eq!(story.repository.read(FILE), new, "the next run is not in the way of what was left");
}

fn express(routes: usize) -> String {
    let mut text = "import express from \"express\";\nconst app = express();\n".to_owned();
    for route in 0..routes {
        text.push_str(&format!("app.get(\"/api/{route}\", (request, response) => response.json([]));\n"));
    }
    text
}

/// Ends the program as soon as a new file stands beside the old one. Whether there was one.
fn killed_while_writing(story: &Story) -> bool {
    let before = partial(story);
    let mut child = (story.runner.command(PROGRAM).arg("baseline"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    while partial(story) == before && child.try_wait().expect("its state").is_none() {}
    child.kill().expect("SIGKILL");
    child.wait().expect("its end");
    partial(story) > before
}

/// How many files there are that became no baseline.
fn partial(story: &Story) -> usize {
    let entries = std::fs::read_dir(story.repository.path()).expect("the repository");
    let names = entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(&format!(".{FILE}."))).count()
}
