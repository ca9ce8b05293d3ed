//! Detects text that styles, attributes or colours hide from the reader of a page.
//!
//! Text is hidden in an element that has the attribute `hidden`, `display: none`, `visibility:
//! hidden`, or an opacity, font size or height of about zero, that is moved far off the page, or
//! whose text has the colour of its background. Only styles in the element itself are read; style
//! sheets are not applied. Colours and hiding are inherited.

use super::element::Row;

/// A colour as red, green, blue.
type CssColour = [u8; 3];

const WHITE: CssColour = [255; 3];
const BLACK: CssColour = [0; 3];
/// Largest difference, in every channel, between colours that look the same.
const SAME: u8 = 16;
/// Largest number of open elements that are tracked. Further ones are ignored.
const MOST_OPEN: usize = 64;

/// How text looks at some position.
#[derive(Debug, Clone, Copy)]
struct Look {
    colour: CssColour,
    background: CssColour,
    /// Whether it is hidden by other means than its colour.
    invisible: bool,
}

/// What the attributes of one element say about its look.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each flag is a property that an attribute sets"
)]
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    colour: Option<CssColour>,
    background: Option<CssColour>,
    invisible: bool,
    clipped: bool,
    tiny: bool,
    /// Whether its width or height is a pixel or less.
    pub dot: bool,
}

impl Attributes {
    /// Records one attribute. `value` is empty if it has none.
    pub fn note(&mut self, name: &[u8], value: &[u8]) {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        match name.first().map(u8::to_ascii_lowercase) {
            Some(b's') if is("style") => self.style(value),
            Some(b'b') if is("bgcolor") => self.background = colour(value),
            Some(b'c') if is("color") => self.colour = colour(value),
            Some(b't') if is("text") => self.colour = colour(value),
            Some(b'h') if is("hidden") => self.invisible = true,
            Some(b'h') if is("height") => self.dot |= is_nothing(value),
            Some(b'w') if is("width") => self.dot |= is_nothing(value),
            _ => {}
        }
    }

    fn style(&mut self, style: &[u8]) {
        for declaration in style.split(|&byte| byte == b';') {
            let Some(colon) = memchr::memchr(b':', declaration) else {
                continue;
            };
            let (name, value) = (
                declaration[..colon].trim_ascii(),
                declaration[colon + 1..].trim_ascii(),
            );
            let name_is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
            let begins = |known: &str| {
                value.len() >= known.len()
                    && value[..known.len()].eq_ignore_ascii_case(known.as_bytes())
            };
            match name.first().map(u8::to_ascii_lowercase) {
                Some(b'd') if name_is("display") => self.invisible |= begins("none"),
                Some(b'v') if name_is("visibility") => self.invisible |= begins("hidden"),
                Some(b'o') if name_is("opacity") => {
                    self.invisible |= number(value).is_some_and(|part| part < 0.1);
                }
                Some(b'o') if name_is("overflow") => self.clipped |= begins("hidden"),
                Some(b'f') if name_is("font-size") => self.invisible |= is_nothing(value),
                Some(b'm') if name_is("mso-hide") => self.invisible |= begins("all"),
                Some(b'm') if name_is("max-height") => self.tiny |= is_nothing(value),
                Some(b'h') if name_is("height") => self.tiny |= is_nothing(value),
                Some(b'w') if name_is("width") => self.tiny |= is_nothing(value),
                Some(b't') if name_is("text-indent") => {
                    self.invisible |= number(value).is_some_and(|far| far < -900.0);
                }
                Some(b'l') if name_is("left") => {
                    self.invisible |= number(value).is_some_and(|far| far < -900.0);
                }
                Some(b'c') if name_is("color") => self.colour = colour(value),
                Some(b'b') if name_is("background") || name_is("background-color") => {
                    self.background = colour(value);
                }
                _ => {}
            }
        }
    }

    fn changes_something(&self) -> bool {
        self.hides() || self.colour.is_some() || self.background.is_some()
    }

    fn hides(&self) -> bool {
        self.invisible || self.tiny && self.clipped
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
        self.open
            .last()
            .is_some_and(|open| open.look.invisible || same(open.look.colour, open.look.background))
    }

    /// Begins an element. It must not be called for void elements.
    pub fn begin(&mut self, row: Row, attributes: &Attributes) {
        if attributes.changes_something() {
            let around = self.open.last().map_or(
                Look {
                    colour: BLACK,
                    background: WHITE,
                    invisible: false,
                },
                |open| open.look,
            );
            let look = Look {
                colour: attributes.colour.unwrap_or(around.colour),
                background: attributes.background.unwrap_or(around.background),
                invisible: around.invisible || attributes.hides(),
            };
            if self.open.len() < MOST_OPEN {
                self.open.push(OpenElement {
                    row,
                    count: 1,
                    look,
                });
                return;
            }
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

fn same(a: CssColour, b: CssColour) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= SAME)
}

/// The number at the beginning of `value`.
fn number(value: &[u8]) -> Option<f32> {
    let end = value
        .iter()
        .position(|byte| !(byte.is_ascii_digit() || matches!(byte, b'.' | b'-')))
        .unwrap_or(value.len());
    std::str::from_utf8(&value[..end]).ok()?.parse().ok()
}

/// Whether a length is at most a pixel or a point. A fraction of the normal size, such as `0.9em`,
/// is not.
fn is_nothing(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let relative = value.ends_with(b"em") || value.ends_with(b"%") || value.ends_with(b"rem");
    number(value).is_some_and(|length| {
        if relative {
            length < 0.05
        } else {
            length <= 1.0
        }
    })
}

/// Named colours.
const COLOUR_NAMES: [(&str, CssColour); 20] = [
    ("white", WHITE),
    ("black", BLACK),
    ("red", [255, 0, 0]),
    ("blue", [0, 0, 255]),
    ("green", [0, 128, 0]),
    ("yellow", [255, 255, 0]),
    ("gray", [128, 128, 128]),
    ("grey", [128, 128, 128]),
    ("silver", [192, 192, 192]),
    ("navy", [0, 0, 128]),
    ("maroon", [128, 0, 0]),
    ("purple", [128, 0, 128]),
    ("teal", [0, 128, 128]),
    ("aqua", [0, 255, 255]),
    ("lime", [0, 255, 0]),
    ("fuchsia", [255, 0, 255]),
    ("olive", [128, 128, 0]),
    ("orange", [255, 165, 0]),
    ("snow", [255, 250, 250]),
    ("ivory", [255, 255, 240]),
];

/// Parses a colour: `#fff`, `#ffffff`, `ffffff`, `rgb(255, 255, 255)`, or a name.
fn colour(value: &[u8]) -> Option<CssColour> {
    let value = value.trim_ascii();
    let end = value
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || *byte == b'!')
        .unwrap_or(value.len());
    if let Some((_, known)) = COLOUR_NAMES
        .iter()
        .find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(&value[..end]))
    {
        return Some(*known);
    }
    if value.len() > 4 && value[..4].eq_ignore_ascii_case(b"rgb(") {
        let mut parts = value[4..]
            .split(|byte| matches!(byte, b',' | b')'))
            .map(|part| number(part.trim_ascii()));
        let mut next = || {
            parts
                .next()
                .flatten()
                .map(|part| part.clamp(0.0, 255.0) as u8)
        };
        return Some([next()?, next()?, next()?]);
    }
    let digits = value[..end].strip_prefix(b"#").unwrap_or(&value[..end]);
    let hex = |at: usize| (digits[at] as char).to_digit(16).map(|digit| digit as u8);
    match digits.len() {
        3 => Some([hex(0)? * 17, hex(1)? * 17, hex(2)? * 17]),
        6 => Some([
            hex(0)? << 4 | hex(1)?,
            hex(2)? << 4 | hex(3)?,
            hex(4)? << 4 | hex(5)?,
        ]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_in_every_form() {
        for white in [
            "#fff",
            "#FFFFFF",
            "ffffff",
            "white",
            "White !important",
            "rgb(255, 255,255)",
        ] {
            assert_eq!(colour(white.as_bytes()), Some(WHITE), "{white}");
        }
        assert_eq!(colour(b"#102030"), Some([16, 32, 48]));
        for none in ["", "transparent", "url(x.gif)", "#ffff", "rgb(1)"] {
            assert_eq!(colour(none.as_bytes()), None, "{none}");
        }
    }

    #[test]
    fn lengths_of_nothing_are_told() {
        for nothing in ["0", "0px", "1px", " 1 ", "0.01em", "0%"] {
            assert!(is_nothing(nothing.as_bytes()), "{nothing}");
        }
        for something in ["2px", "0.9em", "100%", "auto", "", "12pt"] {
            assert!(!is_nothing(something.as_bytes()), "{something}");
        }
    }
}
