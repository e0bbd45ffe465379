//! Regular expressions of JavaScript, as far as they describe a set of paths: without back references, word boundaries
//! and look-behind.
//!
//! Paths arrive percent-encoded, so characters are ASCII: a set of them is a `u128`.

use super::PatternError;

/// A set of ASCII characters: bit `n` is the character `n`.
pub(crate) type Set = u128;

/// A regular expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// One character of these.
    Set(Set),
    /// One after the other.
    Sequence(Vec<Node>),
    /// One of them.
    Choice(Vec<Node>),
    /// Again and again.
    Repeat {
        /// What.
        node: Box<Node>,
        /// At least so often.
        least: u32,
        /// At most so often.
        most: Option<u32>,
    },
    /// `(?=…)` and `(?!…)`.
    Ahead {
        /// What follows.
        node: Box<Node>,
        /// Whether it must not.
        is_negative: bool,
    },
    /// `^`.
    Start,
    /// `$`.
    End,
}

/// How deep groups may lie in each other.
const DEPTH: u32 = 100;

pub(crate) const DIGIT: Set = range('0', '9');
pub(crate) const WORD: Set = range('a', 'z') | range('A', 'Z') | DIGIT | single('_');
pub(crate) const SPACE: Set = range('\t', '\r') | single(' ');
pub(crate) const ANY: Set = !(single('\n') | single('\r'));

/// The set of this character; empty where it isn't ASCII, because a path never holds it.
pub(crate) const fn single(character: char) -> Set {
    if character.is_ascii() { 1 << character as u32 } else { 0 }
}

/// The characters from one to another, both included.
pub(crate) const fn range(first: char, last: char) -> Set {
    let last = if last.is_ascii() { last as u32 } else { 127 };
    let first = first as u32;
    if first > last {
        return 0;
    }
    (Set::MAX >> (127 - last)) & (Set::MAX << first)
}

/// The set with each letter in both cases.
fn fold(set: Set) -> Set {
    let upper = set & range('A', 'Z');
    let lower = set & range('a', 'z');
    set | (upper << 32) | (lower >> 32)
}

/// Reads a regular expression. `ignores_case` is the flag `i`.
pub(crate) fn parse(text: &str, ignores_case: bool) -> Result<Node, PatternError> {
    let mut parser = Parser { characters: text.chars().peekable(), ignores_case, depth: 0 };
    let node = parser.choice()?;
    match parser.characters.next() {
        None => Ok(node),
        Some(_) => Err(PatternError::Regex { what: "a `)` without `(`" }),
    }
}

struct Parser<'a> {
    characters: std::iter::Peekable<std::str::Chars<'a>>,
    ignores_case: bool,
    depth: u32,
}

impl Parser<'_> {
    fn choice(&mut self) -> Result<Node, PatternError> {
        let mut choices = vec![self.sequence()?];
        while self.characters.next_if_eq(&'|').is_some() {
            choices.push(self.sequence()?);
        }
        Ok(match choices.len() {
            1 => choices.remove(0),
            _ => Node::Choice(choices),
        })
    }

    fn sequence(&mut self) -> Result<Node, PatternError> {
        let mut nodes = Vec::new();
        while let Some(character) = self.characters.next_if(|next| !matches!(next, '|' | ')')) {
            let node = self.atom(character)?;
            nodes.push(self.quantified(node)?);
        }
        Ok(Node::Sequence(nodes))
    }

    fn atom(&mut self, character: char) -> Result<Node, PatternError> {
        Ok(match character {
            '^' => Node::Start,
            '$' => Node::End,
            '.' => Node::Set(ANY),
            '[' => self.class()?,
            '(' => self.group()?,
            '\\' => {
                let set = Self::escaped(&mut self.characters)?;
                self.set(set)
            }
            '*' | '+' | '?' => return Err(PatternError::Regex { what: "a quantifier that follows nothing" }),
            '{' | '}' | ']' => return Err(PatternError::Regex { what: "a brace or bracket without `\\`" }),
            other => self.set(single(other)),
        })
    }

    fn set(&self, set: Set) -> Node {
        Node::Set(if self.ignores_case { fold(set) } else { set })
    }

    fn quantified(&mut self, node: Node) -> Result<Node, PatternError> {
        let (least, most) = match self.characters.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.characters.next();
                let bounds = self.bounds()?;
                return self.repeat(node, bounds);
            }
            _ => return Ok(node),
        };
        self.characters.next();
        self.repeat(node, (least, most))
    }

    fn repeat(&mut self, node: Node, (least, most): (u32, Option<u32>)) -> Result<Node, PatternError> {
        if matches!(node, Node::Start | Node::End) {
            return Err(PatternError::Regex { what: "a quantifier after `^` or `$`" });
        }
        // A lazy quantifier finds another match first, but the same paths match.
        self.characters.next_if_eq(&'?');
        if matches!(self.characters.peek(), Some('*' | '+' | '?' | '{')) {
            return Err(PatternError::Regex { what: "two quantifiers in a row" });
        }
        Ok(Node::Repeat { node: Box::new(node), least, most })
    }

    fn bounds(&mut self) -> Result<(u32, Option<u32>), PatternError> {
        let wrong = PatternError::Regex { what: "a `{` that is no quantifier" };
        let Some(least) = self.number() else { return Err(wrong) };
        let most = if self.characters.next_if_eq(&',').is_some() { self.number() } else { Some(least) };
        if self.characters.next() != Some('}') || most.is_some_and(|most| most < least) {
            return Err(wrong);
        }
        Ok((least, most))
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = None;
        while let Some(digit) = self.characters.peek().and_then(|next| next.to_digit(10)) {
            self.characters.next();
            number = Some(number.unwrap_or(0_u32).saturating_mul(10).saturating_add(digit));
        }
        number
    }

    fn group(&mut self) -> Result<Node, PatternError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(PatternError::TooLarge);
        }
        let mut ahead = None;
        if self.characters.next_if_eq(&'?').is_some() {
            match self.characters.next() {
                Some(':') => {}
                Some('=') => ahead = Some(false),
                Some('!') => ahead = Some(true),
                Some('<') if !matches!(self.characters.peek(), Some('=' | '!')) => {
                    while self.characters.next().is_some_and(|next| next != '>') {}
                }
                Some('<') => return Err(PatternError::Regex { what: "a look-behind" }),
                _ => return Err(PatternError::Regex { what: "a group that begins with `(?` and an unknown letter" }),
            }
        }
        let node = self.choice()?;
        if self.characters.next() != Some(')') {
            return Err(PatternError::Regex { what: "a `(` that is not closed" });
        }
        self.depth -= 1;
        Ok(match ahead {
            Some(is_negative) => Node::Ahead { node: Box::new(node), is_negative },
            None => node,
        })
    }

    fn class(&mut self) -> Result<Node, PatternError> {
        let is_negated = self.characters.next_if_eq(&'^').is_some();
        let unclosed = PatternError::Regex { what: "a `[` that is not closed" };
        let mut set = 0;
        loop {
            let Some(first) = self.characters.next() else { return Err(unclosed) };
            if first == ']' {
                break;
            }
            let (first_set, first) = self.class_atom(first)?;
            let mut rest = self.characters.clone();
            let is_range = rest.next() == Some('-') && rest.next().is_some_and(|next| next != ']');
            if !is_range {
                set |= first_set;
                continue;
            }
            self.characters.next();
            let Some(last) = self.characters.next() else { return Err(unclosed) };
            let (last_set, last) = self.class_atom(last)?;
            set |= match (first, last) {
                (Some(first), Some(last)) if first > last => {
                    return Err(PatternError::Regex { what: "a range out of order" });
                }
                (Some(first), Some(last)) => range(first, last),
                _ => first_set | last_set | single('-'),
            };
        }
        if self.ignores_case {
            set = fold(set);
        }
        Ok(Node::Set(if is_negated { !set } else { set }))
    }

    /// What a character of a class adds, and the character itself where it is one.
    fn class_atom(&mut self, character: char) -> Result<(Set, Option<char>), PatternError> {
        if character != '\\' {
            return Ok((single(character), Some(character)));
        }
        if self.characters.next_if_eq(&'b').is_some() {
            return Ok((single('\u{8}'), Some('\u{8}')));
        }
        let set = Self::escaped(&mut self.characters)?;
        let is_one = set.count_ones() == 1;
        Ok((set, if is_one { char::from_u32(set.trailing_zeros()) } else { None }))
    }

    fn escaped(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Set, PatternError> {
        Ok(match characters.next() {
            Some('d') => DIGIT,
            Some('D') => !DIGIT,
            Some('w') => WORD,
            Some('W') => !WORD,
            Some('s') => SPACE,
            Some('S') => !SPACE,
            Some('n') => single('\n'),
            Some('r') => single('\r'),
            Some('t') => single('\t'),
            Some('f') => single('\u{c}'),
            Some('v') => single('\u{b}'),
            Some(other) if !other.is_ascii_alphanumeric() => single(other),
            Some(_) => {
                return Err(PatternError::Regex { what: "a `\\` before a letter or digit that isn't followed here" });
            }
            None => return Err(PatternError::Regex { what: "a `\\` at the end" }),
        })
    }
}
