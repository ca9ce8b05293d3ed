//! Means over draws of damage, and how the best models of both families differ.

use super::super::contributions::less;
use super::super::{classes, named};
use super::damaging::{Damaging, Scored, Scores, Trial, sum};
use crate::results::experiments::{
    Damage, METRICS_OF_A_CROSSOVER, METRICS_OF_NOISE, NoiseFound, NoiseLevel, NoisyModel,
};
use crate::results::{Contributions, CrossedBootstrap, Estimate, Family, mean_and_deviation};
use std::collections::BTreeMap;
use std::ops::Range;

/// Share of samples in which an interval leaves out the truth.
const LEVEL: f64 = 0.05;

/// What is damaged, and how much.
pub(super) type Of = (Option<Damage>, usize);

/// The draws of each level, in order.
pub(super) fn by_level(scored: impl Iterator<Item = (Trial, Scores)>) -> Vec<(Of, Vec<Scores>)> {
    let mut by_level: Vec<(Of, Vec<Scores>)> = Vec::new();
    for (trial, scores) in scored {
        let of = (trial.damage, trial.level);
        match by_level.iter_mut().find(|(known, _)| *known == of) {
            Some((_, draws)) => draws.push(scores),
            None => by_level.push((of, vec![scores])),
        }
    }
    by_level.sort_by_key(|((damage, _), _)| *damage);
    by_level
}

impl Damaging<'_> {
    /// Everything that was found, by the draws of each level.
    pub fn found(&self, by_level: &[(Of, Vec<Scores>)], replicates: u32) -> NoiseFound {
        let fixed = &self.fixed;
        let levels = by_level.iter();
        let mut found = NoiseFound {
            mail: self.spec.data.name(),
            training: classes(self.corpus, &fixed.training),
            test: fixed.classes.each_ref().map(Range::len),
            left_out: fixed.left_out,
            seed: self.spec.seed,
            replicates,
            models: self.models.iter().map(named).collect(),
            best: [None, None],
            levels: levels
                .map(|(of, draws)| summed_up(*of, draws, &fixed.classes))
                .collect(),
        };
        let families = [Family::Generative, Family::Discriminative];
        found.best = families.map(|family| best(&found, family));
        compare_best(&mut found, by_level, &fixed.classes);
        found
    }
}

/// Means over draws.
fn summed_up((damage, level): Of, draws: &[Scores], classes: &[Range<usize>; 2]) -> NoiseLevel {
    let models = draws.first().map_or(0, Vec::len);
    let of_model = |model: usize| {
        let scored: Result<Vec<&Scored>, &String> =
            draws.iter().map(|draw| draw[model].as_ref()).collect();
        match scored {
            Ok(scored) => NoisyModel {
                metrics: metrics(&scored, classes),
                failed: None,
            },
            Err(why) => NoisyModel {
                failed: Some(why.clone()),
                ..NoisyModel::default()
            },
        }
    };
    NoiseLevel {
        damage,
        level,
        draws: draws.len(),
        models: (0..models).map(of_model).collect(),
        differences: BTreeMap::new(),
    }
}

fn metrics(draws: &[&Scored], classes: &[Range<usize>; 2]) -> BTreeMap<String, Estimate> {
    let all = classes.iter().map(Range::len).sum::<usize>() as f64;
    // In the order of the metrics.
    let values = |scored: &&Scored| {
        let [errors, ranking, loss] = &scored.contributed;
        // Of all messages a wrong one is one of so many, and of its class one of fewer.
        let of_class =
            |class: &Range<usize>| sum(&errors[class.clone()]) * all / class.len() as f64;
        let [ham, spam] = classes.each_ref().map(of_class);
        [
            sum(errors),
            sum(ranking),
            sum(loss),
            ham,
            spam,
            scored.corrected,
        ]
    };
    let values: Vec<[f64; METRICS_OF_NOISE.len()]> = draws.iter().map(values).collect();
    let estimate = |(at, key): (usize, &&str)| {
        let (mean, deviation) = mean_and_deviation(values.iter().map(|of| of[at]))?;
        let estimate = Estimate {
            value: Some(mean),
            deviation: (draws.len() > 1).then_some(deviation),
            ..Estimate::default()
        };
        Some(((*key).to_owned(), estimate))
    };
    METRICS_OF_NOISE
        .iter()
        .enumerate()
        .filter_map(estimate)
        .collect()
}

/// The model of a family with the fewest errors on undamaged mail.
fn best(found: &NoiseFound, family: Family) -> Option<usize> {
    let undamaged = found.levels.first()?;
    let models = (0..found.models.len()).filter(|&model| found.models[model].family == family);
    let ranked = models.filter_map(|model| Some((model, undamaged.value(model, "error_pct")?)));
    ranked.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at)
}

/// By how much the best models differ at each level at which both were fitted.
fn compare_best(
    found: &mut NoiseFound,
    by_level: &[(Of, Vec<Scores>)],
    classes: &[Range<usize>; 2],
) {
    let [Some(generative), Some(discriminative)] = found.best else {
        return;
    };
    for (metric, key) in METRICS_OF_A_CROSSOVER.iter().enumerate() {
        let of_level = |draws: &Vec<Scores>| -> Contributions {
            let both = draws.iter().filter_map(|draw| {
                let scored = [generative, discriminative].map(|model| draw[model].as_ref().ok());
                let [Some(a), Some(b)] = scored else {
                    return None;
                };
                Some(less(&a.contributed[metric], &b.contributed[metric]))
            });
            both.collect()
        };
        let differences: Vec<Contributions> =
            by_level.iter().map(|(_, draws)| of_level(draws)).collect();
        let drawn = CrossedBootstrap::draw(&differences, classes, found.replicates, found.seed);
        for (at, draws) in differences.iter().enumerate() {
            let Some(interval) = drawn.interval(at, LEVEL) else {
                continue;
            };
            let mean = draws.iter().map(|draw| sum(draw)).sum::<f64>() / draws.len() as f64;
            if mean.is_finite() {
                let differences = &mut found.levels[at].differences;
                differences.insert((*key).to_owned(), (mean, interval));
            }
        }
    }
}
