//! The parser is recursive, and a file decides how deep. This says how much stack a text can need at most, so that no file can
//! end the process.

/// What any thread that parses has left, in bytes: half of what threads have by default.
const LEFT: usize = 1 << 20;

/// What a thread of its own may have, in bytes. Only what is used of it becomes memory.
const MOST: usize = 512 << 20;

/// What one bracket takes at most, in bytes, and what any other sign or word takes: measured over all forms that nest, by
/// halving the depth until it fits, and a third added. Builds that were not optimized take more.
const BRACKET: usize = if cfg!(debug_assertions) { 8192 } else { 2560 };
const OTHER: usize = if cfg!(debug_assertions) { 2048 } else { 768 };

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
        if source.len() <= LEFT / BRACKET {
            return Self::Here;
        }
        match most(source) {
            needed if needed <= LEFT => Self::Here,
            needed if needed <= MOST => Self::Own(needed.saturating_add(LEFT)),
            _ => Self::TooMuch,
        }
    }
}

/// Whatever the nesting is: each level takes at least one of these.
fn most(source: &str) -> usize {
    let (mut brackets, mut others) = (0_usize, 0_usize);
    let mut after_word = false;
    for byte in source.bytes() {
        let is_word = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$';
        match byte {
            b'(' | b'[' | b'{' | b'<' => brackets += 1,
            b')' | b']' | b'}' | b';' | b',' | b'"' | b'\'' => {}
            // `new new name`
            b' ' | b'\t' | b'\r' | b'\n' => others += usize::from(after_word),
            _ => others += usize::from(!is_word),
        }
        after_word = is_word;
    }
    brackets.saturating_mul(BRACKET).saturating_add(others.saturating_mul(OTHER))
}

#[cfg(test)]
mod tests {
    use super::{BRACKET, LEFT, MOST, OTHER, Stack};

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
    fn code_that_may_be_too_deep_for_any_thread_is_parsed_nowhere() {
        assert_eq!(Stack::of(&"[".repeat(MOST / BRACKET + 1)), Stack::TooMuch);
    }
}
