//! What looks like a secret and is none: placeholders, references to where a secret stands, sequences.

/// Words of documentation, in lower case. All are long enough not to stand in a random text by chance.
const WORDS: &[&str] = &[
    "example",
    "sample",
    "dummy",
    "placeholder",
    "changeme",
    "change-me",
    "change_me",
    "replaceme",
    "replace-me",
    "replace_me",
    "replace-with",
    "replace_with",
    "insert-",
    "insert_",
    "your-",
    "your_",
    "yourapi",
    "yourkey",
    "yoursecret",
    "yourtoken",
    "yourpass",
    "my-secret",
    "my_secret",
    "mysecret",
    "redacted",
    "xxxxx",
    "*****",
    ".....",
    "-----",
    "_____",
    "foobar",
    "lorem",
    "todo-",
    "todo_",
    "not-a-real",
    "not_a_real",
    "notareal",
    "fake-",
    "fake_",
    "undefined",
    "process.env",
    "import.meta",
    "os.environ",
    "getenv",
    "secrets.",
    "<your",
    "secret_here",
    "secret-here",
    "key_here",
    "key-here",
    "token_here",
    "token-here",
    "keyhere",
    "tokenhere",
    "secrethere",
];

/// What begins a value that a program puts in, rather than one that is written there.
const REFERENCES: &[&str] =
    &["${", "$(", "{{", "#{", "%(", "%{", "<%", "@{", "[[", "$env:", "env(", "env.", "config.", "vars."];

/// Words that also stand in what a provider gave out, or in what somebody took for a password.
const GENERIC_WORDS: &[&str] = &["hunter2", "deadbeef", "qwerty"];

/// Whether `secret` is one that documentation shows, or the name of a place where a secret stands. `generic`: the rule
/// knows nothing of the secret's form, so that more may be something else. What has the form of a provider's secret is no
/// placeholder only because its characters follow each other.
pub(super) fn is_placeholder(secret: &[u8], generic: bool) -> bool {
    let lower = secret.to_ascii_lowercase();
    let has_any = |words: &[&str]| words.iter().any(|word| contains(&lower, word.as_bytes()));
    let is_long = secret.len() >= 8;
    has_any(WORDS)
        || (is_long && has_few_characters(secret))
        || (generic
            && (has_any(GENERIC_WORDS)
                || (is_long && (repeats(secret) || is_sequence(secret)))
                || is_reference(secret, &lower)
                || is_uuid(secret)
                || is_identifier(secret)))
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(text, word).is_some()
}

/// One to three different characters.
fn has_few_characters(secret: &[u8]) -> bool {
    let mut seen = [false; 256];
    let mut distinct = 0;
    for byte in secret {
        if let Some(seen) = seen.get_mut(usize::from(*byte))
            && !*seen
        {
            *seen = true;
            distinct += 1;
        }
    }
    distinct <= 3
}

/// The same few characters again and again.
fn repeats(secret: &[u8]) -> bool {
    (2..=secret.len() / 3).any(|period| secret.iter().zip(secret.iter().skip(period)).all(|(a, b)| a == b))
}

/// Most neighbours are equal, or follow each other in the alphabet: `abcdefgh`, `0123456789abcdef`, `87654321`.
fn is_sequence(secret: &[u8]) -> bool {
    let steps = secret.windows(2).filter(|pair| matches!(pair, [a, b] if a.abs_diff(*b) <= 1)).count();
    steps * 10 > (secret.len() - 1) * 6
}

/// A variable, a template or a path to a value.
fn is_reference(secret: &[u8], lower: &[u8]) -> bool {
    let encloses = |first, last| secret.first() == Some(first) && secret.last() == Some(last);
    REFERENCES.iter().any(|start| lower.starts_with(start.as_bytes()))
        || encloses(&b'<', &b'>')
        || encloses(&b'%', &b'%')
        || encloses(&b'{', &b'}')
        || encloses(&b'[', &b']')
        || matches!(secret, [b'$', next, ..] if next.is_ascii_alphabetic() || *next == b'_')
}

/// `8-4-4-4-12` hexadecimal digits.
fn is_uuid(secret: &[u8]) -> bool {
    secret.len() == 36
        && secret.iter().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A name in a program: letters with dots, dashes or underscores and no digit.
fn is_identifier(secret: &[u8]) -> bool {
    secret.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b'-'))
        && secret.iter().any(|byte| matches!(byte, b'_' | b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn what_documentation_shows_is_a_placeholder() {
        for text in [
            "sk_live_your_key_here",
            "AKIAIOSFODNN7EXAMPLE",
            "xxxxxxxxxxxxxxxx",
            "aaaaaaaabbbbbbbb",
            "************",
            "process.env.API_KEY",
        ] {
            assert!(is_placeholder(text.as_bytes(), false), "{text}");
        }
    }

    #[test]
    fn a_sequence_is_a_placeholder_where_nothing_is_known_of_the_form() {
        for text in [
            "abcdefghijklmnop",
            "0123456789abcdef0123456789abcdef",
            "abc123abc123abc123",
            "9876543210",
            "deadbeefcafe1234",
        ] {
            assert!(is_placeholder(text.as_bytes(), true), "{text}");
            assert!(!is_placeholder(text.as_bytes(), false), "{text}");
        }
    }

    #[test]
    fn what_could_be_a_secret_is_none() {
        for text in
            ["k3j9x0q8w2e7r5t1", "Zm9vYmFyYmF6cXV4", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3", "correct-horse7"]
        {
            assert!(!is_placeholder(text.as_bytes(), true), "{text}");
        }
    }

    #[test]
    fn a_reference_or_another_kind_of_name_is_none_that_a_generic_rule_is_about() {
        for text in [
            "${API_KEY}",
            "$API_KEY",
            "<api-key>",
            "{{ secrets.KEY }}",
            "%API_KEY%",
            "getSecret.value",
            "6fa459ea-ee8a-3ca4-894e-db77e160355e",
        ] {
            assert!(is_placeholder(text.as_bytes(), true), "{text}");
        }
        assert!(!is_placeholder(b"6fa459ea-ee8a-3ca4-894e-db77e160355e", false));
    }
}
