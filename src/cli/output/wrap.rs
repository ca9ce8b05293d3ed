//! Text on a terminal of eighty columns.

/// Columns of the terminal that every default table and sentence fits.
pub const WIDTH: usize = 80;

/// The lines of a text, broken between words; a word longer than the width stands alone.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    let mut used = 0;
    // A space that does not break is part of a word.
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if let Some(line) = lines
            .last_mut()
            .filter(|_| used == 0 || used + 1 + length <= width)
        {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += length;
        } else {
            lines.push(word.to_owned());
            used = length;
        }
    }
    lines
}

/// A paragraph of the default width. Every line but the first is indented by `hanging` columns. A
/// space that does not break becomes a plain one.
pub fn paragraph(text: &str, hanging: usize) -> String {
    let lines = wrapped(text, WIDTH - hanging);
    let whole = lines.join(&format!("\n{}", " ".repeat(hanging))) + "\n";
    whole.replace('\u{a0}', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_hold_as_many_as_fit() {
        assert_eq!(wrapped("ab cd efg h", 5), ["ab cd", "efg h"]);
        assert_eq!(wrapped("ab abcdefgh c", 5), ["ab", "abcdefgh", "c"]);
        assert_eq!(wrapped("95\u{a0}% is", 6), ["95\u{a0}%", "is"]);
        assert_eq!(wrapped("", 5), [""]);
        let text = paragraph(&"word ".repeat(40), 2);
        assert!(text.lines().skip(1).all(|line| line.starts_with("  word")));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
    }
}
