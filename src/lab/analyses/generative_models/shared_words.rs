//! The perplexity of models of words on a vocabulary that they share.
//!
//! Two models are comparable by perplexity only where both predict the same symbols of the same
//! text (Mielke, Can you compare perplexity across different segmentations?, 2019). So each model
//! is fitted anew to nothing but the words of the shared vocabulary, every occurrence counted, and
//! tested on nothing but these: exp(-Σ ln p(words | class) / Σ number of words), the words in their
//! order, so without a multinomial coefficient. The vocabulary is the words and numbers of subject
//! and body that most training messages hold. What a cheap model leaves open is chosen by the
//! perplexity of a tenth of the training mail; a costly one has the settings of the comparison.

use crate::base::mail::Label;
use crate::dataset::{Corpus, CsrMatrix, Example, Ragged, Rows, TrainingSet, UNKNOWN};
use crate::model::{Cost, Fitted, Generative, NoObserver};
use crate::results::{Bound, Measured, Unmeasured};
use crate::tokenize::{TokenId, TokenKind, TokenKinds};
use crate::train::{ModelSpec, Trained};
use rayon::prelude::*;
use serde_json::Value;

/// What counts as a word.
const WORDS: TokenKinds = TokenKinds::NONE
    .with(TokenKind::Word)
    .with(TokenKind::Number)
    .with(TokenKind::Subject);
/// Share of the training mail by which a cheap model's settings are chosen.
const HELD_OUT: f64 = 0.1;

/// The words of the vocabulary as columns.
struct Words {
    /// Column of each token number of the corpus, or [`UNKNOWN`].
    columns: Vec<u32>,
    count: usize,
}

impl Words {
    /// Those of some kinds that most of `rows` hold, of equals the first met.
    fn most_frequent(corpus: &Corpus, rows: &[usize], most: usize, kinds: TokenKinds) -> Words {
        let lexicon = corpus.lexicon();
        let mut holding = vec![0_u32; lexicon.len()];
        for &(token, _) in rows.iter().flat_map(|&row| corpus.bag(row)) {
            holding[token as usize] += 1;
        }
        let is_word =
            |token: &usize| holding[*token] > 0 && kinds.holds(lexicon.kind(*token as TokenId));
        let mut ranked: Vec<usize> = (0..holding.len()).filter(is_word).collect();
        ranked.sort_by_key(|&token| std::cmp::Reverse(holding[token]));
        ranked.truncate(most);
        ranked.sort_unstable();
        let mut columns = vec![UNKNOWN; holding.len()];
        for (column, &token) in ranked.iter().enumerate() {
            columns[token] = column as u32;
        }
        Words {
            columns,
            count: ranked.len(),
        }
    }

    /// The words of a message with their numbers.
    fn counts(&self, bag: &[(TokenId, u32)]) -> impl Iterator<Item = (u32, f32)> {
        let counted = bag
            .iter()
            .map(|&(token, count)| (self.columns[token as usize], count as f32));
        counted.filter(|(column, _)| *column != UNKNOWN)
    }

    /// Messages in these words: how often each occurs, and all in order where the corpus keeps the
    /// order.
    fn rows<'c>(&self, corpus: &'c Corpus, numbers: &[usize]) -> Rows<'c> {
        let (mut matrix, mut tokens) = (CsrMatrix::new(self.count), Ragged::default());
        for &row in numbers {
            matrix.push(self.counts(corpus.bag(row)));
            let sequence = corpus.sequence(row).iter();
            let sequence = sequence.map(|&token| self.columns[token as usize]);
            tokens.push(sequence.filter(|column| *column != UNKNOWN));
        }
        Rows::new(corpus, numbers.to_vec(), matrix, tokens)
    }
}

/// The training and test mail in the words of the vocabulary.
pub struct SharedWords<'a> {
    corpus: &'a Corpus,
    words: Words,
    training: Rows<'a>,
    /// Without messages that hold none of the words.
    test: Rows<'a>,
    seed: u64,
}

/// A perplexity, and that by the importance-weighted bound.
pub struct Perplexity {
    pub by_likelihood: Measured,
    pub weighted: Measured,
}

impl Perplexity {
    fn missing(why: Unmeasured) -> Perplexity {
        let missing = Measured::missing(why);
        Perplexity {
            by_likelihood: missing,
            weighted: missing,
        }
    }
}

impl<'a> SharedWords<'a> {
    /// The words, at most so many, that most training messages hold, but for those of kinds that
    /// are left out.
    pub fn new(
        corpus: &'a Corpus,
        [training, test]: [&[usize]; 2],
        most: usize,
        left_out: TokenKinds,
        seed: u64,
    ) -> SharedWords<'a> {
        let kinds = left_out.iter().fold(WORDS, TokenKinds::without);
        let words = Words::most_frequent(corpus, training, most, kinds);
        let holds = |row: &usize| words.counts(corpus.bag(*row)).next().is_some();
        let test: Vec<usize> = test.iter().copied().filter(holds).collect();
        SharedWords {
            corpus,
            training: words.rows(corpus, training),
            test: words.rows(corpus, &test),
            words,
            seed,
        }
    }

    /// How many words there are.
    pub fn count(&self) -> usize {
        self.words.count
    }

    /// The perplexity of a model as it was trained for the comparison, fitted anew to these words;
    /// and by the importance-weighted bound of so many draws.
    pub fn perplexity(&self, choice: &ModelSpec, trained: &Trained, draws: usize) -> Perplexity {
        let of_words = |fitted: &dyn Fitted| {
            let model = fitted.classifier().as_generative();
            model.ok_or(Unmeasured::NoLikelihood)?;
            model
                .and_then(Generative::of_words)
                .ok_or(Unmeasured::NotOfWords)
        };
        if let Err(why) = of_words(&*trained.fitted) {
            return Perplexity::missing(why);
        }
        if self.test.is_empty() {
            return Perplexity::missing(Unmeasured::NoMail);
        }
        let fitted = self.fitted(choice, &trained.settings);
        let measured = fitted.as_deref().and_then(|fitted| {
            let bound = of_words(fitted).ok()?;
            let model = fitted.classifier().as_generative()?;
            Some(perplexity(bound, &costs(model, &self.test, draws)))
        });
        measured.unwrap_or_else(|| Perplexity::missing(Unmeasured::NotFitted))
    }

    /// The model fitted to the training mail in these words.
    fn fitted(&self, choice: &ModelSpec, settings: &Value) -> Option<Box<dyn Fitted>> {
        let chosen = match choice.entry.cost() {
            Cost::Cheap => self.least_perplexed(choice),
            Cost::Moderate | Cost::Costly => None,
        };
        let grid = [chosen.unwrap_or(settings).clone()];
        fit(choice, &grid, &self.training, self.seed)?.pop()
    }

    /// The settings of the candidate by which a tenth of the training mail is least perplexing, the
    /// first of equals.
    fn least_perplexed<'s>(&self, choice: &'s ModelSpec) -> Option<&'s Value> {
        let candidates = choice.candidates.iter().map(|one| &one.settings);
        let data = TrainingSet::new(&self.training, self.seed);
        let (kept, held) = data.hold_out(HELD_OUT)?;
        let [kept, held] = [kept, held].map(|places| {
            let numbers = self.training.numbers();
            let numbers: Vec<usize> = places.into_iter().map(|at| numbers[at]).collect();
            self.words.rows(self.corpus, &numbers)
        });
        let grid: Vec<Value> = candidates.clone().cloned().collect();
        let nats = |fitted: &dyn Fitted| {
            let model = fitted.classifier().as_generative()?;
            let costs = costs(model, &held, 0);
            Some(costs.iter().map(|cost| cost.nats).sum::<f64>())
        };
        let fitted = fit(choice, &grid, &kept, self.seed)?;
        let nats: Vec<f64> = fitted
            .iter()
            .map(|fitted| nats(&**fitted))
            .collect::<Option<_>>()?;
        let best = candidates.zip(nats).min_by(|(_, a), (_, b)| a.total_cmp(b));
        best.map(|(settings, _)| settings)
    }
}

/// A model fitted with each of some settings; None if that is not possible.
fn fit(
    choice: &ModelSpec,
    grid: &[Value],
    rows: &Rows<'_>,
    seed: u64,
) -> Option<Vec<Box<dyn Fitted>>> {
    let data = TrainingSet::new(rows, seed);
    choice.entry.fit_path(grid, &data, &mut NoObserver).ok()
}

/// What a message costs under the model of its class.
struct MessageCost {
    nats: f64,
    /// By the importance-weighted bound, where the model has one.
    weighted: Option<f64>,
    words: f64,
    /// The words, and perhaps more, that the likelihood is of.
    symbols: f64,
}

/// What each message costs; by the importance-weighted bound, too, if there are draws.
fn costs(model: &dyn Generative, rows: &Rows<'_>, draws: usize) -> Vec<MessageCost> {
    let labels = rows.labels();
    let cost = |at: usize| {
        let (email, of_class): (Example<'_>, Label) = (rows.example(at), labels[at]);
        let length = model.code_length(email);
        let log_likelihood = length.map(|length| length.log_likelihood);
        let log_likelihood = log_likelihood.unwrap_or_else(|| model.log_likelihoods(email));
        let weighted = (draws > 0)
            .then(|| model.importance_weighted(email, draws))
            .flatten();
        MessageCost {
            nats: -log_likelihood[of_class.index()],
            weighted: weighted.map(|log_likelihood| -log_likelihood[of_class.index()]),
            words: email.total(),
            symbols: length.map_or(0.0, |length| length.symbols),
        }
    };
    (0..rows.len()).into_par_iter().map(cost).collect()
}

/// The perplexity of messages that cost so much, added up in order.
fn perplexity(bound: Bound, costs: &[MessageCost]) -> Perplexity {
    if costs.iter().any(|cost| cost.symbols < cost.words) {
        return Perplexity::missing(Unmeasured::FewerWords);
    }
    let words: f64 = costs.iter().map(|cost| cost.words).sum();
    let of_nats = |nats: f64| (nats / words).exp();
    let by_likelihood = of_nats(costs.iter().map(|cost| cost.nats).sum());
    let weighted: Option<f64> = costs.iter().map(|cost| cost.weighted).sum();
    let no_draws = Measured::missing(Unmeasured::NoDraws);
    Perplexity {
        by_likelihood: Measured::of(by_likelihood, bound),
        weighted: weighted.map_or(no_draws, |nats| Measured::of(of_nats(nats), Bound::Lower)),
    }
}
