//! The object-safe face of a learner: what the tables of the two families hold and the workbench
//! works with.

use super::fit_error::FitError;
use super::fitted::{Classifier, FittedModel, from_all_of};
use super::incremental::Incremental;
use super::learner::{Cost, Learner, Needs};
use super::problem::LinearProblem;
use super::saved::Fitted;
use super::settings::{SettingError, SettingRow, Settings};
use super::tables::{Tables, Touched};
use super::watch::FitObserver;
use crate::base::mail::Label;
use crate::base::parts::ReadAt;
use crate::dataset::{ClassCounts, FeatureView, Representation, StoredRows, TrainingSet};
use crate::results::Family;
use serde::Serialize;
use serde_json::{Value, json};

/// One row in the table of models. Settings travel as JSON objects; absent fields are the defaults.
///
/// ```
/// use serde_json::json;
/// use spamlab::dataset::ClassCounts;
///
/// let catalog = spamlab::catalog();
/// let entry = catalog.model("multinomial").expect("it is a model of the program");
/// let settings = entry.settings(&json!({ "alpha": 0.1 }))?;
/// assert_eq!(settings["smoothing"], "additive");
/// assert!(entry.settings(&json!({ "alpha": -1 })).is_err());
///
/// // Two messages of each class; ham holds the word of column 0, spam that of column 1.
/// let counts = ClassCounts::new([2.0, 2.0], [vec![2.0, 0.0], vec![0.0, 2.0]]);
/// let fitted = entry.fit_counts(&[settings], &counts)?;
/// assert!(entry.load(&fitted[0].save()?, 2).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ModelEntry: Send + Sync {
    /// See [`Learner::NAME`].
    fn name(&self) -> &'static str;
    /// See [`Learner::FAMILY`].
    fn family(&self) -> Family;
    /// See [`Learner::SUMMARY`].
    fn summary(&self) -> &'static str;
    /// See [`Learner::DEFAULT`].
    fn is_default(&self) -> bool;
    /// See [`Learner::COST`].
    fn cost(&self) -> Cost;
    /// See [`Learner::REFIT`].
    fn refits(&self) -> bool;
    /// See [`Learner::TUNABLE`].
    fn tunable(&self) -> &'static [&'static str];
    /// The table of settings.
    fn settings_table(&self) -> &'static [SettingRow];
    /// All settings: the values given, checked by name and range, and defaults for the others.
    fn settings(&self, given: &Value) -> Result<Value, SettingError>;
    /// See [`Learner::representation`] and [`Learner::kinds`].
    fn view(&self, settings: &Value) -> Result<FeatureView, SettingError>;
    /// See [`Learner::applicable`].
    fn applicable(&self, settings: &Value, emails: usize) -> Result<(), String>;
    /// See [`Learner::grid`].
    fn grid(&self, settings: &Value) -> Result<Vec<Value>, SettingError>;
    /// See [`Learner::linear_problem`].
    fn linear_problem(&self, settings: &Value) -> Option<LinearProblem>;
    /// Whether it is a generative model of the bytes of mail, which generates text.
    fn generates_text(&self) -> bool {
        let view = self
            .settings(&json!({}))
            .and_then(|defaults| self.view(&defaults));
        let reads_text = view.is_ok_and(|view| view.representation == Representation::Bytes);
        self.family() == Family::Generative && reads_text
    }
    /// See [`Learner::inner`].
    fn inner(&self, settings: &Value) -> Result<Value, SettingError>;
    /// See [`Learner::fit_path`].
    fn fit_path(
        &self,
        grid: &[Value],
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Vec<Box<dyn Fitted>>, FitError>;
    /// See [`Learner::NEEDS`].
    fn needs(&self) -> Needs;
    /// See [`Learner::SEMI_SUPERVISED`].
    fn is_semi_supervised(&self) -> bool;
    /// See [`Learner::fit_counts`].
    fn fit_counts(
        &self,
        grid: &[Value],
        counts: &ClassCounts,
    ) -> Result<Vec<Box<dyn Fitted>>, FitError>;
    /// See [`Learner::fit_stored`].
    fn fit_stored(
        &self,
        grid: &[Value],
        rows: &StoredRows,
        seed: u64,
        watch: &mut dyn FitObserver,
    ) -> Result<Vec<Box<dyn Fitted>>, FitError>;
    /// See [`Learner::incremental`].
    fn incremental(&self, settings: &Value) -> Result<Option<Box<dyn Incremental>>, SettingError>;
    /// Reads back what [`Fitted::save`] wrote. Bytes that are not such a model for `columns`
    /// columns are refused.
    fn load(&self, mut bytes: &[u8], columns: usize) -> Result<Box<dyn Fitted>, String> {
        self.load_touched(&mut bytes, columns, None)
    }
    /// [`ModelEntry::load`] of what a message touches, where the model has tables.
    fn load_touched(
        &self,
        source: &mut dyn ReadAt,
        columns: usize,
        touched: Option<Touched<'_>>,
    ) -> Result<Box<dyn Fitted>, String>;
    /// [`ModelEntry::load`] of parameters as format 1 of the model file has them.
    fn load_format_1(&self, bytes: &[u8], columns: usize) -> Result<Box<dyn Fitted>, String>;
}

fn typed<L: Learner>(grid: &[Value]) -> Result<Vec<L::Settings>, FitError> {
    let typed = grid
        .iter()
        .map(|settings| L::Settings::from_values(L::NAME, settings));
    typed
        .collect::<Result<_, _>>()
        .map_err(|error| FitError::Solver(error.to_string()))
}

fn require_both(emails: [f64; 2]) -> Result<(), FitError> {
    match Label::BOTH
        .into_iter()
        .find(|label| emails[label.index()] == 0.0)
    {
        Some(missing) => Err(FitError::OneClass { missing }),
        None => Ok(()),
    }
}

fn boxed<C: Classifier + Serialize + 'static>(fitted: Vec<C>) -> Vec<Box<dyn Fitted>> {
    fitted
        .into_iter()
        .map(|fitted| Box::new(fitted) as Box<dyn Fitted>)
        .collect()
}

impl<L: Learner> ModelEntry for L {
    fn name(&self) -> &'static str {
        L::NAME
    }

    fn family(&self) -> Family {
        L::FAMILY
    }

    fn summary(&self) -> &'static str {
        L::SUMMARY
    }

    fn is_default(&self) -> bool {
        L::DEFAULT
    }

    fn cost(&self) -> Cost {
        L::COST
    }

    fn refits(&self) -> bool {
        L::REFIT
    }

    fn tunable(&self) -> &'static [&'static str] {
        L::TUNABLE
    }

    fn settings_table(&self) -> &'static [SettingRow] {
        L::Settings::TABLE
    }

    fn settings(&self, given: &Value) -> Result<Value, SettingError> {
        let settings = L::Settings::from_values(L::NAME, given)?;
        Ok(serde_json::to_value(settings).unwrap_or_default())
    }

    fn view(&self, settings: &Value) -> Result<FeatureView, SettingError> {
        let settings = L::Settings::from_values(L::NAME, settings)?;
        Ok(FeatureView {
            representation: L::representation(&settings),
            kinds: L::kinds(&settings),
        })
    }

    fn applicable(&self, settings: &Value, emails: usize) -> Result<(), String> {
        let settings =
            L::Settings::from_values(L::NAME, settings).map_err(|error| error.to_string())?;
        L::applicable(&settings, emails)
    }

    fn grid(&self, settings: &Value) -> Result<Vec<Value>, SettingError> {
        let grid = L::grid(&L::Settings::from_values(L::NAME, settings)?);
        Ok(grid
            .into_iter()
            .map(|settings| serde_json::to_value(settings).unwrap_or_default())
            .collect())
    }

    fn linear_problem(&self, settings: &Value) -> Option<LinearProblem> {
        L::linear_problem(&L::Settings::from_values(L::NAME, settings).ok()?)
    }

    fn inner(&self, settings: &Value) -> Result<Value, SettingError> {
        let settings = L::inner(&L::Settings::from_values(L::NAME, settings)?);
        Ok(serde_json::to_value(settings).unwrap_or_default())
    }

    fn fit_path(
        &self,
        grid: &[Value],
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Vec<Box<dyn Fitted>>, FitError> {
        let grid = typed::<L>(grid)?;
        require_both(data.class_counts().map(|emails| emails as f64))?;
        let by_column = |settings| {
            !matches!(
                L::representation(settings),
                Representation::Bytes | Representation::TokenSequence
            )
        };
        if data.columns() == 0 && grid.iter().any(by_column) {
            return Err(FitError::NoColumns);
        }
        Ok(boxed(Learner::fit_path(self, &grid, data, watch)?))
    }

    fn is_semi_supervised(&self) -> bool {
        L::SEMI_SUPERVISED
    }

    fn needs(&self) -> Needs {
        L::NEEDS
    }

    fn fit_counts(
        &self,
        grid: &[Value],
        counts: &ClassCounts,
    ) -> Result<Vec<Box<dyn Fitted>>, FitError> {
        let grid = typed::<L>(grid)?;
        require_both(counts.emails)?;
        if counts.columns[0].is_empty() {
            return Err(FitError::NoColumns);
        }
        Ok(boxed(Learner::fit_counts(self, &grid, counts)?))
    }

    fn fit_stored(
        &self,
        grid: &[Value],
        rows: &StoredRows,
        seed: u64,
        watch: &mut dyn FitObserver,
    ) -> Result<Vec<Box<dyn Fitted>>, FitError> {
        let grid = typed::<L>(grid)?;
        require_both(rows.class_counts().map(|emails| emails as f64))?;
        if rows.columns() == 0 {
            return Err(FitError::NoColumns);
        }
        Ok(boxed(Learner::fit_stored(self, &grid, rows, seed, watch)?))
    }

    fn incremental(&self, settings: &Value) -> Result<Option<Box<dyn Incremental>>, SettingError> {
        let settings = L::Settings::from_values(L::NAME, settings)?;
        Ok(Learner::incremental(self, &settings))
    }

    fn load_touched(
        &self,
        source: &mut dyn ReadAt,
        columns: usize,
        touched: Option<Touched<'_>>,
    ) -> Result<Box<dyn Fitted>, String> {
        let (rest, mut tables) = Tables::open(source, columns, touched)?;
        let mut fitted: L::Fitted = from_all_of(&rest)?;
        fitted.load_tables(&mut tables)?;
        if !tables.is_empty() {
            return Err("it has tables of another model".to_owned());
        }
        valid(
            fitted,
            touched.map_or(columns, |touched| touched.columns.len()),
        )
    }

    fn load_format_1(&self, bytes: &[u8], columns: usize) -> Result<Box<dyn Fitted>, String> {
        valid(L::Fitted::load_format_1(bytes)?, columns)
    }
}

fn valid<C: Classifier + Serialize + 'static>(
    fitted: C,
    columns: usize,
) -> Result<Box<dyn Fitted>, String> {
    fitted
        .validate(columns)
        .map_err(|error| error.to_string())?;
    Ok(Box::new(fitted))
}
