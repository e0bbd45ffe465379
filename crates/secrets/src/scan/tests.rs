//! The engine as a whole, with small rules.

use proptest::prelude::*;

use super::{Hit, Scanner};
use crate::Rules;
use crate::objects::Copied;
use crate::testing::{TOKEN, token_and};

const MORE: &str = r#"
[[rules]]
id = "assigned"
title = "Assigned secret"
pattern = '''(?i)secret["']?\s{0,5}[:=]\s{0,5}["']?([\w-]{10,60})'''
keywords = ["secret"]
generic = true

[[rules]]
id = "anything"
title = "Anything assigned"
pattern = '(?i)\w+["\x27]?\s{0,5}[:=]\s{0,5}["\x27]?([\w-]{10,60})'
keywords = ["secret"]
generic = true

[[rules]]
id = "account"
title = "Account"
pattern = '\bacc_[0-9]{6}\b'
keywords = ["acc_"]
part = true

[[rules]]
id = "pair"
title = "Account with its key"
pattern = '\bkey_([a-z0-9]{12})\b'
keywords = ["key_"]
near = [{ rule = "account", lines = 2 }]
"#;

fn scanner() -> Scanner {
    Scanner::new(token_and(MORE), jiff::Timestamp::UNIX_EPOCH).unwrap()
}

/// The rules' identifiers and what each found.
fn found(text: &str) -> Vec<(String, String)> {
    let scanner = scanner();
    let hits = scanner.scan(text.as_bytes());
    hits.iter()
        .map(|hit| (scanner.rules().get(hit.rule).unwrap().id.clone(), text[hit.range.clone()].to_owned()))
        .collect()
}

fn names(text: &str) -> Vec<String> {
    found(text).into_iter().map(|(rule, _)| rule).collect()
}

#[test]
fn a_token_is_found_and_what_only_looks_alike_is_not() {
    assert_eq!(found(&format!("a {TOKEN};")), [("token".to_owned(), TOKEN.to_owned())]);
    assert_eq!(names(&format!("a{TOKEN}")), [""; 0]);
    assert_eq!(names("tok_k3j9x0q8w2e7r5t"), [""; 0]);
}

#[test]
fn the_keyword_is_found_in_capitals_too() {
    assert_eq!(names("SECRET=q8w2e7r5t1zz"), ["assigned"]);
}

#[test]
fn a_generic_rule_gives_way_to_one_that_knows_more() {
    assert_eq!(names(&format!("secret = '{TOKEN}'")), ["token"]);
}

#[test]
fn of_two_generic_rules_the_earlier_one_is_told() {
    assert_eq!(names("secret = 'k3j9x0q8w2e7r5t1'"), ["assigned"]);
}

#[test]
fn a_placeholder_is_silent() {
    for text in
        ["secret = process_env_secret", "secret: your-secret-here", "secret = xxxxxxxxxxxx", "secret = 0123456789ab"]
    {
        assert_eq!(names(text), [""; 0], "{text}");
    }
}

#[test]
fn a_part_is_told_with_its_other_half_only() {
    assert_eq!(names("acc_482913"), [""; 0]);
    assert_eq!(names("key_q8w2e7r5t1zz"), [""; 0]);
    assert_eq!(names("acc_482913\n\nkey_q8w2e7r5t1zz"), ["pair"]);
    assert_eq!(names("key_q8w2e7r5t1zz\nacc_482913"), ["pair"]);
    assert_eq!(names("acc_482913\n\n\nkey_q8w2e7r5t1zz"), [""; 0]);
}

#[test]
fn an_encoded_token_is_found_at_the_place_of_the_outer_text() {
    let mut text = format!("token={TOKEN}");
    for _ in 0..3 {
        text = data_encoding::BASE64.encode(text.as_bytes());
        let outer = text.trim_end_matches('=').to_owned();
        assert_eq!(found(&format!("a: {text}\n")), [("token".to_owned(), outer)]);
    }
    text = data_encoding::BASE64.encode(text.as_bytes());
    assert_eq!(names(&text), [""; 0], "too deep");
}

/// What `text` and `base` have at their start and at their end.
fn copied(text: &str, base: &str) -> Vec<Copied> {
    let start = text.bytes().zip(base.bytes()).take_while(|(a, b)| a == b).count();
    let left = text.len().min(base.len()) - start;
    let end = text.bytes().rev().zip(base.bytes().rev()).take(left).take_while(|(a, b)| a == b).count();
    let end = Copied { from: base.len() - end, to: text.len() - end, length: end };
    vec![Copied { from: 0, to: 0, length: start }, end]
}

/// What is found in a text of which it is known what it has of `base`, and in the text alone.
fn again(scanner: &Scanner, text: &str, base: &str) -> (Vec<Hit>, Vec<Hit>) {
    let (_, seen) = scanner.scan_after(base.as_bytes(), None);
    let (after, seen_after) = scanner.scan_after(text.as_bytes(), Some((&seen, &copied(text, base))));
    let (alone, seen_alone) = scanner.scan_after(text.as_bytes(), None);
    assert_eq!((seen_after.far, seen_after.hits.len()), (seen_alone.far, seen_alone.hits.len()));
    (after, alone)
}

#[test]
fn a_small_change_is_seen_far_into_a_text_and_what_stands_there_stays() {
    let scanner = scanner();
    let filler = format!("{}acc_482913\n", "const a = compute(1);\n".repeat(200));
    let base = format!("{filler}tok_k3j9x0q8w2e7\n{filler}{TOKEN} key_q8w2e7r5t1zz\n{filler}");
    for (text, expected) in [
        (base.replace("e7\n", "e7r5t1\n"), &["token", "token", "pair"][..]),
        (base.replace("tok_k3j9x0q8w2e7\n", ""), &["token", "pair"]),
        (base.replace("key_q8w2", "key_q8w"), &["token"]),
        (format!("{base}x"), &["token", "pair"]),
        (base[..5000].to_owned(), &[]),
    ] {
        let (after, alone) = again(&scanner, &text, &base);
        assert_eq!(after, alone);
        let names: Vec<&str> = after.iter().map(|hit| scanner.rules().get(hit.rule).unwrap().id.as_str()).collect();
        assert_eq!(names, expected);
    }
}

#[test]
fn a_rule_that_reaches_far_is_tried_again_where_a_change_is_in_its_reach() {
    let rules = "[[rules]]\nid = \"far\"\ntitle = \"Far\"\npattern = 'BEGIN[a-z\\s]*(END)'\nkeywords = [\"begin\"]\n";
    let scanner = Scanner::new(Rules::parse("x.toml", rules).unwrap(), jiff::Timestamp::UNIX_EPOCH).unwrap();
    let filler = "some words\n".repeat(400);
    let base = format!("{filler}1 BEGIN {filler} END\n{}2 BEGIN {filler}\n", filler.repeat(9));
    for (text, expected) in [
        (base.replace("BEGIN some", "BEGIN some more"), 1),
        (base.replace("words\n END", "words\n"), 0),
        (base.replace("words\n2", "other words\n2"), 1),
        (format!("{base} END"), 2),
        (base.replace("1 BEGIN", ""), 0),
    ] {
        let (after, alone) = again(&scanner, &text, &base);
        assert_eq!((&after, after.len()), (&alone, expected));
    }
}

#[test]
fn a_debugged_hit_does_not_show_the_secret() {
    let hits = scanner().scan(TOKEN.as_bytes());
    assert_eq!(hits.len(), 1);
    assert!(!format!("{hits:?}").contains("k3j9"), "{hits:?}");
}

proptest! {
    #[test]
    fn a_token_is_found_wherever_it_stands(before in prop::collection::vec(any::<u8>(), 0..3000), after in prop::collection::vec(any::<u8>(), 0..3000)) {
        let text = [&before[..], b" ", TOKEN.as_bytes(), b" ", &after[..]].concat();
        let place = before.len() + 1..before.len() + 1 + TOKEN.len();
        prop_assert!(scanner().scan(&text).iter().any(|hit| hit.range == place));
    }

    #[test]
    fn what_is_told_lies_in_the_text(text in "(?s:(?:secret *= *|tok_[a-z0-9]{16}|acc_[0-9]{6}|key_[a-z0-9]{12}|.|\n){0,40})") {
        let scanner = scanner();
        for hit in scanner.scan(text.as_bytes()) {
            prop_assert!(hit.range.start < hit.range.end && hit.range.end <= text.len());
        }
    }

    #[test]
    fn what_is_known_of_another_text_changes_nothing(
        before in "(?s:(?:secret *= *|tok_|[a-z0-9]{16}|acc_[0-9]{6}|key_|.|\n| {300}\n){0,30})",
        one in "(?s:(?:secret *= *|tok_|[a-z0-9]{16}|.|\n){0,6})",
        other in "(?s:(?:secret *= *|tok_|[a-z0-9]{16}|.|\n){0,6})",
        after in "(?s:(?:secret *= *|tok_|[a-z0-9]{16}|acc_[0-9]{6}|key_|.|\n| {300}\n){0,30})",
    ) {
        let (after, alone) = again(&scanner(), &format!("{before}{other}{after}"), &format!("{before}{one}{after}"));
        prop_assert_eq!(after, alone);
    }
}
