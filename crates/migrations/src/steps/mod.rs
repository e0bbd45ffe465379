//! The transactions in which a migration's statements run.

use std::ops::Range;

use crate::migration::{TransactionMode, line_of};
use crate::{Migration, Statement, TransactionNeed};

/// What to do with a file that holds statements for inside and for outside a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mixed {
    /// Run it statement by statement.
    #[default]
    Split,
    /// Refuse it.
    Refuse,
}

/// Statements that succeed or fail together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Their indices in the list of statements.
    pub statements: Range<usize>,
    /// Their bytes in `Migration::source`, from the first statement to the last, without `BEGIN` and `COMMIT`.
    pub sql: Range<usize>,
    /// Run it between `BEGIN` and `COMMIT`; otherwise it is one statement that must stand alone.
    pub transactional: bool,
    /// SQLite: the file says `PRAGMA foreign_keys=OFF`, which does nothing inside a transaction. Say it before
    /// `BEGIN`, so that replacing a table does not delete the rows that refer to it, and put the old value back after
    /// the transaction. Check with `PRAGMA foreign_key_check` before `COMMIT`.
    pub foreign_keys_off: bool,
}

/// A file whose own transaction words cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}: {help}")]
pub struct StepError {
    /// What is wrong, as a fragment.
    pub message: String,
    /// The way out.
    pub help: String,
    /// Where, as a byte offset in `Migration::source`.
    pub offset: usize,
    /// Where, counted from 1.
    pub line: usize,
}

/// Why a file's own transaction words cannot be followed.
#[derive(Debug, Clone, Copy)]
enum Problem {
    RollsBack,
    CommitWithoutBegin,
    BeginWithoutCommit,
    BeginInside,
    BeginWithMode,
    Chain,
    TwoPhase,
    NeedsPsql,
    ForbiddenInside,
    Mixed,
}

impl Problem {
    /// What is wrong with the statement, which goes before it, and the way out.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::RollsBack => {
                ("throws away what came before it, so the file would count as applied without its effect", "remove it")
            }
            Self::CommitWithoutBegin => {
                ("without `BEGIN` would end the migration's own transaction too early", "remove it, or add `BEGIN`")
            }
            Self::BeginWithoutCommit => {
                ("without `COMMIT` leaves a transaction open", "remove it, or add `COMMIT` at its end")
            }
            Self::BeginInside => {
                ("inside a transaction that is open already", "remove it, or `COMMIT` the first one before it")
            }
            Self::BeginWithMode => (
                "asks for a transaction mode of its own",
                "write `BEGIN` alone, and `SET TRANSACTION …` as the next statement",
            ),
            Self::Chain => ("hides where the next transaction begins", "write `COMMIT` and `BEGIN`"),
            Self::TwoPhase => ("would leave a prepared transaction and its locks behind", "use `COMMIT`"),
            Self::NeedsPsql => (
                "moves rows between the server and a client such as psql, and there is none",
                "write the rows as `INSERT` statements, or load them by psql outside the migrations",
            ),
            Self::ForbiddenInside => ("cannot run between `BEGIN` and `COMMIT`", "move it after `COMMIT`"),
            Self::Mixed => (
                "runs outside a transaction, and other statements of this file inside one",
                "move it to a migration of its own, or set `mixed = \"split\"` under `[migrations]` in ops.toml",
            ),
        }
    }
}

/// How the statements of a migration are to be run, in order. A file without statements has no step.
///
/// A file of statements that all run inside a transaction is one step. Where the file says that it wants no
/// transaction, or one of its statements cannot have one, each statement is a step, and `BEGIN … COMMIT` stays together.
///
/// # Errors
/// `ROLLBACK`, `BEGIN` and `COMMIT` that do not match, and, by [`Mixed::Refuse`], a mixed file.
pub fn steps(migration: &Migration, statements: &[Statement], rule: Mixed) -> Result<Vec<Step>, StepError> {
    let reader = Reader { migration, statements };
    let blocks = reader.blocks()?;
    let forbidden = statements.iter().find(|statement| statement.transaction == TransactionNeed::Forbidden);
    if let (Mixed::Refuse, Some(forbidden)) = (rule, forbidden)
        && statements
            .iter()
            .any(|statement| statement.transaction == TransactionNeed::Allowed && !is_setting(statement))
    {
        return Err(reader.error(forbidden, Problem::Mixed));
    }
    let explicit = blocks.iter().any(|block| block.explicit);
    if migration.transaction == TransactionMode::Inside && forbidden.is_none() && !explicit {
        return Ok(reader.step(0..statements.len()).into_iter().collect());
    }
    Ok(blocks.into_iter().filter_map(|block| reader.step(block.statements)).collect())
}

/// `SET lock_timeout` and the like stand beside any statement.
fn is_setting(statement: &Statement) -> bool {
    matches!(statement.kind.as_str(), "set" | "reset")
}

struct Block {
    statements: Range<usize>,
    /// Between the file's own `BEGIN` and `COMMIT`.
    explicit: bool,
}

struct Reader<'a> {
    migration: &'a Migration,
    statements: &'a [Statement],
}

impl Reader<'_> {
    /// Each statement on its own, and each `BEGIN … COMMIT` as one.
    fn blocks(&self) -> Result<Vec<Block>, StepError> {
        let mut blocks = Vec::new();
        let mut open: Option<(usize, &Statement)> = None;
        for (index, statement) in self.statements.iter().enumerate() {
            if statement.kind == "prepare transaction" {
                return Err(self.error(statement, Problem::TwoPhase));
            }
            if self.needs_psql(statement) {
                return Err(self.error(statement, Problem::NeedsPsql));
            }
            if statement.kind.ends_with(" and chain") {
                return Err(self.error(statement, Problem::Chain));
            }
            match (statement.transaction, open) {
                (TransactionNeed::RollsBack, _) => {
                    return Err(self.error(statement, Problem::RollsBack));
                }
                (TransactionNeed::Opens, Some(_)) => return Err(self.error(statement, Problem::BeginInside)),
                (TransactionNeed::Opens, None) if self.has_mode(statement) => {
                    return Err(self.error(statement, Problem::BeginWithMode));
                }
                (TransactionNeed::Opens, None) => open = Some((index, statement)),
                (TransactionNeed::Commits, Some((start, _))) => {
                    blocks.push(Block { statements: start + 1..index, explicit: true });
                    open = None;
                }
                (TransactionNeed::Commits, None) => {
                    return Err(self.error(statement, Problem::CommitWithoutBegin));
                }
                (TransactionNeed::Forbidden, Some(_)) => {
                    return Err(self.error(statement, Problem::ForbiddenInside));
                }
                (_, Some(_)) => {}
                (_, None) => blocks.push(Block { statements: index..index + 1, explicit: false }),
            }
        }
        match open {
            Some((_, begin)) => Err(self.error(begin, Problem::BeginWithoutCommit)),
            None => Ok(blocks),
        }
    }

    fn step(&self, range: Range<usize>) -> Option<Step> {
        let statements = self.statements.get(range.clone())?;
        let (first, last) = (statements.first()?, statements.last()?);
        let transactional = statements.iter().all(|statement| statement.transaction != TransactionNeed::Forbidden);
        let sql = first.range.start..last.range.end;
        let foreign_keys_off = transactional && self.switches_foreign_keys_off();
        Some(Step { statements: range, sql, transactional, foreign_keys_off })
    }

    fn switches_foreign_keys_off(&self) -> bool {
        self.statements.iter().filter(|statement| statement.kind == "pragma").any(|statement| {
            let text = statement.text(&self.migration.source).to_ascii_lowercase();
            let setting = text.split_once("foreign_keys").filter(|(before, _)| !before.ends_with("defer_"));
            let value = setting.map(|(_, value)| value.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
            matches!(value, Some("off" | "0" | "false" | "no"))
        })
    }

    /// `COPY … FROM STDIN` and `COPY … TO STDOUT`.
    fn needs_psql(&self, statement: &Statement) -> bool {
        let text = statement.text(&self.migration.source);
        let words: Vec<_> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let is = |word: Option<&&str>, wanted: &str| word.is_some_and(|word| word.eq_ignore_ascii_case(wanted));
        let pairs = [("from", "stdin"), ("to", "stdout")];
        is(words.first(), "copy")
            && words.windows(2).any(|pair| pairs.iter().any(|(from, to)| is(pair.first(), from) && is(pair.last(), to)))
    }

    /// Anything but `BEGIN`, `START`, `WORK`, `TRANSACTION` and SQLite's `DEFERRED`, `IMMEDIATE`, `EXCLUSIVE`.
    fn has_mode(&self, begin: &Statement) -> bool {
        let plain = ["begin", "start", "work", "transaction", "deferred", "immediate", "exclusive"];
        let text = begin.text(&self.migration.source).to_ascii_lowercase();
        text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| !word.is_empty() && !plain.contains(&word))
    }

    fn excerpt(&self, statement: &Statement) -> String {
        let text = statement.text(&self.migration.source);
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut short: String = words.join(" ").chars().take(60).filter(|c| !c.is_control()).collect();
        if short.len() < text.len() && words.join(" ").chars().count() > 60 {
            short.push('…');
        }
        short
    }

    fn error(&self, statement: &Statement, problem: Problem) -> StepError {
        let offset = statement.range.start;
        let (what, help) = problem.words();
        StepError {
            message: format!("`{}` {what}", self.excerpt(statement)),
            help: help.to_owned(),
            offset,
            line: line_of(&self.migration.source, offset),
        }
    }
}

#[cfg(test)]
mod tests;
