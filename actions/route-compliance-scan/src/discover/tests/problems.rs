use proptest::prelude::*;

use ops_testing::TestDir;

use super::{NEXT, found, look};

const OK: &str = "export const GET = () => new Response('ok');";

#[test]
fn a_route_that_cannot_be_parsed_is_a_route_and_a_problem() {
    let folder =
        TestDir::of(&[NEXT, ("app/a/route.ts", "export const GET = (;"), ("pages/api/b.ts", "export default {{")]);
    let (_, discovery) = look(folder.path(), &[]);
    let routes: Vec<String> = discovery.routes.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(routes, ["ANY /a", "ANY /api/b"]);
    let problems: Vec<(&str, u32)> = discovery.problems.iter().map(|one| (one.file.as_str(), one.line)).collect();
    assert_eq!(problems, [("app/a/route.ts", 1), ("pages/api/b.ts", 1)]);
}

#[test]
fn a_file_that_is_no_text_is_a_problem() {
    let folder = TestDir::of(&[NEXT]);
    folder.write("app/a/route.ts", b"export const GET\0");
    folder.write("app/b/route.ts", b"export const GET = '\xff'");
    let (_, discovery) = look(folder.path(), &[]);
    let problems: Vec<String> = discovery.problems.iter().map(|one| format!("{}: {}", one.file, one.message)).collect();
    assert_eq!(problems, ["app/a/route.ts: it is binary: byte 16 is zero", "app/b/route.ts: line 1 is not UTF-8"]);
    assert_eq!(discovery.routes.len(), 2, "nobody knows that they hold no route");
}

#[test]
fn a_file_that_is_no_text_is_no_problem_where_it_cannot_hold_a_route() {
    let folder = TestDir::of(&[NEXT, ("app/a/route.ts", OK)]);
    folder.write("lib/bench.ts", b"const zero = '\0\0'");
    folder.write("lib/film.ts", [0; 4096]);
    folder.write("lib/app.ts", b"import { Hono } from 'hono'; const zero = '\0'");
    let (_, discovery) = look(folder.path(), &[]);
    let problems: Vec<String> = discovery.problems.iter().map(|one| one.file.clone()).collect();
    assert_eq!(problems, ["lib/app.ts"]);
}

#[test]
fn a_test_that_cannot_be_read_is_no_problem_unless_it_may_be_a_server_action() {
    let folder = TestDir::of(&[NEXT, ("app/a/route.ts", OK)]);
    folder.write("lib/names.spec.ts", b"request(express()).get('/null\0byte')");
    folder.write("test/app.ts", b"import { Hono } from 'hono'; const app = new Hono(; '\0'");
    folder.write("test/actions.ts", b"'use server'; const zero = '\0'");
    folder.write("lib/broken.test.ts", b"import express from 'express'; const app = express(;");
    let (_, discovery) = look(folder.path(), &[]);
    let problems: Vec<String> = discovery.problems.iter().map(|one| one.file.clone()).collect();
    assert_eq!(problems, ["test/actions.ts"]);
}

#[test]
fn a_file_that_is_left_out_is_named_with_the_reason() {
    let answers = "export default function handler(req, res) { res.json({}); }";
    let files = [
        NEXT,
        ("app/a/route.ts", OK),
        ("app/b/route.ts", OK),
        ("pages/api/c.test.ts", answers),
        ("pages/api/generated/d.ts", answers),
    ];
    let folder = TestDir::of(&files);
    let (program, discovery) = look(folder.path(), &["app/b/**"]);
    let left_out: Vec<(&str, &str)> =
        discovery.left_out.iter().map(|(file, why)| (program.tree().path(*file), *why)).collect();
    assert_eq!(
        left_out,
        [
            ("app/b/route.ts", "`[routes] exclude` covers it"),
            ("pages/api/c.test.ts", "it is a test"),
            ("pages/api/generated/d.ts", "a program wrote it"),
        ]
    );
    assert_eq!(discovery.routes.len(), 1);
}

#[test]
fn names_with_colons_and_line_breaks_are_files_like_others() {
    assert_eq!(found(&[NEXT, ("app/a::b/route.ts", OK), ("app/c\nd/route.ts", OK)]), ["GET /a::b", "GET /c\nd"]);
}

#[test]
fn nothing_found_says_what_was_looked_for() {
    let folder = TestDir::of(&[("README.md", "")]);
    let (_, discovery) = look(folder.path(), &[]);
    assert!(discovery.routes.is_empty());
    assert!(
        discovery
            .looked_for
            .iter()
            .any(|(framework, what)| framework.word() == "next-app" && what.contains("route.ts"))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn one_more_route_takes_none_away(names in proptest::collection::btree_set("[a-z]{1,3}", 1..6)) {
        let paths: Vec<String> = names.iter().map(|name| format!("app/{name}/route.ts")).collect();
        let mut files = vec![NEXT];
        files.extend(paths.iter().map(|path| (path.as_str(), OK)));
        let all = found(&files);
        prop_assert_eq!(all.len(), names.len());
        files.pop();
        let fewer = found(&files);
        prop_assert!(fewer.iter().all(|one| all.contains(one)));
    }
}
