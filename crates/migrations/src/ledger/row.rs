//! Rows of a ledger, each read as one JSON object, so that columns that an old table lacks are simply absent.

use serde_json::{Map, Value};

use super::LedgerError;

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    columns: Map<String, Value>,
    number: usize,
}

/// Reads rows of one column that holds a JSON object.
pub(super) fn rows(rows: Vec<Vec<Option<String>>>) -> Result<Vec<Row>, LedgerError> {
    let mut read = Vec::with_capacity(rows.len());
    for (index, row) in rows.into_iter().enumerate() {
        let number = index + 1;
        let value = row.into_iter().next().flatten().and_then(|text| serde_json::from_str(&text).ok());
        let Some(Value::Object(columns)) = value else {
            return Err(LedgerError::Unreadable { row: number, reason: "it is no JSON object".to_owned() });
        };
        read.push(Row { columns, number });
    }
    Ok(read)
}

impl Row {
    /// The column as text; absent and null are the same.
    pub(super) fn text(&self, column: &str) -> Option<String> {
        match self.columns.get(column)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    pub(super) fn required(&self, column: &str) -> Result<String, LedgerError> {
        self.text(column).ok_or_else(|| LedgerError::Unreadable {
            row: self.number,
            reason: format!("its column `{column}` is missing or null"),
        })
    }

    pub(super) fn integer(&self, column: &str) -> Option<i64> {
        match self.columns.get(column)? {
            // SQLite's `numeric` may come back as a real.
            Value::Number(number) => number.as_i64().or_else(|| number.to_string().strip_suffix(".0")?.parse().ok()),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(super) fn is_true(&self, column: &str) -> bool {
        matches!(self.text(column).as_deref(), Some("true" | "t" | "1"))
    }

    pub(super) fn texts(&self, column: &str) -> Option<Vec<String>> {
        let values = self.columns.get(column)?.as_array()?;
        Some(values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect())
    }

    /// A moment as RFC 3339. SQLite may hold milliseconds since 1970.
    pub(super) fn moment(&self, column: &str) -> Option<String> {
        match self.columns.get(column)? {
            Value::Number(number) => {
                jiff::Timestamp::from_millisecond(number.as_i64()?).ok().map(|moment| moment.to_string())
            }
            Value::String(text) => Some(text.clone()),
            _ => None,
        }
    }
}
