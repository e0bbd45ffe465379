//! Scripts that migrate ask the guard first.

use std::collections::BTreeMap;

use ops_core::Severity;

use super::BuiltIn;
use super::packages::{self, PackageFile};
use super::rule::{count, judged, unknown};
use crate::outcome::Outcome;
use crate::situation::Situation;

pub(super) const GATE: BuiltIn =
    BuiltIn { id: "database-scripts", title: "Scripts that migrate ask the guard first", check };

rule! {
    /// ## What it does
    /// Looks at the scripts of every `package.json` that migrate a database (`prisma migrate deploy`, `supabase db push`,
    /// `drizzle-kit migrate`, `dbmate up`, `sqlx migrate run`, `knex migrate:latest` and their like), and finds those that do not
    /// run a guard first: `guarded-migrate`, or a script named `db:safety:…`. npm's `pre…` scripts count.
    /// Scripts for development, such as `prisma migrate dev`, are left alone.
    ///
    /// ## Why is this bad
    /// Whichever database the shell points to is migrated. One day that is production's.
    ///
    /// ## Instead
    /// ```json
    /// // before
    /// { "scripts": { "db:migrate:prod": "prisma migrate deploy" } }
    /// // after
    /// { "scripts": {
    ///     "db:safety:prod": "guarded-migrate check --environment production",
    ///     "db:migrate:prod": "pnpm db:safety:prod && prisma migrate deploy" } }
    /// ```
    UNGUARDED: "repository/unguarded-migration", "A script that migrates without a guard"
}

rule! {
    /// ## What it does
    /// Notes which of `db:safety:dev`, `db:safety:prod` and `db:migrate:prod` are missing in a `package.json` whose scripts migrate a
    /// database.
    ///
    /// ## Why is this bad
    /// The same names in every repository are what people, and workflows, can rely on at three in the morning.
    ///
    /// ## Instead
    /// ```json
    /// // before
    /// { "scripts": { "migrate": "prisma migrate deploy" } }
    /// // after
    /// { "scripts": {
    ///     "db:safety:dev": "guarded-migrate check --environment development",
    ///     "db:safety:prod": "guarded-migrate check --environment production",
    ///     "db:migrate:prod": "guarded-migrate apply --environment production" } }
    /// ```
    NAMES: "repository/database-scripts", "The usual database scripts are missing"
}

const WANTED: [&str; 3] = ["db:safety:dev", "db:safety:prod", "db:migrate:prod"];

/// What migrates a database that may be anybody's.
const MIGRATES: [&str; 13] = [
    "prisma migrate deploy",
    "prisma db push",
    "supabase db push",
    "supabase migration up",
    "drizzle-kit migrate",
    "drizzle-kit push",
    "dbmate up",
    "dbmate migrate",
    "sqlx migrate run",
    "knex migrate:latest",
    "sequelize db:migrate",
    "typeorm migration:run",
    "guarded-migrate apply",
];

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let packages = match packages::read(situation) {
        Ok(packages) => packages,
        Err(reason) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
    };
    let migrating: Vec<&PackageFile> = packages
        .files
        .values()
        .filter(|package| package.manifest.scripts.values().any(|text| migrates(text).is_some()))
        .collect();
    if migrating.is_empty() && packages.unreadable.is_empty() {
        return None;
    }
    let mut findings = Vec::new();
    for package in &migrating {
        let scripts = &package.manifest.scripts;
        for (name, text) in scripts {
            if let Some(what) = unguarded(scripts, name, text) {
                let message = format!("the script `{name}` runs `{what}`, and no guard before it");
                let help = format!(
                    "Write `guarded-migrate apply`, or `db:safety:prod` before it: \"{name}\": \"pnpm db:safety:prod && {what}\"."
                );
                findings.push(UNGUARDED.finding(Severity::Warning, package.script(name), &[name], message, help));
            }
        }
        let missing: Vec<&str> = WANTED.into_iter().filter(|name| !scripts.contains_key(*name)).collect();
        if !missing.is_empty() {
            let message = format!("{} migrates, and has no {}", package.path, missing.join(", "));
            let help = "Add them, so that they are called the same everywhere.";
            findings.push(NAMES.finding(Severity::Note, package.place("scripts"), &[], message, help));
        }
    }
    Some(judged(format!("{} guarded", count(migrating.len(), "package")), findings, &packages.unreadable))
}

fn migrates(text: &str) -> Option<&'static str> {
    MIGRATES.into_iter().find(|command| text.contains(command))
}

/// What a script migrates with, where no guard runs before it, in it or in the script that npm runs before it.
fn unguarded(scripts: &BTreeMap<String, String>, name: &str, text: &str) -> Option<&'static str> {
    let what = migrates(text).filter(|what| !what.starts_with("guarded-migrate"))?;
    let before = text.split(what).next().unwrap_or_default();
    let is_guard = |text: &str| text.contains("guarded-migrate") || text.contains("db:safety:");
    // What stands before `||` or `;` may fail, and the rest runs all the same.
    let stops = |before: &str| is_guard(before) && !before.contains("||") && !before.contains(';');
    let is_asked_before = scripts.get(&format!("pre{name}")).is_some_and(|text| is_guard(text) && !text.contains("||"));
    (!stops(before) && !is_asked_before).then_some(what)
}

#[cfg(test)]
mod tests {
    use super::GATE;
    use crate::built_in::testing::Repository;

    fn finds(scripts: &[(&str, &str)]) -> Vec<String> {
        let lines: Vec<String> = scripts.iter().map(|(name, text)| format!("\"{name}\": \"{text}\"")).collect();
        let package = format!("{{ \"scripts\": {{\n{}\n}} }}", lines.join(",\n"));
        Repository::with(&[("package.json", &package)]).finds(&GATE)
    }

    const GUARDS: [(&str, &str); 2] =
        [("db:safety:dev", "guarded-migrate check"), ("db:safety:prod", "guarded-migrate check")];

    fn with(script: &str) -> Vec<String> {
        finds(&[GUARDS[0], GUARDS[1], ("db:migrate:prod", script)])
    }

    #[test]
    fn the_guard_runs_first() {
        for good in ["pnpm db:safety:prod && prisma migrate deploy", "guarded-migrate apply --environment production"] {
            assert_eq!(with(good), [""; 0], "{good}");
        }
        for bad in [
            "prisma migrate deploy",
            "prisma migrate deploy && pnpm db:safety:prod",
            "pnpm db:safety:prod; prisma migrate deploy",
            "pnpm db:safety:prod || true && prisma migrate deploy",
        ] {
            assert_eq!(
                with(bad),
                [
                    "warning repository/unguarded-migration package.json:4: the script `db:migrate:prod` runs `prisma migrate deploy`, and no guard before it"
                ],
                "{bad}"
            );
        }
        let before =
            [GUARDS[0], GUARDS[1], ("predb:migrate:prod", "pnpm db:safety:prod"), ("db:migrate:prod", "dbmate up")];
        assert_eq!(finds(&before), [""; 0]);
    }

    #[test]
    fn the_usual_names_are_noted_and_other_packages_are_not_asked() {
        assert_eq!(
            finds(&[("migrate", "guarded-migrate apply")]),
            [
                "note repository/database-scripts package.json:1: package.json migrates, and has no db:safety:dev, db:safety:prod, db:migrate:prod"
            ]
        );
        let other = "{ \"scripts\": { \"dev\": \"prisma migrate dev\", \"test\": \"vitest\" } }";
        assert_eq!(Repository::with(&[("package.json", other)]).verdict(&GATE), "not asked");
        assert_eq!(
            Repository::with(&[("package.json", "{")]).verdict(&GATE),
            "unproven: package.json is not JSON: EOF while parsing an object at line 1 column 1"
        );
    }
}
