//! What a statement does, in a small model that both dialects share.
//!
//! squawk's syntax tree has no promise of stability and knows PostgreSQL only. So our rules stand on this model, which
//! is read from tokens; a statement that squawk cannot parse is judged all the same.

use std::ops::Range;

use super::lock_level::LockLevel;
use super::name::Name;

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Object {
    Table,
    View,
    MaterializedView,
    Index,
    Sequence,
    Schema,
    Type,
    Domain,
    Routine,
    Trigger,
    Policy,
    Rule,
    Extension,
    Database,
    Tablespace,
    Other,
}

impl Object {
    /// The word that SQL has for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Index => "index",
            Self::Sequence => "sequence",
            Self::Schema => "schema",
            Self::Type => "type",
            Self::Domain => "domain",
            Self::Routine => "function",
            Self::Trigger => "trigger",
            Self::Policy => "policy",
            Self::Rule => "rule",
            Self::Extension => "extension",
            Self::Database => "database",
            Self::Tablespace => "tablespace",
            Self::Other => "object",
        }
    }
}

/// A data type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Type {
    /// One spelling for all synonyms: `integer`, `varchar`, `timestamptz`. Without a schema.
    pub(super) name: String,
    /// `(10, 2)`.
    pub(super) arguments: Vec<i64>,
    pub(super) array: bool,
}

/// A column of `CREATE TABLE` or `ADD COLUMN`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) data_type: Type,
    pub(super) not_null: bool,
    /// The bytes of the default's expression.
    pub(super) default: Option<Range<usize>>,
    /// `DEFAULT NULL` counts as no default.
    pub(super) default_is_null: bool,
    /// A function in the default that is not known to be stable.
    pub(super) volatile: Option<String>,
    pub(super) generated_stored: bool,
    pub(super) identity: bool,
    pub(super) unique: bool,
    pub(super) primary_key: bool,
    pub(super) check: Option<Range<usize>>,
    pub(super) references: Option<Name>,
}

impl Column {
    /// Whether PostgreSQL draws its values from a sequence.
    pub(super) fn is_serial(&self) -> bool {
        matches!(self.data_type.name.as_str(), "smallserial" | "serial" | "bigserial")
    }
}

/// A constraint of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Constraint {
    pub(super) name: Option<String>,
    pub(super) rule: ConstraintRule,
    pub(super) not_valid: bool,
}

/// What a constraint demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ConstraintRule {
    /// The expression's bytes, and the column that it says is not null if it says only that.
    Check {
        expression: Range<usize>,
        not_null: Option<String>,
    },
    ForeignKey {
        columns: Vec<String>,
        references: Name,
    },
    Unique {
        columns: Vec<String>,
        primary: bool,
        using_index: Option<String>,
    },
    Exclude,
    /// PostgreSQL 18's named NOT NULL.
    NotNull {
        column: String,
    },
}

/// One subcommand of ALTER TABLE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Action {
    pub(super) what: ActionKind,
    pub(super) lock: LockLevel,
    /// Its bytes in the source.
    pub(super) range: Range<usize>,
}

/// What a subcommand of ALTER TABLE does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ActionKind {
    AddColumn {
        column: Box<Column>,
        if_not_exists: bool,
    },
    DropColumn {
        column: String,
    },
    ChangeType {
        column: String,
        new: Type,
        using: Option<Range<usize>>,
    },
    DropDefault {
        column: String,
    },
    SetNotNull {
        column: String,
    },
    AddConstraint(Box<Constraint>),
    ValidateConstraint {
        name: String,
    },
    DropConstraint {
        name: String,
    },
    RenameColumn {
        from: String,
        to: String,
    },
    RenameTo {
        to: String,
    },
    SetSchema {
        schema: String,
    },
    AttachPartition {
        partition: Name,
    },
    DetachPartition {
        partition: Name,
        concurrently: bool,
    },
    /// `SET LOGGED`, `SET TABLESPACE`, …: the words.
    MoveStorage {
        words: String,
    },
    /// Anything else: the words, names as `*`.
    Other,
}

/// How a statement picks rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    /// No WHERE at all.
    None,
    /// A WHERE that may match any number of rows.
    Open,
    /// A WHERE or LIMIT that bounds the number of rows: a key, a range, a batch.
    Bounded,
}

/// What one statement, or a part of it, does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    CreateTable(Box<CreateTable>),
    AlterTable {
        object: Object,
        table: Name,
        actions: Vec<Action>,
    },
    Create {
        object: Object,
        name: Name,
        on: Option<Name>,
        or_replace: bool,
        if_not_exists: bool,
    },
    Drop {
        object: Object,
        names: Vec<Name>,
        on: Option<Name>,
        cascade: bool,
        concurrently: bool,
    },
    DropOwned,
    CreateIndex {
        name: Option<Name>,
        table: Name,
        unique: bool,
        concurrently: bool,
        if_not_exists: bool,
    },
    Reindex {
        words: String,
        name: Option<Name>,
        concurrently: bool,
    },
    Cluster {
        table: Option<Name>,
    },
    VacuumFull {
        tables: Vec<Name>,
    },
    Refresh {
        view: Name,
        concurrently: bool,
    },
    LockTable {
        tables: Vec<Name>,
        lock: LockLevel,
    },
    Truncate {
        tables: Vec<Name>,
        cascade: bool,
    },
    Delete {
        table: Name,
        filter: Filter,
    },
    Update {
        table: Name,
        columns: Vec<String>,
        filter: Filter,
    },
    Insert {
        table: Name,
        sources: Vec<Name>,
        everything: bool,
    },
    AddEnumValue {
        name: Name,
        value: String,
    },
    RenameEnumValue {
        name: Name,
        from: String,
        to: String,
    },
    /// An attribute of a composite type: `add`, `drop`, `alter` or `rename`.
    AlterAttribute {
        name: Name,
        verb: &'static str,
        attribute: String,
    },
    Rename {
        object: Object,
        from: Name,
        to: String,
    },
    SetSchema {
        object: Object,
        name: Name,
        schema: String,
    },
    /// `SET`, the parameter's name in lower case.
    Set {
        parameter: String,
    },
    /// `BEGIN`, `COMMIT`, `ROLLBACK`, in upper case.
    Transaction {
        word: String,
    },
    /// A `DO` block: its body's bytes.
    Do {
        body: Range<usize>,
    },
    /// `CALL f()`, `SELECT f()`.
    Call {
        routine: Name,
    },
    /// A routine's body, if it is text.
    RoutineBody {
        routine: Name,
        body: Range<usize>,
    },
    /// A first word that no server knows, or `EXECUTE`.
    Unreadable,
}

/// `CREATE TABLE` in all its forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CreateTable {
    pub(super) name: Name,
    pub(super) if_not_exists: bool,
    pub(super) columns: Vec<Column>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) partition_of: Option<Name>,
}
