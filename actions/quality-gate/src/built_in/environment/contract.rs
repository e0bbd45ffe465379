//! What the code reads stands in the example, and what stands there is read.

use std::collections::{BTreeMap, BTreeSet};

use ops_core::{Finding, Place, Severity, glob};
use ops_typescript::{environment, purpose};

use super::example::{Line, lines, real};
use crate::built_in::packages::is_apart;
use crate::built_in::rule::count;
use crate::code::{Code, Read};
use crate::situation::{Situation, file_name, folder};

rule! {
    /// ## What it does
    /// Finds variables that the code reads (`process.env.NAME` in all its forms, `import.meta.env.NAME`, `Deno.env.get("NAME")`, the
    /// keys of a schema that checks the whole environment, `env("NAME")` in a Prisma schema) and that no `.env.example` lists, in the
    /// file's folder or above. Silent are tests, and what a platform or a tool sets by itself, such as `NODE_ENV`, `VERCEL_URL`, or in
    /// `supabase/functions` whatever begins with `SUPABASE_`.
    ///
    /// It is an error where there is an example, and one warning as long as there is none.
    ///
    /// ## Why is this bad
    /// Whoever sets up a deployment, or a laptop, learns of the variable when a request fails.
    ///
    /// ## Instead
    /// ```sh
    /// # before: .env.example
    /// DATABASE_URL=
    /// # after: .env.example
    /// DATABASE_URL=
    /// STRIPE_WEBHOOK_SECRET=
    /// ```
    UNDOCUMENTED: "repository/undocumented-variable", "A variable that no example lists"
}

rule! {
    /// ## What it does
    /// Notes variables of `.env.example` that neither the code nor any settings file names. Says nothing where code takes a
    /// variable whose name is computed.
    ///
    /// ## Why is this bad
    /// People set a secret that nothing needs, and keep it.
    ///
    /// ## Instead
    /// ```sh
    /// # before: .env.example
    /// OLD_API_KEY=
    /// # after: the line is gone, and the key is revoked
    /// ```
    UNREAD: "repository/unread-variable", "A listed variable that nobody reads"
}

rule! {
    /// ## What it does
    /// Finds code that reads a database's URL by the name of an environment: `DATABASE_URL_PROD`, `STAGING_DATABASE_URL`. `TEST` is
    /// not among them.
    ///
    /// ## Why is this bad
    /// Code that knows the name of production's database can reach it from anywhere the variable is set, and which one it uses is
    /// decided in code. The platform decides that, with one name.
    ///
    /// ## Instead
    /// ```ts
    /// // before
    /// const url = isProduction ? process.env.DATABASE_URL_PROD : process.env.DATABASE_URL_DEV;
    /// // after
    /// const url = process.env.DATABASE_URL;
    /// ```
    VARIANT: "repository/environment-variant", "A variable for one environment only"
}

rule! {
    /// ## What it does
    /// Finds variables whose names say both that everybody may see them (`NEXT_PUBLIC_`, `VITE_`, `REACT_APP_`, `EXPO_PUBLIC_`,
    /// `NUXT_PUBLIC_`, `GATSBY_`, `PUBLIC_`) and that nobody should (`SECRET`, `TOKEN`, `PASSWORD`, `PRIVATE`, `SERVICE_ROLE`,
    /// `DATABASE_URL`), in code and in the example.
    ///
    /// ## Why is this bad
    /// The value is written into the JavaScript that every visitor loads.
    ///
    /// ## Instead
    /// ```ts
    /// // before
    /// createClient(url, process.env.NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY);
    /// // after
    /// createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY);
    /// ```
    PUBLIC: "repository/public-secret", "A secret that every browser gets"
}

rule! {
    /// ## What it does
    /// Finds values in `.env.example` that look real: the password of a URL to another host, a value with the look of a key, or a
    /// long random text under a name that says secret. The value is not shown.
    ///
    /// ## Why is this bad
    /// The example is committed, so its values are public to everybody who can read the repository, for ever.
    ///
    /// ## Instead
    /// ```sh
    /// # before: .env.example
    /// DATABASE_URL=postgres://app:q8Zt…@db.example.com/shop
    /// # after: .env.example
    /// DATABASE_URL=postgres://user:password@localhost:5432/shop
    /// ```
    REAL: "repository/real-value", "A real value in the example"
}

/// All that the contract is broken by.
pub(super) fn findings(
    situation: &Situation<'_>,
    files: &BTreeSet<String>,
    code: &Code,
) -> Result<Vec<Finding>, String> {
    let examples = examples(situation, files)?;
    let reads: Vec<Read> = code.reads.iter().cloned().chain(prisma(situation, files)?).collect();
    let reads: Vec<&Read> = reads.iter().filter(|read| !purpose::is_test(&read.place.path)).collect();
    let mut findings = undocumented(situation, &examples, &reads);
    findings.extend(reads.iter().filter_map(|read| variant(read)));
    let given = reads.iter().filter_map(|read| public(&read.name, read.place.clone()));
    findings.extend(given);
    for (path, listed) in &examples {
        findings.extend(listed.iter().filter_map(|line| public(&line.name, line.place.clone())));
        findings.extend(listed.iter().filter_map(|line| {
            let what = real(line)?;
            let message = format!("{path} gives `{}` {what}", line.name);
            let help = "Replace it by a placeholder, and replace the value wherever it is used: it was committed.";
            Some(REAL.finding(Severity::Error, line.place.clone(), &[&line.name], message, help))
        }));
    }
    if code.taking_all.is_empty() {
        findings.extend(unread(situation, files, &examples, code));
    }
    Ok(findings)
}

/// The lines of every example, by its path.
fn examples(situation: &Situation<'_>, files: &BTreeSet<String>) -> Result<BTreeMap<String, Vec<Line>>, String> {
    let name = situation.policy.release.environment.example.as_str();
    let paths = files.iter().filter(|path| (file_name(path) == name || *path == name) && !is_apart(path));
    paths.map(|path| Ok((path.clone(), lines(path, &situation.read(path)?)))).collect()
}

fn undocumented(situation: &Situation<'_>, examples: &BTreeMap<String, Vec<Line>>, reads: &[&Read]) -> Vec<Finding> {
    let policy = &situation.policy.release.environment;
    let mut first: BTreeMap<&str, &Read> = BTreeMap::new();
    for read in reads.iter().filter(|read| is_asked(situation, read)) {
        let is_listed = examples.iter().any(|(path, lines)| {
            let above = folder(path);
            let covers = above.is_empty() || read.place.path.starts_with(&format!("{above}/"));
            covers && lines.iter().any(|line| line.name == read.name)
        });
        if !is_listed {
            first.entry(&read.name).or_insert(read);
        }
    }
    let Some((name, read)) = first.iter().next() else { return Vec::new() };
    if examples.is_empty() {
        let others = match first.len() - 1 {
            0 => String::new(),
            more => format!(" and {}", count(more, "other variable")),
        };
        let message = format!("the code reads `{name}`{others}, and there is no {}", policy.example);
        let help =
            format!("Write {} with a line for each variable, without real values, and commit it.", policy.example);
        return vec![UNDOCUMENTED.finding(Severity::Warning, read.place.clone(), &[], message, help)];
    }
    let tell = |(name, read): (&&str, &&Read)| {
        let message = format!("`{name}` is read here, and no {} lists it", policy.example);
        let help = format!("Add the line `{name}=` to {}.", policy.example);
        UNDOCUMENTED.finding(Severity::Error, read.place.clone(), &[name], message, help)
    };
    first.iter().map(tell).collect()
}

/// Whether somebody must set a variable: neither a platform does, nor is it read in tests only, nor does the policy pass it over.
pub(super) fn is_asked(situation: &Situation<'_>, read: &Read) -> bool {
    let ignored = &situation.policy.release.environment.ignore;
    let is_ignored = || ignored.iter().any(|pattern| glob::matches(pattern, &read.name));
    !purpose::is_test(&read.place.path) && !is_given(&read.name) && !is_given_to_function(read) && !is_ignored()
}

/// Whether Supabase gives a variable to all its Edge Functions. Nobody else can set one of these names there.
fn is_given_to_function(read: &Read) -> bool {
    const STARTS: [&str; 3] = ["SUPABASE_", "SB_", "DENO_"];
    purpose::edge_functions(&read.place.path).is_some() && STARTS.iter().any(|start| read.name.starts_with(start))
}

fn variant(read: &Read) -> Option<Finding> {
    const ENVIRONMENTS: [&str; 7] = ["PROD", "PRODUCTION", "STAGING", "STAGE", "DEV", "DEVELOPMENT", "PREVIEW"];
    let (before, after) = read.name.split_once("DATABASE_URL")?;
    let word = if before.is_empty() { after.trim_start_matches('_') } else { before.trim_end_matches('_') };
    if !ENVIRONMENTS.contains(&word) || !(before.is_empty() || after.is_empty()) {
        return None;
    }
    let message = format!("`{}` is for one environment only", read.name);
    let help = "Read DATABASE_URL, and let the platform set it for each environment.";
    Some(VARIANT.finding(Severity::Warning, read.place.clone(), &[&read.name], message, help))
}

fn public(name: &str, place: Place) -> Option<Finding> {
    let prefix = environment::given_away(name)?;
    let plain = name.strip_prefix(prefix).unwrap_or(name);
    let message = format!("`{name}` is a secret by its name, and `{prefix}` gives it to every browser");
    let help = format!("Call it `{plain}`, read it on the server only, and replace its value: it was public.");
    Some(PUBLIC.finding(Severity::Error, place, &[name], message, help))
}

/// Listed, and named nowhere: neither in code, tests among it, nor in what sets up other tools.
fn unread(
    situation: &Situation<'_>,
    files: &BTreeSet<String>,
    examples: &BTreeMap<String, Vec<Line>>,
    code: &Code,
) -> Vec<Finding> {
    const SETTINGS: [&str; 9] = ["prisma", "yml", "yaml", "json", "toml", "sh", "sql", "rb", "py"];
    let mut left: BTreeMap<&str, (&str, &Line)> = BTreeMap::new();
    for (path, lines) in examples {
        let unread = lines.iter().filter(|line| !code.reads.iter().any(|read| read.name == line.name));
        left.extend(unread.map(|line| (line.name.as_str(), (path.as_str(), line))));
    }
    left.retain(|name, _| !is_given(name));
    let is_setting = |path: &str| {
        let name = file_name(path);
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        SETTINGS.contains(&extension) || name.contains("Dockerfile") || name.contains("config.") || name == "Makefile"
    };
    for path in files.iter().filter(|path| is_setting(path)) {
        if left.is_empty() {
            break;
        }
        let text = situation.read(path).unwrap_or_default();
        left.retain(|name, _| !text.contains(*name));
    }
    let tell = |(name, (path, line)): (&str, (&str, &Line))| {
        let message = format!("{path} lists `{name}`, and nothing reads it");
        UNREAD.finding(Severity::Note, line.place.clone(), &[name], message, "Remove the line, or say what reads it.")
    };
    left.into_iter().map(tell).collect()
}

/// `env("NAME")` in the files of Prisma.
fn prisma(situation: &Situation<'_>, files: &BTreeSet<String>) -> Result<Vec<Read>, String> {
    let mut reads = Vec::new();
    for path in files.iter().filter(|path| path.ends_with(".prisma") && !is_apart(path)) {
        let text = situation.read(path)?;
        for (start, call) in text.match_indices("env(\"") {
            let from = start + call.len();
            let Some(name) = text.get(from..).and_then(|rest| rest.split('"').next()) else { continue };
            let place = Place::in_text(path.as_str(), &text, from..from + name.len());
            reads.push(Read { name: name.to_owned(), place });
        }
    }
    Ok(reads)
}

/// Whether a platform, a runtime or a tool sets a variable by itself.
fn is_given(name: &str) -> bool {
    const NAMES: [&str; 33] = [
        "NODE_ENV",
        "CI",
        "PORT",
        "HOST",
        "HOSTNAME",
        "HOME",
        "PATH",
        "PWD",
        "USER",
        "SHELL",
        "TZ",
        "LANG",
        "TERM",
        "TMPDIR",
        "EDITOR",
        "DEBUG",
        "FORCE_COLOR",
        "NO_COLOR",
        "VERCEL",
        "NETLIFY",
        "CF_PAGES",
        "MODE",
        "DEV",
        "PROD",
        "SSR",
        "BASE_URL",
        "NEXT_RUNTIME",
        "NEXT_PHASE",
        "NODE_OPTIONS",
        "INIT_CWD",
        "TURBO_HASH",
        "ANALYZE",
        "APPDATA",
    ];
    const STARTS: [&str; 16] = [
        "VERCEL_",
        "NEXT_PUBLIC_VERCEL_",
        "GITHUB_",
        "RUNNER_",
        "npm_",
        "TURBO_",
        "VITEST",
        "JEST_",
        "PLAYWRIGHT_",
        "AWS_LAMBDA_",
        "RAILWAY_",
        "RENDER_",
        "FLY_",
        "CODESPACE",
        "STORYBOOK_",
        "__NEXT",
    ];
    NAMES.contains(&name) || STARTS.iter().any(|start| name.starts_with(start))
}
