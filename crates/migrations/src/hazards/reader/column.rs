//! Columns, types, constraints and defaults.

use std::ops::Range;

use super::super::cursor::Cursor;
use super::super::model::{Column, Constraint, ConstraintRule, Type};
use super::super::tokens::{Kind, Token, position_outside_parentheses, tokens};
use crate::migration::Dialect;

/// Words that begin a column's constraint and so end its type or default.
const COLUMN_CONSTRAINTS: &[&str] = &[
    "constraint",
    "not",
    "null",
    "check",
    "default",
    "generated",
    "unique",
    "primary",
    "references",
    "collate",
    "storage",
    "compression",
    "deferrable",
    "initially",
    "as",
    "autoincrement",
    "on",
    "using",
];

/// Functions of which PostgreSQL's catalog says they are immutable or stable. All others count as volatile.
const STABLE_FUNCTIONS: &[&str] = &[
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "current_setting",
    "lower",
    "upper",
    "concat",
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "round",
    "floor",
    "ceil",
    "abs",
    "length",
    "md5",
    "sha256",
    "date_trunc",
    "to_char",
    "to_date",
    "to_timestamp",
    "to_json",
    "to_jsonb",
    "json_build_object",
    "jsonb_build_object",
    "json_build_array",
    "jsonb_build_array",
    "array_fill",
    "make_interval",
    "make_date",
    "make_timestamp",
    "timezone",
    "trim",
    "replace",
    "substring",
    "substr",
    "left",
    "right",
    "repeat",
    "encode",
    "decode",
    "cast",
    "row",
    "date_part",
    "extract",
    "interval",
    "numeric",
    "decimal",
    "varchar",
    "char",
    "character",
    "varying",
    "bit",
    "timestamp",
    "time",
    "float",
    "timestamptz",
    "timetz",
    "bpchar",
    "array",
    "exists",
    "in",
    "any",
    "all",
    "and",
    "or",
    "not",
    "current_timestamp",
    "current_time",
    "localtimestamp",
    "localtime",
    "overlay",
    "position",
    "format",
    "jsonb_object",
    "json_object",
    "hashtext",
    "quote_literal",
    "quote_ident",
    "strpos",
    "split_part",
    "array_length",
    "cardinality",
];

/// Reads `name type constraint…`. `None` if there is no name.
pub(super) fn column(cursor: &mut Cursor<'_, '_>) -> Option<Column> {
    let mut column = Column { name: cursor.identifier()?, ..Column::default() };
    column.data_type = data_type(cursor.until(COLUMN_CONSTRAINTS), cursor.dialect());
    while !cursor.is_at_end() {
        constraint_of_column(cursor, &mut column);
    }
    Some(column)
}

fn constraint_of_column(cursor: &mut Cursor<'_, '_>, column: &mut Column) {
    if cursor.eat(&["not", "null"]) {
        column.not_null = true;
    } else if cursor.eat(&["primary", "key"]) {
        column.primary_key = true;
        column.not_null = true;
    } else if cursor.eat(&["unique"]) {
        column.unique = true;
    } else if cursor.eat(&["default"]) {
        let expression = cursor.until(COLUMN_CONSTRAINTS_AFTER_DEFAULT);
        // `DEFAULT NULL` and `DEFAULT (NOT x)` begin with words that end a default elsewhere.
        let expression = if expression.is_empty() {
            cursor.next().map(std::slice::from_ref).unwrap_or_default()
        } else {
            expression
        };
        column.default = range(expression);
        column.default_is_null = expression.first().is_some_and(|token| token.is("null"));
        column.volatile = volatile(expression);
    } else if cursor.eat(&["generated"]) {
        cursor.until(&["as"]);
        cursor.eat(&["as"]);
        if cursor.eat(&["identity"]) {
            column.identity = true;
        } else {
            cursor.parentheses();
            column.generated_stored = cursor.eat(&["stored"]);
        }
    } else if cursor.eat(&["as"]) {
        cursor.parentheses();
        column.generated_stored = cursor.eat(&["stored"]);
    } else if cursor.eat(&["check"]) {
        column.check = cursor.parentheses().and_then(range);
    } else if cursor.eat(&["references"]) {
        column.references = cursor.name();
        cursor.parentheses();
        // ON DELETE SET NULL must not be read as NULL or DEFAULT.
        while cursor.eat(&["on"]) {
            cursor.next();
            if !cursor.eat(&["no", "action"]) && !cursor.eat(&["set", "null"]) && !cursor.eat(&["set", "default"]) {
                cursor.next();
            }
            cursor.parentheses();
        }
    } else {
        cursor.next();
    }
}

/// `NOT` may stand inside a default only in parentheses, so it ends one too.
const COLUMN_CONSTRAINTS_AFTER_DEFAULT: &[&str] =
    &["constraint", "not", "null", "check", "generated", "unique", "primary", "references", "collate", "on"];

/// A constraint of a table, after `ADD` or in `CREATE TABLE`. `None` if a column stands there.
pub(super) fn constraint(cursor: &mut Cursor<'_, '_>) -> Option<Constraint> {
    let name = if cursor.eat(&["constraint"]) { cursor.identifier() } else { None };
    let rule = if cursor.eat(&["check"]) {
        let inside = cursor.parentheses()?;
        ConstraintRule::Check { expression: range(inside)?, not_null: not_null_check(inside, cursor.dialect()) }
    } else if cursor.eat(&["foreign", "key"]) {
        let columns = names_in(cursor);
        cursor.eat(&["references"]);
        ConstraintRule::ForeignKey { columns, references: cursor.name()? }
    } else if cursor.at(&["unique"]) || cursor.at(&["primary", "key"]) {
        let primary = cursor.eat(&["primary", "key"]) || !cursor.eat(&["unique"]);
        let using_index =
            if cursor.eat(&["using", "index"]) && !cursor.at(&["tablespace"]) { cursor.identifier() } else { None };
        cursor.eat(&["nulls", "not", "distinct"]);
        ConstraintRule::Unique { columns: names_in(cursor), primary, using_index }
    } else if cursor.eat(&["exclude"]) {
        ConstraintRule::Exclude
    } else if name.is_some() && cursor.eat(&["not", "null"]) {
        ConstraintRule::NotNull { column: cursor.identifier()? }
    } else {
        return None;
    };
    let not_valid = super::super::tokens::contains(cursor.rest(), &["not", "valid"]);
    Some(Constraint { name, rule, not_valid })
}

fn names_in(cursor: &mut Cursor<'_, '_>) -> Vec<String> {
    let dialect = cursor.dialect();
    cursor.parentheses().unwrap_or_default().iter().filter_map(|token| token.name(dialect)).collect()
}

/// The column of `(col IS NOT NULL)`, whatever the parentheses around it.
fn not_null_check(inside: &[Token<'_>], dialect: Dialect) -> Option<String> {
    let bare: Vec<_> = inside.iter().filter(|token| !token.is("(") && !token.is(")")).collect();
    match bare.as_slice() {
        [column, is, not, null] if is.is("is") && not.is("not") && null.is("null") => column.name(dialect),
        _ => None,
    }
}

/// A function in this expression that may give another value for each row.
pub(super) fn volatile(expression: &[Token<'_>]) -> Option<String> {
    expression.windows(2).find_map(|pair| match pair {
        [function, open]
            if open.is("(")
                && matches!(function.kind, Kind::Word | Kind::Quoted)
                && !STABLE_FUNCTIONS.iter().any(|stable| function.text.eq_ignore_ascii_case(stable)) =>
        {
            Some(function.text.to_owned())
        }
        _ => None,
    })
}

/// The bytes from the first to the last token.
pub(super) fn range(tokens: &[Token<'_>]) -> Option<Range<usize>> {
    Some(tokens.first()?.start..tokens.last()?.end())
}

/// A type as `format_type` prints it or as SQL spells it.
pub(in super::super) fn data_type_of_text(text: &str) -> Type {
    data_type(&tokens(text, 0..text.len(), Dialect::Postgres), Dialect::Postgres)
}

/// Reads a type from all of `tokens`.
pub(super) fn data_type(tokens: &[Token<'_>], dialect: Dialect) -> Type {
    let mut words = Vec::new();
    let mut arguments = Vec::new();
    let mut array = false;
    let mut cursor = Cursor::new(tokens, dialect);
    while let Some(token) = cursor.peek() {
        if token.is("(") {
            let inside = cursor.parentheses().unwrap_or_default();
            arguments = inside.iter().filter_map(|token| token.text.parse().ok()).collect();
        } else if token.is("[") {
            array = true;
            cursor.next();
        } else if token.is(".") {
            words.clear();
            cursor.next();
        } else if token.is("using") {
            break;
        } else {
            if token.is("array") {
                array = true;
            } else if let Some(word) = token.name(dialect) {
                words.push(word);
            }
            cursor.next();
        }
    }
    Type { name: canonical(&words.join(" ")), arguments, array }
}

/// One spelling for each of PostgreSQL's own types.
fn canonical(spelling: &str) -> String {
    match spelling {
        "int2" => "smallint",
        "int" | "int4" => "integer",
        "int8" => "bigint",
        "float4" => "real",
        "float8" | "float" => "double precision",
        "decimal" | "dec" => "numeric",
        "bool" => "boolean",
        "character varying" | "char varying" => "varchar",
        "character" | "bpchar" => "char",
        "bit varying" => "varbit",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        "time with time zone" => "timetz",
        "time without time zone" => "time",
        "serial4" => "serial",
        "serial8" => "bigserial",
        "serial2" => "smallserial",
        other => other,
    }
    .to_owned()
}

/// Whether a statement's part between commas is a column rather than a constraint.
pub(super) fn is_column(part: &[Token<'_>]) -> bool {
    const OTHERS: &[&[&str]] = &[
        &["constraint"],
        &["check", "("],
        &["foreign", "key"],
        &["unique", "("],
        &["unique", "nulls"],
        &["primary", "key"],
        &["exclude"],
        &["like"],
    ];
    !OTHERS.iter().any(|words| part.len() >= words.len() && part.iter().zip(*words).all(|(token, word)| token.is(word)))
        && position_outside_parentheses(part, |_| true).is_some()
}
