//! Numbers and lists, as people write them.

/// `1 route`, `2 routes`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `a`, `a or b`, `a, b or c`.
pub(crate) fn list(items: impl IntoIterator<Item = String>, last: &str) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    match items.pop() {
        None => String::new(),
        Some(only) if items.is_empty() => only,
        Some(end) => format!("{} {last} {end}", items.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{count, list};

    #[test]
    fn numbers_and_lists_read_well() {
        assert_eq!([count(0, "route"), count(1, "route"), count(2, "route")], ["0 routes", "1 route", "2 routes"]);
        let of = |items: &[&str]| list(items.iter().map(ToString::to_string), "or");
        assert_eq!([of(&[]), of(&["a"]), of(&["a", "b"]), of(&["a", "b", "c"])], ["", "a", "a or b", "a, b or c"]);
    }
}
