//! What the value of a property of style says: a length, a background, and whether it leaves
//! anything of the text to be seen.

use super::colour::{Paint, colour, is_clear, number};

/// What is behind text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Background {
    Colour(Paint),
    /// Its colours are not known.
    Picture,
}

pub fn begins(value: &[u8], known: &str) -> bool {
    value
        .get(..known.len())
        .is_some_and(|value| value.eq_ignore_ascii_case(known.as_bytes()))
}

fn words(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|byte| byte.is_ascii_whitespace() || *byte == b',')
        .filter(|word| !word.is_empty())
}

/// The functions in `value`, as their names and arguments.
fn functions(value: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    value.split(|&byte| byte == b')').filter_map(|function| {
        let open = memchr::memchr(b'(', function)?;
        Some((function[..open].trim_ascii(), &function[open + 1..]))
    })
}

/// A length in pixels, if a letter is 16 pixels wide and 100 % is `whole` pixels. A point counts as
/// a pixel.
fn pixels(value: &[u8], whole: f32) -> Option<f32> {
    let length = number(value)?;
    let unit = value
        .iter()
        .position(|byte| byte.is_ascii_alphabetic() || *byte == b'%');
    let unit = unit.map_or(&b""[..], |at| value[at..].trim_ascii_end());
    let is = |known: &str| unit.eq_ignore_ascii_case(known.as_bytes());
    let size = if is("%") {
        whole / 100.0
    } else if is("em") || is("rem") || is("pc") {
        16.0
    } else if is("ex") || is("ch") {
        8.0
    } else if is("in") {
        96.0
    } else if is("cm") {
        38.0
    } else if is("mm") {
        3.8
    } else if ["vw", "vh", "vmin", "vmax"].into_iter().any(is) {
        10.0
    } else {
        1.0
    };
    Some(length * size)
}

/// The width or height of a page, in pixels.
const PAGE: f32 = 1000.0;

/// Whether the length of a box is at most a pixel or a point.
pub fn is_nothing(value: &[u8]) -> bool {
    pixels(value, PAGE).is_some_and(|pixels| (0.0..=1.0).contains(&pixels))
}

/// Whether a length moves text off the page.
pub fn is_far_off(value: &[u8]) -> bool {
    words(value).any(|length| pixels(length, PAGE).is_some_and(|pixels| pixels < -900.0))
}

/// Whether a length moves text off the page to either side. Pages may be long but are not so wide.
pub fn is_far_aside(value: &[u8]) -> bool {
    is_far_off(value) || pixels(value, PAGE).is_some_and(|pixels| pixels >= 5.0 * PAGE)
}

/// Whether one of the factors of a scale is zero.
pub fn is_shrunk(value: &[u8]) -> bool {
    words(value).any(|factor| number(factor) == Some(0.0))
}

/// Whether letters of a `font-size` are too small to be seen. None if that depends on the letters
/// around them.
pub fn is_small(value: &[u8]) -> Option<bool> {
    if let Some(pixels) = pixels(value, 16.0) {
        let relative = value.ends_with(b"%") || value.ends_with(b"em") && !value.ends_with(b"rem");
        return match pixels {
            ..0.0 => None,
            0.0..=1.0 => Some(true),
            _ => (!relative).then_some(false),
        };
    }
    let relative = ["smaller", "larger", "inherit", "unset"];
    let absolute = ["small", "medium", "large", "x", "initial"];
    let is_relative = relative.iter().any(|known| begins(value, known));
    let is_absolute = absolute.iter().any(|known| begins(value, known));
    (is_absolute && !is_relative).then_some(false)
}

/// The same for the size in a `font`, which is its first length. A number without a unit is a
/// weight, unless it is zero.
pub fn font(value: &[u8]) -> Option<bool> {
    words(value)
        .filter_map(|word| word.split(|&byte| byte == b'/').next())
        .filter(|word| !word.ends_with(b"deg"))
        .filter(|word| !word.iter().all(u8::is_ascii_digit) || number(word) == Some(0.0))
        .find_map(is_small)
}

pub fn is_unseen(value: &[u8]) -> Option<bool> {
    if begins(value, "visible") {
        return Some(false);
    }
    (begins(value, "hidden") || begins(value, "collapse")).then_some(true)
}

pub fn background(value: &[u8]) -> Option<Background> {
    if functions(value).any(|(name, _)| name.ends_with(b"url") || name.ends_with(b"gradient")) {
        return Some(Background::Picture);
    }
    colour(value)
        .or_else(|| words(value).find_map(colour))
        .filter(|&paint| paint != Paint::Clear)
        .map(Background::Colour)
}

/// Whether a filter, `opacity(0)` or the older `alpha(opacity=0)`, lets nothing be seen.
pub fn is_filtered_out(value: &[u8]) -> bool {
    functions(value).any(|(name, arguments)| {
        let arguments = arguments.trim_ascii();
        if name.eq_ignore_ascii_case(b"opacity") {
            is_clear(arguments)
        } else {
            begins(arguments, "opacity=")
                && number(&arguments["opacity=".len()..]).is_some_and(|percent| percent < 10.0)
        }
    })
}

/// Whether a transform moves text off the page or shrinks it to nothing.
pub fn is_transformed_away(value: &[u8]) -> bool {
    functions(value).any(|(name, arguments)| {
        begins(name, "translate") && is_far_off(arguments)
            || begins(name, "scale") && is_shrunk(arguments)
    })
}

/// Whether nothing is left of a box, as with `rect(0, 0, 0, 0)`, `inset(50%)` or `circle(0)`.
pub fn is_clipped(value: &[u8]) -> bool {
    functions(value).any(|(name, arguments)| {
        let mut sides = words(arguments);
        if begins(name, "rect") || begins(name, "polygon") {
            sides.all(is_nothing)
        } else if begins(name, "inset") {
            let half = |side| pixels(side, PAGE).is_some_and(|pixels| pixels >= PAGE / 2.0);
            sides.next().is_some_and(half)
        } else {
            begins(name, "circle") && sides.next().is_some_and(is_nothing)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_nothing_are_told() {
        for nothing in ["0", "0px", "1px", "1", "0.01em", "0%", "+0", ".5pt"] {
            assert!(is_nothing(nothing.as_bytes()), "{nothing}");
        }
        for something in ["2px", "0.9em", "100%", "auto", "", "12pt", "-1px"] {
            assert!(!is_nothing(something.as_bytes()), "{something}");
        }
    }
}
