//! Each tool's ledger, from the first apply to the ways out of what goes wrong with it.

mod columns;

use serde_json::{Value, json};

use crate::story::{Story, said};

/// How one tool keeps a migration with this number and this SQL: its identifier, and every file that makes it so.
type Write = fn(numbers: &[(u32, String)]) -> Vec<(String, String)>;

struct Tool {
    write: Write,
    ids: [&'static str; 3],
}

const TABLES: [&str; 3] = ["items", "goods", "orders"];

fn sql(number: u32) -> String {
    let table = TABLES[usize::try_from(number).unwrap() - 1];
    format!("create table {table} (id integer primary key);\ncreate index {table}_id on {table} (id);\n")
}

/// One file for each migration.
fn each(all: &[(u32, String)], path: fn(u32) -> String, text: fn(&str) -> String) -> Vec<(String, String)> {
    all.iter().map(|(number, sql)| (path(*number), text(sql))).collect()
}

fn prisma(all: &[(u32, String)], provider: &str) -> Vec<(String, String)> {
    let mut files =
        each(all, |number| format!("prisma/migrations/2026010{number}000000_m/migration.sql"), str::to_owned);
    files.push(("prisma/migrations/migration_lock.toml".to_owned(), format!("provider = \"{provider}\"\n")));
    files
}

fn drizzle(all: &[(u32, String)], dialect: &str) -> Vec<(String, String)> {
    let breakpoints = |sql: &str| sql.replace(";\n", ";\n--> statement-breakpoint\n");
    let mut files = each(all, |number| format!("drizzle/000{number}_m.sql"), breakpoints);
    let entry = |number: u32| json!({"idx": number, "version": "7", "when": 1_767_225_600_000_u64 + u64::from(number), "tag": format!("000{number}_m"), "breakpoints": true});
    let entries: Vec<Value> = all.iter().map(|(number, _)| entry(*number)).collect();
    let journal = json!({"version": "7", "dialect": dialect, "entries": entries});
    files.push(("drizzle/meta/_journal.json".to_owned(), journal.to_string()));
    files
}

fn drizzle_folders(all: &[(u32, String)]) -> Vec<(String, String)> {
    let mut files = each(all, |number| format!("drizzle/2026010{number}000000_m/migration.sql"), str::to_owned);
    files.extend(each(all, |number| format!("drizzle/2026010{number}000000_m/snapshot.json"), |_| "{}".to_owned()));
    files
}

const PRISMA: [&str; 3] = ["20260101000000_m", "20260102000000_m", "20260103000000_m"];
const TAGS: [&str; 3] = ["0001_m", "0002_m", "0003_m"];
const NUMBERS: [&str; 3] = ["1", "2", "3"];

const PRISMA_ON_POSTGRES: Tool = Tool { write: |all| prisma(all, "postgresql"), ids: PRISMA };
const PRISMA_ON_SQLITE: Tool = Tool { write: |all| prisma(all, "sqlite"), ids: PRISMA };
const DRIZZLE_ON_POSTGRES: Tool = Tool { write: |all| drizzle(all, "postgresql"), ids: TAGS };
const DRIZZLE_ON_SQLITE: Tool = Tool { write: |all| drizzle(all, "sqlite"), ids: TAGS };
const DRIZZLE_FOLDERS: Tool = Tool { write: drizzle_folders, ids: PRISMA };
const SUPABASE: Tool = Tool {
    write: |all| each(all, |number| format!("supabase/migrations/2026010{number}000000_m.sql"), str::to_owned),
    ids: ["20260101000000", "20260102000000", "20260103000000"],
};
const DBMATE: Tool = Tool {
    write: |all| {
        // What stands in the down section would not run even once: there is no such table.
        let text = |sql: &str| format!("-- migrate:up\n{sql}\n-- migrate:down\ndrop table never_there;\n");
        each(all, |number| format!("db/migrations/{number}_m.sql"), text)
    },
    ids: NUMBERS,
};
const SQLX: Tool = Tool {
    write: |all| {
        let mut files = each(all, |number| format!("migrations/{number}_m.up.sql"), str::to_owned);
        files.extend(each(
            all,
            |number| format!("migrations/{number}_m.down.sql"),
            |_| "drop table never_there;".to_owned(),
        ));
        files
    },
    ids: NUMBERS,
};
const PLAIN: Tool =
    Tool { write: |all| each(all, |number| format!("migrations/{number}_m.sql"), str::to_owned), ids: NUMBERS };

impl Tool {
    /// Writes these migrations, and nothing else, into the repository of the story.
    fn lay(&self, story: Story, all: &[(u32, String)]) -> Story {
        for folder in ["prisma", "drizzle", "supabase", "db", "migrations"] {
            std::fs::remove_dir_all(story.root().join(folder)).ok();
        }
        (self.write)(all).into_iter().fold(story, |story, (path, text)| story.file(&path, &text))
    }

    fn states(&self, story: &Story) -> Vec<(String, String)> {
        let (_, report) = story.report(&["status"]);
        let migrations = report["details"]["migrations"].as_array().expect("migrations");
        let text = |migration: &Value, field: &str| migration[field].as_str().expect("a text").to_owned();
        migrations.iter().map(|migration| (text(migration, "id"), text(migration, "state"))).collect()
    }

    fn all_applied(&self, count: usize) -> Vec<(String, String)> {
        self.ids.iter().take(count).map(|id| ((*id).to_owned(), "applied".to_owned())).collect()
    }

    /// The whole life of a ledger.
    fn story(&self, story: Story) {
        let [first, second, third] = [1, 2, 3].map(|number| (number, sql(number)));
        let [id, _, last] = self.ids;
        let story = self.lay(story, &[first.clone(), second.clone()]).marked();
        let plan = story.passed(&["plan"]);
        assert_eq!(plan["headline"], "2 migrations to apply");
        assert_eq!(said(&plan, "ledger"), "pass: 0 applied, 2 pending; the ledger will be made");
        assert_eq!(story.passed(&["apply"])["headline"], "2 migrations applied");
        assert_eq!(self.states(&story), self.all_applied(2));
        assert_eq!(story.passed(&["status"])["headline"], "up to date");
        let content = story.content();
        assert_eq!(story.passed(&["apply"])["headline"], "nothing to apply");
        assert_eq!(story.content(), content, "an apply with nothing to do left something");

        let story = self.lay(story, &[first.clone(), second.clone(), third.clone()]);
        let plan = story.passed(&["plan"]);
        assert_eq!(said(&plan, "ledger"), "pass: 2 applied, 1 pending");
        assert_eq!(plan["details"]["pending"], json!([last]));

        // An applied file is edited: refused, and `resolve` accepts the new bytes.
        let edited = (1, format!("{}-- edited\nselect 1;\n", first.1));
        let story = self.lay(story, &[edited.clone(), second.clone(), third.clone()]);
        let report = story.refused(&["apply"], 1);
        assert_eq!(
            said(&report, "ledger"),
            format!(
                "fail: applied with other bytes than the file has now: {id}\nnext: put the old bytes back and write a new \
                 migration, or accept the new ones with guarded-migrate resolve --migration {id} --as applied"
            )
        );
        story.passed(&["resolve", "--migration", id, "--as", "applied"]);
        assert_eq!(story.passed(&["apply"])["headline"], "1 migration applied");
        assert_eq!(self.states(&story), self.all_applied(3));

        // Its file goes away: refused, and `resolve` forgets it.
        let story = self.lay(story, &[edited.clone(), second.clone()]);
        let (outcome, report) = story.report(&["plan"]);
        assert_eq!(outcome.code, Some(1), "{outcome}");
        let missing = self.states(&story).into_iter().find(|(_, state)| state == "missing").expect("a missing one").0;
        assert_eq!(
            said(&report, "ledger"),
            format!(
                "fail: applied, but the file is gone: {missing}\nnext: bring the file back from git, or forget it with \
                 guarded-migrate resolve --migration {missing} --as rolled-back"
            )
        );
        story.passed(&["resolve", "--migration", &missing, "--as", "rolled-back"]);
        assert_eq!(self.states(&story), self.all_applied(2));

        // It comes back, and its table is there already: `resolve` records it without running it.
        let story = self.lay(story, &[edited, second, third]);
        let (outcome, report) = story.report(&["apply"]);
        assert_eq!(outcome.code, Some(1), "{outcome}");
        assert!(said(&report, "apply").contains("already exists"), "{outcome}");
        story.passed(&["resolve", "--migration", last, "--as", "applied"]);
        assert_eq!(self.states(&story), self.all_applied(3));
        assert_eq!(story.passed(&["apply"])["headline"], "nothing to apply");
    }
}

macro_rules! stories {
    ($($name:ident: $tool:ident, $engine:ident;)*) => {$(
        #[test]
        fn $name() {
            $tool.story(Story::$engine());
        }
    )*};
}

stories! {
    prisma_on_postgres: PRISMA_ON_POSTGRES, postgres;
    prisma_on_sqlite: PRISMA_ON_SQLITE, sqlite;
    supabase_on_postgres: SUPABASE, postgres;
    drizzle_with_a_journal_on_postgres: DRIZZLE_ON_POSTGRES, postgres;
    drizzle_with_a_journal_on_sqlite: DRIZZLE_ON_SQLITE, sqlite;
    drizzle_with_folders_on_postgres: DRIZZLE_FOLDERS, postgres;
    drizzle_with_folders_on_sqlite: DRIZZLE_FOLDERS, sqlite;
    dbmate_on_postgres: DBMATE, postgres;
    dbmate_on_sqlite: DBMATE, sqlite;
    sqlx_on_postgres: SQLX, postgres;
    sqlx_on_sqlite: SQLX, sqlite;
    plain_on_postgres: PLAIN, postgres;
    plain_on_sqlite: PLAIN, sqlite;
}
