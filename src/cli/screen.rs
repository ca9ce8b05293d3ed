//! What a terminal gets: text of strangers is shown and never obeyed, and a terminal or a pipe that
//! has gone costs no work.

use crate::base::shown::{Screen, is_obeyed, shown_line};
use crate::cli::wrap::indented;
use std::fmt::Write as _;
use std::io::{BufWriter, IsTerminal, StdoutLock, Write, stderr, stdout};

/// Prints a line on stderr. Nobody may listen there, which is no reason to end.
pub fn talk(line: &str) {
    let _ = writeln!(stderr().lock(), "{}", shown_line(line));
}

/// Tells something on stderr in lines of the default width.
pub fn tell(text: &str) {
    indented(&shown_line(text)).lines().for_each(talk);
}

/// Standard output for text that people read: what a terminal would obey is named.
pub fn text() -> Screen<BufWriter<StdoutLock<'static>>> {
    Screen::new(BufWriter::new(stdout().lock()), true)
}

/// Standard output for data, which goes as it is to a program or a file, but not to a terminal.
pub fn data() -> Screen<BufWriter<StdoutLock<'static>>> {
    Screen::new(BufWriter::new(stdout().lock()), stdout().is_terminal())
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
