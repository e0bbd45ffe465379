//! Questions about the table itself: each is a query whose one value is `t` or `f`.

use super::{Ledger, quote};
use crate::Dialect;

impl Ledger {
    /// Whether the table is there.
    #[must_use]
    pub fn exists(&self) -> String {
        match self.dialect {
            Dialect::Postgres => format!(
                "select case when pg_catalog.to_regclass({}) is null then 'f' else 't' end",
                quote::literal(&self.qualified())
            ),
            Dialect::Sqlite => format!(
                "select case count(*) when 0 then 'f' else 't' end from sqlite_schema where type = 'table' and name = {}",
                self.literal(&self.table)
            ),
        }
    }

    /// Whether an earlier release of the tool made the table, so that
    /// [`Ledger::upgrade`] has columns to add. For a table that is there; `None` where no release added any.
    #[must_use]
    pub fn is_old(&self) -> Option<String> {
        let added = if self.dialect == Dialect::Postgres { self.rules().added(self) } else { &[] };
        let names: Vec<String> = added.iter().map(|name| quote::literal(name)).collect();
        (!names.is_empty()).then(|| {
            format!(
                "select case when count(*) < {} then 't' else 'f' end from pg_catalog.pg_attribute \
                 where attrelid = pg_catalog.to_regclass({}) and not attisdropped and attname in ({})",
                names.len(),
                quote::literal(&self.qualified()),
                names.join(", ")
            )
        })
    }

    /// Whether this role may write into it. For a table that is there.
    #[must_use]
    pub fn is_writable(&self) -> String {
        match self.dialect {
            Dialect::Postgres => {
                let may = |what: &str| {
                    format!(
                        "has_table_privilege(pg_catalog.to_regclass({}), '{what}')",
                        quote::literal(&self.qualified())
                    )
                };
                format!("select case when {} and {} then 't' else 'f' end", may("insert"), may("update"))
            }
            Dialect::Sqlite => "select 't'".to_owned(),
        }
    }
}
