//! Detects text that styles, attributes, elements or colours hide from the reader of a page.
//!
//! An element can be hidden with all that is in it: by `display: none`, the attribute `hidden`, an
//! opacity of about zero, a box without a height or width, a place far off the page, or because
//! browsers show no such element. Text can be hidden by what it inherits and what an element inside
//! can change again: its visibility, its size, and a colour that is transparent or that of its
//! background. Only styles in the element itself are read, and what `sheet` reads. Text
//! before a picture is taken to be seen.
//!
//! Elements that are never closed end where browsers end them: with the element around them, or
//! where one begins that cannot be inside (HTML standard, section 13.2.6.4). Those that only format
//! letters, such as `font`, go on behind it up to their own end.

use super::colour::{BLACK, Paint, WHITE};
use super::css::{Attributes, Presence};
use super::element::{Row, set_of};
use super::value::Background;

/// Largest number of open elements that are tracked. Further ones are ignored.
const MOST_OPEN: usize = 256;

/// How text looks at some position.
#[derive(Debug, Clone, Copy)]
struct Look {
    colour: Paint,
    background: Background,
    small: bool,
    unseen: bool,
    /// The least presence of the elements that it is in.
    presence: Presence,
}

impl Look {
    const PLAIN: Look = Look {
        colour: BLACK,
        background: Background::Colour(WHITE),
        small: false,
        unseen: false,
        presence: Presence::Shown,
    };

    /// How text looks in an element that makes these changes to text that looks like this.
    fn with(self, changes: Changes) -> Look {
        Look {
            colour: changes.colour.unwrap_or(self.colour),
            background: changes.background.unwrap_or(self.background),
            small: changes.small.unwrap_or(self.small),
            unseen: changes.unseen.unwrap_or(self.unseen),
            presence: self.presence.max(changes.presence),
        }
    }

    fn is_hidden(&self) -> bool {
        let blends = match self.background {
            Background::Colour(background) => self.colour.looks_like(background),
            Background::Picture => false,
        };
        let is_shown = self.presence == Presence::Shown && !self.unseen && !self.small;
        !is_shown || self.colour == Paint::Clear || blends
    }
}

/// What an element changes about the look of text. None means nothing.
#[derive(Debug, Clone, Copy)]
struct Changes {
    colour: Option<Paint>,
    background: Option<Background>,
    small: Option<bool>,
    unseen: Option<bool>,
    presence: Presence,
}

impl Changes {
    fn of(attributes: &Attributes) -> Changes {
        Changes {
            colour: attributes.colour,
            background: attributes.background,
            small: attributes.small,
            unseen: attributes.unseen,
            presence: attributes.presence(),
        }
    }
}

/// Elements that only format letters.
static FORMATTING: u128 = set_of(&[
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
]);
/// Parts of tables, with which all that is inside ends.
static TABLE_PARTS: u128 = TABLE | CELLS | set_of(&["tbody", "thead", "tfoot", "tr"]);
static TABLE: u128 = set_of(&["table"]);
static CELLS: u128 = set_of(&["td", "th", "caption"]);
/// Elements that an end tag inside does not reach beyond.
static BARRIERS: u128 =
    TABLE | CELLS | set_of(&["applet", "marquee", "object", "template", "button"]);
/// Elements before which a paragraph ends.
static AFTER_PARAGRAPHS: u128 = set_of(&[
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
    "section",
    "summary",
    "ul",
    "xmp",
]);
/// The special elements of the standard, which the end tags of others do not reach beyond.
static SPECIAL: u128 = AFTER_PARAGRAPHS
    | BARRIERS
    | TABLE_PARTS
    | set_of(&[
        "body", "html", "iframe", "noembed", "noframes", "noscript", "select", "textarea",
    ]);
/// Special elements that an item of a list does not end before.
static TRANSPARENT: u128 = set_of(&["address", "div", "p"]);
static TERMS: u128 = set_of(&["dd", "dt"]);
static ITEM: u128 = set_of(&["li"]);

/// Elements that another one ends by its beginning.
struct ImpliedEnd {
    /// The elements that begin.
    by: u128,
    /// The elements that end, and those beyond which none is looked for.
    ends: u128,
    within: u128,
}

static IMPLIED_ENDS: [ImpliedEnd; 8] = [
    ImpliedEnd {
        by: AFTER_PARAGRAPHS,
        ends: set_of(&["p"]),
        within: BARRIERS,
    },
    ImpliedEnd {
        by: ITEM,
        ends: ITEM,
        within: SPECIAL & !TRANSPARENT & !ITEM,
    },
    ImpliedEnd {
        by: TERMS,
        ends: TERMS,
        within: SPECIAL & !TRANSPARENT & !TERMS,
    },
    ImpliedEnd {
        by: set_of(&["optgroup", "option"]),
        ends: set_of(&["option"]),
        within: BARRIERS | set_of(&["select"]),
    },
    ImpliedEnd {
        by: CELLS,
        ends: CELLS,
        within: set_of(&["table", "template", "tr"]),
    },
    ImpliedEnd {
        by: set_of(&["tr"]),
        ends: CELLS | set_of(&["tr"]),
        within: set_of(&["table", "template"]),
    },
    ImpliedEnd {
        by: set_of(&["tbody", "tfoot", "thead"]),
        ends: CELLS | set_of(&["tbody", "tfoot", "thead", "tr"]),
        within: set_of(&["table", "template"]),
    },
    ImpliedEnd {
        by: set_of(&["a"]),
        ends: set_of(&["a"]),
        within: BARRIERS,
    },
];

fn is_in(set: u128, row: Row) -> bool {
    set >> row & 1 == 1
}

#[derive(Debug, Clone, Copy)]
struct OpenElement {
    row: Row,
    changes: Changes,
    look: Look,
}

/// The elements that are open at some position.
#[derive(Debug, Default)]
pub(crate) struct Styles {
    open: Vec<OpenElement>,
    /// Number of open elements that are not tracked.
    ignored: usize,
}

impl Styles {
    /// Forgets all elements.
    pub fn clear(&mut self) {
        self.open.clear();
        self.ignored = 0;
    }

    /// Whether text is hidden at this position.
    #[inline]
    pub fn hide(&self) -> bool {
        self.open.last().is_some_and(|open| open.look.is_hidden())
    }

    /// Whether this position is in an element that a browser leaves out.
    pub fn leave_out(&self) -> bool {
        self.open
            .last()
            .is_some_and(|open| open.look.presence == Presence::LeftOut)
    }

    /// Begins an element. It must not be called for void elements.
    pub fn begin(&mut self, row: Row, attributes: &Attributes) {
        if self.open.len() == MOST_OPEN {
            self.ignored += 1;
            return;
        }
        let changes = Changes::of(attributes);
        let look = self.look_inside(self.open.len()).with(changes);
        self.open.push(OpenElement { row, changes, look });
    }

    /// Ends the elements that the beginning of another one ends.
    pub fn make_room_for(&mut self, row: Row) {
        if self.ignored > 0 {
            return;
        }
        for implied in IMPLIED_ENDS.iter().filter(|implied| is_in(implied.by, row)) {
            let limit = self
                .open
                .iter()
                .rposition(|open| is_in(implied.within, open.row));
            let from = limit.map_or(0, |at| at + 1);
            let ended = self.open[from..]
                .iter()
                .position(|open| is_in(implied.ends, open.row));
            if let Some(at) = ended {
                self.close(from + at);
            }
        }
    }

    /// Ends an element, and with it those inside that were never closed.
    pub fn end(&mut self, row: Row) {
        if self.ignored > 0 {
            self.ignored -= 1;
            return;
        }
        let barriers = match () {
            () if is_in(TABLE_PARTS, row) => TABLE,
            () if is_in(FORMATTING | SPECIAL, row) => BARRIERS,
            () => SPECIAL,
        };
        let stops = |open: &OpenElement| open.row == row || is_in(barriers, open.row);
        let at = self.open.iter().rposition(stops);
        if let Some(at) = at.filter(|&at| self.open[at].row == row) {
            self.close(at);
        }
    }

    /// How text looks inside the first `count` open elements.
    fn look_inside(&self, count: usize) -> Look {
        count
            .checked_sub(1)
            .map_or(Look::PLAIN, |last| self.open[last].look)
    }

    /// Ends the open element at this position.
    fn close(&mut self, at: usize) {
        let row = self.open[at].row;
        let stays = |inside: Row| {
            is_in(FORMATTING, row) || is_in(FORMATTING, inside) && !is_in(TABLE_PARTS, row)
        };
        let mut kept = at;
        for inside in at + 1..self.open.len() {
            let OpenElement { row, changes, .. } = self.open[inside];
            if stays(row) {
                let look = self.look_inside(kept).with(changes);
                self.open[kept] = OpenElement { row, changes, look };
                kept += 1;
            }
        }
        self.open.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::super::element::row_of;
    use super::*;

    /// Whether text is hidden after these tags, of which those that end in `!` are not displayed.
    fn hides(tags: &str) -> bool {
        let mut styles = Styles::default();
        for tag in tags.split_whitespace() {
            let name = tag.trim_matches(['/', '!']);
            let row = row_of(name.as_bytes());
            if tag.starts_with('/') {
                styles.end(row);
                continue;
            }
            let mut attributes = Attributes::default();
            if tag.ends_with('!') {
                attributes.hide();
            }
            styles.make_room_for(row);
            styles.begin(row, &attributes);
        }
        styles.hide()
    }

    /// Whether html5lib 1.1 has the text after these tags inside a hidden element.
    #[test]
    fn elements_that_are_never_closed_end_where_html5lib_ends_them() {
        for shown in [
            "table tr td! td",
            "table tr td! tr td",
            "table tr! td tr td",
            "table tr td! /tr td",
            "table tr td! /table",
            "table tbody! tr td tbody tr td",
            "ul li! li",
            "ul li! ul li /ul li",
            "dl dt! dd",
            "select option! option",
            "p! p",
            "p! div",
            "p! span h1",
            "div span! /div",
            "div p! b /div",
            "p! ul li",
            "b! /b",
            "b! div /b",
            "table tr td font! /td td",
            "a! a",
            "div! zyx /div",
        ] {
            assert!(!hides(shown), "{shown}");
        }
        for hidden in [
            "table tr td! table tr td /table",
            "li! ul li",
            "p! span",
            "p! table tr td p",
            "div! div /div",
            "p font! /p",
            "div font! /div p",
            "b! div /div",
            "div! table tr td /div",
            "b div! /b",
            "div! /span",
        ] {
            assert!(hides(hidden), "{hidden}");
        }
    }

    #[test]
    fn elements_beyond_the_limit_are_passed_over() {
        let deep = "div ".repeat(MOST_OPEN + 10);
        assert!(!hides(&format!("{deep} div!")));
        assert!(!hides(&format!(
            "{deep} {}",
            "/div ".repeat(MOST_OPEN + 10)
        )));
        let back = "/div ".repeat(11);
        assert!(hides(&format!("{deep} {back} div!")));
    }
}
