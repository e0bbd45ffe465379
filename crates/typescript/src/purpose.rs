//! What a file is there for, by its path.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// Whether a file's code runs in production: no test, no configuration of a tool, no script for people.
#[must_use]
pub fn is_production(path: &str) -> bool {
    const FOLDERS: [&str; 9] =
        ["scripts", "script", "seeds", "seed", "fixtures", "examples", "cli", "bin", ".storybook"];
    const WORDS: [&str; 4] = ["seed", "cli", "script", "setup"];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    let is_tool = is_configuration(name) || WORDS.contains(&stem);
    !is_test(path) && !is_generated(path) && !is_tool && !folders.split('/').any(|folder| FOLDERS.contains(&folder))
}

/// Whether a file's name is that of a tool's settings: `next.config.ts`, `vitest.config.mts`, `.eslintrc.js`, `jest.setup.ts`,
/// `gulpfile.js`, `next-env.ts`.
#[must_use]
pub fn is_configuration(name: &str) -> bool {
    let words: Vec<&str> = name.split('.').collect();
    let has = |word: &str| words.iter().skip(1).any(|one| *one == word);
    has("config")
        || has("setup")
        || has("workspace")
        || name.starts_with('.')
        || name.starts_with("next-env")
        || matches!(words.first(), Some(&("gulpfile" | "Gruntfile" | "jest-setup" | "vitest-setup")))
}

/// Whether a file is there for tests, stories or mocks only.
#[must_use]
pub fn is_test(path: &str) -> bool {
    const FOLDERS: [&str; 10] =
        ["__tests__", "__test__", "__mocks__", "__fixtures__", "test", "tests", "e2e", "spec", "cypress", "playwright"];
    const WORDS: [&str; 9] = ["test", "tests", "spec", "e2e", "cy", "stories", "story", "mock", "bench"];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    folders.split('/').any(|folder| FOLDERS.contains(&folder))
        || name.split('.').skip(1).any(|word| WORDS.contains(&word))
}

/// Whether a program wrote a file, by its path.
#[must_use]
pub fn is_generated(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_folder = |folder| matches!(folder, "generated" | "__generated__" | ".generated");
    folders.split('/').any(is_folder) || name.split('.').skip(1).any(|word| matches!(word, "generated" | "gen"))
}

/// The folder of Supabase's Edge Functions that a file lies in, which are deployed by themselves: `supabase/functions`, wherever it is.
#[must_use]
pub fn edge_functions(path: &str) -> Option<&str> {
    const FOLDER: &str = "supabase/functions";
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(FOLDER));
    FINDER.find_iter(path.as_bytes()).find_map(|start| {
        let (folder, inner) = path.split_at_checked(start + FOLDER.len())?;
        let is_whole = start == 0 || folder.get(..start)?.ends_with('/');
        (is_whole && inner.starts_with('/')).then_some(folder)
    })
}

/// The name of a file without its folders.
#[must_use]
pub fn file_name(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).and_then(|end| path.get(end + 1..)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::edge_functions;

    #[test]
    fn edge_functions_lie_in_a_folder_of_their_own() {
        for (path, folder) in [
            ("supabase/functions/pay/index.ts", Some("supabase/functions")),
            ("apps/api/supabase/functions/_shared/env.ts", Some("apps/api/supabase/functions")),
            ("my-supabase/functions/pay.ts", None),
            ("my-supabase/functions/supabase/functions/pay.ts", Some("my-supabase/functions/supabase/functions")),
            ("supabase/functions.ts", None),
            ("supabase/migrations/a.ts", None),
        ] {
            assert_eq!(edge_functions(path), folder, "{path}");
        }
    }
}
