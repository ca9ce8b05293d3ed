//! How well models filter that learned from few messages: the F1 of spam on several corpora, beside
//! what was published of pretrained language models.

use crate::results::fit::Family;
use crate::results::metric::Estimate;
use serde::{Deserialize, Serialize};

/// Its name.
pub const FEWSHOT: &str = "fewshot";
/// The most of the few messages that are learned from.
pub const MOST_OF_FEW: usize = 256;

/// What an experiment with few messages found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FewshotFound {
    /// Seed.
    pub seed: u64,
    /// Runs, each with a split and training sets of its own.
    pub runs: u32,
    /// The corpora.
    pub corpora: Vec<FewshotCorpus>,
    /// The numbers of training messages, ascending; the last is none and stands for all.
    pub sizes: Vec<Option<usize>>,
    /// The models, in the order of the catalog.
    pub models: Vec<FewshotModel>,
}

/// A corpus without near-duplicates, split for the first run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FewshotCorpus {
    /// What it is called.
    pub name: String,
    /// Ham and spam that is learned from, if all is.
    pub training: [usize; 2],
    /// Ham and spam that is tested.
    pub test: [usize; 2],
    /// Near-duplicates that were left out: all messages of a group but its first.
    pub left_out: usize,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FewshotModel {
    /// Its name.
    pub name: String,
    /// Its family.
    pub family: Family,
    /// F1 by corpus and number of training messages: the mean over runs, their deviation, and the
    /// 95 % interval of the mean. Without a value where a fit failed.
    pub f1: Vec<Vec<Estimate>>,
    /// The same of the mean over corpora.
    pub average: Vec<Estimate>,
    /// The mean over corpora with the verdicts of the model's own score instead of its calibrated
    /// probability. They are the same where there were too few messages to calibrate.
    pub uncalibrated: Vec<Estimate>,
    /// Why a fit failed, of the first that did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// A model of a publication, or the best of several at each number of messages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Published {
    /// What it is called.
    pub name: &'static str,
    /// Whether it knows language from before.
    pub is_pretrained: bool,
    /// F1 of spam, the mean over corpora: after 4, 8, … 256 messages and all.
    pub f1: [f64; 8],
}

/// By how much a value may be off that was read off a figure.
const READ_OFF: f64 = 0.005;

/// Labonne and Moran, "Spam-T5: Benchmarking Large Language Models for Few-Shot Email Spam
/// Detection" (2023, arXiv 2304.01238): means over Ling-Spam, SMS Spam Collection, SpamAssassin and
/// Enron. The last column is stated there; the others were read off the authors' figure.
pub static PUBLISHED: [Published; 4] = [
    Published {
        name: "Spam-T5",
        is_pretrained: true,
        f1: [0.547, 0.535, 0.62, 0.727, 0.805, 0.863, 0.931, 0.9742],
    },
    Published {
        name: "RoBERTa",
        is_pretrained: true,
        f1: [0.241, 0.173, 0.58, 0.74, 0.458, 0.915, 0.93, 0.9670],
    },
    Published {
        name: "SetFit",
        is_pretrained: true,
        f1: [0.214, 0.338, 0.555, 0.853, 0.885, 0.928, 0.94, 0.9670],
    },
    Published {
        name: "best baseline",
        is_pretrained: false,
        f1: [0.515, 0.522, 0.596, 0.591, 0.603, 0.732, 0.858, 0.9560],
    },
];

/// A model beside published ones at a number of training messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Above the best of them, by more than chance and what was read off explain.
    Above,
    /// Neither.
    Level,
    /// Below it.
    Below,
}

impl Published {
    /// The value at a number of training messages, and by how much it may be off.
    pub fn at(&self, emails: Option<usize>) -> Option<(f64, f64)> {
        let Some(emails) = emails else {
            return Some((self.f1[7], 0.0));
        };
        let place = (0..7).find(|place| emails == 4 << place)?;
        Some((self.f1[place], READ_OFF))
    }
}

impl FewshotFound {
    /// What was published, where it can stand beside this: there are four corpora. Whether they are
    /// those of the publication the reader must know.
    pub fn published(&self) -> &'static [Published] {
        if self.corpora.len() == 4 {
            &PUBLISHED
        } else {
            &[]
        }
    }

    /// The model of a family with the highest mean over corpora and numbers of messages, of those
    /// that were fitted everywhere.
    pub fn best(&self, family: Family) -> Option<&FewshotModel> {
        let mean = |model: &FewshotModel| {
            let all: Option<Vec<f64>> = model.average.iter().map(|at| at.value).collect();
            Some(all?.iter().sum::<f64>())
        };
        let of_family = self.models.iter().filter(|model| model.family == family);
        let ranked = of_family.filter_map(|model| Some((model, mean(model)?)));
        ranked
            .min_by(|a, b| b.1.total_cmp(&a.1))
            .map(|(model, _)| model)
    }

    /// Where a model stands beside the best of those published that are pretrained, or are not, and
    /// which one that is.
    pub fn standing(
        &self,
        model: &FewshotModel,
        place: usize,
        pretrained: bool,
    ) -> Option<(Standing, &'static Published)> {
        let of_kind = self
            .published()
            .iter()
            .filter(|published| published.is_pretrained == pretrained);
        let known = of_kind.filter_map(|one| Some((one, one.at(self.sizes[place])?)));
        let (best, (value, off)) = known.max_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
        let [low, high] = model.average.get(place)?.interval?;
        let standing = if low > value + off {
            Standing::Above
        } else if high < value - off {
            Standing::Below
        } else {
            Standing::Level
        };
        Some((standing, best))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(name: &str, family: Family, intervals: [[f64; 2]; 2]) -> FewshotModel {
        let average = intervals.map(|interval| Estimate {
            value: Some(f64::midpoint(interval[0], interval[1])),
            interval: Some(interval),
            ..Estimate::default()
        });
        FewshotModel {
            name: name.to_owned(),
            family,
            f1: vec![average.to_vec(); 4],
            average: average.to_vec(),
            uncalibrated: average.to_vec(),
            failed: None,
        }
    }

    fn found(models: Vec<FewshotModel>) -> FewshotFound {
        let corpus = FewshotCorpus {
            name: "mail".to_owned(),
            training: [8, 8],
            test: [2, 2],
            left_out: 0,
        };
        FewshotFound {
            seed: 1,
            runs: 2,
            corpora: vec![corpus; 4],
            sizes: vec![Some(4), None],
            models,
        }
    }

    /// The baselines have .515 after 4 messages, read off to .005, and .9560 after all; the best
    /// pretrained model has .547 and .9742, Spam-T5 both.
    #[test]
    fn a_model_is_above_what_was_published_by_more_than_chance_and_reading_off() {
        let standing = |intervals: [[f64; 2]; 2], place: usize, pretrained: bool| {
            let found = found(vec![model("a", Family::Generative, intervals)]);
            let (standing, best) = found.standing(&found.models[0], place, pretrained).unwrap();
            (standing, best.name)
        };
        let baseline = "best baseline";
        let few = |low, high| standing([[low, high], [0.0; 2]], 0, false);
        assert_eq!(few(0.521, 0.9), (Standing::Above, baseline));
        assert_eq!(few(0.519, 0.9), (Standing::Level, baseline));
        assert_eq!(few(0.1, 0.511), (Standing::Level, baseline));
        assert_eq!(few(0.1, 0.509), (Standing::Below, baseline));
        let all = |low, high, pretrained| standing([[0.0; 2], [low, high]], 1, pretrained);
        assert_eq!(all(0.957, 0.96, false), (Standing::Above, baseline));
        assert_eq!(all(0.957, 0.96, true), (Standing::Below, "Spam-T5"));
        assert_eq!(all(0.97, 0.98, true), (Standing::Level, "Spam-T5"));
    }

    #[test]
    fn the_best_of_a_family_was_fitted_everywhere_and_has_the_highest_mean() {
        let mut gap = model("gap", Family::Generative, [[0.9, 1.0]; 2]);
        gap.average[1] = Estimate::default();
        let models = vec![
            model("low", Family::Generative, [[0.2, 0.4], [0.5, 0.7]]),
            model("high", Family::Generative, [[0.1, 0.3], [0.8, 1.0]]),
            gap,
        ];
        let found = found(models);
        assert_eq!(found.best(Family::Generative).unwrap().name, "high");
        assert_eq!(found.best(Family::Discriminative), None);
    }

    #[test]
    fn what_was_published_is_known_at_its_own_sizes_and_of_four_corpora() {
        let [first, ..] = &PUBLISHED;
        assert_eq!(first.at(Some(4)), Some((0.547, 0.005)));
        assert_eq!(first.at(Some(256)), Some((0.931, 0.005)));
        assert_eq!(first.at(None), Some((0.9742, 0.0)));
        assert_eq!((first.at(Some(512)), first.at(Some(5))), (None, None));
        let mut found = found(Vec::new());
        assert_eq!(found.published().len(), 4);
        found.corpora.pop();
        assert_eq!(found.published(), []);
    }
}
