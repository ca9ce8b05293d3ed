//! Settings of a model: a plain struct, declared once by [`settings!`] with the default, the range
//! and the meaning of each field.
//!
//! Everything else follows from that declaration: setting by name, refusing unknown names and
//! values out of range, what is saved, and the listing of all settings.

mod range;
mod row;
mod values;

pub use range::Range;
pub use row::{Setting, SettingRow, Whole};
pub use values::{Auto, Prior};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Why settings are refused.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum SettingError {
    /// The model has no setting of that name.
    #[error("{model} has no setting `{name}`; it has: {known}")]
    Unknown {
        /// Name of the model.
        model: String,
        /// The name that was given.
        name: String,
        /// The names of its settings, separated by commas.
        known: String,
    },
    /// A value outside the range.
    #[error("{model}.{name} = {value} is out of range: it takes {range}")]
    OutOfRange {
        /// Name of the model.
        model: String,
        /// Name of the setting.
        name: String,
        /// The value that was given.
        value: String,
        /// The values that it takes, in words.
        range: String,
    },
    /// A value within the range that the type of the setting cannot hold.
    #[error("the settings of {model} cannot be read: {reason}")]
    Unreadable {
        /// Name of the model.
        model: String,
        /// What serde says.
        reason: String,
    },
}

/// The settings of one model, as [`settings!`] declares them.
///
/// ```
/// use serde_json::json;
/// use spamlab::model::{Auto, Setting, Settings, settings};
///
/// settings! {
///     struct BayesSettings {
///         alpha: Auto = Setting::tuned(0.0..=10.0, &[0.1, 1.0], "additive smoothing"),
///     }
/// }
///
/// let tuned = BayesSettings::from_values("bayes", &json!({}))?;
/// let alphas = tuned.candidates().into_iter().map(|settings| settings.alpha);
/// assert!(alphas.eq([Auto::Fixed(0.1), Auto::Fixed(1.0)]));
///
/// let error = BayesSettings::from_values("bayes", &json!({ "alpha": 11 })).unwrap_err();
/// assert!(error.to_string().starts_with("bayes.alpha = 11 is out of range"));
/// # Ok::<(), spamlab::model::SettingError>(())
/// ```
pub trait Settings: Default + Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// One row per field.
    const TABLE: &'static [SettingRow];

    /// Settings from the values given over the defaults; names and ranges are checked.
    fn from_values(model: &str, given: &Value) -> Result<Self, SettingError> {
        let mut all = serde_json::to_value(Self::default()).unwrap_or_default();
        for (name, value) in given.as_object().into_iter().flatten() {
            let Some(row) = Self::TABLE.iter().find(|row| row.name == name) else {
                return Err(SettingError::Unknown {
                    model: model.to_owned(),
                    name: name.clone(),
                    known: known(Self::TABLE),
                });
            };
            if !row.range.admits(value) {
                return Err(SettingError::OutOfRange {
                    model: model.to_owned(),
                    name: name.clone(),
                    value: value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned),
                    range: row.range.to_string(),
                });
            }
            all[name] = value.clone();
        }
        serde_json::from_value(all).map_err(|error| SettingError::Unreadable {
            model: model.to_owned(),
            reason: error.to_string(),
        })
    }

    /// These settings at each value of the grid of every number that is left to training; where
    /// there is none, themselves alone.
    fn candidates(&self) -> Vec<Self> {
        let mut all = vec![serde_json::to_value(self).unwrap_or_default()];
        for row in Self::TABLE {
            if let Range::RealOrAuto { grid, .. } = row.range {
                let each = |settings| at_each(settings, row.name, grid);
                all = all.into_iter().flat_map(each).collect();
            }
        }
        all.into_iter()
            .filter_map(|settings| serde_json::from_value(settings).ok())
            .collect()
    }
}

/// Settings at each value of the grid of one number if they leave it to training, else as they are.
fn at_each(settings: Value, name: &str, grid: &[f64]) -> Vec<Value> {
    if !settings[name].is_string() {
        return vec![settings];
    }
    let at = |&value: &f64| {
        let mut settings = settings.clone();
        settings[name] = value.into();
        settings
    };
    grid.iter().map(at).collect()
}

/// The names of a table, separated by commas.
fn known(table: &[SettingRow]) -> String {
    let names: Vec<&str> = table.iter().map(|row| row.name).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

/// Declares the settings of a model: a struct with one [`Setting`] for each field, from which its
/// default, its range and its help follow. What several models have in common is a constant of the
/// type `Setting`. The crate that uses the macro needs `serde`.
///
/// ```
/// use spamlab::base::choices::choices;
/// use spamlab::model::{Auto, Setting, Settings, settings};
/// use serde_json::json;
///
/// choices! {
///     /// What a message on the wrong side costs.
///     pub enum Loss {
///         /// max(0, 1 - margin).
///         Hinge = "hinge",
///         /// Its square.
///         SquaredHinge = "squared_hinge",
///     }
/// }
///
/// settings! {
///     /// Settings of a support vector machine.
///     pub struct SvmSettings {
///         c: Auto = Setting::tuned(1e-6..=1e6, &[0.1, 1.0, 10.0], "cost of the loss"),
///         loss: Loss = Setting::one_of(Loss::Hinge, "loss of a message on the wrong side"),
///         max_iter: u32 = Setting::whole(1000, 1..=1_000_000, "passes over the mail at most"),
///     }
/// }
///
/// let settings = SvmSettings::from_values("svm", &json!({ "loss": "squared_hinge" })).unwrap();
/// assert_eq!((settings.loss, settings.max_iter), (Loss::SquaredHinge, 1000));
/// assert!(SvmSettings::from_values("svm", &json!({ "loss": "cubed_hinge" })).is_err());
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __settings {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $settings:ident {
            $(
                $(#[$field_meta:meta])*
                $field_visibility:vis $field:ident: $type:ty = $setting:expr
            ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        $visibility struct $settings {
            $($(#[$field_meta])* $field_visibility $field: $type),*
        }

        #[allow(
            non_upper_case_globals,
            reason = "each setting has the name of its field"
        )]
        impl $settings {
            $(const $field: $crate::model::Setting<$type> = $setting;)*
        }

        impl Default for $settings {
            fn default() -> Self {
                Self { $($field: Self::$field.default),* }
            }
        }

        impl $crate::model::Settings for $settings {
            const TABLE: &'static [$crate::model::SettingRow] =
                &[$(Self::$field.row(stringify!($field))),*];
        }
    };
}

#[doc(inline)]
pub use __settings as settings;

settings! {
    /// The settings of a model that has none.
    pub struct NoSettings {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::choices::choices;
    use serde_json::json;

    choices! {
        enum Colour {
            Red = "red",
            DarkBlue = "dark-blue",
        }
    }

    const SHARED: Setting<u32> = Setting::whole(3, 1..=9, "how many");

    settings! {
        struct PaintSettings {
            colour: Colour = Setting::one_of(Colour::DarkBlue, "which colour"),
            coats: u32 = SHARED.with_default(2),
            thickness: f64 = Setting::real(0.5, 0.0..=1.0, "millimetres a coat"),
            glossy: bool = Setting::flag(true, "whether it shines"),
            drying: Auto = Setting::tuned(1.0..=10.0, &[2.0, 4.0], "hours between coats"),
            layers: Auto = Setting::found(1..=4, "layers below"),
            prior: Prior = Setting::learned(0.1..=0.9, "probability of rain"),
        }
    }

    fn given(values: &Value) -> Result<PaintSettings, String> {
        PaintSettings::from_values("paint", values).map_err(|error| error.to_string())
    }

    #[test]
    fn a_declaration_gives_the_struct_its_defaults_and_its_table() {
        let expected = PaintSettings {
            colour: Colour::DarkBlue,
            coats: 2,
            thickness: 0.5,
            glossy: true,
            drying: Auto::Tune,
            layers: Auto::Tune,
            prior: Prior::Learned,
        };
        assert_eq!(PaintSettings::default(), expected);
        assert_eq!(given(&json!({})), Ok(expected));
        let table: Vec<String> = PaintSettings::TABLE
            .iter()
            .map(|row| format!("{}: {}: {}", row.name, row.doc, row.range))
            .collect();
        assert_eq!(
            table,
            [
                "colour: which colour: one of red, dark-blue",
                "coats: how many: a whole number from 1 to 9",
                "thickness: millimetres a coat: a number from 0 to 1",
                "glossy: whether it shines: true or false",
                "drying: hours between coats: a number from 1 to 10, or auto: the best of 2 4",
                "layers: layers below: a whole number from 1 to 4, or auto",
                "prior: probability of rain: a number from 0.1 to 0.9, or learned",
            ]
        );
    }

    #[test]
    fn values_given_replace_the_defaults_and_are_written_as_they_are_given() {
        let values = json!({
            "colour": "red", "coats": 9, "thickness": 0.25, "glossy": false, "drying": 7.5,
            "layers": 3.0, "prior": 0.5
        });
        let settings = given(&values).unwrap();
        let expected = PaintSettings {
            colour: Colour::Red,
            coats: 9,
            thickness: 0.25,
            glossy: false,
            drying: Auto::Fixed(7.5),
            layers: Auto::Fixed(3.0),
            prior: Prior::Fixed(0.5),
        };
        assert_eq!(settings, expected);
        assert_eq!(serde_json::to_value(settings).unwrap(), values);
    }

    #[test]
    fn candidates_take_every_value_of_the_grid_of_what_is_left_to_training() {
        let drying = |settings: &PaintSettings| settings.drying;
        let open: Vec<Auto> = PaintSettings::default()
            .candidates()
            .iter()
            .map(drying)
            .collect();
        assert_eq!(open, [Auto::Fixed(2.0), Auto::Fixed(4.0)]);
        let fixed = given(&json!({ "drying": 7.5, "coats": 9 })).unwrap();
        assert_eq!(fixed.candidates(), [fixed]);
    }

    #[test]
    fn what_a_setting_does_not_take_is_refused_by_name() {
        for (values, refused) in [
            (json!({ "colour": "green" }), "paint.colour = green"),
            (json!({ "coats": 10 }), "paint.coats = 10"),
            (json!({ "coats": 1.5 }), "paint.coats = 1.5"),
            (json!({ "thickness": 1.5 }), "paint.thickness = 1.5"),
            (json!({ "glossy": "yes" }), "paint.glossy = yes"),
            (json!({ "drying": "later" }), "paint.drying = later"),
            (json!({ "layers": 2.5 }), "paint.layers = 2.5"),
            (json!({ "prior": 1 }), "paint.prior = 1"),
        ] {
            let error = given(&values).unwrap_err();
            assert!(
                error.starts_with(&format!("{refused} is out of range: it takes ")),
                "{error}"
            );
        }
        assert_eq!(
            given(&json!({ "color": "red" })),
            Err(
                "paint has no setting `color`; it has: colour, coats, thickness, glossy, drying, \
                 layers, prior"
                    .to_owned()
            )
        );
    }
}
