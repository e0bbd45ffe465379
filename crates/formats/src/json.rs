//! JSON, read into what is known of it.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use crate::Unreadable;

/// The most brackets that may be open at once: what serde_json takes as well, and far more than a tool writes.
const DEEPEST: usize = 127;

/// The most objects and lists that are read. What a tool writes has far fewer, and an empty one may take a hundred times as much
/// room as its two brackets.
const MOST: usize = 4_000_000;

/// The same of a document whose longest list is not counted among them.
const MOST_BESIDE: usize = 500_000;

/// Reads a whole document.
pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Unreadable> {
    bounded(text)?;
    serde_json::from_str(text).map_err(|error| malformed(&error))
}

/// Reads with a seed, which takes what it needs and keeps no more. What stands in lists of this name, three brackets deep, is not
/// counted among the objects that a document may have.
pub(crate) fn read_seed<'a, S: DeserializeSeed<'a>>(
    text: &'a str,
    uncounted: &str,
    seed: S,
) -> Result<S::Value, Unreadable> {
    bounded_but(text, Some(uncounted))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = seed.deserialize(&mut deserializer);
    value.and_then(|value| deserializer.end().map(|()| value)).map_err(|error| malformed(&error))
}

/// Reads one document after the other, as tools write them that print a line for each thing.
pub(crate) fn read_each<'a, T: Deserialize<'a>>(text: &'a str) -> Result<Vec<T>, Unreadable> {
    bounded(text)?;
    let documents = serde_json::Deserializer::from_str(text).into_iter();
    documents.map(|document| document.map_err(|error| malformed(&error))).collect()
}

/// What is not there, and `null`, which Go writes for a list with nothing in it.
pub(crate) fn or_empty<'a, T: Deserialize<'a> + Default, D: Deserializer<'a>>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// serde_json's words, with the place first. They quote no more of the document than a name or a value.
pub(crate) fn malformed(error: &serde_json::Error) -> Unreadable {
    let place = format!("line {}, column {}", error.line(), error.column());
    if error.is_eof() {
        return Unreadable::malformed(place, "the report ends in the middle");
    }
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    Unreadable::malformed(place, crate::text::one_line(words))
}

/// Refuses what is nested too deeply, so that neither what is read nor what is skipped can use up the stack, and what is made
/// to take much more room than it has bytes.
fn bounded(text: &str) -> Result<(), Unreadable> {
    bounded_but(text, None)
}

/// The depth of a list that [`read_seed`] does not count.
const UNCOUNTED: usize = 3;

fn bounded_but(text: &str, uncounted: Option<&str>) -> Result<(), Unreadable> {
    let bytes = text.as_bytes();
    let (mut depth, mut number, mut at) = (0_usize, 0_usize, 0);
    let mut is_free = false;
    let most = if uncounted.is_some() { MOST_BESIDE } else { MOST };
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'[' | b'{' if depth == DEEPEST => {
                let reason = format!("more than {DEEPEST} brackets are open");
                return Err(Unreadable::malformed(format!("byte {at}"), reason));
            }
            b'[' | b'{' if is_free => depth += 1,
            b'[' | b'{' if number == most => {
                let reason = format!("more than {most} objects and lists");
                return Err(Unreadable::malformed(format!("byte {at}"), reason));
            }
            b'[' | b'{' => (depth, number) = (depth + 1, number + 1),
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                is_free &= depth > UNCOUNTED;
            }
            b'"' => {
                let begin = at;
                at = end_of_string(bytes, at);
                let name = || text.get(begin..at.saturating_sub(1));
                is_free |= depth == UNCOUNTED && uncounted.is_some() && name() == uncounted && opens(bytes, at);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a list follows on a name.
fn opens(bytes: &[u8], at: usize) -> bool {
    let mut rest = bytes.get(at..).unwrap_or_default().iter().filter(|byte| !byte.is_ascii_whitespace());
    rest.next() == Some(&b':') && rest.next() == Some(&b'[')
}

/// Where the string ends that began before `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if bytes.get(at) == Some(&b'"') {
            return at + 1;
        }
        at += 2;
    }
    bytes.len()
}

/// An object whose names are not known, in its order. Unlike a map it keeps names that stand there twice.
#[derive(Debug)]
pub(crate) struct Pairs<T>(pub(crate) Vec<(String, T)>);

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'a, T: Deserialize<'a>> Deserialize<'a> for Pairs<T> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'a, T: Deserialize<'a>> Visitor<'a> for Reader<T> {
            type Value = Pairs<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Pairs<T>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

/// The first things of a list, and how many there are. The others are not kept.
#[derive(Debug)]
pub(crate) struct First<T, const N: usize> {
    pub(crate) items: Vec<T>,
    pub(crate) number: usize,
}

impl<'a, T: Deserialize<'a>, const N: usize> Deserialize<'a> for First<T, N> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T, const N: usize>(PhantomData<T>);
        impl<'a, T: Deserialize<'a>, const N: usize> Visitor<'a> for Reader<T, N> {
            type Value = First<T, N>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'a>>(self, mut sequence: A) -> Result<First<T, N>, A::Error> {
                let (mut items, mut number) = (Vec::new(), 0);
                while items.len() < N
                    && let Some(item) = sequence.next_element()?
                {
                    items.push(item);
                    number += 1;
                }
                while sequence.next_element::<IgnoredAny>()?.is_some() {
                    number += 1;
                }
                Ok(First { items, number })
            }
        }
        deserializer.deserialize_seq(Reader(PhantomData))
    }
}

/// What one tool writes as an object, and another one, or the same one at times, as a text, a number, true or nothing. A list is
/// nothing.
#[derive(Debug, Default)]
pub(crate) enum Mixed<T> {
    #[default]
    Nothing,
    Flag(bool),
    Text(String),
    Object(T),
}

impl<'a, T: Deserialize<'a>> Deserialize<'a> for Mixed<T> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'a, T: Deserialize<'a>> Visitor<'a> for Reader<T> {
            type Value = Mixed<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<Mixed<T>, E> {
                Ok(Mixed::Nothing)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Mixed<T>, E> {
                Ok(Mixed::Flag(flag))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Mixed<T>, E> {
                Ok(Mixed::Text(number.to_string()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Mixed<T>, E> {
                Ok(Mixed::Text(text.to_owned()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Mixed<T>, E> {
                Ok(Mixed::Text(number.to_string()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Mixed<T>, E> {
                Ok(Mixed::Text(number.to_string()))
            }

            fn visit_seq<A: SeqAccess<'a>>(self, mut sequence: A) -> Result<Mixed<T>, A::Error> {
                while sequence.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Mixed::Nothing)
            }

            fn visit_map<A: MapAccess<'a>>(self, map: A) -> Result<Mixed<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Mixed::Object)
            }
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

impl<T> Mixed<T> {
    /// The text or the number that it is.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// A line or a column: a whole number from 1, or 0 for whatever else stands there. A tool that miscounts a column is no reason
/// to do without its findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Position(pub(crate) u32);

impl<'a> Deserialize<'a> for Position {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'a> Visitor<'a> for Reader {
            type Value = Position;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a line or a column")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Position, E> {
                Ok(Position(u32::try_from(number).unwrap_or_default()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Position, E> {
                Ok(Position(u32::try_from(number).unwrap_or_default()))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Position, E> {
                Ok(Position(0))
            }

            fn visit_unit<E>(self) -> Result<Position, E> {
                Ok(Position(0))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// The first names at the top of the first document in a text, or of the first object in it if it is an array.
pub(crate) fn names(text: &str) -> Vec<String> {
    let first = serde_json::Deserializer::from_str(text).into_iter::<Names>().next();
    match first {
        Some(Ok(Names(names))) if bounded(text).is_ok() => names,
        _ => Vec::new(),
    }
}

/// The names of an object, or of the first one in an array. What they stand for is skipped.
struct Names(Vec<String>);

impl<'a> Deserialize<'a> for Names {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        /// More names than a format has.
        const MOST: usize = 64;
        struct Reader;
        impl<'a> Visitor<'a> for Reader {
            type Value = Names;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object, or an array of objects")
            }

            fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = map.next_entry()? {
                    if names.len() < MOST {
                        names.push(name);
                    }
                }
                Ok(Names(names))
            }

            fn visit_seq<A: SeqAccess<'a>>(self, mut sequence: A) -> Result<Names, A::Error> {
                let first = sequence.next_element()?;
                while sequence.next_element::<IgnoredAny>()?.is_some() {}
                Ok(first.unwrap_or(Names(Vec::new())))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::{Pairs, Position, names, read};

    #[test]
    fn what_is_nested_too_deeply_is_refused_wherever_it_stands() {
        let nested = "[".repeat(200_000);
        let told = |text: &str| read::<Pairs<serde::de::IgnoredAny>>(text).unwrap_err().to_string();
        assert_eq!(told(&format!("{{\"a\":{nested}")), "byte 132: more than 127 brackets are open");
        assert!(read::<Pairs<String>>(&format!("{{\"a\":\"\\\"{nested}\"}}")).is_ok());
    }

    #[test]
    fn what_takes_much_more_room_than_it_has_bytes_is_refused() {
        let told = |number: usize| read::<serde::de::IgnoredAny>(&format!("[{}{{}}]", "{},".repeat(number))).err();
        assert_eq!(told(3_999_998), None);
        let refused = told(3_999_999).unwrap().to_string();
        assert_eq!(refused, "byte 11999999: more than 4000000 objects and lists");
    }

    #[test]
    fn an_end_in_the_middle_is_told_as_such() {
        let told = |text: &str| read::<Pairs<u32>>(text).unwrap_err().to_string();
        assert_eq!(told("{\"a\": 1,"), "line 1, column 8: the report ends in the middle");
        assert_eq!(told("{\n\"a\": \"b\"}"), "line 2, column 8: invalid type: string \"b\", expected u32");
        assert_eq!(told("{} {}"), "line 1, column 4: trailing characters");
    }

    #[test]
    fn a_name_that_stands_there_twice_is_kept_twice() {
        assert_eq!(read::<Pairs<u32>>(r#"{"a": 1, "a": 2}"#).unwrap().0, [("a".to_owned(), 1), ("a".to_owned(), 2)]);
    }

    #[test]
    fn a_position_is_a_number_or_nothing() {
        let positions: Vec<Position> = read("[3, 0, -1, 1.5, null, 99999999999]").unwrap();
        assert_eq!(positions.iter().map(|position| position.0).collect::<Vec<_>>(), [3, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn the_names_of_the_first_object_are_found() {
        assert_eq!(names(r#"[{"a": [], "b": 1}, 2]"#), ["a", "b"]);
        assert_eq!(names("{\"type\": 1}\n{\"other\": 2}"), ["type"]);
        assert_eq!(names("[]"), Vec::<String>::new());
        assert_eq!(names("{\"a\""), Vec::<String>::new());
    }
}
