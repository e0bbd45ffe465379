//! What a guard answered, as far as a value tells.

use ops_typescript::module::Key;

/// What it means that a value is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is there only where the guard said yes: a session or nothing.
    Yes,
    /// It is there only where the guard said no: an error or nothing.
    No,
    /// It is there anyway, and its parts tell: an object that may hold an error, an answer that refuses.
    Parts,
    /// One of `Yes` and `Parts`: how a guard from outside of the repository refuses stands nowhere.
    Either,
}

impl Answer {
    /// What a part of the value tells.
    pub(super) fn part(self, key: &Key) -> Option<Self> {
        let of_error = matches!(key, Key::Property(name) if is_of_error(name));
        match (self, of_error) {
            (Self::Yes, true) => None,
            (Self::No, _) | (Self::Parts | Self::Either, true) => Some(Self::No),
            (Self::Yes | Self::Parts | Self::Either, false) => Some(Self::Yes),
        }
    }

    /// What a value tells that is one of two.
    pub(super) fn or(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Either, one @ (Self::Yes | Self::Parts)) | (one @ (Self::Yes | Self::Parts), Self::Either) => {
                Some(one)
            }
            (one, other) => (one == other).then_some(one),
        }
    }

    /// What a value tells that is this one or nothing at all.
    pub(super) fn or_empty(self) -> Option<Self> {
        match self {
            Self::Yes | Self::Either => Some(Self::Yes),
            Self::No | Self::Parts => None,
        }
    }

    /// What a value tells where these refusals stand for a no, each being nothing at all or not; none where there are none.
    pub(super) fn refused_with(mut are_empty: impl Iterator<Item = bool>) -> Option<Option<Self>> {
        let first = are_empty.next()?;
        let answer = if first { Self::Yes } else { Self::Parts };
        Some(are_empty.all(|one| one == first).then_some(answer))
    }
}

/// Whether the part of an answer with this name is there where it refuses.
pub(super) fn is_of_error(name: &str) -> bool {
    matches!(name, "error" | "errors" | "isError" | "redirect" | "serverError")
}
