//! The patterns of `include` and `exclude` of a configuration, asked of folders.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::path::{below, join};

/// Files that stand for the code of a folder.
const NAMES: [&str; 3] = ["_.ts", "_.tsx", "_.js"];

/// Some of [`NAMES`], a bit each.
type Names = u8;

/// What nearly all patterns say, is known without a look at the path's letters: everything below a folder, or everything there
/// with one ending.
#[derive(Debug)]
pub(super) struct Patterns {
    below: Vec<(String, Names)>,
    others: GlobSet,
}

impl Patterns {
    /// A name without a star or a dot is a folder.
    pub(super) fn new(written: impl Iterator<Item = String>) -> Self {
        let (mut folders, mut set) = (Vec::new(), GlobSetBuilder::new());
        for pattern in written {
            let last = pattern.rsplit('/').next().unwrap_or_default();
            let pattern = match last {
                "" => "**/*".to_owned(),
                "**" => format!("{pattern}/*"),
                last if last.contains(['.', '*', '?']) => pattern,
                _ => format!("{pattern}/**/*"),
            };
            match in_folder(&pattern) {
                Some((_, 0)) => {}
                Some((folder, some)) => folders.push((folder.to_owned(), some)),
                None => {
                    if let Ok(glob) =
                        GlobBuilder::new(&escaped(&pattern)).literal_separator(true).backslash_escape(true).build()
                    {
                        set.add(glob);
                    }
                }
            }
        }
        Self { below: folders, others: set.build().unwrap_or_else(|_| GlobSet::empty()) }
    }

    /// Which of the names a folder may hold.
    pub(super) fn some_of(&self, folder: &str) -> Names {
        let around = self.below.iter().filter(|(above, _)| below(above, folder).is_some());
        let mut some = around.fold(0, |all, (_, some)| all | some);
        if !self.others.is_empty() {
            for (bit, name) in NAMES.iter().enumerate() {
                some |= Names::from(some & (1 << bit) != 0 || self.others.is_match(join(folder, name))) << bit;
            }
        }
        some
    }
}

/// The folder below which a pattern means all files of some names: `src/**/*`, `**/*.ts`.
fn in_folder(pattern: &str) -> Option<(&str, Names)> {
    let (folder, last) = match pattern.strip_prefix("**/") {
        Some(last) => ("", last),
        None => pattern.split_once("/**/")?,
    };
    let ending = last.strip_prefix('*')?;
    if folder.contains(['*', '?']) || ending.contains(['*', '?', '/']) {
        return None;
    }
    let some = NAMES.iter().enumerate().map(|(bit, name)| Names::from(name.ends_with(ending)) << bit);
    Some((folder, some.fold(0, |all, one| all | one)))
}

/// Only stars and question marks have a meaning here; a folder may be named `[id]` or `{a}`.
fn escaped(pattern: &str) -> String {
    let is_other = |letter| matches!(letter, '[' | ']' | '{' | '}' | '\\');
    pattern.chars().flat_map(|letter| is_other(letter).then_some('\\').into_iter().chain([letter])).collect()
}

#[cfg(test)]
mod tests {
    use globset::GlobBuilder;
    use proptest::prelude::*;

    use super::{NAMES, Patterns, escaped};

    fn some(patterns: &[&str], folder: &str) -> u8 {
        Patterns::new(patterns.iter().map(|pattern| (*pattern).to_owned())).some_of(folder)
    }

    #[test]
    fn usual_patterns_mean_what_lies_below() {
        assert_eq!(some(&["**/*"], ""), 0b111);
        assert_eq!(some(&["src"], "src"), 0b111);
        assert_eq!(some(&["src"], "src/a/[id]"), 0b111);
        assert_eq!(some(&["src"], "srcs"), 0);
        assert_eq!(some(&["src/**/*.ts", "src/**/*.js"], "src/a"), 0b101);
        assert_eq!(some(&["a/[id]/**"], "a/[id]/b"), 0b111);
        assert_eq!(some(&["next-env.d.ts", "src/**/*.d.ts"], "src"), 0);
    }

    #[test]
    fn others_are_matched_as_they_stand() {
        assert_eq!(some(&["src/*"], "src"), 0b111);
        assert_eq!(some(&["src/*"], "src/a"), 0);
        assert_eq!(some(&["**/test/**/*", "*/b/_.ts"], "a/test/c"), 0b111);
        assert_eq!(some(&["**/test/**/*", "*/b/_.ts"], "a/b"), 0b001);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn what_is_known_without_a_look_is_what_a_look_would_tell(
            folders in "([ab]|[ab][ab]|\\[a\\]|\\*|\\*\\*|\\?)(/([ab]|\\[a\\]|\\*|\\*\\*|\\?)){0,2}",
            last in "(/\\*\\*)?/(\\*|\\*\\.ts|\\*\\.tsx|\\*\\.js|\\*s|\\*\\.d\\.ts|\\*_\\.ts|_\\.ts|\\*\\.\\*|\\*\\.t\\?)",
            folder in "([ab]|[ab][ab]|\\[a\\])(/([ab]|\\[a\\])){0,3}",
        ) {
            let pattern = format!("{folders}{last}");
            let glob = GlobBuilder::new(&escaped(&pattern)).literal_separator(true).backslash_escape(true).build().unwrap();
            let matcher = glob.compile_matcher();
            let bits = NAMES.iter().enumerate().map(|(bit, name)| u8::from(matcher.is_match(format!("{folder}/{name}"))) << bit);
            prop_assert_eq!(some(&[&pattern], &folder), bits.sum::<u8>(), "{} {}", pattern, folder);
        }
    }
}
