//! What each mark means, and the style that shows it.

use super::colour::Colour;
use crate::base::mail::Label;
use crate::results::{Experiment, Family};
use serde::{Deserialize, Serialize};

/// The meaning of a mark, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The best model of a family.
    Best(Family),
    /// A model that the user chose to follow and that is not the best of its family.
    Chosen(Family),
    /// Another model: its family and its position among the others of its family.
    Model(Family, usize),
    /// The model that a panel is about, whichever it is.
    Subject,
    /// A class.
    Class(Label),
    /// Something that contradicts.
    Conflict,
    /// One of several measures of the model that a panel is about, which differ in dash.
    Measure(usize),
    /// A reference line.
    Reference,
}

impl Role {
    /// Whether it is drawn strongly, above the others and with its name at its line.
    pub fn is_highlighted(self) -> bool {
        matches!(self, Role::Best(_) | Role::Chosen(_))
    }
}

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
    pub colour: Colour,
    /// The width of lines, in layout units.
    pub width: f64,
    /// Lengths of strokes and gaps in turn, in layout units; empty for a solid line.
    pub dash: &'static [f64],
    /// The marker at the points of a line.
    pub marker: Marker,
}

/// Of those that are not the best.
const DASHES: [&[f64]; 5] = [
    &[],
    &[8.0, 4.0],
    &[2.0, 3.0],
    &[10.0, 3.0, 2.0, 3.0],
    &[16.0, 4.0],
];
const MARKERS: [Marker; 4] = [
    Marker::Square,
    Marker::Triangle,
    Marker::Diamond,
    Marker::Circle,
];

/// The style of a role in a panel, which may be about one model. That model has no other beside it
/// to be told from, so its lines are solid.
pub fn style(role: Role, subject: Option<Role>) -> Style {
    let plain = |colour| Style {
        colour,
        width: 2.5,
        dash: &[],
        marker: Marker::Circle,
    };
    if role == Role::Subject || subject == Some(role) {
        return plain(subject.map_or(Colour::Ink, |role| style(role, None).colour));
    }
    match role {
        Role::Best(family) => Style {
            width: 3.0,
            ..plain(hues(family)[0])
        },
        Role::Chosen(family) => Style {
            width: 3.0,
            dash: DASHES[1],
            marker: Marker::Square,
            ..plain(hues(family)[0])
        },
        Role::Model(family, place) => Style {
            width: 1.75,
            dash: DASHES[place % DASHES.len()],
            marker: MARKERS[place % MARKERS.len()],
            ..plain(hues(family)[1])
        },
        Role::Class(Label::Ham) => plain(Colour::Ham),
        Role::Class(Label::Spam) => plain(Colour::Spam),
        Role::Subject | Role::Conflict => plain(Colour::Ink),
        Role::Measure(place) => Style {
            width: 2.0,
            dash: DASHES[place % DASHES.len()],
            ..plain(Colour::Ink)
        },
        Role::Reference => Style {
            width: 1.25,
            dash: &[4.0, 4.0],
            ..plain(Colour::Reference)
        },
    }
}

/// The colours of the best model of a family and of the others.
fn hues(family: Family) -> [Colour; 2] {
    match family {
        Family::Generative => [Colour::Generative, Colour::GenerativeWeak],
        Family::Discriminative => [Colour::Discriminative, Colour::DiscriminativeWeak],
    }
}

/// The role of each model of an experiment, in the order of the experiment.
pub fn roles(experiment: &Experiment) -> Vec<Role> {
    let best = experiment.best();
    let mut seen = [0, 0];
    let mut role = |at: usize, family: Family| {
        if [best.generative, best.discriminative].contains(&Some(at)) {
            return Role::Best(family);
        }
        if experiment.highlighted.as_ref() == Some(&experiment.models[at].name) {
            return Role::Chosen(family);
        }
        let place = &mut seen[usize::from(family == Family::Discriminative)];
        *place += 1;
        Role::Model(family, *place - 1)
    };
    let models = experiment.models.iter().enumerate();
    models.map(|(at, model)| role(at, model.family)).collect()
}

/// The largest share of its colour that a cell with text has.
pub const DEEPEST: f64 = 0.4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::palette::colour::Rgb;
    use crate::report::palette::colour::tests::contrast;

    const THEMES: [fn(Colour) -> Rgb; 2] = [Colour::light, Colour::dark];

    /// `depth` parts of a colour on paper.
    fn mixed(colour: Rgb, paper: Rgb, depth: f64) -> Rgb {
        let mix = |colour: u8, paper: u8| {
            (f64::from(paper) + depth * (f64::from(colour) - f64::from(paper))).round() as u8
        };
        (
            mix(colour.0, paper.0),
            mix(colour.1, paper.1),
            mix(colour.2, paper.2),
        )
    }

    fn every_role() -> Vec<Role> {
        let models = Family::BOTH.into_iter().flat_map(|family| {
            (0..24)
                .map(move |place| Role::Model(family, place))
                .chain([Role::Best(family), Role::Chosen(family)])
        });
        models
            .chain(Label::BOTH.map(Role::Class))
            .chain([Role::Subject, Role::Conflict, Role::Reference])
            .chain((0..3).map(Role::Measure))
            .collect()
    }

    #[test]
    fn marks_and_text_of_every_role_stand_out_on_light_and_on_dark_paper() {
        for of in THEMES {
            let on_paper = |colour| contrast(of(colour), of(Colour::Paper));
            for role in every_role() {
                let colour = style(role, None).colour;
                assert!(on_paper(colour) >= 3.0, "{role:?}: {}", on_paper(colour));
            }
            let text = [Colour::Ink, Colour::Muted, Colour::Ham, Colour::Spam];
            let best = Family::BOTH.map(|family| style(Role::Best(family), None).colour);
            for colour in text.into_iter().chain(best) {
                assert!(on_paper(colour) >= 4.5, "{colour:?}: {}", on_paper(colour));
            }
            assert!(on_paper(Colour::Axis) >= 3.0, "{}", on_paper(Colour::Axis));
        }
    }

    #[test]
    fn text_can_be_read_on_the_deepest_cell_of_every_role() {
        for of in THEMES {
            for role in every_role() {
                let cell = mixed(of(style(role, None).colour), of(Colour::Paper), DEEPEST);
                let ratio = contrast(of(Colour::Ink), cell);
                let is_ink = style(role, None).colour == Colour::Ink;
                assert!(is_ink || ratio >= 4.5, "{role:?}: {ratio}");
            }
        }
    }

    #[test]
    fn colour_means_family_and_the_best_differ_from_the_others() {
        for family in Family::BOTH {
            let best = style(Role::Best(family), None);
            let others: Vec<Style> = (0..20)
                .map(|place| style(Role::Model(family, place), None))
                .collect();
            for (at, one) in others.iter().enumerate() {
                assert_eq!(one.colour, others[0].colour);
                assert!(one.colour != best.colour && one.width < best.width);
                assert!(
                    others[at + 1..].iter().all(|other| other != one),
                    "{family} {at}"
                );
            }
            // The first four differ in dash as well as in marker.
            for (at, one) in others[..4].iter().enumerate() {
                let differs = |other: &Style| other.dash != one.dash && other.marker != one.marker;
                assert!(others[at + 1..4].iter().all(differs));
            }
        }
        let [warm, cool] = Family::BOTH.map(hues);
        assert!(warm.iter().all(|one| !cool.contains(one)));
    }
}
