//! The compiler is as strict as it can be, and tells what is unused.

mod settings;

use std::collections::{BTreeMap, BTreeSet};

use ops_core::{Finding, Place, Severity};
use ops_dependencies::Manifest;

use self::settings::Settings;
use super::BuiltIn;
use super::packages::{self, Packages, is_apart};
use super::rule::{count, judged, place_of, unknown};
use crate::outcome::Outcome;
use crate::situation::{Situation, file_name};

pub(super) const GATE: BuiltIn = BuiltIn { id: "strict", title: "The compiler is strict", check };

rule! {
    /// ## What it does
    /// Finds a `tsconfig.json` without `"strict": true`, of its own or from what it `extends`: other files, several of them, packages
    /// of the workspace and installed ones. As of TypeScript 6 the option is on unless it is switched off. A base that is not here,
    /// since nothing is installed yet, is unproven. Files that others extend, or that only list `references`, are not asked.
    ///
    /// ## Why is this bad
    /// Without it `null` is of every type, and what has no type is `any`: the compiler agrees with nearly everything.
    ///
    /// ## Instead
    /// ```json
    /// // before
    /// { "compilerOptions": { "target": "es2022" } }
    /// // after
    /// { "compilerOptions": { "target": "es2022", "strict": true } }
    /// ```
    LAX: "repository/not-strict", "The compiler is not strict"
}

rule! {
    /// ## What it does
    /// Finds a strict project that takes a part of it back, such as `"strictNullChecks": false`.
    ///
    /// ## Why is this bad
    /// Everybody reads `strict`, and relies on what it no longer means.
    ///
    /// ## Instead
    /// ```json
    /// // before
    /// { "compilerOptions": { "strict": true, "noImplicitAny": false } }
    /// // after
    /// { "compilerOptions": { "strict": true } }
    /// ```
    PARTLY: "repository/strict-in-part", "A strict project that is not quite strict"
}

rule! {
    /// ## What it does
    /// Finds a project that nothing tells of unused variables: neither `noUnusedLocals` in its `tsconfig.json`, nor ESLint with
    /// `no-unused-vars` or a recommended set, nor oxlint, nor Biome with `noUnusedVariables`.
    ///
    /// ## Why is this bad
    /// What is unused looks used. It is kept in step, tested around, and now and then it is the result that somebody forgot to use.
    ///
    /// ## Instead
    /// ```json
    /// // before
    /// { "compilerOptions": { "strict": true } }
    /// // after
    /// { "compilerOptions": { "strict": true, "noUnusedLocals": true } }
    /// ```
    UNUSED: "repository/unused-allowed", "Nothing tells of unused variables"
}

/// What `strict` switches on.
const PARTS: [&str; 8] = [
    "noImplicitAny",
    "noImplicitThis",
    "alwaysStrict",
    "strictBindCallApply",
    "strictBuiltinIteratorReturn",
    "strictFunctionTypes",
    "strictNullChecks",
    "strictPropertyInitialization",
];

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let (files, packages) = match (situation.files(), packages::read(situation)) {
        (Ok(files), Ok(packages)) => (files, packages),
        (Err(reason), _) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
        (_, Err(reason)) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
    };
    let paths = files.iter().filter(|path| {
        let name = file_name(path);
        name.starts_with("tsconfig") && name.ends_with(".json") && !is_apart(path)
    });
    let (mut read, mut unread) = (BTreeMap::new(), Vec::new());
    for path in paths {
        match settings::read(situation, &packages, path) {
            Ok(settings) => drop(read.insert(path.as_str(), settings)),
            Err(reason) => unread.push(reason),
        }
    }
    if read.is_empty() && unread.is_empty() {
        return None;
    }
    let bases: BTreeSet<String> = read.values().flat_map(|settings| settings.bases.iter().cloned()).collect();
    let projects: Vec<(&str, &Settings)> = (read.iter())
        .filter(|(path, settings)| !settings.is_solution && !bases.contains(**path))
        .map(|(path, settings)| (*path, settings))
        .collect();
    let is_linted = is_linted(situation, files, &packages);
    let mut findings = Vec::new();
    for (path, settings) in &projects {
        match asked(situation, &packages, path, settings, is_linted) {
            Ok(found) => findings.extend(found),
            Err(reason) => unread.push(reason),
        }
    }
    Some(judged(format!("{} strict", count(projects.len(), "project")), findings, &unread))
}

fn asked(
    situation: &Situation<'_>,
    packages: &Packages,
    path: &str,
    settings: &Settings,
    is_linted: bool,
) -> Result<Vec<Finding>, String> {
    let said = |name: &str| settings.switches.get(name).copied();
    // What a base that is not here says, only the file itself overrules.
    let known = |name: &str| match (said(name), &settings.unknown) {
        (None, Some(reason)) => Err(format!("{reason}, so nobody can tell whether it is strict; install first")),
        (said, _) => Ok(said),
    };
    let mut findings = Vec::new();
    let text = situation.read(path).unwrap_or_default();
    let place = |name: &str| place_of(path, &text, &format!("\"{name}\""));
    let strict = known("strict")?;
    if !strict.unwrap_or_else(|| is_strict_by_itself(packages)) {
        let what = if strict.is_some() { "switches `strict` off" } else { "does not say `strict`" };
        let message = format!("{path} {what}");
        let help = "Write \"strict\": true among its compilerOptions.";
        findings.push(LAX.finding(Severity::Error, place("strict"), &[], message, help));
    }
    for part in PARTS.into_iter().filter(|part| said(part) == Some(false)) {
        let message = format!("{path} switches `{part}` off, which is a part of `strict`");
        findings.push(PARTLY.finding(Severity::Warning, place(part), &[part], message, "Remove the line."));
    }
    if !is_linted && said("noUnusedLocals") != Some(true) && settings.unknown.is_none() {
        let message = format!("nothing tells of unused variables in {path}");
        let help = "Write \"noUnusedLocals\": true among its compilerOptions, or switch on no-unused-vars in ESLint.";
        findings.push(UNUSED.finding(Severity::Warning, Place::file(path), &[], message, help));
    }
    Ok(findings)
}

/// As of TypeScript 6.
fn is_strict_by_itself(packages: &Packages) -> bool {
    let wanted = |manifest: &Manifest| {
        let specifiers = manifest.wants.get("typescript")?;
        let range = node_semver::Range::parse(specifiers.values().next()?).ok()?;
        Some(range.min_version()?.major >= 6)
    };
    let mut versions = packages.own().filter_map(|(_, package)| wanted(&package.manifest)).peekable();
    versions.peek().is_some() && versions.all(|is_new| is_new)
}

/// Whether a linter's settings say that it tells of unused variables. They are read as text: they may be code.
fn is_linted(situation: &Situation<'_>, files: &BTreeSet<String>, packages: &Packages) -> bool {
    const ESLINT: [&str; 5] = ["no-unused-vars", ".recommended", ":recommended", "/recommended", "next/typescript"];
    let is_eslint = |name: &str| name.starts_with("eslint.config.") || name.starts_with(".eslintrc");
    let says = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    let in_file = |path: &String| {
        let name = file_name(path);
        let words: &[&str] = if is_eslint(name) {
            &ESLINT
        } else if matches!(name, "biome.json" | "biome.jsonc") {
            &["noUnusedVariables"]
        } else if matches!(name, ".oxlintrc.json" | "oxlint.config.ts") {
            // It tells of them unless it is told not to.
            &[""]
        } else {
            return false;
        };
        situation.read(path).is_ok_and(|text| says(&text, words))
    };
    let in_package =
        packages.files.values().any(|one| one.text.contains("\"eslintConfig\"") && says(&one.text, &ESLINT));
    in_package || files.iter().any(in_file)
}

#[cfg(test)]
mod tests {
    use super::GATE;
    use crate::built_in::testing::Repository;

    const LINTED: (&str, &str) = ("eslint.config.js", "export default [js.configs.recommended];");

    fn finds(files: &[(&str, &str)]) -> Vec<String> {
        Repository::with(&[&[LINTED], files].concat()).finds(&GATE)
    }

    #[test]
    fn strict_of_its_own_or_from_a_base_passes() {
        assert_eq!(finds(&[("tsconfig.json", "{ \"compilerOptions\": { \"strict\": true, }, } // yes")]), [""; 0]);
        let base = ("config/base.json", "{ \"compilerOptions\": { \"strict\": true } }");
        assert_eq!(finds(&[base, ("web/tsconfig.json", "{ \"extends\": \"../config/base\" }")]), [""; 0]);
        let lax = ("config/lax.json", "{ \"compilerOptions\": { \"strict\": false } }");
        let both = |order: &str| finds(&[base, lax, ("web/tsconfig.json", &format!("{{ \"extends\": {order} }}"))]);
        assert_eq!(both("[\"../config/lax\", \"../config/base.json\"]"), [""; 0], "the later base counts");
        assert_eq!(
            both("[\"../config/base\", \"../config/lax\"]"),
            ["error repository/not-strict web/tsconfig.json:1: web/tsconfig.json switches `strict` off"]
        );
    }

    #[test]
    fn a_project_that_says_nothing_is_told_unless_its_compiler_is_strict_by_itself() {
        let silent = ("tsconfig.json", "{}");
        let expected = ["error repository/not-strict tsconfig.json:1: tsconfig.json does not say `strict`"];
        assert_eq!(finds(&[silent]), expected);
        let with = |version: &str| {
            let package = format!("{{ \"devDependencies\": {{ \"typescript\": \"{version}\" }} }}");
            finds(&[silent, ("package.json", &package)])
        };
        assert_eq!(with("~5.9.0"), expected);
        assert_eq!(with("^6.0.0"), [""; 0]);
    }

    #[test]
    fn what_others_extend_and_what_only_refers_is_not_asked() {
        let files = [
            ("tsconfig.base.json", "{}"),
            (
                "tsconfig.app.json",
                "{ \"extends\": \"./tsconfig.base.json\", \"compilerOptions\": { \"strict\": true } }",
            ),
            ("tsconfig.json", "{ \"files\": [], \"references\": [{ \"path\": \"./tsconfig.app.json\" }] }"),
        ];
        assert_eq!(finds(&files), [""; 0]);
        assert_eq!(Repository::with(&files).finds(&GATE).len(), 1, "nothing lints it");
    }

    #[test]
    fn a_part_that_is_taken_back_is_a_warning() {
        assert_eq!(
            finds(&[("tsconfig.json", "{ \"compilerOptions\": {\n\"strict\": true,\n\"noImplicitAny\": false } }")]),
            [
                "warning repository/strict-in-part tsconfig.json:3: tsconfig.json switches `noImplicitAny` off, which is a part of `strict`"
            ]
        );
    }

    #[test]
    fn a_base_of_a_package_is_read_where_it_is_and_unproven_where_not() {
        let project = ("tsconfig.json", "{ \"extends\": \"@tsconfig/strictest\" }");
        let repository = Repository::with(&[LINTED, project]);
        assert_eq!(
            repository.verdict(&GATE),
            "unproven: tsconfig.json extends @tsconfig/strictest, which is not here, so nobody can tell whether it is strict; install first"
        );
        repository
            .folder
            .write("node_modules/@tsconfig/strictest/tsconfig.json", "{ \"compilerOptions\": { \"strict\": true } }");
        assert_eq!(repository.verdict(&GATE), "pass: 1 project strict");
        let own = ("tsconfig.json", "{ \"extends\": \"expo/base\", \"compilerOptions\": { \"strict\": true } }");
        assert_eq!(Repository::with(&[LINTED, own]).verdict(&GATE), "pass: 1 project strict");
        let sibling = [
            ("packages/config/package.json", "{ \"name\": \"@shop/config\" }"),
            ("packages/config/ts.json", "{ \"compilerOptions\": { \"strict\": true } }"),
            ("web/tsconfig.json", "{ \"extends\": \"@shop/config/ts.json\" }"),
        ];
        assert_eq!(finds(&sibling), [""; 0]);
    }

    #[test]
    fn something_tells_of_unused_variables() {
        let strict = ("tsconfig.json", "{ \"compilerOptions\": { \"strict\": true } }");
        let finds = |more: &[(&str, &str)]| Repository::with(&[&[strict], more].concat()).finds(&GATE);
        assert_eq!(
            finds(&[]),
            ["warning repository/unused-allowed tsconfig.json:1: nothing tells of unused variables in tsconfig.json"]
        );
        assert_eq!(finds(&[(".oxlintrc.json", "{}")]), [""; 0]);
        assert_eq!(finds(&[("biome.json", "{ \"noUnusedVariables\": \"error\" }")]), [""; 0]);
        assert_eq!(finds(&[("biome.json", "{}")]).len(), 1);
        let own = ("tsconfig.json", "{ \"compilerOptions\": { \"strict\": true, \"noUnusedLocals\": true } }");
        assert_eq!(Repository::with(&[own]).finds(&GATE), [""; 0]);
    }

    #[test]
    fn what_cannot_be_read_is_unproven_and_none_is_not_asked() {
        let verdict = |text: &str| Repository::with(&[LINTED, ("tsconfig.json", text)]).verdict(&GATE);
        assert_eq!(verdict("{"), "unproven: tsconfig.json is not JSON: EOF while parsing an object at line 1 column 1");
        assert_eq!(verdict("{ \"extends\": \"./tsconfig.json\" }"), "unproven: tsconfig.json extends itself");
        assert_eq!(Repository::with(&[LINTED]).verdict(&GATE), "not asked");
    }
}
