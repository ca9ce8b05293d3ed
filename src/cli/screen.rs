//! What a terminal gets: text of strangers is shown and never obeyed, and a terminal or a pipe that
//! has gone costs no work.

use crate::base::shown::{is_obeyed, shown_line, shown_text};
use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write, stderr, stdout};

/// Prints a line on stderr. Nobody may listen there, which is no reason to end.
pub fn talk(line: &str) {
    let _ = writeln!(stderr().lock(), "{}", shown_line(line));
}

/// Standard output for text that people read: what a terminal would obey is named.
pub fn text() -> Screen<BufWriter<StdoutLock<'static>>> {
    Screen::new(true)
}

/// Standard output for data, which goes as it is to a program or a file, but not to a terminal.
pub fn data() -> Screen<BufWriter<StdoutLock<'static>>> {
    Screen::new(stdout().is_terminal())
}

/// A writer of UTF-8 that may name what a terminal would obey.
pub struct Screen<W: Write> {
    out: W,
    names: bool,
    /// The beginning of a character whose rest is still to come.
    begun: Vec<u8>,
}

impl Screen<BufWriter<StdoutLock<'static>>> {
    fn new(names: bool) -> Self {
        Screen {
            out: BufWriter::new(stdout().lock()),
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

/// JSON with the escapes that a terminal needs, which JSON leaves open. Whoever reads it gets the
/// same text.
pub fn json(document: String) -> String {
    let open = |letter: char| letter != '\n' && is_obeyed(letter);
    if !document.contains(open) {
        return document;
    }
    let mut escaped = String::with_capacity(document.len());
    for letter in document.chars() {
        if open(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(names: bool, parts: &[&[u8]]) -> Vec<u8> {
        let mut screen = Screen {
            out: Vec::new(),
            names,
            begun: Vec::new(),
        };
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
    fn escaped_json_is_the_same_json() {
        let value = serde_json::json!({ "id": "\u{9b}2J\u{202e}\u{7f}\u{e0041}ä\n" });
        let plain = serde_json::to_string_pretty(&value).unwrap();
        let escaped = json(plain.clone());
        assert!(!escaped.replace('\n', "").contains(is_obeyed) && plain.contains('\u{9b}'));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&escaped).unwrap(),
            value
        );
    }
}
