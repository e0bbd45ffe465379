//! Private keys in PEM, RFC 7468, and OpenSSH's form of them.

use data_encoding::{BASE64_MIME_PERMISSIVE, BASE64_NOPAD};

use crate::Validity;

/// Fewer bytes hold no key. The shortest there is, Ed25519 in PKCS#8, has 48.
const SHORTEST: usize = 32;

/// Valid if it is a whole key that needs no passphrase; unknown if it needs one or is cut; none if there is no key in it.
pub(super) fn judge(text: &[u8]) -> Option<Validity> {
    let begin = memchr::memmem::find(text, b"-----BEGIN ")?;
    let after = text.get(begin + 11..)?;
    let head = memchr::memmem::find(after, b"-----")?;
    let (label, body) = (after.get(..head)?, after.get(head + 5..)?);
    let body = body.get(..memchr::memmem::find(body, b"-----END").unwrap_or(body.len()))?;
    if memchr::memmem::find(label, b"ENCRYPTED").is_some() || memchr::memmem::find(body, b"ENCRYPTED").is_some() {
        return (body.len() >= SHORTEST).then_some(Validity::Unknown);
    }
    if memchr::memmem::find(body, b"...").is_some() {
        return None;
    }
    let digits = digits(body);
    let key = BASE64_NOPAD.decode(&digits).or_else(|_| BASE64_MIME_PERMISSIVE.decode(&digits)).unwrap_or_default();
    if key.is_empty() {
        return (digits.len() >= SHORTEST * 2).then_some(Validity::Unknown);
    }
    if key.len() < SHORTEST {
        return None;
    }
    Some(if is_whole(&key) { Validity::Valid } else { Validity::Unknown })
}

/// The digits of base64 in the body: line breaks stand there as they are, or as the two characters `\n` of JSON.
fn digits(body: &[u8]) -> Vec<u8> {
    let mut digits = Vec::with_capacity(body.len());
    let mut bytes = body.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                let _ = bytes.next_if(|next| matches!(next, b'n' | b'r' | b't'));
            }
            b'=' => {}
            byte if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') => digits.push(byte),
            _ => {}
        }
    }
    digits
}

/// A sequence in DER with all its bytes, or OpenSSH's form without a cipher.
fn is_whole(key: &[u8]) -> bool {
    if let Some(rest) = key.strip_prefix(b"openssh-key-v1\0") {
        return rest.starts_with(b"\0\0\0\x04none");
    }
    match key {
        [0x30, length, rest @ ..] if *length < 0x80 => rest.len() >= usize::from(*length),
        [0x30, 0x81, length, rest @ ..] => rest.len() >= usize::from(*length),
        [0x30, 0x82, high, low, rest @ ..] => rest.len() >= usize::from(u16::from_be_bytes([*high, *low])),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;

    use super::judge;
    use crate::Validity;

    fn pem(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----")
    }

    #[test]
    fn a_whole_key_is_valid_and_a_cut_or_encrypted_one_unknown() {
        let mut key = vec![0x30, 62];
        key.extend((0..62).map(|number: u8| number.wrapping_mul(37)));
        let whole = BASE64.encode(&key);
        assert_eq!(judge(pem("PRIVATE KEY", &whole).as_bytes()), Some(Validity::Valid));
        assert_eq!(judge(pem("PRIVATE KEY", &whole.replace('Y', "Y\\n")).as_bytes()), Some(Validity::Valid), "in JSON");
        assert_eq!(judge(pem("PRIVATE KEY", &whole[..56]).as_bytes()), Some(Validity::Unknown));
        assert_eq!(judge(pem("ENCRYPTED PRIVATE KEY", &whole).as_bytes()), Some(Validity::Unknown));
        assert_eq!(judge(pem("RSA PRIVATE KEY", "MIIEvQ...").as_bytes()), None);
        assert_eq!(judge(pem("RSA PRIVATE KEY", "").as_bytes()), None);
    }

    #[test]
    fn an_openssh_key_is_valid_without_a_cipher() {
        let key = |cipher: &[u8]| BASE64.encode(&[b"openssh-key-v1\0", cipher, &[7; 40]].concat());
        let label = "OPENSSH PRIVATE KEY";
        assert_eq!(judge(pem(label, &key(b"\0\0\0\x04none")).as_bytes()), Some(Validity::Valid));
        assert_eq!(judge(pem(label, &key(b"\0\0\0\x0aaes256-ctr")).as_bytes()), Some(Validity::Unknown));
    }
}
