//! The repository's name, and how names and paths get into an address.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::GitHubError;

/// All but the characters that RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `owner/name`, checked: both parts hold only the characters that GitHub allows there.
pub(crate) struct Repository {
    full_name: String,
}

impl Repository {
    pub(crate) fn parse(value: &str) -> Result<Self, GitHubError> {
        let valid = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
        };
        match value.split_once('/') {
            Some((owner, name)) if valid(owner) && valid(name) => Ok(Self { full_name: value.to_owned() }),
            _ => Err(GitHubError::Repository { value: value.to_owned() }),
        }
    }

    pub(crate) fn full_name(&self) -> &str {
        &self.full_name
    }

    /// The address of something in this repository, below the API's base; `parts` are encoded one by one.
    pub(crate) fn address(&self, parts: &[&str]) -> String {
        let mut address = format!("/repos/{}", self.full_name);
        for part in parts {
            address.push('/');
            address.push_str(&encode(part));
        }
        address
    }
}

/// Percent-encodes one part of an address, slashes included.
pub(crate) fn encode(part: &str) -> String {
    utf8_percent_encode(part, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Repository, encode};

    #[test]
    fn a_repository_is_owner_slash_name() {
        let repository = Repository::parse("acme/shop.web").unwrap();
        assert_eq!(repository.address(&["git", "trees", "a b/c"]), "/repos/acme/shop.web/git/trees/a%20b%2Fc");
    }

    #[test]
    fn anything_else_is_refused_with_the_form_expected() {
        for value in ["", "acme", "acme/", "/shop", "acme/shop/x", "acme/..", "a b/c", "acme/shop?x"] {
            let Err(error) = Repository::parse(value) else {
                panic!("{value:?} was taken");
            };
            assert_eq!(
                error.to_string(),
                format!("use {value:?} as a repository: expected `owner/name`, as GITHUB_REPOSITORY holds it")
            );
        }
    }

    proptest! {
        #[test]
        fn encoding_keeps_every_byte_and_adds_no_separator(part in ".*") {
            let encoded = encode(&part);
            prop_assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)));
            let decoded = percent_encoding::percent_decode_str(&encoded).decode_utf8().unwrap();
            prop_assert_eq!(decoded, part);
        }
    }
}
