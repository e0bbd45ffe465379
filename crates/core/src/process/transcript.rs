//! What a program printed, in bounds: the whole of standard output for whoever reads it, and the beginning and the end of both
//! streams for people.

use super::gather::Stream;

/// How much of the beginning and how much of the end is shown, in bytes.
const HEAD: usize = 512 << 10;
const TAIL: usize = 512 << 10;
/// A longer line is broken, so that a program without line breaks cannot fill the memory. In bytes.
const LONGEST_LINE: usize = 64 << 10;

pub(super) struct Transcript {
    head: Vec<u8>,
    tail: Vec<u8>,
    left_out: u64,
    /// The last line of each stream, as long as it has no end.
    open: [Vec<u8>; 2],
    standard_output: Option<Vec<u8>>,
    most: usize,
}

impl Transcript {
    /// Keeps at most so many bytes of standard output for a reader.
    pub(super) fn new(most: usize) -> Self {
        Self {
            head: Vec::new(),
            tail: Vec::new(),
            left_out: 0,
            open: [Vec::new(), Vec::new()],
            standard_output: Some(Vec::new()),
            most,
        }
    }

    /// Adds what a stream printed. Only whole lines of the two are mixed.
    pub(super) fn add(&mut self, stream: Stream, piece: &[u8]) {
        if stream == Stream::Output
            && let Some(kept) = &mut self.standard_output
        {
            if kept.len() + piece.len() > self.most {
                self.standard_output = None;
            } else {
                kept.extend_from_slice(piece);
            }
        }
        let [output, error] = &mut self.open;
        let open = if stream == Stream::Output { output } else { error };
        let (lines, rest) = match piece.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => piece.split_at_checked(end + 1).unwrap_or((piece, &[])),
            None => (&[][..], piece),
        };
        let mut done = Vec::new();
        if !lines.is_empty() {
            done = std::mem::take(open);
        }
        open.extend_from_slice(rest);
        let too_long = (open.len() > LONGEST_LINE).then(|| std::mem::take(open));
        self.keep(&done);
        self.keep(lines);
        if let Some(line) = too_long {
            self.keep(&line);
            self.keep(b"\n");
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = if self.tail.is_empty() && self.left_out == 0 { HEAD.saturating_sub(self.head.len()) } else { 0 };
        let (first, rest) = bytes.split_at_checked(room.min(bytes.len())).unwrap_or((bytes, &[]));
        self.head.extend_from_slice(first);
        self.tail.extend_from_slice(rest);
        if self.tail.len() > 2 * TAIL {
            self.cut_tail();
        }
    }

    fn cut_tail(&mut self) {
        let surplus = self.tail.len().saturating_sub(TAIL);
        self.left_out += self.tail.drain(..surplus).count() as u64;
    }

    /// Whether everything that was printed is shown.
    pub(super) fn is_whole(&self) -> bool {
        self.left_out == 0 && self.tail.len() <= TAIL
    }

    /// What is shown to people, and standard output where it is not too much.
    pub(super) fn finish(mut self) -> (String, Option<Vec<u8>>) {
        for open in std::mem::take(&mut self.open) {
            if !open.is_empty() {
                self.keep(&open);
                self.keep(b"\n");
            }
        }
        if self.tail.len() > TAIL {
            self.cut_tail();
        }
        let mut shown = String::from_utf8_lossy(&self.head).into_owned();
        if self.left_out > 0 {
            // The first line of the rest is not whole.
            let begin = self.tail.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            let left_out = self.left_out + begin as u64;
            if !shown.ends_with('\n') {
                shown.push('\n');
            }
            shown.push_str(&format!("… {left_out} bytes left out …\n"));
            self.tail.drain(..begin);
        }
        shown.push_str(&String::from_utf8_lossy(&self.tail));
        (shown, self.standard_output)
    }
}

#[cfg(test)]
mod tests {
    use super::super::gather::Stream::{Error, Output};
    use super::{HEAD, LONGEST_LINE, TAIL, Transcript};

    #[test]
    fn lines_of_two_streams_are_never_mixed() {
        let mut transcript = Transcript::new(100);
        for (stream, piece) in [(Output, "one "), (Error, "two "), (Output, "line\nrest"), (Error, "lines\n")] {
            transcript.add(stream, piece.as_bytes());
        }
        assert_eq!(transcript.finish(), ("one line\ntwo lines\nrest\n".to_owned(), Some(b"one line\nrest".to_vec())));
    }

    #[test]
    fn what_is_too_long_keeps_its_beginning_and_its_end() {
        let mut transcript = Transcript::new(1_000);
        let line = |number: usize| format!("{number:>9}\n");
        let all = 500_000;
        for number in 0..all {
            transcript.add(Output, line(number).as_bytes());
        }
        let (shown, standard_output) = transcript.finish();
        assert_eq!(standard_output, None);
        assert!(shown.len() < HEAD + TAIL + 100);
        assert!(shown.starts_with(&line(0)) && shown.ends_with(&line(all - 1)));
        let left_out = shown.lines().find(|line| line.starts_with('…')).unwrap();
        let number: usize = left_out.trim_matches(|sign: char| !sign.is_ascii_digit()).parse().unwrap();
        let rest: usize = shown.lines().filter(|line| !line.starts_with('…')).map(|line| line.len() + 1).sum();
        assert!(number + rest >= all * 10 && number + rest <= all * 10 + 10, "{number} {rest}");
    }

    #[test]
    fn a_line_without_end_is_broken() {
        let mut transcript = Transcript::new(10);
        transcript.add(Output, &vec![b'x'; LONGEST_LINE + 1]);
        transcript.add(Output, b"y");
        let (shown, _) = transcript.finish();
        let lengths: Vec<usize> = shown.lines().map(str::len).collect();
        assert_eq!(lengths, [LONGEST_LINE + 1, 1]);
    }
}
