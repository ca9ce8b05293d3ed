//! Text of strangers, made harmless for whoever shows it: mail, names of files and columns.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

/// A text of several lines as people are to see it: control characters, the C1 ones too, and
/// characters that change the reading direction are named instead of obeyed. Line breaks and tabs
/// stay.
pub fn shown_text(text: &str) -> String {
    shown(text, |letter| {
        matches!(letter, '\n' | '\t') || !is_obeyed(letter)
    })
}

/// A text that is to stay on one line: line breaks and tabs are named, too, so that none of it
/// looks like a line of the program.
pub fn shown_line(text: &str) -> String {
    shown(text, |letter| !is_obeyed(letter))
}

/// Whether a terminal does something at this character instead of showing it.
pub fn is_obeyed(letter: char) -> bool {
    letter.is_control()
        || !letter.is_ascii()
            && matches!(
                letter,
                '\u{61c}'
                    | '\u{200e}'
                    | '\u{200f}'
                    | '\u{2028}'..='\u{202e}'
                    | '\u{2066}'..='\u{206f}'
                    | '\u{fff9}'..='\u{fffb}'
                    | '\u{e0000}'..='\u{e007f}'
            )
}

fn shown(text: &str, stays: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    for (at, letter) in text.char_indices().filter(|&(_, letter)| !stays(letter)) {
        shown.push_str(&text[from..at]);
        from = at + letter.len_utf8();
        match letter {
            // There are pictures of the old control characters.
            '\0'..='\u{1f}' => shown.extend(char::from_u32(0x2400 + u32::from(letter))),
            '\u{7f}' => shown.push('\u{2421}'),
            // Writing to a string cannot fail.
            letter => drop(write!(shown, "<U+{:04X}>", u32::from(letter))),
        }
    }
    shown.push_str(&text[from..]);
    shown
}

/// A writer of UTF-8 that may name what a terminal would obey.
pub struct Screen<W: Write> {
    out: W,
    names: bool,
    /// The beginning of a character whose rest is still to come.
    begun: Vec<u8>,
}

impl<W: Write> Screen<W> {
    /// A writer to `out`, which names what a terminal would obey if `names`.
    pub fn new(out: W, names: bool) -> Screen<W> {
        Screen {
            out,
            names,
            begun: Vec::new(),
        }
    }
}

impl<W: Write> Write for Screen<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.names {
            return self.out.write(bytes);
        }
        let mut all = std::mem::take(&mut self.begun);
        all.extend_from_slice(bytes);
        let mut chunks = all.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.out.write_all(shown_text(chunk.valid()).as_bytes())?;
            let Err(error) = std::str::from_utf8(chunk.invalid()) else {
                continue;
            };
            if error.error_len().is_none() && chunks.peek().is_none() {
                self.begun = chunk.invalid().to_vec();
            } else {
                self.out.write_all("\u{fffd}".as_bytes())?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// How text stands in a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CsvText {
    /// For people: a cell that a spreadsheet would run as a formula has an apostrophe before it.
    #[default]
    Safe,
    /// For programs: as it is.
    Exact,
}

impl CsvText {
    /// The cell for a text.
    pub fn cell(self, text: &str) -> Cow<'_, str> {
        if self == CsvText::Safe && runs(text) && text.parse::<f64>().is_err() {
            Cow::Owned(format!("'{text}"))
        } else {
            Cow::Borrowed(text)
        }
    }

    /// The cell for bytes in any encoding that has ASCII in it.
    pub fn bytes(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        let beginning = String::from_utf8_lossy(&bytes[..bytes.len().min(4)]);
        if self == CsvText::Safe && runs(&beginning) {
            Cow::Owned([b"'", bytes].concat())
        } else {
            Cow::Borrowed(bytes)
        }
    }
}

/// Whether a spreadsheet takes a cell for a formula: the signs of OWASP's "CSV injection", in full
/// width too.
fn runs(text: &str) -> bool {
    let signs = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    text.starts_with(signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_named() {
        // ECMA-48: ESC [ and the C1 CSI both begin a control sequence, BEL and ST end others.
        for (text, line) in [
            ("plain ä 日 👍\u{200d}", "plain ä 日 👍\u{200d}"),
            ("\u{1b}[2Jx", "␛[2Jx"),
            ("\u{9b}2Jx\u{9c}", "<U+009B>2Jx<U+009C>"),
            ("a\u{7}\u{7f}\r\0", "a␇␡␍␀"),
            // UAX #9: marks, embeddings, overrides and isolates.
            ("\u{202e}gpj\u{2069}\u{200f}", "<U+202E>gpj<U+2069><U+200F>"),
            ("\u{61c}\u{2028}", "<U+061C><U+2028>"),
            ("a\nham b\t", "a␊ham b␉"),
        ] {
            assert_eq!(shown_line(text), line);
            assert!(!shown_line(text).contains(is_obeyed));
        }
        assert_eq!(shown_text("a\n\tb\u{1b}"), "a\n\tb␛");
    }

    fn written(names: bool, parts: &[&[u8]]) -> Vec<u8> {
        let mut screen = Screen::new(Vec::new(), names);
        for part in parts {
            screen.write_all(part).unwrap();
        }
        screen.out
    }

    #[test]
    fn a_character_is_named_wherever_the_writes_part_it() {
        let text = "ä\u{9b}2J\u{202e}\u{1b}[m\n日";
        let named = "ä<U+009B>2J<U+202E>␛[m\n日";
        for at in 0..=text.len() {
            let parts = [&text.as_bytes()[..at], &text.as_bytes()[at..]];
            assert_eq!(written(true, &parts), named.as_bytes(), "{at}");
            assert_eq!(written(false, &parts), text.as_bytes(), "{at}");
        }
        // A byte of C1 that is no UTF-8 is obeyed by terminals of eight bits.
        assert_eq!(written(true, &[b"a\x9bm"]), "a\u{fffd}m".as_bytes());
        assert_eq!(written(true, &[b"\xe6\x97 a"]), "\u{fffd} a".as_bytes());
    }

    #[test]
    fn a_cell_that_a_spreadsheet_would_run_is_text_and_a_number_stays_one() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1+1", "'＝1+1"),
            ("-17.5", "-17.5"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(CsvText::Safe.cell(text), cell);
            assert_eq!(CsvText::Exact.cell(text), text);
            let is_number = text.parse::<f64>().is_ok();
            let of_bytes = CsvText::Safe.bytes(text.as_bytes());
            assert!(is_number || *of_bytes == *cell.as_bytes(), "{text}");
        }
    }
}
