//! Numbers and lists, as people write them.

/// `1 route`, `2 routes`, `2 advisories`. A noun that ends with `y` has a consonant before it.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    match noun.strip_suffix('y') {
        _ if number == 1 => format!("1 {noun}"),
        Some(stem) => format!("{number} {stem}ies"),
        None => format!("{number} {noun}s"),
    }
}

/// All that there is: `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn all_of<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    joined(items, "and")
}

/// A choice: `a`, `a or b`, `a, b or c`.
#[must_use]
pub fn one_of<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    joined(items, "or")
}

fn joined<T: AsRef<str>>(items: impl IntoIterator<Item = T>, last: &str) -> String {
    let items: Vec<T> = items.into_iter().collect();
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => items.concat(),
    }
}

/// The first few of many: `a, b, c, d, e and 3 more`.
#[must_use]
pub fn first_of<T: AsRef<str>>(items: &[T]) -> String {
    const SHOWN: usize = 5;
    let shown = items.iter().take(SHOWN).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match items.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The words of a name in lower case, however they are joined: `accessToken`, `access_token`, `ACCESS-TOKEN`.
#[must_use]
pub fn of_name(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    for character in name.chars() {
        let is_new = match before {
            None => true,
            Some(last) if !char::is_alphanumeric(last) => true,
            Some(last) => char::is_uppercase(character) && !char::is_uppercase(last),
        };
        before = Some(character);
        if !character.is_alphanumeric() {
            continue;
        }
        match words.last_mut().filter(|_| !is_new) {
            Some(word) => word.extend(character.to_lowercase()),
            None => words.push(character.to_lowercase().collect()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{all_of, count, first_of, of_name, one_of};

    #[test]
    fn names_fall_apart_into_words() {
        for name in ["accessToken", "access_token", "ACCESS_TOKEN", "access-token", "AccessToken"] {
            assert_eq!(of_name(name), ["access", "token"], "{name}");
        }
        assert!(of_name("_").is_empty());
    }

    #[test]
    fn a_number_stands_with_its_noun() {
        assert_eq!([0, 1, 2].map(|number| count(number, "route")), ["0 routes", "1 route", "2 routes"]);
        assert_eq!([1, 2].map(|number| count(number, "advisory")), ["1 advisory", "2 advisories"]);
    }

    #[test]
    fn a_list_ends_with_a_word() {
        let lists: [&[&str]; 4] = [&[], &["a"], &["a", "b"], &["a", "b", "c"]];
        assert_eq!(lists.map(all_of), ["", "a", "a and b", "a, b and c"]);
        assert_eq!(lists.map(one_of), ["", "a", "a or b", "a, b or c"]);
    }

    #[test]
    fn of_many_the_first_are_shown() {
        let letters = ["a", "b", "c", "d", "e", "f", "g"];
        assert_eq!(
            [0, 1, 5, 6, 7].map(|most| first_of(&letters[..most])),
            ["", "a", "a, b, c, d, e", "a, b, c, d, e and 1 more", "a, b, c, d, e and 2 more"]
        );
    }
}
