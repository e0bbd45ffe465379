//! What a guard answered, as far as a value tells.

use ops_typescript::module::Key;

use crate::proof::refusal::{KINDS, Refusal};

/// What it means that a value is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is there only where the guard said yes: a session or nothing.
    Yes,
    /// It is there only where the guard said no: an error or nothing.
    No,
    /// It is there anyway, and its parts tell: an object that may hold an error, an answer that refuses.
    Parts,
    /// An array that is there anyway: with an error at this place where the guard said no, and nothing beside it.
    Tuple(u8),
    /// It is there anyway, and empty where the guard said no: `session ?? {}`. A part of it is there only where it said yes.
    Filled,
    /// `Yes`, or an answer that refuses: how a guard from outside of the repository says no stands nowhere.
    Either,
    /// A promise of it, for which nobody waited yet. It is there anyway; a part of it is there only if it is no promise.
    Promise(&'static Answer),
}

impl Answer {
    /// What a part of the value tells.
    pub(super) fn part(self, key: &Key) -> Option<Self> {
        let name = match key {
            Key::Property(name) => name.as_str(),
            Key::Element(index) => return self.element(*index),
            // The rest of an object is there anyway, and so is a part with a default.
            Key::Other => return None,
        };
        match self {
            Self::No => Some(Self::No),
            Self::Tuple(_) => None,
            Self::Parts if is_of_error(name) => Some(Self::No),
            Self::Parts if KINDS.contains(&name) => None,
            _ if is_of_error(name) || tells_nothing(name) => None,
            Self::Yes | Self::Parts | Self::Filled | Self::Either | Self::Promise(_) => Some(Self::Yes),
        }
    }

    /// What an element of the value tells.
    fn element(self, index: u32) -> Option<Self> {
        match self {
            Self::No => Some(Self::No),
            Self::Tuple(error) if index == u32::from(error) => Some(Self::No),
            Self::Parts => None,
            Self::Yes | Self::Filled | Self::Either | Self::Promise(_) | Self::Tuple(_) => Some(Self::Yes),
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
            Self::No | Self::Parts | Self::Tuple(_) | Self::Filled | Self::Promise(_) => None,
        }
    }

    /// What a value tells that is this one or an empty object.
    pub(super) fn or_hollow(self) -> Option<Self> {
        match self {
            Self::Yes | Self::Either | Self::Filled => Some(Self::Filled),
            Self::No | Self::Parts | Self::Tuple(_) | Self::Promise(_) => None,
        }
    }

    /// What the promise of it tells.
    pub(super) fn promised(self) -> Self {
        match self {
            Self::Yes => Self::Promise(&Self::Yes),
            Self::No => Self::Promise(&Self::No),
            Self::Parts => Self::Promise(&Self::Parts),
            Self::Tuple(0) => Self::Promise(&Self::Tuple(0)),
            Self::Tuple(1) => Self::Promise(&Self::Tuple(1)),
            Self::Tuple(_) => Self::Promise(&Self::Tuple(2)),
            Self::Filled => Self::Promise(&Self::Filled),
            Self::Either => Self::Promise(&Self::Either),
            Self::Promise(_) => self,
        }
    }

    /// What it tells once somebody waited for it.
    pub(super) fn awaited(self) -> Self {
        match self {
            Self::Promise(answer) => *answer,
            answer => answer,
        }
    }

    /// What a value tells where these refusals stand for a no; none where there are none, nothing where they differ.
    pub(super) fn refused_with(mut refusals: impl Iterator<Item = Refusal>) -> Option<Option<Self>> {
        let first = refusals.next()?;
        let answer = match first {
            Refusal::Nothing => Self::Yes,
            Refusal::Parts => Self::Parts,
            Refusal::Tuple(place) => Self::Tuple(place),
        };
        Some(refusals.all(|one| one == first).then_some(answer))
    }
}

/// Whether the part of an answer with this name is there where it refuses.
pub(in crate::proof) fn is_of_error(name: &str) -> bool {
    matches!(name, "err" | "error" | "errors" | "isError" | "redirect" | "serverError")
}

/// Whether the part of an answer with this name may be there whatever the guard said.
fn tells_nothing(name: &str) -> bool {
    matches!(
        name,
        "body"
            | "code"
            | "denied"
            | "expired"
            | "expires"
            | "headers"
            | "input"
            | "isAnonymous"
            | "isGuest"
            | "message"
            | "params"
            | "query"
            | "reason"
            | "searchParams"
            | "status"
            | "statusCode"
            | "url"
    )
}

/// Whether a method hands on what a promise becomes.
pub(in crate::proof) fn is_of_promise(name: &str) -> bool {
    matches!(name, "then" | "catch" | "finally")
}
