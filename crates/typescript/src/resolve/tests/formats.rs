//! The small formats that are read here.

use proptest::prelude::*;

use crate::resolve::json::object;
use crate::resolve::path::{below, join, normal, parent};
use crate::resolve::pnpm::packages;

#[test]
fn the_packages_of_pnpm_are_read_in_the_ways_in_which_they_are_written() {
    for (text, expected) in [
        ("packages:\n  - a\n  - \"b/*\"\n  - '!c' # not c\ncatalog:\n  - d\n", &["a", "b/*", "!c"][..]),
        ("packages:\n- a\n\n# more\n- b\nother: 1\n", &["a", "b"]),
        ("packages: ['a', \"b/**\"] # all\n", &["a", "b/**"]),
        ("packages: [\n  a, # one\n  b,\n]\n", &["a", "b"]),
        ("\u{feff}catalog:\n  packages: 1\n'packages' :\n  - a\n", &["a"]),
        ("packages:\r\n  - a\r\n", &["a"]),
        ("packages: []\n", &[]),
        ("catalog: {}\n", &[]),
        ("", &[]),
    ] {
        assert_eq!(packages(text).expect(text), expected, "{text}");
    }
}

#[test]
fn a_list_that_is_not_understood_is_refused_with_its_line() {
    let hint = "is not understood: write `packages` as a list of quoted patterns, one a line";
    for (text, line) in [
        ("a: 1\npackages: a\n", 2),
        ("packages: [a\n", 1),
        ("packages:\n  - a\n  - *all\n", 3),
        ("packages:\n  - !c\n", 2),
        ("packages:\n  - \"a\\tb\"\n", 2),
        ("packages:\n  - 'a\n", 2),
        ("packages:\n  a: b\n", 2),
        ("packages:\n  - a: b\n", 2),
        ("packages: >\n  a\n", 1),
    ] {
        assert_eq!(packages(text).expect_err(text), format!("line {line} {hint}"), "{text}");
    }
}

proptest! {
    #[test]
    fn quoted_patterns_come_back_as_they_are(patterns in prop::collection::vec("[a-z@*!./#: -]{1,12}", 0..6), flow in any::<bool>()) {
        // The short form knows neither commas nor the beginnings of comments within quotes.
        let text = if flow {
            format!("packages: [{}]\n", patterns.iter().map(|pattern| format!("'{pattern}'")).collect::<Vec<_>>().join(", "))
        } else {
            patterns.iter().fold("packages:\n".to_owned(), |text, pattern| text + &format!("  - \"{pattern}\"\n"))
        };
        prop_assume!(!flow || patterns.iter().all(|pattern| !pattern.contains(" #")));
        prop_assert_eq!(packages(&text), Ok(patterns));
    }

    #[test]
    fn no_text_is_too_odd_to_be_read(text in "(packages: ?)?[\\[\\]{}'\"#,\\\\/*\n a:-]{0,40}|\\PC{0,40}") {
        let _ = packages(&text);
        let _ = object(&text);
    }

    #[test]
    fn a_normal_path_is_below_the_root(folder in "([a-c]{1,2}/){0,3}[a-c]", written in "(\\.\\./|\\./|[a-c]/|/){0,6}[a-c]{0,2}") {
        let steps_up = written.split('/').filter(|part| *part == "..").count();
        match normal(&folder, &written) {
            Some(path) => {
                prop_assert!(path.is_empty() || path.split('/').all(|part| !matches!(part, "" | "." | "..")), "{}", path);
                prop_assert_eq!(normal("", &path), Some(path.clone()));
                let (in_folder, in_path) = (join(&folder, "x"), join(&path, "x"));
                prop_assert_eq!(below(&folder, &in_folder), Some("x"));
                prop_assert_eq!(parent(&in_path), path);
            }
            None => prop_assert!(steps_up > folder.split('/').count()),
        }
    }
}
