//! One migration that is going to be applied: its statements, its steps, its hazards.

use std::ops::Range;
use std::sync::OnceLock;

use jiff::civil::Date;
use ops_core::Place;
use ops_core::finding::Lines;
use ops_core::policy::Waivers;
use ops_migrations::hazards::{self, Context, Family, Hazard};
use ops_migrations::steps::{self, Mixed, Step};
use ops_migrations::{Dialect, Migration, Statement, statement};
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

/// SHA-256 of a text, in hexadecimal.
pub(crate) fn sha256(text: &str) -> String {
    ops_core::fingerprint::hexadecimal("", &Sha256::digest(text.as_bytes()))
}

/// One migration that is going to be applied.
#[derive(Debug)]
pub(crate) struct Pending<'a> {
    pub(crate) migration: &'a Migration,
    pub(crate) statements: Vec<Statement>,
    pub(crate) steps: Vec<Step>,
    pub(crate) hazards: Vec<Hazard>,
    /// Why it cannot be run at all.
    pub(crate) problem: Option<Problem>,
    lines: OnceLock<Lines>,
}

/// Why a file cannot be run at all.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) place: Place,
    pub(crate) message: String,
    pub(crate) help: String,
}

impl<'a> Pending<'a> {
    /// Reads many files at once, in order.
    pub(crate) fn read_all(
        migrations: &[&'a Migration],
        dialect: Dialect,
        mixed: Mixed,
        context: &Context<'_>,
    ) -> Vec<Self> {
        migrations.par_iter().map(|migration| Self::read(migration, dialect, mixed, context)).collect()
    }

    fn read(migration: &'a Migration, dialect: Dialect, mixed: Mixed, context: &Context<'_>) -> Self {
        let mut pending = Self {
            migration,
            statements: Vec::new(),
            steps: Vec::new(),
            hazards: Vec::new(),
            problem: None,
            lines: OnceLock::new(),
        };
        match statement::split(&migration.source, migration.up.clone(), dialect) {
            Ok(statements) => pending.statements = statements,
            Err(error) => {
                let place = pending.place(&(error.offset..error.offset));
                let help = "put the SQL right; nothing of this file was run".to_owned();
                pending.problem = Some(Problem { place, message: error.message, help });
                return pending;
            }
        }
        pending.hazards = hazards::examine(migration, &pending.statements, context);
        for hazard in &mut pending.hazards {
            hazard.ignored = hazard.ignored.take().map(|reason| format!("comment in the file: {reason}"));
        }
        match steps::steps(migration, &pending.statements, mixed) {
            Ok(steps) => pending.steps = steps,
            Err(error) => {
                let place = pending.place(&(error.offset..error.offset));
                pending.problem = Some(Problem { place, message: error.message, help: error.help });
            }
        }
        pending
    }

    /// In an empty database there is no data to destroy, no release that reads it, and nobody who waits for a lock.
    pub(crate) fn forget_harm_to_data(&mut self) {
        use Family::{BreaksRelease, DestroysData, HeavyLock, ScanOrRewrite};
        self.hazards
            .retain(|hazard| !matches!(hazard.family, DestroysData | BreaksRelease | HeavyLock | ScanOrRewrite));
    }

    /// Marks the hazards that the policy makes an exception for. What destroys data has exceptions of its own, by statement.
    pub(crate) fn waive(&mut self, waivers: &Waivers, today: Date) {
        let path = &self.migration.path;
        let waivable = |hazard: &&mut Hazard| hazard.ignored.is_none() && hazard.family != Family::DestroysData;
        for hazard in self.hazards.iter_mut().filter(waivable) {
            hazard.ignored = waivers.covering(&hazard.rule, path, today);
        }
    }

    /// A region of the file, for people.
    pub(crate) fn place(&self, range: &Range<usize>) -> Place {
        let source = &self.migration.source;
        self.lines.get_or_init(|| Lines::of(source)).place(&*self.migration.path, source, range.clone())
    }

    /// The SQL of a step.
    pub(crate) fn step_sql(&self, step: &Step) -> &'a str {
        self.migration.source.get(step.sql.clone()).unwrap_or_default()
    }

    /// The `SET TRANSACTION` at the head of a step. The server takes it only before any query of the transaction, ours
    /// included.
    pub(crate) fn transaction_modes(&self, step: &Step) -> String {
        let statements = self.statements.get(step.statements.clone()).unwrap_or_default();
        let settings = statements.iter().take_while(|statement| statement.kind == "set");
        let texts = settings.map(|statement| statement.text(&self.migration.source));
        let modes = texts.filter(|text| {
            let mut words = text.split_whitespace().skip(1);
            words.next().is_some_and(|word| word.eq_ignore_ascii_case("transaction"))
        });
        modes.map(|text| format!("{text};\n")).collect()
    }

    pub(crate) fn has_transaction_modes(&self) -> bool {
        self.steps.first().is_some_and(|step| !self.transaction_modes(step).is_empty())
    }

    /// What names each step, in order: SHA-256 of its SQL.
    pub(crate) fn step_digests(&self) -> impl Iterator<Item = String> {
        self.steps.iter().map(|step| sha256(self.step_sql(step)))
    }

    /// Whether it runs in one transaction, together with its row in the ledger.
    pub(crate) fn is_atomic(&self) -> bool {
        match self.steps.as_slice() {
            [] => true,
            [step] => step.transactional,
            _ => false,
        }
    }

    /// The hazards that neither a comment nor the policy silences.
    pub(crate) fn open_hazards(&self) -> impl Iterator<Item = &Hazard> {
        self.hazards.iter().filter(|hazard| hazard.ignored.is_none())
    }

    /// The hazards of the statement with this index.
    pub(crate) fn hazards_of(&self, statement: usize) -> &[Hazard] {
        // They are sorted by statement, and a file of data has many of both.
        let first = self.hazards.partition_point(|hazard| hazard.statement < statement);
        let end = self.hazards.partition_point(|hazard| hazard.statement <= statement);
        self.hazards.get(first..end).unwrap_or_default()
    }
}
