//! Which model of a family stands for it.

use crate::model::Family;
use crate::results::ModelRecord;

/// The best model of each family, by position: highest mean accuracy, then lowest mean (1-ROCA)%.
pub(super) struct Best {
    pub generative: Option<usize>,
    pub discriminative: Option<usize>,
}

impl Best {
    /// Picks among models in the order of the table.
    pub fn of(models: &[ModelRecord]) -> Best {
        let best = |family: Family| {
            let standing = |model: &ModelRecord| Some((model.mean("accuracy")?, -model.mean("one_minus_roca_pct")?));
            let candidates = models.iter().enumerate().filter(|(_, model)| model.family == family);
            let standings = candidates.filter_map(|(at, model)| Some((at, standing(model)?)));
            // The first of equals, so that the answer does not hang on the order of a fold.
            standings
                .reduce(|best, next| {
                    let better = next.1.0.total_cmp(&best.1.0).then(next.1.1.total_cmp(&best.1.1)).is_gt();
                    if better { next } else { best }
                })
                .map(|(at, _)| at)
        };
        Best { generative: best(Family::Generative), discriminative: best(Family::Discriminative) }
    }

    /// Both, where both families have one.
    pub fn both(&self) -> Option<(usize, usize)> {
        self.generative.zip(self.discriminative)
    }
}
