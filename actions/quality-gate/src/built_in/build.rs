//! What is built is for production.

use std::collections::{BTreeMap, BTreeSet};

use ops_core::Severity;

use super::BuiltIn;
use super::packages;
use super::rule::{count, judged, unknown};
use crate::gate::script_asked_for;
use crate::outcome::Outcome;
use crate::situation::Situation;

pub(super) const GATE: BuiltIn = BuiltIn { id: "build-mode", title: "What is built is for production", check };

rule! {
    /// ## What it does
    /// Looks at the scripts of every `package.json` that build what is deployed (`build`, `build:prod`, `build:production`,
    /// `vercel-build`, `heroku-postbuild`) and at the scripts that these run, and finds those that build for development: with
    /// `NODE_ENV=development` before the program, or by its own flags (`vite build --mode development`, `webpack --mode development`,
    /// `ng build --configuration development`, `next build --debug-prerender`, `astro build --devOutput`, `expo export --dev`). Scripts
    /// of other names, such as `build:dev`, may build what they like. What a configuration file or the shell's environment says is
    /// not seen.
    ///
    /// It is an error, and a warning where another script of the package has the same program build for production.
    ///
    /// ## Why is this bad
    /// A platform runs `build` unless it is told otherwise. What it serves then is larger and slower, shows errors with their
    /// stacks, and calls the addresses of development.
    ///
    /// ## Instead
    /// ```json
    /// // before
    /// { "scripts": { "build": "vite build --mode development" } }
    /// // after
    /// { "scripts": { "build": "vite build", "build:dev": "vite build --mode development" } }
    /// ```
    DEVELOPMENT: "repository/development-build", "A build for development"
}

/// The scripts that build what is deployed: the usual names, and those that platforms look for.
const NAMES: [&str; 5] = ["build", "build:prod", "build:production", "heroku-postbuild", "vercel-build"];

/// A program that builds, and how its command line asks for development.
struct Builder {
    name: &'static str,
    /// Options that take `development`.
    modes: &'static [&'static str],
    flags: &'static [&'static str],
    /// Whether it builds without a word that tells it to.
    unasked: bool,
}

impl Builder {
    const fn by_mode(name: &'static str, modes: &'static [&'static str]) -> Self {
        Self { name, modes, flags: &[], unasked: false }
    }

    const fn by_flag(name: &'static str, flags: &'static [&'static str]) -> Self {
        Self { name, modes: &[], flags, unasked: false }
    }

    const fn unasked(self) -> Self {
        Self { unasked: true, ..self }
    }
}

const BUILDERS: [Builder; 24] = [
    Builder { name: "astro", modes: &["--mode"], flags: &["--devOutput"], unasked: false },
    Builder::by_flag("docusaurus", &["--dev"]),
    Builder::by_flag("expo", &["--dev"]),
    Builder::by_flag("next", &["--debug-prerender", "--no-mangling"]),
    Builder::by_mode("ng", &["--configuration", "-c"]),
    Builder::by_mode("nx", &["--configuration", "-c"]),
    Builder::by_mode("react-router", &["--mode", "-m"]),
    Builder::by_mode("remix", &["--mode", "-m"]),
    Builder::by_mode("rsbuild", &["--mode", "-m"]),
    Builder::by_mode("rspack", &["--mode", "-m", "--nodeEnv", "--node-env"]),
    Builder::by_mode("vite", &["--mode", "-m"]),
    Builder::by_mode("vue-cli-service", &["--mode"]),
    Builder::by_mode("webpack", &["--mode", "--node-env"]).unasked(),
    Builder::by_mode("webpack-cli", &["--mode", "--node-env"]).unasked(),
    Builder::by_flag("craco", &[]),
    Builder::by_flag("esbuild", &[]).unasked(),
    Builder::by_flag("gatsby", &[]),
    Builder::by_flag("nuxi", &[]),
    Builder::by_flag("nuxt", &[]),
    Builder::by_flag("parcel", &[]),
    Builder::by_flag("react-scripts", &[]),
    Builder::by_flag("rollup", &[]).unasked(),
    Builder::by_flag("tsdown", &[]).unasked(),
    Builder::by_flag("tsup", &[]).unasked(),
];

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let packages = match packages::read(situation) {
        Ok(packages) => packages,
        Err(reason) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
    };
    let (mut looked_at, mut findings) = (0, Vec::new());
    for (_, package) in packages.own() {
        let scripts = &package.manifest.scripts;
        for name in NAMES.into_iter().filter(|name| scripts.contains_key(*name)) {
            looked_at += 1;
            if let Some((builder, how)) = developing(scripts, name, "", &mut BTreeSet::new()) {
                let severity = if is_built_elsewhere(scripts, builder) { Severity::Warning } else { Severity::Error };
                let message = format!("the script `{name}` builds for development: it runs {builder} with `{how}`");
                let help =
                    "Build for production there, and give the other build a name of its own, such as `build:dev`.";
                findings.push(DEVELOPMENT.finding(severity, package.script(name), &[name], message, help));
            }
        }
    }
    if looked_at == 0 && packages.unreadable.is_empty() {
        return None;
    }
    let good = format!("{} for production", count(looked_at, "build script"));
    Some(judged(good, findings, &packages.unreadable))
}

/// Which program a script tells to build for development, and how, itself or in a script of the package that it runs. `more` is what
/// it is given beside its text.
fn developing<'s>(
    scripts: &'s BTreeMap<String, String>,
    name: &str,
    more: &str,
    seen: &mut BTreeSet<&'s str>,
) -> Option<(&'static str, String)> {
    let (name, text) = scripts.get_key_value(name)?;
    if !seen.insert(name) {
        return None;
    }
    commands(&format!("{text} {more}")).find_map(|command| match build(&command) {
        Some(build) => Some((build.program, build.development?)),
        None => {
            let (name, more) = script_asked_for(&command.words)?;
            developing(scripts, name, &more.join(" "), seen)
        }
    })
}

/// Whether any script has a program build for production.
fn is_built_elsewhere(scripts: &BTreeMap<String, String>, program: &str) -> bool {
    let mut builds = scripts.values().flat_map(|text| commands(text).filter_map(|command| build(&command)));
    builds.any(|build| build.program == program && build.development.is_none())
}

/// One command of a script.
struct Command<'t> {
    words: Vec<&'t str>,
    /// What `NODE_ENV` is for it, as far as the script says.
    node_env: Option<&'t str>,
}

fn commands(text: &str) -> impl Iterator<Item = Command<'_>> {
    // What `export` says counts for all that follows.
    let mut exported = None;
    text.split(['&', '|', ';', '\n']).map(move |command| {
        let words: Vec<&str> = command.split_whitespace().map(bare).collect();
        let node_env = node_env(&words).or(exported);
        if let ["export" | "set", ..] = words[..] {
            exported = node_env;
        }
        Command { words, node_env }
    })
}

/// A word without the quotes around it.
fn bare(word: &str) -> &str {
    word.trim_matches(['"', '\'', '\\'])
}

/// What a command says that `NODE_ENV` is: before the program, or in an option of it, as `--define:process.env.NODE_ENV="…"`.
fn node_env<'w>(words: &[&'w str]) -> Option<&'w str> {
    let value = |word: &'w str| Some(bare(word.split_once("NODE_ENV")?.1.strip_prefix(['=', ':'])?));
    words.iter().find_map(|word| value(word))
}

/// What a command builds with.
struct Build {
    program: &'static str,
    /// By what it is for development; none where it is not.
    development: Option<String>,
}

fn build(command: &Command<'_>) -> Option<Build> {
    let (at, builder) = command.words.iter().enumerate().find_map(|(at, word)| {
        // `node ./node_modules/vite/bin/vite.js build`
        let program = word.rsplit('/').next().unwrap_or(word).trim_end_matches(".js");
        Some((at, BUILDERS.iter().find(|builder| builder.name == program)?))
    })?;
    let arguments = command.words.get(at + 1..).unwrap_or_default();
    let builds = |word: &&str| word.contains("build") || matches!(*word, "export" | "generate");
    if !builder.unasked && !arguments.iter().any(builds) {
        return None;
    }
    let by_mode = |(at, word): (usize, &&str)| {
        let next = || arguments.get(at + 1).copied().unwrap_or_default();
        let (option, value) = word.split_once('=').unwrap_or_else(|| (*word, next()));
        let mode = builder.modes.iter().find(|mode| **mode == option)?;
        (bare(value) == "development").then(|| format!("{mode} development"))
    };
    let by_flag = || builder.flags.iter().find(|flag| arguments.contains(flag)).map(|flag| (*flag).to_owned());
    let by_variable = || (command.node_env == Some("development")).then(|| "NODE_ENV=development".to_owned());
    let development = arguments.iter().enumerate().find_map(by_mode).or_else(by_flag).or_else(by_variable);
    Some(Build { program: builder.name, development })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::{GATE, developing};
    use crate::built_in::testing::Repository;

    fn package(scripts: &[(&str, &str)]) -> String {
        let lines: Vec<String> =
            scripts.iter().map(|(name, text)| format!("\"{name}\": {}", serde_json::json!(text))).collect();
        format!("{{ \"scripts\": {{\n{}\n}} }}", lines.join(",\n"))
    }

    fn finds(scripts: &[(&str, &str)]) -> Vec<String> {
        Repository::with(&[("package.json", &package(scripts))]).finds(&GATE)
    }

    #[test]
    fn a_build_for_development_is_an_error_at_its_line() {
        for (text, what) in [
            ("NODE_ENV=development next build", "next with `NODE_ENV=development`"),
            ("cross-env NODE_ENV=development next build", "next with `NODE_ENV=development`"),
            ("prisma generate && NODE_ENV='development' next build", "next with `NODE_ENV=development`"),
            ("export NODE_ENV=development && next build", "next with `NODE_ENV=development`"),
            ("set NODE_ENV=development&& react-scripts build", "react-scripts with `NODE_ENV=development`"),
            ("next build --debug-prerender", "next with `--debug-prerender`"),
            ("tsc -b && vite build --mode development", "vite with `--mode development`"),
            ("vite build --mode=development", "vite with `--mode development`"),
            ("npx vite build -m \"development\"", "vite with `-m development`"),
            (
                "node --inspect ./node_modules/vite/bin/vite.js build --mode development",
                "vite with `--mode development`",
            ),
            ("webpack --mode 'development' --progress", "webpack with `--mode development`"),
            ("webpack --node-env=development", "webpack with `--node-env development`"),
            ("ng build --configuration development", "ng with `--configuration development`"),
            ("nx build shop -c development", "nx with `-c development`"),
            ("astro build --devOutput", "astro with `--devOutput`"),
            ("expo export -p web --dev", "expo with `--dev`"),
            ("esbuild a.ts --define:process.env.NODE_ENV=\\\"development\\\"", "esbuild with `NODE_ENV=development`"),
        ] {
            let expected = format!(
                "error repository/development-build package.json:3: the script `build` builds for development: it runs {what}"
            );
            assert_eq!(finds(&[("dev", "vite"), ("build", text)]), [expected], "{text}");
        }
    }

    #[test]
    fn a_build_for_production_is_silent() {
        for text in [
            "next build",
            "next build --debug",
            "NODE_ENV=production next build",
            "export NODE_ENV=development && NODE_ENV=production next build",
            "NODE_ENV=development prisma generate && next build",
            "NODE_ENV=development tsx scripts/prepare.ts && vite build",
            "vite build --mode staging",
            "vite build --mode production",
            "vite build --outDir development",
            "webpack --mode production --env development",
            "webpack --config webpack.development.js",
            "ng build --configuration production",
            "astro build --mode production",
            "tsc -p tsconfig.json --declaration",
            "turbo run build",
            "echo vite --mode development",
        ] {
            assert_eq!(finds(&[("build", text)]), [""; 0], "{text}");
        }
    }

    #[test]
    fn other_scripts_may_build_what_they_like_unless_the_build_runs_them() {
        let dev = ("build:dev", "vite build --mode development");
        assert_eq!(finds(&[("build", "vite build"), dev, ("dev", "NODE_ENV=development next dev")]), [""; 0]);
        let expected = "error repository/development-build package.json:2: the script `build` builds for development: it runs vite with `--mode development`";
        for run in ["npm run build:dev", "pnpm build:dev", "yarn run build:dev", "tsc -b && bun run build:dev"] {
            assert_eq!(finds(&[("build", run), dev]), [expected], "{run}");
        }
        let handed = [("build", "npm run bundle -- --mode development"), ("bundle", "vite build")];
        assert_eq!(finds(&handed), [expected.replace("error", "warning")]);
        assert_eq!(finds(&[("build", "pnpm other"), ("other", "pnpm build")]), [""; 0]);
    }

    #[test]
    fn it_is_a_warning_where_another_script_builds_for_production() {
        let build = ("build", "webpack --mode development");
        let severity = |other| finds(&[build, ("package", other)])[0].split(' ').next().map(str::to_owned).unwrap();
        assert_eq!(severity("webpack --mode production --devtool hidden-source-map"), "warning");
        for other in ["webpack --mode development --watch", "NODE_ENV=development webpack", "vite build"] {
            assert_eq!(severity(other), "error", "{other}");
        }
    }

    #[test]
    fn what_platforms_run_is_looked_at_in_every_package_but_samples() {
        let text = package(&[("vercel-build", "webpack --mode development")]);
        let told = |path: &str| Repository::with(&[(path, &text)]).finds(&GATE).len();
        let listed = "{ \"files\": [\"build\"],\n\"scripts\": { \"all\": \"build\",\n\"build\": \"webpack --mode development\" } }";
        let place = Repository::with(&[("package.json", listed)]).asks(&GATE).unwrap().findings.remove(0).place;
        assert_eq!((place.start_line, place.start_column), (3, 1));
        assert_eq!((told("apps/web/package.json"), told("examples/web/package.json")), (1, 0));
        let good = package(&[("build", "next build"), ("build:prod", "next build")]);
        assert_eq!(Repository::with(&[("package.json", &good)]).verdict(&GATE), "pass: 2 build scripts for production");
        let none = package(&[("dev", "next dev")]);
        assert_eq!(Repository::with(&[("package.json", &none)]).verdict(&GATE), "not asked");
        assert_eq!(
            Repository::with(&[("package.json", "{")]).verdict(&GATE),
            "unproven: package.json is not JSON: EOF while parsing an object at line 1 column 1"
        );
    }

    proptest! {
        #[test]
        fn what_stands_before_a_command_hides_nothing(before in "[ -~]{0,60}") {
            let scripts = BTreeMap::from([("build".to_owned(), format!("{before} && vite build --mode development"))]);
            prop_assert!(developing(&scripts, "build", "", &mut BTreeSet::new()).is_some());
        }
    }
}
