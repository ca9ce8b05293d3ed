//! What several corpora say of the same models: whether their ranks differ, which pairs do, and
//! which are practically equivalent.
//!
//! A corpus counts once, whatever the models were trained on: its error rates are one observation,
//! and how many messages it holds does not matter. Models without a result on every corpus are left
//! out.

pub mod friedman;
mod range;
pub mod signed_rank;

use crate::results::comparison::Belief;
use crate::results::experiment::Experiment;
use crate::results::fit::Family;
use crate::results::statistics::between::have_same_messages;
use friedman::{Friedman, critical_difference, friedman, holm, mean_ranks, p_of_ranks};
use serde::Serialize;
use signed_rank::{DRAWS, Weights};

/// Corpora below which nothing is said: of two, any order is one of two.
pub const LEAST_CORPORA: usize = 3;

/// Accuracies that differ by less are equal.
const RESOLUTION: f64 = 1e-12;

/// What several corpora say of the same models.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverCorpora {
    /// The experiments that stand for the corpora.
    pub corpora: Vec<String>,
    /// Half the width of the region of practical equivalence.
    pub practically_equivalent: f64,
    /// The models with a result on all of them, by their mean rank.
    pub models: Vec<RankedModel>,
    /// Models that have a result on some of them only.
    pub left_out: Vec<String>,
    /// Whether the ranks differ; none where all models are equal everywhere.
    pub friedman: Option<Friedman>,
    /// Nemenyi's critical difference of two mean ranks.
    pub critical_difference: f64,
    /// Every pair, the model of the better mean rank first.
    pub pairs: Vec<PairOverCorpora>,
}

/// A model over the corpora.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankedModel {
    /// Its name.
    pub model: String,
    /// Its family.
    pub family: Family,
    /// Mean rank, 1 for the fewest errors.
    pub rank: f64,
    /// Mean error rate.
    pub error: f64,
}

/// Two models over the corpora.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairOverCorpora {
    /// The model of the better mean rank.
    pub a: String,
    /// The other.
    pub b: String,
    /// Mean error rate of `a` less that of `b`.
    pub difference: f64,
    /// P-value of their mean ranks with Holm's correction for the number of pairs.
    pub p_value: f64,
    /// Whether the error rate of `a` is practically `lower`, `equivalent` or `higher`.
    pub belief: Belief,
}

impl OverCorpora {
    /// Compares the models of experiments, each with its name. Of those on the same messages only
    /// the first counts. None of fewer corpora than [`LEAST_CORPORA`], and where fewer than two
    /// models have a result on all.
    pub fn of(
        experiments: &[(&str, &Experiment)],
        practically_equivalent: f64,
    ) -> Option<OverCorpora> {
        let mut corpora: Vec<(&str, &Experiment)> = Vec::new();
        for &(name, one) in experiments {
            let is_same = |(_, other): &(&str, &Experiment)| have_same_messages(one, other);
            if !corpora.iter().any(is_same) {
                corpora.push((name, one));
            }
        }
        let (_, first) = corpora.first()?;
        let seed = first.spec["seed"].as_u64().unwrap_or(1);
        let (mut models, left_out) = by_model(&corpora);
        if corpora.len() < LEAST_CORPORA || models.len() < 2 {
            return None;
        }
        let of_corpus = |at: usize| models.iter().map(|one| one.errors[at]).collect();
        let errors: Vec<Vec<f64>> = (0..corpora.len()).map(of_corpus).collect();
        for (model, rank) in models.iter_mut().zip(mean_ranks(&errors)) {
            model.rank = rank;
        }
        models.sort_by(|a, b| {
            let by_error = || a.error().total_cmp(&b.error());
            a.rank.total_cmp(&b.rank).then_with(by_error)
        });
        Some(OverCorpora {
            models: models.iter().map(OnCorpora::ranked).collect(),
            pairs: pairs(&models, practically_equivalent, seed),
            friedman: friedman(&errors),
            critical_difference: critical_difference(models.len(), corpora.len()),
            corpora: corpora.iter().map(|(name, _)| (*name).to_owned()).collect(),
            practically_equivalent,
            left_out,
        })
    }

    /// The models that Nemenyi's test does not tell apart, as the places of the first and the last
    /// of each largest group.
    pub fn groups(&self) -> Vec<[usize; 2]> {
        let rank = |at: usize| self.models[at].rank;
        let last = |first: usize| {
            let is_near = |at: &usize| rank(*at) - rank(first) < self.critical_difference;
            (first..self.models.len()).take_while(is_near).last()
        };
        let mut groups: Vec<[usize; 2]> = Vec::new();
        for first in 0..self.models.len() {
            let last = last(first).unwrap_or(first);
            if last > first && groups.last().is_none_or(|[_, before]| last > *before) {
                groups.push([first, last]);
            }
        }
        groups
    }

    /// Two models, in either order.
    pub fn pair(&self, a: &str, b: &str) -> Option<&PairOverCorpora> {
        let is_it =
            |pair: &&PairOverCorpora| (pair.a == a && pair.b == b) || (pair.a == b && pair.b == a);
        self.pairs.iter().find(is_it)
    }
}

/// A model and its error rate on each corpus.
struct OnCorpora<'a> {
    model: &'a str,
    family: Family,
    errors: Vec<f64>,
    rank: f64,
}

impl OnCorpora<'_> {
    /// Mean error rate.
    fn error(&self) -> f64 {
        self.errors.iter().sum::<f64>() / self.errors.len() as f64
    }

    fn ranked(&self) -> RankedModel {
        RankedModel {
            model: self.model.to_owned(),
            family: self.family,
            rank: self.rank,
            error: self.error(),
        }
    }
}

/// The models with a result on every corpus, still without ranks, and the names of the others.
fn by_model<'a>(corpora: &[(&str, &'a Experiment)]) -> (Vec<OnCorpora<'a>>, Vec<String>) {
    let error = |name: &str, one: &Experiment| {
        let model = one.models.iter().find(|other| other.name == name)?;
        // Means over folds of as many errors differ in their last bits, and are one rank.
        Some(1.0 - (model.value("accuracy")? / RESOLUTION).round() * RESOLUTION)
    };
    let (mut known, mut left_out): (Vec<OnCorpora<'a>>, Vec<String>) = (Vec::new(), Vec::new());
    for model in corpora.iter().flat_map(|(_, one)| &one.models) {
        let name = &model.name;
        if known.iter().any(|one| one.model == name) || left_out.contains(name) {
            continue;
        }
        let of_corpora = || corpora.iter().map(|(_, one)| error(name, one));
        match of_corpora().collect() {
            Some(errors) => known.push(OnCorpora {
                model: name,
                family: model.family,
                errors,
                rank: 0.0,
            }),
            // A model that no corpus has a result of is not missed.
            None if of_corpora().flatten().next().is_some() => left_out.push(name.clone()),
            None => {}
        }
    }
    (known, left_out)
}

/// Every pair of models in the order of their ranks.
fn pairs(ranked: &[OnCorpora<'_>], practically_equivalent: f64, seed: u64) -> Vec<PairOverCorpora> {
    let corpora = ranked.first().map_or(0, |one| one.errors.len());
    let weights = Weights::draw(corpora, DRAWS, seed);
    let places = (0..ranked.len()).flat_map(|a| (a + 1..ranked.len()).map(move |b| (a, b)));
    let pair = |(a, b): (usize, usize)| {
        let (a, b) = (&ranked[a], &ranked[b]);
        let both = a.errors.iter().zip(&b.errors);
        let differences: Vec<f64> = both.map(|(a, b)| a - b).collect();
        PairOverCorpora {
            a: a.model.to_owned(),
            b: b.model.to_owned(),
            difference: differences.iter().sum::<f64>() / corpora as f64,
            p_value: p_of_ranks(a.rank - b.rank, ranked.len(), corpora),
            belief: weights.belief(&differences, practically_equivalent),
        }
    };
    let mut pairs: Vec<PairOverCorpora> = places.map(pair).collect();
    let p_values: Vec<f64> = pairs.iter().map(|pair| pair.p_value).collect();
    for (pair, p_value) in pairs.iter_mut().zip(holm(&p_values)) {
        pair.p_value = p_value;
    }
    pairs
}
