//! Configurations as teams write them.

use super::Config;
use crate::rules::Target;

#[test]
fn every_key_that_matters_is_read() {
    let config = Config::parse(
        ".gitleaks.toml",
        r#"
title = "ours"
[extend]
useDefault = true
disabledRules = ["generic-secret"]
[[rules]]
id = "house-token"
description = "A token of the house"
regex = '''house_([a-z0-9]{10})'''
secretGroup = 1
entropy = 3.2
keywords = ["house_"]
path = '''\.ts$'''
tags = ["house"]
  [[rules.allowlists]]
  condition = "AND"
  paths = ['''^test/''']
  regexTarget = "line"
  regexes = ['''fake''']
  [[rules.required]]
  id = "house-name"
  withinLines = 3
  withinColumns = 40
[[rules]]
id = "house-name"
regex = "name_[a-z]+"
skipReport = true
[allowlist]
paths = ['''(^|/)vendor/''']
[[allowlists]]
targetRules = ["house-token"]
commits = ["ABC"]
stopwords = ["Sample"]
"#,
    )
    .unwrap();
    let rule = &config.rules[0];
    assert_eq!((rule.id.as_str(), rule.title.as_str()), ("house-token", "A token of the house"));
    assert_eq!((rule.secret_group, rule.entropy, rule.everywhere, rule.part), (Some(1), Some(3.2), true, false));
    assert_eq!((rule.near[0].lines, rule.near[0].columns), (Some(3), Some(40)));
    assert_eq!((rule.allowlists[0].all, rule.allowlists[0].target), (true, Target::Line));
    assert!(config.rules[1].part);
    assert_eq!(config.allowlists.len(), 2);
    assert_eq!(
        (config.allowlists[1].commits.as_slice(), config.allowlists[1].stopwords.as_slice()),
        (&["abc".to_owned()][..], &["sample".to_owned()][..])
    );
    assert_eq!(config.disabled, ["generic-secret"]);
}

#[test]
fn a_wrong_configuration_is_refused_with_its_rule() {
    let error = |text: &str| Config::parse("g.toml", text).unwrap_err().to_string();
    assert_eq!(
        error("[[rules]]\nid = \"a\"\nregex = \"a(\""),
        "g.toml: the rule `a` has a pattern that cannot be used: `a(` is not a regular expression: unclosed group"
    );
    assert_eq!(
        error("[allowlist]\ncondition = \"XOR\""),
        "g.toml: the rule `allowlist` has an allowlist whose condition is neither AND nor OR"
    );
    assert_eq!(
        error("[allowlist]\nregexTarget = \"file\""),
        "g.toml: the rule `allowlist` has an allowlist whose regexTarget is none of secret, match and line"
    );
    assert!(error("[[rules]]\nregex = 1").contains("g.toml: TOML parse error"));
}

#[test]
fn what_it_extends_is_read_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.toml", "[extend]\npath = \"b.toml\"\n[[rules]]\nid = \"a\"\nregex = \"a\"");
    write("b.toml", "[extend]\ndisabledRules = [\"x\"]\n[[rules]]\nid = \"b\"\nregex = \"b\"");
    let config = Config::read("a.toml", &folder.path().join("a.toml")).unwrap();
    assert_eq!(config.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(config.disabled, ["x"]);
    write("b.toml", "[extend]\npath = \"a.toml\"");
    let error = Config::read("a.toml", &folder.path().join("a.toml")).unwrap_err().to_string();
    assert_eq!(error, "a.toml: it extends more files than can be followed");
    let error = Config::read("no.toml", &folder.path().join("no.toml")).unwrap_err().to_string();
    assert!(error.starts_with("no.toml: it cannot be read: No such file"), "{error}");
}
