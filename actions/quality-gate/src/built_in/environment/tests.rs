use super::example::{lines, real};
use super::{GATE, history};
use crate::built_in::testing::Repository;
use proptest::prelude::*;

const IGNORE: (&str, &str) = (".gitignore", ".env*\n!.env.example\n");

fn finds(example: &str, code: &str) -> Vec<String> {
    Repository::with(&[IGNORE, (".env.example", example), ("src/env.ts", code)]).finds(&GATE)
}

#[test]
fn a_variable_that_is_listed_is_silent() {
    assert_eq!(finds("DATABASE_URL=\n", "export const url = process.env.DATABASE_URL;"), [""; 0]);
    assert_eq!(finds("export API_URL=x\n", "export const url = import.meta.env.API_URL;"), [""; 0]);
    assert_eq!(
        finds("A_B=\n", "export const a = process.env.A_B ?? process.env.NODE_ENV ?? process.env.VERCEL_URL;"),
        [""; 0]
    );
}

#[test]
fn a_variable_that_is_not_listed_is_told_once() {
    let code = "const a = process.env.STRIPE_KEY;\nconst b = process.env.STRIPE_KEY;\n";
    let expected = [
        "error repository/undocumented-variable src/env.ts:1: `STRIPE_KEY` is read here, and no .env.example lists it",
    ];
    assert_eq!(finds("", code), expected);
    let repository = Repository::with(&[IGNORE, (".env.example", ""), ("src/env.ts", code)]);
    assert_eq!(repository.asks(&GATE).unwrap().next.as_deref(), Some("Add the line `STRIPE_KEY=` to .env.example."));
    let free = repository.policy("[release.environment]\nignore = [\"STRIPE_*\"]\n");
    assert_eq!(free.verdict(&GATE), "pass: 1 variable read in 1 file");
}

#[test]
fn the_keys_of_a_schema_are_variables() {
    let code =
        "export const env = createEnv({ server: { API_KEY: z.string() }, experimental__runtimeEnv: process.env });";
    assert_eq!(finds("API_KEY=\n", code), [""; 0]);
    let expected =
        ["error repository/undocumented-variable src/env.ts:1: `API_KEY` is read here, and no .env.example lists it"];
    assert_eq!(finds("", code), expected);
    assert_eq!(finds("", &code.replace("process.env", "other")), [""; 0]);
}

#[test]
fn functions_of_supabase_have_what_it_gives_them() {
    let code =
        "const url = Deno.env.get('SUPABASE_URL')!, key = Deno.env.get('STRIPE_KEY')!, at = Deno.env.get('SB_REGION');";
    let told =
        |path: &str, example: &str| Repository::with(&[IGNORE, (".env.example", example), (path, code)]).finds(&GATE);
    let expected = |path: &str, name: &str| {
        format!("error repository/undocumented-variable {path}:1: `{name}` is read here, and no .env.example lists it")
    };
    let function = "supabase/functions/pay/index.ts";
    assert_eq!(told(function, ""), [expected(function, "STRIPE_KEY")]);
    assert_eq!(told(function, "STRIPE_KEY=\n"), [""; 0]);
    // Elsewhere somebody must set it.
    let all = ["SUPABASE_URL", "STRIPE_KEY", "SB_REGION"].map(|name| expected("src/pay.ts", name));
    assert_eq!(told("src/pay.ts", ""), all);
}

#[test]
fn tests_are_silent_and_prisma_is_not() {
    let schema = "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n";
    let files =
        [IGNORE, (".env.example", ""), ("src/a.test.ts", "process.env.ONLY_TESTS;"), ("prisma/schema.prisma", schema)];
    assert_eq!(
        Repository::with(&files).finds(&GATE),
        [
            "error repository/undocumented-variable prisma/schema.prisma:3: `DATABASE_URL` is read here, and no .env.example lists it"
        ]
    );
}

#[test]
fn the_example_of_a_package_counts_for_its_code_only() {
    let code = "export const a = process.env.WEB_KEY;";
    let files = [IGNORE, ("apps/web/.env.example", "WEB_KEY=\n"), ("apps/web/a.ts", code), ("apps/api/a.ts", code)];
    assert_eq!(
        Repository::with(&files).finds(&GATE),
        [
            "error repository/undocumented-variable apps/api/a.ts:1: `WEB_KEY` is read here, and no .env.example lists it"
        ]
    );
}

#[test]
fn without_an_example_there_is_one_warning() {
    let code = "const a = process.env.ONE_KEY; const b = process.env.TWO_KEY;";
    let repository = Repository::with(&[IGNORE, ("src/env.ts", code)]);
    assert_eq!(
        repository.finds(&GATE),
        [
            "warning repository/undocumented-variable src/env.ts:1: the code reads `ONE_KEY` and 1 other variable, and there is no .env.example"
        ]
    );
    assert_eq!(repository.verdict(&GATE), "pass: 2 variables read in 1 file; 1 warning");
    assert_eq!(Repository::with(&[("src/a.ts", "export const a = 1;")]).verdict(&GATE), "not asked");
}

#[test]
fn what_nobody_reads_is_a_note_unless_a_tool_may() {
    let example = "OLD_KEY=\nUSED_KEY=\nPOSTGRES_DB=\n";
    let files = [
        IGNORE,
        (".env.example", example),
        ("a.ts", "process.env.USED_KEY;"),
        ("compose.yaml", "environment:\n  POSTGRES_DB: x\n"),
    ];
    assert_eq!(
        Repository::with(&files).finds(&GATE),
        ["note repository/unread-variable .env.example:1: .env.example lists `OLD_KEY`, and nothing reads it"]
    );
    let dynamic = Repository::with(&files).change("Read all", &[("b.ts", "process.env[name];")]);
    assert_eq!(dynamic.finds(&GATE), [""; 0]);
}

#[test]
fn one_name_for_all_environments_and_no_secret_for_browsers() {
    let example = "DATABASE_URL_PROD=\nNEXT_PUBLIC_API_SECRET=\nDATABASE_URL_TEST=\n";
    let code = "const a = process.env.DATABASE_URL_PROD, b = process.env.NEXT_PUBLIC_API_SECRET, c = process.env.DATABASE_URL_TEST;";
    assert_eq!(
        finds(example, code),
        [
            "error repository/public-secret .env.example:2: `NEXT_PUBLIC_API_SECRET` is a secret by its name, and `NEXT_PUBLIC_` gives it to every browser",
            "error repository/public-secret src/env.ts:1: `NEXT_PUBLIC_API_SECRET` is a secret by its name, and `NEXT_PUBLIC_` gives it to every browser",
            "warning repository/environment-variant src/env.ts:1: `DATABASE_URL_PROD` is for one environment only",
        ]
    );
}

#[test]
fn values_that_look_real_are_told_and_never_shown() {
    let random = ["q8ZtW2kLm4", "vB7nXc9RpY"].concat();
    for (name, value, what) in [
        ("DATABASE_URL", format!("postgres://app:{random}@db.acme.io/shop"), "a URL with a password"),
        ("STRIPE_KEY", ["sk_", "live_", "51HxAbCdEf92kLmNoP"].concat(), "what looks like a key"),
        ("SESSION_SECRET", format!("\"{random}\" # generated"), "a long random text"),
    ] {
        let found = finds(&format!("{name}={value}\n"), &format!("process.env.{name};"));
        assert_eq!(found, [format!("error repository/real-value .env.example:1: .env.example gives `{name}` {what}")]);
    }
    for line in [
        "DATABASE_URL=postgres://user:password@db.acme.io/shop",
        "DATABASE_URL=postgres://app:q8ZtW2kLm4@localhost:5432/shop",
        "SESSION_SECRET=change-me-to-32-random-characters-1",
        "STRIPE_KEY=sk_live_xxxxxxxxxxxxxxxxxxxx",
        "API_URL=https://api.acme.io/v1/with/a/long/path/123456",
        "SESSION_SECRET=",
    ] {
        assert_eq!(lines(".env.example", line).iter().filter_map(real).collect::<Vec<_>>(), [""; 0], "{line}");
    }
}

#[test]
fn files_of_values_are_neither_tracked_nor_open_to_git() {
    let repository = Repository::with(&[(".env.local", "A=1"), ("apps/web/.env.production", ""), (".env.test", "")]);
    assert_eq!(
        repository.finds(&GATE),
        [
            "error repository/env-tracked .env.local:1: git keeps track of .env.local",
            "error repository/env-not-ignored .gitignore:1: git does not ignore .env, .env.local, .env.production.local",
            "warning repository/env-tracked apps/web/.env.production:1: git keeps track of apps/web/.env.production",
        ]
    );
}

#[test]
fn a_repository_without_such_files_is_warned_at_most() {
    let warning =
        "warning repository/env-not-ignored .gitignore:1: git does not ignore .env, .env.local, .env.production.local";
    let reading = Repository::with(&[("a.ts", "process.env.API_KEY;")]);
    assert_eq!(reading.finds(&GATE)[0], warning);
    assert_eq!(Repository::with(&[("a.ts", "process.env.NODE_ENV;")]).finds(&GATE), [""; 0], "nobody must set it");
    reading.folder.write(".env", "API_KEY=1");
    assert_eq!(reading.finds(&GATE)[0], warning.replace("warning", "error"));
}

#[test]
fn code_that_cannot_be_parsed_is_unproven() {
    let files = [IGNORE, (".env.example", ""), ("a.ts", "const = process.env.A_B;")];
    let verdict = Repository::with(&files).verdict(&GATE);
    assert!(verdict.starts_with("unproven: a.ts cannot be parsed: "), "{verdict}");
}

#[test]
fn what_was_committed_once_is_told_though_it_is_gone() {
    let repository = Repository::with(&[(".env", "A=1"), ("web/.env.local", ""), (".env.example", "")]);
    assert_eq!(repository.verdict(&history::GATE), "pass: no file of values in the history", "it is tracked still");
    repository.folder.git(&["rm", "--quiet", ".env", "web/.env.local"]);
    repository.folder.commit("Remove them");
    assert_eq!(
        repository.finds(&history::GATE),
        [
            "error repository/env-in-history .env:1: .env was committed once, and is in the history still",
            "error repository/env-in-history web/.env.local:1: web/.env.local was committed once, and is in the history still",
        ]
    );
}

#[test]
fn half_a_history_proves_nothing() {
    let repository = Repository::with(&[("a", "")]).change("More", &[("b", "")]);
    // As a clone with --depth 1 marks it.
    std::fs::write(repository.folder.path().join(".git/shallow"), repository.folder.git(&["rev-parse", "HEAD"]) + "\n")
        .unwrap();
    assert_eq!(repository.verdict(&history::GATE), "unproven: this clone holds a part of the history only");
}

proptest! {
    #[test]
    fn every_line_is_read_at_its_place(names in prop::collection::vec("[A-Z][A-Z0-9_]{0,8}", 0..12), value in "[ -~]{0,20}") {
        let text: String = names.iter().map(|name| format!("  export {name}={value}\n\n# comment\n")).collect();
        let found = lines(".env", &text);
        prop_assert_eq!(found.iter().map(|line| line.name.clone()).collect::<Vec<_>>(), names);
        for (number, line) in (0_u32..).zip(&found) {
            prop_assert_eq!((line.place.start_line, line.place.start_column), (number * 3 + 1, 10));
        }
    }

    #[test]
    fn no_text_makes_it_fall_over(text in "[ -~\\n=éø]{0,200}") {
        for line in lines(".env", &text) {
            let _ = real(&line);
        }
    }
}
