//! What models that were fitted elsewhere said, and the file in which it stands.

use crate::lab::error::LabError;
use crate::lab::split::id_table::IdTable;
use crate::model::{Catalog, Family};
use std::path::{Path, PathBuf};

/// Characters of the longest name of a model, which stands in charts and tables.
const LONGEST: usize = 32;
/// The probability nearest to 0 that is told from it, and less than 1 as much: the spacing of
/// doubles at 1, at which scikit-learn's `log_loss` cuts too.
const LEAST: f64 = f64::EPSILON;

/// A model that was fitted elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct ExternalModel {
    /// Its name, which is none of the catalog.
    pub name: String,
    /// The family it belongs to; only the user knows.
    pub family: Family,
    /// What its numbers mean.
    pub said: Said,
    /// What it said of each message.
    pub predictions: Vec<ExternalPrediction>,
    /// Where it was read, for errors.
    pub file: Option<PathBuf>,
}

/// What the numbers of a model mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Probabilities of spam, taken as they are.
    Probability,
    /// Scores of unknown scale, the higher the more like spam. Those of a fold become probabilities
    /// by a calibration learned from the other folds.
    Score,
}

/// What a model said of one message.
#[derive(Debug, Clone, PartialEq)]
pub struct ExternalPrediction {
    /// The identifier of the message.
    pub id: String,
    /// The probability or the score.
    pub value: f64,
    /// The fold that tested the message, by any name, if the model was fitted by folds.
    pub fold: Option<String>,
}

/// The log-odds of a probability, finite for 0 and 1 too: ±36.04 at the most.
pub fn log_odds(probability: f64) -> f64 {
    let p = probability.clamp(LEAST, 1.0 - LEAST);
    (p / (1.0 - p)).ln()
}

impl ExternalModel {
    /// The models in files of predictions, in their order. A name must be none of the catalog and
    /// must stand in one file.
    pub fn read_all(files: &[PathBuf], catalog: &Catalog) -> Result<Vec<ExternalModel>, LabError> {
        let mut all: Vec<ExternalModel> = Vec::new();
        for file in files {
            for model in ExternalModel::read(file)? {
                let name = &model.name;
                if catalog.model(name).is_some() {
                    let why = format!("{name:?} is a model of the program: give it another name");
                    return Err(refused(file, why));
                }
                if all.iter().any(|other| other.name == *name) {
                    let why = format!("the model {name:?} stands in another file too");
                    return Err(refused(file, why));
                }
                all.push(model);
            }
        }
        Ok(all)
    }

    /// The models in one CSV file with the columns `id`, `probability` or `score`, and, if wanted,
    /// `model` (by default the name of the file), `family` (by default discriminative) and `fold`.
    /// Where there are both, the probability counts.
    pub fn read(file: &Path) -> Result<Vec<ExternalModel>, LabError> {
        let models = read(file).map_err(|why| refused(file, why))?;
        if models.is_empty() {
            return Err(refused(file, "it has no predictions".to_owned()));
        }
        Ok(models)
    }

    /// What names the model in an error: its file, or itself.
    pub(super) fn place(&self) -> String {
        let file = self.file.as_ref().map(|file| file.display().to_string());
        file.unwrap_or_else(|| self.name.clone())
    }
}

fn refused(file: &Path, why: String) -> LabError {
    LabError::External {
        file: file.display().to_string(),
        why,
    }
}

/// The places of the columns.
struct Columns {
    id: usize,
    value: usize,
    said: Said,
    model: Option<usize>,
    family: Option<usize>,
    fold: Option<usize>,
}

impl Columns {
    fn of(table: &IdTable) -> Result<Columns, String> {
        let lacks = |name: &str| {
            format!(
                "it has no column {name}; predictions have the columns id,model,probability or \
                 id,model,score"
            )
        };
        let probability = table
            .column("probability")
            .map(|at| (at, Said::Probability));
        let score = || Some((table.column("score")?, Said::Score));
        let found = probability.or_else(score);
        let (value, said) = found.ok_or_else(|| lacks("`probability` or `score`"))?;
        Ok(Columns {
            id: table.column("id").ok_or_else(|| lacks("`id`"))?,
            value,
            said,
            model: table.column("model"),
            family: table.column("family"),
            fold: table.column("fold"),
        })
    }
}

fn read(file: &Path) -> Result<Vec<ExternalModel>, String> {
    let table = IdTable::read(file)?;
    let columns = Columns::of(&table)?;
    let stem = file.file_stem().map(|stem| stem.to_string_lossy());
    let stem = stem.unwrap_or_default();
    let mut models: Vec<ExternalModel> = Vec::new();
    for row in table.rows() {
        let (line, row) = row?;
        let cell = |column: Option<usize>| row.get(column?).map(str::trim);
        let name = cell(columns.model).unwrap_or(&stem);
        let family = family(cell(columns.family)).map_err(|why| format!("line {line}: {why}"))?;
        let value = number(row.get(columns.value).unwrap_or(""), columns.said);
        let value = value.map_err(|why| format!("line {line}: {why}"))?;
        let known = models.iter().position(|model| model.name == name);
        let at = known.unwrap_or(models.len());
        if known.is_none() {
            usable(name).map_err(|why| format!("line {line}: {why}"))?;
            models.push(ExternalModel {
                name: name.to_owned(),
                family,
                said: columns.said,
                predictions: Vec::new(),
                file: Some(file.to_owned()),
            });
        }
        if models[at].family != family {
            return Err(format!("line {line}: {name:?} is of two families"));
        }
        models[at].predictions.push(ExternalPrediction {
            id: row.get(columns.id).unwrap_or("").to_owned(),
            value,
            fold: cell(columns.fold)
                .filter(|fold| !fold.is_empty())
                .map(str::to_owned),
        });
    }
    Ok(models)
}

fn family(given: Option<&str>) -> Result<Family, String> {
    let Some(given) = given.filter(|given| !given.is_empty()) else {
        return Ok(Family::Discriminative);
    };
    let named = Family::BOTH.into_iter();
    let mut named = named.filter(|family| family.to_string().eq_ignore_ascii_case(given));
    named
        .next()
        .ok_or_else(|| format!("the family {given:?} is neither generative nor discriminative"))
}

fn number(text: &str, said: Said) -> Result<f64, String> {
    let value: Option<f64> = text
        .trim()
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite());
    match (value, said) {
        (Some(value), Said::Score) => Ok(value),
        (Some(value), Said::Probability) if (0.0..=1.0).contains(&value) => Ok(value),
        (_, Said::Score) => Err(format!("the score {text:?} is no finite number")),
        (_, Said::Probability) => Err(format!(
            "the probability {text:?} is no number from 0 to 1; name the column `score` if it is \
             on another scale"
        )),
    }
}

/// Refuses a name that cannot stand in charts and tables.
fn usable(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("the name of the model is empty".to_owned());
    }
    if name.chars().count() > LONGEST || name.chars().any(crate::base::shown::is_obeyed) {
        return Err(format!(
            "the name {name:?} is longer than {LONGEST} characters, or has some that cannot be \
             shown"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Vec<ExternalModel>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("llm.csv");
        std::fs::write(&path, text).unwrap();
        ExternalModel::read(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_have_any_order_and_those_left_out_their_defaults() {
        let found = read_text("\u{feff}probability,id\n0.25,a\n1,b\n").unwrap();
        let [model] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(
            (model.name.as_str(), model.family),
            ("llm", Family::Discriminative)
        );
        let values: Vec<(&str, f64)> = model
            .predictions
            .iter()
            .map(|one| (one.id.as_str(), one.value))
            .collect();
        assert_eq!(values, [("a", 0.25), ("b", 1.0)]);
        let found = read_text(
            "id,model,fold,score,family\na,x,3,-7,Generative\na,y,3,1e3,\nb,x,1,2,generative\n",
        )
        .unwrap();
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|model| model.said == Said::Score));
        assert_eq!(
            (found[0].family, found[0].predictions.len()),
            (Family::Generative, 2)
        );
        assert_eq!(found[1].predictions[0].fold.as_deref(), Some("3"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, wanted) in [
            ("id,model\na,x\n", "no column `probability` or `score`"),
            ("probability\n0.5\n", "no column `id`"),
            ("id,probability\n", "it has no predictions"),
            (
                "id,probability\na,0.5\nb,1.5\n",
                "line 3: the probability \"1.5\" is no number from 0",
            ),
            (
                "id,score\na,NaN\n",
                "line 2: the score \"NaN\" is no finite number",
            ),
            (
                "id,score,family\na,1,neural\n",
                "line 2: the family \"neural\"",
            ),
            (
                "id,model,score\na,,1\n",
                "line 2: the name of the model is empty",
            ),
        ] {
            let said = read_text(text).unwrap_err();
            assert!(
                said.contains("llm.csv: ") && said.contains(wanted),
                "{said}"
            );
        }
    }

    /// numpy.log(p / (1 - p)) of numpy.clip(p, eps, 1 - eps) with eps = numpy.finfo(float).eps.
    #[test]
    fn certainty_is_cut_where_scikit_learn_cuts_it() {
        assert!((log_odds(1.0) - 36.043_653_389_117_15).abs() < 1e-12);
        assert!((log_odds(0.0) + 36.043_653_389_117_15).abs() < 1e-12);
        assert!((log_odds(0.75) - 3f64.ln()).abs() < 1e-15);
    }
}
