//! The place of a word in a message. It determines the prefix of the token, its kind, and the
//! language of its stem.

use super::language::Language;
use crate::base::keyed::KeyedMap;
use crate::tokenize::token_kind::TokenKind;

/// Largest number of header names that get a place of their own with `Headers::All`. All others
/// share one place.
const MOST_PLACES: usize = 2000;

/// A row number of [`Places`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextPlace(pub u16);

impl TextPlace {
    /// Visible body: no prefix.
    pub const BODY: TextPlace = TextPlace(0);
    /// `subject:…`
    pub const SUBJECT: TextPlace = TextPlace(1);
    /// `hidden:…`, text that a page holds but does not show.
    pub const HIDDEN: TextPlace = TextPlace(2);
    /// `attached:…`, text in an attachment.
    pub const ATTACHED: TextPlace = TextPlace(3);
    /// Number of places that hold prose. Each of them has one row per language.
    const PROSE: u16 = 4;
    const OTHERS: u16 = TextPlace::PROSE * Language::COUNT as u16;
    /// `from:…`
    pub const FROM: TextPlace = TextPlace(TextPlace::OTHERS);
    /// `mailer:…`
    pub const MAILER: TextPlace = TextPlace(TextPlace::OTHERS + 1);
    /// `url:…`, the pieces of a link.
    pub const LINK: TextPlace = TextPlace(TextPlace::OTHERS + 2);
    /// `shape:…`, the look of the body.
    pub const SHAPE: TextPlace = TextPlace(TextPlace::OTHERS + 3);
    /// `subject:shape:…`, the look of the subject.
    pub const SUBJECT_SHAPE: TextPlace = TextPlace(TextPlace::OTHERS + 4);
    /// `class:…`, what a number of the body is.
    pub const CLASS: TextPlace = TextPlace(TextPlace::OTHERS + 5);
    /// `subject:class:…`
    pub const SUBJECT_CLASS: TextPlace = TextPlace(TextPlace::OTHERS + 6);

    /// The row of this place for `language`. Only places of prose have one row per language.
    pub fn in_language(self, language: Language) -> TextPlace {
        if self.0 < TextPlace::PROSE {
            TextPlace(self.0 + TextPlace::PROSE * language as u16)
        } else {
            self
        }
    }

    /// The language of its row; English if it is not prose.
    pub fn language(self) -> Language {
        Language::ALL
            .get(usize::from(self.0 / TextPlace::PROSE))
            .copied()
            .unwrap_or(Language::English)
    }
}

/// The properties of a place.
pub(crate) struct PlaceRow {
    pub prefix: String,
    pub kind: TokenKind,
    /// Whether it holds prose rather than names, so that words are stemmed and deobfuscated.
    pub prose: bool,
    /// The place of clues about its look.
    pub shape: Option<TextPlace>,
    /// The place of the classes of its numbers.
    pub class: Option<TextPlace>,
}

/// All places.
pub(crate) struct Places {
    rows: Vec<PlaceRow>,
    /// The places of headers without a fixed place, by prefix.
    of_headers: KeyedMap<String, TextPlace>,
    prefix: String,
}

impl Places {
    pub fn new() -> Places {
        let prose = |prefix: &str, kind, shape, class| PlaceRow {
            prefix: prefix.into(),
            kind,
            prose: true,
            shape,
            class,
        };
        let other = |prefix: &str, kind| PlaceRow {
            prefix: prefix.into(),
            kind,
            prose: false,
            shape: None,
            class: None,
        };
        let mut rows = Vec::new();
        for _ in Language::ALL {
            rows.push(prose(
                "",
                TokenKind::Word,
                Some(TextPlace::SHAPE),
                Some(TextPlace::CLASS),
            ));
            rows.push(prose(
                "subject:",
                TokenKind::Subject,
                Some(TextPlace::SUBJECT_SHAPE),
                Some(TextPlace::SUBJECT_CLASS),
            ));
            rows.push(prose("hidden:", TokenKind::Hidden, None, None));
            rows.push(prose("attached:", TokenKind::Attached, None, None));
        }
        rows.push(other("from:", TokenKind::Sender));
        rows.push(other("mailer:", TokenKind::Header));
        rows.push(other("url:", TokenKind::Link));
        rows.push(other("shape:", TokenKind::Shape));
        rows.push(other("subject:shape:", TokenKind::Shape));
        rows.push(other("class:", TokenKind::Class));
        rows.push(other("subject:class:", TokenKind::Class));
        Places {
            rows,
            of_headers: KeyedMap::default(),
            prefix: String::new(),
        }
    }

    /// The properties of `place`.
    pub fn row(&self, place: TextPlace) -> &PlaceRow {
        &self.rows[usize::from(place.0)]
    }

    /// The place of words in the header `name`, for headers without a fixed place. Whoever writes a
    /// message chooses the name, so it stands after a prefix of its own: a field called `Hidden` is
    /// no hidden text.
    pub fn of_header(&mut self, name: &[u8]) -> TextPlace {
        self.prefix.clear();
        self.prefix.push_str("header:");
        self.prefix.extend(
            name.iter()
                .take(64)
                .map(|byte| byte.to_ascii_lowercase() as char),
        );
        self.prefix.push(':');
        if let Some(&place) = self.of_headers.get(self.prefix.as_str()) {
            return place;
        }
        if self.rows.len() >= MOST_PLACES {
            return TextPlace(MOST_PLACES as u16 - 1);
        }
        let row = PlaceRow {
            prefix: self.prefix.clone(),
            kind: TokenKind::Header,
            prose: false,
            shape: None,
            class: None,
        };
        self.rows.push(row);
        let place = TextPlace(self.rows.len() as u16 - 1);
        self.of_headers.insert(self.prefix.clone(), place);
        place
    }
}
