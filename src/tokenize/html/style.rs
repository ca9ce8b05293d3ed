//! Detects text that styles, attributes, elements or colours hide from the reader of a page.
//!
//! An element can be hidden with all that is in it: by `display: none`, the attribute `hidden`, an
//! opacity of about zero, a box without a height or width, a place far off the page, or because
//! browsers show no such element. Text can be hidden by what it inherits and what an element inside
//! can change again: its visibility, its size, and a colour that is transparent or that of its
//! background. Only styles in the element itself are read; style sheets are not applied. Text
//! before a picture is taken to be seen.

use super::colour::{BLACK, Paint, WHITE};
use super::css::{Attributes, Background, Presence};
use super::element::Row;

/// Largest number of open elements that are tracked. Further ones are ignored.
const MOST_OPEN: usize = 64;

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

    /// How text looks in an element with these attributes, when text around it looks like this.
    fn with(self, attributes: &Attributes) -> Look {
        Look {
            colour: attributes.colour.unwrap_or(self.colour),
            background: attributes.background.unwrap_or(self.background),
            small: attributes.small.unwrap_or(self.small),
            unseen: attributes.unseen.unwrap_or(self.unseen),
            presence: self.presence.max(attributes.presence()),
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

/// An open element that changed how text looks.
#[derive(Debug)]
struct OpenElement {
    row: Row,
    /// Number of open elements with its name, counted from itself.
    count: u32,
    look: Look,
}

/// The elements that are open at some position and change how text looks.
#[derive(Debug, Default)]
pub(crate) struct Styles {
    open: Vec<OpenElement>,
}

impl Styles {
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
        if attributes.say_something() && self.open.len() < MOST_OPEN {
            let around = self.open.last().map_or(Look::PLAIN, |open| open.look);
            return self.open.push(OpenElement {
                row,
                count: 1,
                look: around.with(attributes),
            });
        }
        if let Some(open) = self.open.iter_mut().rev().find(|open| open.row == row) {
            open.count += 1;
        }
    }

    /// Ends an element, and with it those inside that were never closed.
    pub fn end(&mut self, row: Row) {
        let Some(at) = self.open.iter().rposition(|open| open.row == row) else {
            return;
        };
        self.open[at].count -= 1;
        if self.open[at].count == 0 {
            self.open.truncate(at);
        }
    }

    /// Ends every open element with this name.
    pub fn end_all(&mut self, row: Row) {
        if let Some(at) = self.open.iter().position(|open| open.row == row) {
            self.open.truncate(at);
        }
    }
}
