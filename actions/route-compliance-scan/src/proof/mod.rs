//! Whether a route's handler is only reached through a guard: shown hop by hop, or not shown.

mod callable;
mod definition;
mod effect;
mod frame;
mod guard;
mod methods;
mod reach;
mod refusal;
mod walk;

use std::collections::BTreeSet;

use ops_typescript::module::Span;
use ops_typescript::program::{At, Program};
use ops_typescript::tree::FileId;

pub(crate) use self::definition::{Definition, definitions};
pub(crate) use self::guard::{Guard, GuardError};
pub(crate) use self::methods::methods;
use self::reach::Reach;
use crate::routes::{LayerKind, Route};

/// How a route is guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Class {
    /// The guard is around the handler.
    Wrapped,
    /// The handler calls something that calls the guard, before anything that matters.
    Delegated,
    /// The handler calls the guard itself, before anything that matters.
    Inline,
    /// The router has the guard before all its routes.
    Router,
    /// The proxy (middleware) has the guard, and its matcher takes in the route.
    Proxy,
    /// The policy says that the route is open on purpose.
    Waived,
    /// It may be guarded, and that cannot be shown.
    Unproven,
    /// It isn't guarded.
    None,
}

impl Class {
    /// As the report and the policy have it.
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

    /// Whether a guard was found before the handler.
    pub(crate) fn is_guarded(self) -> bool {
        !matches!(self, Self::Waived | Self::Unproven | Self::None)
    }
}

/// One hop of a proof, or of what stood in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// In words: what happens here.
    pub(crate) what: String,
    /// Where.
    pub(crate) place: At<Span>,
}

/// How a route was shown to be guarded, or why not.
#[derive(Debug, Clone)]
pub(crate) struct Proof {
    pub(crate) class: Class,
    /// From the route to the guard.
    pub(crate) chain: Vec<Step>,
    /// Why it isn't proven.
    pub(crate) reason: Option<String>,
    /// All files that had a say: when one of them changes, the proof may.
    pub(crate) files: BTreeSet<FileId>,
}

/// Proves routes against the guards that the policy names.
pub(crate) struct Prover<'p> {
    program: &'p Program,
    guards: &'p [Guard],
    /// How many calls a handler's helper may be away.
    hops: u8,
    reach: Reach,
}

impl<'p> Prover<'p> {
    pub(crate) fn new(program: &'p Program, guards: &'p [Guard]) -> Self {
        Self { program, guards, hops: 6, reach: Reach::default() }
    }

    /// The best proof that there is: around the handler, in it, in its router.
    pub(crate) fn prove(&self, route: &Route) -> Proof {
        let mut files = BTreeSet::from([route.place.file]);
        let mut layered = None;
        for layer in &route.layers {
            let proof = self.prove_layer(layer.value, &mut files);
            if proof.class.is_guarded() {
                let class = match layer.kind {
                    LayerKind::Route => Class::Wrapped,
                    LayerKind::Router => Class::Router,
                };
                layered = layered.filter(|best: &Proof| best.class <= class).or(Some(Proof { class, ..proof }));
            }
        }
        if let Some(proof) = layered.as_ref().filter(|proof| proof.class == Class::Wrapped) {
            return Proof { files, ..proof.clone() };
        }
        let own = self.prove_handler(route, &mut files);
        let best = match layered {
            Some(layered) if !own.class.is_guarded() => layered,
            _ => own,
        };
        Proof { files, ..best }
    }
}
