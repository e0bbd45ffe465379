//! What a user sees of a policy, right or wrong.

use super::{LayoutName, Mixed, OnFailure, OutOfOrder, Policy, Runner};

fn error(text: &str) -> String {
    Policy::parse("ops.toml", text).unwrap_err().to_string()
}

#[test]
fn an_empty_policy_is_the_default_one() {
    let policy = Policy::parse("ops.toml", "").unwrap();
    assert_eq!(policy, Policy::default());
    assert_eq!(policy.digest, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(policy.database.marker_table, "bk_env_marker");
    assert_eq!(policy.database.schema, "ops_actions");
    let migrations = policy.migrations;
    assert_eq!((migrations.mixed, migrations.out_of_order), (Mixed::Split, OutOfOrder::Refuse));
    assert_eq!((migrations.runner, migrations.on_failure), (Runner::Builtin, OnFailure::Stop));
    assert_eq!(migrations.lock_timeout.to_string(), "5s");
    assert_eq!(migrations.statement_timeout.to_string(), "15min");
    assert_eq!(migrations.lock_wait.as_millis(), 60_000);
}

#[test]
fn a_file_that_is_not_there_is_the_empty_policy() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Policy::load(&folder.path().join("ops.toml")).unwrap(), Policy::default());
}

#[test]
fn every_section_is_read() {
    let policy = Policy::parse(
        "ops.toml",
        r#"
        [environments.staging]
        marker = "dev"

        [environments.production]
        requires = ["staging"]
        database_url = "PROD_URL"
        confirm = {}
        refs = ["refs/heads/release/*"]
        windows = ["Mon-Thu 08:00-16:00 Europe/Oslo"]
        freezes = [{ from = 2026-12-20, to = 2027-01-02T12:00:00Z, reason = "holidays" }]
        allow_unproven = ["staging"]
        approvals = 2

        [migrations]
        layout = "prisma"
        directory = "packages/db/prisma/migrations"
        lock_timeout = "500ms"
        allow_destructive = ["sha256:0123456789abcdef"]
        table = "public.schema_migrations"

        [routes]
        guards = ["balanceGuard"]

        [[routes.public]]
        path = "/api/webhooks/*"
        methods = ["POST"]
        owner = "@platform"
        reason = "signed by the sender"
        expires = 2027-03-31

        [[waivers]]
        rule = "route/unguarded"
        path = "app/api/health/route.ts"
        owner = "@platform"
        reason = "public liveness probe"
        expires = 2027-03-31
        "#,
    )
    .unwrap();
    let production = policy.environment("production");
    assert_eq!(
        (production.marker.as_str(), production.requires.as_slice()),
        ("prod", ["staging".to_owned()].as_slice())
    );
    assert_eq!((production.database_url.as_str(), production.approvals), ("PROD_URL", 2));
    assert!(production.confirm.is_empty() && production.confirm_if_set.contains_key("VERCEL_ENV"));
    assert!(production.allows_ref("refs/heads/release/1") && !production.allows_ref("refs/heads/main"));
    assert!(production.allows_unproven("staging") && !production.allows_unproven("marker"));
    assert_eq!(policy.environment("staging").marker, "dev");
    assert_eq!(policy.environment("qa").marker, "qa");
    assert_eq!(policy.migrations.layout, Some(LayoutName::Prisma));
    assert_eq!(policy.migrations.lock_timeout.as_millis(), 500);
    assert_eq!((&*policy.routes.guards[0], policy.routes.public.iter().count()), ("balanceGuard", 1));
    assert_eq!(policy.waivers.iter().count(), 1);
}

#[test]
fn an_unknown_key_is_shown_with_the_nearest_one() {
    assert_eq!(
        error("[environments.staging]\n\nmarkr = \"dev\"\n"),
        "ops.toml:3:1: unknown key `markr`, did you mean `marker`?\n3 | markr = \"dev\"\n  | ^^^^^"
    );
    assert_eq!(
        error("[migratoins]\n"),
        "ops.toml:1:2: unknown key `migratoins`, did you mean `migrations`?\n1 | [migratoins]\n  |  ^^^^^^^^^^"
    );
    assert_eq!(
        error("[database]\nurl = 1\n"),
        "ops.toml:2:1: unknown key `url`; known here: marker_table, schema\n2 | url = 1\n  | ^^^"
    );
}

#[test]
fn a_wrong_type_says_what_was_expected() {
    assert_eq!(
        error("[environments.staging]\nmarker = 3\n"),
        "ops.toml:2:10: expected a string, found an integer (3)\n2 | marker = 3\n  |          ^"
    );
    assert_eq!(
        error("[migrations]\nretries = \"five\"\n"),
        "ops.toml:2:11: expected an integer of 0 or more, found a string\n2 | retries = \"five\"\n  |           ^^^^^^"
    );
    assert_eq!(
        error("[environments.a]\napprovals = 300\n"),
        "ops.toml:2:13: expected an integer from 0 to 255, found an integer (300)\n2 | approvals = 300\n  |             ^^^"
    );
    assert_eq!(
        error("migrations = 3\n"),
        "ops.toml:1:14: expected a table, found an integer (3)\n1 | migrations = 3\n  |              ^"
    );
    assert_eq!(
        error("[environments.a]\nprotected = \"yes\"\n"),
        "ops.toml:2:13: expected true or false, found a string\n2 | protected = \"yes\"\n  |             ^^^^^"
    );
    assert_eq!(
        error("[environments.a]\nrequires = \"b\"\n"),
        "ops.toml:2:12: expected an array, found a string\n2 | requires = \"b\"\n  |            ^^^"
    );
}

#[test]
fn a_wrong_value_is_shown_with_the_nearest_one() {
    assert_eq!(
        error("[migrations]\nlayout = \"prism\"\n"),
        "ops.toml:2:10: unknown value `prism`, did you mean `prisma`?\n2 | layout = \"prism\"\n  |          ^^^^^^^"
    );
}

#[test]
fn values_with_their_own_grammar_are_shown_at_their_place() {
    assert_eq!(
        error("[migrations]\nlock_timeout = \"5m\"\n"),
        "ops.toml:2:16: `5m` is not a duration; write a number and a unit, as in \"500ms\", \"5s\", \"15min\", \"1h\" or \"2d\"\n\
         2 | lock_timeout = \"5m\"\n  |                ^^^^"
    );
    assert_eq!(
        error("[environments.production]\nwindows = [\"Mon 08:00-16:00 Oslo\"]\n"),
        "ops.toml:2:11: `Oslo` is not a time zone; write its IANA name, as in \"Europe/Oslo\" or \"UTC\"\n\
         2 | windows = [\"Mon 08:00-16:00 Oslo\"]\n  |           ^^^^^^^^^^^^^^^^^^^^^^^^"
    );
    assert_eq!(
        error("[[waivers]]\nrule = \"a/b\"\npath = \"c\"\nowner = \" \"\nreason = \"e\"\nexpires = 2027-01-01\n"),
        "ops.toml:4:9: the rule, path, owner and reason of an exception may not be empty\n4 | owner = \" \"\n  |         ^^^"
    );
    assert_eq!(
        error("[[waivers]]\nrule = \"a/b\"\npath = \"c\"\nowner = \"d\"\nreason = \"e\"\nexpires = 3\n"),
        "ops.toml:6:11: expected a date, found an integer\n6 | expires = 3\n  |           ^"
    );
}

#[test]
fn a_freeze_that_could_never_hold_is_refused() {
    let text = "[[environments.a.freezes]]\nfrom = 2027-01-02\nto = 2026-12-20\nreason = \"x\"\n";
    assert_eq!(
        error(text).lines().next(),
        Some("ops.toml:1:1: the freeze ends (2026-12-20) before it begins (2027-01-02)")
    );
    let typo = "[[environments.a.freezes]]\nform = 2027-01-02\n";
    assert_eq!(error(typo).lines().next(), Some("ops.toml:2:1: unknown key `form`, did you mean `from`?"));
}

#[test]
fn a_waiver_without_an_end_is_refused() {
    assert_eq!(
        error("[[waivers]]\nrule = \"a/b\"\npath = \"c\"\nowner = \"d\"\nreason = \"e\"\n"),
        "ops.toml:1:1: missing key `expires`\n1 | [[waivers]]\n  | ^^^^^^^^^^^"
    );
}

#[test]
fn what_is_not_toml_is_shown_too() {
    assert_eq!(
        error("[migrations\n"),
        "ops.toml:1:12: unclosed table, expected `]`\n1 | [migrations\n  |            ^"
    );
    assert_eq!(error("\ta = \"å\"\n\ta = 2\n"), "ops.toml:2:2: duplicate key\n2 | \ta = 2\n  | \t^");
}

#[test]
fn a_file_that_is_not_text_or_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ops.toml");
    std::fs::write(&path, b"[migrations]\n# caf\xe9\n").unwrap();
    assert_eq!(
        Policy::load(&path).unwrap_err().to_string(),
        "ops.toml:2:6: this is not UTF-8\n2 | # caf\u{fffd}\n  |      ^"
    );
    let error = Policy::load(folder.path()).unwrap_err();
    assert_eq!((error.line(), error.message()), (None, "cannot be read: Is a directory (os error 21)"));
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused_at_a_place_in_it(text in "(\\[[a-z.]{0,12}\\]|[a-zå]{1,9} = |[0-9\"{},\\n\\t ]{0,5}){0,12}") {
        if let Err(error) = Policy::parse("ops.toml", &text) {
            let lines = text.lines().count().max(1);
            proptest::prop_assert!(error.line().is_some_and(|line| line as usize <= lines + 1), "{error}");
        }
    }
}

#[test]
fn the_name_of_an_environment_may_not_be_a_slip_of_the_pen() {
    let empty = Policy::default();
    for usual in ["production", "staging", "development", "preview", "test"] {
        assert_eq!(empty.doubt_environment(usual), None, "{usual}");
    }
    assert_eq!(empty.doubt_environment("warehouse"), None);
    assert_eq!(
        empty.doubt_environment("producton").unwrap(),
        "unknown environment `producton`; did you mean `production`? Otherwise write a section [environments.producton] in the policy"
    );
    let policy = Policy::parse("ops.toml", "[environments.warehouse]").unwrap();
    assert_eq!(policy.doubt_environment("warehouse"), None);
    assert_eq!(policy.doubt_environment("production"), None);
    assert_eq!(
        policy.doubt_environment("warehose").unwrap(),
        "unknown environment `warehose`; did you mean `warehouse`? Otherwise write a section [environments.warehose] in the policy"
    );
    assert_eq!(
        policy.doubt_environment("europe").unwrap(),
        "unknown environment `europe`; write a section [environments.europe] in the policy"
    );
}
