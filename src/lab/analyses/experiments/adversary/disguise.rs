//! Words that are written so that a person still reads them and a filter may not.

/// A way to disguise a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disguise {
    /// Cyrillic letters that look like Latin ones.
    Homoglyphs,
    /// A character without width in the middle.
    ZeroWidth,
    /// Digits that resemble letters.
    Leet,
    /// A space in the middle.
    Split,
}

impl Disguise {
    /// The word, disguised.
    pub fn of(self, word: &str) -> String {
        let middle = word.char_indices().nth(word.chars().count() / 2);
        let middle = middle.map_or(0, |(at, _)| at);
        match self {
            Disguise::Homoglyphs => word.chars().map(homoglyph).collect(),
            Disguise::Leet => word.chars().map(digit).collect(),
            Disguise::ZeroWidth => format!("{}\u{200B}{}", &word[..middle], &word[middle..]),
            Disguise::Split => format!("{} {}", &word[..middle], &word[middle..]),
        }
    }
}

fn homoglyph(letter: char) -> char {
    match letter {
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'i' => 'і',
        'o' => 'о',
        'p' => 'р',
        'x' => 'х',
        'y' => 'у',
        other => other,
    }
}

fn digit(letter: char) -> char {
    match letter.to_ascii_lowercase() {
        'a' => '4',
        'e' => '3',
        'i' => '1',
        'o' => '0',
        's' => '5',
        't' => '7',
        _ => letter,
    }
}

/// The words of a text: its runs of letters, and what stands between them, in order; each with
/// whether it is a word.
pub fn words_and_gaps(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let is_word = rest.chars().next()?.is_alphabetic();
        let end = rest.find(|letter: char| letter.is_alphabetic() != is_word);
        let (piece, left) = rest.split_at(end.unwrap_or(rest.len()));
        rest = left;
        Some((piece, is_word))
    })
}

/// The text with some of its words changed.
pub fn with_words(text: &str, change: impl Fn(&str) -> Option<String>) -> String {
    let mut changed = String::with_capacity(text.len());
    for (piece, is_word) in words_and_gaps(text) {
        match change(piece).filter(|_| is_word) {
            Some(new) => changed.push_str(&new),
            None => changed.push_str(piece),
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disguised_word_reads_as_before() {
        assert_eq!(Disguise::Leet.of("viagra"), "v14gr4");
        assert_eq!(Disguise::Split.of("viagra"), "via gra");
        assert_eq!(
            Disguise::Homoglyphs.of("cheap"),
            "\u{441}h\u{435}\u{430}\u{440}"
        );
        assert_eq!(Disguise::ZeroWidth.of("größe"), "gr\u{200B}öße");
        assert_eq!(Disguise::Split.of("a"), " a");
    }

    #[test]
    fn only_words_are_changed_and_all_else_stays() {
        let text = "Buy viagra, ½ price!\n<b>VIAGRA</b> now";
        let whole: String = words_and_gaps(text).map(|(piece, _)| piece).collect();
        assert_eq!(whole, text);
        let changed = with_words(text, |word| {
            (word.to_lowercase() == "viagra").then(|| Disguise::Leet.of(word))
        });
        assert_eq!(changed, "Buy v14gr4, ½ price!\n<b>V14GR4</b> now");
    }
}
