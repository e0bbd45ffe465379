//! The files that have a say in a route's headers: the nearest ones above the route's own file.

use ops_typescript::{
    module::ExpressionId,
    program::{At, Program},
    tree::FileId,
    value::Evaluator,
};
use rustc_hash::FxHashMap;

use super::{
    judge::{self, Judge, Judgement, worse},
    pattern::{Dialect, Slash},
    requirement::Requirement,
    rule::{Header, Paths, Rule},
    sources::{layer, next_config, proxy, response, vercel},
};

/// Who answers for a route, as far as headers are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Served {
    /// Next.js: its configuration and its proxy count.
    Next,
    /// A function of Vercel: `vercel.json` counts.
    Vercel,
    /// A server of its own: what its middleware sets counts, and `vercel.json` where there is one.
    Server,
}

/// A route, as far as headers are concerned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The file that the handler stands in.
    pub(crate) file: FileId,
    /// In normal form: `/api/links/{id}`.
    pub(crate) path: &'a str,
    pub(crate) served: Served,
    /// What a request passes before the handler.
    pub(crate) layers: &'a [At<ExpressionId>],
}

/// Answers for the routes of a repository.
pub(crate) struct Headers<'a> {
    program: &'a Program,
    evaluator: Evaluator<'a>,
    requirements: Vec<Requirement>,
    files: FxHashMap<String, Files>,
    rules: FxHashMap<(Files, Served), Vec<(Rule, Dialect)>>,
    judges: FxHashMap<(Files, Served, Vec<Header>), [Judge; 2]>,
    in_file: FxHashMap<FileId, Vec<Header>>,
}

/// The configurations of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Files {
    /// `next.config.*`.
    pub(crate) next: Option<FileId>,
    /// `vercel.json`.
    pub(crate) vercel: Option<FileId>,
    /// `proxy.*` or `middleware.*` beside the configuration of Next.js.
    pub(crate) proxy: Option<FileId>,
}

impl<'a> Headers<'a> {
    /// Reads nothing yet.
    pub(crate) fn new(program: &'a Program, requirements: Vec<Requirement>) -> Self {
        Self {
            program,
            evaluator: Evaluator::new(program).with_outside(&next_config::constant),
            requirements,
            files: FxHashMap::default(),
            rules: FxHashMap::default(),
            judges: FxHashMap::default(),
            in_file: FxHashMap::default(),
        }
    }

    /// One answer for each requirement.
    pub(crate) fn of(&mut self, route: Asked<'_>) -> Vec<Judgement> {
        let files = self.files(route.file);
        let own = self.own(route);
        let key = (files, route.served, own);
        if !self.judges.contains_key(&key) {
            let judges = self.judges_of(files, route, &key.2);
            self.judges.insert(key.clone(), judges);
        }
        let slash = if route.served == Served::Vercel { Slash::Optional } else { Slash::Never };
        let Some([first, second]) = self.judges.get_mut(&key) else { return Vec::new() };
        let mut asked = judge::Asked::new(route.path, slash);
        let answers = first.judge(&mut asked);
        if route.served != Served::Next {
            return answers;
        }
        let on_vercel = second.judge(&mut asked);
        answers.into_iter().zip(on_vercel).map(|(left, right)| worse(left, right)).collect()
    }

    /// The headers that the handler's file and the layers before it set, the layers' first.
    fn own(&mut self, route: Asked<'_>) -> Vec<Header> {
        let mut headers = Vec::new();
        for value in route.layers {
            headers.extend(layer::headers(&mut self.evaluator, self.program, *value));
        }
        if !self.in_file.contains_key(&route.file) {
            let wanted = |key: &str| self.requirements.iter().flat_map(|one| &one.headers).any(|one| one.key == key);
            let found = response::set_anywhere(&mut self.evaluator, self.program, route.file, wanted);
            self.in_file.insert(route.file, found);
        }
        headers.extend(self.in_file.get(&route.file).into_iter().flatten().cloned());
        headers
    }

    fn judges_of(&mut self, files: Files, route: Asked<'_>, own: &[Header]) -> [Judge; 2] {
        if !self.rules.contains_key(&(files, route.served)) {
            let rules = self.rules_of(files, route.served);
            self.rules.insert((files, route.served), rules);
        }
        let mut rules = self.rules.get(&(files, route.served)).cloned().unwrap_or_default();
        if !own.is_empty() {
            let rule = Rule {
                paths: Paths::All,
                condition: None,
                headers: own.to_vec(),
                open: None,
                place: self.program.tree().path(route.file).to_owned(),
            };
            rules.push((rule, Dialect::Vercel));
        }
        let on_vercel = rules.clone().into_iter().map(|(rule, dialect)| match dialect {
            Dialect::Next => (rule, Dialect::NextOnVercel),
            other => (rule, other),
        });
        [Judge::new(rules, &self.requirements), Judge::new(on_vercel, &self.requirements)]
    }

    fn rules_of(&mut self, files: Files, served: Served) -> Vec<(Rule, Dialect)> {
        let mut rules = Vec::new();
        let next = files.next.filter(|_| served == Served::Next);
        let config = next.map(|file| next_config::read(&mut self.evaluator, self.program, file)).unwrap_or_default();
        if let Some(file) = files.vercel {
            let path = self.program.tree().path(file);
            let text = self.program.tree().read(file).unwrap_or_default();
            for mut rule in vercel::read(path, &text) {
                if let (Paths::Source { before, .. }, Some(base_path)) = (&mut rule.paths, &config.base_path) {
                    before.clone_from(base_path);
                }
                rules.push((rule, Dialect::Vercel));
            }
        }
        rules.extend(config.rules.into_iter().map(|rule| (rule, Dialect::Next)));
        if let Some(file) = files.proxy.filter(|_| served == Served::Next) {
            let set = proxy::headers(&mut self.evaluator, self.program, file);
            rules.extend(set.into_iter().map(|rule| (rule, Dialect::Proxy)));
        }
        rules
    }

    /// The configurations that are nearest to a file.
    pub(crate) fn files(&mut self, file: FileId) -> Files {
        let path = self.program.tree().path(file);
        self.nearest(path.rsplit_once('/').map_or("", |(folder, _)| folder))
    }

    fn nearest(&mut self, folder: &str) -> Files {
        if let Some(known) = self.files.get(folder) {
            return *known;
        }
        let above = match folder.rsplit_once('/') {
            Some((parent, _)) => self.nearest(parent),
            None if folder.is_empty() => Files::default(),
            None => self.nearest(""),
        };
        let tree = self.program.tree();
        let find =
            |name: &str| tree.find(&if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") });
        let mut files = Files { vercel: find("vercel.json").or(above.vercel), ..above };
        if let Some(next) = next_config::NAMES.iter().find_map(|name| find(name)) {
            let names = || proxy::NAMES.iter();
            files.next = Some(next);
            files.proxy =
                names().find_map(|name| find(name)).or_else(|| names().find_map(|name| find(&format!("src/{name}"))));
        }
        self.files.insert(folder.to_owned(), files);
        files
    }
}
