//! Reads what the attributes of one element say about how its text looks: its style, and attributes
//! such as `hidden`, `color` and `bgcolor`.
//!
//! As in browsers, the last declaration of a property counts, an `!important` one before others,
//! and a style before other attributes.

use super::colour::{Paint, colour, is_clear};
use super::value::{
    Background, background, begins, font, is_clipped, is_far_aside, is_far_off, is_filtered_out,
    is_nothing, is_shrunk, is_small, is_transformed_away, is_unseen,
};
use memchr::memmem;

/// How much of an element, with all that is in it, a browser shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Presence {
    Shown,
    /// It takes its place but cannot be seen.
    Hidden,
    /// What is before it touches what is after it.
    LeftOut,
}

/// What the attributes of one element say about its look. None means that they say nothing, so that
/// the element looks like the text around it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Attributes {
    pub colour: Option<Paint>,
    pub background: Option<Background>,
    /// Whether its letters are too small to be seen.
    pub small: Option<bool>,
    /// Whether its visibility is hidden or collapsed.
    pub unseen: Option<bool>,
    /// Whether `display` is `none`.
    undisplayed: Option<bool>,
    /// The rows of [`PROPERTIES`] that hide it, and those that were declared `!important`, one bit
    /// each.
    hiding: u64,
    important: u64,
    /// Whether its width or height is a pixel or less.
    pub dot: bool,
}

/// What a property says.
#[derive(Clone, Copy)]
enum Property {
    Colour,
    Background,
    FontSize,
    Font,
    Visibility,
    Display,
    /// Some values hide the element with all that is in it.
    Hides(fn(&[u8]) -> bool),
    /// The size of its box.
    Size,
    /// Whether what is outside of its box is cut off.
    Overflow,
}

/// The properties that are read, at most 64.
#[rustfmt::skip]
const PROPERTIES: [(&str, Property); 35] = [
    ("color", Property::Colour),
    ("background", Property::Background),
    ("background-color", Property::Background),
    ("background-image", Property::Background),
    ("font-size", Property::FontSize),
    ("font", Property::Font),
    ("visibility", Property::Visibility),
    ("display", Property::Display),
    ("opacity", Property::Hides(is_clear)),
    ("filter", Property::Hides(is_filtered_out)),
    ("left", Property::Hides(is_far_aside)),
    ("right", Property::Hides(is_far_aside)),
    ("top", Property::Hides(is_far_off)),
    ("bottom", Property::Hides(is_far_off)),
    ("inset", Property::Hides(is_far_off)),
    ("margin", Property::Hides(is_far_off)),
    ("margin-left", Property::Hides(is_far_aside)),
    ("margin-right", Property::Hides(is_far_aside)),
    ("margin-top", Property::Hides(is_far_off)),
    ("margin-bottom", Property::Hides(is_far_off)),
    ("text-indent", Property::Hides(is_far_aside)),
    ("translate", Property::Hides(is_far_off)),
    ("scale", Property::Hides(is_shrunk)),
    ("transform", Property::Hides(is_transformed_away)),
    ("clip", Property::Hides(is_clipped)),
    ("clip-path", Property::Hides(is_clipped)),
    ("content-visibility", Property::Hides(|value| begins(value, "hidden"))),
    ("mso-hide", Property::Hides(|value| begins(value, "all"))),
    ("height", Property::Size),
    ("width", Property::Size),
    ("max-height", Property::Size),
    ("max-width", Property::Size),
    ("overflow", Property::Overflow),
    ("overflow-x", Property::Overflow),
    ("overflow-y", Property::Overflow),
];

/// The rows whose property `is` such a one, one bit each.
macro_rules! rows {
    ($is:pat) => {{
        let (mut rows, mut row) = (0, 0);
        while row < PROPERTIES.len() {
            rows |= (matches!(PROPERTIES[row].1, $is) as u64) << row;
            row += 1;
        }
        rows
    }};
}
const HIDES: u64 = rows!(Property::Hides(_));
const SIZE: u64 = rows!(Property::Size);
const DISPLAY: u64 = rows!(Property::Display);
const OVERFLOW: u64 = rows!(Property::Overflow);

impl Attributes {
    /// Records one attribute. `value` is empty if it has none.
    pub fn note(&mut self, name: &[u8], value: &[u8]) {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        match name.first().map(u8::to_ascii_lowercase) {
            Some(b's') if is("style") => self.style(value),
            // The sizes of `font` are sizes of normal text.
            Some(b's') if is("size") => self.small = self.small.or(Some(false)),
            Some(b'b') if is("bgcolor") => {
                let solid = colour(value).filter(|&paint| paint != Paint::Clear);
                self.background = self.background.or(solid.map(Background::Colour));
            }
            Some(b'b') if is("background") && !value.is_empty() => {
                self.background = Some(Background::Picture);
            }
            Some(b'c') if is("color") => self.colour_attribute(value),
            Some(b't') if is("text") => self.colour_attribute(value),
            Some(b'h') if is("hidden") => {
                self.undisplayed = self.undisplayed.or(Some(true));
            }
            Some(b'h') if is("height") => self.dot |= is_nothing(value),
            Some(b'w') if is("width") => self.dot |= is_nothing(value),
            _ => {}
        }
    }

    /// Whether it says anything about how much of the element a browser shows.
    pub fn say_presence(&self) -> bool {
        self.undisplayed.is_some() || self.presence() != Presence::Shown
    }

    /// Adds what a `later` rule of a style sheet says about the same element.
    pub fn say_also(&mut self, later: &Attributes) {
        if self.important & DISPLAY == 0 || later.important & DISPLAY != 0 {
            self.undisplayed = later.undisplayed.or(self.undisplayed);
        }
        self.hiding |= later.hiding;
        self.important |= later.important;
    }

    /// Adds how much of the element is shown by what the style `sheet` says about it, which counts
    /// before its own style only if it is `!important`.
    pub fn take_presence(&mut self, sheet: &Attributes) {
        let yields = self.undisplayed.is_some() && sheet.important & DISPLAY == 0;
        if !yields {
            self.undisplayed = sheet.undisplayed.or(self.undisplayed);
        }
        self.hiding |= sheet.hiding;
    }

    fn colour_attribute(&mut self, value: &[u8]) {
        let solid = colour(value).filter(|&paint| paint != Paint::Clear);
        self.colour = self.colour.or(solid);
    }

    /// Hides it, whatever its attributes say.
    pub fn hide(&mut self) {
        self.undisplayed = Some(true);
    }

    /// How much of the element a browser shows.
    pub fn presence(&self) -> Presence {
        let clipped = self.hiding & SIZE != 0 && self.hiding & OVERFLOW != 0;
        if self.undisplayed == Some(true) {
            Presence::LeftOut
        } else if clipped || self.hiding & HIDES != 0 {
            Presence::Hidden
        } else {
            Presence::Shown
        }
    }

    fn style(&mut self, style: &[u8]) {
        let uncommented;
        let style = match memmem::find(style, b"/*") {
            Some(_) => {
                uncommented = without_comments(style);
                &uncommented
            }
            None => style,
        };
        for declaration in style.split(|&byte| byte == b';') {
            let Some(colon) = memchr::memchr(b':', declaration) else {
                continue;
            };
            let name = unprefixed(declaration[..colon].trim_ascii());
            let row = PROPERTIES
                .iter()
                .position(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name));
            if let Some(row) = row {
                self.declaration(row, declaration[colon + 1..].trim_ascii());
            }
        }
    }

    fn declaration(&mut self, row: usize, value: &[u8]) {
        let (value, important) = match memchr::memchr(b'!', value) {
            Some(at) => (value[..at].trim_ascii_end(), true),
            None => (value, false),
        };
        let bit = 1 << row;
        if self.important & bit != 0 && !important {
            return;
        }
        self.important |= u64::from(important) << row;
        let hides = match PROPERTIES[row].1 {
            Property::Colour => return self.colour = colour(value).or(self.colour),
            Property::Background => {
                return self.background = background(value).or(self.background);
            }
            Property::FontSize => return self.small = is_small(value).or(self.small),
            Property::Font => return self.small = font(value).or(self.small),
            Property::Visibility => return self.unseen = is_unseen(value).or(self.unseen),
            Property::Display => return self.undisplayed = Some(begins(value, "none")),
            Property::Hides(hides) => hides(value),
            Property::Size => is_nothing(value),
            Property::Overflow => begins(value, "hidden") || begins(value, "clip"),
        };
        self.hiding = self.hiding & !bit | u64::from(hides) << row;
    }
}

/// The name of a property without the prefix of one browser, as in `-webkit-transform`.
fn unprefixed(name: &[u8]) -> &[u8] {
    match name {
        [b'-', first, rest @ ..] if *first != b'-' => {
            memchr::memchr(b'-', rest).map_or(name, |end| &rest[end + 1..])
        }
        _ => name,
    }
}

pub(super) fn without_comments(mut style: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(style.len());
    while let Some(start) = memmem::find(style, b"/*") {
        out.extend_from_slice(&style[..start]);
        let comment = &style[start + 2..];
        style = memmem::find(comment, b"*/").map_or(b"", |end| &comment[end + 2..]);
    }
    out.extend_from_slice(style);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(style: &str) -> Attributes {
        let mut attributes = Attributes::default();
        attributes.note(b"style", style.as_bytes());
        attributes
    }

    #[test]
    fn styles_that_hide_an_element_are_told() {
        for hiding in [
            "display:none",
            "DISPLAY : NONE !important",
            "opacity: .01",
            "opacity:0%",
            "filter: alpha(opacity=0)",
            "filter:opacity(0)",
            "left:-9999px",
            "position:absolute;top:-5000px",
            "right:-100em",
            "bottom: -2000pt",
            "margin-left:-10000px",
            "margin: 0 0 0 -4000px",
            "inset: -9999px auto auto 0",
            "text-indent:-100%",
            "left: -100vw",
            "transform: translateX(-9999px)",
            "transform: rotate(0deg) scale(0)",
            "clip: rect(0 0 0 0)",
            "clip: rect(1px, 1px, 1px, 1px)",
            "clip-path: inset(50%)",
            "mso-hide:all",
            "max-height:0;overflow:hidden",
            "overflow-y:hidden;width:1px",
            "right:9999px",
            "translate: -9999px 0",
            "scale: 0",
            "-webkit-transform:scale(0)",
            "-moz-opacity:0",
            "opacity:1e-3",
            "clip-path:polygon(0 0, 0px 0px, 0 0)",
            "/* a;b */display:/**/none",
        ] {
            assert_ne!(style(hiding).presence(), Presence::Shown, "{hiding}");
        }
        for showing in [
            "display:none;display:block",
            "display:inline!important;display:none",
            "opacity:1",
            "left:-20px",
            "margin:-10px",
            "top:5000",
            "height:0",
            "overflow:hidden",
            "height:0;height:20px;overflow:hidden",
            "transform:scale(1.5)",
            "clip:auto",
            "clip-path: inset(10%)",
            "filter:alpha(opacity=90)",
            "left:1200px",
            "--opacity:0",
            "/*display:none*/",
            "scale:1.5",
            "clip-path:polygon(0 0, 100% 0, 0 100%)",
        ] {
            assert_eq!(style(showing).presence(), Presence::Shown, "{showing}");
        }
    }

    #[test]
    fn the_size_of_letters_is_read_from_both_properties() {
        for (declared, expected) in [
            ("font-size:0", Some(true)),
            ("font-size: 1px", Some(true)),
            ("font-size:0.01em", Some(true)),
            ("font-size:1%", Some(true)),
            ("font: 0px/0px Arial", Some(true)),
            ("font:0/0 a", Some(true)),
            ("font: italic bold 400 0 serif", Some(true)),
            ("font:bold 1px sans-serif", Some(true)),
            ("font: 700 14px/0 Arial", Some(false)),
            ("font-size:14px", Some(false)),
            ("font-size:x-small", Some(false)),
            ("font-size:0;font-size:12pt", Some(false)),
            ("font-size:0 !important;font-size:12pt", Some(true)),
            ("font-size:90%", None),
            ("font-size:1.2em", None),
            ("font-size:inherit", None),
            ("font-size:larger", None),
            ("font:inherit", None),
            ("font-family:Arial", None),
        ] {
            assert_eq!(style(declared).small, expected, "{declared}");
        }
    }

    #[test]
    fn a_style_counts_before_other_attributes() {
        let mut attributes = style("color:white;display:block");
        attributes.note(b"color", b"red");
        attributes.note(b"hidden", b"");
        assert_eq!(attributes.colour, colour(b"white"));
        assert_eq!(attributes.presence(), Presence::Shown);
    }
}
