//! Patterns over names with slashes: git references and paths.

/// One step of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    /// Exactly this character.
    Character(char),
    /// Any one character but a slash.
    One,
    /// Any number of characters but slashes.
    Part,
    /// Any number of characters.
    All,
    /// Nothing, or anything that ends with a slash.
    Folders,
}

const WILD: [char; 2] = ['*', '?'];

/// Whether `text` as a whole fits `pattern`, in which `*` stands for anything but a slash, `**` for anything, a leading
/// or inner `**/` for any folders or none, and `?` for one character but a slash. Takes time in proportion to the
/// product of the two lengths.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    // Most texts are told by what stands before the first and after the last wildcard.
    let Some(before) = pattern.find(WILD) else { return pattern == text };
    let begins = pattern.get(..before).is_some_and(|part| text.starts_with(part));
    if !begins || !may_match_an_end(pattern, text) {
        return false;
    }
    let text: Vec<char> = text.chars().collect();
    // `fits[n]`: whether the steps so far fit the first n characters.
    let mut fits: Vec<bool> = std::iter::once(true).chain(text.iter().map(|_| false)).collect();
    for step in steps(pattern) {
        let mut next = Vec::with_capacity(fits.len());
        let mut any_before = false;
        for (length, fit) in fits.iter().enumerate() {
            let last = length.checked_sub(1).and_then(|index| text.get(index)).copied();
            let fit_before = length.checked_sub(1).and_then(|index| fits.get(index)).copied().unwrap_or(false);
            let next_before = next.last().copied().unwrap_or(false);
            any_before |= fit_before;
            next.push(match step {
                Step::Character(wanted) => fit_before && last == Some(wanted),
                Step::One => fit_before && last.is_some_and(|character| character != '/'),
                Step::Part => *fit || (next_before && last.is_some_and(|character| character != '/')),
                Step::All => *fit || next_before,
                Step::Folders => *fit || (any_before && last == Some('/')),
            });
        }
        fits = next;
    }
    fits.last().copied().unwrap_or(false)
}

/// Whether some end of `text` may fit `pattern`, as far as that is told by what stands after the last wildcard.
#[must_use]
pub fn may_match_an_end(pattern: &str, text: &str) -> bool {
    let Some(last) = pattern.rfind(WILD) else { return text.ends_with(pattern) };
    let literal = pattern.get(last + 1..).unwrap_or_default();
    // The slash of `**/` may stand for nothing.
    text.ends_with(literal.strip_prefix('/').unwrap_or(literal))
}

fn steps(pattern: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = pattern;
    let mut at_folder = true;
    while let Some(character) = rest.chars().next() {
        let (step, length) = match character {
            '*' if at_folder && rest.starts_with("**/") => (Step::Folders, 3),
            '*' if rest.starts_with("**") => (Step::All, 2),
            '*' => (Step::Part, 1),
            '?' => (Step::One, 1),
            other => (Step::Character(other), other.len_utf8()),
        };
        at_folder = step == Step::Folders || step == Step::Character('/');
        steps.push(step);
        rest = rest.get(length..).unwrap_or_default();
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::{matches, may_match_an_end};
    use proptest::prelude::*;

    #[test]
    fn a_star_stops_at_a_slash_and_two_do_not() {
        assert!(matches("refs/tags/v*", "refs/tags/v1.0.0"));
        assert!(!matches("refs/tags/v*", "refs/tags/v1/evil"));
        assert!(!matches("refs/tags/v*", "refs/tags/x"));
        assert!(!matches("refs/heads/main", "refs/heads/mainline"));
        assert!(matches("refs/heads/**", "refs/heads/a/b"));
        assert!(matches("v?.?", "v1.2"));
        assert!(!matches("v?", "v/"));
    }

    #[test]
    fn folders_may_be_none() {
        assert!(matches("app/**/route.ts", "app/route.ts"));
        assert!(matches("app/**/route.ts", "app/a/b/route.ts"));
        assert!(!matches("app/**/route.ts", "app/a/xroute.ts"));
        assert!(matches("**/route.ts", "route.ts"));
        assert!(matches("app/**", "app/a/b"));
    }

    #[test]
    fn a_hostile_pattern_is_answered_at_once() {
        assert!(!matches(&"*a".repeat(500), &"a".repeat(400)));
    }

    proptest! {
        #[test]
        fn text_without_signs_fits_only_itself(text in "[a-z/]{0,20}", other in "[a-z/]{0,20}") {
            prop_assert!(matches(&text, &text));
            prop_assert_eq!(matches(&text, &other), text == other);
        }

        #[test]
        fn what_fits_an_end_of_a_text_is_never_passed_over(
            pattern in "[ab/]{0,3}(\\*\\*/|\\*\\*|\\*|\\?)?[ab/]{0,3}",
            text in "[ab/]{0,6}",
            before in "[ab/]{0,3}",
        ) {
            let longer = before + &text;
            prop_assert!(!matches(&pattern, &text) || may_match_an_end(&pattern, &longer));
        }

        #[test]
        fn two_stars_fit_everything(text in ".*") {
            prop_assert!(matches("**", &text));
        }
    }
}
