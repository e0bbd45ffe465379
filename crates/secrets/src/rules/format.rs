//! Our own rule files: TOML, a list `[[rules]]`.
//!
//! | key | meaning |
//! |---|---|
//! | `id` | the rule's name in reports, after `secret/`: lower case, digits and `-` |
//! | `title` | what the secret is, for people: `Neon API key` |
//! | `pattern` | a regular expression over bytes, Unicode off; the secret is the group `secret`, or else group 1, or else all; `{keywords}` in it stands for any of the keywords, `{assigned}` for what stands between a name and the value that it is given |
//! | `keywords` | literals, upper and lower case alike, one of which stands in or near every match; none for a `path` whose whole text the pattern tells, from `\A` on |
//! | `entropy` | the least Shannon entropy of the secret, in bits per byte |
//! | `validate` | the offline check of the secret's inner structure, a name of [`Validator`] |
//! | `path` | a regular expression that the path must fit |
//! | `near` | other rules, each of which must match within so many lines |
//! | `allow` | regular expressions; a secret that fits one is silent |
//! | `severity` | `error` (default), `warning` or `note` |
//! | `part` | `true`: never told by itself, only a part that another rule's `near` names |
//! | `generic` | `true`: silent where a rule that is not generic finds the same text, in lock files, and for UUIDs |
//! | `doubt` | `false`: told even where the secret looks like a placeholder, for patterns that no placeholder fits |
//! | `reference` | the provider's own page on this secret, an `https://` address: its form, or where it is made and revoked |

use ops_core::Severity;
use serde::Deserialize;

use super::{Near, Pattern, Rule, RuleError};
use crate::Validator;

/// What stands between a name and the value that it is given: `="`, `: `, ` -> `, `_token=`, or a key on the next line.
const ASSIGNED: &str = concat!(
    r#"(?:[\w .:-]{0,30}["'\x60\])\\]{0,3}[ \t]{0,20}[=:>,|?(]{1,3}[ \t"'\x60(>=\\]{0,20}(?:\r?\n[ \t]{1,20}["'\x60]?)?"#,
    r"|[\w \t.:-]{0,24}?(?i:key|token|secret|access|private|auth|password)\w{0,6}[^\w\n]{1,8}",
    r#"|[^\n]{0,40}\r?\n[^\n]{0,40}?(?i:key|token|secret|password)["'\x60]?\s{0,3}[=:]\s{0,3}["'\x60]?)"#,
);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rules: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    title: String,
    pattern: String,
    #[serde(default)]
    keywords: Vec<String>,
    entropy: Option<f64>,
    validate: Option<Validator>,
    path: Option<String>,
    #[serde(default)]
    near: Vec<WrittenNear>,
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default = "error")]
    severity: Severity,
    #[serde(default)]
    part: bool,
    #[serde(default)]
    generic: bool,
    #[serde(default = "yes")]
    doubt: bool,
    reference: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenNear {
    rule: String,
    lines: u32,
}

fn error() -> Severity {
    Severity::Error
}

fn yes() -> bool {
    true
}

/// The rules of one file; `name` stands in errors.
pub(super) fn read(name: &str, text: &str) -> Result<Vec<Rule>, RuleError> {
    let file: File = toml::from_str(text).map_err(|error| RuleError::Shape {
        file: name.to_owned(),
        message: error.to_string().trim_end().to_owned(),
    })?;
    file.rules.into_iter().map(|written| rule(name, written)).collect()
}

fn rule(file: &str, written: Written) -> Result<Rule, RuleError> {
    let rule = Rule {
        file: file.to_owned(),
        id: written.id,
        title: written.title,
        pattern: Pattern::new(spelled(&written.pattern, &written.keywords)),
        secret_group: None,
        keywords: written.keywords,
        everywhere: false,
        entropy: written.entropy,
        validate: written.validate,
        path: written.path.map(Pattern::new),
        near: written
            .near
            .into_iter()
            .map(|near| Near { rule: near.rule, lines: Some(near.lines), columns: None })
            .collect(),
        allow: written.allow.into_iter().map(Pattern::new).collect(),
        allowlists: Vec::new(),
        severity: written.severity,
        part: written.part,
        generic: written.generic,
        doubt: written.doubt,
        reference: written.reference,
    };
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if rule.id.is_empty() || !rule.id.bytes().all(is_name) {
        return Err(rule.refuse("must have an identifier of lower-case letters, digits and `-`"));
    }
    let is_whole_text = rule.path.is_some() && rule.pattern.text().starts_with(r"\A");
    if (rule.keywords.is_empty() && !is_whole_text) || rule.keywords.iter().any(|keyword| keyword.len() < 2) {
        return Err(rule.refuse("must have keywords of two characters at least"));
    }
    let is_address = |text: &String| text.starts_with("https://") && !text.contains(char::is_whitespace);
    if !rule.reference.iter().all(is_address) {
        return Err(rule.refuse("must name its reference by an address that begins with `https://`"));
    }
    Ok(rule)
}

/// The pattern with what its words in braces stand for.
fn spelled(pattern: &str, keywords: &[String]) -> String {
    pattern.replace("{keywords}", &keywords.join("|")).replace("{assigned}", ASSIGNED)
}

#[cfg(test)]
mod tests {
    use ops_core::Severity;

    use super::read;

    const WHOLE: &str = r#"
[[rules]]
id = "aws-access-key-id"
title = "AWS access key"
pattern = '''\b(AKIA[A-Z2-7]{16})\b'''
keywords = ["AKIA"]
entropy = 3.0
validate = "aws-key-id"
path = '\.env$'
near = [{ rule = "aws-secret-access-key", lines = 5 }]
allow = ['EXAMPLE']
severity = "warning"
reference = "https://docs.example.com/keys"
"#;

    #[test]
    fn every_key_is_read() {
        let rules = read("x.toml", WHOLE).unwrap();
        let rule = &rules[0];
        assert_eq!((rule.id.as_str(), rule.title.as_str()), ("aws-access-key-id", "AWS access key"));
        assert_eq!((rule.entropy, rule.severity, rule.near[0].lines), (Some(3.0), Severity::Warning, Some(5)));
        assert!(rule.validate.is_some() && rule.path.is_some() && rule.allow.len() == 1);
        assert_eq!(rule.reference.as_deref(), Some("https://docs.example.com/keys"));
    }

    #[test]
    fn a_pattern_may_stand_between_a_name_and_its_value() {
        let text = WHOLE.replace(r"\b(AKIA", "aws{assigned}(AKIA");
        let pattern = &read("x.toml", &text).unwrap()[0].pattern;
        let key = "AKIAQYLPMN5HHHFPZAM2";
        for between in ["=", ": \"", "_key_id => '", " secret key ", ": {\n  key: "] {
            assert!(pattern.fits(format!("aws{between}{key}").as_bytes()), "{between}");
        }
        assert!(!pattern.fits(format!("aws is not {key}").as_bytes()));
    }

    #[test]
    fn a_pattern_may_name_its_keywords() {
        let text = WHOLE.replace("AKIA[", "(?:{keywords})[").replace("\"AKIA\"]", "\"AKIA\", \"ASIA\"]");
        assert_eq!(read("x.toml", &text).unwrap()[0].pattern.text(), r"\b((?:AKIA|ASIA)[A-Z2-7]{16})\b");
    }

    #[test]
    fn a_wrong_file_is_refused_with_its_place() {
        let error = |text: &str| read("x.toml", text).unwrap_err().to_string();
        assert!(error("[[rules]]\nkeyword = 1").contains("unknown field `keyword`"));
        assert!(error(&WHOLE.replace("aws-key-id", "aws")).contains("unknown variant `aws`"));
        assert_eq!(
            error(&WHOLE.replace("[\"AKIA\"]", "[]")),
            "x.toml: the rule `aws-access-key-id` must have keywords of two characters at least"
        );
        assert!(read("x.toml", &WHOLE.replace("[\"AKIA\"]", "[]").replace(r"\b(", r"\A(")).is_ok());
        assert_eq!(
            error(&WHOLE.replace("\"aws-access-key-id\"", "\"AWS\"")),
            "x.toml: the rule `AWS` must have an identifier of lower-case letters, digits and `-`"
        );
        for address in ["http://docs.example.com", "https://docs.example.com/the keys"] {
            assert_eq!(
                error(&WHOLE.replace("https://docs.example.com/keys", address)),
                "x.toml: the rule `aws-access-key-id` must name its reference by an address that begins with `https://`"
            );
        }
    }
}
