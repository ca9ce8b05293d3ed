//! Splits text into words. This is the layer above the parsers, and emits everything that they
//! find.
//!
//! A word is a run of letters and digits, including apostrophes between them, of at most
//! [`LONGEST`] letters; the emitter makes its token. `shapes` gives clues about the look of the
//! text, `numbers` classifies numbers, `links` splits addresses, `deobfuscate` reads disguised
//! words, and `foreign` reads everything beyond ASCII. ASCII text stays on the fast path: one table
//! look-up per byte and one cache look-up per word.

mod byte_class;
mod foreign;
mod foreign_word;
mod shapes;
mod unspaced;

use super::clues::links;
use super::clues::numbers::{self, NumberSpan, TextClass};
use super::clues::sink::TokenSink;
use super::clues::written_links;
use super::deobfuscate;
use super::emitter::Emitter;
use super::emitter::form::{LONGEST, ShortWord, WordForm};
use super::emitter::text_place::TextPlace;
use super::recipe::Recipe;
use super::token_kind::TokenKind;
use byte_class::{CLASS, LOOK, OTHER, WORD, class, word_end};
use foreign_word::{ForeignPiece, ForeignWord};
use shapes::Shouting;

/// Number of letters in the longest piece of a link that becomes a word. Longer ones are keys of
/// sessions and pictures, which never recur.
const LONGEST_IN_LINK: usize = 20;

/// Splits text into words and passes them to its own emitter.
pub(crate) struct WordReader {
    pub emitter: Emitter,
    shouting: Shouting,
    /// Whether the current text is the body.
    in_body: bool,
    /// The positions in the current text where the last link and the last number end.
    link_end: usize,
    number_end: usize,
    foreign: ForeignWord,
}

impl TokenSink for WordReader {
    fn clue(&mut self, kind: TokenKind, name: &str, found: &[u8]) {
        self.emitter.clue(kind, name, found);
    }

    fn words(&mut self, place: TextPlace, text: &[u8]) {
        self.read(text, place);
    }

    fn words_of_header(&mut self, name: &[u8], text: &[u8]) {
        let place = self.emitter.place_of_header(name);
        self.read(text, place);
    }
}

impl WordReader {
    pub fn new(recipe: &Recipe) -> WordReader {
        WordReader {
            emitter: Emitter::new(recipe),
            shouting: Shouting::default(),
            in_body: false,
            link_end: 0,
            number_end: 0,
            foreign: ForeignWord::default(),
        }
    }

    /// Emits the tokens of `text`, which must be UTF-8.
    pub fn read(&mut self, text: &[u8], place: TextPlace) {
        self.in_body = place == TextPlace::BODY;
        // The links of the body are read while the body is read.
        if place != TextPlace::LINK {
            (self.link_end, self.number_end) = (0, 0);
        }
        self.foreign.turkic = self.emitter.is_turkic(place);
        let place = self.emitter.in_language(place);
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            at = match CLASS[byte as usize] {
                OTHER => at + 1,
                LOOK => self.look(text, at, place),
                _ => self.word(text, at, place),
            };
        }
    }

    /// Ends a message, and emits how much of its body was shouted.
    pub fn end_message(&mut self) {
        if let Some(shape) = self.shouting.shape() {
            self.emitter.shape(TextPlace::BODY, shape);
        }
        self.shouting = Shouting::default();
    }

    /// Reads the word that begins at `start` and returns its end. Most words are short and known.
    #[inline]
    fn word(&mut self, text: &[u8], start: usize, place: TextPlace) -> usize {
        let Some(word) = ShortWord::at(text, start) else {
            return self.any_word(text, start, place);
        };
        let end = start + word.len;
        if (word.chunk as u8).is_ascii_digit() && start >= self.number_end {
            self.number(text, start, place);
        }
        if word.len > 1 {
            if word.capitals > 0 && self.foreign.turkic {
                return self.any_word(text, start, place);
            }
            self.emitter.short_word(place, &word);
            if self.in_body {
                self.word_of_body(text, start, end, word.capitals);
            }
            return end;
        }
        self.letter(text, start, place).unwrap_or(end)
    }

    /// Reads what a word of the body gives besides its token: it may be shouted, or begin a link.
    #[inline]
    fn word_of_body(&mut self, text: &[u8], start: usize, end: usize, capitals: u32) {
        let len = end - start;
        self.shouting.word(len > 2 && capitals as usize == len);
        self.link_of_body(text, start, end);
    }

    /// Reads the link that the ASCII word `text[start..end]` may begin.
    #[inline]
    fn link_of_body(&mut self, text: &[u8], start: usize, end: usize) {
        match text.get(end) {
            Some(b':') if text[end..].starts_with(b"://") => {
                self.link(text, start, end + 3, links::clues);
            }
            Some(b'.') if text[start..end].eq_ignore_ascii_case(b"www") => {
                self.link(text, start, start, links::clues_of_host);
            }
            _ => {}
        }
    }

    /// Reads a link written out in the text, with its host at `host`. A link inside another one is
    /// not read again.
    #[cold]
    fn link(&mut self, text: &[u8], start: usize, host: usize, clues: fn(&[u8], &mut WordReader)) {
        if start >= self.link_end {
            let url = written_links::link(&text[start..], host - start);
            self.link_end = start + url.len();
            let turkic = self.foreign.turkic;
            clues(url, self);
            // The words of the link were read as a separate text.
            (self.in_body, self.foreign.turkic) = (true, turkic);
        }
    }

    /// Reads a single letter. It is not a word, but may be the first letter of a spaced one:
    /// `V.i.a.g.r.a`. Returns the end.
    #[inline]
    fn letter(&mut self, text: &[u8], start: usize, place: TextPlace) -> Option<usize> {
        // Nearly always, the character after the next one belongs to a normal word.
        if class(text, start + 2) != WORD
            || class(text, start + 3) == WORD
            || !self.emitter.deobfuscates(place)
        {
            return None;
        }
        let (word, end) = deobfuscate::spaced(text, start)?;
        self.emitter.deobfuscated(place, &word, "spaced");
        Some(end)
    }

    /// Reads a word of any length and in any script.
    fn any_word(&mut self, text: &[u8], start: usize, place: TextPlace) -> usize {
        let (end, ascii) = word_end(text, start);
        // The small form of a Turkish I is beyond ASCII.
        if !ascii || self.foreign.turkic && text[start..end].contains(&b'I') {
            self.beyond_ascii(text, start, end, place);
            return end;
        }
        if text[start].is_ascii_digit() && start >= self.number_end {
            self.number(text, start, place);
        }
        let len = end - start;
        let longest = longest(place);
        if (2..=longest).contains(&len) {
            let (form, capitals) = WordForm::lower(text, start, end);
            self.emitter.word(place, &form);
            if self.in_body {
                self.word_of_body(text, start, end, capitals);
            }
        } else if len > longest {
            self.emitter.shape(place, &shapes::of_length(len));
        } else if let Some(end) = self.letter(text, start, place) {
            return end;
        }
        end
    }

    /// Reads the run of letters `text[start..end]`, some of which are beyond ASCII.
    fn beyond_ascii(&mut self, text: &[u8], start: usize, end: usize, place: TextPlace) {
        let start = start - usize::from(foreign::is_key(text, start));
        let letters = &text[start..end];
        // Currency signs count as letters here; 0xC2 and 0xE2 are their first bytes.
        for (at, byte) in letters.iter().enumerate() {
            if matches!(byte, 0xC2 | 0xE2)
                && let Some(len) = numbers::currency(&letters[at..])
            {
                self.money(text, start + at + len, place);
            }
        }
        if text[start].is_ascii_digit() && start >= self.number_end {
            self.number(text, start, place);
        }
        let mut word = std::mem::take(&mut self.foreign);
        foreign::read(letters, &mut word, |piece| {
            self.foreign_piece(&piece, place);
        });
        self.foreign = word;
        // A link may begin after any character beyond ASCII.
        let is_ascii = |byte: &u8| byte.is_ascii_alphanumeric();
        let tail = letters
            .iter()
            .rev()
            .take_while(|byte| is_ascii(byte))
            .count();
        if self.in_body && tail > 0 {
            self.link_of_body(text, end - tail, end);
        }
    }

    fn foreign_piece(&mut self, piece: &ForeignPiece<'_>, place: TextPlace) {
        let disguise = match piece {
            ForeignPiece::Run(piece) | ForeignPiece::Symbol(piece) => {
                return self.emitter.word(place, &WordForm::new(piece));
            }
            ForeignPiece::Word {
                text,
                letters,
                looks,
            } => {
                if *letters > longest(place) {
                    self.emitter.shape(place, &shapes::of_length(*letters));
                } else {
                    self.emitter.foreign_word(place, text);
                }
                if self.in_body {
                    self.shouting.word(false);
                }
                if let Some((looks, how)) = looks
                    && self.emitter.deobfuscates(place)
                {
                    self.emitter.deobfuscated(place, looks, how);
                }
                return;
            }
            ForeignPiece::Compatibility => "compatibility",
            ForeignPiece::Invisible => "invisible",
        };
        if self.emitter.deobfuscates(place) {
            self.clue(TokenKind::Fold, "fold:", disguise.as_bytes());
        }
    }

    /// Emits the class of the number that begins at `start`.
    fn number(&mut self, text: &[u8], start: usize, place: TextPlace) {
        if self.emitter.tells_classes(place) {
            self.number_found(numbers::number(text, start), place);
        }
    }

    /// Emits a sum of money if its number follows the currency sign, at most one space after its
    /// end `after`.
    fn money(&mut self, text: &[u8], after: usize, place: TextPlace) -> bool {
        let money = numbers::money(text, after);
        if let Some(money) = money {
            self.number_found(money, place);
        }
        money.is_some()
    }

    fn number_found(&mut self, number: NumberSpan, place: TextPlace) {
        self.number_end = number.end;
        if let Some(class) = number.class {
            self.emitter.class(place, &class.form());
        }
    }

    /// Reads a character that affects the look, alone or in a run; returns the end of the run.
    // If it were inlined into `read`, it would take registers from the words there: 1.5 % more
    // instructions.
    #[inline(never)]
    fn look(&mut self, text: &[u8], start: usize, place: TextPlace) -> usize {
        let byte = text[start];
        let run = text[start..]
            .iter()
            .take_while(|&&other| other == byte)
            .count();
        let end = start + run;
        if let Some(shape) = shapes::of_run(byte, run) {
            self.emitter.shape(place, shape);
            return end;
        }
        match (byte, run) {
            (b'$', 1) if self.money(text, end, place) => {}
            (b'%', 1) if numbers::is_percentage(text, start) => {
                self.emitter.class(place, &TextClass::Percent.form());
            }
            (b'@' | b'$', 1)
                if start > 0 && class(text, start - 1) == WORD && class(text, end) == WORD =>
            {
                self.sign_in_word(text, start, place);
            }
            _ => {}
        }
        end
    }

    /// Reads an `@` or `$` between letters or digits, which is part of an address or a disguised
    /// letter.
    fn sign_in_word(&mut self, text: &[u8], at: usize, place: TextPlace) {
        if !self.emitter.deobfuscates(place) {
            return;
        }
        match deobfuscate::sign_in_word(text, at) {
            Some(word) => self.emitter.deobfuscated(place, &word, "sign"),
            None if text[at] == b'@' => self.emitter.class(place, &TextClass::Address.form()),
            None => {}
        }
    }
}

/// Number of letters in the longest word at `place`.
fn longest(place: TextPlace) -> usize {
    if place == TextPlace::LINK {
        LONGEST_IN_LINK
    } else {
        LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenize::emitter::language::Language;
    use crate::tokenize::recipe::Stem;

    /// The tokens of `text`, unstemmed.
    fn read(text: &str) -> String {
        read_in(Language::English, text)
    }

    fn read_in(language: Language, text: &str) -> String {
        let mut words = WordReader::new(&Recipe {
            stem: Stem::No,
            ..Recipe::default()
        });
        words.emitter.set_language(language);
        words.read(text.as_bytes(), TextPlace::BODY);
        words.end_message();
        let emitter = words.emitter;
        let show = |&token| emitter.lexicon.token(token);
        emitter
            .tokens
            .iter()
            .map(show)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(
            read("Hello, WORLD-wide a I'm 'quoted' x1"),
            "hello world wide i'm quoted x1"
        );
        assert_eq!(read(""), "");
    }

    #[test]
    fn the_look_of_text_gives_clues() {
        assert_eq!(
            read("win!!!! now! really?? why? ****"),
            "win shape:!!! now shape:! really shape:?? why shape:***"
        );
        assert_eq!(read("BUY NOW $$$"), "buy now shape:$$ shape:shouting:most");
        assert_eq!(read(&"x".repeat(55)), "shape:long:050");
    }

    #[test]
    fn words_written_to_deceive_are_read_too() {
        assert_eq!(
            read("Cheap v1agra here"),
            "cheap v1agra viagra fold:leet here"
        );
        assert_eq!(read("V.i.a.g.r.a now"), "viagra fold:spaced now");
        assert_eq!(
            read("free c@sh, not ann@host.example"),
            "free cash fold:sign sh not ann class:address host example"
        );
    }

    #[test]
    fn numbers_are_words_and_told_apart_besides() {
        for (text, expected) in [
            (
                "$ 1,200 or 50%",
                "class:money:4 200 or class:number:2 50 class:percent",
            ),
            ("to ann@host.example", "to ann class:address host example"),
            ("\u{a3}20", "class:money:2 \u{a3} 20"),
            ("30\u{20ac}", "class:money:2 30 \u{20ac}"),
        ] {
            assert_eq!(read(text), expected);
        }
    }

    #[test]
    fn words_beyond_ascii_are_words_and_disguises_are_read() {
        for (text, expected) in [
            ("via\u{200b}gra", "viagra fold:invisible"),
            (
                "\u{ff26}\u{ff32}\u{ff25}\u{ff25}",
                "free fold:compatibility",
            ),
            ("p\u{430}y", "p\u{430}y pay fold:confusable"),
            (
                "\u{65e5}\u{672c}\u{8a9e}abc",
                "\u{65e5}\u{672c} \u{672c}\u{8a9e} abc",
            ),
            (
                "30 \u{20ac} \u{1f381}\u{1f381}x",
                "class:money:2 30 \u{20ac} \u{1f381}",
            ),
            ("#\u{fe0f}\u{20e3} *\u{20e3}", "#\u{fe0f}\u{20e3} *\u{20e3}"),
            (&"\u{e9}".repeat(40), &"\u{e9}".repeat(40)),
            (&"\u{1d4b3}".repeat(41), "shape:long:040 fold:compatibility"),
        ] {
            assert_eq!(read(text), expected);
        }
    }

    #[test]
    fn a_word_in_turkish_has_its_small_letters() {
        // Python has no Turkish casing; by SpecialCasing.txt, tr.
        assert_eq!(
            read_in(
                Language::Turkish,
                "IRMAK BIR KAPI, INTERNET HTTP://ISI.EXAMPLE/I"
            ),
            "ırmak bır kapı ınternet http url:isi.example url:isi url:example ısı example ı \
             shape:shouting:much"
        );
    }

    #[test]
    fn a_link_begins_after_anything_that_is_no_letter_of_a_host() {
        for before in [
            "\u{1f449}",
            "\u{201c}",
            "\u{ab}",
            "\u{2192}",
            "(",
            "\u{2022}",
            "\u{8bbf}\u{95ee}",
            "\u{a0}",
            "\u{200b}",
        ] {
            for link in ["http://shop.example", "www.shop.example"] {
                let tokens = read(&format!("see {before}{link}, and"));
                assert!(
                    tokens.contains(" url:shop.example "),
                    "{before}{link}: {tokens}"
                );
            }
        }
    }

    #[test]
    fn a_link_in_the_text_is_told_once_and_its_words_stay_words() {
        assert_eq!(
            read("see http://www.shop.example/buy now"),
            "see http url:shop.example url:www url:shop url:example url:buy \
             www shop example buy now"
        );
    }
}
