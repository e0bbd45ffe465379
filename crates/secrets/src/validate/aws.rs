//! The identifier of an AWS key. Those given out since about 2019 carry the number of the account: the ten characters
//! behind the prefix are base 32, and 40 of their bits the number, which has twelve decimal digits at most.

use crate::Validity;

const ACCOUNTS: u64 = 1_000_000_000_000;

/// Says that it may be one, or none if the account that it names cannot be.
pub(super) fn judge(identifier: &[u8]) -> Option<Validity> {
    let body = identifier.get(4..14)?;
    if matches!(body.first(), Some(b'I' | b'J')) {
        // An older key, which names no account.
        return Some(Validity::Unknown);
    }
    let Some(bits) = body.iter().try_fold(0_u64, |bits, byte| Some(bits << 5 | digit(*byte)?)) else {
        return Some(Validity::Unknown);
    };
    // 50 bits in all: one that means nothing, the 40 of the account, and nine of what follows.
    let account = (bits >> 9) & ((1 << 40) - 1);
    (account < ACCOUNTS).then_some(Validity::Unknown)
}

fn digit(byte: u8) -> Option<u64> {
    match byte {
        b'A'..=b'Z' => Some(u64::from(byte - b'A')),
        b'2'..=b'7' => Some(u64::from(byte - b'2') + 26),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::Validity;

    #[test]
    fn an_account_of_more_than_twelve_digits_is_none() {
        assert_eq!(judge(b"AKIAQYLPMN5HFIQR7XYA"), Some(Validity::Unknown), "the account 052310077262");
        assert_eq!(judge(b"AKIA7777777777777777"), None);
        assert_eq!(judge(b"AKIAIOSFODNN7ABCDEFG"), Some(Validity::Unknown), "an older key");
        assert_eq!(judge(b"AKIA"), None);
    }
}
