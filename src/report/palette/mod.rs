//! The one palette of charts and page, light and dark.
//!
//! Colour means family: generative models have a warm hue and discriminative ones a cool hue. The
//! best model of each family has the full hue and a strong stroke, and so has, dashed, a model that
//! the user chose to follow; the others have a weak tint of it and differ in dash and marker. Ham
//! is green and spam is purple (the pair of ColorBrewer's PRGn, which is safe for the
//! colour-blind), what contradicts and the measures of one model have the colour of text, and
//! reference lines are grey. Nothing else is coloured.
//!
//! A colour is a name; what it looks like depends on the reader's theme. A page and a picture of
//! its own say so in CSS ([`page_css`], [`picture_css`]); pixels are light.

mod colour;
mod role;

pub use colour::{Colour, Rgb, page_css, picture_css};
pub use role::{DEEPEST, Marker, Role, Style, roles, style};
