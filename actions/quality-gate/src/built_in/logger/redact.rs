//! What `redact` of pino hides, as far as its paths tell.
//!
//! A path is names between dots and brackets, of which each may be the wildcard `*`: `req.headers["set-cookie"]`, `users[*].token`.
//! Format: <https://github.com/pinojs/pino/blob/main/docs/redaction.md>

use ops_core::words::of_name;
use ops_typescript::value::{Array, Value};

/// What a request sends in its headers, so that hiding these hides it.
const OF_HEADERS: [&str; 2] = ["authorization", "cookie"];

/// What a logger hides of what it is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Hidden {
    /// The parts of each path.
    paths: Vec<Vec<String>>,
    /// Why there may be others.
    pub(super) open: Option<String>,
}

impl Hidden {
    /// What these options of pino, or a list of paths, hide.
    pub(super) fn by(options: &Value) -> Self {
        match options {
            Value::Object(options) => Self::of(&options.value("redact")),
            Value::Undefined | Value::Null => Self::default(),
            Value::Result { callee, .. } if is_destination(callee) => Self::default(),
            unknown => Self { open: Some(unknown.why()), ..Self::default() },
        }
    }

    fn of(redact: &Value) -> Self {
        match redact {
            Value::Array(paths) => Self::listed(paths),
            Value::Object(settings) => match settings.value("paths") {
                Value::Array(paths) => Self::listed(&paths),
                Value::Undefined => Self::default(),
                unknown => Self { open: Some(unknown.why()), ..Self::default() },
            },
            Value::Undefined | Value::Null | Value::Boolean(false) => Self::default(),
            unknown => Self { open: Some(unknown.why()), ..Self::default() },
        }
    }

    fn listed(paths: &Array) -> Self {
        let mut hidden = Self { open: paths.open.clone(), ..Self::default() };
        for item in &paths.items {
            match (&item.condition, &item.value) {
                (None, Value::Text(path)) => hidden.paths.extend(parts(path)),
                (Some(why), _) => hidden.open = Some(why.clone()),
                (None, unknown) => hidden.open = Some(unknown.why()),
            }
        }
        hidden
    }

    /// Whether it is known to hide nothing.
    pub(super) fn is_nothing(&self) -> bool {
        self.paths.is_empty() && self.open.is_none()
    }

    /// Those of the fields that no path is known to hide. How deep a field lies is not asked.
    pub(super) fn lacks<'f>(&self, fields: &'f [String]) -> Vec<&'f str> {
        let is_hidden = |field: &&String| {
            let words = of_name(field);
            words.is_empty() || self.paths.iter().any(|path| hides(path, &words))
        };
        fields.iter().filter(|field| !is_hidden(field)).map(String::as_str).collect()
    }
}

/// Whether a path hides a field that has these words.
fn hides(path: &[String], words: &[String]) -> bool {
    let Some((last, before)) = path.split_last() else { return false };
    let is_of_headers = || matches!(words, [one] if OF_HEADERS.contains(&one.as_str()));
    match (last.as_str(), before.last().map(String::as_str)) {
        ("*", Some("headers")) | ("headers", _) => is_of_headers(),
        ("*", _) => before.iter().all(|part| part == "*"),
        _ => of_name(last) == words,
    }
}

/// `pino.destination(1)`, `pino.transport({ … })`: where a logger writes to, which stands where options may stand.
fn is_destination(callee: &str) -> bool {
    let name = callee.rsplit('.').next().unwrap_or_default();
    matches!(name, "destination" | "transport" | "multistream")
}

/// The parts of a path; none where it is no path, which pino refuses.
fn parts(path: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (part, after) = match inner.strip_prefix(['"', '\'', '`']) {
                Some(text) => text.split_once(inner.chars().next()?)?,
                None => inner.split_once(']').map(|(part, _)| (part, inner.get(part.len()..).unwrap_or_default()))?,
            };
            parts.push(part.to_owned());
            rest = after.strip_prefix(']')?;
            continue;
        }
        let name = if parts.is_empty() { rest } else { rest.strip_prefix('.')? };
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (part, after) = name.split_at_checked(end)?;
        if part.is_empty() {
            return None;
        }
        parts.push(part.to_owned());
        rest = after;
    }
    (!parts.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Hidden, parts};

    fn lacks<'f>(paths: &[&str], fields: &'f [String]) -> Vec<&'f str> {
        let paths = paths.iter().filter_map(|path| parts(path)).collect();
        Hidden { paths, open: None }.lacks(fields)
    }

    fn hides(path: &str, field: &str) -> bool {
        lacks(&[path], &[field.to_owned()]).is_empty()
    }

    #[test]
    fn a_path_falls_apart_into_its_names() {
        let of = |path: &str| parts(path).map(|parts| parts.join(" "));
        for (path, wanted) in [
            ("password", "password"),
            ("*.password", "* password"),
            ("req.headers.authorization", "req headers authorization"),
            ("req.headers[\"set-cookie\"]", "req headers set-cookie"),
            ("a['b.c'].d", "a b.c d"),
            ("users[*].token", "users * token"),
            ("[*].token", "* token"),
            ("[*]", "*"),
            ("a[0][*]", "a 0 *"),
        ] {
            assert_eq!(of(path).as_deref(), Some(wanted), "{path}");
        }
        for path in ["", ".", "a..b", "a.", "[", "a[", "a[b", "a[\"b]", "a[\"b\"c]"] {
            assert_eq!(of(path), None, "{path}");
        }
    }

    #[test]
    fn the_last_name_of_a_path_is_what_it_hides_however_it_is_spelled() {
        for (path, field) in [
            ("password", "password"),
            ("*.password", "password"),
            ("*.accessToken", "access_token"),
            ("body.access_token", "accessToken"),
            ("req.headers.authorization", "authorization"),
            ("req.headers[\"x-api-key\"]", "x_api_key"),
            ("users[*].token", "token"),
            ("*", "password"),
            ("[*]", "password"),
            ("*.*", "chat_body"),
            ("req.headers", "cookie"),
            ("req.headers.*", "authorization"),
            ("headers[*]", "cookie"),
        ] {
            assert!(hides(path, field), "{path} hides {field}");
        }
    }

    #[test]
    fn what_another_name_hides_is_not_hidden() {
        for (path, field) in [
            ("*.resetToken", "token"),
            ("*.token", "access_token"),
            ("password.hash", "password"),
            ("req.headers.*", "password"),
            ("req.headers", "chat_body"),
            ("user.*", "password"),
            ("*.user", "password"),
            ("a..password", "password"),
        ] {
            assert!(!hides(path, field), "{path} does not hide {field}");
        }
    }

    #[test]
    fn what_is_missing_is_told_in_the_order_of_the_policy() {
        let fields = ["token", "password", "cookie", "_"].map(str::to_owned);
        assert_eq!(lacks(&["*.password"], &fields), ["token", "cookie"]);
        assert!(lacks(&["*"], &fields).is_empty());
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reading_of_a_path(path in "[a*.\\[\\]\"'é]{0,12}") {
            prop_assert!(parts(&path).is_none_or(|parts| !parts.is_empty()));
        }
    }
}
