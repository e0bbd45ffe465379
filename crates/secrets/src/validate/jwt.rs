//! JSON Web Tokens, RFC 7519: three parts in base64url, the first two of them JSON.

use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use serde_json::Value;

use crate::Validity;

/// Expired or not known; none if its header says that it is another kind of token.
pub(super) fn judge(token: &[u8], now: Timestamp) -> Option<Validity> {
    let mut parts = token.split(|byte| *byte == b'.');
    let Some(header) = json(parts.next()?) else { return Some(Validity::Unknown) };
    header.get("alg").or_else(|| header.get("enc"))?.as_str()?;
    let claims = parts.next().and_then(json);
    let expiry = claims.as_ref().and_then(|claims| claims.get("exp")).and_then(Value::as_f64);
    #[allow(clippy::cast_precision_loss, reason = "seconds since 1970 are few enough")]
    let is_over = expiry.is_some_and(|expiry| expiry < now.as_second() as f64);
    Some(if is_over { Validity::Expired } else { Validity::Unknown })
}

fn json(part: &[u8]) -> Option<Value> {
    let part = part.trim_ascii_end();
    let text = BASE64URL_NOPAD.decode(part.strip_suffix(b"=").unwrap_or(part)).ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64URL_NOPAD;
    use jiff::Timestamp;

    use super::judge;
    use crate::Validity;

    fn token(header: &str, claims: &str) -> String {
        format!("{}.{}.c2ln", BASE64URL_NOPAD.encode(header.as_bytes()), BASE64URL_NOPAD.encode(claims.as_bytes()))
    }

    #[test]
    fn the_expiry_is_read() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let judged = |header: &str, claims: &str| judge(token(header, claims).as_bytes(), now);
        assert_eq!(judged(r#"{"alg":"HS256"}"#, r#"{"exp":1600000000}"#), Some(Validity::Expired));
        assert_eq!(judged(r#"{"alg":"HS256"}"#, r#"{"exp":1800000000}"#), Some(Validity::Unknown));
        assert_eq!(judged(r#"{"alg":"HS256"}"#, r#"{"iss":"x"}"#), Some(Validity::Unknown));
        assert_eq!(judged(r#"{"a":1}"#, "{}"), None);
        assert_eq!(judged("[", "{}"), Some(Validity::Unknown));
        assert_eq!(judge(b"eyJ.eyJ.x", now), Some(Validity::Unknown));
    }
}
