//! What a secret tells by itself, without asking anybody: checksum, expiry, inner structure.

mod aws;
mod checksum;
mod connection;
mod jwt;
mod pem;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A check of a secret's inner structure, by the name that rules use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Validator {
    /// GitHub's tokens (`ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_`): the last six characters are a CRC32 in base 62.
    Github,
    /// npm's tokens (`npm_`), with the same checksum.
    Npm,
    /// A JSON Web Token: a header and claims that are JSON, perhaps with an expiry.
    Jwt,
    /// A private key in PEM: it can be decoded, or is encrypted.
    Pem,
    /// The identifier of an AWS key, which carries the number of its account.
    AwsKeyId,
    /// A URL with a password in it: neither a placeholder nor for this machine alone. Looks at the whole match.
    ConnectionUrl,
}

/// What the secret itself says of whether it can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Validity {
    /// Its checksum holds, or it is a whole key.
    Valid,
    /// It says that its time is over.
    Expired,
    /// Its checksum does not hold: nobody ever gave it out.
    Invalid,
    /// It says nothing.
    Unknown,
}

impl Validity {
    /// The word that stands in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Invalid => "invalid",
            Self::Unknown => "unknown",
        }
    }
}

/// What `secret`, found as a part of `whole`, tells of itself at the time `now`; none if it is nothing of the kind.
pub(crate) fn judge(validator: Validator, secret: &[u8], whole: &[u8], now: Timestamp) -> Option<Validity> {
    match validator {
        Validator::Github | Validator::Npm => Some(checksum::judge(secret)),
        Validator::Jwt => jwt::judge(secret, now),
        Validator::Pem => pem::judge(secret),
        Validator::AwsKeyId => aws::judge(secret),
        Validator::ConnectionUrl => connection::judge(whole),
    }
}
