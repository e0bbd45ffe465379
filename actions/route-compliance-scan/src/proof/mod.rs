//! Whether a route's handler is only reached through a guard: shown hop by hop, or not shown.

mod absent;
mod awaited;
mod before;
mod callable;
mod carried;
mod chain;
mod definition;
mod effect;
mod filled;
mod fold;
mod frame;
mod fuel;
mod given_away;
mod guard;
mod handed;
mod harmless;
mod heirs;
mod inert;
mod instance;
mod memory;
mod methods;
mod opened;
mod outlook;
mod reach;
mod refusal;
mod set_error;
mod show;
mod stops;
#[cfg(test)]
mod tests;
mod throws;
mod told;
mod trial;
mod verbs;
mod walk;
mod way;

use std::collections::BTreeSet;
use std::sync::Arc;

use ops_typescript::module::{ExpressionId, Span};
use ops_typescript::program::{At, Program};
use ops_typescript::tree::FileId;

use self::definition::Around;
pub(crate) use self::definition::{Definition, Judgement, definitions};
pub(crate) use self::guard::Guard;
use self::heirs::Heirs;
pub(crate) use self::methods::{METHODS, methods};
use self::outlook::Outlook;
use self::reach::Reach;
pub(crate) use self::verbs::starts_with_one_of;
use crate::candidates::named;
use crate::result::Proof;
use crate::routes::{Framework, Handler, LayerKind, Route};
use crate::survey::Survey;

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
pub(crate) struct Proved {
    pub(crate) class: Proof,
    /// From the route to the guard.
    pub(crate) chain: Vec<Step>,
    /// Why it isn't proven.
    pub(crate) reason: Option<String>,
    /// All files that had a say: when one of them changes, the proof may.
    pub(crate) files: BTreeSet<FileId>,
}

impl Proved {
    /// Where not everything was followed, nothing is shown.
    fn unless_spent(self) -> Self {
        if !fuel::is_spent() {
            return self;
        }
        Self { class: Proof::Unproven, reason: Some("it takes too many steps to follow".to_owned()), ..self }
    }
}

/// Proves routes against the guards that the policy names.
pub(crate) struct Prover<'p> {
    program: &'p Program,
    guards: &'p [Guard],
    /// How many calls a handler's helper may be away.
    hops: u8,
    outlook: Outlook,
    reach: Reach,
    /// What was found around a function.
    around: Around,
    heirs: Heirs<'p>,
}

impl<'p> Prover<'p> {
    pub(crate) fn new(program: &'p Program, survey: &'p Survey, guards: &'p [Guard]) -> Self {
        let outlook = Outlook::new(program, guards);
        let heirs = Heirs::of(survey);
        Self { program, guards, hops: 6, outlook, reach: Reach::default(), around: Around::default(), heirs }
    }

    /// Whether whatever passes through a handler, as through a proxy, was asked by a guard.
    pub(crate) fn prove_passage(&self, handler: &Handler, place: At<Span>) -> Proved {
        fuel::refill();
        let mut files = BTreeSet::from([place.file]);
        let proved = self.prove_all_ways(handler, place, &mut files);
        Proved { files, ..proved }.unless_spent()
    }

    /// The best proof that there is: around the handler, in it, in its router.
    pub(crate) fn prove(&self, route: &Route) -> Proved {
        fuel::refill();
        self.best_proof(route).unless_spent()
    }

    /// What a layer shows, unless the route itself tells it to let anybody pass.
    fn unless_let_past(&self, route: &Route, layer: At<ExpressionId>, proof: Arc<Proved>) -> Arc<Proved> {
        let settings = route.settings.filter(|_| proof.class.is_guarded());
        let Some(step) = settings.and_then(|settings| self.opened_by_settings(layer, settings)) else { return proof };
        let reason = Some(step.what.clone());
        let chain = [proof.chain.clone(), vec![step]].concat();
        Arc::new(Proved { class: Proof::Unproven, chain, reason, files: proof.files.clone() })
    }

    /// The guard that the framework itself puts before a route, if the policy names it.
    fn built_in(&self, route: &Route) -> Option<Proved> {
        let name = route.built_in?;
        let (package, name) = name.rsplit_once(':')?;
        let is_of = |module: &String| module == package;
        let mut guards = self.guards.iter().filter(|guard| guard.module.as_ref().is_none_or(is_of));
        let guard = guards.find(|guard| matches!(guard.path.as_slice(), [one] if one == name))?;
        let hops = [format!("the guard `{}`", guard.text), "the framework itself puts it before this route".to_owned()];
        let chain = hops.map(|what| Step { what, place: route.place }).into();
        Some(Proved { class: Proof::Router, chain, reason: None, files: BTreeSet::from([route.place.file]) })
    }

    fn best_proof(&self, route: &Route) -> Proved {
        let mut files = BTreeSet::from([route.place.file]);
        let goes_on = route.framework == Framework::Fastify;
        let mut layered = self.built_in(route);
        let mut doubtful = None;
        for layer in &route.layers {
            let proof = match layer.kind {
                LayerKind::Route | LayerKind::Router => self.prove_layer(layer.value, goes_on),
                LayerKind::Setup => match self.prove_setup(layer.value) {
                    Some(proof) => Arc::new(proof),
                    None => continue,
                },
            };
            let proof = self.unless_let_past(route, layer.value, proof);
            files.extend(&proof.files);
            files.extend(proof.chain.iter().map(|step| step.place.file));
            if proof.class.is_guarded() {
                let class = match layer.kind {
                    LayerKind::Route => Proof::Wrapped,
                    LayerKind::Router | LayerKind::Setup => Proof::Router,
                };
                layered = layered
                    .filter(|best: &Proved| best.class <= class)
                    .or_else(|| Some(Proved { class, ..Proved::clone(&proof) }));
            } else if proof.class == Proof::Unproven && proof.chain.iter().any(|step| named(&step.what).is_some()) {
                doubtful.get_or_insert(proof);
            }
        }
        if let Some(proof) = layered.as_ref().filter(|proof| proof.class == Proof::Wrapped) {
            return Proved { files, ..proof.clone() };
        }
        let own = self.prove_handler(route, &mut files);
        let mut best = match layered {
            Some(layered) if !own.class.is_guarded() => layered,
            _ => own,
        };
        // Nobody can tell what a layer does that is not there.
        if best.class == Proof::None
            && let Some(lost) = route.layers.iter().find_map(|layer| self.lost(layer.value))
        {
            best.class = Proof::Unproven;
            best.reason = Some(lost.what.clone());
            best.chain.push(lost);
        }
        // A layer that asks a guard, though perhaps not everybody, is more than none.
        if best.class == Proof::None
            && let Some(doubtful) = doubtful
        {
            best = Proved::clone(&doubtful);
        }
        Proved { files, ..best }
    }
}
