//! Names that guards have.

use crate::proof::starts_with_one_of;

/// Parts of names that guards have, in small letters. A name alone proves nothing; it only decides what is tried.
const USUAL: [&str; 15] = [
    "auth",
    "jwt",
    "session",
    "guard",
    "protect",
    "permission",
    "require",
    "verify",
    "ensure",
    "access",
    "apikey",
    "authorize",
    "workspace",
    "token",
    "signature",
];

/// Whether a name may be that of a guard.
pub(super) fn is_usual(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    (last.starts_with("with") && !asks_nobody(last)) || asks_who(name)
}

/// Whether a name says that it asks who comes, or what they may.
pub(super) fn asks_who(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let is_user = last.ends_with("WithUser") || matches!(last, "currentUser" | "getCurrentUser" | "getUser");
    (is_user || says_guard(last)) && !asks_nobody(last)
}

/// Whether a word of a name is one of guards: `isAuthenticated`, and not `frameguard`.
pub(super) fn says_guard(name: &str) -> bool {
    let small = name.to_lowercase();
    let starts_word = |at: usize| {
        let before = name.get(..at).and_then(|before| before.chars().next_back());
        let is_first = name.get(at..).is_some_and(|word| word.starts_with(char::is_uppercase));
        before.is_none_or(|before| is_first || !before.is_alphabetic())
    };
    name.is_ascii() && USUAL.iter().any(|part| small.match_indices(part).any(|(at, _)| starts_word(at)))
}

/// Whether a name is that of what keeps sessions, as `session` of express-session, of what makes or changes what others ask for,
/// or of what asks something else than who comes.
fn asks_nobody(name: &str) -> bool {
    const CHANGES: [&str; 12] = [
        "delete", "deploy", "exchange", "generate", "issue", "refresh", "remove", "revoke", "rotate", "save", "store",
        "update",
    ];
    const OTHER: [&str; 8] =
        ["Cors", "ErrorHandler", "Helmet", "RateLimit", "Retry", "Schema", "Throttle", "Transaction"];
    matches!(name, "session" | "cookieSession")
        || starts_with_one_of(name, &CHANGES)
        || OTHER.iter().any(|other| name.contains(other))
}

#[cfg(test)]
mod tests {
    use super::is_usual;

    #[test]
    fn only_the_last_part_of_a_name_says_what_is_called() {
        let usual = ["withKey", "auth", "auth.protect", "authHeader.split", "prisma.session.findMany", "Response.json"];
        assert_eq!(usual.map(is_usual), [true, true, true, false, false, false]);
    }

    #[test]
    fn a_guard_is_told_by_a_word_of_its_name() {
        for name in ["isAuthenticated", "JwtAuthGuard", "verify_token", "getApiToken", "ensureLoggedIn", "checkAPIKey"]
        {
            assert!(is_usual(name), "{name}");
        }
        for name in ["actionWithUser", "supabase.auth.getUser", "getCurrentUser"] {
            assert!(is_usual(name), "{name}");
        }
        for name in ["helmet.frameguard", "noaccess", "parse", "café", "getUsers", "createUser", "withCors"] {
            assert!(!is_usual(name), "{name}");
        }
        for name in ["generateToken", "auth.exchangeCodeForSession", "removeAccess", "verifyRateLimit", "authSchema"] {
            assert!(!is_usual(name), "{name}");
        }
    }
}
