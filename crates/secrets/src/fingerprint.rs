//! Names of secrets that do not give them away.

use std::fmt;

use hmac::{Hmac, Mac as _};
use ops_core::fingerprint::hexadecimal;
use sha2::{Digest as _, Sha256};

/// Keys the fingerprints of everybody who gives no key of their own.
const LABEL: &[u8] = b"ops-actions/secrets/1";

/// What keys the fingerprints.
///
/// With a key that only a team knows, a fingerprint says nothing to anybody else. Without one, it still cannot be turned back, but
/// whoever guesses a secret can check the guess: enough for tokens, too little for short passwords.
#[derive(Clone)]
pub struct Key(Vec<u8>);

impl Key {
    /// A key of the team's own.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(key.to_vec())
    }

    /// The fingerprint of a secret that this rule found: 32 hexadecimal digits of HMAC-SHA-256. It says nothing of the place, so
    /// it survives moves, and dies with the secret.
    #[must_use]
    pub fn fingerprint(&self, rule: &str, secret: &[u8]) -> String {
        // A key may have any length.
        let Ok(mut code) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        code.update(rule.as_bytes());
        code.update(&[0]);
        code.update(secret);
        let code = code.finalize().into_bytes();
        hexadecimal("", code.get(..16).unwrap_or(&code))
    }

    /// What keys something else, made of this key and of `parts`: who knows one of the two alone cannot make it.
    pub(crate) fn derived(&self, purpose: &str, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
        let mut code = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        code.update(purpose.as_bytes());
        for part in parts {
            // No two lists of parts are the same to it.
            code.update(&Sha256::digest(part));
        }
        Hmac::new_from_slice(&code.finalize().into_bytes()).ok()
    }
}

impl Default for Key {
    fn default() -> Self {
        Self(LABEL.to_vec())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use hmac::Mac as _;

    use super::Key;

    #[test]
    fn a_fingerprint_depends_on_key_rule_and_secret_and_on_nothing_else() {
        let key = Key::default();
        assert_eq!(key.fingerprint("jwt", b"abc"), key.fingerprint("jwt", b"abc"));
        assert_eq!(key.fingerprint("jwt", b"abc").len(), 32);
        let others = [
            key.fingerprint("jwt", b"abd"),
            key.fingerprint("pem", b"abc"),
            Key::new(b"own").fingerprint("jwt", b"abc"),
        ];
        assert!(!others.contains(&key.fingerprint("jwt", b"abc")));
        assert_eq!(format!("{:?}", Key::new(b"own")), "***");
    }

    #[test]
    fn a_derived_key_depends_on_key_purpose_and_parts() {
        let derived =
            |key: Key, purpose: &str, parts: &[&[u8]]| key.derived(purpose, parts).unwrap().finalize().into_bytes();
        let one = derived(Key::default(), "cache", &[b"a", b"bc"]);
        assert_eq!(one, derived(Key::default(), "cache", &[b"a", b"bc"]));
        let others = [
            derived(Key::new(b"own"), "cache", &[b"a", b"bc"]),
            derived(Key::default(), "other", &[b"a", b"bc"]),
            derived(Key::default(), "cache", &[b"ab", b"c"]),
        ];
        assert!(!others.contains(&one));
    }
}
