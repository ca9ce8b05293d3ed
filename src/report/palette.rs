//! Each model has the same colour, dash and marker in every chart. Generative models have warm hues
//! and discriminative models cool ones. Within a family, models differ in lightness, dash and
//! marker, so that they can be distinguished without seeing colour. Ham is green and spam is purple
//! (the pair of ColorBrewer's PRGn, which is safe for the colour-blind).
//!
//! The style of a model follows from its position among the models of its family in the experiment,
//! so that no chart can give it another colour.

use crate::base::mail::Label;
use crate::results::{Experiment, Family};
use serde::{Deserialize, Serialize};

/// The meaning of a mark, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A model: its family and its position in the family.
    Model(Family, usize),
    /// A class.
    Class(Label),
    /// Something that contradicts.
    Conflict,
    /// A reference line.
    Reference,
}

/// Red, green, blue.
pub type Rgb = (u8, u8, u8);

/// Text.
pub const INK: Rgb = (0x1f, 0x29, 0x33);
/// Secondary text: tick labels and notes.
pub const MUTED: Rgb = (0x52, 0x5f, 0x6b);
/// The lines of an axis.
pub const AXIS: Rgb = (0x9a, 0xa5, 0xb1);
/// Grid lines.
pub const GRID: Rgb = (0xe8, 0xec, 0xf0);
/// The background.
pub const PAPER: Rgb = (0xff, 0xff, 0xff);

/// The marker of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// A filled circle.
    Circle,
    /// A filled square.
    Square,
    /// A filled triangle.
    Triangle,
    /// A filled diamond.
    Diamond,
}

/// The look of a role.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// The colour of lines, dots and text.
    pub colour: Rgb,
    /// Lengths of strokes and gaps in turn, in layout units; empty for a solid line.
    pub dash: &'static [f64],
    /// The marker at the points of a line.
    pub marker: Marker,
}

const WARM: [Rgb; 5] = [
    (0xd9, 0x5f, 0x02),
    (0xa5, 0x2a, 0x2a),
    (0xe0, 0x9b, 0x1a),
    (0xd6, 0x45, 0x7a),
    (0x7a, 0x3b, 0x10),
];
const COOL: [Rgb; 5] = [
    (0x1f, 0x6f, 0xb4),
    (0x17, 0x9a, 0x9e),
    (0x2b, 0x2f, 0x8f),
    (0x6f, 0xa8, 0xdc),
    (0x0b, 0x4f, 0x5c),
];
const DASHES: [&[f64]; 5] = [
    &[],
    &[9.0, 5.0],
    &[2.0, 4.0],
    &[12.0, 4.0, 2.0, 4.0],
    &[16.0, 5.0],
];
const MARKERS: [Marker; 4] = [
    Marker::Circle,
    Marker::Square,
    Marker::Triangle,
    Marker::Diamond,
];

/// The style of a role.
pub fn style(role: Role) -> Style {
    let plain = |colour| Style {
        colour,
        dash: &[],
        marker: Marker::Circle,
    };
    match role {
        Role::Model(family, place) => {
            let hues = if family == Family::Generative {
                WARM
            } else {
                COOL
            };
            // After five models of a family, the colours repeat with the next dash.
            let turn = place + place / hues.len();
            let shift = usize::from(family == Family::Discriminative);
            Style {
                colour: hues[place % hues.len()],
                dash: DASHES[turn % DASHES.len()],
                marker: MARKERS[(turn + shift) % MARKERS.len()],
            }
        }
        Role::Class(Label::Ham) => plain((0x24, 0x78, 0x46)),
        Role::Class(Label::Spam) => plain((0x76, 0x2a, 0x83)),
        Role::Conflict => plain((0xe0, 0x6c, 0x00)),
        Role::Reference => Style {
            dash: &[4.0, 4.0],
            ..plain((0x7b, 0x87, 0x94))
        },
    }
}

/// The role of each model of an experiment, in the order of the experiment.
pub fn roles(experiment: &Experiment) -> Vec<Role> {
    let mut seen = [0, 0];
    let mut role = |family: Family| {
        let place = &mut seen[usize::from(family == Family::Discriminative)];
        *place += 1;
        Role::Model(family, *place - 1)
    };
    experiment
        .models
        .iter()
        .map(|model| role(model.family))
        .collect()
}

/// The colour as `#rrggbb`.
pub fn hex((red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_of_ten_models_of_a_family_look_alike() {
        for family in Family::BOTH {
            let styles: Vec<Style> = (0..10)
                .map(|place| style(Role::Model(family, place)))
                .collect();
            for (at, one) in styles.iter().enumerate() {
                assert!(
                    styles[at + 1..].iter().all(|other| other != one),
                    "{family} {at}"
                );
            }
            // Without colour, the first four still differ in dash and in marker.
            for (at, one) in styles[..4].iter().enumerate() {
                assert!(
                    styles[at + 1..4]
                        .iter()
                        .all(|other| other.dash != one.dash && other.marker != one.marker)
                );
            }
        }
    }
}
