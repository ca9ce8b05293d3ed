//! The embedded font: Ubuntu Light, under the Ubuntu Font Licence 1.0, which allows embedding. It
//! measures text for layouts and paints it into pixels, placing each letter at a fraction of a
//! pixel. plotters' own painter rounds every letter to whole pixels and ignores the left side
//! bearing.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use std::sync::LazyLock;

static FONT: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(epaint_default_fonts::UBUNTU_LIGHT).ok());

/// The letters of a text side by side from 0, with `em` pixels per em, and the position of the next
/// letter.
fn set(font: &FontRef<'static>, text: &str, em: f64) -> (Vec<Glyph>, f32) {
    let scale = em as f32 * font.height_unscaled() / font.units_per_em().unwrap_or(1000.0);
    let font = font.as_scaled(PxScale::from(scale));
    let (mut glyphs, mut caret) = (Vec::new(), 0.0);
    for letter in text.chars() {
        let id = font.glyph_id(letter);
        if let Some(last) = glyphs.last().map(|glyph: &Glyph| glyph.id) {
            caret += font.kern(last, id);
        }
        glyphs.push(id.with_scale_and_position(scale, point(caret, 0.0)));
        caret += font.h_advance(id);
    }
    (glyphs, caret)
}

/// Width of a text whose letters have `em` units per em.
pub(super) fn width(text: &str, em: f64) -> f64 {
    FONT.as_ref()
        .map_or(0.55 * em * text.chars().count() as f64, |font| {
            f64::from(set(font, text, em).1)
        })
}

/// Calls the function with the coverage of each pixel of a text whose baseline begins at (0, 0).
pub(super) fn paint(text: &str, em: f64, mut cover: impl FnMut(i32, i32, f64)) {
    let Some(font) = FONT.as_ref() else {
        return;
    };
    let glyphs = set(font, text, em).0.into_iter();
    for outline in glyphs.filter_map(|glyph| font.outline_glyph(glyph)) {
        let corner = outline.px_bounds().min;
        outline.draw(|x, y, part| {
            if part > 0.0 {
                let (x, y) = (corner.x as i32 + x as i32, corner.y as i32 + y as i32);
                cover(x, y, f64::from(part.min(1.0)));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_measured_as_it_is_painted() {
        for text in ["spam", "jig", "0.01 %"] {
            let (mut left, mut right) = (i32::MAX, i32::MIN);
            paint(text, 40.0, |x, _, _| {
                (left, right) = (left.min(x), right.max(x));
            });
            let end = f64::from(right);
            assert!(
                left.abs() < 6 && (end - width(text, 40.0)).abs() < 6.0,
                "{text}"
            );
        }
    }
}
