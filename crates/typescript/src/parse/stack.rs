//! The parser is recursive, and a file decides how deep. This says how much stack a text can need at most, so that no file can
//! end the process.

use std::cell::Cell;

/// What any thread that parses has left, in bytes: half of what threads have by default.
const LEFT: usize = 1 << 20;

/// The same of threads that are made for parsing, and what those have in all. Only what is used of it becomes memory.
const LEFT_OF_OURS: usize = 24 << 20;
pub(super) const OURS: usize = 32 << 20;

thread_local! {
    static HERE: Cell<usize> = const { Cell::new(LEFT) };
}

/// Says that this thread was made with a stack of [`OURS`].
pub(super) fn is_ours() {
    HERE.set(LEFT_OF_OURS);
}

/// What a thread of its own may have, in bytes. Only what is used of it becomes memory.
const MOST: usize = 512 << 20;

/// What one bracket takes at most, in bytes, and what any other sign or word takes: measured over all forms that nest, by
/// halving the depth until it fits, and a third added. Builds that were not optimized take more.
const BRACKET: u16 = if cfg!(debug_assertions) { 8192 } else { 2560 };
const OTHER: u16 = if cfg!(debug_assertions) { 2048 } else { 768 };

/// Where a text can be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stack {
    /// On any thread.
    Here,
    /// On a thread with so many bytes.
    Own(usize),
    /// Nowhere.
    TooMuch,
}

impl Stack {
    pub(super) fn of(source: &str) -> Self {
        let here = HERE.get();
        if source.len() <= here / usize::from(BRACKET) || roughly(source) <= here {
            return Self::Here;
        }
        match most(source) {
            needed if needed <= here => Self::Here,
            needed if needed <= MOST => Self::Own(needed.saturating_add(LEFT)),
            _ => Self::TooMuch,
        }
    }
}

/// No less than [`most`], and no byte waits for the one before it.
fn roughly(source: &str) -> usize {
    source.bytes().filter_map(|byte| AFTER_WORD.get(usize::from(byte))).map(|entry| usize::from(entry >> 1)).sum()
}

/// Whatever the nesting is: each level takes at least one of these. In bytes.
fn most(source: &str) -> usize {
    let mut most = 0_usize;
    let mut row = &AFTER_OTHERS;
    for byte in source.bytes() {
        let Some(entry) = row.get(usize::from(byte)) else { continue };
        most += usize::from(entry >> 1);
        row = if entry & 1 == 1 { &AFTER_WORD } else { &AFTER_OTHERS };
    }
    most
}

/// What each byte costs, and in the lowest bit whether it belongs to a word. Tables, since this looks at every byte of every
/// file.
static AFTER_OTHERS: [u16; 256] = costs(0);
/// The same after a word, where a blank may part two: `new new name`.
static AFTER_WORD: [u16; 256] = costs(OTHER);

#[allow(clippy::indexing_slicing, reason = "an array with a place for each byte, filled while compiling")]
const fn costs(blank: u16) -> [u16; 256] {
    let mut costs = [OTHER << 1; 256];
    let mut byte = 0_u8;
    while byte < u8::MAX {
        costs[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' => 1,
            b' ' | b'\t' | b'\r' | b'\n' => blank << 1,
            b'(' | b'[' | b'{' | b'<' => BRACKET << 1,
            // These part what is side by side.
            b')' | b']' | b'}' | b';' | b',' | b'"' | b'\'' => 0,
            _ => OTHER << 1,
        };
        byte += 1;
    }
    costs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LEFT, MOST, Stack, most, roughly};

    const BRACKET: usize = super::BRACKET as usize;
    const OTHER: usize = super::OTHER as usize;

    #[test]
    fn ordinary_code_is_parsed_where_it_is() {
        assert_eq!(Stack::of("export const a = 1;\n"), Stack::Here);
        let words = "word\n".repeat(LEFT / OTHER);
        assert_eq!(Stack::of(&words), Stack::Here);
        assert_eq!(Stack::of(&"a".repeat(MOST / OTHER)), Stack::Here);
    }

    #[test]
    fn code_that_may_be_deep_has_a_thread_of_its_own() {
        let brackets = LEFT / BRACKET + 1;
        assert_eq!(Stack::of(&"[".repeat(brackets)), Stack::Own(brackets * BRACKET + LEFT));
        let words = LEFT / OTHER + 1;
        assert_eq!(Stack::of(&"new ".repeat(words)), Stack::Own(words * OTHER + LEFT));
    }

    #[test]
    fn a_thread_that_was_made_for_parsing_takes_what_is_deeper() {
        let brackets = "[".repeat(LEFT / BRACKET + 1);
        assert_ne!(Stack::of(&brackets), Stack::Here);
        let ours = std::thread::spawn(move || {
            super::is_ours();
            Stack::of(&brackets)
        });
        assert_eq!(ours.join().unwrap(), Stack::Here);
    }

    #[test]
    fn code_that_may_be_too_deep_for_any_thread_is_parsed_nowhere() {
        assert_eq!(Stack::of(&"[".repeat(MOST / BRACKET + 1)), Stack::TooMuch);
    }

    proptest! {
        #[test]
        fn a_rough_look_never_says_less(text in "\\PC{0,40}|[a-z $\\n(\\[{<>}\\]);,.'\"+-]{0,80}") {
            prop_assert!(roughly(&text) >= most(&text));
        }
    }
}
