//! How long training will take, told before it begins where that is more than a minute. The same
//! models are trained on a few of the messages first, and the time of that is multiplied. Left out:
//! mail too large to hold, which is learned from while it is read.

use crate::base::mail::Label;
use crate::base::progress::{Progress, in_minutes};
use crate::dataset::Corpus;
use crate::train::{ModelSpec, TrainOptions, train};

/// One message is trained on beforehand for so many that lie ahead.
const ONE_IN: usize = 200;
/// Messages that are trained on beforehand at the least.
const LEAST: usize = 64;
/// Seconds from which the user is told.
const LONG: f64 = 60.0;

/// The training that lies ahead, in messages. A message counts once for every training set that it
/// is in.
#[derive(Debug, Clone)]
pub(super) struct Ahead {
    /// How many each model learns from, in the order of the models.
    pub by_model: Vec<usize>,
    /// How many a model learns from one after the other, however many threads there are.
    pub in_turn: usize,
}

impl Ahead {
    /// So many models that are trained on each of some sets of so many messages, side by side.
    pub fn of_sets(models: usize, sets: &[usize]) -> Ahead {
        Ahead {
            by_model: vec![sets.iter().sum(); models],
            in_turn: sets.iter().copied().max().unwrap_or(0),
        }
    }

    /// This and, after it, what else the same models learn from.
    pub fn then(self, next: &Ahead) -> Ahead {
        let both = self.by_model.iter().zip(&next.by_model);
        Ahead {
            by_model: both.map(|(this, next)| this + next).collect(),
            in_turn: self.in_turn + next.in_turn,
        }
    }

    /// The most messages that any model learns from.
    pub fn most(&self) -> usize {
        self.by_model.iter().copied().max().unwrap_or(0)
    }

    /// Seconds on the threads that there are, where a message takes each model so long.
    pub fn seconds(&self, of_message: &[f64]) -> f64 {
        self.seconds_on(of_message, rayon::current_num_threads())
    }

    fn seconds_on(&self, of_message: &[f64], threads: usize) -> f64 {
        let each = self.by_model.iter().zip(of_message);
        let shared: f64 = each.map(|(&messages, of)| messages as f64 * of).sum();
        let slowest = of_message.iter().copied().fold(0.0, f64::max);
        (shared / threads.max(1) as f64).max(slowest * self.in_turn as f64)
    }
}

/// Tells somebody who watches how long training will take, if that is long. What is added to the
/// training mail counts as mail; to make it takes little beside learning from it.
pub(super) fn announce(
    ahead: &Ahead,
    models: &[ModelSpec],
    corpus: &Corpus,
    options: TrainOptions<'_>,
    progress: &dyn Progress,
) {
    announce_work(corpus, ahead.most(), progress, |sample, all| {
        ahead.seconds(&seconds_of_message(models, corpus, (sample, all), options))
    });
}

/// The same of any work in which a model learns from so many messages: `seconds` finds how long it
/// will take, by learning from the rows of a sample; it is also told how many there are in all.
pub(super) fn announce_work(
    corpus: &Corpus,
    messages: usize,
    progress: &dyn Progress,
    seconds: impl FnOnce(&[usize], usize) -> f64,
) {
    if !progress.is_watched() {
        return;
    }
    let all = corpus.labelled_rows();
    let sample = sample(corpus, &all, messages / ONE_IN);
    let seconds = seconds(&sample, all.len());
    if let Some(told) = told(seconds, sample.len(), all.len()) {
        progress.note(&told);
    }
}

/// What a message of the sample takes each model, in seconds of one thread; nothing of a model that
/// cannot be fitted to so many messages as there are in all.
pub(super) fn seconds_of_message(
    models: &[ModelSpec],
    corpus: &Corpus,
    (sample, all): (&[usize], usize),
    options: TrainOptions<'_>,
) -> Vec<f64> {
    let runs = |model: &ModelSpec| model.applicable(all).is_ok();
    let fitted: Vec<ModelSpec> = models
        .iter()
        .filter(|&model| runs(model))
        .cloned()
        .collect();
    let options = TrainOptions {
        watched: None,
        live: None,
        // Where the sample is all of the mail, nothing would be left to do.
        checkpoints: None,
        augmentation: None,
        ..options
    };
    let training = train(&fitted, corpus, sample, options, &|| ());
    let mut trained = training.models.iter();
    let mut seconds = |model: &ModelSpec| {
        let trained = runs(model).then(|| trained.next()).flatten();
        let seconds = trained.map_or(0.0, |outcome| outcome.as_ref().map_or(0.0, |m| m.seconds));
        seconds / sample.len().max(1) as f64
    };
    models.iter().map(&mut seconds).collect()
}

/// About so many of the rows, the same share of both classes.
fn sample(corpus: &Corpus, rows: &[usize], wanted: usize) -> Vec<usize> {
    let every = (rows.len() / wanted.max(LEAST)).max(1);
    let of_class = |label: Label| {
        let of_class = rows.iter().copied();
        let of_class = of_class.filter(move |&row| corpus.label(row) == Some(label));
        of_class.step_by(every)
    };
    let mut sample: Vec<usize> = Label::BOTH.into_iter().flat_map(of_class).collect();
    sample.sort_unstable();
    sample
}

/// The time ahead, where it is long.
fn told(seconds: f64, sample: usize, all: usize) -> Option<String> {
    let minutes = in_minutes(seconds);
    (seconds > LONG).then(|| {
        format!("about {minutes} ahead, judging by training on {sample} of {all} messages")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email};
    use crate::dataset::{CorpusBuilder, CorpusOptions};
    use crate::tokenize::Recipe;
    use serde_json::json;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Notes {
        told: Mutex<Vec<String>>,
        watched: bool,
    }

    impl Progress for Notes {
        fn begin(&self, _: &str, _: u64) {}

        fn advance(&self, _: u64) {}

        fn note(&self, text: &str) {
            self.told.lock().unwrap().push(text.to_owned());
        }

        fn is_watched(&self) -> bool {
            self.watched
        }
    }

    /// A hundred messages, every fifth of them spam.
    fn corpus() -> Corpus {
        let email = |at: usize| {
            let words = ["prize", "claim", "notes", "lunch", "agenda"][at % 5];
            Email::new(
                at.to_string(),
                Some(Label::from_is_spam(at.is_multiple_of(5))),
                Content::Raw(format!("Subject: {words}\n\n{words} and number {at}").into_bytes()),
            )
        };
        let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
        builder.add((0..100).map(email).collect());
        builder.finish()
    }

    #[test]
    fn more_than_a_minute_is_told_beforehand_and_less_is_not() {
        let catalog = crate::catalog();
        let entry = catalog.models().find(|model| model.name() == "multinomial");
        let models = [ModelSpec::new(entry.unwrap(), &json!({}), true).unwrap()];
        let corpus = corpus();
        let told = |messages: usize, watched: bool| {
            let notes = Notes {
                watched,
                ..Notes::default()
            };
            let ahead = Ahead::of_sets(models.len(), &[messages]);
            announce(&ahead, &models, &corpus, TrainOptions::seeded(1), &notes);
            notes.told.into_inner().unwrap()
        };
        assert_eq!(told(100, true), [""; 0]);
        assert_eq!(told(1 << 40, false), [""; 0]);
        let told = told(1 << 40, true);
        let [told] = &told[..] else {
            panic!("{told:?}")
        };
        assert!(told.starts_with("about "), "{told}");
        assert!(told.ends_with("of 100 messages"), "{told}");
    }

    #[test]
    fn work_of_any_kind_is_measured_on_a_sample_only_if_somebody_watches() {
        let told = |watched: bool| {
            let notes = Notes {
                watched,
                ..Notes::default()
            };
            announce_work(&corpus(), 100, &notes, |sample, all| {
                assert!(watched && sample.len() == 100 && all == 100);
                180.0
            });
            notes.told.into_inner().unwrap()
        };
        assert_eq!(told(false), [""; 0]);
        let expected = "about 3 minutes ahead, judging by training on 100 of 100 messages";
        assert_eq!(told(true), [expected]);
    }

    #[test]
    fn threads_share_the_work_but_no_model_learns_faster_than_alone() {
        // Two models on three sets: 300 messages at 2 s and 300 at 1 s, 900 s in all.
        let ahead = Ahead::of_sets(2, &[100, 120, 80]);
        let of_message = [2.0, 1.0];
        assert_eq!(ahead.seconds_on(&of_message, 1), 900.0);
        assert_eq!(ahead.seconds_on(&of_message, 3), 300.0);
        // The slower model needs 240 s for the largest set.
        assert_eq!(ahead.seconds_on(&of_message, 100), 240.0);
        // Another set afterwards, by the first model alone: 100 s more of work, 50 s more in turn.
        let more = Ahead {
            by_model: vec![50, 0],
            in_turn: 25,
        };
        let both = ahead.then(&more);
        assert_eq!(both.seconds_on(&of_message, 1), 1000.0);
        assert_eq!(both.seconds_on(&of_message, 100), 290.0);
    }

    #[test]
    fn a_sample_has_both_classes_in_their_shares_and_minutes_are_rounded() {
        let corpus = corpus();
        let rows = corpus.labelled_rows();
        let spam = |rows: &[usize]| rows.iter().filter(|row| row.is_multiple_of(5)).count();
        let all = sample(&corpus, &rows, 0);
        assert_eq!((all.len(), spam(&all)), (100, 20));
        let twice = [&rows[..], &rows[..]].concat();
        let half = sample(&corpus, &twice, 0);
        assert_eq!((half.len(), spam(&half)), (68, 14));
        assert_eq!(told(60.0, 64, 735), None);
        let said = |seconds| told(seconds, 64, 735).unwrap();
        assert_eq!(
            said(89.0),
            "about a minute ahead, judging by training on 64 of 735 messages"
        );
        assert!(said(91.0).starts_with("about 2 minutes ahead"));
    }
}
