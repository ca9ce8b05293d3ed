//! Reads runs of characters beyond ASCII, slowly but exactly.
//!
//! Words are those of Unicode (UAX #29): letters and digits with the marks on them, and apostrophes
//! between letters. Text is first normalised to its compatibility form (NFKC, UAX #15), so that
//! full-width and mathematical letters are letters. Invisible characters inside a word (soft
//! hyphen, zero-width space) do not split it. Scripts written without spaces are cut into
//! overlapping n-grams of characters: pairs for Chinese and Japanese, triples for Thai, Lao, Khmer
//! and Burmese, whose letters carry less information. A symbol is a token with everything that
//! belongs to its grapheme cluster: an emoji with its skin tone, a family, a flag.

use super::foreign_word::{ForeignPiece, ForeignWord};
use super::unspaced::Unspaced;
use crate::tokenize::characters::{
    KEYCAP, is_disguised_latin, is_ignorable, is_mark, is_mid_letter, is_optional_sign, is_symbol,
    is_variation_selector, on_dark_ground, unspaced_size,
};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};
use unicode_segmentation::UnicodeSegmentation;

/// Length in bytes of the longest symbol that is read whole. The longest emoji, two people kissing
/// with their skin tones, has 35.
const LONGEST_SYMBOL: usize = 40;

/// Reads a run of characters, some of them beyond ASCII, and calls `tell` with each finding. `word`
/// is a buffer that is reused.
pub(crate) fn read(run: &[u8], word: &mut ForeignWord, mut tell: impl FnMut(ForeignPiece<'_>)) {
    // The text should be UTF-8; invalid bytes are skipped.
    for chunk in run.utf8_chunks() {
        let mut rest = chunk.valid();
        while !rest.is_empty() {
            let (letters, symbols) = rest.split_at(letters_end(rest));
            read_letters(letters, word, &mut tell);
            rest = read_symbols(symbols, &mut tell);
        }
    }
}

/// Whether the byte before the run that begins at `start` is a sign on a key of a telephone, `#` or
/// `*`, and the run begins with the rest of that symbol.
pub(crate) fn is_key(text: &[u8], start: usize) -> bool {
    let is_sign = start > 0 && matches!(text[start - 1], b'#' | b'*');
    is_sign && {
        let run = &text[start..];
        let selected = run.strip_prefix("\u{FE0F}".as_bytes()).unwrap_or(run);
        selected.starts_with("\u{20E3}".as_bytes())
    }
}

/// The position of the first symbol in `text`.
fn letters_end(text: &str) -> usize {
    let symbol = |&(_, c): &(usize, char)| c == KEYCAP || is_symbol(c);
    match text.char_indices().find(symbol) {
        None => text.len(),
        Some((at, KEYCAP)) => {
            // The digit or sign before it is the label of the key.
            let before = text[..at].trim_end_matches(is_variation_selector);
            let is_label = |c: char| c.is_ascii_digit() || matches!(c, '#' | '*');
            before.len() - usize::from(before.ends_with(is_label))
        }
        Some((at, _)) => at,
    }
}

/// Reads the symbols at the beginning of `text`, and returns what follows them. A row of the same
/// symbol counts once.
fn read_symbols<'t>(text: &'t str, tell: &mut impl FnMut(ForeignPiece<'_>)) -> &'t str {
    let (mut last, mut end) = ("", 0);
    for cluster in text.graphemes(true) {
        let first = cluster.chars().next().filter(|&first| is_symbol(first));
        if first.is_none() && !cluster.contains(KEYCAP) {
            break;
        }
        end += cluster.len();
        let symbol = if cluster.len() <= LONGEST_SYMBOL {
            cluster
        } else {
            &cluster[..first.map_or(0, char::len_utf8)]
        };
        if symbol != last && !symbol.is_empty() {
            tell(ForeignPiece::Symbol(symbol.as_bytes()));
            last = symbol;
        }
    }
    &text[end..]
}

/// Reads text without symbols.
fn read_letters(text: &str, word: &mut ForeignWord, tell: &mut impl FnMut(ForeignPiece<'_>)) {
    if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        return read_normalized(text.chars(), false, word, tell);
    }
    // NFKC would turn some signs that are no letters into letters.
    let letters = text.chars().map(|c| {
        if c.is_alphanumeric() || is_mark(c) || is_ignorable(c) || is_mid_letter(c) {
            c
        } else {
            ' '
        }
    });
    let disguised = letters.clone().any(is_disguised_latin);
    read_normalized(letters.nfkc(), disguised, word, tell);
}

fn read_normalized(
    chars: impl Iterator<Item = char>,
    mut disguised: bool,
    word: &mut ForeignWord,
    tell: &mut impl FnMut(ForeignPiece<'_>),
) {
    word.clear();
    let mut unspaced = Unspaced::default();
    for c in chars {
        if is_ignorable(c) {
            word.ignore(c);
            unspaced.ignore(c);
            continue;
        }
        if let Some(size) = unspaced_size(c) {
            word.finish(tell);
            unspaced.push(c, size, |run| tell(ForeignPiece::Run(run)));
            continue;
        }
        unspaced.finish(|run| tell(ForeignPiece::Run(run)));
        if is_optional_sign(c) {
            continue;
        }
        if is_mark(c) {
            word.mark(c);
        } else if let Some(letter) = on_dark_ground(c) {
            disguised = true;
            word.letter(letter);
        } else if c.is_alphanumeric() {
            word.letter(c);
        } else if is_mid_letter(c) {
            word.hold(c, tell);
        } else {
            word.finish(tell);
        }
    }
    unspaced.finish(|run| tell(ForeignPiece::Run(run)));
    word.finish(tell);
    if disguised {
        tell(ForeignPiece::Compatibility);
    }
    if std::mem::take(&mut word.invisible) | unspaced.invisible {
        tell(ForeignPiece::Invisible);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of `text`: words as they are, the words that they look like after `=`, n-grams in
    /// brackets, symbols in braces.
    fn pieces_of(text: &str, turkic: bool) -> String {
        let mut found = Vec::new();
        let utf8 = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let mut word = ForeignWord::default();
        word.turkic = turkic;
        read(text.as_bytes(), &mut word, |piece| {
            found.push(match piece {
                ForeignPiece::Compatibility => "!compatibility".to_owned(),
                ForeignPiece::Run(run) => format!("[{}]", utf8(run)),
                ForeignPiece::Word { text, looks, .. } => match looks {
                    None => utf8(text),
                    Some((looks, how)) => format!("{}={}:{how}", utf8(text), utf8(looks)),
                },
                ForeignPiece::Symbol(symbol) => format!("{{{}}}", utf8(symbol)),
                ForeignPiece::Invisible => "!invisible".to_owned(),
            });
        });
        found.join(" ")
    }

    fn pieces(text: &str) -> String {
        pieces_of(text, false)
    }

    #[test]
    fn words_are_those_of_unicode_text_segmentation() {
        for text in [
            "विद्यालय में हमारी कक्षा की पढ़ाई क़लम ज़रूर", // Hindi, with nuktas
            "বিদ্যালয়ের ছাত্রীরা গল্প লিখছে",             // Bengali
            "பள்ளிக்கூடத்தில் குழந்தைகள் விளையாடுகிறார்கள்",  // Tamil
            "విద్యార్థులు పుస్తకాలు చదువుతున్నారు",         // Telugu
            "വിദ്യാർത്ഥികൾ പുസ്തകങ്ങൾ അവന\u{d4d}\u{200d} വായിക്കുന്നു", // Malayalam, old chillu
            "ශ්\u{200d}රී ලංකාවේ ක්\u{200d}ෂේත්\u{200d}ර", // Sinhala, with joiners
            "ವಿದ್ಯಾರ್ಥಿಗಳು ಪುಸ್ತಕಗಳನ್ನು",                 // Kannada
            "ਵਿਦਿਆਰਥੀ ਕਿਤਾਬਾਂ ਪੜ੍ਹਦੇ ਵਿਦ੍ਯਾ",           // Punjabi
            "વિદ્યાર્થીઓ પુસ્તકો",                      // Gujarati
            "ተማሪዎች መጽሐፍ ያነባሉ",                      // Amharic
            "մոսկվայում գիրք",                      // Armenian
            "می\u{200c}خواهم کتاب\u{200c}ها",       // Persian, with non-joiners
            "צה\"ל ג׳ירף דו״ח",                     // Hebrew, with abbreviations
            "l’été c’était col·lega д’артаньян",
            "ꦱꦼꦏꦺꦴꦭꦃ ᠮᠣᠩᠭᠣᠯ", // Javanese, Mongolian
        ] {
            // NFKC takes letters with a nukta apart, as Unicode's composition exclusions say.
            let words: Vec<String> = text
                .unicode_words()
                .map(|word| word.nfkc().collect::<String>().replace(['’', '׳'], "'"))
                .map(|word| word.replace('"', "״"))
                .filter(|word| word.chars().count() > 1)
                .collect();
            let read: Vec<String> = text.split(' ').map(pieces).collect();
            assert_eq!(read, words);
        }
    }

    #[test]
    fn characters_that_have_no_shape_split_no_word_and_are_told() {
        // Some of each range of Default_Ignorable_Code_Point.
        for c in "\u{ad}\u{34f}\u{61c}\u{115f}\u{17b4}\u{180b}\u{180e}\u{200b}\u{200c}\u{200d}\
                  \u{200e}\u{202a}\u{202e}\u{2060}\u{2062}\u{2064}\u{2066}\u{2068}\u{206a}\u{3164}\
                  \u{fe00}\u{fe0f}\u{feff}\u{ffa0}\u{fff0}\u{1bca0}\u{1d173}\u{e0001}\u{e0020}\
                  \u{e0100}"
            .chars()
        {
            assert_eq!(pieces(&format!("or{c}chid")), "orchid !invisible", "{c:?}");
            assert_eq!(pieces(&format!("са{c}д")), "сад !invisible", "{c:?}");
            assert_eq!(pieces(&format!("{c}orchid{c}")), "orchid", "{c:?}");
        }
        assert_eq!(pieces("免\u{200b}费"), "[免费] !invisible");
        // Honest uses: words of Thai and Khmer, a variant of a Chinese character.
        assert_eq!(pieces("กา\u{200b}ร"), "[การ]");
        assert_eq!(pieces("葛\u{e0100}城"), "[葛城]");
    }

    #[test]
    fn a_turkish_i_keeps_or_lacks_its_dot() {
        // SpecialCasing.txt: in tr and az, I becomes ı and İ becomes i.
        assert_eq!(pieces_of("IŞIK İYİ ILIK", true), "ışık iyi ılık");
        assert_eq!(pieces_of("I\u{307}YI", true), "iyı");
        // In no other language, but İ is always the letter i.
        assert_eq!(pieces_of("IŞIK İYİ", false), "işik iyi");
    }

    #[test]
    fn a_symbol_is_a_token_with_all_that_belongs_to_it() {
        // Sequences of emoji-zwj-sequences.txt and emoji-sequences.txt.
        for emoji in [
            "👨\u{200d}👩\u{200d}👧",
            "👍🏽",
            "🇫🇷",
            "❤\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "☎",
            "→",
            "👩🏽\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨🏿",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        ] {
            assert_eq!(pieces(emoji), format!("{{{emoji}}}"));
            assert_eq!(
                pieces(&format!("ab{emoji}cd")),
                format!("ab {{{emoji}}} cd")
            );
        }
        assert_eq!(pieces("🇫🇷🇩🇪🎁🎁💰🎁"), "{🇫🇷} {🇩🇪} {🎁} {💰} {🎁}");
        let long = format!("🎁{}", "\u{e0061}".repeat(100));
        assert_eq!(pieces(&long), "{🎁}");
        assert_eq!(pieces("x\u{20e3}"), "{\u{20e3}}");
    }

    #[test]
    fn marks_that_nobody_writes_on_a_letter_are_a_disguise() {
        assert_eq!(pieces("fou\u{310}nd"), "fou\u{310}nd=found:mark");
        assert_eq!(
            pieces("fr\u{335}e\u{301}\u{338}e\u{321}"),
            "fr\u{335}é\u{338}e\u{321}=free:mark"
        );
        assert_eq!(pieces("touché cafe\u{301}"), "touché café");
    }

    #[test]
    fn signs_that_may_be_left_out_are() {
        assert_eq!(
            pieces("\u{5e9}\u{5b8}\u{5c1}\u{5dc}\u{5d5}\u{5b9}\u{5dd}"),
            "\u{5e9}\u{5dc}\u{5d5}\u{5dd}"
        );
        assert_eq!(pieces("كِتَــاب"), "كتاب");
    }

    #[test]
    fn words_of_any_script_are_words() {
        assert_eq!(
            pieces("\u{39c}\u{38c}\u{3a3}\u{3a7}\u{39f}\u{3a3}"),
            "\u{3bc}\u{3cc}\u{3c3}\u{3c7}\u{3bf}\u{3c2}"
        );
        assert_eq!(pieces("na\u{ef}ve\u{2014}yes"), "na\u{ef}ve yes");
        assert_eq!(pieces("it\u{2019}s"), "it's");
        assert_eq!(pieces("\u{2019}tis"), "tis");
        assert_eq!(pieces("cafe\u{301}"), "caf\u{e9}");
        assert_eq!(pieces("Word\u{2122}"), "word {\u{2122}}");
        assert_eq!(pieces("\u{fb01}ne"), "fine");
    }

    #[test]
    fn invisible_and_disguised_letters_are_read() {
        assert_eq!(pieces("via\u{200b}gra"), "viagra !invisible");
        assert_eq!(
            pieces("\u{ff26}\u{ff32}\u{ff25}\u{ff25}"),
            "free !compatibility"
        );
        assert_eq!(pieces("🅵🆁🅴🅴"), "free !compatibility");
        assert_eq!(
            pieces("\u{1d42f}\u{1d422}\u{1d41a}\u{1d420}\u{1d42b}\u{1d41a}"),
            "viagra !compatibility"
        );
        assert_eq!(
            pieces("p\u{430}yp\u{430}l"),
            "p\u{430}yp\u{430}l=paypal:confusable"
        );
        assert_eq!(
            pieces("\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}"),
            "\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}"
        );
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_runs() {
        assert_eq!(
            pieces("\u{65e5}\u{672c}\u{8a9e}abc"),
            "[\u{65e5}\u{672c}] [\u{672c}\u{8a9e}] abc"
        );
        assert_eq!(pieces("\u{65e5}"), "[\u{65e5}]");
        assert_eq!(pieces("時々・〆切"), "[時々] [〆切]");
        assert_eq!(
            pieces("\u{e01}\u{e32}\u{e23}\u{e07}\u{e32}"),
            "[\u{e01}\u{e32}\u{e23}] [\u{e32}\u{e23}\u{e07}] [\u{e23}\u{e07}\u{e32}]"
        );
        assert_eq!(pieces("\u{e01}\u{e32}"), "[\u{e01}\u{e32}]");
    }
}
