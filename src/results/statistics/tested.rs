//! The test messages of an experiment as intervals and tests want them: by fold, in groups of
//! near-duplicates, with what each model made of them.

use crate::base::mail::Label;
use crate::results::data_card::EmailTable;
use crate::results::metric::{Counted, Ranking, ScoredEmails, log_loss};
use crate::results::model_record::{ModelRecord, Scored};
use rustc_hash::FxHashMap;

/// All test messages.
pub struct Tested<'a> {
    /// By fold, in their order.
    pub folds: Vec<TestedFold<'a>>,
    /// Each model's ranking of the messages of all folds that it scored, fold after fold.
    pub pooled: Vec<Option<Ranking>>,
}

/// The test messages of one fold.
pub struct TestedFold<'a> {
    labels: Vec<Label>,
    /// The group of near-duplicates of each message, numbered from 0.
    pub groups: Vec<u32>,
    /// Number of messages of each group.
    pub sizes: Vec<f64>,
    /// Number of groups with ham, and with spam.
    pub by_class: [usize; 2],
    /// By model; none where it came to no result.
    pub models: Vec<Option<TestedModel<'a>>>,
}

/// What one model made of the messages of a fold.
pub struct TestedModel<'a> {
    scored: &'a Scored,
    /// Its ranking of them.
    pub ranking: Ranking,
    /// Number of messages of each group that it got right.
    pub right: Vec<f64>,
    /// Sum of the log losses of each group, in nats: calibrated, and of the raw score.
    pub losses: [Vec<f64>; 2],
}

impl<'a> Tested<'a> {
    /// Arranges what the models scored. A fold with messages without a label is left out.
    pub fn new(models: &'a [ModelRecord], emails: &EmailTable) -> Tested<'a> {
        let numbers = models.iter().flat_map(ModelRecord::scored);
        let mut numbers: Vec<u32> = numbers.map(|(fold, _)| fold).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let of_fold = |number: u32| {
            let scored = |model: &'a ModelRecord| {
                let (_, scored) = model.scored().find(|&(fold, _)| fold == number)?;
                Some(scored)
            };
            TestedFold::new(&models.iter().map(scored).collect::<Vec<_>>(), emails)
        };
        let folds: Vec<TestedFold<'a>> = numbers.into_iter().filter_map(of_fold).collect();
        let pooled = (0..models.len()).map(|model| pooled(&folds, model));
        Tested {
            pooled: pooled.collect(),
            folds,
        }
    }

    /// Number of groups, and of those with ham and with spam.
    pub fn groups(&self) -> (usize, [usize; 2]) {
        let all = self.folds.iter().map(|fold| fold.sizes.len()).sum();
        let of = |class: usize| self.folds.iter().map(|fold| fold.by_class[class]).sum();
        (all, [of(0), of(1)])
    }

    /// Number of groups of what a share is one of.
    pub fn units(&self, of: Counted) -> usize {
        let (all, [ham, spam]) = self.groups();
        match of {
            Counted::Emails => all,
            Counted::Ham => ham,
            Counted::Spam => spam,
            Counted::Pairs => ham.min(spam),
        }
    }

    /// By group, fold after fold, how many messages more one model got right than another; 0 in
    /// folds that only one of them scored.
    pub fn differences(&self, a: usize, b: usize) -> Vec<f64> {
        let of_fold = |fold: &TestedFold<'_>| -> Vec<f64> {
            match (&fold.models[a], &fold.models[b]) {
                (Some(a), Some(b)) => a.right.iter().zip(&b.right).map(|(a, b)| a - b).collect(),
                _ => vec![0.0; fold.sizes.len()],
            }
        };
        self.folds.iter().flat_map(of_fold).collect()
    }
}

impl<'a> TestedFold<'a> {
    fn new(scored: &[Option<&'a Scored>], emails: &EmailTable) -> Option<TestedFold<'a>> {
        let rows = &scored.iter().flatten().next()?.rows;
        let labels: Option<Vec<Label>> = rows.iter().map(|&row| emails.label(row)).collect();
        let labels = labels?;
        let mut known = FxHashMap::default();
        let group = |&row: &u32| {
            let next = known.len() as u32;
            *known
                .entry(emails.groups.get(row as usize).copied().unwrap_or(row))
                .or_insert(next)
        };
        let groups: Vec<u32> = rows.iter().map(group).collect();
        let by_group = |values: &dyn Fn(usize) -> f64| {
            let mut sums = vec![0.0; known.len()];
            for (at, &group) in groups.iter().enumerate() {
                sums[group as usize] += values(at);
            }
            sums
        };
        let count = |is: bool| f64::from(u8::from(is));
        let with = |class: Label| {
            let of_class = by_group(&|at| count(labels[at] == class));
            of_class.iter().filter(|&&emails| emails > 0.0).count()
        };
        let model = |scored: &'a Scored| {
            let loss = |odds: &[f64]| by_group(&|at| log_loss(odds[at], labels[at]));
            TestedModel {
                ranking: Ranking::new(&scored.emails(&labels)),
                right: by_group(&|at| count(scored.label(at) == labels[at])),
                losses: [loss(&scored.log_odds), loss(&scored.score)],
                scored,
            }
        };
        let same = |scored: &&Scored| scored.rows == *rows;
        Some(TestedFold {
            sizes: by_group(&|_| 1.0),
            by_class: [Label::Ham, Label::Spam].map(with),
            models: scored
                .iter()
                .map(|scored| scored.filter(same).map(model))
                .collect(),
            groups,
            labels,
        })
    }
}

/// A model's ranking of the messages of all folds that it scored.
fn pooled(folds: &[TestedFold<'_>], model: usize) -> Option<Ranking> {
    let scored = folds.iter().filter_map(|fold| {
        let model = fold.models[model].as_ref()?;
        Some(model.scored.emails(&fold.labels))
    });
    let scored: Vec<ScoredEmails<'_>> = scored.collect();
    (!scored.is_empty()).then(|| Ranking::pooled(&scored))
}
