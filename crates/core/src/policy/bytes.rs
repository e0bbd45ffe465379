//! Sizes as people write them: `150kB`, `2MB`.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::amount;

/// A size in whole bytes, written `900B`, `150kB`, `2MB`, `1GB`, `64KiB`, `1MiB` or `1GiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(u64);

/// The units with their sizes in bytes.
const UNITS: [(&str, u64); 7] = [
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

impl Bytes {
    /// The size in bytes.
    #[must_use]
    pub const fn count(self) -> u64 {
        self.0
    }
}

impl std::str::FromStr for Bytes {
    type Err = String;

    /// Fails with a sentence that names the units.
    fn from_str(text: &str) -> Result<Self, String> {
        amount::parse(text, &UNITS).map(Self).ok_or_else(|| {
            format!(
                "`{text}` is not a size; write a number and a unit, as in \"900B\", \"150kB\", \"2MB\" or \"64KiB\""
            )
        })
    }
}

impl fmt::Display for Bytes {
    /// With one place: `912 B`, `150.3 kB`, `2.0 MB`, `1.5 GB`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes @ ..1_000 => write!(formatter, "{bytes} B"),
            bytes @ ..999_950 => write!(formatter, "{:.1} kB", bytes as f64 / 1e3),
            bytes @ ..999_950_000 => write!(formatter, "{:.1} MB", bytes as f64 / 1e6),
            bytes => write!(formatter, "{:.1} GB", bytes as f64 / 1e9),
        }
    }
}

impl From<u64> for Bytes {
    fn from(bytes: u64) -> Self {
        Self(bytes)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Bytes {
    fn schema_name() -> Cow<'static, str> {
        "Bytes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number and a unit: 900B, 150kB, 2MB, 1GB, 64KiB, 1MiB, 1GiB",
            "type": "string",
            "pattern": "^[0-9]+ *(B|kB|MB|GB|KiB|MiB|GiB)$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Bytes;

    #[test]
    fn every_unit_has_its_size() {
        let sizes = ["900B", "150kB", "2 MB", "1GB", "64KiB", "1MiB", "1GiB"];
        let sizes = sizes.map(|text| text.parse::<Bytes>().unwrap().count());
        assert_eq!(sizes, [900, 150_000, 2_000_000, 1_000_000_000, 65_536, 1_048_576, 1_073_741_824]);
    }

    #[test]
    fn anything_else_is_refused_with_the_way_to_write_it() {
        for text in
            ["", "5", "kB", "5k", "1.5MB", "-5B", "5TB", "5KB", "99999999999999999999B", "18446744073709551615kB"]
        {
            assert_eq!(
                text.parse::<Bytes>().unwrap_err(),
                format!(
                    "`{text}` is not a size; write a number and a unit, as in \"900B\", \"150kB\", \"2MB\" or \"64KiB\""
                )
            );
        }
    }

    #[test]
    fn a_size_is_shown_in_the_unit_that_fits() {
        let shown = [0, 999, 1_000, 150_349, 999_949, 999_950, 2_000_000, 999_949_999, 999_950_000];
        let shown = shown.map(|bytes| Bytes::from(bytes).to_string());
        assert_eq!(shown, ["0 B", "999 B", "1.0 kB", "150.3 kB", "999.9 kB", "1.0 MB", "2.0 MB", "999.9 MB", "1.0 GB"]);
    }
}
