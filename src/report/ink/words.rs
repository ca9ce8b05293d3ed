//! Fits texts into the room that there is: smaller, or in two lines.

use super::surface::width_of;

/// Size of the text of labels and legends.
pub(super) const TEXT: f64 = 14.0;
/// Size of tick labels and notes: 9 pixels where a panel is as wide as a phone.
pub(super) const SMALL: f64 = 13.0;
/// Distance between the baselines of two lines.
pub(super) const LINE: f64 = 17.0;
/// The share of its size below which a text is not made smaller.
const LEAST: f64 = 0.5;

/// The size, at most `size`, in which a text is at most as wide as `room`.
pub(super) fn fitting(text: &str, size: f64, room: f64) -> f64 {
    size * (room / width_of(text, size).max(1.0)).clamp(LEAST, 1.0)
}

/// The text in one line, or in two if it is wider than `room`, of lengths as equal as its words
/// allow.
pub(super) fn lines(text: &str, size: f64, room: f64) -> Vec<&str> {
    if text.is_empty() {
        return Vec::new();
    }
    if width_of(text, size) <= room {
        return vec![text];
    }
    let longer =
        |(at, _): &(usize, &str)| width_of(&text[..*at], size).max(width_of(&text[at + 1..], size));
    let breaks = text.match_indices(' ');
    match breaks.min_by(|a, b| longer(a).total_cmp(&longer(b))) {
        Some((at, _)) => vec![&text[..at], &text[at + 1..]],
        None => vec![text],
    }
}

/// The longest of some sizes of text, for lines that are set alike.
pub(super) fn widest<'a>(texts: impl Iterator<Item = &'a str>, size: f64) -> f64 {
    texts.map(|text| width_of(text, size)).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_wide_becomes_two_lines_of_like_length() {
        let text = "seconds to fit the model";
        let wide = width_of(text, 14.0);
        assert_eq!(lines(text, 14.0, wide + 1.0), [text]);
        assert_eq!(
            lines(text, 14.0, wide / 1.5),
            ["seconds to", "fit the model"]
        );
        assert_eq!(lines("indivisible", 14.0, 3.0), ["indivisible"]);
        assert_eq!(lines("", 14.0, 3.0), [""; 0]);
        assert!(width_of(text, fitting(text, 14.0, wide / 1.5)) <= wide / 1.5 + 1e-9);
        assert!((fitting(text, 14.0, 1.0) - 7.0).abs() < 1e-12);
    }
}
