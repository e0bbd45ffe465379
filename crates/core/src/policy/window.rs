//! When changes are allowed: `Mon-Thu 08:00-16:00 Europe/Oslo`.

use std::{borrow::Cow, fmt};

use jiff::{
    Timestamp,
    civil::{Time, Weekday},
    tz::TimeZone,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A weekly span of local time.
///
/// A window that ends before it begins runs over midnight and belongs to the day on which it began:
/// `Fri 22:00-04:00` holds Saturday at 03:00. One that begins and ends at the same time lasts a whole day.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    text: String,
    /// Which days it begins on, Monday first.
    days: [bool; 7],
    from: Time,
    /// Exclusive. `None` is midnight at the end of the day.
    to: Option<Time>,
    zone: TimeZone,
}

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Window {
    /// Whether `timestamp` falls into the window, by the clock on the wall of its time zone.
    #[must_use]
    pub fn contains(&self, timestamp: Timestamp) -> bool {
        let now = timestamp.to_zoned(self.zone.clone());
        let (time, today) = (now.time(), now.weekday());
        let Some(to) = self.to else {
            return self.begins_on(today) && time >= self.from;
        };
        if self.from < to {
            return self.begins_on(today) && self.from <= time && time < to;
        }
        (self.begins_on(today) && time >= self.from) || (self.begins_on(today.previous()) && time < to)
    }

    /// The time zone that the window is written in.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    fn begins_on(&self, day: Weekday) -> bool {
        self.days.get(usize::from(day.to_monday_zero_offset().unsigned_abs())).copied().unwrap_or(false)
    }
}

impl std::str::FromStr for Window {
    type Err = String;

    /// Fails with a sentence that says which of the three parts is wrong.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let &[days, times, zone] = parts.as_slice() else {
            return Err(format!(
                "`{text}` is not a window; write days, times and a time zone, as in \"Mon-Thu 08:00-16:00 Europe/Oslo\""
            ));
        };
        let (from, to) =
            times.split_once('-').and_then(|(from, to)| Some((clock(from)??, clock(to)?))).ok_or_else(|| {
                format!("`{times}` is not a span of time; write it as in \"08:00-16:00\" or \"22:00-04:00\"")
            })?;
        let zone = TimeZone::get(zone).map_err(|_| {
            format!("`{zone}` is not a time zone; write its IANA name, as in \"Europe/Oslo\" or \"UTC\"")
        })?;
        Ok(Self { text: parts.join(" "), days: weekdays(days)?, from, to, zone })
    }
}

/// A time of the day; the inner `None` is 24:00.
fn clock(text: &str) -> Option<Option<Time>> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |part: &str| {
        (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<i8>().ok())
    };
    let (hour, minute) = (two_digits(hour)??, two_digits(minute)??);
    if (hour, minute) == (24, 0) {
        return Some(None);
    }
    Time::new(hour, minute, 0, 0).ok().map(Some)
}

/// `Mon`, `Mon-Thu`, `Fri-Mon` and `Mon,Wed,Sat-Sun`.
fn weekdays(text: &str) -> Result<[bool; 7], String> {
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (weekday(first)?, weekday(last)?);
        for step in 0..7 {
            let day = (first + step) % 7;
            if let Some(flag) = days.get_mut(day) {
                *flag = true;
            }
            if day == last {
                break;
            }
        }
    }
    Ok(days)
}

fn weekday(text: &str) -> Result<usize, String> {
    let lower = text.to_ascii_lowercase();
    NAMES.iter().position(|name| *name == lower).ok_or_else(|| {
        format!("`{text}` is not a day; write Mon, Tue, Wed, Thu, Fri, Sat or Sun, as in \"Mon-Thu\" or \"Mon,Wed\"")
    })
}

impl fmt::Display for Window {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Window {
    fn schema_name() -> Cow<'static, str> {
        "Window".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "Days, times and a time zone: Mon-Thu 08:00-16:00 Europe/Oslo", "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::Window;
    use proptest::prelude::*;

    fn holds(window: &str, timestamp: &str) -> bool {
        window.parse::<Window>().unwrap().contains(timestamp.parse().unwrap())
    }

    #[test]
    fn a_working_day_is_told_by_the_local_clock_in_summer_and_in_winter() {
        let window = "Mon-Thu 08:00-16:00 Europe/Oslo";
        // Wednesday, 1 July 2026: Oslo is two hours ahead of UTC.
        assert!(holds(window, "2026-07-01T06:00:00Z"));
        assert!(!holds(window, "2026-07-01T05:59:59Z"));
        assert!(!holds(window, "2026-07-01T14:00:00Z"));
        // Wednesday, 7 January 2026: one hour ahead.
        assert!(!holds(window, "2026-01-07T06:30:00Z"));
        assert!(holds(window, "2026-01-07T14:59:59Z"));
        // Friday.
        assert!(!holds(window, "2026-07-03T08:00:00Z"));
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_began() {
        let window = "Fri 22:00-04:00 UTC";
        assert!(holds(window, "2026-07-03T22:00:00Z"));
        assert!(holds(window, "2026-07-04T03:59:59Z"));
        assert!(!holds(window, "2026-07-04T04:00:00Z"));
        assert!(!holds(window, "2026-07-03T03:00:00Z"));
        assert!(!holds(window, "2026-07-04T22:30:00Z"));
    }

    #[test]
    fn ranges_wrap_around_the_week_and_lists_add_up() {
        assert!(holds("Sat-Mon 00:00-24:00 UTC", "2026-07-05T23:59:59Z"));
        assert!(holds("Sat-Mon 00:00-24:00 UTC", "2026-07-06T12:00:00Z"));
        assert!(!holds("Sat-Mon 00:00-24:00 UTC", "2026-07-07T12:00:00Z"));
        assert!(holds("mon,WED 00:00-24:00 UTC", "2026-07-01T12:00:00Z"));
        assert!(!holds("mon,WED 00:00-24:00 UTC", "2026-07-02T12:00:00Z"));
    }

    #[test]
    fn each_wrong_part_is_named() {
        let error = |text: &str| text.parse::<Window>().unwrap_err();
        assert_eq!(
            error("always"),
            "`always` is not a window; write days, times and a time zone, as in \"Mon-Thu 08:00-16:00 Europe/Oslo\""
        );
        assert_eq!(
            error("Mon-Thr 08:00-16:00 UTC"),
            "`Thr` is not a day; write Mon, Tue, Wed, Thu, Fri, Sat or Sun, as in \"Mon-Thu\" or \"Mon,Wed\""
        );
        assert_eq!(
            error("Mon 8-16 UTC"),
            "`8-16` is not a span of time; write it as in \"08:00-16:00\" or \"22:00-04:00\""
        );
        assert_eq!(
            error("Mon 08:00-16:00 Oslo"),
            "`Oslo` is not a time zone; write its IANA name, as in \"Europe/Oslo\" or \"UTC\""
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[MonTueFri,0-9:\\- /a-zA-Z]{0,40}") {
            if let Ok(window) = text.parse::<Window>() {
                prop_assert_eq!(window.to_string().parse::<Window>(), Ok(window));
            }
        }
    }
}
