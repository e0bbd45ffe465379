//! What the database holds: sizes, owners and columns of relations, and indexes that a killed build left behind.

use std::collections::BTreeMap;

use crate::quote::literal;
use crate::{Connection, DatabaseError, Engine};

/// One table, index, view or sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Rows, as the planner estimates them. A table that was never analysed counts what the statistics saw come and go, or
    /// 50 rows for each of its pages.
    pub rows: u64,
    /// Bytes on disk when it was last vacuumed or analysed, indexes and long values included. To measure them now would
    /// take a lock on each table, and wait for every session that alters one.
    pub bytes: u64,
    /// Whether it holds rows: a table or a materialized view, and not an index, a sequence or a view.
    pub is_table: bool,
    /// Whether the user owns it, or is a member of the role that does.
    pub owned: bool,
    /// The type of each column, as `format_type` prints it.
    pub columns: BTreeMap<String, String>,
}

/// Every relation outside the system's schemas that no extension brought, by `schema.name`.
pub async fn relations(connection: &mut Connection) -> Result<BTreeMap<String, Relation>, DatabaseError> {
    let sql = match connection.engine() {
        Engine::Postgres => POSTGRES_RELATIONS,
        Engine::Sqlite => SQLITE_RELATIONS,
    };
    let rows = connection.rows(sql).await?;
    Ok(rows.into_iter().filter_map(relation).collect())
}

const POSTGRES_RELATIONS: &str = "select n.nspname || '.' || c.relname, \
     (case when c.reltuples < 0 then greatest(c.relpages * 50, pg_stat_get_live_tuples(c.oid)) else c.reltuples end)::bigint::text, \
     ((c.relpages + coalesce((select t.relpages from pg_class t where t.oid = c.reltoastrelid), 0) + coalesce((select \
     sum(i.relpages) from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = c.oid), 0))::bigint \
     * current_setting('block_size')::bigint)::text, \
     (c.relkind in ('r', 'p', 'm', 'f'))::text, pg_has_role(c.relowner, 'usage')::text, \
     coalesce((select string_agg(a.attname || e'\\t' || format_type(a.atttypid, a.atttypmod), e'\\n') from pg_attribute a \
     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'm')), '') \
     from pg_class c join pg_namespace n on n.oid = c.relnamespace \
     where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg!_%' escape '!' \
     and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')";

const SQLITE_RELATIONS: &str = "select 'main.' || name, '0', '0', case type when 'table' then 'true' else 'false' end, 'true', '' from sqlite_schema where type in ('table', 'index', 'view') \
     and name not like 'sqlite!_%' escape '!'";

fn relation(row: crate::Row) -> Option<(String, Relation)> {
    let [Some(name), Some(rows), Some(bytes), Some(is_table), Some(owned), Some(columns)] =
        <[_; 6]>::try_from(row).ok()?
    else {
        return None;
    };
    let columns = columns.lines().filter_map(|line| line.split_once('\t'));
    let relation = Relation {
        rows: rows.parse().unwrap_or(0),
        bytes: bytes.parse().unwrap_or(0),
        is_table: is_table == "true",
        owned: owned == "true",
        columns: columns.map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect(),
    };
    Some((name, relation))
}

/// The state of one index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// No such index.
    Absent,
    /// Complete and in use.
    Valid,
    /// Left behind by a build that failed or was killed: it costs every write and serves no read.
    Invalid,
}

/// Looks up one index; without a schema, wherever the search path finds it.
pub async fn index(connection: &mut Connection, schema: Option<&str>, name: &str) -> Result<Index, DatabaseError> {
    let qualified = match schema {
        Some(schema) => format!("{}.{}", crate::quote::identifier(schema), crate::quote::identifier(name)),
        None => crate::quote::identifier(name),
    };
    let sql = format!("select indisvalid::text from pg_index where indexrelid = to_regclass({})", literal(&qualified));
    Ok(match connection.value(&sql).await?.as_deref() {
        None => Index::Absent,
        Some("true") => Index::Valid,
        Some(_) => Index::Invalid,
    })
}

/// The names of all invalid indexes, as `schema.name`, sorted. Empty for SQLite, which has none.
pub async fn invalid_indexes(connection: &mut Connection) -> Result<Vec<String>, DatabaseError> {
    if connection.engine() == Engine::Sqlite {
        return Ok(Vec::new());
    }
    // An index on a partitioned parent is invalid by design until every partition has its own.
    let rows = connection
        .rows(
            "select n.nspname || '.' || c.relname from pg_index i join pg_class c on c.oid = i.indexrelid \
             join pg_namespace n on n.oid = c.relnamespace where not i.indisvalid and c.relkind = 'i' order by 1",
        )
        .await?;
    Ok(rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect())
}
