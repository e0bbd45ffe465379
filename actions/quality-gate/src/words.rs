//! Words with numbers.

/// `1 route`, `2 routes`, `2 advisories`. A noun that ends with `y` has a consonant before it.
pub(crate) fn count(number: usize, noun: &str) -> String {
    match noun.strip_suffix('y') {
        _ if number == 1 => format!("1 {noun}"),
        Some(stem) => format!("{number} {stem}ies"),
        None => format!("{number} {noun}s"),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(parts: impl IntoIterator<Item = String>) -> String {
    let mut parts: Vec<String> = parts.into_iter().collect();
    match (parts.pop(), parts.as_slice()) {
        (None, _) => String::new(),
        (Some(last), []) => last,
        (Some(last), rest) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn lists_and_numbers_read_well() {
        assert_eq!([super::count(1, "gate"), super::count(2, "gate")], ["1 gate", "2 gates"]);
        assert_eq!([super::count(1, "advisory"), super::count(2, "advisory")], ["1 advisory", "2 advisories"]);
        let list = |parts: &[&str]| super::list(parts.iter().map(|part| (*part).to_owned()));
        assert_eq!(
            [list(&[]), list(&["a"]), list(&["a", "b"]), list(&["a", "b", "c"])],
            ["", "a", "a and b", "a, b and c"]
        );
    }
}
