//! `--changed` without a proof of what the change cannot touch.
//!
//! All routes are found, now and then, and for a header that one lacks all are asked, since it is told in another way where all
//! lack it. Proven are only routes of files that are another now, or that lead to such a file over imports, and rules look at no
//! others. Where a change may touch more than that, everything is looked at, as without `--changed`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use ops_core::exit::Failure;
use ops_typescript::module::Name;
use ops_typescript::program::{At, Program};
use ops_typescript::tree::FileId;

use crate::comparison::{Comparison, Then, Told};
use crate::difference;
use crate::discover::{Discovery, discover};
use crate::judge;
use crate::result::{Part, PassedOver, Scanned};
use crate::routes::{Handler, Route};
use crate::rules;
use crate::scan::{self, Asked, Seen};
use crate::settings::Inputs;
use crate::survey::Mark;
use crate::untouched::{changed_code, is_for_all};

/// What is found where only what the change may touch is asked; nothing where it may touch everything.
pub(crate) fn scan(inputs: &Inputs, seen: &Seen, told: Told) -> Result<Option<(Scanned, Comparison)>, Failure> {
    let asked = Asked::of(&inputs.policy)?;
    let then = Then::of(told, seen.program().tree());
    let Some(reach) = Reach::of(inputs, seen, &then) else { return Ok(None) };
    let before = then.tree.map(|tree| seen.at_another_time(tree));
    let found = look(inputs, &asked, seen, before.as_ref(), &reach).zip(inputs.changed.clone());
    let comparison = |base, changes| Comparison::Known { base, files: then.changed, changes, limits: true };
    Ok(found.map(|((scanned, changes), base)| (scanned, comparison(base, changes))))
}

/// How far a change reaches.
struct Reach {
    /// The code that is another now.
    changed: BTreeSet<FileId>,
    /// The same with all that lead there over imports.
    files: BTreeSet<FileId>,
}

impl Reach {
    /// None where it may reach everything, or where everything is asked for.
    fn of(inputs: &Inputs, seen: &Seen, then: &Then) -> Option<Self> {
        let (policy, today) = (&inputs.policy, inputs.today());
        let has_ended = policy.waivers.iter().any(|waiver| waiver.expires.0 < today)
            || policy.routes.public.iter().any(|public| public.expires.0 < today);
        if has_ended || inputs.openapi.is_some() || then.changed.contains(&inputs.policy_path) {
            return None;
        }
        let tree = seen.program().tree();
        let changed = changed_code(tree, then.tree.as_ref().unwrap_or(tree), &then.changed)?;
        // A class that extends another has a say in what that one calls on itself, wherever it is used.
        if changed.iter().any(|file| seen.survey().has(*file, Mark::Subclass)) {
            return None;
        }
        let files = seen.survey().imports()?.importing(changed.clone());
        let is_all = files.iter().any(|file| is_for_all(tree.path(*file)));
        (!is_all).then_some(Self { changed, files })
    }
}

/// Looks at what the change reaches, now and before; without `before` no code is another.
fn look(
    inputs: &Inputs,
    asked: &Asked,
    seen: &Seen,
    before: Option<&Seen>,
    reach: &Reach,
) -> Option<(Scanned, Vec<difference::Change>)> {
    let program = seen.program();
    // As a look at everything would have it.
    for file in &reach.changed {
        if seen.survey().is_judged(*file, program.tree().path(*file)) {
            program.module(*file);
        }
    }
    let reached: BTreeSet<&str> = reach.files.iter().map(|file| program.tree().path(*file)).collect();
    let found = |seen: &Seen| discover(seen.program(), seen.survey(), &inputs.policy.routes.exclude);
    let (now, then) = rayon::join(|| found(seen), || before.map(|before| (before, found(before))));
    let mut sides = vec![Side::of(program, &now, &reached)];
    sides.extend(then.as_ref().map(|(before, found)| Side::of(before.program(), found, &reached)));
    let names = touched(&sides, &reached)?;
    let is_chosen = |route: &&Route| names.contains(&(route.spelling(), route.method.clone()));
    let chosen: Vec<Route> = now.routes.iter().filter(is_chosen).cloned().collect();
    let mut files = reach.changed.clone();
    files.extend(chosen.iter().map(|route| route.place.file));

    let earlier = || {
        let (before, found) = then.as_ref()?;
        let chosen: Vec<Route> = found.routes.iter().filter(is_chosen).cloned().collect();
        Some(scan::prove(before, asked, &chosen).routes)
    };
    let ((mut scanned, earlier), ((states, lacking), findings)) = rayon::join(
        || rayon::join(|| scan::proofs(seen, asked, &chosen), earlier),
        || {
            let rules = || rules::check(program, &seen.survey().only(&files), &inputs.policy.routes);
            rayon::join(|| scan::headers(seen, asked, &now.routes, |route| is_chosen(&route)), rules)
        },
    );
    let states = now.routes.iter().zip(states).filter(|(route, _)| is_chosen(route));
    for (route, (_, states)) in scanned.routes.iter_mut().zip(states) {
        route.headers = states;
    }
    scanned.findings.extend(lacking);
    scanned.findings.extend(findings);
    // A guard that was not met may be known by what was passed over.
    if !scan::unknown_guards(seen, asked, &scanned.routes).is_empty() {
        return None;
    }
    let mut changes = Vec::new();
    if let Some(mut earlier) = earlier {
        let mut later = scanned.routes.clone();
        judge::open_on_purpose(&mut earlier, &inputs.policy, inputs.today());
        judge::open_on_purpose(&mut later, &inputs.policy, inputs.today());
        changes = difference::between(&earlier, &later);
    }
    let passed_over = now.routes.iter().filter(|route| !is_chosen(route)).map(|route| PassedOver {
        framework: route.framework.word(),
        path: route.spelling(),
        method: route.method.to_string(),
        file: program.tree().path(route.place.file).to_owned(),
    });
    let looked_at = files.iter().map(|file| program.tree().path(*file).to_owned());
    scanned.part = Some(Part { passed_over: passed_over.collect(), looked_at: looked_at.collect() });
    scanned.looked_for = now.looked_for.iter().map(|(_, what)| *what).collect();
    scanned.problems = now.problems;
    Some((scanned, changes))
}

/// The routes of one time.
struct Side<'s> {
    program: &'s Program,
    routes: &'s [Route],
    /// All that says what each route is, where no file of it is reached.
    texts: Vec<Option<String>>,
}

impl<'s> Side<'s> {
    fn of(program: &'s Program, found: &'s Discovery, reached: &BTreeSet<&str>) -> Self {
        let text = |route: &Route| {
            let is_reached = files(route).any(|file| reached.contains(program.tree().path(file)));
            (!is_reached).then(|| text(program, route))
        };
        Self { program, routes: &found.routes, texts: found.routes.iter().map(text).collect() }
    }

    fn numbers(&self) -> BTreeMap<&str, usize> {
        let mut numbers = BTreeMap::new();
        for text in self.texts.iter().flatten() {
            *numbers.entry(text.as_str()).or_default() += 1;
        }
        numbers
    }
}

/// Path and method of each route that is not the same at both times without a file of it being reached. Routes with the same path
/// and method share what is known of them. None where one stands in a file that is not reached itself.
fn touched(sides: &[Side<'_>], reached: &BTreeSet<&str>) -> Option<BTreeSet<(String, Name)>> {
    let numbers: Vec<_> = sides.iter().map(Side::numbers).collect();
    let is_same = |text: &Option<String>| {
        let Some(text) = text else { return false };
        let mut numbers = numbers.iter().map(|numbers| numbers.get(text.as_str()));
        let first = numbers.next();
        numbers.all(|number| Some(number) == first)
    };
    let mut names = BTreeSet::new();
    for side in sides {
        for (route, _) in side.routes.iter().zip(&side.texts).filter(|(_, text)| !is_same(text)) {
            if !reached.contains(side.program.tree().path(route.place.file)) {
                return None;
            }
            names.insert((route.spelling(), route.method.clone()));
        }
    }
    Some(names)
}

fn files(route: &Route) -> impl Iterator<Item = FileId> {
    let handler = match &route.handler {
        Handler::Expression(at) | Handler::Property(at, _) => Some(at.file),
        Handler::Function(at) => Some(at.file),
        Handler::Export(file, _) => Some(*file),
        Handler::Framework => None,
    };
    let settings = route.settings.map(|settings| settings.file);
    route.layers.iter().map(|layer| layer.value.file).chain([route.place.file]).chain(handler).chain(settings)
}

fn text(program: &Program, route: &Route) -> String {
    fn at<T: Debug>(program: &Program, at: At<T>) -> String {
        format!("{:?} {:?}", program.tree().path(at.file), at.it)
    }
    let handler = match &route.handler {
        Handler::Expression(value) => at(program, *value),
        Handler::Function(function) => at(program, *function),
        Handler::Export(file, name) => at(program, At { file: *file, it: name }),
        Handler::Property(value, name) => format!("{} {name:?}", at(program, *value)),
        Handler::Framework => String::new(),
    };
    let layers: Vec<String> =
        route.layers.iter().map(|layer| format!("{:?} {}", layer.kind, at(program, layer.value))).collect();
    let place = at(program, route.place);
    let settings = route.settings.map(|settings| at(program, settings));
    let Route { framework, path, method, dispatches, .. } = route;
    format!("{framework:?} {path} {method} {place} {handler} {dispatches} {settings:?} {layers:?}")
}

#[cfg(test)]
mod tests;
