//! `_sqlx_migrations`.
//!
//! Formats: launchbadge/sqlx, `sqlx-postgres/src/migrate.rs` and `sqlx-sqlite/src/migrate.rs`.

use super::row::Row;
use super::{Entry, Ledger, LedgerError, NamedBy, Opened, Outcome, Rules, Stamp};
use crate::{Dialect, Migration};

pub(super) struct Sqlx;

impl Rules for Sqlx {
    fn create(&self, ledger: &Ledger) -> String {
        let table = ledger.qualified();
        let (moment, now, bytes) = match ledger.dialect {
            Dialect::Postgres => ("TIMESTAMPTZ", "now()", "BYTEA"),
            Dialect::Sqlite => ("TIMESTAMP", "CURRENT_TIMESTAMP", "BLOB"),
        };
        format!(
            "create table if not exists {table} (\n    version BIGINT PRIMARY KEY,\n    description TEXT NOT NULL,\n    \
             installed_on {moment} NOT NULL DEFAULT {now},\n    success BOOLEAN NOT NULL,\n    checksum {bytes} NOT NULL,\n    \
             execution_time BIGINT NOT NULL\n);\n"
        )
    }

    fn read(&self, ledger: &Ledger) -> String {
        let table = ledger.qualified();
        match ledger.dialect {
            // Bytes as JSON would depend on the setting `bytea_output`.
            Dialect::Postgres => format!(
                "select pg_catalog.jsonb_build_object('version', version, 'success', success, 'installed_on', installed_on, \
                 'checksum', pg_catalog.encode(checksum, 'hex'))::text from {table} order by version"
            ),
            Dialect::Sqlite => format!(
                "select json_object('version', version, 'success', success, 'installed_on', installed_on, \
                 'checksum', lower(hex(checksum))) from {table} order by version"
            ),
        }
    }

    fn entries(&self, _: &Ledger, rows: Vec<Row>) -> Result<Vec<Entry>, LedgerError> {
        rows.iter()
            .map(|row| {
                let outcome = if row.is_true("success") { Outcome::Applied } else { Outcome::Failed };
                Ok(Entry {
                    id: row.required("version")?,
                    checksum: Some(row.required("checksum")?),
                    outcome,
                    applied_at: row.moment("installed_on"),
                    content: None,
                    created_at_millis: None,
                })
            })
            .collect()
    }

    fn succeed(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp, _: usize) -> String {
        format!("{};\n", insert(ledger, migration, "true", nanoseconds(stamp)))
    }

    fn start(&self, ledger: &Ledger, migration: &Migration, _: &Stamp) -> Option<String> {
        Some(format!("{};\n", insert(ledger, migration, "false", -1)))
    }

    fn finish(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp, _: usize) -> String {
        format!(
            "update {} set success = true, execution_time = {} where version = {};\n",
            ledger.qualified(),
            nanoseconds(stamp),
            version(&migration.id)
        )
    }

    fn mark_applied(&self, ledger: &Ledger, migration: &Migration, _: &Stamp) -> String {
        format!(
            "{} on conflict (version) do update set description = excluded.description, success = true, \
             checksum = excluded.checksum;\n",
            insert(ledger, migration, "true", -1)
        )
    }

    fn retire(&self, ledger: &Ledger, migration: &Migration) -> Option<String> {
        let version = version(&migration.id);
        Some(format!("delete from {} where version = {version} and not success;\n", ledger.qualified()))
    }

    fn opened(&self, _: &Ledger, id: &str) -> Option<Opened> {
        let condition = format!("version = {} and not success", version(id));
        Some(Opened { condition, named_by: NamedBy::Moment("installed_on") })
    }

    fn ended(&self, _: &Ledger, migration: &Migration) -> String {
        format!("version = {} and success", version(&migration.id))
    }

    fn forget(&self, ledger: &Ledger, id: &str) -> String {
        format!("delete from {} where version = {};\n", ledger.qualified(), version(id))
    }
}

/// The key that sqlx locks while it migrates: a constant times the CRC-32 of the database's name.
pub(super) fn advisory_key(database_name: &str) -> i64 {
    0x3d32_ad9e_i64.wrapping_mul(i64::from(crc32(database_name.as_bytes())))
}

/// CRC-32/ISO-HDLC, bit by bit: names are short.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// A version is a number; anything else, which no row has, matches none.
fn version(id: &str) -> String {
    id.parse::<i64>().map_or_else(|_| "null".to_owned(), |version| version.to_string())
}

fn nanoseconds(stamp: &Stamp) -> i64 {
    i64::try_from(stamp.elapsed.as_nanos()).unwrap_or(i64::MAX)
}

fn insert(ledger: &Ledger, migration: &Migration, success: &str, execution_time: i64) -> String {
    let checksum = match ledger.dialect {
        Dialect::Postgres => format!("pg_catalog.decode({}, 'hex')", ledger.literal(&migration.checksum)),
        Dialect::Sqlite => format!("x{}", ledger.literal(&migration.checksum)),
    };
    format!(
        "insert into {} (version, description, success, checksum, execution_time) values ({}, {}, {success}, {checksum}, \
         {execution_time})",
        ledger.qualified(),
        version(&migration.id),
        ledger.literal(&migration.name),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_that_of_sqlx() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(advisory_key("123456789"), 0x3d32_ad9e * 0xcbf4_3926);
    }
}
