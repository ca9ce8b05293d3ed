//! A search for settings: which ones training chooses among, beyond the grid of each model.
//!
//! Every family may try the same number of settings, shared out evenly among those of its models
//! that leave anything open. `grid` is a grid search; `random` draws them from a Latin square
//! (McKay, Beckman and Conover, Technometrics 21, 1979), so that every setting is seen over its
//! whole range even in few trials; `halving` draws likewise, evaluates all on a ninth of the
//! training mail, the best third on a third, and the best ninth on all of it (Karnin, Koren and
//! Somekh, ICML 2013). Left out: a search guided by what was found; with some dozens of trials at
//! one to three settings it gains little.

use super::model_spec::{Candidate, ModelSpec, SearchStrategy, candidates};
use super::search_space::{Dimension, open};
use crate::base::math::{shuffle, uniform};
use crate::base::streams::{Stream, random_stream};
use crate::model::{ModelEntry, SettingError};
use serde_json::{Map, Value};

/// A search that both families make alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search {
    /// How the trials are laid out.
    pub strategy: SearchStrategy,
    /// How many settings each family may try.
    pub settings: usize,
    /// Seed of the settings that are drawn.
    pub seed: u64,
}

impl Search {
    /// The models of `entries`, each with the settings given for it and whether it is required, to
    /// be chosen among by training. They are all that share in the search.
    pub fn choices(
        &self,
        entries: &[(&'static dyn ModelEntry, Value, bool)],
    ) -> Result<Vec<ModelSpec>, SettingError> {
        let share = |entry: &dyn ModelEntry| {
            let searched = |(other, given, _): &&(&'static dyn ModelEntry, Value, bool)| {
                other.family() == entry.family() && !open(*other, given).1.is_empty()
            };
            (self.settings / entries.iter().filter(searched).count().max(1)).max(1)
        };
        entries
            .iter()
            .map(|(entry, given, required)| self.choice(*entry, given, share(*entry), *required))
            .collect()
    }

    /// A model with at most `most` settings to choose among.
    fn choice(
        &self,
        entry: &'static dyn ModelEntry,
        given: &Value,
        most: usize,
        required: bool,
    ) -> Result<ModelSpec, SettingError> {
        let (fixed, axes) = open(entry, given);
        let settings = entry.settings(&Value::Object(fixed.clone()))?;
        let all = self.places(entry.name(), &axes, most);
        let all = all.iter().map(|places| {
            let mut of: Map<String, Value> = fixed.clone();
            for ((name, axis), &place) in axes.iter().zip(places) {
                of.insert((*name).to_owned(), axis.at(place));
            }
            entry.settings(&Value::Object(of))
        });
        let all = all.collect::<Result<Vec<Value>, SettingError>>()?;
        let mut found: Vec<Candidate> = Vec::new();
        for candidate in candidates(entry, &all)? {
            if !found.contains(&candidate) {
                found.push(candidate);
            }
        }
        Ok(ModelSpec {
            entry,
            settings,
            candidates: found,
            required,
            search: Some(self.strategy),
        })
    }

    /// Where on each axis the settings to try are, from 0 to 1; in ascending order of the first
    /// axis, then the next.
    fn places(
        &self,
        model: &'static str,
        axes: &[(&str, Dimension)],
        most: usize,
    ) -> Vec<Vec<f64>> {
        if axes.is_empty() {
            return vec![Vec::new()];
        }
        let mut places = match grid_points(axes, most) {
            Some(grid) if self.strategy == SearchStrategy::Grid => grid,
            _ => self.scattered(model, axes, most),
        };
        let key = |place: &[f64]| -> Vec<f64> {
            let of = |((_, axis), &place): (&(&str, Dimension), &f64)| match axis {
                Dimension::Among(values) => (place * values.len() as f64).floor(),
                Dimension::Between { .. } => place,
            };
            axes.iter().zip(place).map(of).collect()
        };
        places.sort_by(|a, b| {
            key(a)
                .partial_cmp(&key(b))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        places
    }

    /// A Latin square: each axis cut into as many parts as there are trials, one trial in each.
    fn scattered(
        &self,
        model: &'static str,
        axes: &[(&str, Dimension)],
        trials: usize,
    ) -> Vec<Vec<f64>> {
        let mut rng = random_stream(self.seed, Stream::Search(model));
        let mut places = vec![Vec::new(); trials];
        for _ in axes {
            let mut parts: Vec<usize> = (0..trials).collect();
            shuffle(&mut parts, &mut rng);
            for (place, part) in places.iter_mut().zip(parts) {
                place.push((part as f64 + uniform(&mut rng)) / trials as f64);
            }
        }
        places
    }
}

/// All values of lists with evenly laid numbers, as many as may be; None if even two to a number
/// are too many.
fn grid_points(axes: &[(&str, Dimension)], most: usize) -> Option<Vec<Vec<f64>>> {
    let listed: usize = axes
        .iter()
        .map(|(_, axis)| {
            if let Dimension::Among(values) = axis {
                values.len()
            } else {
                1
            }
        })
        .product();
    let numbers = axes.iter().filter(|(_, axis)| !axis.is_among()).count() as u32;
    let steps = (2..=most)
        .take_while(|steps| listed * steps.pow(numbers) <= most)
        .last();
    let steps = if numbers == 0 {
        (listed <= most).then_some(1)?
    } else {
        steps?
    };
    let mut all = vec![Vec::new()];
    for (_, axis) in axes {
        let places: Vec<f64> = match axis {
            Dimension::Among(values) => (0..values.len())
                .map(|at| (at as f64 + 0.5) / values.len() as f64)
                .collect(),
            Dimension::Between { .. } => (0..steps)
                .map(|at| at as f64 / (steps - 1) as f64)
                .collect(),
        };
        all = all
            .iter()
            .flat_map(|start: &Vec<f64>| {
                places.iter().map(|&place| [&start[..], &[place]].concat())
            })
            .collect();
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn choice(strategy: SearchStrategy, settings: usize, model: &str, given: &Value) -> ModelSpec {
        let entry = crate::catalog().model(model).unwrap();
        let search = Search {
            strategy,
            settings,
            seed: 1,
        };
        search
            .choices(&[(entry, given.clone(), true)])
            .unwrap()
            .remove(0)
    }

    fn numbers(choice: &ModelSpec, setting: &str) -> Vec<f64> {
        choice
            .candidates
            .iter()
            .filter_map(|candidate| candidate.settings[setting].as_f64())
            .collect()
    }

    #[test]
    fn a_grid_is_even_and_within_the_number_of_trials() {
        // 1e-1 to 1e3 in five steps: every decade, for each of two words.
        let found = choice(
            SearchStrategy::Grid,
            10,
            "logistic",
            &json!({ "class_weight": ["none", "balanced"], "c": "0.1..1000" }),
        );
        assert_eq!(
            numbers(&found, "c"),
            [0.1, 1.0, 10.0, 100.0, 1000.0, 0.1, 1.0, 10.0, 100.0, 1000.0]
        );
        assert!(
            found.candidates[..5]
                .iter()
                .all(|candidate| candidate.settings["class_weight"] == "none")
        );
        // Eleven are no more than ten, and three cannot hold two words twice: drawn then.
        assert_eq!(
            choice(
                SearchStrategy::Grid,
                11,
                "logistic",
                &json!({ "class_weight": ["none", "balanced"] })
            )
            .candidates
            .len(),
            10
        );
        assert_eq!(
            choice(
                SearchStrategy::Grid,
                3,
                "logistic",
                &json!({ "class_weight": ["none", "balanced"] })
            )
            .candidates
            .len(),
            3
        );
    }

    #[test]
    fn trials_at_random_cover_every_part_of_the_range_once() {
        let found = choice(
            SearchStrategy::Random,
            8,
            "logistic",
            &json!({ "class_weight": "none", "c": "0.01..1e6" }),
        );
        let c = numbers(&found, "c");
        assert_eq!(c.len(), 8);
        assert!(
            c.iter()
                .enumerate()
                .all(|(at, c)| (c.log10() + 2.0).floor() as usize == at),
            "{c:?}: one a decade"
        );
        let same = choice(
            SearchStrategy::Random,
            8,
            "logistic",
            &json!({ "class_weight": "none", "c": "0.01..1e6" }),
        );
        assert_eq!(numbers(&same, "c"), c);
    }

    #[test]
    #[cfg(feature = "linfa")]
    fn families_may_try_the_same_number_and_their_models_share_it() {
        let entries: Vec<_> = ["multinomial", "logistic", "svm", "linfa-svm"]
            .map(|name| (crate::catalog().model(name).unwrap(), json!({}), true))
            .into();
        let found = Search {
            strategy: SearchStrategy::Random,
            settings: 20,
            seed: 1,
        }
        .choices(&entries)
        .unwrap();
        let tried: Vec<usize> = found.iter().map(|choice| choice.candidates.len()).collect();
        assert_eq!(tried, [20, 10, 10, 1], "nothing of linfa-svm is open");
    }

    #[test]
    fn what_is_fixed_stays_and_what_cannot_be_is_refused() {
        let found = choice(
            SearchStrategy::Random,
            5,
            "svm",
            &json!({ "c": 3.0, "loss": "hinge", "class_weight": "none" }),
        );
        assert_eq!(
            (found.candidates.len(), numbers(&found, "c")),
            (1, vec![3.0])
        );
        let entry = crate::catalog().model("svm").unwrap();
        let search = Search {
            strategy: SearchStrategy::Random,
            settings: 5,
            seed: 1,
        };
        for wrong in [
            json!({ "c": "1e5..1e9" }),
            json!({ "c": "9..1" }),
            json!({ "loss": "0..1" }),
            json!({ "d": 1 }),
        ] {
            assert!(
                search.choices(&[(entry, wrong.clone(), true)]).is_err(),
                "{wrong}"
            );
        }
    }

    /// Whatever a model leaves open, a search stays within its ranges.
    #[test]
    fn every_model_can_be_searched() {
        for entry in crate::catalog().models() {
            for strategy in [
                SearchStrategy::Grid,
                SearchStrategy::Random,
                SearchStrategy::Halving,
            ] {
                let found = choice(strategy, 12, entry.name(), &json!({}));
                assert!(
                    (1..=12).contains(&found.candidates.len()),
                    "{}: {}",
                    entry.name(),
                    found.candidates.len()
                );
                let known = |name: &&&str| {
                    entry
                        .settings_table()
                        .iter()
                        .any(|setting| setting.name == **name)
                };
                assert_eq!(
                    entry.tunable().iter().filter(known).count(),
                    entry.tunable().len(),
                    "{}",
                    entry.name()
                );
            }
        }
    }
}
