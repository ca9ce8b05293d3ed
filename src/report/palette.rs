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
    /// One of several measures of the model that a panel is about, told apart by dash.
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

/// Red, green, blue.
pub type Rgb = (u8, u8, u8);

/// A colour by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// The background of charts and cards.
    Paper,
    /// Text.
    Ink,
    /// Secondary text: tick labels and notes.
    Muted,
    /// The lines of an axis.
    Axis,
    /// Grid lines.
    Grid,
    /// Reference lines.
    Reference,
    /// The best generative model.
    Generative,
    /// The other generative models.
    GenerativeWeak,
    /// The best discriminative model.
    Discriminative,
    /// The other discriminative models.
    DiscriminativeWeak,
    /// Ham.
    Ham,
    /// Spam.
    Spam,
}

/// A colour, its name in CSS, and how it looks on light and on dark paper.
type Row = (Colour, &'static str, Rgb, Rgb);

const COLOURS: [Row; 12] = {
    use Colour::{
        Axis, Discriminative, DiscriminativeWeak, Generative, GenerativeWeak, Grid, Ham, Ink,
        Muted, Paper, Reference, Spam,
    };
    [
        (Paper, "card", (0xff, 0xff, 0xff), (0x1b, 0x20, 0x27)),
        (Ink, "ink", (0x1f, 0x29, 0x33), (0xe6, 0xea, 0xee)),
        (Muted, "muted", (0x56, 0x62, 0x6e), (0xa3, 0xaf, 0xbb)),
        (Axis, "axis", (0x84, 0x90, 0x9c), (0x6b, 0x78, 0x86)),
        (Grid, "grid", (0xe8, 0xec, 0xf0), (0x2c, 0x34, 0x3d)),
        (
            Reference,
            "reference",
            (0x75, 0x80, 0x8c),
            (0x8a, 0x95, 0xa1),
        ),
        (
            Generative,
            "generative",
            (0xa8, 0x46, 0x00),
            (0xf0, 0xa3, 0x5e),
        ),
        (
            GenerativeWeak,
            "generative-weak",
            (0xb8, 0x86, 0x66),
            (0x94, 0x72, 0x58),
        ),
        (
            Discriminative,
            "discriminative",
            (0x1a, 0x5e, 0x99),
            (0x7d, 0xb8, 0xf5),
        ),
        (
            DiscriminativeWeak,
            "discriminative-weak",
            (0x78, 0x93, 0xae),
            (0x5f, 0x7f, 0x9f),
        ),
        (Ham, "ham", (0x22, 0x71, 0x3f), (0x7f, 0xd1, 0x9b)),
        (Spam, "spam", (0x76, 0x2a, 0x83), (0xd7, 0xa3, 0xe2)),
    ]
};

/// The fonts of page and pictures, as a list of CSS.
pub const FONTS: &str = "system-ui,\"Segoe UI\",\"Helvetica Neue\",Arial,sans-serif";

impl Colour {
    fn row(self) -> &'static Row {
        &COLOURS[self as usize]
    }

    /// Its name in CSS: the page's variable is `--NAME`, and the class that shows a shape or a text
    /// in this colour is `c-NAME`.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// On light paper.
    pub fn light(self) -> Rgb {
        self.row().2
    }

    /// On dark paper.
    pub fn dark(self) -> Rgb {
        self.row().3
    }
}

/// What the name of a variable begins with.
const VARIABLE: &str = "--";

/// The palette of a page: its variables, and a class for each colour. On paper it is light.
pub fn page_css() -> String {
    let variables = |of: fn(Colour) -> Rgb| -> String {
        let one = |row: &Row| format!("{VARIABLE}{}:{};", row.1, hex(of(row.0)));
        COLOURS.iter().map(one).collect()
    };
    let class = |row: &Row| format!(".c-{0}{{color:var({VARIABLE}{0})}}\n", row.1);
    let classes = COLOURS.iter().map(class).collect::<Vec<_>>().concat();
    format!(
        ":root{{{VARIABLE}fonts:{FONTS};{}}}\n\
         @media screen and (prefers-color-scheme:dark){{:root{{{}}}}}\n\
         {classes}",
        variables(Colour::light),
        variables(Colour::dark)
    )
}

/// The palette of a picture that stands alone: a class for each colour, as plain colours, since
/// not every program that shows SVG knows variables.
pub fn picture_css() -> String {
    let classes = |of: fn(Colour) -> Rgb| -> String {
        let one = |row: &Row| format!(".c-{}{{color:{}}}", row.1, hex(of(row.0)));
        COLOURS.iter().map(one).collect()
    };
    format!(
        "svg{{font-family:{FONTS}}}{}@media screen and (prefers-color-scheme:dark){{{}}}",
        classes(Colour::light),
        classes(Colour::dark)
    )
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

/// The colour as `#rrggbb`.
fn hex((red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// `depth` parts of a colour on paper.
pub fn mixed(colour: Rgb, paper: Rgb, depth: f64) -> Rgb {
    let mix = |colour: u8, paper: u8| {
        (f64::from(paper) + depth * (f64::from(colour) - f64::from(paper))).round() as u8
    };
    (
        mix(colour.0, paper.0),
        mix(colour.1, paper.1),
        mix(colour.2, paper.2),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast ratio of two colours, as WCAG 2.2 defines it (relative luminance of sRGB).
    fn contrast(one: Rgb, other: Rgb) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        let luminance = |(red, green, blue): Rgb| {
            0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    const THEMES: [fn(Colour) -> Rgb; 2] = [Colour::light, Colour::dark];

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

    /// The ratios that the standard gives as examples: black on white, and #767676, the lightest
    /// grey that may be text on white.
    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 1e-9);
        let grey = |value| contrast((value, value, value), (255, 255, 255));
        assert!(grey(0x76) >= 4.5 && grey(0x77) < 4.5);
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

    #[test]
    fn each_colour_stands_at_its_own_place() {
        for (at, row) in COLOURS.iter().enumerate() {
            assert_eq!(row.0 as usize, at);
        }
    }
}
