//! Reads colours of style sheets and attributes (CSS Color 4): names, hexadecimal digits, `rgb()`
//! and `hsl()`, with or without an alpha channel.

/// What text or a background is painted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// Red, green, blue.
    Solid([u8; 3]),
    /// Nothing that can be seen.
    Clear,
}

pub(crate) const WHITE: Paint = Paint::Solid([255; 3]);
pub(crate) const BLACK: Paint = Paint::Solid([0; 3]);

/// Largest difference, in every channel, between colours that look the same.
const SAME: u8 = 16;
/// Smallest opacity at which something can be seen.
const LEAST_OPACITY: f32 = 0.1;

impl Paint {
    /// Whether text of this colour cannot be told from a background of the `other`.
    pub fn looks_like(self, other: Paint) -> bool {
        match (self, other) {
            (Paint::Solid(a), Paint::Solid(b)) => {
                a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= SAME)
            }
            _ => false,
        }
    }

    fn of(solid: [u8; 3], alpha: f32) -> Paint {
        if alpha < LEAST_OPACITY {
            Paint::Clear
        } else {
            Paint::Solid(solid)
        }
    }
}

/// Whether an opacity, such as `0.5` or `50%`, lets nothing be seen.
pub(crate) fn is_clear(value: &[u8]) -> bool {
    share(value).is_some_and(|opacity| opacity < LEAST_OPACITY)
}

/// The colour at the beginning of `value`: `#fff`, `ffffff`, `#ffffff80`, `rgb(255, 255, 255)`,
/// `hsl(0 0% 100% / 50%)`, or a name. None for what is no colour and for `inherit`.
pub(crate) fn colour(value: &[u8]) -> Option<Paint> {
    let value = value.trim_ascii();
    let end = value
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'!' | b',' | b'('))
        .unwrap_or(value.len());
    let (word, rest) = value.split_at(end);
    match rest.first() {
        Some(b'(') => function(word, &rest[1..]),
        _ => digits(word).or_else(|| named(word)),
    }
}

fn named(word: &[u8]) -> Option<Paint> {
    if word.eq_ignore_ascii_case(b"transparent") {
        return Some(Paint::Clear);
    }
    let row = NAMES
        .iter()
        .find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(word));
    row.and_then(|(_, hexadecimal)| digits(hexadecimal.as_bytes()))
}

fn digits(word: &[u8]) -> Option<Paint> {
    let (marked, digits) = match word {
        [b'#', digits @ ..] => (true, digits),
        _ => (false, word),
    };
    let hex = |at: usize| (digits[at] as char).to_digit(16).map(|digit| digit as u8);
    let once = |at: usize| hex(at).map(|digit| digit * 17);
    let twice = |at: usize| Some(hex(at)? << 4 | hex(at + 1)?);
    let (solid, alpha) = match digits.len() {
        3 => ([once(0)?, once(1)?, once(2)?], 255),
        4 if marked => ([once(0)?, once(1)?, once(2)?], once(3)?),
        6 => ([twice(0)?, twice(2)?, twice(4)?], 255),
        8 if marked => ([twice(0)?, twice(2)?, twice(4)?], twice(6)?),
        _ => return None,
    };
    Some(Paint::of(solid, f32::from(alpha) / 255.0))
}

/// A colour function called `name`; `arguments` begin after its parenthesis.
fn function(name: &[u8], arguments: &[u8]) -> Option<Paint> {
    let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
    let end = memchr::memchr(b')', arguments).unwrap_or(arguments.len());
    let mut arguments = arguments[..end]
        .split(|byte| matches!(byte, b',' | b'/') || byte.is_ascii_whitespace())
        .filter(|argument| !argument.is_empty());
    let three = [arguments.next()?, arguments.next()?, arguments.next()?];
    let alpha = arguments.next().and_then(share).unwrap_or(1.0);
    if is("rgb") || is("rgba") {
        let channel = |argument: &[u8]| {
            let full = if argument.ends_with(b"%") { 2.55 } else { 1.0 };
            number(argument).map(|value| (value * full).round() as u8)
        };
        let [red, green, blue] = three.map(channel);
        Some(Paint::of([red?, green?, blue?], alpha))
    } else if is("hsl") || is("hsla") {
        let [hue, saturation, lightness] = three.map(number);
        let solid = of_hsl(hue?, saturation? / 100.0, lightness? / 100.0);
        Some(Paint::of(solid, alpha))
    } else {
        // `lab()`, `oklch()` and others, of which only the alpha channel is read.
        (alpha < LEAST_OPACITY).then_some(Paint::Clear)
    }
}

/// Converts hue in degrees, saturation and lightness to red, green and blue (CSS Color 4, section
/// 7.1).
fn of_hsl(hue: f32, saturation: f32, lightness: f32) -> [u8; 3] {
    let (saturation, lightness) = (saturation.clamp(0.0, 1.0), lightness.clamp(0.0, 1.0));
    let reach = saturation * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|offset: f32| {
        let turn = (offset + hue / 30.0).rem_euclid(12.0);
        let channel = lightness - reach * (turn - 3.0).min(9.0 - turn).clamp(-1.0, 1.0);
        (channel * 255.0).round() as u8
    })
}

/// The number at the beginning of `value`.
pub(crate) fn number(value: &[u8]) -> Option<f32> {
    let is_other = |byte: &u8| !(byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    let length = |part: &[u8]| part.iter().position(is_other).unwrap_or(part.len());
    let mut end = length(value);
    // An exponent, as in `1e-3`, rather than a unit, as in `1em`.
    if let [b'e' | b'E', exponent @ ..] = &value[end..] {
        let digits = length(exponent);
        end += if digits > 0 { 1 + digits } else { 0 };
    }
    std::str::from_utf8(&value[..end]).ok()?.parse().ok()
}

/// A share of one: `0.5` or `50%`.
fn share(value: &[u8]) -> Option<f32> {
    let percent = value.trim_ascii_end().ends_with(b"%");
    number(value).map(|share| if percent { share / 100.0 } else { share })
}

/// The named colours (CSS Color 4, section 6.1).
const NAMES: [(&str, &str); 148] = [
    ("aliceblue", "f0f8ff"),
    ("antiquewhite", "faebd7"),
    ("aqua", "00ffff"),
    ("aquamarine", "7fffd4"),
    ("azure", "f0ffff"),
    ("beige", "f5f5dc"),
    ("bisque", "ffe4c4"),
    ("black", "000000"),
    ("blanchedalmond", "ffebcd"),
    ("blue", "0000ff"),
    ("blueviolet", "8a2be2"),
    ("brown", "a52a2a"),
    ("burlywood", "deb887"),
    ("cadetblue", "5f9ea0"),
    ("chartreuse", "7fff00"),
    ("chocolate", "d2691e"),
    ("coral", "ff7f50"),
    ("cornflowerblue", "6495ed"),
    ("cornsilk", "fff8dc"),
    ("crimson", "dc143c"),
    ("cyan", "00ffff"),
    ("darkblue", "00008b"),
    ("darkcyan", "008b8b"),
    ("darkgoldenrod", "b8860b"),
    ("darkgray", "a9a9a9"),
    ("darkgreen", "006400"),
    ("darkgrey", "a9a9a9"),
    ("darkkhaki", "bdb76b"),
    ("darkmagenta", "8b008b"),
    ("darkolivegreen", "556b2f"),
    ("darkorange", "ff8c00"),
    ("darkorchid", "9932cc"),
    ("darkred", "8b0000"),
    ("darksalmon", "e9967a"),
    ("darkseagreen", "8fbc8f"),
    ("darkslateblue", "483d8b"),
    ("darkslategray", "2f4f4f"),
    ("darkslategrey", "2f4f4f"),
    ("darkturquoise", "00ced1"),
    ("darkviolet", "9400d3"),
    ("deeppink", "ff1493"),
    ("deepskyblue", "00bfff"),
    ("dimgray", "696969"),
    ("dimgrey", "696969"),
    ("dodgerblue", "1e90ff"),
    ("firebrick", "b22222"),
    ("floralwhite", "fffaf0"),
    ("forestgreen", "228b22"),
    ("fuchsia", "ff00ff"),
    ("gainsboro", "dcdcdc"),
    ("ghostwhite", "f8f8ff"),
    ("gold", "ffd700"),
    ("goldenrod", "daa520"),
    ("gray", "808080"),
    ("green", "008000"),
    ("greenyellow", "adff2f"),
    ("grey", "808080"),
    ("honeydew", "f0fff0"),
    ("hotpink", "ff69b4"),
    ("indianred", "cd5c5c"),
    ("indigo", "4b0082"),
    ("ivory", "fffff0"),
    ("khaki", "f0e68c"),
    ("lavender", "e6e6fa"),
    ("lavenderblush", "fff0f5"),
    ("lawngreen", "7cfc00"),
    ("lemonchiffon", "fffacd"),
    ("lightblue", "add8e6"),
    ("lightcoral", "f08080"),
    ("lightcyan", "e0ffff"),
    ("lightgoldenrodyellow", "fafad2"),
    ("lightgray", "d3d3d3"),
    ("lightgreen", "90ee90"),
    ("lightgrey", "d3d3d3"),
    ("lightpink", "ffb6c1"),
    ("lightsalmon", "ffa07a"),
    ("lightseagreen", "20b2aa"),
    ("lightskyblue", "87cefa"),
    ("lightslategray", "778899"),
    ("lightslategrey", "778899"),
    ("lightsteelblue", "b0c4de"),
    ("lightyellow", "ffffe0"),
    ("lime", "00ff00"),
    ("limegreen", "32cd32"),
    ("linen", "faf0e6"),
    ("magenta", "ff00ff"),
    ("maroon", "800000"),
    ("mediumaquamarine", "66cdaa"),
    ("mediumblue", "0000cd"),
    ("mediumorchid", "ba55d3"),
    ("mediumpurple", "9370db"),
    ("mediumseagreen", "3cb371"),
    ("mediumslateblue", "7b68ee"),
    ("mediumspringgreen", "00fa9a"),
    ("mediumturquoise", "48d1cc"),
    ("mediumvioletred", "c71585"),
    ("midnightblue", "191970"),
    ("mintcream", "f5fffa"),
    ("mistyrose", "ffe4e1"),
    ("moccasin", "ffe4b5"),
    ("navajowhite", "ffdead"),
    ("navy", "000080"),
    ("oldlace", "fdf5e6"),
    ("olive", "808000"),
    ("olivedrab", "6b8e23"),
    ("orange", "ffa500"),
    ("orangered", "ff4500"),
    ("orchid", "da70d6"),
    ("palegoldenrod", "eee8aa"),
    ("palegreen", "98fb98"),
    ("paleturquoise", "afeeee"),
    ("palevioletred", "db7093"),
    ("papayawhip", "ffefd5"),
    ("peachpuff", "ffdab9"),
    ("peru", "cd853f"),
    ("pink", "ffc0cb"),
    ("plum", "dda0dd"),
    ("powderblue", "b0e0e6"),
    ("purple", "800080"),
    ("rebeccapurple", "663399"),
    ("red", "ff0000"),
    ("rosybrown", "bc8f8f"),
    ("royalblue", "4169e1"),
    ("saddlebrown", "8b4513"),
    ("salmon", "fa8072"),
    ("sandybrown", "f4a460"),
    ("seagreen", "2e8b57"),
    ("seashell", "fff5ee"),
    ("sienna", "a0522d"),
    ("silver", "c0c0c0"),
    ("skyblue", "87ceeb"),
    ("slateblue", "6a5acd"),
    ("slategray", "708090"),
    ("slategrey", "708090"),
    ("snow", "fffafa"),
    ("springgreen", "00ff7f"),
    ("steelblue", "4682b4"),
    ("tan", "d2b48c"),
    ("teal", "008080"),
    ("thistle", "d8bfd8"),
    ("tomato", "ff6347"),
    ("turquoise", "40e0d0"),
    ("violet", "ee82ee"),
    ("wheat", "f5deb3"),
    ("white", "ffffff"),
    ("whitesmoke", "f5f5f5"),
    ("yellow", "ffff00"),
    ("yellowgreen", "9acd32"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_in_every_form() {
        for white in [
            "#fff",
            "#FFFFFF",
            "#ffff",
            "ffffff",
            "white",
            "White !important",
            "rgb(255, 255,255)",
            "rgb(100% 100% 100% / 90%)",
            "hsl(120, 0%, 100%)",
            "white, black",
        ] {
            assert_eq!(colour(white.as_bytes()), Some(WHITE), "{white}");
        }
        assert_eq!(colour(b"#102030"), Some(Paint::Solid([16, 32, 48])));
        assert_eq!(colour(b"whitesmoke"), Some(Paint::Solid([245; 3])));
        for none in ["", "inherit", "url(x.gif)", "rgb(1)", "#ff", "currentcolor"] {
            assert_eq!(colour(none.as_bytes()), None, "{none}");
        }
    }

    #[test]
    fn colours_that_cannot_be_seen_are_clear() {
        for clear in [
            "transparent",
            "TRANSPARENT!important",
            "rgba(0,0,0,0)",
            "rgba(255, 0, 0, .05)",
            "rgb(0 0 0 / 0%)",
            "hsla(0,0%,0%,0)",
            "#0000",
            "#12345600",
        ] {
            assert_eq!(colour(clear.as_bytes()), Some(Paint::Clear), "{clear}");
        }
        assert_eq!(colour(b"rgba(0,0,0,0.5)"), Some(BLACK));
    }

    /// The expected values are those of Python's `colorsys.hls_to_rgb`.
    #[test]
    fn hues_become_red_green_and_blue() {
        for (hsl, expected) in [
            ("hsl(0, 100%, 50%)", [255, 0, 0]),
            ("hsl(210deg 50% 40%)", [51, 102, 153]),
            ("hsl(300, 25%, 75%)", [207, 175, 207]),
            ("hsl(-60, 100%, 25%)", [128, 0, 128]),
        ] {
            assert_eq!(
                colour(hsl.as_bytes()),
                Some(Paint::Solid(expected)),
                "{hsl}"
            );
        }
    }
}
