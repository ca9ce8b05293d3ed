//! What each colour looks like, and how pages and pictures say so in CSS.

/// Red, green, blue.
pub type Rgb = (u8, u8, u8);

/// A row per colour: its name here and in CSS, and how it looks on light and on dark paper.
macro_rules! colours {
    ($($(#[$doc:meta])* $colour:ident: $name:literal, $light:literal, $dark:literal;)*) => {
        /// A colour by what it is for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Colour {
            $($(#[$doc])* $colour,)*
        }

        impl Colour {
            /// Every colour.
            pub const ALL: &[Colour] = &[$(Colour::$colour),*];

            #[allow(clippy::unreadable_literal, reason = "six digits, as in CSS")]
            const fn row(self) -> (&'static str, u32, u32) {
                match self {
                    $(Colour::$colour => ($name, $light, $dark),)*
                }
            }
        }
    };
}

colours! {
    /// The background of charts and cards.
    Paper: "card", 0xffffff, 0x1b2027;
    /// Text.
    Ink: "ink", 0x1f2933, 0xe6eaee;
    /// Secondary text: tick labels and notes.
    Muted: "muted", 0x56626e, 0xa3afbb;
    /// The lines of an axis.
    Axis: "axis", 0x84909c, 0x6b7886;
    /// Grid lines.
    Grid: "grid", 0xe8ecf0, 0x2c343d;
    /// Reference lines.
    Reference: "reference", 0x75808c, 0x8a95a1;
    /// The best generative model.
    Generative: "generative", 0xa84600, 0xf0a35e;
    /// The other generative models.
    GenerativeWeak: "generative-weak", 0xb88666, 0x947258;
    /// The best discriminative model.
    Discriminative: "discriminative", 0x1a5e99, 0x7db8f5;
    /// The other discriminative models.
    DiscriminativeWeak: "discriminative-weak", 0x7893ae, 0x5f7f9f;
    /// Ham.
    Ham: "ham", 0x22713f, 0x7fd19b;
    /// Spam.
    Spam: "spam", 0x762a83, 0xd7a3e2;
}

impl Colour {
    /// Its name in CSS: the page's variable is `--NAME`, and the class that shows a shape or a text
    /// in this colour is `c-NAME`.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// On light paper.
    pub fn light(self) -> Rgb {
        rgb(self.row().1)
    }

    /// On dark paper.
    pub fn dark(self) -> Rgb {
        rgb(self.row().2)
    }
}

/// The colour that is written `0xRRGGBB`.
fn rgb(written: u32) -> Rgb {
    let [_, red, green, blue] = written.to_be_bytes();
    (red, green, blue)
}

/// The colour as `#rrggbb`.
fn hex((red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The fonts of page and pictures, as a list of CSS.
const FONTS: &str = "system-ui,\"Segoe UI\",\"Helvetica Neue\",Arial,sans-serif";

/// What the name of a variable begins with.
const VARIABLE: &str = "--";

/// The palette of a page: its variables, and a class for each colour. On paper it is light.
pub fn page_css() -> String {
    let variables = |of: fn(Colour) -> Rgb| -> String {
        let one = |&colour: &Colour| format!("{VARIABLE}{}:{};", colour.name(), hex(of(colour)));
        Colour::ALL.iter().map(one).collect()
    };
    let class = |colour: &Colour| {
        let name = colour.name();
        format!(".c-{name}{{color:var({VARIABLE}{name})}}\n")
    };
    let classes: String = Colour::ALL.iter().map(class).collect();
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
        let one = |&colour: &Colour| format!(".c-{}{{color:{}}}", colour.name(), hex(of(colour)));
        Colour::ALL.iter().map(one).collect()
    };
    format!(
        "svg{{font-family:{FONTS}}}{}@media screen and (prefers-color-scheme:dark){{{}}}",
        classes(Colour::light),
        classes(Colour::dark)
    )
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The contrast ratio of two colours, as WCAG 2.2 defines it (relative luminance of sRGB).
    pub fn contrast(one: Rgb, other: Rgb) -> f64 {
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

    /// The ratios that the standard gives as examples: black on white, and #767676, the lightest
    /// grey that may be text on white.
    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 1e-9);
        let grey = |value| contrast((value, value, value), (255, 255, 255));
        assert!(grey(0x76) >= 4.5 && grey(0x77) < 4.5);
    }
}
