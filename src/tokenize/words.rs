//! Text → words → tokens.
//!
//! A word is a run of letters and digits, apostrophes between them included, of 2 to [`LONGEST`] bytes; it is lower-cased,
//! stemmed and given the prefix of its [`Place`]. Chinese and Japanese, written without spaces, are cut into overlapping pairs
//! of characters. Invisible characters inside a word (soft hyphen, zero-width space) do not part it. The look of the text
//! gives clues of its own: runs of `!`, sums of money, percentages, very long words, and the share of words in capitals.
//! ASCII never leaves the fast path: one table look-up a byte and one look-up in [`Surfaces`] a word.

use super::lexicon::{Kind, Lexicon, TokenId};
use super::link;
use super::recipe::Recipe;
use super::stop::is_stop_word;
use super::surfaces::{Form, LONGEST, NO_TOKEN, ShortWord, Surfaces};
use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

/// Where a word stands: what its token is prefixed with. A row number of `Words::places`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(u16);

impl Place {
    /// Visible body: no prefix.
    pub const BODY: Place = Place(0);
    /// `subject:…`
    pub const SUBJECT: Place = Place(1);
    /// `from:…`
    pub const FROM: Place = Place(2);
    /// `mailer:…`
    pub const MAILER: Place = Place(3);
    /// `url:…`, the pieces of a link.
    pub const LINK: Place = Place(4);
    /// `shape:…`, the look of the body.
    const SHAPE: Place = Place(5);
    /// `subject:shape:…`, the look of the subject.
    const SUBJECT_SHAPE: Place = Place(6);
}

struct PlaceRow {
    prefix: String,
    kind: Kind,
    /// Whether its words are stemmed and lose stop words: prose, not names.
    prose: bool,
    /// Where clues about its look go.
    shape: Option<Place>,
}

/// Header names given a place of their own with `Headers::All`; any further ones share one.
const MOST_PLACES: usize = 2000;

/// Longest piece of a link that is a word; longer ones are keys of sessions and pictures, each its own.
const LONGEST_IN_LINK: usize = 20;

const OTHER: u8 = 0;
const WORD: u8 = 1;
const BEYOND_ASCII: u8 = 2;
const LOOK: u8 = 4;

/// What each byte can be part of.
static CLASS: [u8; 256] = {
    let mut class = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        if (byte as u8).is_ascii_alphanumeric() {
            class[byte] = WORD;
        } else if byte >= 0x80 {
            class[byte] = BEYOND_ASCII;
        }
        byte += 1;
    }
    class[b'!' as usize] = LOOK;
    class[b'$' as usize] = LOOK;
    class[b'%' as usize] = LOOK;
    class
};

#[inline]
fn class(text: &[u8], at: usize) -> u8 {
    text.get(at).map_or(OTHER, |&byte| CLASS[byte as usize])
}

/// Cuts text into words and turns them into tokens of the lexicon it owns.
pub(super) struct Words {
    pub lexicon: Lexicon,
    recipe: Recipe,
    stemmer: Stemmer,
    surfaces: Surfaces,
    places: Vec<PlaceRow>,
    /// Places of headers without one of their own, by prefix.
    header_places: FxHashMap<String, Place>,
    /// Words of the body of this mail, and how many of them were all capitals.
    counted: u32,
    shouted: u32,
    /// Where the last link in the text being cut ends.
    link_end: usize,
    lowered: Vec<u8>,
    token: String,
}

impl Words {
    pub fn new(recipe: &Recipe) -> Words {
        let row = |prefix: &str, kind, prose, shape| PlaceRow { prefix: prefix.into(), kind, prose, shape };
        let places = vec![
            row("", Kind::Word, true, Some(Place::SHAPE)),
            row("subject:", Kind::Subject, true, Some(Place::SUBJECT_SHAPE)),
            row("from:", Kind::Header, false, None),
            row("mailer:", Kind::Header, false, None),
            row("url:", Kind::Link, false, None),
            row("shape:", Kind::Shape, false, None),
            row("subject:shape:", Kind::Shape, false, None),
        ];
        Words {
            lexicon: Lexicon::new(),
            recipe: recipe.clone(),
            stemmer: Stemmer::create(Algorithm::English),
            surfaces: Surfaces::new(),
            places,
            header_places: FxHashMap::default(),
            counted: 0,
            shouted: 0,
            link_end: 0,
            lowered: Vec::new(),
            token: String::new(),
        }
    }

    /// The place of words in header `name`, for headers that have none of their own.
    pub fn header_place(&mut self, name: &[u8]) -> Place {
        self.token.clear();
        self.token.extend(name.iter().take(64).map(|byte| byte.to_ascii_lowercase() as char));
        self.token.push(':');
        if let Some(&place) = self.header_places.get(self.token.as_str()) {
            return place;
        }
        if self.places.len() >= MOST_PLACES {
            return Place(MOST_PLACES as u16 - 1);
        }
        self.places.push(PlaceRow { prefix: self.token.clone(), kind: Kind::Header, prose: false, shape: None });
        let place = Place(self.places.len() as u16 - 1);
        self.header_places.insert(self.token.clone(), place);
        place
    }

    /// Appends the tokens of `text`, which is UTF-8.
    pub fn cut(&mut self, text: &[u8], place: Place, tokens: &mut Vec<TokenId>) {
        let mut at = 0;
        if place == Place::BODY {
            self.link_end = 0;
        }
        while let Some(&byte) = text.get(at) {
            at = match CLASS[byte as usize] {
                OTHER => at + 1,
                LOOK => self.look(text, at, place, tokens),
                _ => self.word(text, at, place, tokens),
            };
        }
    }

    /// Reads the word that begins at `start`; returns where it ends. Most are short and known.
    #[inline]
    fn word(&mut self, text: &[u8], start: usize, place: Place, tokens: &mut Vec<TokenId>) -> usize {
        let Some(word) = ShortWord::at(text, start) else { return self.any_word(text, start, place, tokens) };
        let end = start + word.len;
        if word.len > 1 {
            match self.surfaces.find_short(place.0, word.chunk) {
                Ok(NO_TOKEN) => {}
                Ok(token) => tokens.push(token),
                Err(_) => self.push(place, &word.form(), tokens),
            }
            if place == Place::BODY {
                self.in_body(text, start, end, word.capitals, tokens);
            }
        }
        end
    }

    /// What a word of the body adds besides its token: it may be shouted, or begin a link.
    #[inline]
    fn in_body(&mut self, text: &[u8], start: usize, end: usize, capitals: u32, tokens: &mut Vec<TokenId>) {
        self.counted += 1;
        self.shouted += u32::from(end - start > 2 && capitals as usize == end - start);
        if text.get(end) == Some(&b':') && self.recipe.markup && text[end..].starts_with(b"://") {
            self.link(text, start, tokens);
        }
    }

    /// A link written out in the text. One inside another is not told again.
    fn link(&mut self, text: &[u8], start: usize, tokens: &mut Vec<TokenId>) {
        if start >= self.link_end {
            let url = link::visible(&text[start..]);
            self.link_end = start + url.len();
            link::clues(url, self, tokens);
        }
    }

    /// A word of any length and in any script.
    fn any_word(&mut self, text: &[u8], start: usize, place: Place, tokens: &mut Vec<TokenId>) -> usize {
        let (mut end, mut seen) = (start, 0);
        loop {
            let class = class(text, end);
            if class & (WORD | BEYOND_ASCII) != 0 {
                seen |= class;
                end += 1;
            } else if text.get(end) == Some(&b'\'') && self::class(text, end + 1) == WORD {
                end += 2;
            } else {
                break;
            }
        }
        if seen & BEYOND_ASCII != 0 {
            self.beyond_ascii(&text[start..end], place, tokens);
            return end;
        }
        let len = end - start;
        let longest = if place == Place::LINK { LONGEST_IN_LINK } else { LONGEST };
        if (2..=longest).contains(&len) {
            let (form, capitals) = Form::lower(text, start, end);
            self.push(place, &form, tokens);
            if place == Place::BODY {
                self.in_body(text, start, end, capitals, tokens);
            }
        } else if len > longest {
            self.long(len, place, tokens);
        }
        end
    }

    /// A run of bytes with some beyond ASCII: the slow, exact way.
    fn beyond_ascii(&mut self, run: &[u8], place: Place, tokens: &mut Vec<TokenId>) {
        let mut word = std::mem::take(&mut self.lowered);
        word.clear();
        let mut before = None;
        // The text is UTF-8 already; should it not be, what is not is passed over.
        for c in run.utf8_chunks().flat_map(|chunk| chunk.valid().chars()) {
            if is_unspaced(c) {
                self.finish_word(&mut word, place, tokens);
                let mut pair = [0; 8];
                let from = before.map_or(0, |before: char| before.encode_utf8(&mut pair).len());
                let len = from + c.encode_utf8(&mut pair[from..]).len();
                if from > 0 {
                    self.push(place, &Form::new(&pair[..len]), tokens);
                }
                before = Some(c);
                continue;
            }
            before = None;
            match c {
                '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => {}
                '\u{2019}' if !word.is_empty() => word.push(b'\''),
                '\'' => word.push(b'\''),
                c if c.is_ascii() => word.push(c.to_ascii_lowercase() as u8),
                c if c.is_alphanumeric() => {
                    for lower in c.to_lowercase() {
                        word.extend_from_slice(lower.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
                // Accents that stand as characters of their own belong to the letter before them.
                '\u{300}'..='\u{36F}' if !word.is_empty() => {
                    word.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                _ => self.finish_word(&mut word, place, tokens),
            }
        }
        self.finish_word(&mut word, place, tokens);
        self.lowered = word;
    }

    fn finish_word(&mut self, word: &mut Vec<u8>, place: Place, tokens: &mut Vec<TokenId>) {
        while word.last() == Some(&b'\'') {
            word.pop();
        }
        match word.len() {
            0 | 1 => {}
            2..=LONGEST => {
                self.counted += u32::from(place == Place::BODY);
                self.push(place, &Form::new(word), tokens);
            }
            len => self.long(len, place, tokens),
        }
        word.clear();
    }

    /// The token of a word, from memory or made now.
    #[inline]
    fn push(&mut self, place: Place, form: &Form, tokens: &mut Vec<TokenId>) {
        let token = match self.surfaces.find(place.0, form) {
            Ok(token) => token,
            Err(slot) => {
                let token = self.make(place, form);
                self.surfaces.put(slot, place.0, form, token);
                token
            }
        };
        if token != NO_TOKEN {
            tokens.push(token);
        }
    }

    #[cold]
    fn make(&mut self, place: Place, form: &Form) -> TokenId {
        self.lowered.clear();
        form.write(&mut self.lowered);
        let word = String::from_utf8_lossy(&self.lowered);
        let row = &self.places[place.0 as usize];
        if row.prose && !self.recipe.stop_words && is_stop_word(&word) {
            return NO_TOKEN;
        }
        self.token.clear();
        self.token.push_str(&row.prefix);
        if row.prose && self.recipe.stem && is_stemmed(&self.lowered) {
            self.token.push_str(&self.stemmer.stem(&word));
        } else {
            self.token.push_str(&word);
        }
        self.lexicon.intern(row.kind, &self.token)
    }

    /// One clue made of a fixed beginning and what was found; anything but printable ASCII becomes `?`.
    pub fn clue(&mut self, kind: Kind, name: &str, found: &[u8], tokens: &mut Vec<TokenId>) {
        self.token.clear();
        self.token.push_str(name);
        let tidy = |byte: &u8| if byte.is_ascii_graphic() { byte.to_ascii_lowercase() as char } else { '?' };
        self.token.extend(found.iter().take(64).map(tidy));
        tokens.push(self.lexicon.intern(kind, &self.token));
    }

    /// `!`, `$` and `%`, alone or in runs; returns where the run ends.
    fn look(&mut self, text: &[u8], start: usize, place: Place, tokens: &mut Vec<TokenId>) -> usize {
        let byte = text[start];
        let run = text[start..].iter().take_while(|&&other| other == byte).count();
        let end = start + run;
        let clue: &[u8] = match (byte, run) {
            (b'!', 1) => b"!",
            (b'!', 2) => b"!!",
            (b'!', _) => b"!!!",
            (b'$', 1) if matches!(text[end..].trim_ascii_start().first(), Some(b'0'..=b'9')) => b"money",
            (b'$', 2..) => b"$$",
            (b'%', 1) if start > 0 && text[..start].trim_ascii_end().last().is_some_and(u8::is_ascii_digit) => {
                b"percent"
            }
            _ => return end,
        };
        self.shape(place, clue, tokens);
        end
    }

    /// A word too long to be one: only its length, in tens, is told.
    fn long(&mut self, len: usize, place: Place, tokens: &mut Vec<TokenId>) {
        let tens = len.min(100) / 10;
        self.shape(
            place,
            &[b'l', b'o', b'n', b'g', b':', b'0' + (tens / 10) as u8, b'0' + (tens % 10) as u8, b'0'],
            tokens,
        );
    }

    fn shape(&mut self, place: Place, clue: &[u8], tokens: &mut Vec<TokenId>) {
        if let (true, Some(shape)) = (self.recipe.shape, self.places[place.0 as usize].shape) {
            self.push(shape, &Form::new(clue), tokens);
        }
    }

    /// Ends a mail: how much of its body was shouted.
    pub fn finish_mail(&mut self, tokens: &mut Vec<TokenId>) {
        let share = 100 * self.shouted / self.counted.max(1);
        let clue: &[u8] = match share {
            // One word in capitals is a name.
            _ if self.shouted < 2 => b"",
            0..=1 => b"",
            2..=9 => b"shouting:some",
            10..=39 => b"shouting:much",
            _ => b"shouting:most",
        };
        if !clue.is_empty() {
            self.shape(Place::BODY, clue, tokens);
        }
        (self.counted, self.shouted) = (0, 0);
    }
}

/// Whether a word has an English stem: letters and apostrophes only. Numbers and names of things stay as they are.
fn is_stemmed(word: &[u8]) -> bool {
    word.len() > 2 && word.iter().all(|&byte| byte.is_ascii_lowercase() || byte == b'\'')
}

/// Characters of scripts written without spaces between words: kana and Han.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, recipe: &Recipe) -> String {
        let mut words = Words::new(recipe);
        let mut tokens = Vec::new();
        words.cut(text.as_bytes(), Place::BODY, &mut tokens);
        words.finish_mail(&mut tokens);
        tokens.iter().map(|&token| words.lexicon.token(token)).collect::<Vec<_>>().join(" ")
    }

    fn plain(text: &str) -> String {
        read(text, &Recipe { stem: false, shape: false, markup: false, ..Recipe::default() })
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(plain("Hello, WORLD-wide 42 a I'm 'quoted' x1"), "hello world wide 42 i'm quoted x1");
        assert_eq!(plain(""), "");
        assert_eq!(
            plain("caf\u{e9} \u{39c}\u{38c}\u{3a3}\u{3a7}\u{39f}\u{3a3} na\u{ef}ve\u{2014}yes"),
            "caf\u{e9} \u{3bc}\u{3cc}\u{3c3}\u{3c7}\u{3bf}\u{3c3} na\u{ef}ve yes"
        );
        assert_eq!(plain("via\u{200b}gra so\u{ad}ft it\u{2019}s"), "viagra soft it's");
        assert_eq!(plain("\u{65e5}\u{672c}\u{8a9e}abc"), "\u{65e5}\u{672c} \u{672c}\u{8a9e} abc");
    }

    #[test]
    fn the_look_of_text_gives_clues() {
        let look = |text| read(text, &Recipe { stem: false, markup: false, ..Recipe::default() });
        assert_eq!(look("win!!!! now!"), "win shape:!!! now shape:!");
        assert_eq!(look("$ 500 off 50% $$$"), "shape:money 500 off 50 shape:percent shape:$$");
        assert_eq!(look("BUY NOW"), "buy now shape:shouting:most");
        assert_eq!(look(&"x".repeat(55)), "shape:long:050");
    }

    #[test]
    fn stems_and_stop_words_follow_the_recipe() {
        let recipe = Recipe { stop_words: false, ..Recipe::default() };
        assert_eq!(read("The winners are winning prizes2", &recipe), "winner win prizes2");
    }
}
