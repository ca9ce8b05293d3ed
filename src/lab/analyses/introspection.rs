//! What the models know, seen from inside: each test mail by its two likelihoods, the tokens on
//! which each model relies most, and one message followed through both families. Below it what
//! single kinds of net show: the space of their latent vectors, and their attention.

pub(super) mod attention;
pub(super) mod latent_space;

use super::analysis::{Analysis, Compared, LooksAt, OnComparison, plain};
use super::messages::{beginning, token_numbers};
use crate::base::mail::Label;
use crate::dataset::{Example, Rows};
use crate::lab::cross_validation::FoldResult;
use crate::lab::data::facts;
use crate::model::{EvidencePlace, Family};
use crate::results::{
    self, DiscriminativeExample, GenerativeExample, LikelihoodPlane, Outcome, Scored, TopTokens,
    WeightedToken, WorkedExample, ranking,
};
use crate::tokenize::TokenId;
use crate::train::Trained;
use std::collections::BTreeMap;

/// Tokens shown of a message, and of a model for each class.
const TOKENS: usize = 12;
/// Tokens of a message that is short enough to be followed and long enough to be worth it.
const LENGTH: std::ops::RangeInclusive<usize> = 25..=120;

/// Each test message by its two likelihoods.
pub(super) const LIKELIHOOD_PLANE: Analysis = Analysis {
    name: results::LIKELIHOOD_PLANE,
    question: "How likely is each message as ham and as spam?",
    looks_at: LooksAt::Comparison(OnComparison::new(|of, _| plain(of.likelihood_plane()?))),
    section: None,
    charts: &["boundary"],
};

/// The tokens on which each model relies most.
pub(super) const TOP_TOKENS: Analysis = Analysis {
    name: results::TOP_TOKENS,
    question: "On which tokens does each model rely most?",
    looks_at: LooksAt::Comparison(OnComparison::new(|of, _| plain(of.top_tokens()))),
    section: None,
    charts: &["top_tokens"],
};

/// One message followed through both families.
pub(super) const WORKED_EXAMPLE: Analysis = Analysis {
    name: results::WORKED_EXAMPLE,
    question: "How does each family come to its verdict on one message?",
    looks_at: LooksAt::Comparison(OnComparison::new(|of, _| plain(of.worked_example()?))),
    section: Some("why"),
    charts: &[],
};

impl Compared<'_> {
    /// The best model that is one of p(mail | class), by position, and in which that is a product
    /// over what the mail holds: without any token it is 1. (Of a model in which absent words
    /// speak, too, a mean by token says nothing.)
    fn likelihood(&self) -> Option<usize> {
        let is_one = |&at: &usize| {
            let Some(generative) = self
                .trained(0, at)
                .and_then(|one| one.fitted.classifier().as_generative())
            else {
                return false;
            };
            let nothing = generative.code_length(Example::sparse(&[], &[]));
            nothing.is_some_and(|nothing| {
                nothing.bytes.is_some() || nothing.log_likelihood == [0.0; 2]
            })
        };
        ranking(self.models, Family::Generative)
            .into_iter()
            .find(is_one)
    }

    /// The best model that decides by Bayes' rule and can say what each token added.
    fn by_bayes(&self) -> Option<usize> {
        let is_one = |&at: &usize| {
            let trained = self.trained(0, at);
            trained.is_some_and(|one| one.fitted.classifier().as_generative().is_some())
        };
        ranking(self.models, Family::Generative)
            .into_iter()
            .find(is_one)
    }

    /// The best discriminative model that is linear in its tokens.
    fn linear(&self) -> Option<usize> {
        let is_one = |&at: &usize| self.trained(0, at).is_some_and(|one| norm(one).is_some());
        ranking(self.models, Family::Discriminative)
            .into_iter()
            .find(is_one)
    }

    fn trained(&self, fold: usize, model: usize) -> Option<&Trained> {
        self.results.get(fold)?.training.models[model].as_ref().ok()
    }

    /// Messages as a model of a fold reads them.
    fn encoded(&self, fold: usize, trained: &Trained, rows: &[usize]) -> Rows<'_> {
        let result = &self.results[fold];
        let encoder = result.training.encoders.of_view(trained.view);
        encoder.encode(result.corpus, rows, trained.view.representation)
    }

    fn scored(&self, fold: usize, model: usize) -> Option<&Scored> {
        match &self.results.get(fold)?.runs[model] {
            Outcome::Scored(scored) => Some(scored),
            _ => None,
        }
    }

    /// Every test mail by what it costs the best model of p(mail | class).
    fn likelihood_plane(&self) -> Option<LikelihoodPlane> {
        let model = self.likelihood()?;
        let (mut rows, mut log_likelihoods, mut unit) = (Vec::new(), Vec::new(), "token");
        for fold in 0..self.results.len() {
            let (Some(trained), Some(scored)) =
                (self.trained(fold, model), self.scored(fold, model))
            else {
                continue;
            };
            let test: Vec<usize> = scored.rows.iter().map(|&row| row as usize).collect();
            let encoded = self.encoded(fold, trained, &test);
            for (&row, raw) in scored.rows.iter().zip(trained.scores(&encoded)) {
                let Some(code_length) = raw.code_length else {
                    continue;
                };
                if code_length.bytes.is_some() {
                    unit = "byte";
                }
                let units = code_length
                    .bytes
                    .map_or(code_length.symbols, |bytes| bytes as f64);
                if units > 0.0 {
                    rows.push(row);
                    log_likelihoods.push(code_length.log_likelihood.map(|whole| whole / units));
                }
            }
        }
        let name = self.models[model].name.clone();
        (!rows.is_empty()).then(|| LikelihoodPlane {
            model: name,
            unit: unit.to_owned(),
            rows,
            log_likelihoods,
        })
    }

    /// The tokens on which each model of tokens relies most, as learned on the first fold.
    fn top_tokens(&self) -> Vec<TopTokens> {
        (0..self.models.len())
            .filter_map(|model| self.top_tokens_of(model))
            .collect()
    }

    fn top_tokens_of(&self, model: usize) -> Option<TopTokens> {
        let trained = self.trained(0, model)?;
        let result = self.results.first()?;
        let encoder = result.training.encoders.of_view(trained.view);
        let (numbers, frequencies) = (encoder.token_numbers(), encoder.frequencies());
        let classifier = trained.fitted.classifier();
        let mut weighed: Vec<(usize, f64, f64)> = Vec::with_capacity(numbers.len());
        for column in 0..numbers.len() {
            let weight = classifier.weight(column as u32)?;
            let emails: u32 = frequencies.holding[column].iter().sum();
            weighed.push((column, weight, weight * f64::from(emails)));
        }
        let mut top = |label: Label| {
            let strength = |one: &(usize, f64, f64)| label.sign() * one.2;
            weighed.sort_by(|a, b| strength(b).total_cmp(&strength(a)).then(a.0.cmp(&b.0)));
            let speaking = weighed
                .iter()
                .take(TOKENS)
                .filter(|one| strength(one) > 0.0);
            let named = |&(column, weight, _): &(usize, f64, f64)| {
                (
                    result.corpus.lexicon().token(numbers[column]).to_owned(),
                    weight,
                )
            };
            speaking.map(named).collect()
        };
        let (ham, spam) = (top(Label::Ham), top(Label::Spam));
        Some(TopTokens {
            model: self.models[model].name.clone(),
            ham,
            spam,
        })
    }

    /// A spam that both families caught, neither at once nor barely.
    fn worked_example(&self) -> Option<WorkedExample> {
        let (left, right) = (self.by_bayes(), self.linear());
        let (fold, at, row) = self.worth_following()?;
        let (text, cut) = beginning(self.results[fold].corpus.text(row));
        let bayes = left.and_then(|model| self.bayes(fold, at, row, model));
        let boundary = right.and_then(|model| self.boundary(fold, at, row, model));
        (bayes.is_some() || boundary.is_some()).then_some(WorkedExample {
            row: row as u32,
            text,
            cut,
            bayes,
            boundary,
        })
    }

    /// Fold, place in it and row of the spam of middling confidence among those of a fit length;
    /// of those that most readers can read, if there are any.
    fn worth_following(&self) -> Option<(usize, usize, usize)> {
        let judges = [
            self.by_bayes().or(self.best.generative)?,
            self.linear().or(self.best.discriminative)?,
        ];
        let commonest =
            commonest((0..self.corpus.len()).map(|row| facts::language(self.corpus, row)));
        let reads_well = |row: usize| {
            let text = String::from_utf8_lossy(self.corpus.text(row));
            Some(facts::language(self.corpus, row)) == commonest
                && text.lines().next().is_some_and(is_plain)
        };
        let mut found = Vec::new();
        for fold in 0..self.results.len() {
            let [Some(a), Some(b)] = judges.map(|model| self.scored(fold, model)) else {
                continue;
            };
            let corpus = self.results[fold].corpus;
            for (at, &row) in a.rows.iter().enumerate() {
                let weaker = a.log_odds[at].min(b.log_odds[at]);
                let row = row as usize;
                let is_spam = corpus.label(row).is_some_and(Label::is_spam);
                let is_caught = is_spam && [a, b].iter().all(|of| of.label(at).is_spam());
                if is_caught && LENGTH.contains(&corpus.bag(row).len()) {
                    found.push((reads_well(row), weaker, fold, at, row));
                }
            }
        }
        if found.iter().any(|one| one.0) {
            found.retain(|one| one.0);
        }
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.4.cmp(&b.4)));
        let &(_, _, fold, at, row) = found.get(found.len() / 2)?;
        Some((fold, at, row))
    }

    fn bayes(&self, fold: usize, at: usize, row: usize, model: usize) -> Option<GenerativeExample> {
        let trained = self.trained(fold, model)?;
        let generative = trained.fitted.classifier().as_generative()?;
        let result = &self.results[fold];
        let rows = self.encoded(fold, trained, &[row]);
        let numbers = token_numbers(result).swap_remove(model);
        let token = |column: u32| name(result, &numbers, column);
        Some(GenerativeExample {
            model: self.models[model].name.clone(),
            log_prior: Label::BOTH.map(|label| generative.log_prior(label)),
            log_likelihood: generative.log_likelihoods(rows.example(0)),
            reasons: generative.evidence(rows.example(0)).reasons(
                TOKENS,
                result.corpus.text(row),
                token,
            ),
            log_odds: self.scored(fold, model)?.log_odds[at],
        })
    }

    fn boundary(
        &self,
        fold: usize,
        at: usize,
        row: usize,
        model: usize,
    ) -> Option<DiscriminativeExample> {
        let trained = self.trained(fold, model)?;
        let classifier = trained.fitted.classifier();
        let result = &self.results[fold];
        let rows = self.encoded(fold, trained, &[row]);
        let numbers = token_numbers(result).swap_remove(model);
        let evidence = classifier.evidence(rows.example(0));
        let mut parts: Vec<(u32, f64)> = evidence
            .parts
            .iter()
            .filter_map(|(place, gain)| {
                if let EvidencePlace::Column(column) = place {
                    Some((*column, *gain))
                } else {
                    None
                }
            })
            .collect();
        parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        let (heaviest, others) = parts.split_at(TOKENS.min(parts.len()));
        let weighed = |&(column, gain): &(u32, f64)| {
            let weight = classifier.weight(column)?;
            Some(WeightedToken {
                token: name(result, &numbers, column),
                weight,
                value: gain / weight,
            })
        };
        Some(DiscriminativeExample {
            model: self.models[model].name.clone(),
            tokens: heaviest.iter().map(weighed).collect::<Option<Vec<_>>>()?,
            rest: others.iter().map(|(_, gain)| gain).sum(),
            bias: evidence.intercept,
            score: classifier.score(rows.example(0)),
            norm: norm(trained)?,
            log_odds: self.scored(fold, model)?.log_odds[at],
        })
    }
}

/// What occurs most often, of equals the first in order.
fn commonest<T: Ord>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut times: BTreeMap<T, usize> = BTreeMap::new();
    for one in all {
        *times.entry(one).or_default() += 1;
    }
    let most = times.values().copied().max()?;
    let found = times.into_iter().find(|&(_, times)| times == most);
    found.map(|(one, _)| one)
}

/// Whether a subject has words, and none that looks drawn at random: letters and digits mixed, or
/// many letters without a vowel.
fn is_plain(subject: &str) -> bool {
    let is_random = |word: &str| {
        let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let is_vowel = |letter: char| "aeiouy".contains(letter.to_ascii_lowercase());
        let is_mixed = letters.min(digits) >= 2;
        let cannot_be_said = word.is_ascii() && letters > 5 && !word.contains(is_vowel);
        is_mixed || cannot_be_said || word.chars().count() > 24
    };
    let mut words = subject.split_whitespace().peekable();
    words.peek().is_some() && !words.any(is_random)
}

/// The token of a column.
fn name(result: &FoldResult<'_>, numbers: &[TokenId], column: u32) -> String {
    result
        .corpus
        .lexicon()
        .token(numbers[column as usize])
        .to_owned()
}

/// The length of the weights of a linear model.
fn norm(trained: &Trained) -> Option<f64> {
    let classifier = trained.fitted.classifier();
    let squares = (0..trained.columns as u32)
        .map(|column| classifier.weight(column).map(|weight| weight * weight));
    let norm = squares.sum::<Option<f64>>()?.sqrt();
    (norm > 0.0).then_some(norm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_subject_has_words_and_nothing_drawn_at_random() {
        for plain in [
            "Save 50% now!",
            "Re: your order 1234567",
            "GMBH, TV and PC",
            "Buy 2nd hand",
        ] {
            assert!(is_plain(plain), "{plain}");
        }
        for odd in [
            "",
            " ",
            "Helpful Septic Tank Information 1111BUho3-485kzvl",
            "hello xkrtzqw",
        ] {
            assert!(!is_plain(odd), "{odd}");
        }
    }

    #[test]
    fn the_commonest_is_the_first_of_those_that_occur_most() {
        assert_eq!(commonest("abcbc".chars()), Some('b'));
        assert_eq!(commonest("".chars()), None);
    }
}
