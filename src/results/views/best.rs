//! Which model of a family stands for it: the one of highest mean accuracy over folds, then lowest
//! mean (1-ROCA)%.

use crate::results::comparison::Comparison;
use crate::results::curves::Curve;
use crate::results::experiment::Experiment;
use crate::results::fit::Family;
use crate::results::model_record::ModelRecord;

/// The best model of each family, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BestModels {
    /// Of the generative ones.
    pub generative: Option<usize>,
    /// Of the discriminative ones.
    pub discriminative: Option<usize>,
}

impl BestModels {
    /// Picks among models in the order of the table.
    pub fn of(models: &[ModelRecord]) -> BestModels {
        BestModels::among(models, |_| true)
    }

    /// Picks among those that are `eligible`.
    fn among(models: &[ModelRecord], eligible: impl Fn(&ModelRecord) -> bool) -> BestModels {
        let best = |family: Family| {
            let mut ranked = ranking(models, family).into_iter();
            ranked.find(|&at| eligible(&models[at]))
        };
        BestModels {
            generative: best(Family::Generative),
            discriminative: best(Family::Discriminative),
        }
    }

    /// The one of a family.
    pub fn of_family(&self, family: Family) -> Option<usize> {
        match family {
            Family::Generative => self.generative,
            Family::Discriminative => self.discriminative,
        }
    }

    /// Both, where both families have one.
    pub fn both(&self) -> Option<(usize, usize)> {
        self.generative.zip(self.discriminative)
    }
}

/// The models of a family that came to a result, best first; of equals the first of the table.
pub fn ranking(models: &[ModelRecord], family: Family) -> Vec<usize> {
    let standing = |model: &ModelRecord| {
        Some((
            model.value("accuracy")?,
            -model.value("one_minus_roca_pct")?,
        ))
    };
    let candidates = models
        .iter()
        .enumerate()
        .filter(|(_, model)| model.family == family);
    let mut ranked: Vec<(usize, (f64, f64))> = candidates
        .filter_map(|(at, model)| Some((at, standing(model)?)))
        .collect();
    ranked.sort_by(|(_, a), (_, b)| b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)));
    ranked.into_iter().map(|(at, _)| at).collect()
}

impl Experiment {
    /// The best model of each family.
    pub fn best(&self) -> BestModels {
        BestModels::of(&self.models)
    }

    /// The best model of each family among those of which a learning curve was made.
    pub fn best_on(&self, curve: &Curve) -> BestModels {
        BestModels::among(&self.models, |model| {
            curve.points.iter().any(|point| point.model == model.name)
        })
    }

    /// The comparison of two models, whichever is named first.
    pub fn comparison(&self, one: &str, other: &str) -> Option<&Comparison> {
        let between = |found: &&Comparison| {
            (found.a == one && found.b == other) || (found.a == other && found.b == one)
        };
        self.comparisons.iter().find(between)
    }

    /// The comparison of the best model of each family.
    pub fn between_families(&self) -> Option<&Comparison> {
        let (a, b) = self.best().both()?;
        self.comparison(&self.models[a].name, &self.models[b].name)
    }
}
