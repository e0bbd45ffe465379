//! Migrations are written once, and the schema changes with one.

use std::collections::{BTreeMap, BTreeSet};

use ops_core::{Finding, Place, Severity, glob};

use super::NEXT;
use crate::built_in::BuiltIn;
use crate::built_in::packages::is_apart;
use crate::built_in::rule::{RuleInfo, count, judged, place_of, unknown};
use crate::outcome::Outcome;
use crate::situation::{Situation, file_name, folder, join};

pub(in crate::built_in) const GATE: BuiltIn =
    BuiltIn { id: "migrations", title: "Migrations are written once, and the schema changes with one", check };

/// The rule of guarded-migrate, which asks the same of what it applies; its page stands among the migrations.
const EDITED: RuleInfo = RuleInfo {
    ident: "migration/edited",
    #[cfg(test)]
    title: "",
    #[cfg(test)]
    doc: "",
};

rule! {
    /// ## What it does
    /// Finds a change of the files that describe the database (`schema.prisma`, or as `[release.schema] files` says) without a new
    /// migration. Comments, blanks and `generator` blocks of Prisma do not count. Asks nothing of a repository without migrations.
    ///
    /// ## Why is this bad
    /// The code expects a column that no database has. The first request after the deployment tells it.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// git add prisma/schema.prisma
    /// # after
    /// npx prisma migrate dev --name order_note && git add prisma
    /// ```
    WITHOUT: "release/schema-without-migration", "The schema changed, and no migration came"
}

rule! {
    /// ## What it does
    /// Finds a change of the schema's files, or a new migration, without a change of the document that `[release.schema] document`
    /// names. Asks nothing where the policy names none.
    ///
    /// ## Why is this bad
    /// People write queries by the document. It is the only one of the three that no program keeps in step.
    ///
    /// ## Instead
    /// ```toml
    /// # ops.toml
    /// [release.schema]
    /// document = "docs/schema.md"
    /// # before: the change holds prisma/schema.prisma and its migration
    /// # after: the change holds both, and docs/schema.md
    /// ```
    UNDOCUMENTED: "release/schema-undocumented", "The schema changed, and not its document"
}

rule! {
    /// ## What it does
    /// Compares the `provider` of Prisma's `datasource` with the one in `migrations/migration_lock.toml`.
    ///
    /// ## Why is this bad
    /// Migrations are written for one engine. Tests on SQLite prove nothing of what PostgreSQL does with them, and Prisma
    /// refuses to apply them.
    ///
    /// ## Instead
    /// ```prisma
    /// // before: migration_lock.toml says postgresql
    /// datasource db { provider = "sqlite" }
    /// // after
    /// datasource db { provider = "postgresql" }
    /// ```
    PROVIDER: "release/provider-mismatch", "The schema is for another database than its migrations"
}

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let files = match situation.files() {
        Ok(files) => files,
        Err(reason) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
    };
    let policy = &situation.policy.release.schema;
    let is_ours = |path: &str| is_migration(situation, path);
    let is_schema = |path: &str| !is_apart(path) && policy.files.iter().any(|pattern| glob::matches(pattern, path));
    let migrations = files.iter().filter(|path| is_ours(path)).count();
    let changed = situation.changed();
    let had_any = migrations > 0 || changed.is_ok_and(|changed| changed.keys().any(|path| is_ours(path)));
    let has_schema = policy.document.is_some() && files.iter().any(|path| is_schema(path));
    if !had_any && !has_schema {
        return None;
    }
    let mut findings = providers(situation, files);
    let mut unread = Vec::new();
    match changed {
        Err(reason) => unread.push(format!("whether a migration was edited cannot be told: {reason}")),
        Ok(changed) => {
            let ours = || changed.iter().filter(|(path, _)| is_ours(path));
            findings.extend(ours().filter_map(|(path, before)| edited(situation, path, before.is_some())));
            let is_new = ours().any(|(path, before)| before.is_none() && situation.root.join(path).is_file());
            let schemas = changed.keys().filter(|path| is_schema(path) && situation.root.join(path).is_file());
            match really(situation, schemas.map(String::as_str)) {
                Ok(schemas) => {
                    if let Some(path) = schemas.first().filter(|_| had_any && !is_new) {
                        let message = format!("{path} changed, and no migration came with it");
                        let help = "Let your tool write the migration, and commit it with the schema.";
                        let place = Place::file(*path);
                        findings.push(WITHOUT.finding(Severity::Error, place, &[], message, help));
                    }
                    findings.extend(undocumented(situation, changed, schemas.first().copied(), is_new));
                }
                Err(reason) => unread.push(reason),
            }
        }
    }
    let mut outcome = judged(format!("{} as written", count(migrations, "migration")), findings, &unread);
    if let Some(next) = outcome.next.as_mut().filter(|_| outcome.verdict == ops_core::Verdict::Unproven) {
        NEXT.clone_into(next);
    }
    Some(outcome.with("migrations", migrations as u64))
}

fn edited(situation: &Situation<'_>, path: &str, was_there: bool) -> Option<Finding> {
    if !was_there {
        return None;
    }
    let is_there = situation.root.join(path).is_file();
    let what = if is_there { "changed" } else { "removed" };
    let message = format!("{path} was merged before, and is {what} here");
    let help = format!(
        "Restore it with `git checkout {} -- {path}`, and write a new migration.",
        situation.since().unwrap_or("HEAD")
    );
    Some(EDITED.finding(Severity::Error, Place::file(path), &[], message, help))
}

/// Whether a file is a migration, by its path: that of the policy's folder, or as a tool keeps them.
fn is_migration(situation: &Situation<'_>, path: &str) -> bool {
    let (folder, name) = (folder(path), file_name(path));
    if !name.ends_with(".sql") || is_apart(path) {
        return false;
    }
    if let Some(own) = &situation.policy.migrations.directory {
        return path.strip_prefix(own.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'));
    }
    let begins_with_digit = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
    let last = file_name(folder);
    if name == "migration.sql" {
        // prisma/migrations/20260119101500_order_note/migration.sql, and Drizzle's as of 1.0.
        return begins_with_digit(last);
    }
    let is_numbered = begins_with_digit(name) || name.strip_prefix('V').is_some_and(begins_with_digit);
    is_numbered && matches!(last, "migrations" | "migration" | "drizzle")
}

/// Those whose change means something to a database.
fn really<'p>(situation: &Situation<'_>, paths: impl Iterator<Item = &'p str>) -> Result<Vec<&'p str>, String> {
    let paths: Vec<&str> = paths.collect();
    let before: BTreeMap<&str, String> = situation.before(paths.iter().copied())?;
    let mut changed = Vec::new();
    for path in paths {
        let now = meaning(path, &situation.read(path)?);
        if before.get(path).is_none_or(|before| meaning(path, before) != now) {
            changed.push(path);
        }
    }
    Ok(changed)
}

/// A schema without comments, blanks and what makes a client.
fn meaning(path: &str, text: &str) -> Vec<String> {
    let is_prisma = path.ends_with(".prisma");
    let mut kept = Vec::new();
    let mut in_generator = false;
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or(line);
        let words: Vec<&str> = line.split_whitespace().collect();
        in_generator |= is_prisma && words.first() == Some(&"generator");
        if !in_generator && !words.is_empty() {
            kept.push(words.join(" "));
        }
        in_generator &= !line.contains('}');
    }
    kept
}

fn undocumented(
    situation: &Situation<'_>,
    changed: &BTreeMap<String, Option<String>>,
    schema: Option<&str>,
    is_new: bool,
) -> Option<Finding> {
    let document = situation.policy.release.schema.document.as_deref()?;
    let what = schema.or_else(|| is_new.then_some("a migration"))?;
    if changed.contains_key(document) {
        return None;
    }
    let message = format!("{what} changed the schema, and {document} did not change");
    let help = format!("Tell in {document} what is different, in the same change.");
    Some(UNDOCUMENTED.finding(Severity::Error, Place::file(document), &[], message, help))
}

fn providers(situation: &Situation<'_>, files: &BTreeSet<String>) -> Vec<Finding> {
    let locks = files.iter().filter(|path| file_name(path) == "migration_lock.toml" && !is_apart(path));
    let wrong = locks.filter_map(|lock| {
        let above = folder(folder(lock));
        let schemas = [join(above, "schema.prisma"), join(above, "schema/schema.prisma")];
        let path = schemas.into_iter().find(|path| files.contains(path))?;
        let text = situation.read(&path).ok()?;
        let said = provider(text.split_once("datasource")?.1)?;
        let locked = situation.read(lock).ok()?;
        let locked = provider(&locked)?;
        if said == locked {
            return None;
        }
        let message = format!("{path} is for {said}, and its migrations are for {locked}");
        let help = "Use the same database for development, tests and production.";
        Some(PROVIDER.finding(Severity::Error, place_of(&path, &text, &format!("\"{said}\"")), &[], message, help))
    });
    wrong.collect()
}

/// What stands in quotes behind the first `provider =`.
fn provider(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("provider")?;
    rest.trim_start().strip_prefix('=')?.trim_start().strip_prefix('"')?.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::{GATE, meaning};
    use crate::built_in::testing::Repository;

    const FIRST: &str = "prisma/migrations/20260101000000_init/migration.sql";
    const SECOND: (&str, &str) = ("prisma/migrations/20260201000000_note/migration.sql", "ALTER TABLE a ADD b text;");
    const SCHEMA: &str = "generator client {\n  provider = \"prisma-client\"\n}\ndatasource db {\n  provider = \"postgresql\"\n}\nmodel A {\n  id Int @id\n}\n";

    fn repository() -> Repository {
        Repository::with(&[
            (FIRST, "CREATE TABLE a (id int);"),
            ("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"),
            ("prisma/schema.prisma", SCHEMA),
            ("docs/schema.md", "a"),
        ])
    }

    fn with_column() -> String {
        SCHEMA.replace("@id\n", "@id\n  note String?\n")
    }

    #[test]
    fn a_new_migration_with_its_schema_passes() {
        let changed = repository().change("Add", &[SECOND, ("prisma/schema.prisma", &with_column())]);
        assert_eq!(changed.verdict(&GATE), "pass: 2 migrations as written");
        assert_eq!(repository().verdict(&GATE), "pass: 1 migration as written");
        assert_eq!(Repository::with(&[("prisma/schema.prisma", SCHEMA)]).verdict(&GATE), "not asked");
    }

    #[test]
    fn a_merged_migration_stays_as_it_is_in_every_layout() {
        for path in [
            FIRST,
            "supabase/migrations/20260101000000_init.sql",
            "packages/db/drizzle/0000_init.sql",
            "db/migrations/20260101000000_init.sql",
            "migrations/1_init.up.sql",
            "sql/migrations/V1__init.sql",
        ] {
            let edited = Repository::with(&[(path, "SELECT 1;")]).change("Edit", &[(path, "SELECT 2;")]);
            let expected = format!("error migration/edited {path}:1: {path} was merged before, and is changed here");
            assert_eq!(edited.finds(&GATE), [expected]);
        }
        let removed = repository();
        std::fs::remove_file(removed.folder.path().join(FIRST)).unwrap();
        assert_eq!(
            removed.finds(&GATE),
            [format!("error migration/edited {FIRST}:1: {FIRST} was merged before, and is removed here")]
        );
        let next = removed.asks(&GATE).unwrap().next.unwrap();
        let commit = removed.base.as_deref().unwrap();
        assert_eq!(next, format!("Restore it with `git checkout {commit} -- {FIRST}`, and write a new migration."));
    }

    #[test]
    fn what_only_looks_like_a_migration_is_left_alone() {
        for path in ["db/seed.sql", "queries/1_report.sql", "tests/migrations/1_init.sql", "migrations/readme.sql"] {
            let edited = Repository::with(&[(path, "SELECT 1;")]).change("Edit", &[(path, "SELECT 2;")]);
            assert_eq!(edited.verdict(&GATE), "not asked", "{path}");
        }
        let own = Repository::with(&[("schema/changes/init.sql", "SELECT 1;")]);
        let own = own.change("Edit", &[("schema/changes/init.sql", "SELECT 2;")]);
        assert_eq!(own.policy("[migrations]\ndirectory = \"schema/changes\"\n").finds(&GATE).len(), 1);
    }

    #[test]
    fn a_schema_changes_with_a_migration() {
        let changed = repository().change("Add", &[("prisma/schema.prisma", &with_column())]);
        assert_eq!(
            changed.finds(&GATE),
            [
                "error release/schema-without-migration prisma/schema.prisma:1: prisma/schema.prisma changed, and no migration came with it"
            ]
        );
        let comment =
            SCHEMA.replace("id Int @id", "id  Int @id // the key").replace("prisma-client", "prisma-client-js");
        let comment = repository().change("Say", &[("prisma/schema.prisma", &comment)]);
        assert_eq!(comment.verdict(&GATE), "pass: 1 migration as written");
        assert_eq!(meaning("a.prisma", "generator x { a = 1 }\nmodel B {}"), ["model B {}"]);
    }

    #[test]
    fn the_document_of_the_policy_changes_too() {
        let policy = "[release.schema]\ndocument = \"docs/schema.md\"\n";
        let files = [SECOND, ("prisma/schema.prisma", &with_column())];
        let changed = repository().change("Add", &files).policy(policy);
        assert_eq!(
            changed.finds(&GATE),
            [
                "error release/schema-undocumented docs/schema.md:1: prisma/schema.prisma changed the schema, and docs/schema.md did not change"
            ]
        );
        let told = changed.change("Tell", &[("docs/schema.md", "a, with a note")]);
        assert_eq!(told.finds(&GATE), [""; 0]);
    }

    #[test]
    fn schema_and_migrations_are_for_one_database() {
        let sqlite = SCHEMA.replace("\"postgresql\"", "\"sqlite\"");
        let files = [SECOND, ("prisma/schema.prisma", sqlite.as_str())];
        assert_eq!(
            repository().change("Change", &files).finds(&GATE),
            [
                "error release/provider-mismatch prisma/schema.prisma:5: prisma/schema.prisma is for sqlite, and its migrations are for postgresql"
            ]
        );
    }

    #[test]
    fn without_a_base_nothing_is_proven() {
        let mut repository = repository();
        repository.base = Err("the commit 0123 is not in this clone".to_owned());
        assert_eq!(
            repository.verdict(&GATE),
            "unproven: whether a migration was edited cannot be told: the commit 0123 is not in this clone"
        );
        assert_eq!(repository.asks(&GATE).unwrap().next.as_deref(), Some(super::NEXT));
    }
}
