//! Where a word stands: what its token is prefixed with, which kind of clue it is, and in which
//! language its stem is sought.

use super::lexicon::Kind;
use super::words::language::Language;
use rustc_hash::FxHashMap;

/// Header names given a place of their own with `Headers::All`; any further ones share one.
const MOST_PLACES: usize = 2000;

/// A row number of [`Places`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(pub u16);

impl Place {
    /// Visible body: no prefix.
    pub const BODY: Place = Place(0);
    /// `subject:…`
    pub const SUBJECT: Place = Place(1);
    /// `hidden:…`, text that a page holds but does not show.
    pub const HIDDEN: Place = Place(2);
    /// How many places hold prose; there is a row of each for each language.
    const PROSE: u16 = 3;
    const OTHERS: u16 = Place::PROSE * Language::COUNT as u16;
    /// `from:…`
    pub const FROM: Place = Place(Place::OTHERS);
    /// `mailer:…`
    pub const MAILER: Place = Place(Place::OTHERS + 1);
    /// `url:…`, the pieces of a link.
    pub const LINK: Place = Place(Place::OTHERS + 2);
    /// `shape:…`, the look of the body.
    pub const SHAPE: Place = Place(Place::OTHERS + 3);
    /// `subject:shape:…`, the look of the subject.
    pub const SUBJECT_SHAPE: Place = Place(Place::OTHERS + 4);
    /// `class:…`, what a number of the body is.
    pub const CLASS: Place = Place(Place::OTHERS + 5);
    /// `subject:class:…`
    pub const SUBJECT_CLASS: Place = Place(Place::OTHERS + 6);

    /// The row of this place in `language`; only prose has one of its own.
    pub fn in_language(self, language: Language) -> Place {
        if self.0 < Place::PROSE {
            Place(self.0 + Place::PROSE * language as u16)
        } else {
            self
        }
    }

    /// The language of its row. English where it is no prose.
    pub fn language(self) -> Language {
        Language::ALL
            .get(usize::from(self.0 / Place::PROSE))
            .copied()
            .unwrap_or(Language::English)
    }
}

/// What is known of a place.
pub(super) struct PlaceRow {
    pub prefix: String,
    pub kind: Kind,
    /// Whether its words are stemmed and folded: prose, not names.
    pub prose: bool,
    /// Where clues about its look go.
    pub shape: Option<Place>,
    /// Where the classes of its numbers go.
    pub class: Option<Place>,
}

/// Every place there is.
pub(super) struct Places {
    rows: Vec<PlaceRow>,
    /// Places of headers without one of their own, by prefix.
    of_headers: FxHashMap<String, Place>,
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
                Kind::Word,
                Some(Place::SHAPE),
                Some(Place::CLASS),
            ));
            rows.push(prose(
                "subject:",
                Kind::Subject,
                Some(Place::SUBJECT_SHAPE),
                Some(Place::SUBJECT_CLASS),
            ));
            rows.push(prose("hidden:", Kind::Hidden, None, None));
        }
        rows.push(other("from:", Kind::Sender));
        rows.push(other("mailer:", Kind::Header));
        rows.push(other("url:", Kind::Link));
        rows.push(other("shape:", Kind::Shape));
        rows.push(other("subject:shape:", Kind::Shape));
        rows.push(other("class:", Kind::Class));
        rows.push(other("subject:class:", Kind::Class));
        Places {
            rows,
            of_headers: FxHashMap::default(),
            prefix: String::new(),
        }
    }

    /// What is known of `place`.
    pub fn row(&self, place: Place) -> &PlaceRow {
        &self.rows[usize::from(place.0)]
    }

    /// The place of words in header `name`, for headers that have none of their own.
    pub fn of_header(&mut self, name: &[u8]) -> Place {
        self.prefix.clear();
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
            return Place(MOST_PLACES as u16 - 1);
        }
        let row = PlaceRow {
            prefix: self.prefix.clone(),
            kind: Kind::Header,
            prose: false,
            shape: None,
            class: None,
        };
        self.rows.push(row);
        let place = Place(self.rows.len() as u16 - 1);
        self.of_headers.insert(self.prefix.clone(), place);
        place
    }
}
