//! Lengths of time as people write them: `5s`, `15min`.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::amount;

/// A length of time in whole milliseconds, written `500ms`, `5s`, `15min`, `1h` or `2d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration {
    milliseconds: u64,
}

/// The units, largest first, with their lengths in milliseconds.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

impl Duration {
    /// So many milliseconds.
    #[must_use]
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self { milliseconds }
    }

    /// So many seconds.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Self { milliseconds: seconds.saturating_mul(1_000) }
    }

    /// The length in milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.milliseconds
    }

    /// The same length for the standard library.
    #[must_use]
    pub const fn as_std(self) -> std::time::Duration {
        std::time::Duration::from_millis(self.milliseconds)
    }
}

impl std::str::FromStr for Duration {
    type Err = String;

    /// Fails with a sentence that names the units.
    fn from_str(text: &str) -> Result<Self, String> {
        amount::parse(text, &UNITS).map(Self::from_millis).ok_or_else(|| {
            format!(
                "`{text}` is not a duration; write a number and a unit, as in \"500ms\", \"5s\", \"15min\", \"1h\" or \"2d\""
            )
        })
    }
}

impl fmt::Display for Duration {
    /// The shortest form without a fraction.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.milliseconds == 0 {
            return formatter.write_str("0s");
        }
        for (name, length) in UNITS {
            if self.milliseconds.is_multiple_of(length) {
                return write!(formatter, "{}{name}", self.milliseconds / length);
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Duration {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number and a unit: 500ms, 5s, 15min, 1h, 2d",
            "type": "string",
            "pattern": "^[0-9]+ *(ms|s|min|h|d)$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Duration;
    use proptest::prelude::*;

    #[test]
    fn every_unit_has_its_length() {
        let lengths =
            ["500ms", "5s", "15min", "1h", "2d", "3 s"].map(|text| text.parse::<Duration>().unwrap().as_millis());
        assert_eq!(lengths, [500, 5_000, 900_000, 3_600_000, 172_800_000, 3_000]);
    }

    #[test]
    fn anything_else_is_refused_with_the_way_to_write_it() {
        for text in ["", "5", "s", "5m", "-5s", "5.5s", "99999999999999999999s", "18446744073709551615d", "5s5s"] {
            let error = text.parse::<Duration>().unwrap_err();
            assert_eq!(
                error,
                format!(
                    "`{text}` is not a duration; write a number and a unit, as in \"500ms\", \"5s\", \"15min\", \"1h\" or \"2d\""
                )
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(milliseconds: u64) {
            let duration = Duration::from_millis(milliseconds);
            prop_assert_eq!(duration.to_string().parse::<Duration>(), Ok(duration));
        }
    }
}
