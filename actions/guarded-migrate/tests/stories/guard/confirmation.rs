//! Production is meant only where it was said in so many words.

use super::{ITEMS, ready};
use crate::story::{Story, said};

#[test]
fn production_passes_with_its_variables_set() {
    let report = ready().env("VERCEL_ENV", "production").passed(&["apply"]);
    assert_eq!(
        said(&report, "confirmation"),
        "pass: CONFIRM_PROD_MIGRATE=YES, NODE_ENV=production, VERCEL_ENV=production"
    );
}

#[test]
fn each_variable_is_asked_for_by_name_and_value() {
    for (name, value, expected) in [
        (
            "CONFIRM_PROD_MIGRATE",
            "",
            "fail: CONFIRM_PROD_MIGRATE is not set, expected \"YES\"\n\
             next: set in the env of the step: CONFIRM_PROD_MIGRATE=YES",
        ),
        (
            "CONFIRM_PROD_MIGRATE",
            "yes",
            "fail: CONFIRM_PROD_MIGRATE is \"yes\", expected \"YES\"\n\
             next: set in the env of the step: CONFIRM_PROD_MIGRATE=YES",
        ),
        (
            "NODE_ENV",
            "development",
            "fail: NODE_ENV is \"development\", expected \"production\"\n\
             next: set in the env of the step: NODE_ENV=production",
        ),
        (
            "VERCEL_ENV",
            "preview",
            "fail: VERCEL_ENV is \"preview\", expected \"production\" or not set\n\
             next: set in the env of the step: VERCEL_ENV=production",
        ),
    ] {
        let report = ready().env(name, value).refused(&["apply"], 1);
        assert_eq!(said(&report, "confirmation"), expected);
    }
}

#[test]
fn without_a_database_url_nothing_is_asked_and_nothing_is_guessed() {
    let report = ready().without("DATABASE_URL").refused(&["apply"], 1);
    assert_eq!(
        said(&report, "confirmation"),
        "fail: DATABASE_URL is not set\n\
         next: set in the env of the step: DATABASE_URL, from a secret of the environment"
    );
    assert_eq!(
        said(&report, "connection"),
        "unproven: DATABASE_URL is not set, so no database was asked\n\
         next: set DATABASE_URL in the step's env, from a secret of the environment"
    );
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let story = ready().without("CONFIRM_PROD_MIGRATE").without("NODE_ENV");
    let report = story.refused(&["apply"], 1);
    assert_eq!(
        said(&report, "confirmation"),
        "fail: CONFIRM_PROD_MIGRATE is not set, expected \"YES\"; NODE_ENV is not set, expected \"production\"\n\
         next: set in the env of the step: CONFIRM_PROD_MIGRATE=YES NODE_ENV=production"
    );
}

#[test]
fn the_policy_chooses_other_names_and_values() {
    let policy = "[environments.production]\ndatabase_url = \"PRIMARY_URL\"\nconfirm = { RELEASE = \"go\" }\n\
                  confirm_if_set = { TARGET = \"live\" }\n";
    let story = Story::sqlite().migration("1_items.sql", ITEMS).policy(policy).production();
    let story = story.env("PRIMARY_URL", "file:./dev.db").without("DATABASE_URL");
    let story = story.env("RELEASE", "go").marked().without("RELEASE");
    let report = story.refused(&["apply"], 1);
    assert_eq!(
        said(&report, "confirmation"),
        "fail: RELEASE is not set, expected \"go\"\nnext: set in the env of the step: RELEASE=go"
    );
    let story = story.env("RELEASE", "go").env("TARGET", "rehearsal");
    let report = story.refused(&["apply"], 1);
    assert_eq!(
        said(&report, "confirmation"),
        "fail: TARGET is \"rehearsal\", expected \"live\" or not set\n\
         next: set in the env of the step: TARGET=live"
    );
    let report = story.env("TARGET", "live").passed(&["apply"]);
    assert_eq!(said(&report, "confirmation"), "pass: RELEASE=go, TARGET=live");
}

#[test]
fn another_environment_asks_for_none() {
    let story = Story::sqlite().migration("1_items.sql", ITEMS).marked();
    assert_eq!(said(&story.passed(&["apply"]), "confirmation"), "pass: development asks for none");
}
