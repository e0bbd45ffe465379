//! Points in time as a policy writes them, with TOML's own dates or as strings.

use std::{borrow::Cow, fmt};

use jiff::{Timestamp, civil, tz::TimeZone};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A calendar day: `2027-03-31`, with or without quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub civil::Date);

/// A day, a local time or an exact instant: `2027-03-31`, `2027-03-31T12:00:00`, `2027-03-31T12:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// The whole of a day.
    Day(civil::Date),
    /// A time on the wall.
    Local(civil::DateTime),
    /// An instant, wherever one is.
    Instant(Timestamp),
}

impl Moment {
    /// The first instant of it in `zone`. A day that no clock shows is moved to the next that does.
    #[must_use]
    pub fn first(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Day(date) => instant(date.to_datetime(civil::Time::MIN), zone),
            Self::Local(time) => instant(time, zone),
            Self::Instant(timestamp) => timestamp,
        }
    }

    /// The last instant of it in `zone`: a day counts until its midnight.
    #[must_use]
    pub fn last(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Day(date) => instant(date.to_datetime(civil::Time::MAX), zone),
            Self::Local(_) | Self::Instant(_) => self.first(zone),
        }
    }
}

fn instant(time: civil::DateTime, zone: &TimeZone) -> Timestamp {
    // Only the ends of the calendar (the years -9999 and 9999) can fail here.
    zone.to_ambiguous_timestamp(time).compatible().unwrap_or(if time.year() < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

impl std::str::FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<Moment>() {
            Ok(Moment::Day(date)) => Ok(Self(date)),
            _ => Err(format!("`{text}` is not a date; write year-month-day, as in 2027-03-31")),
        }
    }
}

impl std::str::FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let date_only = text.len() == "2027-03-31".len();
        if date_only && let Ok(date) = text.parse::<civil::Date>() {
            return Ok(Self::Day(date));
        }
        if !date_only {
            if let Ok(timestamp) = text.parse::<Timestamp>() {
                return Ok(Self::Instant(timestamp));
            }
            if let Ok(time) = text.parse::<civil::DateTime>() {
                return Ok(Self::Local(time));
            }
        }
        Err(format!(
            "`{text}` is not a date or a time; write it as in 2027-03-31, 2027-03-31T12:00:00 or 2027-03-31T12:00:00Z"
        ))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => date.fmt(formatter),
            Self::Local(time) => time.fmt(formatter),
            Self::Instant(timestamp) => timestamp.fmt(formatter),
        }
    }
}

/// The text of a date, whether it was quoted or not.
fn date_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => Ok(text),
        toml::Value::Datetime(datetime) => Ok(datetime.to_string()),
        other => Err(de::Error::custom(format!("expected a date, found {}", with_article(other.type_str())))),
    }
}

fn with_article(name: &str) -> String {
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {name}")
}

macro_rules! dates {
    ($($name:ident, $example:literal;)*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                date_text(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "description": $example, "type": "string" })
            }
        }
    )*};
}

dates! {
    Day, "A day: 2027-03-31";
    Moment, "A day, a local time or an instant: 2027-03-31, 2027-03-31T12:00:00, 2027-03-31T12:00:00Z";
}

#[cfg(test)]
mod tests {
    use super::{Day, Moment};
    use jiff::tz::TimeZone;

    #[test]
    fn a_day_lasts_until_its_midnight_where_the_team_lives() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let day: Moment = "2027-03-31".parse().unwrap();
        assert_eq!(day.first(&oslo).to_string(), "2027-03-30T22:00:00Z");
        assert_eq!(day.last(&oslo).to_string(), "2027-03-31T21:59:59.999999999Z");
    }

    #[test]
    fn local_times_and_instants_are_told_apart() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let firsts = ["2027-01-01T12:00:00", "2027-01-01 12:00", "2027-01-01T12:00:00Z", "2027-01-01T12:00:00+05:00"]
            .map(|text| text.parse::<Moment>().unwrap().first(&oslo).to_string());
        assert_eq!(
            firsts,
            ["2027-01-01T11:00:00Z", "2027-01-01T11:00:00Z", "2027-01-01T12:00:00Z", "2027-01-01T07:00:00Z"]
        );
    }

    #[test]
    fn what_is_no_date_says_how_to_write_one() {
        assert_eq!(
            "31.3.2027".parse::<Day>().unwrap_err(),
            "`31.3.2027` is not a date; write year-month-day, as in 2027-03-31"
        );
        assert_eq!(
            "2027-02-30".parse::<Moment>().unwrap_err(),
            "`2027-02-30` is not a date or a time; write it as in 2027-03-31, 2027-03-31T12:00:00 or 2027-03-31T12:00:00Z"
        );
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_panic() {
        for text in ["-9999-01-01", "9999-12-31", "0000-01-01T00:00:00"] {
            if let Ok(moment) = text.parse::<Moment>() {
                for zone in ["Etc/GMT+12", "Pacific/Kiritimati"] {
                    let zone = TimeZone::get(zone).unwrap();
                    assert!(moment.first(&zone) <= moment.last(&zone));
                }
            }
        }
    }
}
