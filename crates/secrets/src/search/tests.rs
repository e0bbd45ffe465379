//! Rules and settings together.

use jiff::Timestamp;

use super::{Found, Search, Settings, Unread};
use crate::gitleaks::{Config, Ignored};
use crate::rules::Rules;
use crate::testing::{TOKEN, token_and};

const MORE: &str = r#"
[[rules]]
id = "assigned"
title = "Assigned secret"
pattern = 'secret = ([\w-]{10,60})'
keywords = ["secret"]
path = '\.env$|\.lock$|\.ts$'
generic = true
"#;

fn search(settings: Settings) -> Search {
    Search::with_rules(token_and(MORE).into_inner(), settings, Timestamp::UNIX_EPOCH).unwrap()
}

fn found(search: &Search, path: &str, commit: Option<&str>, text: &str) -> Vec<Found> {
    let candidates = search.candidates(text.as_bytes()).unwrap();
    search.found(&candidates, path, commit)
}

fn count(search: &Search, path: &str, text: &str) -> usize {
    found(search, path, None, text).len()
}

#[test]
fn a_finding_has_its_place_and_never_the_secret() {
    let search = search(Settings::default());
    let found = found(&search, "a.ts", Some("abc"), &format!("ä\nä = {TOKEN};{TOKEN}"));
    assert_eq!(found.len(), 2);
    let place = |found: &Found| (found.start_line, found.start_column, found.end_line, found.end_column);
    assert_eq!((place(&found[0]), place(&found[1])), ((2, 5, 2, 25), (2, 26, 2, 46)));
    assert_eq!(found[0].fingerprint, found[1].fingerprint);
    assert!(!format!("{found:?}").contains("k3j9"));
}

#[test]
fn a_rule_bound_to_a_path_speaks_for_a_generic_one_there_and_only_there() {
    let rules = r#"
[[rules]]
id = "generic"
title = "Password"
pattern = 'password=(\w{6,60})'
keywords = ["password"]
generic = true

[[rules]]
id = "bound"
title = "Password in settings"
pattern = '\buser=\w+ password=(\w{6,60})'
keywords = ["password"]
path = '\.cnf$'

[[rules]]
id = "whole"
title = "Key file"
pattern = '\A([0-9a-f]{16})\n?\z'
path = '\.key$'
"#;
    let rules = Rules::parse("x.toml", rules).unwrap().into_inner();
    let search = Search::with_rules(rules, Settings::default(), Timestamp::UNIX_EPOCH).unwrap();
    let told = |path: &str, text: &str| -> Vec<(String, u32)> {
        found(&search, path, None, text).into_iter().map(|found| (found.rule, found.start_line)).collect()
    };
    let text = "password=q8w2e7r5t1\nuser=shop password=t5r1q8w2e7";
    assert_eq!(told("my.cnf", text), [("generic".to_owned(), 1), ("bound".to_owned(), 2)]);
    assert_eq!(told("my.txt", text), [("generic".to_owned(), 1), ("generic".to_owned(), 2)]);
    assert_eq!(told("a.key", "9f8e3a7b1c5d2046\n"), [("whole".to_owned(), 1)]);
    assert_eq!(told("a.txt", "9f8e3a7b1c5d2046\n"), []);
    assert_eq!(told("a.key", "\n9f8e3a7b1c5d2046\n"), []);
}

#[test]
fn paths_and_comments_decide() {
    let search = search(Settings::default());
    assert_eq!(count(&search, "a.ts", "secret = q8w2e7r5t1zz"), 1);
    assert_eq!(count(&search, "a.md", "secret = q8w2e7r5t1zz"), 0);
    assert_eq!(count(&search, "sub/yarn.lock", "secret = q8w2e7r5t1zz"), 0, "a generic rule in a lock file");
    assert_eq!(count(&search, "sub/yarn.lock", TOKEN), 1);
    assert_eq!(count(&search, "a.ts", &format!("{TOKEN} // gitleaks:allow")), 0);
}

#[test]
fn what_is_no_text_or_too_large_is_told() {
    let search = search(Settings { largest: 30, ..Settings::default() });
    assert_eq!(search.candidates(b"\0"), Err(Unread::Binary));
    assert_eq!(search.candidates(&[b'a'; 31]), Err(Unread::Large));
}

#[test]
fn the_policy_makes_silent() {
    let allow = vec!["^tok_k3".to_owned()];
    assert_eq!(count(&search(Settings { allow, ..Settings::default() }), "a.ts", TOKEN), 0);
    let disabled = vec!["token".to_owned()];
    assert_eq!(count(&search(Settings { disabled, ..Settings::default() }), "a.ts", TOKEN), 0);
    let excluded = search(Settings { exclude: vec!["test/**".to_owned()], ..Settings::default() });
    assert!(excluded.is_excluded("test/a.ts") && !excluded.is_excluded("src/a.ts"));
    let rules = || token_and(MORE).into_inner();
    let error = |settings| Search::with_rules(rules(), settings, Timestamp::UNIX_EPOCH).unwrap_err().to_string();
    assert_eq!(
        error(Settings { disabled: vec!["tokn".to_owned()], ..Settings::default() }),
        "[secrets] disabled: `tokn` is switched off, and there is no such rule"
    );
    assert_eq!(
        error(Settings { allow: vec!["(".to_owned()], ..Settings::default() }),
        "[secrets] allow: `(` is not a regular expression: unclosed group"
    );
}

#[test]
fn gitleaks_rules_and_allowlists_count() {
    let gitleaks = |text: &str| search(Settings { gitleaks: Config::parse("g", text).unwrap(), ..Settings::default() });
    let own = gitleaks("[[rules]]\nid = \"house\"\nregex = 'house_[0-9a-f]{8}'\nkeywords = [\"elsewhere\"]");
    assert_eq!(
        count(&own, "a.ts", &format!("elsewhere{}house_1f8e3a9c", "\n".repeat(9000))),
        1,
        "the keyword may stand anywhere"
    );
    assert_eq!(count(&own, "a.ts", "house_1f8e3a9c"), 0);
    let path = gitleaks("[[allowlists]]\ntargetRules = [\"token\"]\npaths = ['^test/']");
    assert_eq!((count(&path, "test/a.ts", TOKEN), count(&path, "src/a.ts", TOKEN)), (0, 1));
    let commit = gitleaks("[allowlist]\ncommits = [\"abc\"]");
    assert_eq!((found(&commit, "a", Some("abc"), TOKEN).len(), found(&commit, "a", Some("abd"), TOKEN).len()), (0, 1));
    let both =
        gitleaks("[allowlist]\ncondition = \"AND\"\npaths = ['^test/']\nregexTarget = \"line\"\nregexes = ['fake']");
    assert_eq!(count(&both, "test/a.ts", &format!("{TOKEN} fake")), 0);
    assert_eq!(count(&both, "test/a.ts", TOKEN), 1);
    let more = gitleaks("[[rules]]\nid = \"token\"\n[[rules.allowlists]]\nstopwords = [\"K3J9\"]");
    assert_eq!(count(&more, "a.ts", TOKEN), 0, "a rule without a pattern says more of ours");
    assert_eq!(count(&gitleaks("[extend]\ndisabledRules = [\"token\"]"), "a.ts", TOKEN), 0);
    let columns = gitleaks(
        "[[rules]]\nid = \"pair\"\nregex = 'pair_[0-9a-f]{8}'\n[[rules.required]]\nid = \"token\"\nwithinLines = 1\nwithinColumns = 5",
    );
    assert_eq!(count(&columns, "a.ts", &format!("{TOKEN}\npair_1f8e3a9c")), 2);
    assert_eq!(count(&columns, "a.ts", &format!("{TOKEN}\n       pair_1f8e3a9c")), 1);
    assert_eq!(count(&columns, "a.ts", &format!("{TOKEN}\n\npair_1f8e3a9c")), 1);
}

#[test]
fn an_ignored_finding_is_silent() {
    let ignored = Ignored::parse("abc:a.ts:token:1");
    let search = search(Settings { ignored, ..Settings::default() });
    assert_eq!(found(&search, "a.ts", Some("abc"), TOKEN).len(), 0);
    assert_eq!(found(&search, "a.ts", Some("abd"), TOKEN).len(), 1);
}

#[test]
fn the_digest_names_all_that_decides() {
    let digest = |settings: Settings| *search(settings).digest();
    assert_eq!(digest(Settings::default()), digest(Settings::default()));
    assert_ne!(digest(Settings::default()), digest(Settings { allow: vec!["x".to_owned()], ..Settings::default() }));
    assert_ne!(digest(Settings::default()), digest(Settings { largest: 1, ..Settings::default() }));
}
