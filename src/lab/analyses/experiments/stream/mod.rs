//! Filters on mail that comes one message after the other: each message is scored, and then its
//! label may be told and learned from (the protocol of the TREC spam tracks, Cormack and Lynam
//! 2005). Each input is a stream of its own, in the order in which it is read.

mod feedback;
mod filter;
mod measured;

use self::feedback::{Teller, learns};
use self::filter::{Filter, Said};
use self::measured::{Passed, fusion, measured};
use super::cells::{KeyedCells, Tests};
use super::{Cells, Experiment, classes, kept, labels, mail_facts, models, refused};
use crate::base::mail::Label;
use crate::base::math::{sigmoid, uniform};
use crate::base::progress::Progress;
use crate::base::streams;
use crate::dataset::Corpus;
use crate::lab::data::resemblance::resemblance;
use crate::lab::data::{Reading, facts};
use crate::lab::error::{LabError, SpecError};
use crate::lab::forecast::{self, Ahead};
use crate::lab::spec::ExperimentSpec;
use crate::lab::split::Fold;
use crate::model::Catalog;
use crate::results::Decision;
use crate::results::experiments::{
    Feedback, Lesson, MailFacts, Regime, STREAM, Stream, StreamFound,
};
use crate::tokenize::TokenKinds;
use crate::train::ModelSpec;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// Messages between two signs of progress.
const BATCH: usize = 100;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StreamParameters {
    /// Share of the messages, from the first on, whose labels are told where feedback ends.
    pub first: f64,
    /// Share of the messages, drawn at random, whose labels are told where feedback is partial.
    pub drawn: f64,
    /// Share of the messages that a filter may ask about where it is active.
    pub asked: f64,
    /// Whether filters are taught in other ways, too, than by each label at once.
    pub all_lessons: bool,
}

impl Default for StreamParameters {
    fn default() -> StreamParameters {
        StreamParameters {
            first: 0.2,
            drawn: 0.5,
            asked: 0.1,
            all_lessons: true,
        }
    }
}

impl StreamParameters {
    /// Every way to teach.
    fn lessons(&self) -> Vec<(Feedback, Regime)> {
        let immediate = |regime| (Feedback::Immediate, regime);
        let everything = |feedback| (feedback, Regime::Everything);
        let mut lessons = vec![immediate(Regime::Everything)];
        if self.all_lessons {
            lessons.extend([Regime::OnError, Regime::OnUnsure].map(immediate));
            let feedbacks = [
                Feedback::First(self.first),
                Feedback::Partial(self.drawn),
                Feedback::Active(self.asked),
            ];
            lessons.extend(feedbacks.map(everything));
        }
        lessons
    }
}

impl Experiment for StreamParameters {
    const NAME: &'static str = STREAM;
    const QUESTION: &'static str = "\
        Which model filters best if it scores each message as it comes, and learns from it only \
        then?";
    type Found = StreamFound;

    fn quick() -> StreamParameters {
        StreamParameters {
            all_lessons: false,
            ..StreamParameters::default()
        }
    }

    fn run(
        &self,
        spec: &ExperimentSpec,
        catalog: &Catalog,
        cells: &Cells,
        progress: &dyn Progress,
    ) -> Result<StreamFound, LabError> {
        stream(spec, catalog, self, cells, progress)
    }
}

/// Follows every model that can learn message by message along each input.
fn stream(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    asked: &StreamParameters,
    cells: &Cells,
    progress: &dyn Progress,
) -> Result<StreamFound, LabError> {
    check(asked)?;
    let models = filters(models(spec, catalog, |_| true)?)?;
    let keep = kept(&models);
    let mut streams = Vec::new();
    for data in &spec.data.each() {
        let mail = Reading::new(data, &spec.recipe, keep).read(progress)?.mail;
        let corpus = mail.emails();
        let along = Along::new(corpus, spec.seed);
        along.announce(&models, asked.lessons().len(), progress);
        cells.note(along.facts(data.name()));
        let cells = cells.of(spec, corpus);
        let lessons = along.lessons(
            &models,
            &asked.lessons(),
            spec.resamples,
            (&cells, progress),
        )?;
        streams.push(Stream {
            mail: data.name(),
            emails: classes(corpus, &along.rows),
            lessons,
        });
    }
    progress.end();
    Ok(StreamFound {
        seed: spec.seed,
        resamples: spec.resamples,
        streams,
    })
}

fn check(asked: &StreamParameters) -> Result<(), SpecError> {
    let shares = [
        ("first", asked.first),
        ("drawn", asked.drawn),
        ("asked", asked.asked),
    ];
    match shares
        .into_iter()
        .find(|(_, share)| !(0.0..=1.0).contains(share))
    {
        None => Ok(()),
        Some((name, share)) => Err(refused::<StreamParameters>(format!(
            "{name} is {share}, and must be a share"
        ))),
    }
}

/// Of these models those that can learn message by message, which one that was named must.
fn filters(models: Vec<ModelSpec>) -> Result<Vec<ModelSpec>, SpecError> {
    let mut filters = Vec::new();
    for model in models {
        if Filter::new(&model)?.is_some() {
            filters.push(model);
        } else if model.required {
            let why = format!("{} does not learn message by message", model.entry.name());
            return Err(refused::<StreamParameters>(why));
        }
    }
    Ok(filters)
}

/// A stream.
struct Along<'a> {
    corpus: &'a Corpus,
    rows: Vec<usize>,
    /// A number between 0 and 1 for each message.
    drawn: Vec<f64>,
    seed: u64,
}

impl Along<'_> {
    fn new(corpus: &Corpus, seed: u64) -> Along<'_> {
        let rows = corpus.labelled_rows();
        let mut rng = streams::random_stream(seed, streams::Stream::Told);
        Along {
            drawn: rows.iter().map(|_| uniform(&mut rng)).collect(),
            corpus,
            rows,
            seed,
        }
    }

    /// Tells beforehand how long all filters will take on this stream, if that is long; each lesson
    /// as if all labels were told and learned from.
    fn announce(&self, models: &[ModelSpec], lessons: usize, progress: &dyn Progress) {
        let ahead = Ahead {
            by_model: vec![lessons * self.rows.len(); models.len()],
            in_turn: self.rows.len(),
        };
        forecast::announce_work(self.corpus, ahead.most(), progress, |sample, _| {
            let models = models.par_iter().with_max_len(1);
            let seconds = models.map(|model| self.seconds_of_message(model, sample));
            ahead.seconds(&seconds.collect::<Vec<f64>>())
        });
    }

    /// What a message takes a filter that learns from each, in seconds.
    fn seconds_of_message(&self, model: &ModelSpec, sample: &[usize]) -> f64 {
        let Ok(Some(mut filter)) = Filter::new(model) else {
            return 0.0;
        };
        let start = Instant::now();
        for &row in sample {
            filter.pass(self.corpus, row, |_| Some((self.corpus.label(row)?, true)));
        }
        start.elapsed().as_secs_f64() / sample.len().max(1) as f64
    }

    fn lessons(
        &self,
        models: &[ModelSpec],
        lessons: &[(Feedback, Regime)],
        resamples: u32,
        (cells, progress): (&KeyedCells<'_>, &dyn Progress),
    ) -> Result<Vec<Lesson>, LabError> {
        let jobs: Vec<(usize, &ModelSpec)> = models
            .iter()
            .flat_map(|model| (0..lessons.len()).map(move |lesson| (lesson, model)))
            .collect();
        progress.begin("filters", (jobs.len() * self.rows.len()) as u64);
        let passes = jobs.par_iter().with_max_len(1).map(|&(lesson, model)| {
            let (feedback, regime) = lessons[lesson];
            let name = format!("stream {feedback:?} {regime:?} {}", model.entry.name());
            let mut was_kept = true;
            let pass = cells.cell(&name, |tests| {
                was_kept = false;
                self.pass(model, (feedback, regime), tests, progress)
            })?;
            if was_kept {
                progress.advance(self.rows.len() as u64);
            }
            Ok((lesson, pass))
        });
        let passes: Vec<(usize, Passed)> = passes.collect::<Result<_, LabError>>()?;
        let emails = facts::emails(self.corpus);
        let mut of_lesson: Vec<Vec<Passed>> = lessons.iter().map(|_| Vec::new()).collect();
        for (lesson, pass) in passes {
            of_lesson[lesson].push(pass);
        }
        let of = |(&(feedback, regime), mut passes): (&(Feedback, Regime), Vec<Passed>)| {
            if feedback.is_common() {
                passes.extend(fusion(&passes, &self.labels()));
            }
            Lesson {
                feedback,
                regime,
                filters: measured(
                    &passes,
                    &self.rows,
                    &emails,
                    (resamples, self.seed),
                    progress,
                ),
            }
        };
        Ok(lessons.iter().zip(of_lesson).map(of).collect())
    }

    fn labels(&self) -> Vec<Label> {
        labels(self.corpus, &self.rows)
    }

    /// What is known of the mail, and how much its second half is like its first.
    fn facts(&self, name: String) -> MailFacts {
        let (first, second) = self.rows.split_at(self.rows.len() / 2);
        let halves = Fold {
            train: first.to_vec(),
            test: second.to_vec(),
        };
        let halves = resemblance(&halves, self.corpus, TokenKinds::NONE, self.seed);
        MailFacts {
            halves: Some(halves),
            ..mail_facts(name, self.corpus, &self.rows)
        }
    }

    /// A model along the stream.
    fn pass(
        &self,
        model: &ModelSpec,
        (feedback, regime): (Feedback, Regime),
        tests: &mut Tests,
        progress: &dyn Progress,
    ) -> Result<Passed, LabError> {
        let filter = Filter::new(model).map_err(SpecError::from)?;
        let mut filter =
            filter.ok_or_else(|| refused::<StreamParameters>("it cannot learn so".to_owned()))?;
        let mut teller = Teller::new(feedback, self.rows.len());
        let mut said: Vec<Said> = Vec::with_capacity(self.rows.len());
        let mut told = vec![false; self.rows.len()];
        let mut learned = 0;
        for (at, &row) in self.rows.iter().enumerate() {
            let tell = |said: Said| {
                let probability = sigmoid(said.log_odds);
                let label = self.corpus.label(row)?;
                let tells = teller.tells(probability, self.drawn[at]);
                tells.then(|| (label, learns(regime, said.raw.score, probability, label)))
            };
            let (one, taught) = filter.pass(self.corpus, row, tell);
            said.push(one);
            told[at] = taught.is_some();
            learned += usize::from(taught == Some(true));
            if (at + 1).is_multiple_of(BATCH) {
                progress.advance(BATCH as u64);
            }
        }
        progress.advance((self.rows.len() % BATCH) as u64);
        let log_odds: Vec<f64> = said.iter().map(|one| one.log_odds).collect();
        let said_of_it = (&*log_odds, Decision::default());
        tests.add_of(model.entry.name(), None, said_of_it, &self.labels());
        Ok(Passed::of(model.entry, &said, told, learned))
    }
}
