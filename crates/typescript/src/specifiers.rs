//! The modules that a text names, found without parsing it.

use std::sync::LazyLock;

use aho_corasick::{Span, packed};

static WORDS: LazyLock<Option<packed::Searcher>> =
    LazyLock::new(|| packed::Searcher::new(["from", "import", "require"]));

/// All that [`crate::module::Module::specifiers`] gives for this text, and perhaps more: in comments and texts there are words as
/// well. None where only the parser can tell, since something is written in an unusual way.
pub(crate) fn specifiers(text: &str) -> Option<Vec<&str>> {
    let words = WORDS.as_ref()?;
    // A name may be written with escapes, too.
    if memchr::memmem::find(text.as_bytes(), b"\\u").is_some() {
        return None;
    }
    let mut found = Vec::new();
    let mut span = Span::from(0..text.len());
    while let Some(word) = words.find_in(text, span) {
        span.start = word.end();
        let before = word.start().checked_sub(1).and_then(|at| text.as_bytes().get(at));
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')) {
            continue;
        }
        match after(text.get(word.end()..).unwrap_or_default(), word.pattern().as_usize() > 0) {
            After::Specifier(specifier) => found.push(specifier),
            After::Nothing => {}
            After::Unusual => return None,
        }
    }
    Some(found)
}

/// What follows one of the words.
enum After<'t> {
    Specifier(&'t str),
    Nothing,
    Unusual,
}

/// `is_called` says that the word may be a function: `import("a")`, `(require)?.("a")`.
fn after(mut text: &str, is_called: bool) -> After<'_> {
    loop {
        text = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
        let mut letters = text.chars();
        match (letters.next(), letters.next()) {
            (Some('/'), Some('*')) => text = text.split_once("*/").map_or("", |(_, rest)| rest),
            (Some('/'), Some('/')) => {
                text = text.split_once(['\n', '\r', '\u{2028}', '\u{2029}']).map_or("", |(_, rest)| rest);
            }
            (Some(quote @ ('"' | '\'' | '`')), _) => return quoted(text.get(1..).unwrap_or_default(), quote),
            (Some('(' | ')' | '!' | '?'), _) | (Some('.'), Some('(')) if is_called => {
                text = text.get(1..).unwrap_or_default();
            }
            // `import.meta` and `require.resolve("a")` name no module; `import.defer("a")` does.
            (Some('.'), _) if is_called && (text.starts_with(".meta") || text.starts_with(".resolve")) => {
                return After::Nothing;
            }
            (Some('.' | '<'), _) if is_called => return After::Unusual,
            _ if is_called && is_cast(text) => return After::Unusual,
            _ => return After::Nothing,
        }
    }
}

/// `require as Load`
fn is_cast(text: &str) -> bool {
    let word = text.split(|letter: char| !letter.is_ascii_alphanumeric()).next();
    matches!(word, Some("as" | "satisfies"))
}

fn quoted(text: &str, quote: char) -> After<'_> {
    match text.split_once(quote) {
        Some((inside, _)) if inside.contains('\\') => After::Unusual,
        Some((inside, _)) if quote != '`' && inside.contains(['\n', '\r']) => After::Nothing,
        Some((inside, _)) => After::Specifier(inside),
        None => After::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::specifiers;
    use crate::parse::parse;

    #[test]
    fn every_form_of_an_import_is_found() {
        for text in [
            "import a from './x';",
            "import'./x';",
            "import type { A } from \"./x\";",
            "import { a as b, type C } from './x'",
            "import * as a from/* './no' */'./x'",
            "import a // from './no'\n from './x'",
            "import a, { b }from\u{a0}'./x'",
            "export*from'./x'",
            "export * as a from './x'",
            "export { a as 'b c' } from './x'",
            "const a = await import('./x')",
            "const a = import(/* webpackChunkName: \"no\" */ `./x`)",
            "const a = require('./x')",
            "const a = (require)('./x')",
            "const a = require?.('./x')",
            "const a = require!( './x' )",
            "import a = require('./x')",
            "type A = import('./x').A",
        ] {
            let found = specifiers(text).unwrap_or_default();
            assert!(found.contains(&"./x"), "{text}: {found:?}");
        }
    }

    #[test]
    fn what_is_written_in_an_unusual_way_is_left_to_the_parser() {
        for text in [
            "import a from './\\x'",
            "import('./\\x78')",
            "r\\u0065quire('./x')",
            "(require as Load)('./x')",
            "require<A>('./x')",
            "import.defer('./x')",
            "require?. ('./x')",
        ] {
            assert_eq!(specifiers(text), None, "{text}");
        }
    }

    #[test]
    fn words_that_import_nothing_are_passed_over() {
        for text in [
            "Array.from(list)",
            "const x = { from: 'a' }",
            "import.meta.url",
            "require.resolve('./x')",
            "important('./x')",
            "from here 'on'",
        ] {
            assert_eq!(specifiers(text), Some(Vec::new()), "{text}");
        }
    }

    /// What may stand between two words.
    fn gap() -> impl Strategy<Value = &'static str> {
        let gaps = [" ", "\n", "\t", "/**/", "/* from 'no' */", "// import 'no'\n", "\u{a0}", "/*\n*/ ", "  "];
        prop::sample::select(gaps.to_vec())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn nothing_that_the_parser_finds_is_missed(
            lines in prop::collection::vec((0..16_usize, 0..8_usize, prop::collection::vec(gap(), 6)), 1..6),
        ) {
            let forms = [
                "import~a#~from~S;", "import~{~a#~}~from~S;", "import~*~as~a#~from~S;", "import~S;", "import~type~{~A#~}~from~S;",
                "export~*~from~S;", "export~{~b#~}~from~S;", "export~*~as~c#~from~S;", "void~import~(~S~);", "void~require~(~S~);",
                "void~(~require~)~(~S~);", "void~require~?.~(~S~);", "void~(~require as any~)~(~S~);", "void~require!~(~S~);",
                "import~d#~=~require~(~S~);", "void~`${~import~(~S~)~}`;",
            ];
            let quoted = ["'./x'", "\"./y\"", "'@/lib/\u{e9}'", "'./\\x79'", "\"a//b\"", "'./c?raw'", "\"d'e\"", "'/*f'"];
            let mut text = String::new();
            for (number, (form, specifier, gaps)) in lines.iter().enumerate() {
                let mut gaps = gaps.iter().cycle();
                for letter in forms[*form].chars() {
                    match letter {
                        '~' => text.push_str(gaps.next().unwrap()),
                        '#' => text.push_str(&number.to_string()),
                        'S' => text.push_str(quoted[*specifier]),
                        other => text.push(other),
                    }
                }
                text.push('\n');
            }
            let module = parse("a.ts", &text);
            prop_assert_eq!(&module.errors, &vec![], "{}", text);
            if let Some(found) = specifiers(&text) {
                for specifier in module.specifiers() {
                    prop_assert!(found.contains(&specifier.as_str()), "{specifier} of {text}");
                }
            }
        }

        #[test]
        fn any_text_ends(text in "[a-z'\"`/*()<.?!\\\\ \n]{0,40}(from|import|require)[a-z'\"`/*()<.?!\\\\ \n]{0,40}") {
            specifiers(&text);
        }
    }
}
