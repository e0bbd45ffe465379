//! What leads to each package.

use std::collections::{BTreeMap, VecDeque};

use super::{Lockfile, Package};
use crate::manifest::Group;

/// A package, and why it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed<'a> {
    /// It.
    pub package: &'a Package,
    /// Whether something that production needs leads to it. What nothing leads to counts as needed.
    pub production: bool,
    /// The shortest chain that brings it in: first what a project wants, last the package itself.
    pub chain: Vec<&'a Package>,
}

impl Installed<'_> {
    /// `debug 4.3.0 → ms 2.1.2`
    #[must_use]
    pub fn told(&self) -> String {
        let names: Vec<String> = self.chain.iter().map(|one| format!("{} {}", one.name, one.version)).collect();
        names.join(" → ")
    }
}

impl Lockfile {
    /// Every package with the chain that brings it in, in the file's order. A chain of production goes before one of
    /// development.
    #[must_use]
    pub fn installed(&self) -> Vec<Installed<'_>> {
        let roots = |wanted: fn(Group) -> bool| {
            let all = self.projects.values().flat_map(|project| &project.roots);
            all.filter(move |(group, _)| wanted(*group)).map(|(_, root)| *root)
        };
        let production = self.reached(roots(|group| group != Group::Development));
        let development = self.reached(roots(|group| group == Group::Development));
        let told = |(index, package)| {
            let by_production = production.get(&index).map(|_| &production);
            let ways = by_production.or_else(|| development.get(&index).map(|_| &development));
            Installed {
                package,
                production: by_production.is_some() || ways.is_none(),
                chain: ways.map_or_else(|| vec![package], |ways| self.chain(ways, index)),
            }
        };
        self.packages.iter().enumerate().map(told).collect()
    }

    /// Each package that these lead to, with the one before it.
    fn reached(&self, roots: impl Iterator<Item = usize>) -> BTreeMap<usize, Option<usize>> {
        let mut before = BTreeMap::new();
        let mut waiting = VecDeque::new();
        for root in roots {
            if before.insert(root, None).is_none() {
                waiting.push_back(root);
            }
        }
        while let Some(index) = waiting.pop_front() {
            for need in self.packages.get(index).into_iter().flat_map(|package| &package.needs) {
                before.entry(*need).or_insert_with(|| {
                    waiting.push_back(*need);
                    Some(index)
                });
            }
        }
        before
    }

    fn chain(&self, before: &BTreeMap<usize, Option<usize>>, last: usize) -> Vec<&Package> {
        let mut chain = Vec::new();
        let mut at = Some(last);
        while let Some(index) = at {
            chain.extend(self.packages.get(index));
            at = before.get(&index).copied().flatten();
        }
        chain.reverse();
        chain
    }
}
