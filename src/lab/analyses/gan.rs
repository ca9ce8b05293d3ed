//! A generator against a discriminator (a generative adversarial net) on the document vectors of
//! mail, judged by a fresh discriminator.
//!
//! It is no classifier and has no likelihood, so it stands in no table of models. The training
//! messages are halved, near-duplicates together: generators learn from one half, the other judges
//! them; a classifier that is trained on generated vectors alone is tested on
//! the test messages (TSTR).

use super::analysis::{Analysis, Compared, LooksAt, OnComparison, parameters, plain};
use crate::base::mail::Label;
use crate::base::math::shuffle;
use crate::base::progress::Progress;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::features::{Encoder, VocabularySettings};
use crate::dataset::{Corpus, CorpusOptions, FeatureView, Representation, apart};
use crate::generate::adversarial::{
    GameSettings, Generator, LatentSemantics, StepLosses, Vectors, accuracy_on_real, baselines,
    judge, play, precision_and_recall,
};
use crate::lab::data::Reading;
use crate::lab::error::{LabError, SpecError};
use crate::lab::spec::ExperimentSpec;
use crate::results::{
    AdversarialGame, Cloud, Coverage, GAN, GameLosses, GeneratorQuality, PlayedGame,
};
use crate::tokenize::{TokenKind, TokenKinds};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Words that vectors are made of, and coordinates of a vector.
const VOCABULARY: VocabularySettings = VocabularySettings {
    min_df: 3,
    max_features: Some(3_000),
    half: None,
};
const WIDTH: usize = 32;
/// The game: noise, units and rates as they were tried on Enron1.
const GAME: GameSettings = GameSettings {
    noise: 16,
    units: 128,
    steps: 12_000,
    batch: 64,
    generator_rate: 2e-4,
    discriminator_rate: 4e-4,
};
/// Of the game that goes wrong.
const LOPSIDED: GameSettings = GameSettings {
    generator_rate: 2e-3,
    discriminator_rate: 2e-4,
    ..GAME
};
/// Means of the losses that are kept.
const KEPT: u32 = 120;
/// Messages of either half that a game needs.
const LEAST: usize = 40;
/// Vectors of a cloud, of both classes.
const DRAWN: usize = 400;
/// Generated vectors of each class of which words are shown, and words of each.
const SHOWN: usize = 3;
const WORDS: usize = 6;
/// A quarter of the mail is for testing where no split is given.
const TEST_ONE_IN: usize = 4;

/// The question that a game answers.
pub const QUESTION: &str = "\
        Can a generator learn to generate document vectors that a discriminator takes for real?";

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: GAN,
    question: QUESTION,
    looks_at: LooksAt::Comparison(OnComparison {
        by_default: false,
        check: Some(|_, _, given| parameters::<GanParameters>(GAN, given)?.check()),
        ..OnComparison::new(of_comparison)
    }),
    section: Some("gan"),
    charts: &["gan_losses", "gan_clouds"],
};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GanParameters {
    /// Steps of either net.
    pub steps: u32,
    /// Whether a game is played, too, in which the generator learns ten times as fast.
    pub collapse: bool,
}

impl Default for GanParameters {
    fn default() -> GanParameters {
        GanParameters {
            steps: GAME.steps,
            collapse: false,
        }
    }
}

impl GanParameters {
    fn check(self) -> Result<(), SpecError> {
        crate::lab::limits::GAME_STEPS.check("gan.steps", u64::from(self.steps))
    }
}

/// Plays the game on the first fold of a comparison.
fn of_comparison(compared: &Compared<'_>, given: &Value) -> Option<Value> {
    let fold = compared.protocol.split.folds.first()?;
    let game = parameters(GAN, given).map_err(LabError::from);
    let game = game.and_then(|parameters| {
        let mail = Mail {
            corpus: compared.corpus,
            training: &fold.train,
            test: &fold.test,
            seed: compared.spec.seed,
        };
        mail.play(parameters, compared.progress)
    });
    match game {
        Ok(game) => plain(game),
        Err(error) => {
            compared.progress.note(&error.to_string());
            None
        }
    }
}

/// Plays the game on the labelled mail of `spec`, of which a quarter is for testing.
///
/// # Errors
/// Mail that cannot be read or is too little, and a game that diverged.
pub fn gan(
    spec: &ExperimentSpec,
    parameters: &GanParameters,
    progress: &dyn Progress,
) -> Result<AdversarialGame, LabError> {
    parameters.check()?;
    let keep = CorpusOptions::NEAR_DUPLICATES;
    let read = Reading::new(&spec.data, &spec.recipe, keep).read(progress)?;
    let corpus = read.mail.emails();
    let rows = corpus.labelled_rows();
    let [test, training] = apart(corpus, &rows, TEST_ONE_IN, spec.seed);
    let mail = Mail {
        corpus,
        training: &training,
        test: &test,
        seed: spec.seed,
    };
    let game = mail.play(*parameters, progress);
    progress.end();
    game
}

/// The mail of a game.
struct Mail<'a> {
    corpus: &'a Corpus,
    training: &'a [usize],
    test: &'a [usize],
    seed: u64,
}

impl Mail<'_> {
    fn play(
        &self,
        parameters: GanParameters,
        progress: &dyn Progress,
    ) -> Result<AdversarialGame, LabError> {
        let kinds = TokenKinds::NONE
            .with(TokenKind::Word)
            .with(TokenKind::Subject);
        let encoder = Encoder::learn(self.corpus, self.training, &VOCABULARY, kinds);
        let view = FeatureView {
            representation: Representation::TfIdf,
            kinds,
        };
        let encode = |rows: &[usize]| encoder.encode(self.corpus, rows, view);
        let learned = encode(self.training);
        let space = LatentSemantics::learn(learned.matrix(), WIDTH, self.seed);
        let vectors = |rows: &[usize]| {
            let rows = encode(rows);
            space.vectors(rows.matrix(), rows.labels())
        };
        let [training, judged] = self.halves().map(|half| vectors(&half));
        let has_both = |of: &Vectors| {
            Label::BOTH
                .into_iter()
                .all(|label| of.labels.contains(&label))
        };
        if training.len().min(judged.len()) < LEAST || !has_both(&training) || space.width() < 2 {
            return Err(LabError::TooLittleToPlay {
                emails: self.training.len(),
                needed: 2 * LEAST,
            });
        }
        let words: Vec<String> = encoder
            .token_numbers()
            .into_iter()
            .map(|token| self.corpus.lexicon().token(token).to_owned())
            .collect();
        let table = Table {
            training: &training,
            judged: &judged,
            test: &vectors(self.test),
            space: &space,
            words: &words,
            seed: self.seed,
        };
        let (game, lopsided) = table.games(parameters, progress);
        let mut rng = random_stream(self.seed, Stream::Judged(0));
        let independent = baselines::independent_marginals(&training, &mut rng);
        let gaussian = baselines::gaussian(&training, &mut rng);
        Ok(AdversarialGame {
            training: training.len(),
            judged: judged.len(),
            test: self.test.len(),
            words: words.len(),
            width: space.width(),
            share: space.share,
            real_against_real: table.quality(&training)?,
            independent_marginals: table.quality(&independent)?,
            gaussian: table.quality(&gaussian)?,
            game: game?,
            lopsided: lopsided?,
            real: cloud(&judged),
        })
    }
}

impl Mail<'_> {
    /// Both halves of the training messages, in random order: whatever looks at the first of them
    /// only looks at some of all.
    fn halves(&self) -> [Vec<usize>; 2] {
        let mut halves = apart(self.corpus, self.training, 2, self.seed);
        let mut rng = random_stream(self.seed, Stream::Judged(3));
        for half in &mut halves {
            shuffle(half, &mut rng);
        }
        halves
    }
}

/// A game, and the lopsided one if it is asked for.
type Games = (
    Result<PlayedGame, LabError>,
    Result<Option<PlayedGame>, LabError>,
);

/// What a game is played on and judged by.
struct Table<'a> {
    training: &'a Vectors,
    judged: &'a Vectors,
    test: &'a Vectors,
    space: &'a LatentSemantics,
    words: &'a [String],
    seed: u64,
}

impl Table<'_> {
    fn games(&self, parameters: GanParameters, progress: &dyn Progress) -> Games {
        let GanParameters { steps, collapse } = parameters;
        progress.begin("playing", (1 + u64::from(collapse)) * u64::from(steps));
        let of = |settings: GameSettings| self.play(&GameSettings { steps, ..settings }, progress);
        rayon::join(|| of(GAME), || collapse.then(|| of(LOPSIDED)).transpose())
    }

    fn quality(&self, generated: &Vectors) -> Result<GeneratorQuality, LabError> {
        let judged = judge(self.judged, generated, self.seed);
        let judged = judged.ok_or(LabError::Unjudged)?;
        Ok(GeneratorQuality {
            accuracy: judged.accuracy,
            auc: judged.auc,
            tested: judged.tested,
            precision: judged.precision,
            recall: judged.recall,
            tstr: accuracy_on_real(generated, self.test, self.seed),
        })
    }

    fn play(
        &self,
        settings: &GameSettings,
        progress: &dyn Progress,
    ) -> Result<PlayedGame, LabError> {
        let mut losses = LossMeans::new(settings.steps);
        let mut watch = |step: StepLosses| {
            progress.advance(1);
            if let Some(mean) = losses.add(step) {
                progress.detail(&format!(
                    "generator {:.2}, discriminator {:.2} nats",
                    mean.generator, mean.discriminator
                ));
            }
        };
        let at = snapshots(settings.steps);
        let played = play(self.training, settings, &at, self.seed, &mut watch);
        let played = played.map_err(|diverged| LabError::GameDiverged {
            step: diverged.step,
        })?;
        let generate = |generator: &Generator| {
            let mut rng = random_stream(self.seed, Stream::Judged(1));
            generator.generate(&self.training.labels, &mut rng)
        };
        let moments: Vec<(u32, Vectors)> = played
            .snapshots
            .iter()
            .map(|moment| (moment.step, generate(&moment.generator)))
            .collect();
        let course = moments.iter().map(|(step, generated)| {
            let [precision, recall] = precision_and_recall(self.judged, generated);
            Coverage {
                step: *step,
                precision,
                recall,
            }
        });
        let generated = generate(&played.generator);
        let mut rng = random_stream(self.seed, Stream::Judged(2));
        let chosen = played.chosen(&self.training.labels, &mut rng);
        Ok(PlayedGame {
            steps: settings.steps,
            rates: [settings.generator_rate, settings.discriminator_rate],
            course: course.collect(),
            // Every other one, and so the last.
            clouds: moments
                .iter()
                .rev()
                .step_by(2)
                .rev()
                .map(|(step, generated)| (*step, cloud(generated)))
                .collect(),
            quality: self.quality(&generated)?,
            chosen: self.quality(&chosen)?,
            words: Label::BOTH.map(|label| self.words_of(&generated, label)),
            losses: losses.means,
        })
    }

    fn words_of(&self, generated: &Vectors, label: Label) -> Vec<Vec<String>> {
        let of_class = (0..generated.len()).filter(|&at| generated.labels[at] == label);
        of_class
            .take(SHOWN)
            .map(|at| {
                let heaviest = self.space.heaviest(generated.row(at), WORDS);
                heaviest
                    .into_iter()
                    .map(|at| self.words[at].clone())
                    .collect()
            })
            .collect()
    }
}

/// Means of the losses over equal numbers of steps.
struct LossMeans {
    every: u32,
    steps: u32,
    sums: [f64; 3],
    count: u32,
    means: Vec<GameLosses>,
}

impl LossMeans {
    fn new(steps: u32) -> LossMeans {
        LossMeans {
            every: steps.div_ceil(KEPT).max(1),
            steps,
            sums: [0.0; 3],
            count: 0,
            means: Vec::new(),
        }
    }

    /// The mean that a step completes.
    fn add(&mut self, of: StepLosses) -> Option<GameLosses> {
        let parts = [of.generator, of.discriminator, of.right];
        self.sums
            .iter_mut()
            .zip(parts)
            .for_each(|(sum, part)| *sum += part);
        self.count += 1;
        if !of.step.is_multiple_of(self.every) && of.step != self.steps {
            return None;
        }
        let [generator, discriminator, right] = self.sums.map(|sum| sum / f64::from(self.count));
        let mean = GameLosses {
            step: of.step,
            generator,
            discriminator,
            right,
        };
        self.means.push(mean);
        (self.sums, self.count) = ([0.0; 3], 0);
        Some(mean)
    }
}

/// Steps after which the generator is looked at: before the first, and from a 128th of the game on
/// at every doubling.
fn snapshots(steps: u32) -> Vec<u32> {
    let doublings = (0..=7).map(|half| steps >> (7 - half));
    let mut all: Vec<u32> = std::iter::once(0).chain(doublings).collect();
    all.dedup();
    all
}

/// The first two coordinates of the first vectors.
fn cloud(vectors: &Vectors) -> Cloud {
    let mut cloud = Cloud::default();
    for (row, label) in vectors.rows().zip(&vectors.labels).take(DRAWN) {
        let place = [row[0], row[1]].map(f64::from);
        match label {
            Label::Ham => cloud.ham.push(place),
            Label::Spam => cloud.spam.push(place),
        }
    }
    cloud
}
