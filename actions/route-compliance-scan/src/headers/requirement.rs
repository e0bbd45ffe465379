//! The headers that the policy asks for, and what of a header's value counts.
//!
//! Written `Name: value`. The value is `*` (any), or what the header must say: a whole value or directive (`nosniff`,
//! `frame-ancestors 'none'`), a directive's name (`frame-ancestors`), or a least number (`max-age>=15552000`). `,` separates
//! what is equally good, `;` what is asked for together, and `|` headers of which one is enough.

use super::text::{Answer, HeaderText};

/// What is asked for where the policy names nothing else.
pub(crate) const DEFAULT: [&str; 4] = [
    "X-Content-Type-Options: nosniff",
    "Strict-Transport-Security: max-age>=15552000",
    "Content-Security-Policy: frame-ancestors | X-Frame-Options: deny, sameorigin",
    "Referrer-Policy: *",
];

/// One line of the policy's `headers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// As the policy writes it.
    pub(crate) text: String,
    /// Any one of these is enough.
    pub(crate) headers: Vec<Wanted>,
}

/// A header, and what it must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// As it is written.
    pub(crate) name: String,
    /// In lower case.
    pub(crate) key: String,
    /// Each of one list together; any list is enough. Empty: any value.
    values: Vec<Vec<Term>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    /// A directive, or its name, in lower case.
    Says(String),
    /// A directive with a number, and the least one.
    AtLeast(String, u64),
}

/// Why a line cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RequirementError {
    /// No colon.
    #[error("`{0}` is no header: write `Name: value`, or `Name: *` for any value")]
    NoColon(String),
    /// Not a token.
    #[error("`{0}` is no header's name: letters, digits and `-` are")]
    Name(String),
    /// Nothing after the colon, or between two separators.
    #[error("`{0}` asks for no value: write `{0}: *` for any")]
    NoValue(String),
    /// Not a number.
    #[error("`{0}` compares with no number: write `max-age>=15552000`")]
    NoNumber(String),
    /// It is only reported, never enforced.
    #[error("`{0}` protects nobody, since browsers only report it: ask for `Content-Security-Policy`")]
    ReportOnly(String),
}

impl Requirement {
    /// Reads one line of the policy.
    pub(crate) fn parse(text: &str) -> Result<Self, RequirementError> {
        let headers = text.split('|').map(Wanted::parse).collect::<Result<_, _>>()?;
        Ok(Self { text: text.trim().to_owned(), headers })
    }

    /// What is asked for where the policy says nothing.
    pub(crate) fn defaults() -> Vec<Self> {
        DEFAULT.iter().filter_map(|text| Self::parse(text).ok()).collect()
    }

    /// The headers' names: `Content-Security-Policy or X-Frame-Options`.
    pub(crate) fn names(&self) -> String {
        self.headers.iter().map(|wanted| wanted.name.as_str()).collect::<Vec<_>>().join(" or ")
    }
}

impl Wanted {
    fn parse(text: &str) -> Result<Self, RequirementError> {
        let text = text.trim();
        let Some((name, values)) = text.split_once(':') else { return Err(RequirementError::NoColon(text.to_owned())) };
        let name = name.trim();
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(RequirementError::Name(name.to_owned()));
        }
        let key = name.to_ascii_lowercase();
        if key == "content-security-policy-report-only" {
            return Err(RequirementError::ReportOnly(name.to_owned()));
        }
        if values.trim() == "*" {
            return Ok(Self { name: name.to_owned(), key, values: Vec::new() });
        }
        let parse_all = |value: &str| value.split(';').map(|term| Term::parse(term, name)).collect();
        let values = values.split(',').map(parse_all).collect::<Result<_, _>>()?;
        Ok(Self { name: name.to_owned(), key, values })
    }

    /// Whether a value is good enough.
    pub(crate) fn accepts(&self, value: &HeaderText) -> Answer {
        if self.values.is_empty() {
            return value.is_something();
        }
        let directives = value.directives();
        let all =
            |terms: &Vec<Term>| terms.iter().map(|term| term.accepts(&directives, value)).min().unwrap_or(Answer::Yes);
        self.values.iter().map(all).max().unwrap_or(Answer::No)
    }
}

impl Term {
    fn parse(text: &str, name: &str) -> Result<Self, RequirementError> {
        let text = text.trim().to_ascii_lowercase();
        if text.is_empty() {
            return Err(RequirementError::NoValue(name.to_owned()));
        }
        let Some((directive, number)) = text.split_once(">=") else { return Ok(Self::Says(words(&text))) };
        match number.trim().parse() {
            Ok(number) if !directive.trim().is_empty() => Ok(Self::AtLeast(directive.trim().to_owned(), number)),
            _ => Err(RequirementError::NoNumber(text)),
        }
    }

    fn accepts(&self, directives: &[HeaderText], value: &HeaderText) -> Answer {
        let unknown = if value.is_known() { Answer::No } else { Answer::Unknown };
        directives.iter().map(|directive| self.accepts_one(directive)).max().unwrap_or(Answer::No).max(unknown)
    }

    fn accepts_one(&self, directive: &HeaderText) -> Answer {
        let (Self::Says(name) | Self::AtLeast(name, _)) = self;
        let Some(known) = directive.known() else {
            // `frame-ancestors ${hosts}` may say anything; `frame-ancestors-${x}` is another directive.
            return Answer::Unknown;
        };
        let known = words(&known.to_ascii_lowercase());
        match self {
            Self::Says(wanted) if known == *wanted => Answer::Yes,
            Self::Says(wanted) => {
                let arguments = known.strip_prefix(wanted.as_str()).and_then(|rest| rest.strip_prefix([' ', '=']));
                // A list that allows everybody is no protection.
                Answer::from(arguments.is_some_and(|list| !list.split(' ').any(|host| EVERYBODY.contains(&host))))
            }
            Self::AtLeast(_, least) => {
                let number = known.strip_prefix(name.as_str()).and_then(|rest| rest.trim_start().strip_prefix('='));
                let number = number.and_then(|number| number.trim().trim_matches('"').parse::<u64>().ok());
                Answer::from(number.is_some_and(|number| number >= *least))
            }
        }
    }
}

/// Sources that any site has.
const EVERYBODY: [&str; 5] = ["*", "http:", "https:", "http://*", "https://*"];

fn words(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(requirement: &str, value: &str) -> Answer {
        Requirement::parse(requirement).unwrap().headers[0].accepts(&HeaderText::from_known(value))
    }

    #[test]
    fn the_default_can_be_read() {
        assert_eq!(Requirement::defaults().len(), DEFAULT.len());
        assert_eq!(Requirement::defaults()[2].names(), "Content-Security-Policy or X-Frame-Options");
    }

    #[test]
    fn a_value_is_compared_without_case() {
        assert_eq!(answer("X-Content-Type-Options: nosniff", "NoSniff"), Answer::Yes);
        assert_eq!(answer("X-Content-Type-Options: nosniff", "sniff"), Answer::No);
        assert_eq!(answer("X-Frame-Options: deny, sameorigin", "SAMEORIGIN"), Answer::Yes);
        assert_eq!(answer("X-Frame-Options: deny, sameorigin", "ALLOW-FROM https://a.example"), Answer::No);
    }

    #[test]
    fn any_value_is_not_no_value() {
        assert_eq!(answer("Referrer-Policy: *", "origin"), Answer::Yes);
        assert_eq!(answer("Referrer-Policy: *", " "), Answer::No);
    }

    #[test]
    fn a_number_must_be_large_enough() {
        let hsts = "Strict-Transport-Security: max-age>=15552000";
        assert_eq!(answer(hsts, "max-age=63072000; includeSubDomains"), Answer::Yes);
        assert_eq!(answer(hsts, "includeSubDomains; Max-Age = \"15552000\""), Answer::Yes);
        assert_eq!(answer(hsts, "max-age=300"), Answer::No);
        assert_eq!(answer(hsts, "max-age=all"), Answer::No);
        assert_eq!(answer(hsts, "x-max-age=63072000"), Answer::No);
    }

    #[test]
    fn what_is_asked_for_together_must_all_be_there() {
        let hsts = "Strict-Transport-Security: max-age>=1; includeSubDomains";
        assert_eq!(answer(hsts, "max-age=1; includesubdomains; preload"), Answer::Yes);
        assert_eq!(answer(hsts, "max-age=1"), Answer::No);
    }

    #[test]
    fn a_directive_must_be_there_and_not_allow_everybody() {
        let framing = "Content-Security-Policy: frame-ancestors";
        assert_eq!(answer(framing, "default-src 'self';  frame-ancestors   'none'"), Answer::Yes);
        assert_eq!(answer(framing, "default-src 'self'"), Answer::No);
        assert_eq!(answer(framing, "frame-ancestors *"), Answer::No);
        assert_eq!(answer(framing, "frame-ancestors https:"), Answer::No);
        assert_eq!(answer(framing, "frame-ancestors-not 'none'"), Answer::No);
        assert_eq!(answer("Content-Security-Policy: frame-ancestors 'none'", "frame-ancestors 'self'"), Answer::No);
        assert_eq!(answer("Content-Security-Policy: frame-ancestors 'none'", "frame-ancestors  'NONE'"), Answer::Yes);
    }

    #[test]
    fn a_value_with_holes_is_judged_by_its_known_directives() {
        let framing = Requirement::parse("Content-Security-Policy: frame-ancestors").unwrap();
        let accepts = |parts: &[Option<&str>]| framing.headers[0].accepts(&HeaderText::from_parts(parts));
        assert_eq!(accepts(&[Some("frame-ancestors 'none'; connect-src "), None]), Answer::Yes);
        assert_eq!(accepts(&[Some("connect-src "), None]), Answer::Unknown);
        assert_eq!(accepts(&[Some("frame-ancestors "), None]), Answer::Unknown);
        let any = Requirement::parse("Referrer-Policy: *").unwrap();
        assert_eq!(any.headers[0].accepts(&HeaderText::from_parts(&[None])), Answer::Unknown);
        assert_eq!(any.headers[0].accepts(&HeaderText::from_parts(&[Some("a"), None])), Answer::Yes);
    }

    #[test]
    fn a_line_that_cannot_be_read_says_why() {
        let said = |text| Requirement::parse(text).unwrap_err().to_string();
        assert_eq!(said("nosniff"), "`nosniff` is no header: write `Name: value`, or `Name: *` for any value");
        assert_eq!(said("X Frame: deny"), "`X Frame` is no header's name: letters, digits and `-` are");
        assert_eq!(said("X-Frame-Options:"), "`X-Frame-Options` asks for no value: write `X-Frame-Options: *` for any");
        assert_eq!(said("A: x | B"), "`B` is no header: write `Name: value`, or `Name: *` for any value");
        assert_eq!(said("HSTS: max-age>=long"), "`max-age>=long` compares with no number: write `max-age>=15552000`");
        assert_eq!(
            said("Content-Security-Policy-Report-Only: *"),
            "`Content-Security-Policy-Report-Only` protects nobody, since browsers only report it: ask for `Content-Security-Policy`"
        );
    }
}
