//! Writers against filters: a writer changes the words of spam until the filter lets it pass, while
//! its own model, which learned from its own mail, still calls it spam; the filter learns from what
//! passed, and the next round begins. Every model plays both parts.
//!
//! The writer sees the filter's score, which is more than an attacker of mail in use sees.

use super::adversary::disguise::{with_words, words_and_gaps};
use super::adversary::envelope::{rewritten, subject_and_body};
use super::adversary::filters::{Filters, threshold};
use super::adversary::mail::ContestedMail;
use super::adversary::word_lists::{WordList, WordLists};
use super::cells::Tests;
use super::{Cells, Experiment, announce, labels, models, refused};
use crate::base::mail::{Email, Label};
use crate::base::math::below;
use crate::base::progress::Progress;
use crate::base::streams::{Stream, random_stream};
use crate::lab::error::LabError;
use crate::lab::spec::ExperimentSpec;
use crate::model::Catalog;
use crate::results::experiments::{GAME, Game, GameFound, Round, WrittenMessage};
use crate::results::{Decision, Estimate, with_intervals};
use crate::train::{ModelSpec, TrainOptions};
use rand_pcg::Pcg64;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// The models that play unless some are named.
const MODELS: [&str; 2] = ["multinomial", "logistic"];
/// Models that can play: each plays each.
const MOST_MODELS: usize = 6;
/// The share of the clean ham that a filter may misclassify.
const CLEAN_RATE: f64 = 0.01;
/// Words of ham that a writer puts in, the best of its lists.
const WORDS: usize = 500;
/// Words that one change puts in, at most.
const MOST_AT_ONCE: usize = 8;
/// First of the random streams of games; those before it are of attacks.
const FIRST_STREAM: u32 = 16;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GameParameters {
    /// Rounds.
    pub rounds: usize,
    /// Messages that are written in each round.
    pub messages: usize,
    /// Steps of a search, at most.
    pub steps: usize,
    /// Changes that are tried in each step.
    pub changes: usize,
}

impl Default for GameParameters {
    fn default() -> GameParameters {
        GameParameters {
            rounds: 6,
            messages: 40,
            steps: 20,
            changes: 30,
        }
    }
}

impl Experiment for GameParameters {
    const NAME: &'static str = GAME;
    const QUESTION: &'static str = "\
        Does a filter that learns from what passed it get ahead of a writer that searches for what \
        passes?";
    type Found = GameFound;

    fn quick() -> GameParameters {
        GameParameters {
            rounds: 3,
            messages: 10,
            steps: 10,
            changes: 20,
        }
    }

    fn run(
        &self,
        spec: &ExperimentSpec,
        catalog: &Catalog,
        cells: &Cells,
        progress: &dyn Progress,
    ) -> Result<GameFound, LabError> {
        let numbers = [self.rounds, self.messages, self.steps, self.changes];
        if numbers.iter().any(|number| !(1..=1_000).contains(number)) {
            let why = "rounds, messages, steps and changes must be 1 to 1000".to_owned();
            return Err(refused::<GameParameters>(why).into());
        }
        let models = models(spec, catalog, |entry| MODELS.contains(&entry.name()))?;
        if models.len() > MOST_MODELS {
            let why = format!(
                "{} models are named, and {MOST_MODELS} can play",
                models.len()
            );
            return Err(refused::<GameParameters>(why).into());
        }
        let mail = ContestedMail::read(spec, &models, progress)?;
        // Each model filters against each, and learns anew after every round.
        let sets = vec![mail.training.len(); models.len() * (self.rounds + 1)];
        announce(&models, &mail.corpus, &sets, spec.seed, progress);
        cells.note(mail.facts(spec.data.name()));
        let cells = cells.of(spec, &mail.corpus);
        let play = Play {
            lists: WordLists::learn(&mail.corpus, &mail.attacker, spec.seed),
            mail: &mail,
            spec,
            asked: *self,
        };
        let pairs = models.iter().enumerate();
        let pairs = pairs.flat_map(|one| models.iter().enumerate().map(move |other| (one, other)));
        progress.begin("rounds", (models.len().pow(2) * self.rounds) as u64);
        let games = pairs.map(|((at, writer), (filter_at, filter))| {
            let name = format!("game {} {}", writer.entry.name(), filter.entry.name());
            let stream = FIRST_STREAM + (at * MOST_MODELS + filter_at) as u32;
            let make = |tests: &mut Tests| {
                Ok::<Game, Infallible>(play.game([writer, filter], stream, (tests, progress)))
            };
            let Ok(game) = cells.cell(&name, make);
            game
        });
        let games = games.collect();
        progress.end();
        Ok(GameFound {
            mail: spec.data.name(),
            seed: spec.seed,
            training: mail.classes(&mail.training),
            writers: mail.classes(&mail.attacker),
            test: mail.classes(&mail.test),
            messages: self.messages,
            steps: self.steps,
            games,
        })
    }
}

/// What all games have in common.
struct Play<'a> {
    mail: &'a ContestedMail,
    lists: WordLists,
    spec: &'a ExperimentSpec,
    asked: GameParameters,
}

/// A message while it is written.
#[derive(Clone)]
struct Written {
    row: usize,
    text: String,
    /// Words that were changed.
    words: usize,
    /// Log-odds by the writer's own model and by the filter.
    said: [f64; 2],
}

/// A filter on clean mail.
struct Clean {
    /// Its threshold. Where the ham are too few for the rate, it is that at which spam is as
    /// probable as ham.
    threshold: f64,
    /// How well it ranks.
    one_minus_roca_pct: Option<Estimate>,
}

impl Play<'_> {
    fn game(
        &self,
        [writer, filter]: [&ModelSpec; 2],
        stream: u32,
        (tests, progress): (&mut Tests, &dyn Progress),
    ) -> Game {
        let named = |model: &ModelSpec| (model.entry.name().to_owned(), model.entry.family());
        let mut game = Game {
            writer: named(writer),
            filter: named(filter),
            rounds: Vec::new(),
            failed: None,
        };
        let own = self.train(self.mail.emails(&self.mail.attacker), writer);
        let mut emails = self.mail.emails(&self.mail.training);
        let mut filters = self.train(emails.clone(), filter);
        let mut clean = self.clean(&filters, tests);
        let mut rng = random_stream(self.spec.seed, Stream::Attack(stream));
        for round in 0..self.asked.rounds {
            let found = clean.as_ref().and_then(|clean| {
                let sides = [&own, &filters];
                self.round(sides, clean.threshold, round, &mut rng)
            });
            let Some((found, passed)) = found else {
                let mut failed = [&own, &filters].into_iter().flat_map(|side| &side.models);
                game.failed = failed.find_map(|model| model.as_ref().err().cloned());
                return game;
            };
            let new: Vec<Email> = passed.iter().map(|written| self.email(written)).collect();
            let learned = new.iter().cloned().map(|email| Email {
                label: Some(Label::Spam),
                ..email
            });
            emails.extend(learned);
            filters = self.train(emails.clone(), filter);
            let before = clean;
            clean = self.clean(&filters, tests);
            let threshold = clean.as_ref().map(|clean| clean.threshold);
            game.rounds.push(Round {
                caught_again_pct: threshold.and_then(|at| caught_again(&filters, at, new)),
                one_minus_roca_pct: before.and_then(|clean| clean.one_minus_roca_pct),
                ..found
            });
            progress.advance(1);
        }
        game
    }

    fn train(&self, emails: Vec<Email>, model: &ModelSpec) -> Filters {
        let options = TrainOptions::seeded(self.spec.seed);
        Filters::train(
            emails,
            &self.spec.recipe,
            std::slice::from_ref(model),
            options,
        )
    }

    fn email(&self, written: &Written) -> Email {
        let (subject, body) = subject_and_body(&written.text);
        rewritten(self.mail.email(written.row), subject, body)
    }

    /// A filter on clean mail; None of one that could not be fitted.
    fn clean(&self, filters: &Filters, tests: &mut Tests) -> Option<Clean> {
        let scores = filters.log_odds(self.mail.emails(&self.mail.test), &[0]);
        let scores = scores.into_iter().next().flatten()?;
        let rows = &self.mail.test;
        let labels = labels(&self.mail.corpus, rows);
        let trained = filters.models.first()?.as_ref().ok()?;
        tests.add(trained, &scores, &labels);
        let groups: Vec<u32> = rows
            .iter()
            .map(|&row| self.mail.corpus.group(row))
            .collect();
        let ham = scores.iter().zip(&labels);
        let ham = ham.filter(|(_, label)| **label == Label::Ham);
        let ham = ham.map(|(odds, _)| *odds).collect();
        let mut found = with_intervals(&scores, &labels, &groups, Decision::default());
        Some(Clean {
            threshold: threshold(ham, CLEAN_RATE).unwrap_or(0.0),
            one_minus_roca_pct: found.remove("one_minus_roca_pct"),
        })
    }

    /// A round, and the messages that passed; None if either side could not be fitted.
    fn round(
        &self,
        sides: [&Filters; 2],
        threshold: f64,
        round: usize,
        rng: &mut Pcg64,
    ) -> Option<(Round, Vec<Written>)> {
        let spam = self.mail.of_class(&self.mail.attacker, Label::Spam);
        let from = round * self.asked.messages;
        let rows = (from..from + self.asked.messages).map(|at| spam[at % spam.len()]);
        let plain = rows.map(|row| Written {
            row,
            text: self.mail.text(row),
            words: 0,
            said: [0.0; 2],
        });
        let all = self.judged(sides, plain.collect())?;
        let (before, _): (Vec<Written>, Vec<Written>) = all
            .iter()
            .cloned()
            .partition(|written| written.said[1] >= threshold);
        let mut open = before.clone();
        let mut passed = Vec::new();
        for _ in 0..self.asked.steps {
            open = self.step(sides, open, rng)?;
            let (gone, still): (Vec<Written>, Vec<Written>) = open
                .into_iter()
                .partition(|written| written.said[1] < threshold);
            passed.extend(gone);
            open = still;
            if open.is_empty() {
                break;
            }
        }
        let share = |part: usize, of: usize| (of > 0).then(|| 100.0 * part as f64 / of as f64);
        let words: usize = passed.iter().map(|written| written.words).sum();
        let shown = passed.first().and_then(|after| {
            let first = before.iter().find(|written| written.row == after.row)?;
            Some(WrittenMessage {
                before: first.text.clone(),
                after: after.text.clone(),
                writer: [first.said[0], after.said[0]],
                filter: [first.said[1], after.said[1]],
                threshold,
            })
        });
        let found = Round {
            caught_pct: share(before.len(), all.len()).unwrap_or(0.0),
            passed_pct: share(passed.len(), before.len()),
            words_changed: (!passed.is_empty()).then(|| words as f64 / passed.len() as f64),
            caught_again_pct: None,
            one_minus_roca_pct: None,
            shown,
        };
        Some((found, passed))
    }

    /// What both sides make of messages.
    fn judged(&self, sides: [&Filters; 2], mut written: Vec<Written>) -> Option<Vec<Written>> {
        let emails: Vec<Email> = written.iter().map(|one| self.email(one)).collect();
        let [own, filter] = sides.map(|side| side.log_odds(emails.clone(), &[0]).swap_remove(0));
        let said = own?.into_iter().zip(filter?);
        for (one, (own, filter)) in written.iter_mut().zip(said) {
            one.said = [own, filter];
        }
        Some(written)
    }

    /// Of each message the change that the filter likes best among those that leave it spam to the
    /// writer, or else no change.
    fn step(
        &self,
        sides: [&Filters; 2],
        open: Vec<Written>,
        rng: &mut Pcg64,
    ) -> Option<Vec<Written>> {
        let changes = self.asked.changes;
        let mut tried = Vec::with_capacity(open.len() * changes);
        for written in &open {
            tried.extend((0..changes).map(|_| self.changed(written, rng)));
        }
        let judged = self.judged(sides, tried)?;
        let best = |(written, tried): (Written, &[Written])| {
            let allowed = tried.iter().filter(|one| one.said[0] >= 0.0);
            let best = allowed.min_by(|a, b| a.said[1].total_cmp(&b.said[1]));
            match best {
                Some(best) if best.said[1] < written.said[1] => best.clone(),
                _ => written,
            }
        };
        Some(
            open.into_iter()
                .zip(judged.chunks(changes))
                .map(best)
                .collect(),
        )
    }

    /// The message with words of ham put in, or with one of its telling words left out or
    /// replaced.
    fn changed(&self, written: &Written, rng: &mut Pcg64) -> Written {
        let (one, way) = (self.word_of_ham(rng), below(rng, 3));
        if way > 0
            && let Some(telling) = self.telling(&written.text, rng)
        {
            let new = if way == 1 { "" } else { one };
            let text = with_words(&written.text, |word| {
                (word.to_lowercase() == telling).then(|| new.to_owned())
            });
            return Written {
                text,
                words: written.words + 1,
                ..written.clone()
            };
        }
        let number = 1 + below(rng, MOST_AT_ONCE);
        let words: Vec<&str> = (0..number).map(|_| self.word_of_ham(rng)).collect();
        let (subject, body) = subject_and_body(&written.text);
        Written {
            text: format!("{subject}\n{} {body}", words.join(" ")),
            words: written.words + number,
            ..written.clone()
        }
    }

    /// A word that ham has, drawn among the best of a list.
    fn word_of_ham(&self, rng: &mut Pcg64) -> &str {
        let lists = [WordList::Ratio, WordList::Frequent].map(|list| self.lists.of(list));
        let list = lists[below(rng, lists.len())];
        &list[below(rng, list.len().min(WORDS))]
    }

    /// A word of the text that tells spam, drawn among the most telling that it holds.
    fn telling(&self, text: &str, rng: &mut Pcg64) -> Option<String> {
        let lower = text.to_lowercase();
        let words = words_and_gaps(&lower).filter(|(_, is_word)| *is_word);
        let held: FxHashSet<&str> = words.map(|(word, _)| word).collect();
        let telling = self.lists.telling.iter();
        let telling = telling
            .filter(|word| held.contains(word.as_str()))
            .take(WORDS);
        let telling: Vec<&String> = telling.collect();
        let at = below(rng, telling.len().max(1));
        telling.get(at).map(|&word| word.clone())
    }
}

/// Of the messages that passed, those that are caught once the filter learned from them.
fn caught_again(filters: &Filters, threshold: f64, passed: Vec<Email>) -> Option<f64> {
    let number = passed.len();
    let scores = filters.log_odds(passed, &[0]).swap_remove(0)?;
    let caught = scores.iter().filter(|odds| **odds >= threshold).count();
    (number > 0).then(|| 100.0 * caught as f64 / number as f64)
}
