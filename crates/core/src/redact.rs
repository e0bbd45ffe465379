//! Secrets never reach a log, a report or an error: whatever is written passes through here first.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    sync::{Arc, PoisonError, RwLock},
};

use aho_corasick::AhoCorasick;

use crate::inputs::Environment;

/// What stands in the place of a secret.
pub const REDACTED: &str = "***";

/// Below this length, in bytes, a secret would redact ordinary words.
const SHORTEST: usize = 4;

/// Below this length a variable with a secretive name more likely holds a switch than a secret.
const SHORTEST_GUESSED: usize = 8;

/// Knows the secrets of a run. A clone is a second handle on the same secrets.
///
/// Secrets of at least four bytes are replaced wherever they stand. A shorter password of a URL is replaced only
/// between its `:` and `@`: replacing a bare `x` everywhere would say what it is and leave nothing to read.
#[derive(Clone, Default)]
pub struct Redactor {
    secrets: Arc<RwLock<Secrets>>,
}

#[derive(Default)]
struct Secrets {
    values: BTreeSet<String>,
    finder: Option<AhoCorasick>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Redactor(…)")
    }
}

impl Redactor {
    /// Knows what looks like a secret in the environment: URLs with passwords, and the variables whose names end as those
    /// of secrets do.
    #[must_use]
    pub fn from_environment(environment: &Environment) -> Self {
        const ENDINGS: [&str; 9] =
            ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PRIVATE_KEY", "API_KEY", "ACCESS_KEY", "SECRET_KEY", "ROLE_KEY"];
        let redactor = Self::default();
        for (name, value) in &environment.variables {
            let name = name.to_ascii_uppercase();
            let named = value.len() >= SHORTEST_GUESSED && ENDINGS.iter().any(|ending| name.ends_with(ending));
            if named || !passwords(value).is_empty() {
                redactor.add(value);
            }
        }
        redactor
    }

    /// Learns a secret: its whole, its lines, and the passwords of a URL or a connection string in it, each as it is,
    /// percent-decoded, percent-encoded and as JSON writes it.
    pub fn add(&self, secret: &str) {
        let mut values: Vec<String> = vec![secret.trim().to_owned()];
        values.extend(secret.lines().map(|line| line.trim().to_owned()));
        let mut short = Vec::new();
        for password in passwords(secret) {
            for form in [password.clone(), percent_decoded(&password)] {
                match form.len() {
                    0 => {}
                    1..SHORTEST => short.push(format!(":{form}@")),
                    _ => values.push(form),
                }
            }
        }
        values.retain(|value| value.len() >= SHORTEST);
        let encoded: Vec<String> =
            values.iter().flat_map(|value| [json_encoded(value), percent_encoded(value)]).collect();
        let mut secrets = self.secrets.write().unwrap_or_else(PoisonError::into_inner);
        let before = secrets.values.len();
        secrets.values.extend(values.into_iter().chain(encoded).chain(short));
        if secrets.values.len() != before {
            // Building fails only for patterns of gigabytes.
            secrets.finder = AhoCorasick::new(&secrets.values).ok();
        }
    }

    /// Whether it knows no secret, so that every text stays as it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.secrets.read().unwrap_or_else(PoisonError::into_inner).values.is_empty()
    }

    /// `text` with `***` in the place of every secret. Secrets that overlap are replaced as one.
    #[must_use]
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let secrets = self.secrets.read().unwrap_or_else(PoisonError::into_inner);
        let Some(finder) = &secrets.finder else {
            // Secrets that no finder could be built for must not pass.
            return Cow::Borrowed(if secrets.values.is_empty() { text } else { REDACTED });
        };
        let mut spans: Vec<(usize, usize)> =
            finder.find_overlapping_iter(text).map(|found| (found.start(), found.end())).collect();
        if spans.is_empty() {
            return Cow::Borrowed(text);
        }
        spans.sort_unstable();
        let mut redacted = String::with_capacity(text.len());
        let mut copied = 0;
        let mut open: Option<usize> = None;
        for (start, end) in spans {
            match open {
                Some(open_end) if start < open_end => open = Some(open_end.max(end)),
                _ => {
                    copied = open.unwrap_or(copied);
                    redacted.push_str(text.get(copied..start).unwrap_or_default());
                    redacted.push_str(REDACTED);
                    open = Some(end);
                }
            }
        }
        redacted.push_str(text.get(open.unwrap_or(copied)..).unwrap_or_default());
        Cow::Owned(redacted)
    }
}

/// The passwords in a URL (`scheme://user:password@host`, `?password=`) or in a libpq connection string.
fn passwords(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        if let Some((_, rest)) = word.split_once("://") {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            // A password with an unescaped slash is wrong, but it is still a password.
            let user = authority.rsplit_once('@').or_else(|| rest.rsplit_once('@')).map(|(user, _)| user);
            if let Some((_, password)) = user.and_then(|user| user.split_once(':')) {
                found.push(password.to_owned());
            }
        }
        let pairs = word.split_once('?').map_or(word, |(_, query)| query);
        for pair in pairs.split('&') {
            if let Some(("password" | "sslpassword", value)) = pair.split_once('=') {
                found.push(value.trim_matches('\'').to_owned());
            }
        }
    }
    found.retain(|password| !password.is_empty());
    found
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%').then(|| after.get(..2)).flatten().and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
            u8::from_str_radix(digits, 16).ok()
        });
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn percent_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn json_encoded(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{REDACTED, Redactor};
    use crate::inputs::Environment;
    use proptest::prelude::*;

    fn knowing(secrets: &[&str]) -> Redactor {
        let redactor = Redactor::default();
        for secret in secrets {
            redactor.add(secret);
        }
        redactor
    }

    #[test]
    fn the_password_of_a_url_is_hidden_in_every_form() {
        let redactor = knowing(&["postgres://app:p%40ss%22word@db.example.com/prod?sslmode=require"]);
        assert_eq!(redactor.redact("login with p%40ss%22word failed"), "login with *** failed");
        assert_eq!(redactor.redact("login with p@ss\"word failed"), "login with *** failed");
        assert_eq!(redactor.redact(r#"{"url": "p@ss\"word"}"#), r#"{"url": "***"}"#);
        assert_eq!(redactor.redact("host db.example.com, user app"), "host db.example.com, user app");
    }

    #[test]
    fn whoever_is_empty_hides_nothing() {
        assert!(Redactor::default().is_empty() && knowing(&["", "abc"]).is_empty());
        assert!(!knowing(&["abcd"]).is_empty() && !knowing(&["postgres://app:x@db.example.com/prod"]).is_empty());
    }

    #[test]
    fn a_short_password_is_hidden_where_it_is_one() {
        let redactor = knowing(&["postgres://app:x@db.example.com/prod"]);
        assert_eq!(redactor.redact("an extra x"), "an extra x");
        assert_eq!(
            redactor.redact("postgresql://app:x@db.example.com/other"),
            "postgresql://app***db.example.com/other"
        );
    }

    #[test]
    fn a_password_may_stand_elsewhere_in_a_connection_string() {
        assert_eq!(knowing(&["host=db password='hunter22' user=app"]).redact("is it hunter22?"), "is it ***?");
        assert_eq!(knowing(&["postgres://db/prod?user=app&password=hunter22"]).redact("is it hunter22?"), "is it ***?");
        assert_eq!(knowing(&["postgres://app:hun/ter22@db/prod"]).redact("is it hun/ter22?"), "is it ***?");
    }

    #[test]
    fn every_line_of_a_key_is_hidden_but_not_its_braces() {
        let redactor = knowing(&["{\n  first line\n  second line\n}"]);
        assert_eq!(redactor.redact("{ first line } and second line"), "{ *** } and ***");
    }

    #[test]
    fn secrets_that_overlap_leave_nothing_behind() {
        assert_eq!(knowing(&["abcd", "cdef", "efgh"]).redact("xabcdefghx abcd"), "x***x ***");
    }

    #[test]
    fn the_environment_gives_its_secrets_away_by_name_or_by_form() {
        let environment = Environment::from_pairs([
            ("GITHUB_TOKEN", "ghs_0123456789"),
            ("USE_TOKEN", "true"),
            ("ANY_NAME", "mysql://root:verysecret@db"),
            ("HOME", "/home/somebody"),
            ("TOKEN_CACHE_FOLDER", "/home/somebody"),
        ]);
        let redactor = Redactor::from_environment(&environment);
        assert_eq!(redactor.redact("ghs_0123456789 true verysecret /home/somebody"), "*** true *** /home/somebody");
    }

    proptest! {
        #[test]
        fn no_secret_survives(secrets in prop::collection::vec("[a-c%@:/\"]{4,8}", 1..5), text in "[a-c%@:/\"å ]{0,60}") {
            let redactor = Redactor::default();
            for secret in &secrets {
                redactor.add(secret);
            }
            let redacted = redactor.redact(&format!("{text}{}{text}", secrets.concat())).into_owned();
            for secret in &secrets {
                prop_assert!(!redacted.contains(secret.as_str()));
            }
            prop_assert!(redacted.contains(REDACTED));
        }

        #[test]
        fn any_secret_is_learned_without_a_panic(secret in ".*") {
            let _ = knowing(&[&secret]).redact(&secret);
        }
    }
}
