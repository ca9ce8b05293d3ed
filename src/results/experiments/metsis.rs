//! What came of repeating Metsis, Androutsopoulos and Paliouras, "Spam Filtering with Naive Bayes -
//! Which Naive Bayes?" (CEAS 2006), beside what they published.

use serde::{Deserialize, Serialize};

/// Its name.
pub const METSIS: &str = "metsis";
/// Sets of mail in the paper.
pub const METSIS_SETS: usize = 6;
/// Attributes of the published figures.
pub const METSIS_ATTRIBUTES: usize = 3000;

/// Spam and ham recall in percent on Enron1 to Enron6 by event model, as published, in the order of
/// the paper.
pub const METSIS_PUBLISHED: [(&str, [[f64; 2]; METSIS_SETS]); 5] = [
    (
        "flexible Bayes",
        [
            [90.50, 97.64],
            [93.63, 98.83],
            [96.94, 95.36],
            [95.78, 96.61],
            [99.56, 90.76],
            [99.55, 89.97],
        ],
    ),
    (
        "multivariate Gauss",
        [
            [93.08, 94.83],
            [95.80, 96.97],
            [97.55, 88.81],
            [80.14, 99.39],
            [95.42, 97.28],
            [91.95, 95.87],
        ],
    ),
    (
        "multinomial, term frequency",
        [
            [95.66, 94.00],
            [96.81, 96.78],
            [95.04, 98.83],
            [97.79, 98.30],
            [99.42, 95.65],
            [98.08, 95.12],
        ],
    ),
    (
        "multivariate Bernoulli",
        [
            [97.08, 93.19],
            [91.05, 97.22],
            [97.42, 75.41],
            [97.70, 95.86],
            [97.95, 90.08],
            [97.92, 82.52],
        ],
    ),
    (
        "multinomial, Boolean",
        [
            [96.00, 95.25],
            [96.68, 97.83],
            [96.94, 98.88],
            [97.79, 99.05],
            [99.69, 95.65],
            [98.10, 96.88],
        ],
    ),
];

/// What the experiment came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetsisFound {
    /// Each set of mail, in the order of the paper.
    pub sets: Vec<MetsisSet>,
    /// Messages of a batch.
    pub batch: usize,
    /// Every event model with every number of attributes on every set.
    pub cells: Vec<MetsisCell>,
}

/// A set of mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetsisSet {
    /// Its name.
    pub name: String,
    /// Ham and spam.
    pub emails: [usize; 2],
}

/// What one event model came to on one set of mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetsisCell {
    /// The set, by its place.
    pub set: usize,
    /// The event model, as the paper calls it.
    pub event: String,
    /// How many attributes.
    pub attributes: usize,
    /// What was measured.
    pub measured: Recalls,
    /// What was published of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Recalls>,
    /// Why there is no result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// The shares of the spam called spam and of the ham called ham, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Recalls {
    /// Of spam; none if there was none.
    pub spam_pct: Option<f64>,
    /// Of ham; none if there was none.
    pub ham_pct: Option<f64>,
}

impl Recalls {
    /// Means of many, class by class.
    pub fn mean(of: &[Recalls]) -> Recalls {
        Recalls {
            spam_pct: mean(of.iter().filter_map(|of| of.spam_pct)),
            ham_pct: mean(of.iter().filter_map(|of| of.ham_pct)),
        }
    }

    /// Less those of `other`, in percentage points.
    pub fn less(self, other: Recalls) -> Recalls {
        let less = |one: Option<f64>, other: Option<f64>| Some(one? - other?);
        Recalls {
            spam_pct: less(self.spam_pct, other.spam_pct),
            ham_pct: less(self.ham_pct, other.ham_pct),
        }
    }

    fn absolute(self) -> Recalls {
        Recalls {
            spam_pct: self.spam_pct.map(f64::abs),
            ham_pct: self.ham_pct.map(f64::abs),
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, number) = values.fold((0.0, 0), |(sum, number), value| (sum + value, number + 1));
    (number > 0).then(|| sum / f64::from(number))
}

/// An event model over all sets.
#[derive(Debug, Clone, PartialEq)]
pub struct MetsisMean<'a> {
    /// The event model.
    pub event: &'a str,
    /// How many attributes.
    pub attributes: usize,
    /// Means of what was measured.
    pub measured: Recalls,
    /// Means of what was published of the same sets.
    pub published: Option<Recalls>,
    /// Means of the absolute differences between both, set by set.
    pub deviation: Option<Recalls>,
}

impl MetsisCell {
    /// What was measured less what was published.
    pub fn difference(&self) -> Option<Recalls> {
        let published = self.published.filter(|_| self.failed.is_none())?;
        Some(self.measured.less(published))
    }
}

impl MetsisFound {
    /// Every event model with every number of attributes over all sets, the most attributes first.
    pub fn means(&self) -> Vec<MetsisMean<'_>> {
        let mut attributes: Vec<usize> = self.cells.iter().map(|cell| cell.attributes).collect();
        attributes.sort_unstable_by(|a, b| b.cmp(a));
        attributes.dedup();
        let events = METSIS_PUBLISHED.iter().map(|(event, _)| *event);
        let all = attributes
            .into_iter()
            .flat_map(|attributes| events.clone().map(move |event| (event, attributes)));
        all.filter_map(|(event, attributes)| self.mean(event, attributes))
            .collect()
    }

    fn mean(&self, event: &'static str, attributes: usize) -> Option<MetsisMean<'_>> {
        let is_it = |cell: &&MetsisCell| cell.event == event && cell.attributes == attributes;
        let cells = self.cells.iter().filter(is_it);
        let cells: Vec<&MetsisCell> = cells.filter(|cell| cell.failed.is_none()).collect();
        let measured: Vec<Recalls> = cells.iter().map(|cell| cell.measured).collect();
        let published: Vec<Recalls> = cells.iter().filter_map(|cell| cell.published).collect();
        let differences = cells.iter().filter_map(|cell| cell.difference());
        let deviations: Vec<Recalls> = differences.map(Recalls::absolute).collect();
        let is_known = !published.is_empty();
        (!cells.is_empty()).then(|| MetsisMean {
            event,
            attributes,
            measured: Recalls::mean(&measured),
            published: is_known.then(|| Recalls::mean(&published)),
            deviation: is_known.then(|| Recalls::mean(&deviations)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deviation_is_from_the_cell_of_the_same_set_and_attributes() {
        let recalls = |spam: f64, ham: f64| Recalls {
            spam_pct: Some(spam),
            ham_pct: Some(ham),
        };
        let cell = |set, attributes, measured, published| MetsisCell {
            set,
            event: "multinomial, Boolean".to_owned(),
            attributes,
            measured,
            published,
            failed: None,
        };
        let set = |name: &str| MetsisSet {
            name: name.to_owned(),
            emails: [1, 1],
        };
        let mut found = MetsisFound {
            sets: vec![set("enron1"), set("enron2")],
            batch: 100,
            cells: vec![
                cell(0, 500, recalls(1.0, 1.0), None),
                cell(0, 3000, recalls(97.0, 95.25), Some(recalls(96.0, 95.25))),
                cell(1, 3000, recalls(96.68, 98.83), Some(recalls(96.68, 97.83))),
            ],
        };
        // By hand: |97 - 96.00| and |96.68 - 96.68|, mean 0.5; |95.25 - 95.25| and |98.83 - 97.83|,
        // mean 0.5.
        let close = |value: Option<f64>, expected: f64| (value.unwrap() - expected).abs() < 1e-9;
        let means = found.means();
        let attributes: Vec<usize> = means.iter().map(|mean| mean.attributes).collect();
        assert_eq!(attributes, [3000, 500]);
        let deviation = means[0].deviation.unwrap();
        assert!(close(deviation.spam_pct, 0.5) && close(deviation.ham_pct, 0.5));
        assert!(close(means[0].measured.spam_pct, 96.84));
        assert!(close(means[0].published.unwrap().ham_pct, 96.54));
        assert_eq!(means[1].deviation, None);
        // A cell that failed counts nowhere.
        found.cells[1].failed = Some("why".to_owned());
        let means = found.means();
        assert!(close(means[0].deviation.unwrap().ham_pct, 1.0));
        assert!(close(means[0].published.unwrap().spam_pct, 96.68));
    }
}
