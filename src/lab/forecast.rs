//! How long training will take, told before it begins where that is more than a minute. The same
//! models are trained on a few of the messages first, and the time of that is multiplied.

use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::dataset::Corpus;
use crate::model::Cost;
use crate::train::{ModelSpec, TrainOptions, train};
use std::time::Instant;

/// One message is trained on beforehand for so many that lie ahead.
const ONE_IN: usize = 200;
/// Messages that are trained on beforehand at the least.
const LEAST: usize = 64;
/// Seconds from which the user is told.
const LONG: f64 = 60.0;

/// The training that lies ahead, in messages. A message counts once for every training set that it
/// is in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ahead {
    /// Those that all models learn from.
    pub by_all: usize,
    /// Those that only models that are cheap to fit learn from.
    pub by_cheap: usize,
}

/// Tells how long training will take, if that is long. Nothing is told where something is added to
/// the training mail, since that need not grow with the mail.
pub(super) fn announce(
    ahead: Ahead,
    models: &[ModelSpec],
    corpus: &Corpus,
    options: TrainOptions<'_>,
    progress: &dyn Progress,
) {
    if options.augmentation.is_some() {
        return;
    }
    let all = corpus.labelled_rows();
    let models = models.iter();
    let models = models.filter(|model| model.applicable(all.len()).is_ok());
    let models: Vec<ModelSpec> = models.cloned().collect();
    let sample = sample(corpus, &all, (ahead.by_all + ahead.by_cheap) / ONE_IN);
    let options = TrainOptions {
        watched: None,
        live: None,
        ..options
    };
    let start = Instant::now();
    let training = train(&models, corpus, &sample, options, &|| ());
    let took = start.elapsed().as_secs_f64();
    let (mut of_all, mut of_cheap) = (0.0, 0.0);
    for trained in training.models.iter().flatten() {
        of_all += trained.seconds;
        if trained.entry.cost() == Cost::Cheap {
            of_cheap += trained.seconds;
        }
    }
    let share = if of_all > 0.0 { of_cheap / of_all } else { 1.0 };
    let messages = ahead.by_all as f64 + share * ahead.by_cheap as f64;
    let seconds = took * messages / sample.len().max(1) as f64;
    if let Some(told) = told(seconds, sample.len(), all.len()) {
        progress.note(&told);
    }
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
    let minutes = (seconds / 60.0).round().max(1.0);
    let minutes = if minutes < 2.0 {
        "a minute".to_owned()
    } else {
        format!("{minutes} minutes")
    };
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
    struct Notes(Mutex<Vec<String>>);

    impl Progress for Notes {
        fn begin(&self, _: &str, _: u64) {}

        fn advance(&self, _: u64) {}

        fn note(&self, text: &str) {
            self.0.lock().unwrap().push(text.to_owned());
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
        let told = |ahead: Ahead| {
            let notes = Notes::default();
            announce(ahead, &models, &corpus, TrainOptions::seeded(1), &notes);
            notes.0.into_inner().unwrap()
        };
        let few = Ahead {
            by_all: 100,
            by_cheap: 0,
        };
        assert_eq!(told(few), [""; 0]);
        let many = 1 << 40;
        for ahead in [
            Ahead {
                by_all: many,
                ..few
            },
            Ahead {
                by_cheap: many,
                ..few
            },
        ] {
            let told = told(ahead);
            let [told] = &told[..] else {
                panic!("{told:?}")
            };
            assert!(told.starts_with("about "), "{told}");
            assert!(told.ends_with("of 100 messages"), "{told}");
        }
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
