//! Whether a route gets the headers that are asked for, on each of its paths.

mod settled;

use rustc_hash::FxHashMap;

use self::settled::Settled;
use super::{
    pattern::{Automaton, Case, Dialect, PatternError, Slash, State as Reached, after, cases, is_of_segments},
    pattern::{literal, route, search, shape, source},
    requirement::Requirement,
    rule::{Paths, Rule},
    text::{Answer, HeaderText},
};

/// What became of one requirement on one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// Every path gets it.
    Covered,
    /// Nobody can tell.
    Unprovable {
        /// Why: a sentence's end after "because".
        why: String,
    },
    /// Some paths get it.
    Partly {
        /// The shortest path that doesn't.
        witness: String,
        /// What that path gets instead; nothing where the header is missing.
        found: Option<String>,
    },
    /// Every path gets it with a value that isn't good enough.
    Wrong {
        /// Header and value: `X-Frame-Options: ALLOWALL`.
        found: String,
    },
    /// No path gets it.
    Missing,
}

impl State {
    /// As the report has it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::Unprovable { .. } => "unprovable",
            Self::Partly { .. } => "partly",
            Self::Wrong { .. } => "wrong",
            Self::Missing => "missing",
        }
    }

    fn weight(&self) -> u8 {
        match self {
            Self::Covered => 0,
            Self::Unprovable { .. } => 1,
            Self::Partly { .. } => 2,
            Self::Wrong { .. } => 3,
            Self::Missing => 4,
        }
    }
}

/// One requirement's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub(crate) state: State,
    /// The rules that set the header on some path, as `file:line`, in order, each once.
    pub(crate) places: Vec<String>,
}

/// The rules of an application, ready to be asked.
pub(crate) struct Judge {
    rules: Vec<(Rule, Matcher)>,
    automata: Vec<((Paths, Dialect), Automaton)>,
    /// Each with the rules that may set a header of it.
    requirements: Vec<(Requirement, Vec<usize>)>,
    settled: Settled,
    /// The cases of routes that were asked for, each without its beginning.
    known: FxHashMap<Shape, Vec<Case>>,
    /// What holds of routes of one case: by the requirement's place, and by which automata match.
    answers: FxHashMap<(usize, Vec<bool>), Judgement>,
}

/// All that cases depend on but the beginning of their paths: the automata, where they stand after it, and what follows.
type Shape = (Vec<usize>, Vec<Reached>, String, Slash);

/// The paths of one route, for all who are asked about it.
pub(crate) struct Asked<'p> {
    path: &'p str,
    slash: Slash,
    automaton: Option<Automaton>,
}

impl<'p> Asked<'p> {
    /// Of a route in normal form: `/api/links/{id}`.
    pub(crate) fn new(path: &'p str, slash: Slash) -> Self {
        Self { path, slash, automaton: None }
    }

    fn automaton(&mut self) -> Result<&mut Automaton, PatternError> {
        match &mut self.automaton {
            Some(known) => Ok(known),
            none => Ok(none.insert(route(self.path, self.slash)?)),
        }
    }
}

/// Rules, and the cases into which they part a route's paths.
type Parted<'j> = (&'j [usize], Result<Vec<Case>, PatternError>);

enum Matcher {
    All,
    Automaton(usize),
    Unknown(String),
}

impl Judge {
    /// Takes the rules in the order in which they are applied, each with whoever reads its source.
    pub(crate) fn new(rules: impl IntoIterator<Item = (Rule, Dialect)>, requirements: &[Requirement]) -> Self {
        let mut judge = Self {
            rules: Vec::new(),
            automata: Vec::new(),
            requirements: Vec::new(),
            settled: Settled::default(),
            known: FxHashMap::default(),
            answers: FxHashMap::default(),
        };
        for (rule, dialect) in rules {
            let matcher = judge.matcher(&rule.paths, dialect);
            judge.rules.push((rule, matcher));
        }
        let with_rules = |one: &Requirement| (one.clone(), judge.relevant(one));
        judge.requirements = requirements.iter().map(with_rules).collect();
        judge
    }

    fn matcher(&mut self, paths: &Paths, dialect: Dialect) -> Matcher {
        if let Some(known) = self.automata.iter().position(|((known, by), _)| known == paths && *by == dialect) {
            return Matcher::Automaton(known);
        }
        let automaton = match paths {
            Paths::All => return Matcher::All,
            Paths::Unknown(why) => return Matcher::Unknown(why.clone()),
            Paths::Source { source: text, .. } => source(text, dialect).map_err(|error| (text, error)),
            Paths::Search(text) => search(text).map_err(|error| (text, error)),
        };
        match automaton {
            Ok(automaton) => {
                self.automata.push(((paths.clone(), dialect), automaton));
                Matcher::Automaton(self.automata.len() - 1)
            }
            Err((text, error)) => Matcher::Unknown(format!("the paths of `{text}` cannot be told: {error}")),
        }
    }

    /// Answers each requirement for the paths of a route.
    pub(crate) fn judge(&mut self, route: &mut Asked<'_>) -> Vec<Judgement> {
        let requirements = std::mem::take(&mut self.requirements);
        let mut seen: Vec<Parted<'_>> = Vec::new();
        let mut answers = Vec::with_capacity(requirements.len());
        for (number, (requirement, rules)) in requirements.iter().enumerate() {
            let known = seen.iter().position(|(known, _)| known == rules);
            let index = known.unwrap_or_else(|| {
                seen.push((rules, self.cases(route, rules)));
                seen.len() - 1
            });
            let Some((_, cases)) = seen.get(index) else { continue };
            answers.push(match cases {
                Ok(cases) => self.known_answer(number, requirement, rules, cases),
                Err(error) => {
                    let why = format!("which rules apply cannot be told: {error}");
                    Judgement { state: State::Unprovable { why }, places: Vec::new() }
                }
            });
        }
        self.requirements = requirements;
        answers
    }

    /// The rules that may set a header of the requirement.
    fn relevant(&self, requirement: &Requirement) -> Vec<usize> {
        let asked = |key: &str| requirement.headers.iter().any(|wanted| wanted.key == key);
        let sets = |rule: &Rule| rule.open.is_some() || rule.headers.iter().any(|header| asked(&header.key));
        self.rules.iter().enumerate().filter(|(_, (rule, _))| sets(rule)).map(|(index, _)| index).collect()
    }

    fn cases(&mut self, route: &mut Asked<'_>, rules: &[usize]) -> Result<Vec<Case>, PatternError> {
        let (path, slash) = (route.path, route.slash);
        let used = self.used(rules);
        if used.is_empty() {
            return Ok(vec![Case { matches: Vec::new(), witness: path.to_owned() }]);
        }
        let mut sources: Vec<(&mut Automaton, &str)> = self
            .automata
            .iter_mut()
            .enumerate()
            .filter(|(index, _)| used.contains(index))
            .map(|(_, ((paths, _), automaton))| {
                let before = if let Paths::Source { before, .. } = paths { before.as_str() } else { "" };
                (automaton, before)
            })
            .collect();
        if slash == Slash::Never && !path.contains('{') {
            // There is one path only.
            let matches = sources.iter_mut().map(|(source, before)| source.holds(&format!("{before}{path}")));
            return Ok(vec![Case { matches: matches.collect::<Result<_, _>>()?, witness: path.to_owned() }]);
        }
        let literal = literal(path);
        let Some(shape) = shape(path, literal) else { return cases(route.automaton()?, literal, &mut sources) };
        let reached = after(literal, &mut sources)?;
        if is_of_segments(&shape) {
            // The path `/` is one that ends in a slash.
            let may_end_in_slash = slash == Slash::Optional || literal.is_empty();
            let each = used.iter().zip(&mut sources).zip(&reached);
            let settled =
                each.map(|((number, (source, _)), here)| self.settled.of(*number, source, *here, may_end_in_slash));
            if let Some(matches) = settled.collect() {
                return Ok(vec![Case { matches, witness: path.to_owned() }]);
            }
        }
        let shape = (used, reached, shape, slash);
        if let Some(known) = self.known.get(&shape) {
            let whole = |case: &Case| Case { witness: format!("{literal}{}", case.witness), ..case.clone() };
            return Ok(known.iter().map(whole).collect());
        }
        let found = cases(route.automaton()?, literal, &mut sources)?;
        let rest = |case: &Case| Some(Case { witness: case.witness.strip_prefix(literal)?.to_owned(), ..case.clone() });
        if let Some(rests) = found.iter().map(rest).collect() {
            self.known.insert(shape, rests);
        }
        Ok(found)
    }

    /// The automata of these rules, ascending, each once.
    fn used(&self, rules: &[usize]) -> Vec<usize> {
        let mut used: Vec<usize> = rules
            .iter()
            .filter_map(|index| match self.rules.get(*index) {
                Some((_, Matcher::Automaton(automaton))) => Some(*automaton),
                _ => None,
            })
            .collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// The answer, which for one case depends on nothing but what matches.
    fn known_answer(&mut self, number: usize, requirement: &Requirement, rules: &[usize], cases: &[Case]) -> Judgement {
        let [only] = cases else { return self.answer(requirement, rules, cases) };
        let key = (number, only.matches.clone());
        if let Some(known) = self.answers.get(&key) {
            return known.clone();
        }
        let answer = self.answer(requirement, rules, cases);
        self.answers.insert(key, answer.clone());
        answer
    }

    fn answer(&self, requirement: &Requirement, rules: &[usize], cases: &[Case]) -> Judgement {
        let used = self.used(rules);
        let mut places: Vec<String> = Vec::new();
        let mut states: Vec<(State, &str)> = Vec::new();
        for case in cases {
            let matches = |matcher: &Matcher| match matcher {
                Matcher::Automaton(index) => {
                    let position = used.iter().position(|used| used == index);
                    position.and_then(|position| case.matches.get(position)).copied().unwrap_or_default()
                }
                Matcher::All | Matcher::Unknown(_) => true,
            };
            let applying: Vec<&(Rule, Matcher)> = rules
                .iter()
                .filter_map(|index| self.rules.get(*index))
                .filter(|(_, matcher)| matches(matcher))
                .collect();
            let (state, from) = on_one_path(requirement, &applying);
            for place in from {
                if !places.contains(&place) {
                    places.push(place);
                }
            }
            states.push((state, case.witness.as_str()));
        }
        Judgement { state: together(states), places }
    }
}

/// What holds of the whole route, from what holds of its cases. The shortest path comes first.
fn together(states: Vec<(State, &str)>) -> State {
    let is_bad = |state: &State| matches!(state, State::Missing | State::Wrong { .. });
    let all_bad = states.iter().all(|(state, _)| is_bad(state));
    let worst_first = |(state, _): &&(State, &str)| is_bad(state);
    if let Some((state, witness)) = states.iter().find(worst_first) {
        if all_bad {
            return state.clone();
        }
        let found = if let State::Wrong { found } = state { Some(found.clone()) } else { None };
        return State::Partly { witness: (*witness).to_owned(), found };
    }
    states.into_iter().map(|(state, _)| state).max_by_key(State::weight).unwrap_or(State::Missing)
}

/// What one header may be on a path.
struct Outcome {
    value: Option<HeaderText>,
    /// Why it may as well be another.
    doubt: Option<String>,
    place: Option<String>,
}

/// What holds of the paths to which these rules apply, and the places of the rules that set the header.
fn on_one_path(requirement: &Requirement, rules: &[&(Rule, Matcher)]) -> (State, Vec<String>) {
    let mut places = Vec::new();
    let mut best = Answer::No;
    let mut found = None;
    let mut why = None;
    for wanted in &requirement.headers {
        let outcomes = outcomes(&wanted.key, rules);
        let answers: Vec<Answer> = outcomes
            .iter()
            .map(|outcome| outcome.value.as_ref().map_or(Answer::No, |value| wanted.accepts(value)))
            .collect();
        let answer = match (answers.iter().min(), answers.iter().max()) {
            (Some(least), Some(most)) if least == most => *least,
            _ => Answer::Unknown,
        };
        best = best.max(answer);
        places.extend(outcomes.iter().filter_map(|outcome| outcome.place.clone()));
        for outcome in &outcomes {
            let Some(value) = &outcome.value else { continue };
            found.get_or_insert_with(|| format!("{}: {value}", wanted.name));
            if answer == Answer::Unknown && why.is_none() {
                let unknown = || format!("what `{}: {value}` will hold is not known", wanted.name);
                why = Some(outcome.doubt.clone().unwrap_or_else(unknown));
            }
        }
    }
    let state = match (best, found) {
        (Answer::Yes, _) => State::Covered,
        (Answer::Unknown, _) => State::Unprovable { why: why.unwrap_or_default() },
        (Answer::No, Some(found)) => State::Wrong { found },
        (Answer::No, None) => State::Missing,
    };
    (state, places)
}

fn outcomes(key: &str, rules: &[&(Rule, Matcher)]) -> Vec<Outcome> {
    let mut outcomes = vec![Outcome { value: None, doubt: None, place: None }];
    for (rule, matcher) in rules {
        let unsure = if let Matcher::Unknown(why) = matcher { Some(why) } else { rule.condition.as_ref() };
        for header in rule.headers.iter().filter(|header| header.key == key) {
            let doubt = unsure.or(header.condition.as_ref());
            if doubt.is_none() {
                outcomes.clear();
            }
            outcomes.extend(header.values.iter().map(|value| Outcome {
                value: Some(value.clone()),
                doubt: doubt.cloned(),
                place: Some(rule.place.clone()),
            }));
        }
        if let Some(open) = &rule.open {
            let value = Some(HeaderText::from_parts(&[None]));
            outcomes.push(Outcome { value, doubt: Some(open.clone()), place: None });
        }
    }
    outcomes
}

/// The worse of two answers: a route must be safe wherever it runs.
pub(crate) fn worse(left: Judgement, right: Judgement) -> Judgement {
    if right.state.weight() > left.state.weight() { right } else { left }
}

#[cfg(test)]
mod tests;
