//! `name<(value = …` may begin type arguments or a comparison. The parser tries the first, and where that fails, it goes back
//! and reads the same text as the second; within that, each nested one again. This says how often, before a text is parsed.

use std::mem;

use memchr::memchr;

/// What a text may cost, in bytes to read, some of them many times: this, and so much for each of its own. What people write
/// costs up to 24 times its length where that is short, and 4 times where it is long.
const MOST: u64 = 1 << MOST_BITS;
const MOST_BITS: u32 = 26;
const EACH_BYTE: u64 = 16;

/// Whether a TypeScript text can be parsed in a time that its length allows. Strings and comments count like code, since only
/// parsing tells them apart.
pub(super) fn is_bounded(source: &str) -> bool {
    let most = source.len() as u64 * EACH_BYTE + MOST;
    let mut cost = 0_u64;
    let mut rest = source.as_bytes();
    while let Some((_, from)) = memchr(b'<', rest).and_then(|start| rest.split_at_checked(start)) {
        let mut open = Open::default();
        let mut before = 0;
        let mut bytes = from.iter();
        while let Some(&byte) = bytes.next() {
            match byte {
                b'<' if bytes.as_slice().first() != Some(&b'=') => open.angle(),
                b'>' if before != b'=' => open.close_angle(),
                b'(' | b'[' | b'{' => open.bracket(),
                b')' | b']' | b'}' => open.close_bracket(),
                b';' => open.end_statement(),
                _ => {}
            }
            // Nothing that is open here matters to the next `<`, not even a bracket.
            if open.bits == 0 {
                break;
            }
            cost += 1 << open.bits.min(MOST_BITS + 1);
            before = byte;
        }
        if cost > most {
            return false;
        }
        rest = bytes.as_slice();
    }
    true
}

/// What is open at a place of the text.
#[derive(Debug, Default)]
struct Open {
    /// How many `<` are open in each bracket, from the outermost, without the innermost.
    outer: Vec<u32>,
    /// How many are open in the innermost bracket.
    inner: u32,
    /// What reading on can cost: 2 to the power of this.
    bits: u32,
}

impl Open {
    fn angle(&mut self) {
        self.set(self.inner.saturating_add(1));
    }

    fn close_angle(&mut self) {
        self.set(self.inner.saturating_sub(1));
    }

    fn end_statement(&mut self) {
        self.set(0);
    }

    fn bracket(&mut self) {
        self.outer.push(mem::take(&mut self.inner));
    }

    /// What a bracket holds ends with it.
    fn close_bracket(&mut self) {
        self.set(0);
        self.inner = self.outer.pop().unwrap_or_default();
    }

    fn set(&mut self, inner: u32) {
        self.bits = self.bits - bits(self.inner) + bits(inner);
        self.inner = inner;
    }
}

/// What a bracket multiplies, as a power of two. Measured over random nested forms, it was up to 4 times with one `<` in each,
/// and up to 7 with more.
fn bits(angles: u32) -> u32 {
    match angles {
        0 => 0,
        1 => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::is_bounded;

    #[test]
    fn code_that_people_write_is_bounded_whatever_its_length() {
        for code in [
            "for (let i = 0; i < n; i++) { if (a < b && (c < d || e < (f >> 2))) { g<Map<string, Array<[H, (i: I) => J]>>>(i) } }\n",
            "const less = a < b\nconst more = f(() => { const inner = c < d\n return g(() => c < (d + 1)) })\n",
            "<Box<T> on={(event) => { if (event.x < 3) { close({ now: event.y < 4 }) } }}>text <b>bold</b> <br /></Box>\n",
            "export type A<T> = { [K in keyof T]: T[K] extends Array<infer U> ? A<U>[] : B<{ c: C<{ d: D<T> }> }> }\n",
        ] {
            assert!(is_bounded(&code.repeat(2_000)), "{code}");
        }
    }

    #[test]
    fn nested_ambiguities_are_not() {
        for unit in ["(b=v<", "(b=new v<", "v<(b=new v<", "([a=is <", "(b=<a b={v<", "v<[x as y<{", "(a=v<b==>="] {
            assert!(!is_bounded(&unit.repeat(20)), "{unit}");
            assert!(is_bounded(&unit.repeat(3)), "{unit}");
        }
    }

    #[test]
    fn a_few_levels_around_a_long_text_are_not_either() {
        let around = |levels: usize, inside: usize| format!("{}{}", "(b=v<".repeat(levels), "[a],".repeat(inside));
        assert!(is_bounded(&around(7, 100)));
        assert!(!is_bounded(&around(7, 100_000)));
    }
}
