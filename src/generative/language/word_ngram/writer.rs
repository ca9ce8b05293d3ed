//! Generating by [`Words`]: the next word is drawn from the longest context down.

use super::weights::{Taken, Weight, left};
use super::words::Words;
use crate::base::math::{self, uniform};
use crate::generative::language::strings::{KnownContexts, LONGEST, Symbol};
use crate::model::SampleRequest;
use std::cell::OnceCell;

/// A place in a message that is being generated.
pub struct WordWriter<'a> {
    model: &'a Words,
    /// Those of what is generated so far.
    contexts: KnownContexts,
    class: usize,
    temperature: f64,
    /// What is taken from counts, by length of the context.
    taken: Vec<[Taken; 2]>,
    /// What the words of the empty context weigh in the class, and in both, added up from the first
    /// on.
    own: Vec<f64>,
    pooled: OnceCell<Vec<f64>>,
}

impl<'a> WordWriter<'a> {
    /// At the beginning of a message.
    pub fn new(model: &'a Words, request: &SampleRequest) -> WordWriter<'a> {
        let (class, temperature) = (request.label.index(), request.temperature);
        let (pooled, own) = (OnceCell::new(), Vec::new());
        let mut writer = WordWriter {
            model,
            contexts: KnownContexts::start(),
            class,
            temperature,
            taken: model.smoothing.taken().collect(),
            own,
            pooled,
        };
        writer.own = added_up(model.strings.children(0).map(|word| writer.mass(0, word)));
        writer
    }

    /// What a string of `length` words and one more weighs, at the temperature 1 its count less the
    /// discount.
    fn mass(&self, length: usize, child: u32) -> f64 {
        let count = self.model.strings.counts(child)[self.class];
        if count == 0 {
            return 0.0;
        }
        let mass = left(count, &self.taken[length][self.class]);
        if self.temperature == 1.0 {
            mass
        } else {
            mass.powf(1.0 / self.temperature)
        }
    }

    /// Goes on behind one more word.
    pub fn append(&mut self, word: u32) {
        let strings = &self.model.strings;
        let (mut becomes, mut known) = ([0; LONGEST + 1], 0);
        for &context in self.contexts.nodes() {
            let child = strings.find(strings.children(context), word);
            if child == 0 {
                break;
            }
            becomes[known] = child;
            known += 1;
        }
        self.contexts.advance(&becomes[..known], strings.order());
    }

    /// Draws the next word from the longest context down: one that was counted there, or what its
    /// suffix says.
    pub fn draw(&self, rng: &mut dyn rand::Rng) -> u32 {
        let Words {
            strings,
            smoothing,
            columns,
            ..
        } = self.model;
        for (length, &context) in self.contexts.nodes().iter().enumerate().rev() {
            let children = strings.children(context);
            let weights = strings.weights(context, children.clone(), &self.taken[length]);
            let Weight { counted, rest } = weights[self.class];
            if counted == 0 || uniform(rng) < rest {
                continue;
            }
            let found = match length {
                0 => math::draw(&self.own, rng),
                _ => math::draw(
                    &added_up(children.clone().map(|child| self.mass(length, child))),
                    rng,
                ),
            };
            if let Some(found) = found {
                return strings.symbol(children.start + found as u32);
            }
        }
        // What is left is the distribution of both classes together, in which the unknown word,
        // each column and the end have one count more than was seen.
        let added = *columns as f64 + 2.0;
        let aim = uniform(rng) * (added + smoothing.pooled);
        if aim >= added {
            let both = |word: u32| strings.counts(word).map(f64::from).iter().sum();
            let pooled = self
                .pooled
                .get_or_init(|| added_up(strings.children(0).map(both)));
            if let Some(found) = math::draw(pooled, rng) {
                return strings.symbol(strings.children(0).start + found as u32);
            }
        }
        let at = aim.min(*columns as f64 + 1.0) as u32;
        if u64::from(at) > *columns {
            u32::END
        } else {
            at
        }
    }
}

fn added_up(masses: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut masses: Vec<f64> = masses.collect();
    math::add_up(&mut masses);
    masses
}
