//! `[routes]`: what guards a route, and what else must be true of it.

use std::ops::Range;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de};
use toml::Spanned;

use super::{Words, day::Day};
use crate::{Finding, Place, Severity, fingerprint, glob};

const EXPIRED: &str = "route/expired-public";
const UNUSED: &str = "route/unused-public";

/// The `[routes]` section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routes {
    /// Wrappers and calls that guard: a name, `module:name`, or a dotted name such as `auth.protect`.
    pub guards: Vec<Written>,
    /// The proofs that pass.
    pub accept: Vec<AcceptedProof>,
    /// Patterns of files that hold no routes, whatever they look like.
    pub exclude: Vec<String>,
    /// Patterns of the files that may read environment variables.
    pub environment_modules: Vec<String>,
    /// Fields that no log may hold.
    pub never_log: Vec<String>,
    /// The OpenAPI file that lists every route, relative to the root.
    pub openapi: Option<String>,
    /// The file of known findings, relative to the root.
    pub baseline: Option<String>,
    /// The headers that every route must send. `None` is the usual set, an empty list is none at all.
    pub headers: Option<Vec<Written>>,
    /// Routes that must be there.
    pub required: Vec<(RequiredRoute, Place)>,
    /// Routes that are open on purpose.
    pub public: PublicRoutes,
}

/// A text of the policy, with its place: whoever finds it wrong can show it with [`super::Policy::refuse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What is written there.
    pub text: String,
    /// Where.
    pub place: Place,
}

impl std::ops::Deref for Written {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// A kind of proof that a policy can accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AcceptedProof {
    /// A guard wraps the handler.
    Wrapped,
    /// What the handler calls first calls the guard.
    Delegated,
    /// The handler calls the guard before anything else that matters.
    Inline,
    /// The router that the route hangs on has a guard before it.
    Router,
    /// The proxy (middleware) is a guard, and its matcher covers the route.
    Proxy,
    /// `[[routes.public]]` leaves it open.
    Waived,
}

/// A route that must be there, written `GET /api/health`, or `/api/health` for whatever method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredRoute {
    /// None stands for any.
    pub method: Option<String>,
    /// As the list of routes shows it: `/api/links/{id}`.
    pub path: String,
}

impl<'de> Deserialize<'de> for RequiredRoute {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (method, path) = text.split_once(' ').map_or((None, text.as_str()), |(method, path)| (Some(method), path));
        let is_method = |method: &str| !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
        if !path.starts_with('/') || path.contains(' ') || method.is_some_and(|method| !is_method(method)) {
            let way = "write its path, with its method where it matters, as in \"GET /api/health\"";
            return Err(de::Error::custom(format!("`{text}` is not a route; {way}")));
        }
        Ok(Self { method: method.map(str::to_owned), path: path.to_owned() })
    }
}

/// A route that is open on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicRoute {
    /// The route's path as the list of routes shows it; `*` stands for anything but a slash, `**` for anything.
    pub path: Words,
    /// The methods that are open; all of them unless given.
    #[serde(default)]
    pub methods: Vec<Method>,
    /// Who answers for it.
    pub owner: Words,
    /// Why it is right.
    pub reason: Words,
    /// The last day on which it counts.
    pub expires: Day,
}

impl PublicRoute {
    /// Whether a route with this path and method is among those that it is for. A handler of all methods (`ANY`) is, only
    /// where all methods are open.
    #[must_use]
    pub fn covers(&self, path: &str, method: &str) -> bool {
        let all = self.methods.is_empty() || self.methods.iter().any(|open| open.0 == "ANY");
        (all || self.methods.iter().any(|open| open.0 == method)) && glob::matches(&self.path, path)
    }

    fn fingerprint(&self, rule: &str) -> String {
        let methods: Vec<&str> = self.methods.iter().map(|method| method.0.as_str()).collect();
        fingerprint::of_content(&[rule, &self.path, &methods.join(",")])
    }

    fn named(&self) -> String {
        let methods: Vec<&str> = self.methods.iter().map(|method| method.0.as_str()).collect();
        if methods.is_empty() { self.path.to_string() } else { format!("{} {}", methods.join(", "), &*self.path) }
    }
}

/// A method of HTTP as it is sent, in capitals; `ANY` is all of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[schemars(transparent)]
pub struct Method(#[schemars(regex(pattern = "^[A-Z]+$"))] String);

impl<'de> Deserialize<'de> for Method {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(de::Error::custom(format!("`{text}` is not a method; write it in capitals, as in POST")));
        }
        Ok(Self(text))
    }
}

/// Every route that is open on purpose, with its place in the policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublicRoutes {
    entries: Vec<(PublicRoute, Place)>,
}

impl PublicRoutes {
    /// Each with its place in the policy file.
    #[must_use]
    pub fn new(entries: Vec<(PublicRoute, Place)>) -> Self {
        Self { entries }
    }

    /// Every one, in the file's order.
    pub fn iter(&self) -> impl Iterator<Item = &PublicRoute> {
        self.entries.iter().map(|(route, _)| route)
    }

    /// The first that covers the route on the day `today`.
    #[must_use]
    pub fn covering(&self, path: &str, method: &str, today: Date) -> Option<&PublicRoute> {
        self.iter().find(|public| public.expires.0 >= today && public.covers(path, method))
    }

    /// What is wrong with the entries themselves: `route/expired-public` (an error) where one would be needed after its last
    /// day, `route/unused-public` (a warning) where one covers no route. `needs` are the path and the method of each
    /// route that has no other proof, `all` those of every route.
    #[must_use]
    pub fn doubts(&self, needs: &[(&str, &str)], all: &[(&str, &str)], today: Date) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (public, place) in &self.entries {
            let covered = |routes: &[(&str, &str)]| routes.iter().any(|(path, method)| public.covers(path, method));
            let expired = public.expires.0 < today;
            if expired && covered(needs) {
                findings.push(Finding {
                    rule: EXPIRED.into(),
                    severity: Severity::Error,
                    message: format!(
                        "{} was open on purpose until {}, and is open still",
                        public.named(),
                        public.expires
                    ),
                    help: format!(
                        "Guard the route and remove the entry, or let {} set a new last day.",
                        &*public.owner
                    ),
                    fingerprint: public.fingerprint(EXPIRED),
                    place: place.clone(),
                    waived_by: None,
                });
            } else if !covered(if expired { needs } else { all }) {
                findings.push(Finding {
                    rule: UNUSED.into(),
                    severity: Severity::Warning,
                    message: format!("{} is open on purpose, and no route is left that it opens", public.named()),
                    help: "Remove the entry, or correct its path or its methods.".to_owned(),
                    fingerprint: public.fingerprint(UNUSED),
                    place: place.clone(),
                    waived_by: None,
                });
            }
        }
        findings
    }
}

/// The section as it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RoutesSection {
    /// Wrappers and calls that guard a route: a name, module:name, or a dotted name such as auth.protect.
    #[schemars(with = "Vec<String>")]
    guards: Vec<Spanned<String>>,
    /// The proofs that pass.
    accept: Vec<AcceptedProof>,
    /// Patterns of files that hold no routes, whatever they look like.
    exclude: Vec<String>,
    /// Patterns of the files that may read environment variables.
    environment_modules: Vec<String>,
    /// Fields that no log may hold.
    never_log: Vec<String>,
    /// The OpenAPI file that lists every route, relative to the root.
    openapi: Option<String>,
    /// The file of known findings, relative to the root.
    baseline: Option<String>,
    /// The headers that every route must send: "Name: *", "Name: value, other value", "Name: directive>=number", with " | "
    /// between alternatives. The usual set unless given; [] asks for none.
    #[schemars(with = "Option<Vec<String>>")]
    headers: Option<Vec<Spanned<String>>>,
    /// Routes that must be there, as in "GET /api/health".
    #[schemars(with = "Vec<String>")]
    required: Vec<Spanned<RequiredRoute>>,
    /// Routes that are open on purpose.
    #[schemars(with = "Vec<PublicRoute>")]
    public: Vec<Spanned<PublicRoute>>,
}

const NEVER_LOG: [&str; 16] = [
    "password",
    "passphrase",
    "secret",
    "token",
    "access_token",
    "refresh_token",
    "id_token",
    "api_key",
    "authorization",
    "cookie",
    "private_key",
    "credit_card",
    "card_number",
    "cvv",
    "chat_body",
    "message_body",
];

impl Default for RoutesSection {
    fn default() -> Self {
        use AcceptedProof::{Delegated, Inline, Waived, Wrapped};
        Self {
            guards: Vec::new(),
            accept: vec![Wrapped, Delegated, Inline, Waived],
            exclude: Vec::new(),
            environment_modules: vec!["shared/config/env.ts".to_owned()],
            never_log: NEVER_LOG.map(str::to_owned).to_vec(),
            openapi: None,
            baseline: None,
            headers: None,
            required: Vec::new(),
            public: Vec::new(),
        }
    }
}

impl RoutesSection {
    /// The section with the places that `place` gives to its spans.
    pub(super) fn placed(self, place: impl Fn(Range<usize>) -> Place) -> Routes {
        let written = |text: Spanned<String>| Written { place: place(text.span()), text: text.into_inner() };
        let public = self.public.into_iter().map(|public| {
            let place = place(public.span());
            (public.into_inner(), place)
        });
        let required = self.required.into_iter().map(|required| {
            let place = place(required.span());
            (required.into_inner(), place)
        });
        Routes {
            required: required.collect(),
            public: PublicRoutes::new(public.collect()),
            guards: self.guards.into_iter().map(written).collect(),
            accept: self.accept,
            exclude: self.exclude,
            environment_modules: self.environment_modules,
            never_log: self.never_log,
            openapi: self.openapi,
            baseline: self.baseline,
            headers: self.headers.map(|headers| headers.into_iter().map(written).collect()),
        }
    }
}

impl Default for Routes {
    fn default() -> Self {
        RoutesSection::default().placed(|_| Place::file(""))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::AcceptedProof::{Delegated, Inline, Proxy, Waived, Wrapped};
    use crate::{Policy, Severity};

    const PUBLIC: &str = "\
[[routes.public]]
path = \"/api/webhooks/*\"
methods = [\"POST\"]
owner = \"@platform\"
reason = \"signed by the sender\"
expires = 2027-03-31
";

    fn error(text: &str) -> String {
        Policy::parse("ops.toml", text).unwrap_err().to_string()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn an_empty_section_accepts_what_stands_at_the_handler() {
        let routes = Policy::default().routes;
        assert_eq!(routes.accept, [Wrapped, Delegated, Inline, Waived]);
        assert_eq!(routes.environment_modules, ["shared/config/env.ts"]);
        assert!(routes.guards.is_empty() && routes.headers.is_none() && routes.openapi.is_none());
        assert!(routes.never_log.iter().any(|field| field == "password"));
    }

    #[test]
    fn each_guard_knows_its_place() {
        let policy =
            Policy::parse("ops.toml", "[routes]\nguards = [\n  \"withSession\",\n  \"@/lib/auth:guard\",\n]\n")
                .unwrap();
        let guards: Vec<(&str, u32, u32)> = (policy.routes.guards.iter())
            .map(|guard| (&**guard, guard.place.start_line, guard.place.start_column))
            .collect();
        assert_eq!(guards, [("withSession", 3, 3), ("@/lib/auth:guard", 4, 3)]);
        assert_eq!(
            policy.refuse(&policy.routes.guards[1].place, "nothing in this repository has that name").to_string(),
            "ops.toml:4:3: nothing in this repository has that name\n4 |   \"@/lib/auth:guard\",\n  |   ^^^^^^^^^^^^^^^^^^"
        );
    }

    #[test]
    fn a_required_route_has_a_path_and_perhaps_a_method() {
        let policy = Policy::parse("ops.toml", "[routes]\nrequired = [\"GET /api/health\", \"/api/{id}\"]\n").unwrap();
        let required: Vec<(Option<&str>, &str, u32)> = (policy.routes.required.iter())
            .map(|(route, place)| (route.method.as_deref(), route.path.as_str(), place.start_column))
            .collect();
        assert_eq!(required, [(Some("GET"), "/api/health", 13), (None, "/api/{id}", 32)]);
        for wrong in ["api/health", "get /api/health", "GET  /api/health", "GET", " /api", "", "GET /api health"] {
            let said = error(&format!("[routes]\nrequired = [\"{wrong}\"]\n"));
            let start = format!(
                "ops.toml:2:12: `{wrong}` is not a route; write its path, with its method where it matters, as in \"GET /api/health\"\n"
            );
            assert!(said.starts_with(&start), "{said}");
        }
    }

    #[test]
    fn headers_may_be_none_at_all() {
        let headers = |text: &str| Policy::parse("ops.toml", text).unwrap().routes.headers;
        assert_eq!(headers("[routes]\n"), None);
        assert_eq!(headers("[routes]\nheaders = []\n"), Some(Vec::new()));
        assert_eq!(headers("[routes]\nheaders = [\"Referrer-Policy: *\"]").unwrap()[0].text, "Referrer-Policy: *");
    }

    #[test]
    fn wrong_words_are_shown_with_the_right_ones() {
        assert_eq!(
            error("[routes]\naccept = [\"wraped\"]\n"),
            "ops.toml:2:11: unknown value `wraped`, did you mean `wrapped`?\n2 | accept = [\"wraped\"]\n  |           ^^^^^^^^"
        );
        assert_eq!(
            error("[routes]\nguard = [\"a\"]\n"),
            "ops.toml:2:1: unknown key `guard`, did you mean `guards`?\n2 | guard = [\"a\"]\n  | ^^^^^"
        );
        assert_eq!(
            error(&PUBLIC.replace("POST", "post")),
            "ops.toml:3:11: `post` is not a method; write it in capitals, as in POST\n3 | methods = [\"post\"]\n  |           ^^^^^^^^"
        );
        assert!(error(&PUBLIC.replace("owner = \"@platform\"\n", "")).contains("missing key `owner`"));
        assert_eq!(Policy::parse("ops.toml", "[routes]\naccept = [\"proxy\"]").unwrap().routes.accept, [Proxy]);
    }

    #[test]
    fn a_public_route_is_open_for_its_methods_until_its_last_day() {
        let public = Policy::parse("ops.toml", PUBLIC).unwrap().routes.public;
        let on = |path: &str, method: &str, today: &str| public.covering(path, method, day(today)).is_some();
        assert!(on("/api/webhooks/stripe", "POST", "2027-03-31"));
        assert!(!on("/api/webhooks/stripe", "POST", "2027-04-01"), "expired");
        assert!(!on("/api/webhooks/stripe", "GET", "2027-03-31"), "another method");
        assert!(!on("/api/webhooks/stripe", "ANY", "2027-03-31"), "a handler of all methods");
        assert!(!on("/api/webhooks/a/b", "POST", "2027-03-31"), "another path");
        let all = Policy::parse("ops.toml", &PUBLIC.replace("[\"POST\"]", "[]")).unwrap().routes.public;
        assert!(all.covering("/api/webhooks/[id]", "ANY", day("2027-03-31")).is_some());
    }

    #[test]
    fn an_entry_that_ended_or_opens_nothing_is_a_finding() {
        let public = Policy::parse("ops.toml", PUBLIC).unwrap().routes.public;
        let hook = [("/api/webhooks/stripe", "POST")];
        let said = |needs: &[(&str, &str)], all: &[(&str, &str)], today: &str| -> Vec<(Severity, String)> {
            let doubts = public.doubts(needs, all, day(today));
            doubts
                .into_iter()
                .map(|finding| (finding.severity, format!("{}: {}", finding.rule, finding.message)))
                .collect()
        };
        assert_eq!(said(&hook, &hook, "2027-03-31"), []);
        assert_eq!(said(&[], &hook, "2027-03-31"), [], "a route that is guarded meanwhile may be open, too");
        let expired =
            "route/expired-public: POST /api/webhooks/* was open on purpose until 2027-03-31, and is open still";
        assert_eq!(said(&hook, &hook, "2027-04-01"), [(Severity::Error, expired.to_owned())]);
        let unused = "route/unused-public: POST /api/webhooks/* is open on purpose, and no route is left that it opens";
        assert_eq!(said(&[], &[("/api/links", "POST")], "2027-03-31"), [(Severity::Warning, unused.to_owned())]);
        assert_eq!(said(&[], &hook, "2027-04-01"), [(Severity::Warning, unused.to_owned())]);
    }
}
