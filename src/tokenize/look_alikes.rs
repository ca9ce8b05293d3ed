//! The table of characters that replace Latin letters. `deobfuscate` uses it to read what senders
//! of spam wrote, and corruption uses it to damage text for training and tests.
//!
//! The letters are those of Unicode Technical Standard 39 that look exactly like Latin ones.

/// The characters that replace one Latin letter.
struct LookAlikes {
    letter: u8,
    /// Digits and symbols.
    signs: &'static str,
    /// Greek and Cyrillic letters, each two bytes in UTF-8.
    letters: &'static str,
}

const fn row(letter: u8, signs: &'static str, letters: &'static str) -> LookAlikes {
    LookAlikes {
        letter,
        signs,
        letters,
    }
}

/// In alphabetical order. `1` stands for two letters and is read as the first of them.
const TABLE: [LookAlikes; 26] = [
    row(b'a', "4@", "АаΑα"),
    row(b'b', "8", "ВвΒβЬь"),
    row(b'c', "", "СсϹϲ"),
    row(b'd', "", "ԁԀ"),
    row(b'e', "3", "ЕеЁёΕεЄє"),
    row(b'f', "", "ғҒ"),
    row(b'g', "9", "ԍԌ"),
    row(b'h', "", "НнΗһҺ"),
    row(b'i', "1!", "ІіΙιЇїӀӏ"),
    row(b'j', "", "Јјϳ"),
    row(b'k', "", "КкΚκ"),
    row(b'l', "1|", ""),
    row(b'm', "", "МмΜ"),
    row(b'n', "", "ΝηпП"),
    row(b'o', "0", "ОоΟοσ"),
    row(b'p', "", "РрΡρ"),
    row(b'q', "", "ԛԚ"),
    row(b'r', "", "гГ"),
    row(b's', "5$", "Ѕѕ"),
    row(b't', "7+", "ТтΤτ"),
    row(b'u', "", "υμ"),
    row(b'v', "", "νѵѴ"),
    row(b'w', "", "Ԝԝω"),
    row(b'x', "", "ХхΧχ"),
    row(b'y', "", "УуΥγҮү"),
    row(b'z', "2", "Ζζ"),
];

/// The first character of the Greek and Cyrillic blocks, and the number of characters in both.
const FIRST: usize = 0x370;
const COUNT: usize = 0x530 - FIRST;

/// The Latin letter that each character from [`FIRST`] on looks like; 0 for none. It is a plain
/// array because every letter of Russian and Greek mail is looked up in it.
static LATIN: [u8; COUNT] = {
    let mut latin = [0; COUNT];
    let mut at = 0;
    while at < TABLE.len() {
        let mut letters = TABLE[at].letters.as_bytes();
        while let [first, second, rest @ ..] = letters {
            let character = (*first as usize & 0x1F) << 6 | (*second as usize & 0x3F);
            latin[character - FIRST] = TABLE[at].letter;
            letters = rest;
        }
        at += 1;
    }
    latin
};

/// The lower-case Latin letter that a Greek or Cyrillic letter looks like.
pub fn confusable(letter: char) -> Option<u8> {
    let at = (letter as usize).checked_sub(FIRST)?;
    LATIN.get(at).copied().filter(|&latin| latin != 0)
}

/// The lower-case letters that a symbol or a letter of another alphabet may replace.
pub fn stands_for(written: char) -> impl Iterator<Item = u8> {
    let signs = TABLE
        .iter()
        .filter(move |row| row.signs.bytes().any(|sign| char::from(sign) == written))
        .map(|row| row.letter);
    signs.chain(confusable(written))
}

/// The digits and symbols that may replace a lower-case letter.
pub fn signs_for(letter: u8) -> impl Iterator<Item = char> {
    TABLE
        .iter()
        .filter(move |row| row.letter == letter)
        .flat_map(|row| row.signs.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_are_found_from_either_side() {
        assert_eq!(stands_for('1').collect::<Vec<u8>>(), b"il");
        assert_eq!(stands_for('а').collect::<Vec<u8>>(), b"a");
        assert_eq!(stands_for('a').count(), 0);
        assert_eq!(signs_for(b'a').collect::<String>(), "4@");
        assert_eq!(signs_for(b'c').count(), 0);
    }

    #[test]
    fn every_letter_of_the_table_is_read_as_its_row_says() {
        for row in &TABLE {
            for letter in row.letters.chars() {
                assert_eq!(confusable(letter), Some(row.letter), "{letter}");
            }
        }
        for other in ['a', 'é', 'д', 'Ω', '\u{36F}', '\u{530}', '\u{1F600}'] {
            assert_eq!(confusable(other), None, "{other}");
        }
    }
}
