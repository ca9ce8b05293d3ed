//! What Unicode says about characters beyond ASCII, as far as words and links need it.

use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// The sign that makes a key of a telephone of the digit before it.
pub(crate) const KEYCAP: char = '\u{20E3}';
pub(crate) const ZERO_WIDTH_NON_JOINER: char = '\u{200C}';
const ZERO_WIDTH_JOINER: char = '\u{200D}';

/// Whether a character has no shape of its own and is left out when text is compared
/// (Default_Ignorable_Code_Point in DerivedCoreProperties.txt, the same from Unicode 9 to 17).
pub(crate) fn is_ignorable(c: char) -> bool {
    c > '\u{AC}'
        && matches!(
            c,
            '\u{AD}'
                | '\u{34F}'
                | '\u{61C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFF8}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// Whether a character chooses among the shapes of the one before it, as honest Chinese and
/// Mongolian text does.
pub(crate) fn is_variation_selector(c: char) -> bool {
    matches!(
        c,
        '\u{180B}'..='\u{180F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}'
    )
}

/// Whether a character is a mark on the letter before it (general category M).
pub(crate) fn is_mark(c: char) -> bool {
    match c {
        // The letters of most mail, which need no look-up.
        ..'\u{300}' | '\u{370}'..='\u{482}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => {
            false
        }
        _ => is_combining_mark(c),
    }
}

/// Whether a mark takes the vowel from the letter before it, so that letters join after it.
pub(crate) fn is_virama(c: char) -> bool {
    canonical_combining_class(c) == 9
}

/// Whether a character joins or parts the shapes of the letters around it.
pub(crate) fn is_joiner(c: char) -> bool {
    matches!(c, ZERO_WIDTH_JOINER | ZERO_WIDTH_NON_JOINER)
}

/// Whether a sign between two letters belongs to their word: apostrophes, what
/// WordBreakProperty.txt calls MidLetter, but not colons, and quotes between letters of Hebrew.
pub(crate) fn is_mid_letter(c: char) -> bool {
    matches!(
        c,
        '\'' | '\u{2018}'
            | '\u{2019}'
            | '\u{B7}'
            | '\u{387}'
            | '\u{55F}'
            | '"'
            | '\u{5F3}'
            | '\u{5F4}'
            | '\u{2027}'
            | '\u{FF07}'
    )
}

/// Whether a sign may be left out of a word without making another word of it: the points and
/// accents of Hebrew, and the vowel signs and the stretching of Arabic (the signs that
/// `ArabicNormalizer` of Apache Lucene removes).
pub(crate) fn is_optional_sign(c: char) -> bool {
    match c {
        '\u{591}'..='\u{5C7}' => is_mark(c),
        '\u{640}' | '\u{64B}'..='\u{652}' => true,
        _ => false,
    }
}

/// Whether a character beyond ASCII is a symbol rather than a letter, a mark or punctuation
/// (general category S): an emoji, an arrow, a currency sign. The letters in circles and squares,
/// which are symbols by category, are letters by their property Alphabetic. The four emoji that are
/// punctuation by category are symbols.
pub(crate) fn is_symbol(c: char) -> bool {
    match c {
        // The letters of most mail, which need no look-up.
        ..'\u{A2}'
        | '\u{C0}'..='\u{D6}'
        | '\u{D8}'..='\u{F6}'
        | '\u{F8}'..='\u{2C1}'
        | '\u{388}'..='\u{3F5}'
        | '\u{400}'..='\u{481}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7A3}' => false,
        '\u{203C}' | '\u{2049}' | '\u{3030}' | '\u{303D}' => true,
        _ => {
            c.general_category_group() == GeneralCategoryGroup::Symbol
                && !c.is_alphanumeric()
                && !is_ignorable(c)
        }
    }
}

/// The size of the n-grams in a script written without spaces; None for other characters. The
/// scripts of size 3 are those whose letters have the class SA of UAX #14.
pub(crate) fn unspaced_size(c: char) -> Option<usize> {
    // Most text ends here.
    if c < '\u{E01}' {
        return None;
    }
    match c {
        '\u{3005}'..='\u{3007}'
        | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{3035}'
        | '\u{3038}'..='\u{303C}'
        | '\u{3041}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}'
        | '\u{30FC}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{1B000}'..='\u{1B16F}'
        | '\u{20000}'..='\u{3FFFD}' => Some(2),
        '\u{E01}'..='\u{E4E}'
        | '\u{E81}'..='\u{ECE}'
        | '\u{EDC}'..='\u{EDF}'
        | '\u{1000}'..='\u{103F}'
        | '\u{1050}'..='\u{108F}'
        | '\u{109A}'..='\u{109D}'
        | '\u{1780}'..='\u{17D3}'
        | '\u{1950}'..='\u{19C9}'
        | '\u{1A20}'..='\u{1A7C}'
        | '\u{A9E0}'..='\u{A9EF}'
        | '\u{A9FA}'..='\u{A9FE}'
        | '\u{AA60}'..='\u{AADD}' => Some(3),
        _ => None,
    }
}

/// The Latin letter that an unusual form of it shows: full-width, mathematical, circled or
/// squared. NFKC turns all but the white letters on a dark ground into plain ones.
pub(crate) fn is_disguised_latin(c: char) -> bool {
    matches!(
        c,
        '\u{FF21}'..='\u{FF3A}'
            | '\u{FF41}'..='\u{FF5A}'
            | '\u{1D400}'..='\u{1D6A5}'
            | '\u{24B6}'..='\u{24E9}'
            | '\u{1F130}'..='\u{1F149}'
    )
}

/// The letter that is white on a dark circle or square, which has no compatibility form.
pub(crate) fn on_dark_ground(c: char) -> Option<char> {
    let from = match c {
        '\u{1F150}'..='\u{1F169}' => 0x1F150,
        '\u{1F170}'..='\u{1F189}' => 0x1F170,
        _ => return None,
    };
    Some(char::from(b'a' + (c as u32 - from) as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_no_letters_marks_or_punctuation() {
        // Categories by Python's unicodedata: So, Sm, Sc, Sk; the flags are regional indicators.
        for symbol in ['🎁', '❤', '→', '€', '★', '🇫', '🏽', '฿', '™', '϶', '‼']
        {
            assert!(is_symbol(symbol), "{symbol}");
        }
        // Po, Pi, Lo, Mn, Cf, Zs, Nd, and circled letters, which are Alphabetic.
        for other in [
            '…', '«', '语', '\u{94D}', '\u{200D}', '\u{A0}', '٣', 'Ⓐ', '🅰', '+', '$',
        ] {
            assert!(!is_symbol(other), "{other:?}");
        }
    }

    #[test]
    fn ignorable_characters_are_as_many_as_unicode_has() {
        // Counted by Perl 5.36 (Unicode 14): \p{Default_Ignorable_Code_Point}.
        let count = (0..=0x10_FFFF)
            .filter_map(char::from_u32)
            .filter(|&c| is_ignorable(c))
            .count();
        assert_eq!(count, 4174);
    }
}
