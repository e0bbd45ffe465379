//! What a look at the repository found, before anybody judges it.

use std::collections::BTreeSet;

use ops_core::policy::AcceptedProof;
use ops_core::{Check, Finding};
use serde::{Deserialize, Serialize};

use crate::runtime::Runtime;

/// How a route was shown to be guarded. Ordered from the strongest to none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Proof {
    /// A guard wraps the handler, and calls it only after its check.
    Wrapped,
    /// What the handler calls first calls the guard.
    Delegated,
    /// The handler calls the guard before anything else that matters.
    Inline,
    /// The router that the route hangs on has a guard before it.
    Router,
    /// The proxy (middleware) is a guard, and its matcher covers the route.
    Proxy,
    /// The policy leaves it open, with an owner, a reason and an end.
    Waived,
    /// Nobody can tell; the route's reason says at which hop.
    Unproven,
    /// No guard stands before the handler.
    None,
}

impl Proof {
    /// As reports and policies write it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Wrapped => "wrapped",
            Self::Delegated => "delegated",
            Self::Inline => "inline",
            Self::Router => "router",
            Self::Proxy => "proxy",
            Self::Waived => "waived",
            Self::Unproven => "unproven",
            Self::None => "none",
        }
    }

    /// Whether the policy takes it for enough.
    pub(crate) fn is_accepted(self, accept: &[AcceptedProof]) -> bool {
        let accepted = match self {
            Self::Wrapped => AcceptedProof::Wrapped,
            Self::Delegated => AcceptedProof::Delegated,
            Self::Inline => AcceptedProof::Inline,
            Self::Router => AcceptedProof::Router,
            Self::Proxy => AcceptedProof::Proxy,
            Self::Waived => AcceptedProof::Waived,
            Self::Unproven | Self::None => return false,
        };
        accept.contains(&accepted)
    }

    /// Whether a guard was found before the handler.
    pub(crate) fn is_guarded(self) -> bool {
        !matches!(self, Self::Waived | Self::Unproven | Self::None)
    }
}

/// One step of a proof: from the route's export towards the guard.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Hop {
    /// What happens there: "GET is exported", "wrapped by withSession".
    pub(crate) what: String,
    /// Relative to the root.
    pub(crate) file: String,
    /// From 1.
    pub(crate) line: u32,
}

/// One method of one route with its proof. A framework that serves all methods by one handler has the method `ANY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProvedRoute {
    /// `next-app`, `hono`, …
    pub(crate) framework: &'static str,
    /// As the framework writes it: `/api/links/[id]`.
    pub(crate) path: String,
    /// `GET`, … or `ANY`.
    pub(crate) method: String,
    /// The handler's file, relative to the root.
    pub(crate) file: String,
    /// The handler's line, from 1.
    pub(crate) line: u32,
    /// The handler's column in characters, from 1.
    pub(crate) column: u32,
    pub(crate) proof: Proof,
    /// From the route's export to the guard; as far as anybody could see where it is unproven.
    pub(crate) chain: Vec<Hop>,
    /// Why it is unproven, or what stands there instead of a guard.
    pub(crate) reason: Option<String>,
    /// What runs the handler; none where nobody can tell.
    pub(crate) runtime: Option<Runtime>,
    /// Each required header with `covered`, `partly`, `missing`, `wrong` or `unprovable`, in the policy's order.
    pub(crate) headers: Vec<(String, &'static str)>,
    /// Every file that had a say in the proof or in the headers: when one of them changes, either may.
    pub(crate) files: Vec<String>,
}

/// Everything that one look found.
#[derive(Debug, Default)]
pub(crate) struct Scanned {
    /// By path, method and file.
    pub(crate) routes: Vec<ProvedRoute>,
    /// What was left out, where only what a change may touch was asked for.
    pub(crate) part: Option<Part>,
    /// What the rules say beside the guards: headers, handler forms, environment, logging, guards that guard nothing.
    pub(crate) findings: Vec<Finding>,
    /// Questions with their answers that are not about a single route.
    pub(crate) checks: Vec<Check>,
    /// Files that could not be read or understood, so that a route may be missing or unproven.
    pub(crate) problems: Vec<Problem>,
    /// For each framework what it looked for, in words, for whoever has no routes.
    pub(crate) looked_for: Vec<&'static str>,
    /// Guards of the policy that nothing here defines or imports, by their place in its list, each with the names that it was
    /// probably meant to be.
    pub(crate) unknown_guards: Vec<(usize, Vec<String>)>,
}

/// What a look at a change left out of everything.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// The routes that it cannot touch: found, and not proven.
    pub(crate) passed_over: Vec<PassedOver>,
    /// The files that were asked by all rules.
    pub(crate) looked_at: BTreeSet<String>,
}

impl Scanned {
    /// The routes that were found and not proven.
    pub(crate) fn passed_over(&self) -> &[PassedOver] {
        self.part.as_ref().map(|part| part.passed_over.as_slice()).unwrap_or_default()
    }
}

/// A route that nobody asked a proof of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PassedOver {
    pub(crate) framework: &'static str,
    /// As [`ProvedRoute::path`].
    pub(crate) path: String,
    /// As [`ProvedRoute::method`].
    pub(crate) method: String,
    /// As [`ProvedRoute::file`].
    pub(crate) file: String,
}

/// A file that could not be read or understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    /// Relative to the root.
    pub(crate) file: String,
    /// From 1.
    pub(crate) line: u32,
    /// From 1, in characters.
    pub(crate) column: u32,
    /// What is wrong, as a sentence's end: "is not UTF-8".
    pub(crate) message: String,
}
