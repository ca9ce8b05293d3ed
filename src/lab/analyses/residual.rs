//! A generator and a discriminator on text: any generative model of a file generates, any
//! discriminative model learns to tell generated from real mail, and of several candidates one
//! is kept with the probability that the discriminator's density ratio gives it; then again.
//!
//! This is a residual energy-based model sampled by importance resampling (Deng et al., ICLR 2020):
//! where real and generated mail are equally frequent, the odds of a perfect discriminator are
//! p(real) / p(generated) (Goodfellow et al. 2014, proposition 1). The discriminator of a round
//! learns from what the rounds before it kept, so that the ratios of all rounds multiply. Whether a
//! round helped says a **fresh** discriminator, which learns from other real mail. Messages are
//! told by their text alone: generated ones have no headers.

use super::analysis::{Analysis, LooksAt, erased, parameters};
use crate::base::mail::{Content, Email, Label};
use crate::base::math::draw_by_logarithm;
use crate::base::progress::Progress;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::features::Encoded;
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions, apart};
use crate::generate::Sampler;
use crate::input::Labels;
use crate::lab::data::read_into;
use crate::lab::error::{LabError, SpecError};
use crate::lab::spec::DataSpec;
use crate::model::file::ModelFile;
use crate::model::{Catalog, Family, SampleRequest};
use crate::results::{Decision, ScoredEmails, measure, wilson};
use crate::tokenize::Recipe;
use crate::train::{ModelSpec, TrainOptions, train};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Messages of each class and half that are needed.
const LEAST: usize = 10;
/// One message in so many tests a fresh discriminator.
const TEST_ONE_IN: usize = 3;

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: "residual_game",
    question: "\
        Does generated mail become harder to tell from real mail if a discriminator chooses?",
    looks_at: LooksAt::ModelFile(|file, data, catalog, given, progress| {
        let parameters = parameters("residual_game", given)?;
        erased(residual_game(file, data, catalog, &parameters, progress))
    }),
    section: None,
    charts: &[],
};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResidualParameters {
    /// The model that generates; None for the first of the file that generates text, or else
    /// words.
    pub model: Option<String>,
    /// The model that discriminates; None for the first discriminative one of the catalog.
    pub discriminator: Option<String>,
    /// Messages that are kept in a round, half of them spam, and real ones that are taken of either
    /// half; fewer where there is less mail.
    pub emails: u32,
    /// Candidates for each.
    pub candidates: u32,
    /// Rounds in which a discriminator chooses.
    pub rounds: u32,
    /// Seed of sampling and of training.
    pub seed: u64,
}

impl Default for ResidualParameters {
    fn default() -> ResidualParameters {
        ResidualParameters {
            model: None,
            discriminator: None,
            emails: 400,
            candidates: 8,
            rounds: 3,
            seed: 1,
        }
    }
}

/// How well fresh discriminators tell real mail from what was kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResidualGame {
    /// The model that generates.
    pub generator: String,
    /// The model that discriminates.
    pub discriminator: String,
    /// Messages that are kept in a round.
    pub emails: usize,
    /// Candidates for each.
    pub candidates: u32,
    /// Real mail told from other real mail.
    pub real_against_real: ToldApart,
    /// What was generated, as it is and after each round.
    pub rounds: Vec<ToldApart>,
}

/// What a fresh discriminator tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ToldApart {
    /// The share of test messages told right, half of them real.
    pub accuracy: f64,
    /// Its 95 % interval (Wilson).
    pub interval: [f64; 2],
    /// The area under the ROC curve.
    pub auc: f64,
    /// Test messages.
    pub tested: usize,
}

/// Plays the rounds with a generative model of the file and real labelled mail, preferably mail
/// that it has not learned from.
///
/// # Errors
/// Mail that cannot be read or is too little, and models that cannot generate or discriminate.
pub fn residual_game(
    file: &ModelFile,
    data: &DataSpec,
    catalog: &Catalog,
    parameters: &ResidualParameters,
    progress: &dyn Progress,
) -> Result<ResidualGame, LabError> {
    let sampler = Sampler::open(file, parameters.model.as_deref())?;
    let discriminator = discriminator(catalog, parameters.discriminator.as_deref())?;
    let recipe = &file.card().recipe;
    let [training, judged] = real_texts(recipe, data, parameters, progress)?;
    let emails = training.len();
    let halves = [training, judged];
    let (corpus, pool_starts) = pools(&sampler, recipe, &halves, parameters, progress)?;
    let play = Play {
        corpus: &corpus,
        discriminator: &discriminator,
        emails,
        seed: parameters.seed,
    };
    let told = play.rounds(&pool_starts, parameters.candidates as usize, progress);
    progress.end();
    let (real_against_real, rounds) = told?;
    Ok(ResidualGame {
        generator: sampler.name().to_owned(),
        discriminator: discriminator.entry.name().to_owned(),
        emails,
        candidates: parameters.candidates,
        real_against_real,
        rounds,
    })
}

/// Real messages that train, those that judge, the first once more as if they had been generated,
/// and what is generated for each round; with the row at which each of these begins.
fn pools(
    sampler: &Sampler,
    recipe: &Recipe,
    [training, judged]: &[Vec<(Label, String)>; 2],
    parameters: &ResidualParameters,
    progress: &dyn Progress,
) -> Result<(Corpus, Vec<usize>), LabError> {
    let emails = training.len();
    let pools = 1 + parameters.rounds as usize;
    progress.begin("generating", pools as u64);
    let mut pool_starts = Vec::new();
    let mut builder = CorpusBuilder::new(recipe, CorpusOptions::NEAR_DUPLICATES);
    // The classes of a discriminator: real mail is ham here, what stands for generated mail spam.
    let real = |texts: &[(Label, String)], as_label| {
        let email = |(_, text): &(Label, String)| as_email(text, as_label);
        texts.iter().map(email).collect::<Vec<Email>>()
    };
    builder.add(real(training, Label::Ham));
    builder.add(real(judged, Label::Ham));
    builder.add(real(training, Label::Spam));
    let mut length = 3 * emails;
    for pool in 0..pools {
        let each = if pool == 0 {
            1
        } else {
            parameters.candidates as usize
        };
        let requests: Vec<SampleRequest> = training
            .iter()
            .flat_map(|(label, _)| (0..each).map(|_| SampleRequest::of(*label)))
            .collect();
        let first = length - 3 * emails;
        let generated = sampler.generate_from(first, &requests, parameters.seed)?;
        let texts = generated
            .iter()
            .map(|one| as_email(&one.text(), Label::Spam));
        builder.add(texts.collect());
        pool_starts.push(length);
        length += requests.len();
        progress.advance(1);
    }
    Ok((builder.finish(), pool_starts))
}

/// The model of that name, which must be discriminative; the first such one if none is named.
fn discriminator(catalog: &Catalog, name: Option<&str>) -> Result<ModelSpec, LabError> {
    let mut known = catalog.models();
    let found = known.find(|entry| {
        entry.family() == Family::Discriminative
            && name.map_or(entry.is_default(), |name| entry.name() == name)
    });
    let entry = found.ok_or_else(|| SpecError::Refused {
        what: "discriminator".to_owned(),
        why: format!("{} is no discriminative model", name.unwrap_or_default()),
    })?;
    Ok(ModelSpec::new(entry, &json!({}), true).map_err(SpecError::from)?)
}

/// Text as mail without headers.
fn as_email(text: &str, label: Label) -> Email {
    let (subject, body) = text.split_once('\n').unwrap_or((text, ""));
    Email::new("", Some(label), Content::text(subject, body))
}

/// As many texts of real mail for both halves, near-duplicates in one, half of them spam.
fn real_texts(
    recipe: &Recipe,
    data: &DataSpec,
    parameters: &ResidualParameters,
    progress: &dyn Progress,
) -> Result<[Vec<(Label, String)>; 2], LabError> {
    let options = CorpusOptions::TEXT.and(CorpusOptions::NEAR_DUPLICATES);
    let mut builder = CorpusBuilder::new(recipe, options);
    read_into(&mut builder, data, Labels::BothClasses, progress)?;
    let corpus = builder.finish();
    let rows = corpus.labelled_rows();
    let of = |half: &[usize], label: Label| {
        let rows = half.iter().copied();
        let of_class = rows.filter(|&row| corpus.label(row) == Some(label));
        of_class.collect::<Vec<usize>>()
    };
    let halves = apart(&corpus, &rows, 2, parameters.seed);
    let parts = halves.map(|half| Label::BOTH.map(|label| of(&half, label)));
    let least = parts.iter().flatten().map(Vec::len).min().unwrap_or(0);
    let each = least.min(parameters.emails as usize / 2);
    if each < LEAST {
        return Err(LabError::TooLittleToPlay {
            emails: rows.len(),
            needed: 4 * LEAST,
        });
    }
    // Evenly chosen, ham and spam in turn.
    Ok(parts.map(|[ham, spam]| {
        let mut texts = Vec::with_capacity(2 * each);
        for at in 0..each {
            for (of_class, label) in [&ham, &spam].into_iter().zip(Label::BOTH) {
                let row = of_class[at * of_class.len() / each];
                let text = String::from_utf8_lossy(corpus.text(row)).into_owned();
                texts.push((label, text));
            }
        }
        texts
    }))
}

/// Real messages that train the discriminators, those that judge, the first once more as spam, and
/// the pools.
struct Play<'a> {
    corpus: &'a Corpus,
    discriminator: &'a ModelSpec,
    emails: usize,
    seed: u64,
}

impl Play<'_> {
    /// What fresh discriminators tell: real from other real mail, and real from generated mail, as
    /// it is and after each round.
    fn rounds(
        &self,
        pool_starts: &[usize],
        candidates: usize,
        progress: &dyn Progress,
    ) -> Result<(ToldApart, Vec<ToldApart>), LabError> {
        progress.begin("telling apart", 2 * pool_starts.len() as u64);
        let rows = |from: usize| (from..from + self.emails).collect::<Vec<usize>>();
        let real_against_real = self.judge(&rows(2 * self.emails))?;
        progress.advance(1);
        let mut kept = rows(pool_starts.first().copied().unwrap_or(0));
        let mut rounds = vec![self.judge(&kept)?];
        let mut sums = vec![0.0; self.corpus.len()];
        for (round, &start) in pool_starts.iter().enumerate().skip(1) {
            progress.advance(1);
            let pools_left: Vec<usize> = (start..self.corpus.len()).collect();
            let learned: Vec<usize> = rows(0).into_iter().chain(kept).collect();
            let ratios = self.log_ratios(&learned, &pools_left)?;
            for (&row, ratio) in pools_left.iter().zip(ratios) {
                sums[row] += ratio;
            }
            let mut rng = random_stream(self.seed, Stream::Chosen(round as u32));
            let of = |at: usize| {
                let first = start + at * candidates;
                let ratios = &sums[first..first + candidates];
                first + draw_by_logarithm(ratios, &mut rng).unwrap_or(0)
            };
            kept = (0..self.emails).map(of).collect();
            rounds.push(self.judge(&kept)?);
            progress.advance(1);
        }
        Ok((real_against_real, rounds))
    }

    /// ln p(real) / p(generated) of some rows, by a discriminator that learned from others.
    fn log_ratios(&self, learned: &[usize], rows: &[usize]) -> Result<Vec<f64>, LabError> {
        let options = TrainOptions::seeded(self.seed);
        let spec = std::slice::from_ref(self.discriminator);
        let mut training = train(spec, self.corpus, learned, options, &|| ());
        let model = training.models.remove(0).map_err(|error| LabError::Model {
            model: self.discriminator.entry.name().to_owned(),
            error,
        })?;
        let encoded = Encoded::new(self.corpus, &training.encoders, rows);
        let raw = model.scores(encoded.rows(model.view));
        let ratio = |raw| -model.calibration.log_odds(raw);
        Ok(raw.into_iter().map(ratio).collect())
    }

    /// How well a fresh discriminator tells the messages that judge from others.
    fn judge(&self, others: &[usize]) -> Result<ToldApart, LabError> {
        let judging = self.emails..2 * self.emails;
        let rows: Vec<usize> = judging.chain(others.iter().copied()).collect();
        let [test, training] = apart(self.corpus, &rows, TEST_ONE_IN, self.seed);
        let log_odds: Vec<f64> = self
            .log_ratios(&training, &test)?
            .into_iter()
            .map(|ratio| -ratio)
            .collect();
        let labels: Vec<Label> = test
            .iter()
            .filter_map(|&row| self.corpus.label(row))
            .collect();
        let metrics = measure(&ScoredEmails {
            labels: &labels,
            score: &log_odds,
            scale: crate::model::Scale::LogOdds,
            log_odds: &log_odds,
            code_lengths: &[],
            decision: Decision::default(),
        });
        let known = |key: &str| metrics.get(key).copied().flatten();
        let accuracy = known("accuracy").unwrap_or(f64::NAN);
        let tested = test.len();
        Ok(ToldApart {
            accuracy,
            interval: wilson(accuracy, 0.0, tested as f64),
            auc: 1.0 - known("one_minus_roca_pct").unwrap_or(f64::NAN) / 100.0,
            tested,
        })
    }
}
