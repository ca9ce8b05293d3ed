//! The tables of experiments, and how their numbers came about in words.

mod attack;
mod crossover;
mod duplicates;
mod falls_behind;
mod fewshot;
mod game;
mod metsis;
mod noise;
mod stream;
mod transfer;

pub use attack::{
    attack_in_words, attacked, defences, found_words, poisoned, withstood, withstood_in_words,
};
pub use crossover::{crossings, crossings_in_words, crossover_in_words, points};
pub use duplicates::{duplicates_in_words, flattered};
pub use falls_behind::damage_in_words;
pub use fewshot::{few_messages, fewshot_in_words};
pub use game::{games_in_words, rounds};
pub use metsis::{metsis_in_words, metsis_means, recalls};
pub use noise::{damage_differences, damaged, noise_in_words};
pub use stream::{filters, over_time, stream_in_words};
pub use transfer::{transfer_in_words, transfers};
