//! Text on a terminal of eighty columns.

/// Columns of the terminal that every default table and sentence fits.
pub const WIDTH: usize = 80;

/// The lines of a text, broken between words; a word longer than the width stands alone. Spaces
/// that do not break become plain ones.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let plain = |line: String| line.replace('\u{a0}', " ");
    filled(text, width).into_iter().map(plain).collect()
}

fn filled(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    let mut used = 0;
    let text = &text.replace(" %", "\u{a0}%");
    // A space that does not break is part of a word; a number keeps its sign of percent.
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

/// A paragraph of the default width. Every line but the first is indented by `hanging` columns.
pub fn paragraph(text: &str, hanging: usize) -> String {
    broken(text, WIDTH.saturating_sub(hanging), hanging) + "\n"
}

/// Lines of so many columns, of which every one but the first is indented.
fn broken(text: &str, width: usize, hanging: usize) -> String {
    wrapped(text, width).join(&format!("\n{}", " ".repeat(hanging)))
}

/// A name or a path that stays on one line, whatever spaces are in it.
pub fn whole(name: impl std::fmt::Display) -> String {
    name.to_string().replace(' ', "\u{a0}")
}

/// A line of the default width that keeps its indentation; what is broken off is indented by two
/// columns more.
pub fn indented(line: &str) -> String {
    let text = line.trim_start_matches(' ');
    let columns = line.len() - text.len();
    let width = WIDTH.saturating_sub(columns + 2);
    " ".repeat(columns) + &broken(text, width, columns + 2)
}

/// A text of so many columns at most, with a mark for what is left out of its middle: names of
/// messages and paths differ at their ends.
pub fn elided(text: &str, width: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(1);
    let (start, end) = (kept / 3, kept - kept / 3);
    let part = |letters: &[char]| letters.iter().collect::<String>();
    format!(
        "{}…{}",
        part(&letters[..start]),
        part(&letters[letters.len() - end..])
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_indented_line_stays_so_and_what_breaks_off_is_indented_further() {
        assert_eq!(indented("  short"), "  short");
        let long = indented(&format!("  {}", "words ".repeat(20)));
        let lines: Vec<&str> = long.lines().collect();
        assert!(
            lines.len() == 2 && lines[0].starts_with("  words"),
            "{long}"
        );
        assert!(lines[1].starts_with("    words"), "{long}");
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
        // Where the indentation leaves no room, every word has a line.
        let deep = indented(&format!("{}one two", " ".repeat(WIDTH)));
        assert_eq!(deep.lines().count(), 2, "{deep}");
    }

    #[test]
    fn a_path_stays_whole_and_a_number_keeps_its_sign_of_percent() {
        let path = "a folder/with a name/of many words.html";
        let said = indented(&format!("{} wrote {}", "words ".repeat(9), whole(path)));
        assert_eq!(said.lines().last(), Some(format!("  {path}").as_str()));
        let said = paragraph(&format!("{}50 % of it", "x".repeat(WIDTH - 3) + " "), 0);
        assert_eq!(said.lines().last(), Some("50 % of it"));
    }

    #[test]
    fn the_middle_is_left_out_and_the_end_kept_longer() {
        assert_eq!(elided("inbox/7.eml", 11), "inbox/7.eml");
        assert_eq!(elided("a/long/folder/7.eml", 10), "a/l…/7.eml");
        assert_eq!(elided("äöüäöü", 4), "ä…öü");
    }

    #[test]
    fn lines_break_between_words_and_hold_as_many_as_fit() {
        assert_eq!(wrapped("ab cd efg h", 5), ["ab cd", "efg h"]);
        assert_eq!(wrapped("ab abcdefgh c", 5), ["ab", "abcdefgh", "c"]);
        assert_eq!(wrapped("95\u{a0}% is", 6), ["95 %", "is"]);
        assert_eq!(wrapped("", 5), [""]);
        let text = paragraph(&"word ".repeat(40), 2);
        assert!(text.lines().skip(1).all(|line| line.starts_with("  word")));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
    }
}
